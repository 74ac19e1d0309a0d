# SPDX-License-Identifier: BSD-3-Clause
"""Random networks give the same bits on the interpreter and in compiled code, in both precisions.

Each test's number is the seed of one network (random_networks.py). BOUTON_RANDOM_MODELS=N tries the first N networks.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import h5py
import numpy as np
import pytest
from random_networks import network

ROOT = Path(__file__).resolve().parents[2]
EXE = Path(os.environ.get("BOUTON_EXE", ROOT / "build" / "bouton"))
COUNT = int(os.environ.get("BOUTON_RANDOM_MODELS", "24"))


def simulate(folder: Path, text: str, backend: str, cache: Path) -> dict[str, np.ndarray]:
    """Return every dataset of the results."""
    (folder / "net.toml").write_text(text)
    output = folder / f"{backend}.h5"
    command = [str(EXE), "run", str(folder / "net.toml"), "-o", str(output), "--backend", backend]
    environment = {"BOUTON_CACHE": str(cache), **os.environ}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        pytest.fail(f"{backend}: status {done.returncode}\n{done.stderr}\n{text}", pytrace=False)
    found: dict[str, np.ndarray] = {}
    with h5py.File(output) as file:
        file.visititems(lambda name, item: found.update({name: item[...]}) if isinstance(item, h5py.Dataset) else None)
    return found


@pytest.mark.parametrize("seed", range(COUNT))
def test_same_bits(tmp_path: Path, request: pytest.FixtureRequest, seed: int) -> None:
    text = network(seed)
    cache = request.config.cache.mkdir("bouton-kernels")
    compiled, interpreted = (simulate(tmp_path, text, backend, cache) for backend in ("compiled", "interpreted"))
    assert compiled.keys() == interpreted.keys()
    for key, values in compiled.items():
        if values.dtype.kind == "f" and not key.startswith("recordings/s"):  # absent synapses have no value
            assert np.isfinite(values).all(), key
        same = values.tobytes() == interpreted[key].tobytes()
        assert same, f"{key}: {np.count_nonzero(values != interpreted[key])} of {values.size} differ\n{text}"

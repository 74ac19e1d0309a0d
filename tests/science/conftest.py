# SPDX-License-Identifier: BSD-3-Clause
"""What the science tests share: `run` simulates a network given as TOML text and returns its results.

The program is taken from BOUTON_EXE (default build/bouton). Tolerances are stated where they are used; for random
results they are four standard errors of the mean unless said otherwise.
"""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import h5py
import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[2]
EXE = Path(os.environ.get("BOUTON_EXE", ROOT / "build" / "bouton"))
PREFIXES = {"k": 1e3, "c": 1e-2, "m": 1e-3, "u": 1e-6, "n": 1e-9, "p": 1e-12}


def scale_of(units: str) -> float:
    """Return the factor from `units` to the SI base unit: 1e-3 for "ms", 1 for "s", "V" or "A/s"."""
    match = re.fullmatch(r"([kcmunp])(s|V|A|S|Hz|F|ohm)", units)
    return PREFIXES[match[1]] if match else 1.0


class Results:
    """The results file of one run; all values in SI base units."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self, name: str) -> np.ndarray:
        """Return a dataset in SI base units."""
        with h5py.File(self.path) as file:
            data = file[name]
            units = data.attrs.get("units", "")
            units = units.decode() if isinstance(units, bytes) else str(units)
            values = data[...]
            return values * scale_of(units) if values.dtype.kind == "f" else values

    def arrays(self) -> dict[str, np.ndarray]:
        """Return every dataset of the file as stored."""
        found: dict[str, np.ndarray] = {}
        with h5py.File(self.path) as file:
            file.visititems(
                lambda name, item: found.update({name: item[...]}) if isinstance(item, h5py.Dataset) else None
            )
        return found

    def spikes(self, group: str) -> tuple[np.ndarray, np.ndarray]:
        """Return the spike times in s and the neurons."""
        with h5py.File(self.path) as file:
            times = file[f"spikes/{group}/timestamps"][...] * 1e-3
            return times, file[f"spikes/{group}/node_ids"][...].astype(int)

    def trains(self, group: str, size: int) -> list[np.ndarray]:
        """Return the spike times of every neuron, in s."""
        times, ids = self.spikes(group)
        return [np.sort(times[ids == i]) for i in range(size)]

    def recording(self, group: str, variable: str) -> np.ndarray:
        """Return a recorded variable as [time, element]."""
        return self.read(f"recordings/{group}/{variable}")

    def state(self, group: str, variable: str) -> np.ndarray:
        """Return a variable of a neuron group at the end."""
        return self.read(f"state/{group}/{variable}")

    def synapses(self, name: str, variable: str) -> np.ndarray:
        """Return a variable of a synapse group at the end."""
        return self.read(f"synapses/{name}/{variable}")


@pytest.fixture
def run(tmp_path: Path, request: pytest.FixtureRequest):
    """Return a function that simulates TOML text and returns its Results."""
    environment = dict(os.environ)
    environment.setdefault("BOUTON_CACHE", str(request.config.cache.mkdir("bouton-kernels")))
    count = 0

    def simulate(text: str, backend: str = "compiled") -> Results:
        nonlocal count
        count += 1
        network = tmp_path / f"network_{count}.toml"
        output = tmp_path / f"network_{count}.h5"
        network.write_text(text)
        command = [str(EXE), "run", str(network), "-o", str(output), "--backend", backend]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            pytest.fail(f"{' '.join(command)}: status {done.returncode}\n{done.stderr}", pytrace=False)
        return Results(output)

    return simulate


@pytest.fixture(params=["compiled", "interpreted"])
def backend(request: pytest.FixtureRequest) -> str:
    """Return each back end in turn, for tests that run on both."""
    return request.param

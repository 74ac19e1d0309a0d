# SPDX-License-Identifier: BSD-3-Clause
"""Damaged files in Python: a model file is refused whatever happened to it; a results file gives its numbers, or an Error.

Bits of numbers in a results file have no checksum, so that other numbers of the same shape are possible there. HDF5 itself may
crash on damaged structure: results are therefore read in a process of their own, and it must be rare.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import bouton
from bouton import ann

READER = """
import json, random, sys
from pathlib import Path
import bouton
import numpy as np

folder, sound, seeds = Path(sys.argv[1]), Path(sys.argv[2]).read_bytes(), range(int(sys.argv[3]), int(sys.argv[4]))

def everything(path):
    with bouton.open_results(path) as results:
        found = {"attributes": sorted(results.attributes)}
        results.network, results.duration
        repr(results)
        for name in results.spikes:
            spikes = results.spikes[name]
            found["spikes " + name] = [spikes.times.shape, spikes.ids.shape, spikes.size]
            spikes.rates(0, 10)
        for name in results.rates:
            found["rates " + name] = [results.rates[name].time.shape, results.rates[name].rate.shape]
        for part in (results.recordings, results.synapses, results.state):
            for name in part:
                values = part[name]
                found[values._group.name] = [values[key].shape for key in values]
                values.units
        for name in results.recordings:
            found[name] = [results.recordings[name].time.shape, results.recordings[name].indices.shape]
    return json.dumps(found)

def mutant(seed):
    chance = random.Random(seed)
    changed = bytearray(sound)
    kind = seed % 4
    if kind == 0:
        at = chance.randrange(len(changed)); changed[at] ^= 1 << chance.randrange(8)
    elif kind == 1:
        del changed[chance.randrange(len(changed)):]
    elif kind == 2:
        at = chance.randrange(min(4096, len(changed))); changed[at] = chance.randrange(256)
    else:
        size = chance.randrange(1, 64); at = chance.randrange(len(changed) - size)
        changed[at:at + size] = bytes(chance.randrange(256) for _ in range(size))
    return bytes(changed)

path = folder / "sound.h5"
path.write_bytes(sound)
expected = everything(path)
for seed in seeds:
    print(json.dumps({"begun": seed}), flush=True)
    path = folder / "mutant.h5"
    path.write_bytes(mutant(seed))
    try:
        outcome = "right" if everything(path) == expected else "other"
    except bouton.Error as error:
        outcome = "error" if str(path) in str(error) and error.status == 2 else "unnamed: " + str(error)
    except BaseException as error:
        outcome = f"{type(error).__name__}: {error}"
    print(json.dumps({"seed": seed, "outcome": outcome}), flush=True)
"""


@pytest.fixture(scope="module")
def sound(tmp_path_factory) -> Path:
    """Write the results of a small network with everything recorded."""
    net = bouton.Network(duration="20 ms", dt="0.1 ms", seed=7)
    net.neurons["input"] = {"size": 5, "model": "poisson", "parameters": {"rate": "300 Hz"}}
    net.neurons["cells"] = {"size": 3, "model": "lif_exp"}
    net.add_synapses(
        "exc", from_="input", to="cells", connect={"rule": "all_to_all"}, target="I_exc", initial={"w": "400 pA"}
    )
    net.record(spikes="input").record(rate="input", bin="5 ms").record(["v"], of="cells", every="1 ms")
    path = tmp_path_factory.mktemp("sound") / "sound.h5"
    net.run(path).close()
    return path


def test_damaged_results_give_errors_that_name_the_file(sound, tmp_path) -> None:
    script = tmp_path / "reader.py"
    script.write_text(READER)
    outcomes: dict[int, str] = {}
    first, last = 0, 200
    while first < last:
        done = subprocess.run(
            [sys.executable, script, tmp_path, sound, str(first), str(last)], capture_output=True, text=True
        )
        begun = first
        for line in done.stdout.splitlines():
            entry = json.loads(line)
            begun = entry.get("begun", begun)
            if "seed" in entry:
                outcomes[entry["seed"]] = entry["outcome"]
        if done.returncode != 0:
            assert done.returncode < 0, done.stderr
            outcomes[begun] = "crash"
        first = begun + 1
    found = list(outcomes.values())
    assert len(found) == last
    strange = {seed: outcome for seed, outcome in outcomes.items() if outcome not in ("right", "error", "other", "crash")}
    assert not strange
    assert found.count("crash") + found.count("other") <= 0.05 * last
    assert found.count("error") > 0.25 * last  # a quarter of the mutants are cut off


def test_what_is_no_results_file(tmp_path) -> None:
    import h5py

    path = tmp_path / "x.h5"
    with pytest.raises(bouton.Error, match="x.h5: not a results file"):
        bouton.open_results(path)
    path.write_bytes(b"no HDF5")
    with pytest.raises(bouton.Error, match="x.h5: not a results file"):
        bouton.open_results(path)
    with h5py.File(path, "w") as file:
        file["spikes"] = [1, 2, 3]
    with pytest.raises(bouton.Error, match="x.h5: damaged, or not a results file: 'spikes' is no group"):
        bouton.open_results(path)
    with h5py.File(path, "w") as file:
        file["spikes/a/timestamps"] = [1.0, 2.0]
        file["spikes/a/node_ids"] = np.array([0, 7], np.uint64)
        file["spikes/a"].attrs["size"] = 3
        file["spikes/b/timestamps"] = [1.0]
        file["rates/a/time"] = ["text"]
        file["rates/a/rate"] = [1.0]
        file["state/a/v"] = np.array([1 + 2j])
        file.create_dataset("state/b/v", (10**12,), "f8")
        file["state/c"] = 3
    with bouton.open_results(path) as results:
        for read, words in (
            (lambda: results.spikes["a"], "neurons that are not among its 3"),
            (lambda: results.spikes["b"], "node_ids"),
            (lambda: results.rates["a"], "values of type object"),
            (lambda: results.state["a"]["v"], "values of type complex128"),
            (lambda: results.state["b"]["v"], "states 8000000000000 bytes, and the whole file has"),
            (lambda: results.state["c"], "is no group"),
            (lambda: results.network, "network"),
            (lambda: results.duration, "duration"),
        ):
            with pytest.raises(bouton.Error, match="x.h5: damaged, or not a results file: ") as error:
                read()
            assert words in str(error.value)
        with pytest.raises(KeyError, match="no spikes of 'none'"):
            results.spikes["none"]


def test_damaged_models_are_refused(tmp_path) -> None:
    path = tmp_path / "m.h5"
    net = ann.Network([3], inputs=2, classes=2, seed=1)
    net.save(path)
    content = path.read_bytes()
    chance = random.Random(1)
    for trial in range(400):
        changed = bytearray(content)
        at = chance.randrange(len(changed))
        if trial % 3 == 0:
            changed[at] ^= 1 << chance.randrange(8)
        elif trial % 3 == 1:
            del changed[at:]
        else:
            changed[at:at] = bytes(chance.randrange(1, 100))
        path.write_bytes(bytes(changed))
        with pytest.raises(bouton.Error, match="m.h5") as error:
            ann.load(path)
        assert error.value.status == 2
    path.write_bytes(content)
    assert ann.load(path).weights[0].tolist() == net.weights[0].tolist()


def test_models_are_read_by_h5py(tmp_path) -> None:
    import h5py

    net = ann.Network([3], inputs=2, classes=2, seed=1)
    net.save(tmp_path / "m.h5")
    assert (tmp_path / "m.h5").read_bytes().startswith(b"bouton model, format 2\n")
    with h5py.File(tmp_path / "m.h5") as model:
        assert model.userblock_size == 512
        assert model["layers/0/weights"][:].tolist() == net.weights[0].tolist()

# SPDX-License-Identifier: BSD-3-Clause
"""What the comparisons with Brian2 share: `bouton` runs a network on both back ends, `brian` prepares its twin.

Each test gives both simulators the same connections and the same start, made with NumPy. The program is taken from
BOUTON_EXE (default build/bouton).
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import h5py
import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[2]
EXE = Path(os.environ.get("BOUTON_EXE", ROOT / "build" / "bouton"))


class Results:
    """The datasets of a results file; times in ms, all other values in SI base units."""

    def __init__(self, path: Path) -> None:
        self.data: dict[str, np.ndarray] = {}
        with h5py.File(path) as file:
            file.visititems(self._take)

    def _take(self, name: str, item: object) -> None:
        if isinstance(item, h5py.Dataset):
            self.data[name] = item[...]

    def steps_and_ids(self, group: str, dt_ms: float = 0.1) -> np.ndarray:
        """Return one row (step, neuron) for each spike, in order of time, then neuron."""
        steps = np.rint(self.data[f"spikes/{group}/timestamps"] / dt_ms).astype(int)
        return in_order(steps, self.data[f"spikes/{group}/node_ids"].astype(int))

    def recording(self, group: str, variable: str) -> np.ndarray:
        """Return what was recorded, [time, element]."""
        return self.data[f"recordings/{group}/{variable}"]

    def state(self, group: str, variable: str) -> np.ndarray:
        """Return a variable of a neuron group at the end."""
        return self.data[f"state/{group}/{variable}"]

    def synapses(self, name: str, variable: str) -> np.ndarray:
        """Return a variable of a synapse group at the end, in the order of creation."""
        return self.data[f"synapses/{name}/{variable}"]


def in_order(steps: np.ndarray, ids: np.ndarray) -> np.ndarray:
    """Return the rows (step, neuron) sorted by step, then neuron."""
    order = np.lexsort((ids, steps))
    return np.stack([steps[order], ids[order]], axis=1)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out what Brian2's own code is warned of: names of pyparsing that are to go."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.filterwarnings("ignore::DeprecationWarning"))


@pytest.fixture
def bouton(tmp_path: Path, request: pytest.FixtureRequest):
    """Return a function that runs TOML text on both back ends, holds them to the same bits, and returns the results."""
    environment = dict(os.environ)
    environment.setdefault("BOUTON_CACHE", str(request.config.cache.mkdir("bouton-kernels")))

    def simulate(network: Path, backend: str) -> Results:
        output = network.with_name(f"{network.stem}_{backend}.h5")
        command = [str(EXE), "run", str(network), "-o", str(output), "--backend", backend]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            pytest.fail(f"{' '.join(command)}: status {done.returncode}\n{done.stderr}", pytrace=False)
        return Results(output)

    def run(text: str) -> Results:
        network = tmp_path / "network.toml"
        network.write_text(text)
        compiled = simulate(network, "compiled")
        interpreted = simulate(network, "interpreted")
        assert compiled.data.keys() == interpreted.data.keys()
        for name, values in compiled.data.items():
            assert values.tobytes() == interpreted.data[name].tobytes(), f"{name} differs between the back ends"
        return compiled

    return run


@pytest.fixture
def csv(tmp_path: Path):
    """Return a function that writes columns beside the network file and returns the file's name."""

    def write(name: str, **columns: np.ndarray) -> str:
        rows = zip(*(np.asarray(column).tolist() for column in columns.values()))
        lines = [",".join(columns), *(",".join(map(repr, row)) for row in rows)]
        (tmp_path / name).write_text("\n".join(lines) + "\n")
        return name

    return write


@pytest.fixture
def brian():
    """Return Brian2, with nothing of earlier tests in it: NumPy code, steps of 0.1 ms."""
    import brian2

    brian2.start_scope()
    brian2.prefs.codegen.target = "numpy"
    brian2.defaultclock.dt = 0.1 * brian2.ms
    return brian2


class Compare:
    """How results of both are held together."""

    @staticmethod
    def spikes(ours: Results, group: str, monitor, until_ms: float = np.inf) -> int:
        """Hold all spikes to the same step and neuron; return how many there are."""
        theirs = in_order(np.rint(np.asarray(monitor.t) / 1e-4).astype(int), np.asarray(monitor.i))
        mine = ours.steps_and_ids(group)
        mine, theirs = (rows[rows[:, 0] < until_ms * 10] for rows in (mine, theirs))
        np.testing.assert_array_equal(mine, theirs)
        return len(mine)

    @staticmethod
    def values(ours: np.ndarray, theirs, rtol: float = 1e-9) -> None:
        """Hold values to 1e-9 of themselves, or to 1e-12 of the largest where they pass through zero."""
        theirs = np.asarray(theirs, dtype=float)
        np.testing.assert_allclose(ours, theirs, rtol=rtol, atol=1e-3 * rtol * np.max(np.abs(theirs), initial=0.0))


@pytest.fixture
def same() -> Compare:
    """Return the comparisons."""
    return Compare()


class Trains:
    """Spikes of `size` sources at random steps, for both simulators: a CSV file and Brian2's generator."""

    def __init__(self, csv, seed: int, size: int, milliseconds: int, rate_hz: float, gap_ms: float = 0.0) -> None:
        rng = np.random.default_rng(seed)
        steps = 10 * milliseconds
        self.size, self.milliseconds = size, milliseconds
        fires = rng.random((size, steps)) < rate_hz * 1e-4
        for train in fires:
            last = -np.inf
            for step in np.flatnonzero(train):
                train[step] = step - last > 10 * gap_ms
                last = step if train[step] else last
        self.index, step = np.nonzero(fires)
        self.time_ms = 0.1 * step
        csv("spikes.csv", index=self.index, time_ms=self.time_ms)

    def text(self, name: str = "input") -> str:
        """Return the group's text in the network file."""
        return f'[neurons.{name}]\nsize = {self.size}\nmodel = "spike_times"\nfile = "spikes.csv"\n'

    def brian(self, b):
        """Return Brian2's source of the same spikes."""
        return b.SpikeGeneratorGroup(self.size, self.index, self.time_ms * b.ms)


@pytest.fixture
def trains(csv):
    """Return a function that makes sources with random spikes: trains(seed, size, milliseconds, rate in Hz[, least gap in ms])."""
    return lambda *arguments: Trains(csv, *arguments)

# SPDX-License-Identifier: BSD-3-Clause
"""Laws of sessions on random networks: whatever is done that changes no value, the end has the bits of one whole run.

Each test's number is the seed of one network (random_networks.py) and of what is done to it: runs of any length, reading,
storing and restoring, copying, saving and resuming with another number of threads and the other back end, calls that are refused.
BOUTON_RANDOM_MODELS=N tries the first N networks.
"""

from __future__ import annotations

import os
import random
import warnings
from pathlib import Path

import numpy as np
import pytest
from random_networks import network

import bouton

COUNT = int(os.environ.get("BOUTON_RANDOM_MODELS", "24"))
BACKENDS = ["compiled", "interpreted"]


def values_of(sim: bouton.Simulation) -> dict[str, np.ndarray]:
    """Return all that can be read."""
    found = {}
    for group in (*sim.neurons.values(), *sim.synapses.values()):
        found.update({f"{group.name}.{variable}": group[variable] for variable in group.variables})
    for group in sim.synapses.values():
        found |= {f"{group.name} {what}": getattr(group, what) for what in ("id", "source", "target", "delay")}
    return found


def records_of(sim: bouton.Simulation) -> dict[str, np.ndarray]:
    """Return all that was recorded."""
    found = {}
    for name, spikes in sim.spikes.items():
        found |= {f"{name} times": spikes.times, f"{name} ids": spikes.ids}
    for name, recording in sim.recordings.items():
        found.update({f"{name} {variable}": recording[variable] for variable in recording})
        found[f"{name} at"] = recording.time
    return found


def assert_same(found: dict[str, np.ndarray], expected: dict[str, np.ndarray], text: str) -> None:
    assert found.keys() == expected.keys()
    for name, values in expected.items():
        assert found[name].tobytes() == values.tobytes(), f"{name}\n{text}"


def be_refused(sim: bouton.Simulation, chance: random.Random) -> None:
    """Make a call that is refused."""
    group = chance.choice([*sim.neurons.values(), *sim.synapses.values()])
    variable = chance.choice(list(group.variables))
    wrong = chance.choice([np.nan, np.zeros(len(group) + 1), "3 kat", "0.5*nothing", None, [[0.0]]])
    with pytest.raises((bouton.Error, ValueError, TypeError, KeyError)):
        group[variable] = wrong


class Touched:
    """A simulation to which things are done that change no value."""

    def __init__(self, sim: bouton.Simulation, seed: int, state: Path) -> None:
        self.sim, self.chance, self.state = sim, random.Random(seed), state
        self.keeps_records = True

    def touch(self) -> None:
        what = self.chance.choice(["read", "store", "restore", "copy", "save", "refused", "nothing"])
        if what == "read":
            values_of(self.sim)
        elif what == "store":
            self.sim.store("kept")
        elif what == "restore":
            self.sim.restore("kept")
        elif what == "copy":
            self.replace(self.sim.copy())
        elif what == "save":
            self.sim.save(self.state)
            self.keeps_records = False  # which no file of a state holds
            threads, backend = self.chance.randint(1, 2), self.chance.choice(BACKENDS)
            self.replace(bouton.Simulation.resume(self.state, threads=threads, backend=backend))
            self.sim.store("kept")
        elif what == "refused":
            be_refused(self.sim, self.chance)

    def replace(self, sim: bouton.Simulation) -> None:
        self.sim.close()
        self.sim = sim


@pytest.mark.parametrize("seed", range(COUNT))
def test_what_changes_no_value_changes_no_bit(tmp_path: Path, seed: int) -> None:
    text = network(seed)
    threads = 1 + seed % 3
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # fewer processors than threads
        whole = bouton.Simulation(text=text, backend="interpreted")
        touched = Touched(bouton.Simulation(text=text, threads=threads, backend=BACKENDS[seed % 2]), seed, tmp_path / "state")
        whole.run()
        end = whole.step_count
        touched.sim.store("kept")
        for _ in range(12):
            touched.touch()
            touched.sim.run(min(touched.chance.randrange(120), end - touched.sim.step_count) * touched.sim.dt)
        touched.sim.run()
        assert touched.sim.step_count == end
        assert_same(values_of(touched.sim), values_of(whole), text)
        if touched.keeps_records:
            assert_same(records_of(touched.sim), records_of(whole), text)
        touched.sim.close()
        whole.close()


def edit(sim: bouton.Simulation, seed: int) -> str:
    """Change a simulation in a random way, which the seed determines, and return how; what is refused changes nothing."""
    chance = random.Random(seed)
    cells = chance.choice(list(sim.neurons.values()))
    synapses = chance.choice(list(sim.synapses.values()))
    what = chance.choice(["add", "remove", "plastic", "expression", "choice", "nothing"])
    try:
        if what == "add" and len(synapses) > 0:
            count = chance.randint(1, 5)
            pick = [chance.randrange(len(synapses)) for _ in range(2 * count)]
            ends = synapses.source[pick[:count]], synapses.target[pick[count:]]
            synapses.add(*ends, **({"w": chance.random()} if chance.random() < 0.5 and synapses.units["w"] == "1" else {}))
        elif what == "remove" and len(synapses) > 3:
            synapses.remove(np.array(chance.sample(synapses.id.tolist(), 3)))
        elif what == "plastic":
            sim.plastic[synapses.name] = chance.random() < 0.3
        elif what == "expression":
            synapses["w"] = chance.choice(["w*(0.5 + 0.5*rand())", "0.9*w", "w*exp(-0.1*abs(i - j))"])
        elif what == "choice":
            cells.set("g", "0.5*g", where="rand() < 0.5")
    except (bouton.Error, ValueError, KeyError) as error:
        return f"{what}: {error}"
    return what


@pytest.mark.parametrize("seed", range(COUNT))
def test_what_is_changed_goes_on_in_every_way_alike(tmp_path: Path, seed: int) -> None:
    """Two simulations that are changed alike, one of which is also read, stored, copied, saved and resumed, come to the same bits."""
    text = network(seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        whole = bouton.Simulation(text=text, backend="interpreted")
        touched = Touched(bouton.Simulation(text=text, threads=1 + seed % 3, backend=BACKENDS[seed % 2]), seed, tmp_path / "state")
        done = []
        for number in range(8):
            steps = random.Random(1000 * seed + number).randrange(70)
            whole.run(steps * whole.dt)
            touched.sim.store("kept")
            half = touched.chance.randrange(steps + 1)
            touched.sim.run(half * whole.dt)
            touched.touch()
            touched.sim.run((whole.step_count - touched.sim.step_count) * whole.dt)
            done.append(edit(whole, number + 1000 * seed))
            assert edit(touched.sim, number + 1000 * seed) == done[-1]
            assert_same(values_of(touched.sim), values_of(whole), f"{done}\n{text}")
        whole.run("5 ms")
        touched.sim.run("5 ms")
        assert_same(values_of(touched.sim), values_of(whole), f"{done}\n{text}")
        assert any(":" not in what and what != "nothing" for what in done), done
        touched.sim.close()
        whole.close()


@pytest.mark.parametrize("seed", range(COUNT))
def test_what_is_written_is_read(seed: int) -> None:
    """Every variable of every storage gives back what it was given, and so it does after restoring, in a copy and on."""
    text = network(seed)
    with bouton.Simulation(text=text, backend="interpreted") as sim:
        sim.run("11.3 ms")
        before = values_of(sim)
        sim.store("before")
        for group in (*sim.neurons.values(), *sim.synapses.values()):
            for variable in group.variables:
                values = group[variable]
                if values.dtype == np.float64:
                    values = (values * 0.5).astype(np.float32).astype(np.float64)
                group[variable] = values
                np.testing.assert_array_equal(group[variable], values, err_msg=f"{group.name}.{variable}\n{text}")
        written = values_of(sim)
        with sim.copy() as other:
            assert_same(values_of(other), written, text)
            sim.run("5 ms")
            other.run("5 ms")
            assert_same(values_of(other), values_of(sim), text)
        sim.restore("before")
        assert_same(values_of(sim), before, text)

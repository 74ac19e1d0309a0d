# SPDX-License-Identifier: BSD-3-Clause
"""When functions of open simulations are called: after run_regularly, before what is recorded, on both back ends."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import bouton

#: x says how often run_regularly has run; the neurons go in strides of 2 ms if nobody looks.
NETWORK = """\
[simulation]
duration = "40 ms"
seed = 5
[neurons.noise]
model = "poisson"
size = 40
parameters = { rate = "80 Hz" }
[neurons.cells]
size = 5
equations = '''
dv/dt = (k - v)/(10*ms) : 1
k = 0.3*x : 1 (constant over dt)
x : 1
y : 1
'''
threshold = "v > 1"
reset = "v = 0"
initial = { x = "0*i", y = "0*i" }
[synapses.exc]
from = "noise"
to = "cells"
connect = { rule = "all_to_all" }
delay = "2 ms"
plasticity = { model = "stdp_pair", parameters = { w_max = 1 } }
target = "v"
initial = { w = "0.1*rand()" }
[[run_regularly]]
of = "cells"
every = "5 ms"
code = "x += 1; v += 0.01*rand()"
[[record]]
spikes = "cells"
[[record]]
variables = ["x", "y", "v"]
of = "cells"
every = "1 ms"
"""


def opened(backend: str, threads: int = 1) -> bouton.Simulation:
    return bouton.Simulation(text=NETWORK, backend=backend, threads=threads)


def everything(sim: bouton.Simulation) -> list[np.ndarray]:
    cells, exc = sim.neurons["cells"], sim.synapses["exc"]
    spikes = sim.spikes["cells"]
    recorded = [sim.recordings["cells"][name] for name in ("x", "y", "v")]
    return [*(cells[v] for v in cells), *(exc[v] for v in exc), spikes.times, spikes.ids, *recorded]


def assert_same(a: bouton.Simulation, b: bouton.Simulation) -> None:
    for one, other in zip(everything(a), everything(b), strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("backend", ["interpreted", "compiled"])
@pytest.mark.parametrize("threads", [1, 2])
def test_functions_come_after_run_regularly_and_before_records(backend: str, threads: int) -> None:
    with opened(backend, threads) as sim:
        seen: list[float] = []

        @sim.every("5 ms")
        def note(sim: bouton.Simulation) -> None:
            seen.append(sim.neurons["cells"]["x"][0])
            sim.neurons["cells"]["y"] = 100.0 * seen[-1]

        sim.run()
        assert seen == [1, 2, 3, 4, 5, 6, 7, 8]
        recorded = sim.recordings["cells"]
        np.testing.assert_array_equal(recorded["x"][:, 0], np.arange(40) // 5 + 1)
        np.testing.assert_array_equal(recorded["y"], 100 * recorded["x"])


@pytest.mark.parametrize("backend", ["interpreted", "compiled"])
def test_who_only_looks_changes_nothing_and_states_are_whole(backend: str, tmp_path: Path) -> None:
    with opened(backend) as alone, opened(backend, 2) as sim:
        alone.run()
        copies: list[bouton.Simulation] = []

        @sim.every("2.5 ms")
        def look(of: bouton.Simulation) -> None:
            if of is sim and of.step_count in (125, 150):
                sim.store(f"at {sim.step_count}")
                copies.append(sim.copy())
                sim.save(tmp_path / f"{sim.step_count}.bouton")

        sim.run()
        assert_same(alone, sim)
        for step, other in zip((125, 150), list(copies), strict=True):
            other.run()
            assert_same(alone, other)
            resumed = bouton.Simulation.resume(tmp_path / f"{step}.bouton")
            resumed.run()
            for variable in sim.neurons["cells"]:
                np.testing.assert_array_equal(resumed.neurons["cells"][variable], alone.neurons["cells"][variable])
            sim.restore(f"at {step}")
            sim.run()
            assert_same(alone, sim)


@pytest.mark.parametrize("backend", ["interpreted", "compiled"])
def test_a_condition_ends_a_run_at_the_head_of_a_step(backend: str) -> None:
    with opened(backend) as alone, opened(backend) as sim:
        alone.run()
        sim.stop_when("mean(x) == 4", of="cells", every="5 ms")
        sim.run()
        assert sim.step_count == 150
        sim.run("0.1 ms")
        sim.neurons["cells"]["y"] = 0.0
        sim.run()
        assert_same(alone, sim)

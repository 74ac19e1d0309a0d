# SPDX-License-Identifier: BSD-3-Clause
"""New samples of signals in open simulations, on both back ends."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import bouton

NETWORK = """\
[simulation]
duration = "60 ms"
seed = 5
[signal.drive]
dt = "1 ms"
values = [1, 2]
unit = "V"
[signal.pair]
dt = "1 ms"
values = [[1, 2], [3, 4]]
unit = "Hz"
[neurons.cells]
size = 2
equations = "dv/dt = drive(t)/second : volt"
[neurons.noise]
model = "poisson"
size = 2
parameters = { rate = "pair(t, i)" }
[[record]]
variables = ["v"]
of = "cells"
every = "0.1 ms"
"""


@pytest.fixture(params=["interpreted", "compiled"])
def sim(request: pytest.FixtureRequest) -> bouton.Simulation:
    return bouton.Simulation(text=NETWORK, backend=request.param)


def test_a_new_signal_drives_the_neurons_from_now_on(sim: bouton.Simulation, tmp_path: Path) -> None:
    sim.run("5 ms")
    np.testing.assert_allclose(sim.neurons["cells"]["v"], 1e-3 + 4 * 2e-3, rtol=1e-12)
    before = sim.neurons["cells"]["v"]
    sim.run("0.3 ms")
    sim.store("there")
    sim.signal["drive"] = np.array([-10.0, 0.0, 20.0])
    np.testing.assert_array_equal(sim.signal["drive"], [-10.0, 0.0, 20.0])
    sim.save(tmp_path / "s.bouton")
    for going_on in (sim, bouton.Simulation.resume(tmp_path / "s.bouton"), sim.copy()):
        begin = going_on.neurons["cells"]["v"]
        going_on.run("4 ms")
        # One sample each for 10 steps, the last one for 20.
        np.testing.assert_allclose(going_on.neurons["cells"]["v"] - begin, -0.01 + 0.0 + 0.04, rtol=1e-12)
    sim.restore("there")
    np.testing.assert_array_equal(sim.signal["drive"], [1.0, 2.0])
    sim.run("0.7 ms")
    np.testing.assert_allclose(sim.neurons["cells"]["v"] - before, 2e-3, rtol=1e-10)


def test_shapes_and_units(sim: bouton.Simulation) -> None:
    assert list(sim.signal) == ["drive", "pair"]
    np.testing.assert_array_equal(sim.signal["pair"], [[1, 2], [3, 4]])
    sim.signal["pair"] = [[5, 6], [7, 8], [9, 10]]
    np.testing.assert_array_equal(sim.signal["pair"], [[5, 6], [7, 8], [9, 10]])
    sim.signal["pair"] = {"values": np.array([[1.0, 2.0]]), "unit": "kHz"}
    np.testing.assert_allclose(sim.signal["pair"], [[1000, 2000]])
    sim.signal["drive"] = np.ones((3, 1))
    np.testing.assert_array_equal(sim.signal["drive"], [1, 1, 1])
    refused = {"pair": [[1, 2, 3]], "drive": [[1, 2]]}
    for name, values in refused.items():
        with pytest.raises(ValueError, match="shape"):
            sim.signal[name] = values
    with pytest.raises(ValueError, match="finite"):
        sim.signal["drive"] = [np.nan]
    with pytest.raises(ValueError, match="one sample at least"):
        sim.signal["drive"] = []
    with pytest.raises(ValueError, match="unit"):
        sim.signal["pair"] = {"values": np.ones((1, 2)), "unit": "mV"}
    with pytest.raises(TypeError):
        sim.signal["drive"] = "1 mV"
    with pytest.raises(KeyError, match="did you mean 'drive'"):
        sim.signal["driv"] = [1]
    np.testing.assert_array_equal(sim.signal["drive"], [1, 1, 1])

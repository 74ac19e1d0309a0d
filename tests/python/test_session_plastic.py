# SPDX-License-Identifier: BSD-3-Clause
"""Halted plasticity, and variables kept per synapse to be written, in open simulations on both back ends."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import bouton

BACKENDS = ["interpreted", "compiled"]


def network() -> bouton.Network:
    net = bouton.Network(duration="300 ms", seed=1)
    net.neurons["input"] = dict(size=40, model="poisson", parameters=dict(rate="40 Hz"))
    net.neurons["cells"] = dict(size=4, model="lif_exp")
    net.add_synapses(
        "exc", from_="input", to="cells", connect=dict(rule="all_to_all"), target="I_exc", delay="1 ms",
        plasticity=dict(model="stdp_pair", parameters=dict(w_max="600 pA")), initial=dict(w="400*pA + rand()*200*pA"),
    )
    net.record(spikes="cells")
    return net


@pytest.mark.parametrize("backend", BACKENDS)
def test_halted_weights_stay(backend: str, tmp_path: Path) -> None:
    with network().simulation(backend=backend) as sim:
        exc = sim.synapses["exc"]
        assert dict(sim.plastic) == {"exc": True}
        sim.run("100 ms")
        sim.plastic["exc"] = False
        assert not sim.plastic["exc"]
        w, apre, spikes = exc["w"], exc["apre"], len(sim.spikes["cells"])
        sim.run("100 ms")
        np.testing.assert_array_equal(exc["w"], w)
        assert (exc["apre"] != apre).any() and len(sim.spikes["cells"]) > spikes
        sim.save(tmp_path / "s.bouton")
        resumed = bouton.Simulation.resume(tmp_path / "s.bouton", threads=2)
        assert not resumed.plastic["exc"]
        for going_on in (sim, resumed):
            going_on.plastic["exc"] = True
            going_on.run("100 ms")
        assert (exc["w"] != w).any()
        np.testing.assert_array_equal(exc["w"], resumed.synapses["exc"]["w"])


@pytest.mark.parametrize("backend", BACKENDS)
def test_writable(backend: str) -> None:
    with network().simulation(backend=backend, writable=["exc.apre"]) as sim:
        exc = sim.synapses["exc"]
        sim.run("50 ms")
        values = np.linspace(0, 1, len(exc)) * exc["w"].max()
        exc["apre"] = values
        np.testing.assert_array_equal(exc["apre"], values)
        sim.run("50 ms")
    with network().simulation(backend=backend) as sim, pytest.raises(ValueError, match="writable"):
        sim.synapses["exc"]["apre"] = values
    with pytest.raises(KeyError, match="did you mean 'apre'"):
        network().simulation(writable=["exc.apr"])
    with pytest.raises(TypeError, match="list of names"):
        network().simulation(writable="exc.apre")

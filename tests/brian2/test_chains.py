# SPDX-License-Identifier: BSD-3-Clause
"""Library models joined to chains, beside the same synapse written out for Brian2, with axonal and dendritic delays."""

from __future__ import annotations

import numpy as np
import pytest

INPUTS, CELLS, MS = 12, 10, 200
AXON_MS, DENDRITE_MS = 1.2, 2.3


@pytest.fixture
def chain(bouton, brian, csv, trains, same):
    """Return a function that runs a chain and its twin and compares a variable, the weights and all spikes.

    In the twin, what arrives at the synapse is held until it reaches the soma; no source fires twice in that time.
    """

    def run(links: str, equations: str, on_arrival: str, on_post: str, start: str = "") -> None:
        b = brian
        rng = np.random.default_rng(21)
        source, target = np.nonzero(rng.random((INPUTS, CELLS)) < 0.7)
        weight = rng.uniform(1e-3, 4e-3, len(source))
        csv("pairs.csv", source=source, target=target, w=weight)
        inputs = trains(22, INPUTS, MS, 70.0, DENDRITE_MS + 0.2)
        ours = bouton(f"""
[simulation]
duration = "{MS} ms"
{inputs.text()}
[neurons.cells]
size = {CELLS}
equations = "dv/dt = (E - v)/tau_m : volt"
threshold = "v > -50*mV"
reset = "v = -60*mV"
parameters = {{ E = "-52 mV", tau_m = "20 ms" }}
initial = {{ v = "-60 mV" }}
[synapses.syn]
from = "input"
to = "cells"
connect = {{ file = "pairs.csv" }}
target = "v"
delay = "{AXON_MS} ms"
dendritic_delay = "{DENDRITE_MS} ms"
{links}
[[record]]
spikes = "cells"
[[record]]
variables = ["v"]
of = "cells"
every = "1 ms"
[[record]]
variables = ["w"]
of = "syn"
every = "1 ms"
""")
        cells = b.NeuronGroup(CELLS, "dv/dt = (E - v)/tau_m : volt", threshold="v > -50*mV", reset="v = -60*mV",
                              method="exact", namespace={"E": -52 * b.mV, "tau_m": 20 * b.ms})
        cells.v = -60 * b.mV
        generator = inputs.brian(b)
        pathways = {"arrive": on_arrival, "transmit": "v_post += held"}
        synapses = b.Synapses(generator, cells, equations + "held : volt\nw : volt", on_pre=pathways, on_post=on_post)
        synapses.connect(i=source, j=target)
        synapses.w_ = weight
        for name, value in (pair.split("=") for pair in start.split()):
            setattr(synapses, name, float(value))
        synapses.arrive.delay = AXON_MS * b.ms
        synapses.transmit.delay = (AXON_MS + DENDRITE_MS) * b.ms
        if on_post:
            synapses.post.delay = DENDRITE_MS * b.ms
        spikes = b.SpikeMonitor(cells)
        weights = b.StateMonitor(synapses, "w", record=True, dt=1 * b.ms, order=1)
        voltages = b.StateMonitor(cells, "v", record=True, dt=1 * b.ms, order=1)
        b.Network(cells, generator, synapses, spikes, weights, voltages).run(MS * b.ms)

        assert same.spikes(ours, "cells", spikes) > 20
        assert bool(np.ptp(weights.w_) > 0) and (not on_post or np.all(np.ptp(weights.w_, axis=1) > 0))
        same.values(ours.recording("syn", "w"), weights.w_.T)
        same.values(ours.recording("cells", "v"), voltages.v_.T)

    return run


PAIR = """
dapre/dt = -apre/(17*ms) : 1 (event-driven)
dapost/dt = -apost/(25*ms) : 1 (event-driven)
"""
PAIR_PRE = "w = clip(w - 0.022*4*mV*apost, 0*mV, 4*mV); apre += 1"
PAIR_POST = "w = clip(w + 0.02*4*mV*apre, 0*mV, 4*mV); apost += 1"
PAIR_LINK = """
[synapses.syn.plasticity]
model = "stdp_pair"
parameters = { tau_plus = "17 ms", tau_minus = "25 ms", A_plus = 0.02, A_minus = 0.022, w_max = "4 mV" }
"""
RESOURCES = """
dx/dt = (1 - x)/(90*ms) : 1 (event-driven)
du/dt = (0.4 - u)/(60*ms) : 1 (event-driven)
"""
RELEASE_LINK = """
[synapses.syn.release]
model = "tsodyks_markram"
parameters = { U = 0.4, tau_rec = "90 ms", tau_fac = "60 ms" }
"""
RELEASE = "held = w*u*x; x -= u*x; u += 0.4*(1 - u)"


def test_pair_stdp(chain):
    """The soma gets the weight of the arrival at the synapse, however that changes on the way."""
    chain(PAIR_LINK, PAIR, "held = w; " + PAIR_PRE, PAIR_POST)


def test_short_term_plasticity(chain):
    chain(RELEASE_LINK, RESOURCES, RELEASE, "", "x=1 u=0.4")


def test_release_before_plasticity(chain):
    chain(RELEASE_LINK + PAIR_LINK, RESOURCES + PAIR, RELEASE + "; " + PAIR_PRE, PAIR_POST, "x=1 u=0.4")


def test_inhibitory_stdp(chain):
    link = """
[synapses.syn.plasticity]
model = "inhibitory_stdp"
parameters = { tau = "20 ms", rho_0 = "4 Hz", eta = "0.05 mV", w_max = "5 mV" }
"""
    equations = "dapre/dt = -apre/(20*ms) : 1 (event-driven)\ndapost/dt = -apost/(20*ms) : 1 (event-driven)\n"
    chain(link, equations, "held = w; w = clip(w + 0.05*mV*(apost - 2*4*Hz*20*ms), 0*mV, 5*mV); apre += 1",
          "w = clip(w + 0.05*mV*apre, 0*mV, 5*mV); apost += 1")

# SPDX-License-Identifier: BSD-3-Clause
"""Synaptic variables just after events, beside a Brian2 monitor that looks at the end of every step.

Brian2 keeps event-driven variables as their last event left them, so what it shows in the step of an event is what we record there.
"""

from __future__ import annotations

import numpy as np

INPUTS, CELLS, MS, DELAY_MS = 6, 4, 200, 1.3

EQUATIONS = """
w : volt
dx/dt = (1 - x)/tau_rec : 1 (event-driven)
du/dt = (U - u)/tau_fac : 1 (event-driven)
dapost/dt = -apost/tau_post : 1 (event-driven)
"""
ON_PRE = "v_post += w*u*x; x -= u*x; u += U*(1 - u); w = clip(w*(1 - 0.1*apost), 0*mV, 3*mV)"
ON_POST = "apost += 1; w = clip(w + 0.05*mV, 0*mV, 3*mV)"
VALUES = {"U": 0.3, "tau_rec": 0.06, "tau_fac": 0.09, "tau_post": 0.02}


def test_variables_at_events(bouton, brian, csv, trains, same):
    b = brian
    rng = np.random.default_rng(5)
    source, target = np.nonzero(rng.random((INPUTS, CELLS)) < 0.8)
    weight = rng.uniform(1e-3, 2e-3, len(source))
    csv("pairs.csv", source=source, target=target, w=weight)
    inputs = trains(6, INPUTS, MS, 90.0)
    ours = bouton(f'''
[simulation]
duration = "{MS} ms"
{inputs.text()}
[neurons.cells]
size = {CELLS}
equations = "dv/dt = (E - v)/tau_m : volt"
threshold = "v > -50*mV"
reset = "v = -60*mV"
parameters = {{ E = "-49 mV", tau_m = "20 ms" }}
initial = {{ v = "-60 mV" }}
[synapses.syn]
from = "input"
to = "cells"
connect = {{ file = "pairs.csv" }}
delay = {{ pre = "{DELAY_MS} ms" }}
equations = """{EQUATIONS}"""
on_pre = "{ON_PRE}"
on_post = "{ON_POST}"
parameters = {{ U = 0.3, tau_rec = "60 ms", tau_fac = "90 ms", tau_post = "20 ms" }}
initial = {{ x = 1, u = "U" }}
[[record]]
spikes = "cells"
[[record]]
variables = ["x", "u"]
of = "syn"
at = "pre"
[[record]]
variables = ["w"]
of = "syn"
at = "post"
name = "weights"
''')
    cells = b.NeuronGroup(CELLS, "dv/dt = (E - v)/tau_m : volt", threshold="v > -50*mV", reset="v = -60*mV",
                          method="exact", namespace={"E": -49 * b.mV, "tau_m": 20 * b.ms})
    cells.v = -60 * b.mV
    generator = inputs.brian(b)
    units = {name: value if name == "U" else value * b.second for name, value in VALUES.items()}
    synapses = b.Synapses(generator, cells, EQUATIONS, on_pre=ON_PRE, on_post=ON_POST, namespace=units)
    synapses.connect(i=source, j=target)
    synapses.w_ = weight
    synapses.x, synapses.u = 1, VALUES["U"]
    synapses.pre.delay = DELAY_MS * b.ms
    spikes = b.SpikeMonitor(cells)
    monitor = b.StateMonitor(synapses, ["x", "u", "w"], record=True, when="after_synapses")
    b.Network(cells, generator, synapses, spikes, monitor).run(MS * b.ms)

    assert same.spikes(ours, "cells", spikes) > 20
    sent = [(step + round(10 * DELAY_MS), neuron) for step, neuron in zip(np.rint(10 * inputs.time_ms).astype(int), inputs.index)]
    fired = list(zip(np.rint(np.asarray(spikes.t) / 1e-4).astype(int), np.asarray(spikes.i)))
    for record, events, end, variables in (("syn", sent, source, ("x", "u")), ("weights", fired, target, ("w",))):
        due = sorted((step, k) for step, neuron in events if step < 10 * MS for k in np.flatnonzero(end == neuron))
        steps, which = np.array(due).T
        np.testing.assert_array_equal(np.rint(10 * ours.data[f"events/{record}/time"]), steps)
        np.testing.assert_array_equal(ours.data[f"events/{record}/synapse"], which)
        for variable in variables:
            same.values(ours.data[f"events/{record}/{variable}"], getattr(monitor, variable + "_")[which, steps])

# SPDX-License-Identifier: BSD-3-Clause
"""A network with everything that a state consists of, opened, and all that can be seen of it."""

from __future__ import annotations

import numpy as np

import bouton

BACKENDS = ["interpreted", "compiled"]

#: Everything that a state consists of: spikes in flight, release, plasticity, noise, structure that changes, records.
NETWORK = """\
[simulation]
duration = "60 ms"
seed = 5
[neurons.given]
model = "spike_times"
size = 3
times = [["1 ms", "30 ms"], [], ["7 ms"]]
[neurons.noise]
model = "poisson"
size = 30
parameters = { rate = "100 Hz" }
[neurons.cells]
size = 12
equations = '''
dv/dt = (1.2 - v)/(10*ms) + 0.3*xi/sqrt(10*ms) : 1
dz/dt = z*z/ms : 1
n : integer
b : boolean
u : volt
once : 1
'''
threshold = "v > 1"
reset = "v = 0"
initial = { v = "rand()", u = "-70*mV*rand()", n = "int(5*rand())", b = "rand() < 0.5" }
[synapses.exc]
from = "noise"
to = "cells[4:12]"
connect = { rule = "fixed_probability", p = 0.4 }
delay = "1.5 ms"
release = { model = "bernoulli", parameters = { p = 0.5 } }
plasticity = { model = "stdp_pair", parameters = { w_max = 1 } }
target = "v"
initial = { w = "0.3*rand()" }
[synapses.grow]
from = "given"
to = "cells"
connect = { rule = "fixed_probability", p = 0.3 }
target = "v"
initial = { w = 0.1 }
structure = { prune = "rand() < 0.1", grow = 0.05, every = "5 ms" }
[[record]]
spikes = "cells"
[[record]]
rate = "cells"
bin = "3 ms"
[[record]]
variables = ["v", "n"]
of = "cells"
every = "1 ms"
[[record]]
variables = ["w"]
of = "grow"
every = "2 ms"
[[record]]
variables = ["w"]
of = "exc"
at = "post"
"""


def opened(backend: str = "interpreted", threads: int = 1, text: str = NETWORK) -> bouton.Simulation:
    """Return a fresh simulation of the network above."""
    return bouton.Simulation(text=text, backend=backend, threads=threads)


def in_precision(precision: str) -> str:
    return NETWORK.replace("seed = 5", f'seed = 5\nprecision = "{precision}"')


def everything(sim: bouton.Simulation, *, records: bool = True) -> list[np.ndarray]:
    """Return all that can be seen of a simulation."""
    found = [np.array([sim.step_count])]
    for groups in (sim.neurons, sim.synapses):
        found += [groups[name][variable] for name in groups for variable in groups[name].variables]
    for group in sim.synapses.values():
        found += [group.source, group.target, group.delay, group.id]
    if records:
        found += [sim.spikes["cells"].times, sim.spikes["cells"].ids, sim.rates["cells"].time, sim.rates["cells"].rate]
        for name in ("cells", "grow"):
            recording = sim.recordings[name]
            found += [recording.time, recording.indices, *recording.values()]
        events = sim.events["exc"]
        found += [events.time, events.synapse, *events.values()]
    return found


def assert_same(one: list[np.ndarray], other: list[np.ndarray]) -> None:
    assert len(one) == len(other)
    for a, b in zip(one, other, strict=True):
        np.testing.assert_array_equal(a, b)

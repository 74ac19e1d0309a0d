# SPDX-License-Identifier: BSD-3-Clause
"""How synapses join neurons, beside Brian2: pathways, delays, both ends, slices, repeated pairs, sums."""

from __future__ import annotations

import numpy as np
import pytest

CELL = "dv/dt = (E - v)/tau_m : volt\nx : 1\ny : 1\nz : 1"
MS = 150


@pytest.fixture
def joined(bouton, brian, csv, trains, same):
    """Return a function that runs 10 inputs and 20 cells, joined by a text and a function, and compares the cells."""

    def run(text: str, join, variables: tuple[str, ...] = ("v",), *, cell: str = CELL, method: str = "exact",
            refractory_ms: float | None = None, synapse_variables: tuple[str, ...] = ()) -> None:
        b = brian
        inputs = trains(3, 10, MS, 80.0)
        names = ", ".join(f'"{name}"' for name in variables)
        cells = b.NeuronGroup(20, cell, threshold="v > -50*mV", reset="v = -60*mV; y += 1", method=method,
                              refractory=False if refractory_ms is None else refractory_ms * b.ms,
                              namespace={"E": -57 * b.mV, "tau_m": 12 * b.ms})
        cells.v = "-60*mV + 0.4*i*mV"
        generator = inputs.brian(b)
        synapses = join(b, generator, cells)
        ours = bouton(f'''
[simulation]
duration = "{MS} ms"
{inputs.text()}
[neurons.cells]
size = 20
equations = """{cell}"""
threshold = "v > -50*mV"
reset = "v = -60*mV; y += 1"
method = "{method}"
{"" if refractory_ms is None else f'refractory = "{refractory_ms} ms"'}
parameters = {{ E = "-57 mV", tau_m = "12 ms" }}
initial = {{ v = "-60*mV + 0.4*i*mV" }}
{text}
[[record]]
spikes = "cells"
[[record]]
variables = [{names}]
of = "cells"
every = "0.5 ms"
''')
        spikes = b.SpikeMonitor(cells)
        monitors = [b.StateMonitor(cells, name, record=True, dt=0.5 * b.ms, order=1) for name in variables]
        b.Network(cells, generator, *synapses, spikes, *monitors).run(MS * b.ms)
        for name, monitor in zip(variables, monitors):
            theirs = np.asarray(getattr(monitor, name + "_")).T
            assert np.ptp(theirs) > 0, f"{name} never changes"
            same.values(ours.recording("cells", name), theirs)
            same.values(ours.state("cells", name), getattr(cells, name + "_")[:])
        for name in synapse_variables:
            same.values(ours.synapses("syn", name), getattr(synapses[0], name + "_")[:])
        assert same.spikes(ours, "cells", spikes) > 20

    return run


def random_pairs(csv, sources: int, targets: int, count: int, seed: int = 4, **columns) -> tuple[np.ndarray, np.ndarray]:
    """Write random pairs, all different, to pairs.csv; return sources and targets."""
    rng = np.random.default_rng(seed)
    source, target = np.divmod(rng.choice(sources * targets, count, replace=False), targets)
    csv("pairs.csv", source=source, target=target, **columns)
    return source, target


def test_several_pathways_with_delays(joined, csv):
    source, target = random_pairs(csv, 10, 20, 90)
    pieces = {"early": "v_post += 0.5*mV + 0.3*w", "late": "v_post += 1.5*w; w += 0.02*mV", "trace": "x_post += 1"}
    back = {"a_own": "w = w*0.99 + 0.01*mV*x_post", "b_far": "w += 0.05*mV"}  # Brian2 sorts by name

    def join(b, inputs, cells):
        synapses = b.Synapses(inputs, cells, "w : volt", on_pre=pieces, on_post=back,
                              delay={"early": 0.4 * b.ms, "late": 3.1 * b.ms, "b_far": 2 * b.ms})
        synapses.connect(i=source, j=target)
        synapses.w = "0.5*mV + 0.02*j*mV"
        return [synapses]

    quoted = [", ".join(f'{name} = "{code}"' for name, code in codes.items()) for codes in (pieces, back)]
    joined(f'''
[synapses.syn]
from = "input"
to = "cells"
connect = {{ file = "pairs.csv" }}
equations = "w : volt"
on_pre = {{ {quoted[0]} }}
on_post = {{ {quoted[1]} }}
delay = {{ early = "0.4 ms", late = "3.1 ms", b_far = "2 ms" }}
initial = {{ w = "0.5*mV + 0.02*j*mV" }}
''', join, ("v", "x"), synapse_variables=("w",))


def test_delays_of_each_synapse_on_both_sides(joined, csv):
    """Axonal and dendritic delays per synapse: each pair meets its traces at times of its own."""
    source, target = random_pairs(csv, 10, 20, 90)
    equations = """
    w : volt
    dapre/dt = -apre/(20*ms) : 1 (event-driven)
    dapost/dt = -apost/(30*ms) : 1 (event-driven)"""
    on_pre = "v_post += w; apre += 1; w = clip(w - 0.1*mV*apost, 0*mV, 6*mV)"
    on_post = "apost += 1; w = clip(w + 0.12*mV*apre, 0*mV, 6*mV)"

    def join(b, inputs, cells):
        synapses = b.Synapses(inputs, cells, equations, on_pre=on_pre, on_post=on_post)
        synapses.connect(i=source, j=target)
        synapses.w = "1*mV + 0.1*i*mV"
        synapses.pre.delay = "(0.2 + 0.31*i + 0.02*j)*ms"
        synapses.post.delay = "(1.4 + 0.1*j)*ms"
        return [synapses]

    joined(f'''
[synapses.syn]
from = "input"
to = "cells"
connect = {{ file = "pairs.csv" }}
equations = """{equations}"""
on_pre = "{on_pre}"
on_post = "{on_post}"
delay = "(0.2 + 0.31*i + 0.02*j)*ms"
dendritic_delay = "(1.4 + 0.1*j)*ms"
initial = {{ w = "1*mV + 0.1*i*mV" }}
''', join, synapse_variables=("w",))


def test_delays_from_a_file(joined, csv):
    delays = np.random.default_rng(8).integers(0, 60, 80) * 0.1
    source, target = random_pairs(csv, 10, 20, 80, delay_ms=delays)

    def join(b, inputs, cells):
        synapses = b.Synapses(inputs, cells, on_pre="v_post += 2*mV; x_post += 1")
        synapses.connect(i=source, j=target)
        synapses.delay = delays * b.ms
        return [synapses]

    joined('''
[synapses.syn]
from = "input"
to = "cells"
connect = { file = "pairs.csv" }
equations = ""
on_pre = "v_post += 2*mV; x_post += 1"
''', join, ("v", "x"))


def test_reading_and_writing_both_ends(joined, csv):
    """Recurrent synapses that read and write the sender and the receiver."""
    source, target = random_pairs(csv, 20, 20, 60)
    drive, there = random_pairs(csv, 10, 20, 60, seed=5)
    csv("recurrent.csv", source=source, target=target)
    code = "x_post += 0.1*(1 + y_pre); z_pre += 0.01*(1 + y_post); v_post += 0.5*mV*(1 + 0.2*y_post - 0.1*y_pre)"

    def join(b, inputs, cells):
        driven = b.Synapses(inputs, cells, on_pre="v_post += 2*mV", name="a_drive")
        driven.connect(i=drive, j=there)
        recurrent = b.Synapses(cells, cells, on_pre=code, on_post="x_post += 0.01*y_pre; z_post += 1", delay=0.7 * b.ms, name="b_rec")
        recurrent.connect(i=source, j=target)
        return [driven, recurrent]

    joined(f'''
[synapses.drive]
from = "input"
to = "cells"
connect = {{ file = "pairs.csv" }}
equations = ""
on_pre = "v_post += 2*mV"
[synapses.rec]
from = "cells"
to = "cells"
connect = {{ file = "recurrent.csv", autapses = true }}
equations = ""
on_pre = "{code}"
on_post = "x_post += 0.01*y_pre; z_post += 1"
delay = "0.7 ms"
''', join, ("v", "x", "y", "z"))


def test_slices_and_repeated_pairs(joined, csv):
    """Indices count from the slice; a pair that occurs three times acts three times."""
    drive, there = random_pairs(csv, 10, 20, 90)
    rng = np.random.default_rng(12)
    source, target = rng.integers(0, 6, 120), rng.integers(0, 11, 120)
    csv("slices.csv", source=source, target=target)
    assert len({*zip(source.tolist(), target.tolist())}) < 80
    equations = "w : volt\nda/dt = -a/(10*ms) : 1 (event-driven)"
    on_pre, on_post = "a += 1; v_post += w*a", "w = clip(w + 0.01*mV*a, 0*mV, 3*mV)"

    def join(b, inputs, cells):
        synapses = b.Synapses(cells[3:9], cells[7:18], equations, on_pre=on_pre, on_post=on_post, name="b_syn")
        synapses.connect(i=source, j=target)
        synapses.w = "0.2*mV + 0.05*i*mV + 0.02*j*mV"
        driven = b.Synapses(inputs, cells, on_pre="v_post += 2*mV", name="a_drive")
        driven.connect(i=drive, j=there)
        return [synapses, driven]

    joined(f'''
[synapses.drive]
from = "input"
to = "cells"
connect = {{ file = "pairs.csv" }}
equations = ""
on_pre = "v_post += 2*mV"
[synapses.syn]
from = "cells[3:9]"
to = "cells[7:18]"
connect = {{ file = "slices.csv", multapses = true, autapses = true }}
equations = """{equations}"""
on_pre = "{on_pre}"
on_post = "{on_post}"
initial = {{ w = "0.2*mV + 0.05*i*mV + 0.02*j*mV" }}
''', join, synapse_variables=("w",))


def test_gap_junctions(joined, csv):
    """A summed current from the voltages at the step's start, beside chemical synapses of the inputs."""
    source, target = random_pairs(csv, 20, 20, 120)
    csv("gap.csv", source=source, target=target)
    drive, there = random_pairs(csv, 10, 20, 60, seed=5)
    cell = "dv/dt = (E - v + I)/tau_m : volt\nI : volt\ny : 1"
    equations = "w : 1\nI_post = w*(v_pre - v_post) : volt (summed)"

    def join(b, inputs, cells):
        driven = b.Synapses(inputs, cells, on_pre="v_post += 2*mV")
        driven.connect(i=drive, j=there)
        gap = b.Synapses(cells, cells, equations)
        gap.connect(i=source, j=target)
        gap.w = "0.01*(1 + i)"
        return [driven, gap]

    joined(f'''
[synapses.drive]
from = "input"
to = "cells"
connect = {{ file = "pairs.csv" }}
equations = ""
on_pre = "v_post += 2*mV"
[synapses.gap]
from = "cells"
to = "cells"
connect = {{ file = "gap.csv", autapses = true }}
equations = """{equations}"""
initial = {{ w = "0.01*(1 + i)" }}
''', join, ("v", "I"), cell=cell, method="euler")


def test_summed_slow_conductances(joined, csv):
    """Receptors of two variables per synapse, integrated by rk4, and their sum in the cell; also a sum at the source."""
    source, target = random_pairs(csv, 10, 20, 100)
    cell = "dv/dt = (E - v - g*(v - 0*mV))/tau_m : volt\ng : 1\ny : 1"
    equations = """
    w : 1
    ds/dt = 0.4*x*(1 - s)/ms - s/(50*ms) : 1 (clock-driven)
    dx/dt = -x/(2*ms) : 1 (clock-driven)
    g_post = w*s/(1 + 0.3*exp(-v_post/(16*mV))) : 1 (summed)"""

    def join(b, inputs, cells):
        synapses = b.Synapses(inputs, cells, equations, on_pre="x += 1", method="rk4")
        synapses.connect(i=source, j=target)
        synapses.w = "0.1 + 0.02*j"
        return [synapses]

    joined(f'''
[synapses.syn]
from = "input"
to = "cells"
connect = {{ file = "pairs.csv" }}
equations = """{equations}"""
on_pre = "x += 1"
method = "rk4"
initial = {{ w = "0.1 + 0.02*j" }}
''', join, ("v", "g"), cell=cell, method="euler", synapse_variables=("s", "x"))


def test_events_leave_refractory_variables_alone(joined, csv):
    """What arrives while a cell is refractory does not move v, but moves x."""
    source, target = random_pairs(csv, 10, 20, 120)
    cell = "dv/dt = (E - v)/tau_m : volt (unless refractory)\nx : 1\ny : 1"

    def join(b, inputs, cells):
        synapses = b.Synapses(inputs, cells, on_pre="v_post += 2.5*mV; x_post += 1")
        synapses.connect(i=source, j=target)
        return [synapses]

    joined('''
[synapses.syn]
from = "input"
to = "cells"
connect = { file = "pairs.csv" }
equations = ""
on_pre = "v_post += 2.5*mV; x_post += 1"
''', join, ("v", "x"), cell=cell, refractory_ms=4)

# SPDX-License-Identifier: BSD-3-Clause
"""What neurons can say, beside Brian2: refractoriness, resets, flags, operators, signals, protocols, sources."""

from __future__ import annotations

import numpy as np
import pytest


@pytest.fixture
def both(bouton, brian, same):
    """Return a function that runs ten neurons in both and holds spikes and variables together; it counts spikes."""

    def run(cells: str, variables: list[str], group, extra: str = "") -> int:
        b = brian
        names = ", ".join(f'"{name}"' for name in variables)
        ours = bouton(f"""
[simulation]
duration = "150 ms"
[neurons.cells]
size = 10
{cells}
{extra}
[[record]]
spikes = "cells"
[[record]]
variables = [{names}]
of = "cells"
every = "0.7 ms"
""")
        monitors = [b.StateMonitor(group, name, record=True, dt=0.7 * b.ms, order=1) for name in variables]
        spikes = b.SpikeMonitor(group)
        b.Network(group, spikes, *monitors).run(150 * b.ms)
        for name, monitor in zip(variables, monitors):
            same.values(ours.recording("cells", name), np.asarray(getattr(monitor, name + "_")).T)
            if f"state/cells/{name}" in ours.data:
                same.values(ours.state("cells", name), getattr(group, name + "_")[:])
        return same.spikes(ours, "cells", spikes)

    return run


@pytest.mark.parametrize(
    "refractory", ["2.95 ms", "(1 + 0.37*i)*ms", "t_ref", "v > -58*mV", "t - lastspike < 3.05*ms and i != 3"]
)
def test_refractoriness(refractory, both, brian):
    """A duration, an expression per neuron, a variable that resets change, conditions."""
    b = brian
    equations = "dv/dt = (-45*mV + 0.5*i*mV - v)/(8*ms) : volt (unless refractory)\ndt_ref/dt = -t_ref/(30*ms) : second"
    reset = "v = -55*mV - 0.5*i*mV; t_ref += 1.5*ms"
    brian_refractory = refractory.replace(" ms", "*ms") if refractory[0].isdigit() else refractory
    group = b.NeuronGroup(10, equations, threshold="v > -50*mV", reset=reset, refractory=brian_refractory,
                          method="exact")
    group.v = "-60*mV"
    cells = f'''
equations = """{equations}"""
threshold = "v > -50*mV"
reset = "{reset}"
refractory = "{refractory}"
initial = {{ v = "-60 mV" }}'''
    spikes = both(cells, ["v", "t_ref"], group)
    assert spikes > 20


def test_adaptive_threshold_and_spike_times_in_expressions(both, brian):
    b = brian
    equations = """
    dv/dt = (E - v)/tau + k*exp(-(t - lastspike)/(4*ms)) : volt
    dv_t/dt = (v_0 - v_t)/(40*ms) : volt
    last_gap : second"""
    reset = "v = v_r; v_t += 3*mV - 0.1*i*mV; last_gap = t - lastspike"
    group = b.NeuronGroup(10, equations, threshold="v > v_t and t > 2*ms", reset=reset, refractory=1 * b.ms, method="euler",
                          namespace={"E": -40 * b.mV, "tau": 10 * b.ms, "k": 0.4 * b.mV / b.ms, "v_0": -52 * b.mV,
                                     "v_r": -60 * b.mV})
    group.v, group.v_t = "-60*mV", "v_0"
    cells = f'''
equations = """{equations}"""
threshold = "v > v_t and t > 2*ms"
reset = "{reset}"
refractory = "1 ms"
method = "euler"
parameters = {{ E = "-40 mV", tau = "10 ms", k = "0.4 mV/ms", v_0 = "-52 mV", v_r = "-60 mV" }}
initial = {{ v = "-60 mV", v_t = "v_0" }}'''
    assert both(cells, ["v", "v_t", "last_gap"], group) > 50


def test_subexpressions_shared_and_constant(both, brian):
    b = brian
    equations = """
    dv/dt = (E + R*I_all - v)/tau : volt
    I_all = I_0*gain + I_own : amp
    I_0 = A*sin(2*pi*f*t) : amp (constant over dt)
    gain = 1 + 0.1*slow : 1
    slow = cos(2*pi*f*t/3) : 1 (shared)
    I_own : amp (constant)
    A : amp (shared, constant)
    f : Hz (shared)
    tau : second (constant)"""
    group = b.NeuronGroup(10, equations, threshold="v > -55*mV", reset="v = E", method="rk4",
                          namespace={"E": -70 * b.mV, "R": 100 * b.Mohm})
    group.A, group.f, group.v = 0.1 * b.nA, 40 * b.Hz, -70 * b.mV
    group.I_own, group.tau = "0.02*i*nA", "(5 + i)*ms"
    cells = f'''
equations = """{equations}"""
threshold = "v > -55*mV"
reset = "v = E"
method = "rk4"
parameters = {{ E = "-70 mV", R = "100 Mohm", A = "0.1 nA", f = "40 Hz", I_own = "0.02*i*nA", tau = "(5 + i)*ms" }}
initial = {{ v = "-70 mV" }}'''
    assert both(cells, ["v", "I_all", "I_0"], group) > 10


def test_operators_integers_and_booleans(both, brian):
    """Floors, remainders and powers of either sign, integers that count, conditions as numbers."""
    b = brian
    equations = """
    dv/dt = (1.2 + 0.3*int(odd) - 0.1*(count % 3) - v)/(10*ms) : 1
    odd = count % 2 == 1 and not big or i == 4 : boolean
    a = (i - 5) // 3 + (i - 5) % 3 * 10 + int((i - 5)*0.7) : integer
    c = -x**2 + 2.0**-1**2 + 2**3**2/x**0.5 - x*-x : 1
    d = (v - 0.5) % 0.3 + (v - 0.5) // 0.3 : 1
    e1 = floor(x) + ceil(-x) + sign(v - 0.5) + clip(v, 0.2, 0.7) + abs(v - 1) + i/4 : 1
    f1 = int(v > 0.5)*x + int(not (v >= 0.5)) + int(x <= 2 or x != 3) : 1
    x : 1 (constant)
    count : integer
    big : boolean"""
    reset = "v = 0; count += 1; big = count > 5"
    group = b.NeuronGroup(10, equations, threshold="v > 1", reset=reset, method="euler")
    group.x = "0.3 + 0.45*i"
    cells = f'''
equations = """{equations}"""
threshold = "v > 1"
reset = "{reset}"
method = "euler"
parameters = {{ x = "0.3 + 0.45*i" }}'''
    assert both(cells, ["v", "count", "a", "c", "d", "e1", "f1"], group) > 20


def test_functions(both, brian):
    b = brian
    equations = """
    dv/dt = (tanh(sin(a*t) + cos(b*t)) + log(1 + abs(v)) - expm1(v)*0.5 + exprel(v - 0.5*i))/(20*ms) : 1
    du/dt = (arctan(v) + arcsin(sin(a*t)*0.9) - sinh(u) + log1p(v**2) + sqrt(v**2 + 1) - cosh(0.1*u))/(10*ms) : 1
    w = log10(1 + v**2) + tan(0.3*v) + arccos(0.5*cos(b*t)) : 1"""
    names = {"a": 300 * b.Hz, "b": 170 * b.Hz}
    group = b.NeuronGroup(10, equations, threshold="v > 2", reset="v = 0", method="rk2", namespace=names)
    cells = f'''
equations = """{equations}"""
threshold = "v > 2"
reset = "v = 0"
method = "rk2"
parameters = {{ a = "300 Hz", b = "170 Hz" }}'''
    assert both(cells, ["v", "u", "w"], group) > 5


def test_run_regularly(both, brian):
    b = brian
    equations = "dv/dt = (E - v)/(7*ms) : volt\nE : volt\nk : 1"
    code = "k += 1; E = E + 2*mV*sin(k)*int(i > 3); v -= 0.1*mV"
    group = b.NeuronGroup(10, equations, threshold="v > -50*mV", reset="v = -70*mV", method="exact")
    group.run_regularly(code, dt=2.5 * b.ms)
    group.run_regularly("E -= 0.05*mV", dt=1 * b.ms, order=1)
    group.E, group.v = -48 * b.mV, -70 * b.mV
    cells = f'''
equations = """{equations}"""
threshold = "v > -50*mV"
reset = "v = -70*mV"
initial = {{ E = "-48 mV", v = "-70 mV" }}'''
    extra = f'''
[[run_regularly]]
of = "cells"
every = "2.5 ms"
code = "{code}"
[[run_regularly]]
of = "cells"
every = "1 ms"
code = "E -= 0.05*mV"'''
    assert both(cells, ["v", "E", "k"], group, extra) > 10


def test_signals(both, brian):
    """A sample lasts 0.4 ms in one signal and 1 ms in the other, which ends before the run does."""
    b = brian
    rng = np.random.default_rng(5)
    one, two = rng.uniform(-1, 3, 500), rng.uniform(0, 2, (120, 10))
    equations = "dv/dt = (E + k*one(t) + I(t, i)*R - v)/(9*ms) : volt"
    names = {"E": -55 * b.mV, "k": 2 * b.mV, "R": 5 * b.Mohm, "one": b.TimedArray(one, dt=0.4 * b.ms),
             "I": b.TimedArray(two * b.nA, dt=1 * b.ms)}
    group = b.NeuronGroup(10, equations, threshold="v > -50*mV", reset="v = -60*mV", method="euler", namespace=names)
    group.v = -60 * b.mV
    cells = f'''
equations = "{equations}"
threshold = "v > -50*mV"
reset = "v = -60*mV"
method = "euler"
parameters = {{ E = "-55 mV", k = "2 mV", R = "5 Mohm" }}
initial = {{ v = "-60 mV" }}'''
    extra = f'''
[signal.one]
dt = "0.4 ms"
values = {one.tolist()}
[signal.I]
dt = "1 ms"
values = {two.tolist()}
unit = "nA"'''
    assert both(cells, ["v"], group, extra) > 20


def test_given_spikes(bouton, brian, csv, same):
    """Times off the grid, unsorted, at 0, several neurons in one step, none after the end."""
    b = brian
    rng = np.random.default_rng(6)
    index, step = np.divmod(rng.choice(12 * 1000, 900, replace=False), 1000)
    time_ms = 0.1 * step + rng.choice([0.0, 0.03, 0.0985], 900)
    time_ms[(step == 0) | (step == 999)] = 0.1 * step[(step == 0) | (step == 999)]
    csv("spikes.csv", index=index, time_ms=time_ms)
    ours = bouton("""
[simulation]
duration = "90 ms"
[neurons.input]
size = 12
model = "spike_times"
file = "spikes.csv"
[[record]]
spikes = "input"
""")
    source = b.SpikeGeneratorGroup(12, index, time_ms * b.ms)
    monitor = b.SpikeMonitor(source)
    b.Network(source, monitor).run(90 * b.ms)
    assert same.spikes(ours, "input", monitor) > 700

# SPDX-License-Identifier: BSD-3-Clause
"""Integrators beside Brian2: the same equations and start, the state equal to 1e-9 each millisecond and at the end."""

from __future__ import annotations

import numpy as np
import pytest

START = np.random.default_rng(1).uniform(0.2, 1.0, 10)


def text(cells: str, variables: list[str], duration: str = "100 ms") -> str:
    """Return the network file of one group of ten neurons, its spikes and variables recorded."""
    names = ", ".join(f'"{name}"' for name in variables)
    return f"""
[simulation]
duration = "{duration}"
[neurons.cells]
size = 10
{cells}
[[record]]
spikes = "cells"
[[record]]
variables = [{names}]
of = "cells"
every = "1 ms"
"""


def check(ours, group, variables, b, same, milliseconds=100):
    """Run Brian2's twin; hold spikes, samples and the end together. Return the number of spikes."""
    monitors = [b.StateMonitor(group, variable, record=True, dt=1 * b.ms, order=1) for variable in variables]
    spikes = b.SpikeMonitor(group) if "spike" in group.events else None
    b.Network(group, *monitors, *([] if spikes is None else [spikes])).run(milliseconds * b.ms)
    for variable, monitor in zip(variables, monitors):
        same.values(ours.recording("cells", variable), getattr(monitor, variable + "_").T)
        if f"state/cells/{variable}" in ours.data:
            same.values(ours.state("cells", variable), getattr(group, variable + "_")[:])
    return 0 if spikes is None else same.spikes(ours, "cells", spikes)


def test_alpha_synapse_with_equal_time_constants(bouton, brian, csv, same):
    """Three coupled linear equations with one time constant: the matrix has no full set of eigenvectors."""
    b = brian
    equations = """
    dv/dt = (I - v)/tau : 1
    dI/dt = (A - I)/tau : 1
    dA/dt = -A/tau : 1"""
    csv("start.csv", A=START)
    ours = bouton(text(f'''
equations = """{equations}"""
method = "exact"
parameters = {{ tau = "7 ms" }}
initial = {{ A = {{ file = "start.csv" }}, v = "0.1*i" }}''', ["v", "I", "A"]))
    group = b.NeuronGroup(10, equations, method="exact", namespace={"tau": 7 * b.ms})
    group.A = START
    group.v = "0.1*i"
    check(ours, group, ["v", "I", "A"], b, same)


def test_exact_with_time_constants_per_neuron(bouton, brian, csv, same):
    b = brian
    equations = """
    dv/dt = (E + R*I - v)/tau_m : volt
    dI/dt = -I/tau_s : amp
    tau_m : second (constant)
    tau_s : second (constant)
    R : ohm (constant)"""
    csv("start.csv", I=START * 1e-9)
    ours = bouton(text(f'''
equations = """{equations}"""
parameters = {{ E = "-70 mV", tau_m = "(10 + i)*ms", tau_s = "(2 + 0.5*i)*ms", R = "50*(1 + 0.1*i)*Mohm" }}
initial = {{ I = {{ file = "start.csv" }}, v = "-60 mV" }}
threshold = "v > -52*mV"
reset = "v = E; I += 0.1*nA"''', ["v", "I"]))
    group = b.NeuronGroup(10, equations, method="exact", namespace={"E": -70 * b.mV}, threshold="v > -52*mV",
                          reset="v = E; I += 0.1*nA")
    group.tau_m = "(10 + i)*ms"
    group.tau_s = "(2 + 0.5*i)*ms"
    group.R = "50*(1 + 0.1*i)*Mohm"
    group.I_ = START * 1e-9
    group.v = -60 * b.mV
    assert check(ours, group, ["v", "I"], b, same) > 0


def test_hodgkin_huxley_by_exponential_euler(bouton, brian, same):
    b = brian
    equations = """
    dv/dt = (g_L*(E_L - v) - g_Na*m**3*h*(v - E_Na) - g_K*n**4*(v - E_K) + I)/C : volt
    dm/dt = 0.32*4/exprel((13*mV - v + V_T)/(4*mV))/ms*(1 - m) - 0.28*5/exprel((v - V_T - 40*mV)/(5*mV))/ms*m : 1
    dn/dt = 0.032*5/exprel((15*mV - v + V_T)/(5*mV))/ms*(1 - n) - 0.5*exp((10*mV - v + V_T)/(40*mV))/ms*n : 1
    dh/dt = 0.128*exp((17*mV - v + V_T)/(18*mV))/ms*(1 - h) - 4/(1 + exp((40*mV - v + V_T)/(5*mV)))/ms*h : 1
    I : amp (constant)"""
    ours = bouton(text(f'''
equations = """{equations}"""
threshold = "v > -20*mV"
refractory = "v > -20*mV"
method = "exponential_euler"
initial = {{ v = "-60 mV", h = 1 }}
[neurons.cells.parameters]
C = "200 pF"
g_L = "10 nS"
g_Na = "20 uS"
g_K = "6 uS"
E_L = "-65 mV"
E_Na = "50 mV"
E_K = "-90 mV"
V_T = "-63 mV"
I = "0.08*i*nA"''', ["v", "m", "n", "h"]))
    group = b.NeuronGroup(10, equations, threshold="v > -20*mV", refractory="v > -20*mV", method="exponential_euler",
                          namespace={"C": 200 * b.pF, "g_L": 10 * b.nS, "g_Na": 20 * b.uS, "g_K": 6 * b.uS,
                                     "E_L": -65 * b.mV, "E_Na": 50 * b.mV, "E_K": -90 * b.mV, "V_T": -63 * b.mV})
    group.v = -60 * b.mV
    group.h = 1
    group.I = "0.08*i*nA"
    assert check(ours, group, ["v", "m", "n", "h"], b, same) > 20


@pytest.mark.parametrize("method", ["euler", "rk2", "rk4"])
def test_izhikevich(method, bouton, brian, same):
    b = brian
    equations = """
    dv/dt = (0.04*v**2 + 5*v + 140 - u + I)/ms : 1
    du/dt = a*(b*v - u)/ms : 1
    I = 4 + i : 1"""
    ours = bouton(text(f'''
equations = """{equations}"""
threshold = "v >= 30"
reset = """
v = c
u += d
"""
method = "{method}"
parameters = {{ a = 0.02, b = 0.2, c = -65, d = 8 }}
initial = {{ v = -65, u = "b*v" }}''', ["v", "u", "I"], "200 ms"))
    group = b.NeuronGroup(10, equations, threshold="v >= 30", reset="v = c\nu += d", method=method,
                          namespace={"a": 0.02, "b": 0.2, "c": -65, "d": 8})
    group.v = -65
    group.u = "0.2*v"
    assert check(ours, group, ["v", "u", "I"], b, same, 200) > 40


@pytest.mark.parametrize("method", ["euler", "rk2", "rk4"])
def test_driven_oscillator_takes_the_time_of_the_stage(method, bouton, brian, csv, same):
    """Van der Pol's oscillator with a force that reads t."""
    b = brian
    equations = """
    dx/dt = y/ms : 1
    dy/dt = (mu*(1 - x**2)*y - x + A*sin(2*pi*f*t))/ms : 1
    mu : 1 (constant)"""
    csv("start.csv", x=START)
    ours = bouton(text(f'''
equations = """{equations}"""
method = "{method}"
parameters = {{ A = 0.5, f = "130 Hz", mu = "0.3*(1 + i)" }}
initial = {{ x = {{ file = "start.csv" }} }}''', ["x", "y"]))
    group = b.NeuronGroup(10, equations, method=method, namespace={"A": 0.5, "f": 130 * b.Hz})
    group.mu = "0.3*(1 + i)"
    group.x = START
    check(ours, group, ["x", "y"], b, same)


def test_lorenz_by_rk4(bouton, brian, csv, same):
    """Ten units of time: rounding grows by about e**(0.9*10), which leaves it below 1e-9."""
    b = brian
    equations = """
    dx/dt = sigma*(y - x)/T : 1
    dy/dt = (x*(rho - z) - y)/T : 1
    dz/dt = (x*y - beta*z)/T : 1"""
    csv("start.csv", x=START)
    ours = bouton(text(f'''
equations = """{equations}"""
method = "rk4"
parameters = {{ sigma = 10, rho = 28, beta = 2.5, T = "10 ms" }}
initial = {{ x = {{ file = "start.csv" }}, y = "1 + i", z = 20 }}''', ["x", "y", "z"]))
    group = b.NeuronGroup(10, equations, method="rk4", namespace={"sigma": 10, "rho": 28, "beta": 2.5, "T": 10 * b.ms})
    group.x = START
    group.y = "1 + i"
    group.z = 20
    check(ours, group, ["x", "y", "z"], b, same)


def test_linear_system_half_of_which_is_refractory(bouton, brian, same):
    """While v stands still, the others go on; w reads the v that stands. (Brian2 cannot solve it with w in v.)"""
    b = brian
    equations = """
    dv/dt = (E + s - v)/tau_m : volt (unless refractory)
    dw/dt = (a*(v - E) - w)/tau_w : volt
    ds/dt = -s/tau_s : volt"""
    ours = bouton(text(f'''
equations = """{equations}"""
threshold = "v > -50*mV"
reset = "v = -58*mV; w += 1*mV; s += 4*mV"
refractory = "3.25 ms"
method = "exact"
parameters = {{ E = "-48 mV", a = 0.2, tau_m = "9 ms", tau_w = "60 ms", tau_s = "4 ms" }}
initial = {{ v = "(-60 + i)*mV" }}''', ["v", "w", "s"]))
    group = b.NeuronGroup(10, equations, threshold="v > -50*mV", reset="v = -58*mV; w += 1*mV; s += 4*mV",
                          refractory=3.25 * b.ms, method="exact",
                          namespace={"E": -48 * b.mV, "a": 0.2, "tau_m": 9 * b.ms, "tau_w": 60 * b.ms, "tau_s": 4 * b.ms})
    group.v = "(-60 + i)*mV"
    assert check(ours, group, ["v", "w", "s"], b, same) > 30


@pytest.mark.parametrize("method", ["heun", "milstein"])
def test_stochastic_methods_without_noise(method, bouton, brian, csv, same):
    b = brian
    equations = "dx/dt = (x - x**3 + 0.1*i)/(5*ms) : 1"
    csv("start.csv", x=START)
    ours = bouton(text(f'''
equations = "{equations}"
method = "{method}"
initial = {{ x = {{ file = "start.csv" }} }}''', ["x"]))
    group = b.NeuronGroup(10, equations, method=method)
    group.x = START
    check(ours, group, ["x"], b, same)


@pytest.mark.parametrize("method", ["exact", "exponential_euler", "rk2", "rk4"])
def test_noise_is_refused_by_methods_without_it(method, bouton, brian):
    b = brian
    equations = "dx/dt = -x/(5*ms) + 0.1*xi/ms**0.5 : 1"
    with pytest.raises(pytest.fail.Exception, match="E209"):
        bouton(text(f'equations = "{equations}"\nmethod = "{method}"', ["x"]))
    network = b.Network(b.NeuronGroup(10, equations, method=method))
    with pytest.raises(b.core.base.BrianObjectException) as caught:
        network.run(1 * b.ms)
    assert isinstance(caught.value.__cause__, b.stateupdaters.base.UnsupportedEquationsException)

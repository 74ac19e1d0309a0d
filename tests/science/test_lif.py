# SPDX-License-Identifier: BSD-3-Clause
"""Integrate-and-fire neurons against closed forms: postsynaptic potentials and rate against current."""

from __future__ import annotations

import numpy as np
import pytest

TAU_M, C, W = 10e-3, 250e-12, 100e-12
TIMES = np.array([1, 3, 5, 10, 20]) * 1e-3

ALPHA = """
equations = '''
dv/dt = (E_L - v)/tau_m + I/C : volt
dI/dt = x - I/tau_s : amp
dx/dt = -x/tau_s : amp/second
'''
parameters = { E_L = "0 V", tau_m = "10 ms", C = "250 pF", tau_s = "2 ms" }
"""


def network(neuron: str, target: str, weight: str) -> str:
    """Return a network in which one spike at step 0 reaches one neuron."""
    return f"""
[simulation]
duration = "25 ms"
[neurons.source]
size = 1
model = "spike_times"
times = [["0 ms"]]
[neurons.cell]
size = 1
{neuron}
[synapses.s]
from = "source"
to = "cell"
connect = {{ rule = "all_to_all" }}
target = "{target}"
initial = {{ w = "{weight}" }}
[[record]]
variables = ["v"]
of = "cell"
"""


def library(model: str, extra: str = "") -> str:
    """Return a library neuron at rest at 0 V, where differences to rest lose no digits."""
    values = f'E_L = "0 V", V_th = "1 V", tau_m = "10 ms", C = "250 pF"{extra}'
    return f'model = "{model}"\nparameters = {{ {values} }}'


def exponential(t: np.ndarray, tau_s: float) -> np.ndarray:
    if tau_s == TAU_M:
        return W / C * t * np.exp(-t / TAU_M)
    return W / C * TAU_M * tau_s / (TAU_M - tau_s) * (np.exp(-t / TAU_M) - np.exp(-t / tau_s))


def alpha(t: np.ndarray, tau_s: float) -> np.ndarray:
    b = 1 / tau_s - 1 / TAU_M
    return W * np.e / (C * tau_s * b**2) * (np.exp(-t / TAU_M) - (1 + b * t) * np.exp(-t / tau_s))


CASES = {
    "delta": (library("lif_delta"), "v", "0.1 mV", 1e-4 * np.exp(-TIMES / TAU_M)),
    "exponential": (library("lif_exp", ', tau_exc = "2 ms"'), "I_exc", "100 pA", exponential(TIMES, 2e-3)),
    "equal time constants": (library("lif_exp", ', tau_exc = "10 ms"'), "I_exc", "100 pA", exponential(TIMES, TAU_M)),
    "alpha": (ALPHA, "x", "e*100*pA/(2*ms)", alpha(TIMES, 2e-3)),
}


@pytest.mark.parametrize("case", CASES)
def test_postsynaptic_potential(run, backend: str, case: str) -> None:
    """Linear equations are solved exactly: 1e-12 relative leaves room for rounding over 200 steps."""
    neuron, target, weight, expected = CASES[case]
    v = run(network(neuron, target, weight), backend).recording("cell", "v")[:, 0]
    # The spike of step 0 acts at the end of that step.
    steps = np.rint(TIMES / 1e-4).astype(int) + 1
    np.testing.assert_allclose(v[steps], expected, rtol=1e-12)


def test_published_potentials() -> None:
    """The closed forms above give the published heights in mV (five digits are printed)."""
    expected = {
        exponential: [0.29831, 0.51769, 0.52445, 0.36114, 0.13529],
        alpha: [0.18924, 0.84923, 1.22416, 1.13553, 0.45846],
    }
    for formula, values in expected.items():
        np.testing.assert_allclose(formula(TIMES, 2e-3) * 1e3, values, atol=6e-6)


def interval(result, group: str, index: int) -> float:
    """Return the last interval between spikes of one neuron."""
    return np.diff(result.trains(group, index + 1)[index])[-1]


def check_rates(intervals: np.ndarray, waits: np.ndarray, t_ref: float, dt: float) -> None:
    """Compare with the form on the grid (exact) and with the continuous one.

    The first refractory step is that of the spike, hence one step less than the rounded-up wait. The grid then costs
    at most one step of the interval, that is 0.5 % at dt = 0.01 ms even at 200 Hz.
    """
    on_grid = t_ref + dt * (np.ceil(waits / dt) - 1)
    np.testing.assert_allclose(intervals, on_grid, rtol=0, atol=1e-9)
    np.testing.assert_allclose(1 / intervals, 1 / (t_ref + waits), rtol=5e-3)


def test_rate_against_current(run) -> None:
    drive = np.array([15.5, 16, 18, 22.5, 30, 60]) * 1e-3
    published = [27.518, 33.641, 50.207, 77.005, 111.964, 205.052]
    waits = TAU_M * np.log(drive / (drive - 15e-3))
    np.testing.assert_allclose(1 / (2e-3 + waits), published, atol=5e-4)
    currents = ", ".join(f"{value * 1e12 / 40e6:.1f}" for value in drive)
    for model in ("lif_delta", "lif_exp"):
        result = run(f"""
[simulation]
duration = "200 ms"
dt = "0.01 ms"
[neurons.cells]
size = 6
model = "{model}"
parameters = {{ I_e = {{ values = [{currents}], unit = "pA" }} }}
[[record]]
spikes = "cells"
""")
        intervals = np.array([interval(result, "cells", i) for i in range(6)])
        check_rates(intervals, waits, 2e-3, 1e-5)


def test_below_rheobase_is_silent(run) -> None:
    result = run("""
[simulation]
duration = "500 ms"
[neurons.cells]
size = 1
model = "lif_exp"
parameters = { I_e = "374 pA" }
[[record]]
spikes = "cells"
""")
    assert result.spikes("cells")[0].size == 0
    # 374 pA * 40 Mohm = 14.96 mV above -70 mV; exp(-50) of the way is left after 500 ms.
    np.testing.assert_allclose(result.state("cells", "v"), [-0.07 + 14.96e-3], rtol=1e-12)


def test_constant_conductances(run) -> None:
    """Constant g make the conductance model a linear one with C/g and a shifted resting value."""
    result = run("""
[simulation]
duration = "200 ms"
dt = "0.01 ms"
[neurons.cell]
size = 2
model = "lif_cond_exp"
parameters = { tau_exc = "1e12 s", tau_inh = "1e12 s", V_th = { values = [-50, 0], unit = "mV" } }
initial = { g_exc = { values = [15, 3], unit = "nS" }, g_inh = "5 nS" }
[[record]]
spikes = "cell"
""")
    g = np.array([10e-9, 15e-9, 5e-9])
    v_inf = g @ np.array([-60e-3, 0, -80e-3]) / g.sum()
    wait = 200e-12 / g.sum() * np.log((v_inf + 60e-3) / (v_inf + 50e-3))
    assert 1 / (5e-3 + wait) == pytest.approx(122.950, abs=5e-4)
    check_rates(np.array([interval(result, "cell", 0)]), np.array([wait]), 5e-3, 1e-5)
    # The second cell never fires and rests, after 18 time constants, at the weighted mean of the potentials.
    assert result.state("cell", "v")[1] == pytest.approx(-55.5555556e-3, abs=1e-9)

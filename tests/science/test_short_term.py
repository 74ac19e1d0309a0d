# SPDX-License-Identifier: BSD-3-Clause
"""Tsodyks-Markram synapses: amplitudes in regular trains, recovery, Poisson trains, the optimal rate."""

from __future__ import annotations

import numpy as np
import pytest

DEPRESSING, FACILITATING, MIXED = (0.5, 0.8, 0.0), (0.05, 0.13, 0.53), (0.2, 0.2, 1.5)
SETS = [DEPRESSING, FACILITATING, MIXED]


def release(parameters: tuple[float, float, float]) -> str:
    u, tau_rec, tau_fac = parameters
    values = f'U = {u}, tau_rec = "{tau_rec} s", tau_fac = "{tau_fac} s"'
    return f'release = {{ model = "tsodyks_markram", parameters = {{ {values} }} }}'


def amplitudes(run, parameters: tuple[float, float, float], times: np.ndarray, backend: str = "compiled") -> np.ndarray:
    """Return what each presynaptic spike adds to the target; times are multiples of 1 ms."""
    steps = np.rint(times * 1e3).astype(int)
    listed = ", ".join(f'"{step} ms"' for step in steps)
    result = run(
        f"""
[simulation]
duration = "{steps[-1] + 2} ms"
dt = "1 ms"
[neurons.pre]
size = 1
model = "spike_times"
times = [[{listed}]]
[neurons.post]
size = 1
equations = "g : 1"
[synapses.s]
from = "pre"
to = "post"
connect = {{ rule = "all_to_all" }}
target = "g"
initial = {{ w = 1 }}
{release(parameters)}
[[record]]
variables = ["g"]
of = "post"
""",
        backend,
    )
    g = result.recording("post", "g")[:, 0]
    return g[steps + 1] - g[steps]


def recurrence(parameters: tuple[float, float, float], times: np.ndarray) -> np.ndarray:
    """Return u*x at every spike, from the exact solution between spikes."""
    u_0, tau_rec, tau_fac = parameters
    u, x, found = u_0, 1.0, []
    for n, time in enumerate(times):
        if n:
            gap = time - times[n - 1]
            u = u_0 + (u - u_0) * (np.exp(-gap / tau_fac) if tau_fac else 0.0)
            x = 1 + (x - 1) * np.exp(-gap / tau_rec)
        found.append(u * x)
        x -= u * x
        u += u_0 * (1 - u)
    return np.array(found)


def steady(parameters: tuple[float, float, float], rate: float) -> float:
    """Return u*x at the fixed point of a regular train."""
    u_0, tau_rec, tau_fac = parameters
    facilitation = np.exp(-1 / (rate * tau_fac)) if tau_fac else 0.0
    recovery = np.exp(-1 / (rate * tau_rec))
    u = u_0 / (1 - (1 - u_0) * facilitation)
    return u * (1 - recovery) / (1 - (1 - u) * recovery)


PUBLISHED = {  # u*x at the fixed point, at 10, 20 and 50 Hz
    DEPRESSING: (0.10515, 0.05713, 0.02410),
    FACILITATING: (0.19491, 0.20651, 0.12959),
    MIXED: (0.35721, 0.21496, 0.09469),
}


@pytest.mark.parametrize("parameters", SETS)
@pytest.mark.parametrize(("rate", "column"), [(10, 0), (20, 1), (50, 2)])
def test_fixed_point_of_regular_trains(run, parameters: tuple[float, float, float], rate: int, column: int) -> None:
    """After 10 s the last amplitude is that of the fixed point.

    1e-10 relative: the differences of a sum of some 50 are good to 1e-12, and what is left of the start is
    exp(-10 s/1.5 s)-fold facilitation, shortened by every spike to below (1 - U)**100.
    """
    times = np.arange(10 * rate + 1) / rate
    last = amplitudes(run, parameters, times)[-1]
    assert last == pytest.approx(steady(parameters, rate), rel=1e-10)
    assert last == pytest.approx(PUBLISHED[parameters][column], abs=6e-6)


FIRST = {
    DEPRESSING: [0.5, 0.2651, 0.1548, 0.1030, 0.0787, 0.0673, 0.0619, 0.0594],
    FACILITATING: [0.05, 0.0901, 0.1196, 0.1403, 0.1546, 0.1645, 0.1718, 0.1772],
}


@pytest.mark.parametrize("parameters", FIRST)
def test_first_amplitudes(run, backend: str, parameters: tuple[float, float, float]) -> None:
    """20 Hz: equal to the recurrence to rounding and to the published digits."""
    times = np.arange(8) / 20
    found = amplitudes(run, parameters, times, backend)
    np.testing.assert_allclose(found, recurrence(parameters, times), rtol=1e-12)
    np.testing.assert_allclose(found, FIRST[parameters], atol=6e-5)


@pytest.mark.parametrize("parameters", SETS)
def test_irregular_train_and_recovery(run, parameters: tuple[float, float, float]) -> None:
    """A burst, a pause of 0.9 s and a probe: the recurrence holds at every spike."""
    times = np.array([5, 12, 13, 40, 44, 80, 81, 133, 1033]) * 1e-3
    np.testing.assert_allclose(amplitudes(run, parameters, times), recurrence(parameters, times), rtol=1e-11)


def test_no_facilitation(run) -> None:
    """tau_fac = 0: u is U at every spike, at intervals of one step too; x recovers at once.

    1e-15 relative are a few units in the last place.
    """
    times = np.array([1, 2, 3, 50, 51]) * 1e-3
    np.testing.assert_allclose(amplitudes(run, (0.5, 1e-6, 0.0), times), 0.5, rtol=1e-15)


POISSON = """
[simulation]
duration = "25 s"
seed = 12
[neurons.pre]
size = 1000
model = "poisson"
parameters = {{ rate = "{rate} Hz" }}
[neurons.post]
size = 1000
equations = "g : 1"
[synapses.s]
from = "pre"
to = "post"
connect = {{ rule = "one_to_one" }}
target = "g"
initial = {{ w = 1 }}
{release}
[[record]]
spikes = "pre"
[[record]]
variables = ["g"]
of = "post"
every = "5 s"
"""


@pytest.mark.parametrize(("parameters", "rate"), [((0.5, 0.8, 0.0), 10), ((0.5, 0.8, 0.0), 30), ((0.05, 1e-6, 0.53), 20)])
def test_poisson_trains(run, parameters: tuple[float, float, float], rate: int) -> None:
    """Mean release of 1000 synapses from 5 s on, within 4 standard errors.

    <x> = 1/(1 + U*r*tau_rec) without facilitation; <u> = U*(1 + r*tau_fac)/(1 + U*r*tau_fac) where x recovers at
    once. On the grid the waits are geometric: <exp(-wait/tau)> replaces r*tau/(1 + r*tau).
    """
    u_0, tau_rec, tau_fac = parameters
    result = run(POISSON.format(rate=rate, release=release(parameters)))
    times, ids = result.spikes("pre")
    spikes = np.bincount(ids[times >= 5], minlength=1000)
    released = result.state("post", "g") - result.recording("post", "g")[1]
    # The ratio of means; its error from the residuals.
    mean = released.sum() / spikes.sum()
    error = (released - mean * spikes).std(ddof=1) / np.sqrt(1000) / spikes.mean()

    def decay(tau: float) -> float:
        p, step = rate * 1e-4, np.exp(-1e-4 / tau)
        return p * step / (1 - (1 - p) * step)

    if tau_fac:
        expected = u_0 / (1 - (1 - u_0) * decay(tau_fac))
        continuous = u_0 * (1 + rate * tau_fac) / (1 + u_0 * rate * tau_fac)
    else:
        expected = u_0 * (1 - decay(tau_rec)) / (1 - (1 - u_0) * decay(tau_rec))
        continuous = u_0 / (1 + u_0 * rate * tau_rec)
    assert expected == pytest.approx(continuous, rel=2e-3)
    assert abs(mean - expected) < 4 * error


@pytest.mark.parametrize(("parameters", "peak"), [(FACILITATING, 14.72), ((0.03, 0.13, 0.53), 19.78), (MIXED, 2.985)])
def test_optimal_rate(run, parameters: tuple[float, float, float], peak: float) -> None:
    """u*x of the mean-field equations is largest at (sqrt((1 - U)*tau_fac/(U*tau_rec)) - 1)/tau_fac.

    The equations are integrated to their fixed point at rates around the peak; the maximum of a polynomial through
    them lies within 1e-6 of the formula.
    """
    u_0, tau_rec, tau_fac = parameters
    formula = (np.sqrt((1 - u_0) * tau_fac / (u_0 * tau_rec)) - 1) / tau_fac
    assert formula == pytest.approx(peak, abs=6e-3)
    result = run(f"""
[simulation]
duration = "30 s"
dt = "1 ms"
[neurons.synapse]
size = 21
equations = '''
dx/dt = (1 - x)/tau_rec - u*x*r : 1
du/dt = (U - u)/tau_fac + U*(1 - u)*r : 1
r : Hz
'''
method = "rk4"
parameters = {{ U = {u_0}, tau_rec = "{tau_rec} s", tau_fac = "{tau_fac} s", r = "(0.9 + 0.01*i)*{float(formula)!r}*Hz" }}
initial = {{ x = 1, u = "U" }}
""")
    product = result.state("synapse", "u") * result.state("synapse", "x")
    offset = np.linspace(-0.1, 0.1, 21)
    slope = np.polynomial.Polynomial.fit(offset, product, 8).deriv()
    roots = slope.roots()
    root = roots[(abs(roots.imag) < 1e-9) & (abs(roots.real) < 0.05)].real
    np.testing.assert_allclose(root, [0], atol=1e-6)

# SPDX-License-Identifier: BSD-3-Clause
"""Plasticity under Poisson spikes: mean drift of every pairing scheme, fixed points, the inhibitory rule."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

DT = 1e-4


def network(size: int, duration: str, rates: tuple[float, float], synapses: str) -> str:
    return f"""
[simulation]
duration = "{duration}"
seed = 21
[neurons.pre]
size = {size}
model = "poisson"
parameters = {{ rate = "{rates[0]} Hz" }}
[neurons.post]
size = {size}
equations = "g : 1"
threshold = "rand() < rate*dt"
parameters = {{ rate = "{rates[1]} Hz" }}
{synapses}
"""


def group(name: str, model: str, parameters: str, start: float = 1.0) -> str:
    return f"""
[synapses.{name}]
from = "pre"
to = "post"
connect = {{ rule = "one_to_one" }}
target = "g"
initial = {{ w = {start} }}
[synapses.{name}.plasticity]
model = "{model}"
parameters = {{ {parameters} }}
"""


def sum_over_lags(tau: float, survival: float, first: int) -> float:
    """Return the sum of dt*exp(-k*dt/tau)*survival**(k - first) over the lags k >= first: tau, on the grid."""
    decay = np.exp(-DT / tau)
    return DT * decay**first / (1 - decay * survival)


# The share of lags that survive one more step without a spike that would take the pair's place:
# potentiation, depression, for the probabilities of a pre and a post spike per step. In the limit of small steps
# these are the table's tau, tau/(1 + r_x*tau), tau/(1 + r_y*tau), tau/(1 + (r_x + r_y)*tau).
SCHEMES: dict[str, tuple[Callable, Callable]] = {
    "stdp_pair": (lambda x, y: 1, lambda x, y: 1),
    "stdp_nearest": (lambda x, y: 1 - x, lambda x, y: 1 - y),
    "stdp_nearest_pre_centered": (lambda x, y: 1 - y, lambda x, y: 1 - y),
    "stdp_nearest_restricted": (lambda x, y: (1 - x) * (1 - y), lambda x, y: (1 - x) * (1 - y)),
}


def test_drift_of_pairing_schemes(run) -> None:
    """Potentiation and depression apart, 800,000 spikes, within 4 standard errors of the drift on the grid."""
    size, seconds, r_x, r_y, tau_plus, tau_minus, a = 1000, 20, 15.0, 25.0, 20e-3, 30e-3, 1e-5
    taus = 'tau_plus = "20 ms", tau_minus = "30 ms", w_max = 1'
    text = ""
    for scheme in SCHEMES:
        text += group(f"{scheme}_up", scheme, f"{taus}, A_plus = {a}, A_minus = 0", 0.2)
        text += group(f"{scheme}_down", scheme, f"{taus}, A_plus = 0, A_minus = {a}", 0.8)
    result = run(network(size, f"{seconds} s", (r_x, r_y), text))
    continuous = {
        "stdp_pair": (tau_plus, tau_minus),
        "stdp_nearest": (tau_plus / (1 + r_x * tau_plus), tau_minus / (1 + r_y * tau_minus)),
        "stdp_nearest_pre_centered": (tau_plus / (1 + r_y * tau_plus), tau_minus / (1 + r_y * tau_minus)),
        "stdp_nearest_restricted": tuple(tau / (1 + (r_x + r_y) * tau) for tau in (tau_plus, tau_minus)),
    }
    for scheme, (up, down) in SCHEMES.items():
        probabilities = r_x * DT, r_y * DT
        expected_up = sum_over_lags(tau_plus, up(*probabilities), 0)
        expected_down = sum_over_lags(tau_minus, down(*probabilities), 1)
        # The grid moves the effective time constant by half a step.
        np.testing.assert_allclose((expected_up, expected_down), continuous[scheme], rtol=5e-3)
        for name, start, expected in (("up", 0.2, expected_up), ("down", 0.8, -expected_down)):
            drift = (result.synapses(f"{scheme}_{name}", "w") - start) / (a * seconds)
            error = drift.std(ddof=1) / np.sqrt(size)
            # The traces start at 0; what the first moments lack is tau/T, a share of 1e-3.
            missing = r_x * r_y * expected * abs(expected) / seconds
            assert abs(drift.mean() - (r_x * r_y * expected - missing)) < 4 * error + abs(missing), (scheme, name)


MORRISON = """
equations = '''
w : target_unit
dapre/dt = -apre/tau : 1 (event-driven)
dapost/dt = -apost/tau : 1 (event-driven)
'''
on_pre = "w -= lam*alpha*w*apost; apre += 1"
on_post = "w += lam*w_0**(1 - mu)*w**mu*apre; apost += 1"
parameters = { tau = "20 ms", lam = 0.02, alpha = 0.11, mu = 0.4, w_0 = 1 }
"""


def test_fixed_points(run) -> None:
    """Means of 400 synapses after at least 5 relaxation times, within 2 % of the zero of the drift.

    lambda is 2e-3 (for Morrison's rule lambda*alpha is), so that the noise of w does not move its mean. On the grid
    potentiation gains and depression loses half a step: alpha changes by the factor (tau - dt/2)/(tau + dt/2).
    """
    grid = (20e-3 - DT / 2) / (20e-3 + DT / 2)
    rules = {  # lambda*alpha, mu_plus, mu_minus, expected share of w_max in continuous time
        "guetig_1": (1.05, 1, 1, 0.4878),
        "guetig_02": (1.05, 0.2, 0.2, 0.4393),
        "guetig_05": (1.5, 0.5, 0.5, 0.3077),
        "van_rossum": (2.5, 0, 1, 0.4),
    }
    text = ""
    for name, (alpha, mu_plus, mu_minus, _) in rules.items():
        parameters = f"A_plus = 2e-3, A_minus = {2e-3 * alpha}, mu_plus = {mu_plus}, mu_minus = {mu_minus}, w_max = 1"
        text += group(name, "stdp_pair", parameters, 0.6)
    text += """
[synapses.morrison]
from = "pre"
to = "post"
connect = { rule = "one_to_one" }
target = "g"
initial = { w = 25 }
[synapses.morrison.plasticity]
""" + MORRISON
    result = run(network(400, "20 s", (100.0, 100.0), text))
    for name, (alpha, mu_plus, mu_minus, published) in rules.items():
        closed = (lambda a, mu: 1 / (1 + a ** (1 / mu))) if mu_plus else (lambda a, _: 1 / a)
        assert closed(alpha, mu_minus) == pytest.approx(published, abs=5e-5)
        assert result.synapses(name, "w").mean() == pytest.approx(closed(alpha * grid, mu_minus), rel=0.02), name
    assert (1 / 0.11) ** (1 / 0.6) == pytest.approx(39.60, abs=5e-3)
    expected = (1 / (0.11 * grid)) ** (1 / 0.6)
    assert result.synapses("morrison", "w").mean() == pytest.approx(expected, rel=0.02)


@pytest.mark.parametrize("rates", [(10, 5), (10, 10), (20, 2)])
def test_inhibitory_rule_drifts_to_its_rate(run, rates: tuple[int, int]) -> None:
    """eta*r_pre*2*tau*(r_post - rho_0) with rho_0 = 5 Hz: 0, 2 and -2.4 eta per s, within 4 standard errors.

    The half steps of the two orders cancel on the grid; the traces start at 0, a loss of tau/T = 1e-3 of each half.
    """
    size, seconds = 1000, 20
    synapses = group("s", "inhibitory_stdp", 'eta = 1e-4, rho_0 = "5 Hz", w_max = 10', 5)
    w = run(network(size, f"{seconds} s", (float(rates[0]), float(rates[1])), synapses)).synapses("s", "w")
    drift = (w - 5) / (1e-4 * seconds)
    expected = rates[0] * 2 * 20e-3 * (rates[1] - 5)
    assert expected == pytest.approx({(10, 5): 0, (10, 10): 2, (20, 2): -2.4}[rates])
    slack = 2 * rates[0] * rates[1] * 20e-3 * 1e-3
    assert abs(drift.mean() - expected) < 4 * drift.std(ddof=1) / np.sqrt(size) + slack

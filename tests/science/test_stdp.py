# SPDX-License-Identifier: BSD-3-Clause
"""Pair STDP event by event: single pairs for each weight dependence, random trains against the sum over all pairs."""

from __future__ import annotations

import numpy as np
import pytest

# 20 lags t_post - t_pre in ms, multiples of the step, none of them 0.
LAGS = np.array([-71.3, -40.2, -33.0, -20.1, -12.7, -8.0, -4.4, -2.1, -0.9, -0.1,
                 0.1, 0.7, 1.9, 3.8, 7.2, 11.6, 19.5, 30.3, 44.4, 68.8])
RULES = {"additive": (0, 0), "multiplicative": (1, 1), "Guetig": (0.2, 0.2), "van Rossum": (0, 1), "mixed": (0.5, 0.7)}
TAU_PLUS, TAU_MINUS, A_PLUS, A_MINUS, W_MAX, W_0 = 16.8e-3, 33.7e-3, 0.01, 0.012, 2e-9, 0.7e-9


def pairs(model: str, lags: np.ndarray, mu: tuple[float, float]) -> str:
    """Return a network of one pair of spikes per lag; a postsynaptic cell fires in the step after its trigger."""
    size = len(lags)
    trigger = ", ".join(f'["{100 - 0.1:.1f} ms"]' for _ in lags)
    before = ", ".join(f'["{100 - lag:.1f} ms"]' for lag in lags)
    return f"""
[simulation]
duration = "200 ms"
[neurons.pre]
size = {size}
model = "spike_times"
times = [{before}]
[neurons.trigger]
size = {size}
model = "spike_times"
times = [{trigger}]
[neurons.post]
size = {size}
equations = '''
v : 1
g : siemens
'''
threshold = "v > 0.5"
reset = "v = 0"
[synapses.drive]
from = "trigger"
to = "post"
connect = {{ rule = "one_to_one" }}
target = "v"
initial = {{ w = 1 }}
[synapses.s]
from = "pre"
to = "post"
connect = {{ rule = "one_to_one" }}
target = "g"
initial = {{ w = "0.7 nS" }}
[synapses.s.plasticity]
model = "{model}"
parameters = {{ tau_plus = "16.8 ms", tau_minus = "33.7 ms", A_plus = {A_PLUS}, A_minus = {A_MINUS}, \
w_max = "2 nS", mu_plus = {mu[0]}, mu_minus = {mu[1]} }}
[[record]]
spikes = "pre"
[[record]]
spikes = "post"
"""


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("model", ["stdp_pair", "stdp_nearest", "stdp_nearest_pre_centered", "stdp_nearest_restricted"])
def test_single_pairs(run, model: str, rule: str) -> None:
    """For one pair all schemes agree: +A f(w) exp(-lag/tau) or -A f(w) exp(lag/tau), to rounding."""
    mu_plus, mu_minus = RULES[rule]
    result = run(pairs(model, LAGS, RULES[rule]))
    lags = np.concatenate(result.trains("post", 20)) - np.concatenate(result.trains("pre", 20))
    np.testing.assert_allclose(lags, LAGS * 1e-3, atol=1e-9)
    lags = LAGS * 1e-3
    share = W_0 / W_MAX
    expected = np.where(
        lags > 0,
        A_PLUS * (1 - share) ** mu_plus * np.exp(-lags / TAU_PLUS),
        -A_MINUS * share**mu_minus * np.exp(lags / TAU_MINUS),
    )
    # w itself is rounded: 1e-12 of the change is less than its last digit, so the gate is on w.
    np.testing.assert_allclose(result.synapses("s", "w"), W_0 + W_MAX * expected, rtol=1e-12)


def test_pair_in_one_step_potentiates(run, backend: str) -> None:
    """Presynaptic events come first: the pair counts as lag 0 of potentiation, with the full amplitude."""
    w = run(pairs("stdp_pair", np.array([0.0]), (0, 0)), backend).synapses("s", "w")
    np.testing.assert_allclose(w, [W_0 + A_PLUS * W_MAX], rtol=1e-12)


def test_bounds(run) -> None:
    """At the bounds w stops: depression of 0 and potentiation of w_max change nothing, exactly."""
    text = pairs("stdp_pair", np.array([-5.0, 5.0]), (0, 0))
    low, high = (run(text.replace('w = "0.7 nS"', f'w = "{start}"')).synapses("s", "w") for start in ("0 nS", "2 nS"))
    assert low[0] == 0
    assert low[1] > 0
    assert high[0] < 2e-9
    assert high[1] == 2e-9


SCHEMES = ["stdp_pair", "stdp_nearest", "stdp_nearest_pre_centered", "stdp_nearest_restricted"]
COUNT = 30


def random_trains() -> str:
    """Return independent Poisson pairs with one synapse group per scheme, additive and far from the bounds."""
    groups = "".join(
        f"""
[synapses.{scheme}]
from = "pre"
to = "post"
connect = {{ rule = "one_to_one" }}
target = "g"
initial = {{ w = 1 }}
[synapses.{scheme}.plasticity]
model = "{scheme}"
parameters = {{ tau_plus = "16.8 ms", tau_minus = "33.7 ms", A_plus = 1e-4, A_minus = 1.3e-4, w_max = 2 }}
"""
        for scheme in SCHEMES
    )
    return f"""
[simulation]
duration = "4 s"
seed = 11
[neurons.pre]
size = {COUNT}
model = "poisson"
parameters = {{ rate = "25 Hz" }}
[neurons.post]
size = {COUNT}
equations = "g : 1"
threshold = "rand() < 20*Hz*dt"
{groups}
[[record]]
spikes = "pre"
[[record]]
spikes = "post"
"""


def count(train: np.ndarray, begin: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Return how many spikes lie in each interval [begin, end)."""
    return np.searchsorted(train, end) - np.searchsorted(train, begin)


def all_pairs(scheme: str, pre: np.ndarray, post: np.ndarray) -> float:
    """Return the change of w (in units of w_max) from the definition, pair by pair; times are steps.

    In one step the presynaptic spike counts as the earlier one.
    """
    p, q = (axis.ravel() for axis in np.meshgrid(pre, post))
    causal = q >= p
    # Spikes of either side between the two, in the order of events.
    between_pre = np.where(causal, count(pre, p + 1, q + 1), count(pre, q + 1, p))
    between_post = np.where(causal, count(post, p, q), count(post, q + 1, p))
    excluded = {
        "stdp_pair": np.zeros(p.size, bool),
        "stdp_nearest": np.where(causal, between_pre > 0, between_post > 0),
        "stdp_nearest_pre_centered": between_post > 0,
        "stdp_nearest_restricted": (between_pre > 0) | (between_post > 0),
    }[scheme]
    lag = (q - p) * 1e-4
    change = np.where(causal, 1e-4 * np.exp(-lag / TAU_PLUS), -1.3e-4 * np.exp(lag / TAU_MINUS))
    return float(np.sum(change[~excluded]))


@pytest.mark.parametrize("precision", ["double", "float"])
def test_random_trains(run, backend: str, precision: str) -> None:
    """Traces give what the sum over all pairs gives: 1e-10 in double, 2e-4 in float (some 200 rounded additions to 1)."""
    result = run(random_trains().replace("seed = 11", f'seed = 11\nprecision = "{precision}"'), backend)
    pre = [np.rint(train / 1e-4).astype(int) for train in result.trains("pre", COUNT)]
    post = [np.rint(train / 1e-4).astype(int) for train in result.trains("post", COUNT)]
    for scheme in SCHEMES:
        expected = [2 * all_pairs(scheme, pre[i], post[i]) for i in range(COUNT)]
        change = result.synapses(scheme, "w") - 1
        np.testing.assert_allclose(change, expected, atol=1e-10 if precision == "double" else 2e-4, err_msg=scheme)

# SPDX-License-Identifier: BSD-3-Clause
"""Structural plasticity: occupancy under constant rates, lifetimes, pruning of weak synapses, growth by distance."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

POPULATIONS = """
[neurons.pre]
size = {pre}
equations = "x : 1"
[neurons.post]
size = {post}
equations = "g : 1"
"""


def network(structure: str, steps: int, connect: str, pre: int = 12, post: int = 2000, extra: str = "") -> str:
    """Return groups without activity whose synapses come and go at the start of every step of 1 ms, the first included."""
    return f"""
[simulation]
duration = "{steps} ms"
dt = "1 ms"
seed = 17
{POPULATIONS.format(pre=pre, post=post)}
[synapses.s]
from = "pre"
to = "post"
connect = {connect}
target = "g"
initial = {{ w = "rand()" }}
structure = {{ {structure}, every = "1 ms" }}
{extra}
"""


def contacts(result, post: int = 2000) -> np.ndarray:
    """Return how many of the potential contacts of each target exist."""
    return np.bincount(result.synapses("s", "target").astype(int), minlength=post)


def check_share(result, expected: float) -> None:
    """Compare the share of the 24,000 pairs that exist with the expected one, within 4 standard errors."""
    found = contacts(result).sum() / 24000
    assert abs(found - expected) < 4 * np.sqrt(expected * (1 - expected) / 24000)


def check_law(counts: np.ndarray, law) -> None:
    """Chi-square of the distribution over 0 .. 12 contacts; rare ends are pooled to expect at least 5 each."""
    observed = np.bincount(counts, minlength=13).astype(float)
    expected = law.pmf(np.arange(13)) * counts.size
    keep = expected >= 5
    observed = np.append(observed[keep], observed[~keep].sum())
    expected = np.append(expected[keep], expected[~keep].sum())
    if expected[-1] < 1:  # too few for chi-square: not more than a Poisson number of this mean may be
        assert stats.poisson.sf(observed[-1] - 1, expected[-1]) > 1e-5
        observed, expected = observed[:-1], expected[:-1]
    assert stats.chisquare(observed, expected * observed.sum() / expected.sum()).pvalue > 1e-3


def test_constant_rates_give_a_binomial(run, backend: str) -> None:
    """Birth and death of 12 potential contacts: Binomial(12, p_b/(p_b + p_d)) after 10 relaxation times."""
    structure = 'prune = "rand() < 0.03", grow = 0.02'
    result = run(network(structure, 200, '{ rule = "fixed_probability", p = 0.9 }'), backend)
    check_law(contacts(result), stats.binom(12, 0.02 / 0.05))
    # The pairs that exist are single ones.
    pairs = result.synapses("s", "source").astype(int) * 2000 + result.synapses("s", "target").astype(int)
    assert np.unique(pairs).size == pairs.size


@pytest.mark.parametrize("steps", [5, 20])
def test_relaxation(run, steps: int) -> None:
    """From an empty network the share after k edits is s*(1 - (1 - p_b - p_d)**k), within 4 standard errors."""
    result = run(network('prune = "rand() < 0.03", grow = 0.02', steps, '{ rule = "fixed_probability", p = 0 }'))
    check_share(result, 0.4 * (1 - 0.95**steps))


def test_library_growth_and_initial_values(run) -> None:
    """grow_random: share 1 - (1 - p)**k after k edits; new synapses draw their initial weight anew."""
    text = network('model = "grow_random", parameters = { p_grow = 0.01 }', 30, '{ rule = "fixed_probability", p = 0 }')
    result = run(text)
    check_share(result, 1 - 0.99**30)
    assert stats.kstest(result.synapses("s", "w"), "uniform").pvalue > 1e-3


def test_library_pruning(run, backend: str) -> None:
    """prune_weak: exactly the synapses below w_min are gone."""
    text = network('model = "prune_weak", parameters = { w_min = 0.25 }', 3, '{ rule = "all_to_all" }')
    kept = run(text, backend)
    everything = run(text.replace("w_min = 0.25", "w_min = -1"), backend)
    w = everything.synapses("s", "w")
    assert w.size == 24000
    np.testing.assert_array_equal(kept.synapses("s", "w"), w[w >= 0.25])
    np.testing.assert_array_equal(kept.synapses("s", "source"), everything.synapses("s", "source")[w >= 0.25])


def test_growth_by_condition_and_distance(run) -> None:
    """Only pairs that meet the condition grow, each with its own probability: chi-square over the distances."""
    structure = 'grow = { p = "0.2*exp(-abs(i - j)/5)", condition = "j % 2 == 0" }'
    result = run(network(structure, 1, '{ rule = "fixed_probability", p = 0 }', pre=400, post=400))
    source, target = result.synapses("s", "source").astype(int), result.synapses("s", "target").astype(int)
    assert np.all(target % 2 == 0)
    i, j = np.meshgrid(np.arange(400), np.arange(0, 400, 2), indexing="ij")
    distance = np.abs(i - j)
    expected = np.bincount(distance.ravel(), minlength=400) * 0.2 * np.exp(-np.arange(400) / 5)
    observed = np.bincount(np.abs(source - target), minlength=400)
    bins = expected >= 5
    # One edit happened; counts are binomial, their variance is below that of the Poisson law the test assumes.
    assert np.sum((observed[bins] - expected[bins]) ** 2 / expected[bins]) < stats.chi2.ppf(0.999, bins.sum())
    # Beyond 40 the law leaves 0.13 synapses in all: four or more have a probability of 1e-5.
    assert expected[40:].sum() < 0.14
    assert observed[40:].sum() < 4


def test_lifetimes(run) -> None:
    """Without growth the share that is left after k edits is (1 - p)**k."""
    result = run(network('prune = "rand() < 0.05"', 20, '{ rule = "all_to_all" }'))
    check_share(result, 0.95**20)

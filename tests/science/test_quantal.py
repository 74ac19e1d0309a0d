# SPDX-License-Identifier: BSD-3-Clause
"""Unreliable release, trial by trial: 100,000 synapses of one presynaptic neuron are as many trials.

Every statistic is held to 4 standard errors.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

TRIALS = 100_000


def trials(run, model: str, parameters: str, spikes: int, backend: str = "compiled", size: int = TRIALS) -> np.ndarray:
    """Return what every spike of a 20 Hz train releases at each synapse, as [spike, trial]."""
    times = ", ".join(f'"{50 * k} ms"' for k in range(spikes))
    result = run(
        f"""
[simulation]
duration = "{50 * spikes} ms"
dt = "1 ms"
seed = 9
[neurons.pre]
size = 1
model = "spike_times"
times = [[{times}]]
[neurons.post]
size = {size}
equations = "g : 1"
[synapses.s]
from = "pre"
to = "post"
connect = {{ rule = "all_to_all" }}
target = "g"
initial = {{ w = 1 }}
release = {{ model = "{model}", parameters = {{ {parameters} }} }}
[[record]]
variables = ["g"]
of = "post"
every = "50 ms"
""",
        backend,
    )
    # Recorded before the spike of the step; the first record is 0.
    totals = np.vstack([result.recording("post", "g"), result.state("post", "g")])
    return np.diff(totals, axis=0)


def check_share(hits: np.ndarray, p: float) -> None:
    assert abs(hits.mean() - p) < 4 * np.sqrt(p * (1 - p) / hits.size)


def check_moments(k: np.ndarray, mean: float, variance: float, fourth: float) -> None:
    """Compare mean and variance; `fourth` is the fourth central moment, which the error of the variance needs."""
    assert abs(k.mean() - mean) < 4 * np.sqrt(variance / k.size)
    # The last term is the next order, which counts where the first vanishes (a fair coin).
    assert abs(k.var(ddof=1) - variance) < 4 * np.sqrt((fourth - variance**2) / k.size) + 16 * variance / k.size


def check_binomial(k: np.ndarray, n: int, p: float) -> None:
    """Compare mean, variance and failures with those of a binomial count."""
    law = stats.binom(n, p)
    fourth = law.var() ** 2 * (3 + law.stats(moments="k"))
    check_moments(k, law.mean(), law.var(), fourth)
    check_share(k == 0, (1 - p) ** n)


def check_covariance(a: np.ndarray, b: np.ndarray, expected: float) -> None:
    product = (a - a.mean()) * (b - b.mean())
    assert abs(product.mean() - expected) < 4 * product.std() / np.sqrt(a.size)


@pytest.mark.parametrize("p", [0.1, 0.5, 0.9])
def test_bernoulli(run, p: float) -> None:
    k = trials(run, "bernoulli", f"p = {p}", 3)
    assert set(np.unique(k)) == {0.0, 1.0}
    for row in k:
        check_binomial(row, 1, p)
    check_covariance(k[0], k[1], 0)
    check_covariance(k[1], k[2], 0)
    # Neighbours draw apart from each other.
    check_covariance(k[0][:-1], k[0][1:], 0)


def test_certain_release_and_certain_failure(run) -> None:
    """p = 1 always transmits, p = 0 never."""
    assert np.all(trials(run, "bernoulli", "p = 1", 2) == 1)
    assert np.all(trials(run, "bernoulli", "p = 0", 2) == 0)
    assert np.all(trials(run, "quantal_binomial", "p = 1, n_sites = 7", 2) == 7)
    assert np.all(trials(run, "quantal_binomial", "p = 0", 2) == 0)


@pytest.mark.parametrize(("n", "p"), [(5, 0.4), (1, 0.3), (12, 0.05), (40, 0.7)])
def test_quantal_binomial(run, n: int, p: float) -> None:
    k = trials(run, "quantal_binomial", f"n_sites = {n}, p = {p}", 2)
    for row in k:
        assert np.all(row == np.rint(row))
        check_binomial(row, n, p)
        # 1/CV**2 = n*p/(1 - p): the sign of a presynaptic change.
        assert row.mean() ** 2 / row.var() == pytest.approx(n * p / (1 - p), rel=0.05)
    check_covariance(k[0], k[1], 0)


def test_quantal_variance(run) -> None:
    """Quanta that vary by cv_q: variance n*(p*(1 - p) + p*cv_q**2), failures as without."""
    n, p, cv = 5, 0.4, 0.3
    k = trials(run, "quantal_binomial", f"n_sites = {n}, p = {p}, cv_q = {cv}", 2)
    law = stats.binom(n, p)
    # Fourth moment of K + cv*sqrt(K)*Z about its mean: mu4 + 6*cv**2*E[(K - m)**2 K] + 3*cv**4*E[K**2].
    counts = np.arange(n + 1)
    weight, centred = law.pmf(counts), counts - law.mean()
    fourth = weight @ (centred**4 + 6 * cv**2 * centred**2 * counts + 3 * cv**4 * counts**2)
    for row in k:
        check_moments(row, n * p, n * (p * (1 - p) + p * cv**2), fourth)
        check_share(row == 0, (1 - p) ** n)


def two_state(u_0: float, tau_rec: float, tau_fac: float, spikes: int) -> tuple[np.ndarray, np.ndarray]:
    """Return u and x of the deterministic model at the spikes of a 20 Hz train."""
    u, x = [u_0], [1.0]
    for _ in range(spikes - 1):
        facilitation = np.exp(-0.05 / tau_fac) if tau_fac else 0.0
        x.append(1 + (x[-1] * (1 - u[-1]) - 1) * np.exp(-0.05 / tau_rec))
        u.append(u_0 + u[-1] * (1 - u_0) * facilitation)
    return np.array(u), np.array(x)


def test_stochastic_vesicles(run) -> None:
    """N = 5, U = 0.4, tau_rec = 0.3 s, tau_fac = 0.5 s, 20 Hz: the published means, variances and failures."""
    k = trials(run, "stochastic_vesicles", "", 6)
    u, x = two_state(0.4, 0.3, 0.5, 6)
    chosen = [0, 1, 2, 5]
    np.testing.assert_allclose((5 * u * x)[chosen], [2, 2.0410, 1.3520, 0.7707], atol=6e-5)
    np.testing.assert_allclose((5 * u * x * (1 - u * x))[chosen], [1.2, 1.2079, 0.9864, 0.6519], atol=6e-5)
    np.testing.assert_allclose(((1 - u * x) ** 5)[chosen], [0.0778, 0.0726, 0.2067, 0.4330], atol=6e-5)
    for row, share in zip(k, u * x, strict=True):
        check_binomial(row, 5, share)
    covariances = -5 * u[:-1] * u[1:] * x[:-1] ** 2 * (1 - u[:-1]) * np.exp(-0.05 / 0.3)
    np.testing.assert_allclose(covariances[:3], [-0.6269, -0.3216, -0.0891], atol=6e-5)
    for n, expected in enumerate(covariances):
        check_covariance(k[n], k[n + 1], expected)


def test_single_vesicle_without_facilitation(run) -> None:
    """One site, tau_fac = 0: it releases with probability U*x and fails while it is empty."""
    k = trials(run, "stochastic_vesicles", 'n_sites = 1, U = 0.7, tau_rec = "800 ms", tau_fac = "0 ms"', 5)
    u, x = two_state(0.7, 0.8, 0.0, 5)
    for row, share in zip(k, u * x, strict=True):
        check_binomial(row, 1, share)
    # After a release the site is refilled with 1 - exp(-50/800) before the next spike.
    check_share(k[1][k[0] == 1], 0.7 * (1 - np.exp(-0.05 / 0.8)))


def test_back_ends_draw_the_same(run) -> None:
    """The interpreter releases the same quanta as the compiled code."""
    for model in ("bernoulli", "quantal_binomial", "stochastic_vesicles"):
        compiled, interpreted = (trials(run, model, "", 4, name, 2000) for name in ("compiled", "interpreted"))
        np.testing.assert_array_equal(compiled, interpreted)


def test_thinned_poisson_train(run) -> None:
    """Bernoulli failures leave a Poisson train of rate p*r: mean and variance of counts."""
    counts = run("""
[simulation]
duration = "2 s"
seed = 14
[neurons.pre]
size = 2000
model = "poisson"
parameters = { rate = "40 Hz" }
[neurons.post]
size = 2000
equations = "g : 1"
[synapses.s]
from = "pre"
to = "post"
connect = { rule = "one_to_one" }
target = "g"
initial = { w = 1 }
release = { model = "bernoulli", parameters = { p = 0.3 } }
""").state("post", "g")
    variance = 24 * (1 - 0.3 * 40 * 1e-4)
    check_moments(counts, 24, variance, 3 * variance**2 + variance)

# SPDX-License-Identifier: BSD-3-Clause
"""Poisson sources, summed Poisson input and given spike times."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

DT = 1e-4


def source(rate: str, size: int, duration: str) -> str:
    return f"""
[simulation]
duration = "{duration}"
seed = 4
[neurons.p]
size = {size}
model = "poisson"
parameters = {{ rate = "{rate}" }}
[[record]]
spikes = "p"
"""


def check_counts(counts: np.ndarray, mean: float, variance: float) -> None:
    """Compare mean and variance over neurons with those expected, within 4 standard errors."""
    n = counts.size
    assert abs(counts.mean() - mean) < 4 * np.sqrt(variance / n)
    assert abs(counts.var(ddof=1) - variance) < 4 * variance * np.sqrt(2 / n)


def check_rescaled(result, size: int, integral) -> None:
    """Integrals of the rate between spikes are Exp(1).

    The grid shifts the distribution by less than rate*dt = 0.005, well below what the test sees at this n (0.016).
    """
    gaps = [np.diff(integral(train)) for train in result.trains("p", size)]
    rescaled = np.concatenate(gaps)
    assert rescaled.size >= 1e4
    assert stats.kstest(rescaled, "expon").pvalue > 1e-3


def test_poisson_source(run) -> None:
    """One draw per step: mean rate*T, Fano factor 1 - rate*dt, exponential intervals."""
    result = run(source("50 Hz", 400, "2 s"))
    counts = np.bincount(result.spikes("p")[1], minlength=400)
    check_counts(counts, 100, 100 * (1 - 50 * DT))
    # Intervals of a fixed time window are censored at its end; a share of 1/100 of them, all kinds alike.
    check_rescaled(result, 400, lambda times: 50 * times)


@pytest.mark.parametrize("rate", [100.0, 900.0, 1100.0])
def test_spikes_of_a_step_are_binomial(run, rate: float) -> None:
    """Neurons are independent of each other and steps of steps, on both sides of rate*dt = 0.1, where the way to draw changes."""
    size, steps, p = 500, 4000, rate * DT
    times, ids = run(source(f"{rate} Hz", size, "400 ms")).spikes("p")
    step = np.rint(times / DT).astype(int)
    assert np.unique(step * size + ids).size == ids.size
    together = np.bincount(step, minlength=steps)
    check_counts(together, size * p, size * p * (1 - p))
    following = np.corrcoef(together[:-1], together[1:])[0, 1]
    assert abs(following) < 4 / np.sqrt(steps)
    check_counts(np.bincount(ids, minlength=size), steps * p, steps * p * (1 - p))


def test_fano_factor_at_high_rate(run) -> None:
    """At 2 kHz the share 1 - rate*dt = 0.8 stands far from that of a Poisson count (1)."""
    counts = np.bincount(run(source("2 kHz", 4000, "200 ms")).spikes("p")[1], minlength=4000)
    check_counts(counts, 400, 400 * 0.8)


def test_modulated_source(run) -> None:
    """rate = 50 Hz*(1 + 0.8*sin(2*pi*5 Hz*t)): counts, rescaled intervals and phases."""
    omega = 2 * np.pi * 5
    result = run(source("50*Hz*(1 + 0.8*sin(2*pi*5*Hz*t))", 400, "2 s"))

    def integral(times: np.ndarray) -> np.ndarray:
        return 50 * (times + 0.8 / omega * (1 - np.cos(omega * times)))

    times, ids = result.spikes("p")
    # The variance is that of a sum of single draws: int(rate) - dt*int(rate**2), with <sin**2> = 1/2.
    variance = 100 - DT * 2 * 50**2 * (1 + 0.8**2 / 2)
    check_counts(np.bincount(ids, minlength=400), 100, variance)
    check_rescaled(result, 400, integral)
    # Phase histogram: 1 + 0.8*sin in 20 bins of 2000 expected spikes; chi-square with 19 degrees of freedom.
    edges = np.linspace(0, 0.2, 21)
    counts = np.histogram(np.mod(times + DT / 2, 0.2), edges)[0]
    expected = np.diff(integral(edges)) * 10 * 400
    assert stats.chisquare(counts, expected * counts.sum() / expected.sum()).pvalue > 1e-3


def test_rate_by_neuron(run) -> None:
    """An expression of i: each neuron has its own rate."""
    counts = np.bincount(run(source("(20 + 20*i)*Hz", 5, "50 s")).spikes("p")[1], minlength=5)
    rates = 20.0 + 20 * np.arange(5)
    assert np.all(np.abs(counts / 50 - rates) < 4 * np.sqrt(rates / 50))


def test_summed_input_is_poisson(run) -> None:
    """[input] draws counts, several a step: mean and variance are both rate*T."""
    result = run("""
[simulation]
duration = "100 ms"
seed = 3
[neurons.cells]
size = 5000
equations = "n : 1"
[input.drive]
to = "cells"
target = "n"
rate = "20 kHz"
weight = 1
""")
    counts = result.state("cells", "n")
    assert np.all(counts == np.rint(counts))
    check_counts(counts, 2000, 2000)


def test_spike_times(run, backend: str) -> None:
    """A time belongs to the step floor(t/dt + 0.001); order does not matter, the end does not belong."""
    result = run(
        """
[simulation]
duration = "10 ms"
[neurons.s]
size = 3
model = "spike_times"
times = ["5.05 ms", "0 ms", "0.3 ms", "9.9 ms", "0.29999 ms", "10 ms", "2.19 ms"]
indices = [0, 2, 0, 1, 1, 0, 2]
[[record]]
spikes = "s"
""",
        backend,
    )
    steps = [np.rint(train / DT).astype(int).tolist() for train in result.trains("s", 3)]
    assert steps == [[3, 50], [2 + 1, 99], [0, 21]]


@pytest.mark.parametrize("delay", [0, 1, 7])
def test_delivery(run, delay: int) -> None:
    """A spike of step k acts in step k + delay, after integration: the next sample shows it."""
    result = run(f"""
[simulation]
duration = "3 ms"
[neurons.source]
size = 1
model = "spike_times"
times = [["1 ms"]]
[neurons.cell]
size = 1
equations = "g : 1"
[synapses.s]
from = "source"
to = "cell"
connect = {{ rule = "all_to_all" }}
target = "g"
delay = "{100 * delay} us"
initial = {{ w = 1 }}
[[record]]
variables = ["g"]
of = "cell"
""")
    g = result.recording("cell", "g")[:, 0]
    assert g.tolist() == [0.0] * (11 + delay) + [1.0] * (19 - delay)

# SPDX-License-Identifier: BSD-3-Clause
"""Whether simulators that drew their own connections and spikes compute the same model: rates and plastic weights.

What one run's connections and spikes decide was measured over many seeds of bouton: the rate scatters by the workload's
`rate_sd`, the mean of the plastic weights by up to 0.04 of their standard deviation, this by up to 5 %. Means over the
runs of two simulators must agree within four times what that lets expect; runs shorter than the workload's own length
scatter more, by the root of how much they are shorter. A rule with twice the learning rate, without
its depression, or a network with a tenth more inhibition lies outside.
"""

from __future__ import annotations

import math
import statistics
from dataclasses import dataclass

from workloads import WORKLOADS

SIGMAS = 4
MEAN_SD = 0.04
SPREAD_SD = 0.05


@dataclass(frozen=True)
class Verdict:
    """What came out on average, and what is wrong about it."""

    rate_hz: float
    weights: tuple[float, float] | None
    wrong: tuple[str, ...]

    def __str__(self) -> str:
        weights = "" if self.weights is None else f"; {self.weights[0]:.4g}, {self.weights[1]:.3g}"
        return f"{self.rate_hz:.3f}{weights}{' DISAGREE' if self.wrong else ''}"


def averages(name: str, seconds: float, runs: list) -> tuple[float, tuple[float, float] | None]:
    """Return mean rate, and mean and standard deviation of the plastic weights, over the runs."""
    size = WORKLOADS[name].document()["neurons"]["cells"]["size"]
    rate = statistics.mean(run.spikes for run in runs) / size / seconds
    if runs[0].weights is None:
        return rate, None
    return rate, tuple(statistics.mean(run.weights[k] for run in runs) for k in (0, 1))


def verdict(name: str, seconds: float, runs: list, ours: list) -> Verdict:
    """Hold the runs of one simulator to bouton's, and at the workload's own length to its known rate."""
    workload = WORKLOADS[name]
    rate, weights = averages(name, seconds, runs)
    our_rate, our_weights = averages(name, seconds, ours)
    shorter = max(1.0, workload.seconds / seconds)
    apart = SIGMAS * math.sqrt(shorter * (1 / len(runs) + 1 / len(ours)))
    alone = SIGMAS * math.sqrt(1 / len(runs))
    wrong = []
    if seconds == workload.seconds and abs(rate / workload.rate_hz - 1) > alone * workload.rate_sd:
        wrong.append(f"rate is not {workload.rate_hz:g} Hz within {alone * workload.rate_sd:.1%}")
    if abs(rate / our_rate - 1) > apart * workload.rate_sd:
        wrong.append(f"rate differs by more than {apart * workload.rate_sd:.1%}")
    if weights is not None:
        if abs(weights[1] / our_weights[1] - 1) > apart * SPREAD_SD:
            wrong.append(f"standard deviation of weights differs by more than {apart * SPREAD_SD:.0%}")
        if abs(weights[0] - our_weights[0]) > apart * MEAN_SD * our_weights[1]:
            wrong.append(f"mean weight differs by more than {apart * MEAN_SD:.2f} standard deviations")
    return Verdict(rate, weights, tuple(wrong))

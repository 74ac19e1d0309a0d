# SPDX-License-Identifier: BSD-3-Clause
"""Membranes under Poisson input: Campbell's theorem below threshold, Siegert's rate above."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import integrate, special


def bombarded(model: str, target: str, rate: str, weight: str, parameters: str) -> str:
    """Return neurons with Poisson input, sampled every 5 membrane time constants after the first 10."""
    return f"""
[simulation]
duration = "5 s"
seed = 2
[neurons.cells]
size = 2500
model = "{model}"
parameters = {{ E_L = "0 mV", V_th = "1 V", tau_m = "10 ms", {parameters} }}
[input.drive]
to = "cells"
target = "{target}"
rate = "{rate}"
weight = "{weight}"
[[record]]
variables = ["v"]
of = "cells"
every = "50 ms"
"""


TAU_M, TAU_S, C = 10e-3, 2e-3, 250e-12


def jump(t: np.ndarray) -> np.ndarray:
    """Return the potential after one input of 0.1 mV."""
    return 1e-4 * np.exp(-t / TAU_M)


def current(t: np.ndarray) -> np.ndarray:
    """Return the potential after one input of 10 pA that decays over TAU_S."""
    return 10e-12 / C * TAU_M * TAU_S / (TAU_M - TAU_S) * (np.exp(-t / TAU_M) - np.exp(-t / TAU_S))


CAMPBELL = {  # target, weight, parameters, kernel, mean and variance in continuous time at 10 kHz
    "lif_delta": ("v", "0.1 mV", 't_ref = "0 ms"', jump, 1e-4 * 1e4 * TAU_M, 1e-8 * 1e4 * TAU_M / 2),
    "lif_exp": (
        "I_exc", "10 pA", 'C = "250 pF", tau_exc = "2 ms"', current, 10e-12 * 1e4 * TAU_S * TAU_M / C,
        1e4 * (10e-12 / C) ** 2 * (TAU_M * TAU_S) ** 2 / (2 * (TAU_M + TAU_S)),
    ),
}


@pytest.mark.parametrize("model", CAMPBELL)
def test_campbell(run, model: str) -> None:
    """Mean and variance of the free membrane within 1 % of the sum over the steps of the kernel and its square.

    With 245,000 samples 1 % is 3.5 standard errors of the variance, more of the mean. The sums are within 1 % of
    the integrals of continuous time: a jump at the end of a step adds dt/(2*tau_m) = 0.5 %.
    """
    target, weight, parameters, kernel, mean, variance = CAMPBELL[model]
    k = kernel(np.arange(5000) * 1e-4)
    assert k.sum() == pytest.approx(mean, rel=0.01)
    assert (k**2).sum() == pytest.approx(variance, rel=0.015)
    v = run(bombarded(model, target, "10 kHz", weight, parameters)).recording("cells", "v")[2:]
    assert v.mean() == pytest.approx(k.sum(), rel=0.01)
    assert v.var() == pytest.approx((k**2).sum(), rel=0.01)


def siegert(mu: float, sigma: float, threshold: float, reset: float, tau_m: float, t_ref: float) -> float:
    """Return the rate of a LIF neuron under white noise (Siegert 1951; Brunel 2000, equation 21)."""
    area = integrate.quad(
        lambda x: special.erfcx(-x), (reset - mu) / sigma, (threshold - mu) / sigma, epsabs=1e-14, epsrel=1e-13
    )[0]
    return 1 / (t_ref + tau_m * np.sqrt(np.pi) * area)


def test_siegert_rate(run) -> None:
    """Anchor 27.1095934379 Hz; simulated with jumps of 0.005 of the range within 3 %.

    A jump decays for one step before the next threshold test, which acts like a threshold higher by V_th*dt/tau_m:
    6 % of the rate at 0.1 ms, a good 1 % at the 0.02 ms used here. 21,000 spikes: 4 standard errors are below 2 %.
    """
    expected = siegert(15, np.sqrt(1.5), 15, 0, 0.01, 0.002)
    assert expected == pytest.approx(27.1095934379, rel=1e-9)
    # mu = tau*J*r = 15 mV and sigma**2 = tau*J**2*r = 1.125 mV**2 with J = 0.075 mV and r = 20 kHz.
    expected = siegert(15, np.sqrt(1.125), 15, 0, 0.01, 0.002)
    result = run("""
[simulation]
duration = "3 s"
dt = "0.02 ms"
seed = 5
[neurons.cells]
size = 400
model = "lif_delta"
parameters = { E_L = "0 mV", V_th = "15 mV", V_r = "0 mV", tau_m = "10 ms", t_ref = "2 ms" }
initial = { v = "rand()*V_th" }
[input.up]
to = "cells"
target = "v"
rate = "20 kHz"
weight = "0.075 mV"
[[record]]
spikes = "cells"
""")
    times, _ = result.spikes("cells")
    rate = np.count_nonzero(times >= 1) / 2 / 400
    assert rate == pytest.approx(expected, rel=0.03)

# SPDX-License-Identifier: BSD-3-Clause
"""Rate-based rules on spiking neurons: Hebb's drift and order, Oja's norm and direction, BCM's selectivity."""

from __future__ import annotations

import numpy as np
import pytest


def hebb_pair(lag_ms: float) -> str:
    """Return one pre and one post spike, 100 times, 1 s apart; lag = t_post - t_pre."""
    before = ", ".join(f'"{1000 * k + 100 - lag_ms:.1f} ms"' for k in range(100))
    trigger = ", ".join(f'"{1000 * k + 99.9:.1f} ms"' for k in range(100))
    return f"""
[simulation]
duration = "100 s"
[neurons.pre]
size = 1
model = "spike_times"
times = [[{before}]]
[neurons.trigger]
size = 1
model = "spike_times"
times = [[{trigger}]]
[neurons.post]
size = 1
equations = '''
v : 1
g : 1
'''
threshold = "v > 0.5"
reset = "v = 0"
[synapses.drive]
from = "trigger"
to = "post"
connect = {{ rule = "all_to_all" }}
target = "v"
initial = {{ w = 1 }}
[synapses.s]
from = "pre"
to = "post"
connect = {{ rule = "all_to_all" }}
target = "g"
initial = {{ w = 0.2 }}
plasticity = {{ model = "hebb", parameters = {{ eta = "0.01 ms", w_max = 1 }} }}
"""


def test_hebb_needs_the_input_first(run) -> None:
    """100 pairs 5 ms apart: eta*exp(-lag/tau)/tau each; the reversed order meets a trace of exp(-50), nothing."""
    first, last = (run(hebb_pair(lag)).synapses("s", "w")[0] - 0.2 for lag in (5, -5))
    assert first == pytest.approx(100 * 1e-5 * np.exp(-0.25) / 20e-3, rel=1e-12)
    assert abs(last) < 1e-15


@pytest.mark.parametrize("eta", [1e-6, -1e-6])
def test_hebb_drift(run, eta: float) -> None:
    """eta*w_max*x*y for Hebb and, with eta < 0, for anti-Hebb, within 4 standard errors of 800 synapses."""
    result = run(f"""
[simulation]
duration = "20 s"
seed = 8
[neurons.pre]
size = 800
model = "poisson"
parameters = {{ rate = "30 Hz" }}
[neurons.post]
size = 800
equations = "g : 1"
threshold = "rand() < 20*Hz*dt"
[synapses.s]
from = "pre"
to = "post"
connect = {{ rule = "one_to_one" }}
target = "g"
initial = {{ w = 1 }}
plasticity = {{ model = "hebb", parameters = {{ eta = "{eta * 1e3} ms", w_max = 2 }} }}
""")
    drift = (result.synapses("s", "w") - 1) / 20
    # A spike of the same step counts in full, which adds dt/(2*tau); the trace starts at 0, which takes tau/T.
    expected = eta * 2 * 30 * 20 * (1 + 0.1 / 40 - 20e-3 / 20)
    assert abs(drift.mean() - expected) < 4 * drift.std(ddof=1) / np.sqrt(800)


def linear_cell(size: int, tau_ms: float) -> str:
    """Return Poisson neurons whose rate is the sum of their inputs' rates times w*tau."""
    return f"""
[neurons.cells]
size = {size}
equations = "dy/dt = -y/tau : Hz"
threshold = "rand() < y*dt"
parameters = {{ tau = "{tau_ms} ms" }}
"""


def test_oja_finds_the_first_principal_component(run) -> None:
    """Two patterns in turn with mean m and half difference d, m.d = 0: w tends to w_norm*m/|m|.

    Norm within 1 %, cosine above 0.999. Shot noise of the rates adds 0.2 % to the norm; 15 cells, averaged over
    the second half, keep the noise of learning below 0.2 %.
    """
    result = run(f"""
[simulation]
duration = "80 s"
dt = "0.2 ms"
seed = 3
[neurons.inputs]
size = 4
equations = '''
turn = int(t/(500*ms)) % 2 : 1
rate = (200 + 100*int(i == turn) - 100*int(i == 1 - turn) - 50*int(i == 3))*Hz : Hz
'''
threshold = "rand() < rate*dt"
{linear_cell(15, 100)}
[synapses.s]
from = "inputs"
to = "cells"
connect = {{ rule = "all_to_all" }}
target = "y"
initial = {{ w = "rand()*8*Hz" }}
plasticity = {{ model = "oja", parameters = {{ eta = "0.001 ms", w_norm = "10 Hz" }} }}
[[record]]
variables = ["w"]
of = "s"
every = "1 s"
""")
    w = result.recording("s", "w")[40:].mean(axis=0)
    cells = result.synapses("s", "target").astype(int)
    inputs = result.synapses("s", "source").astype(int)
    weights = np.zeros((15, 4))
    weights[cells, inputs] = w
    norms = np.linalg.norm(weights, axis=1) / 10
    mean = np.array([200.0, 200, 200, 150])
    cosines = weights @ mean / (np.linalg.norm(mean) * norms * 10)
    assert norms.mean() == pytest.approx(1, abs=0.01)
    assert cosines.min() > 0.999


@pytest.mark.parametrize("patterns", [2, 4])
def test_bcm_selects_one_pattern(run, patterns: int) -> None:
    """K patterns in turn, each by 20 inputs of its own: the rate is K*y_0 for one of them (5 %) and 0 for the rest.

    Rates are taken from 100 ms after each change on, when the traces of 20 ms have settled. Twenty inputs per pattern
    keep shot noise, which the product of x and y would see, below 1 %.
    """
    result = run(f"""
[simulation]
duration = "500 s"
dt = "0.5 ms"
seed = 6
[neurons.inputs]
size = {20 * patterns}
equations = "rate = 200*Hz*int(int(t/(500*ms)) % {patterns} == i // 20) : Hz"
threshold = "rand() < rate*dt"
{linear_cell(10, 20)}
[synapses.s]
from = "inputs"
to = "cells"
connect = {{ rule = "all_to_all" }}
target = "y"
initial = {{ w = "(0.1 + 0.05*rand())*Hz" }}
[synapses.s.plasticity]
model = "bcm"
parameters = {{ eta = "0.0005 ms", w_max = "10 Hz", y_0 = "10 Hz", tau_x = "20 ms", tau_y = "20 ms", \
tau_theta = "4 s" }}
[[record]]
spikes = "cells"
""")
    times, ids = result.spikes("cells")
    chosen = (times >= 300) & (np.mod(times, 0.5) >= 0.1)
    turn = (times[chosen] / 0.5).astype(int) % patterns
    counts = np.zeros((10, patterns))
    np.add.at(counts, (ids[chosen], turn), 1)
    rates = np.sort(counts / (160 / patterns), axis=1)
    assert rates[:, -1].mean() == pytest.approx(10 * patterns, rel=0.05)
    assert np.all(rates[:, :-1].sum(axis=1) < 0.1 * rates[:, -1])

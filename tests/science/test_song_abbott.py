# SPDX-License-Identifier: BSD-3-Clause
"""Competition between 1000 Poisson inputs of one cell (Song, Miller & Abbott 2000)."""

from __future__ import annotations

import numpy as np


def competition(mu: int, duration: int) -> str:
    """Return the short form of the network: no inhibition, 15 Hz, w in units of the leak conductance."""
    return f"""
[simulation]
duration = "{duration} s"
seed = 1
[neurons.inputs]
size = 1000
model = "poisson"
parameters = {{ rate = "15 Hz" }}
[neurons.cell]
size = 1
equations = '''
dv/dt = (g*(E_exc - v) + E_L - v)/tau_m : volt
dg/dt = -g/tau_e : 1
'''
threshold = "v > -54*mV"
reset = "v = -60*mV"
parameters = {{ tau_m = "10 ms", tau_e = "5 ms", E_exc = "0 mV", E_L = "-74 mV" }}
initial = {{ v = "-60 mV" }}
method = "euler"
[synapses.s]
from = "inputs"
to = "cell"
connect = {{ rule = "all_to_all" }}
target = "g"
initial = {{ w = "rand()*0.01" }}
[synapses.s.plasticity]
model = "stdp_pair"
parameters = {{ A_plus = 0.01, A_minus = 0.0105, w_max = 0.01, mu_plus = {mu}, mu_minus = {mu} }}
[[record]]
spikes = "cell"
"""


def test_additive_rule_is_bimodal(run) -> None:
    """After 100 s most weights lie in the outer fifths (found: .36 below, .29 above), and the cell fires at 22 Hz."""
    result = run(competition(0, 100))
    share = result.synapses("s", "w") / 0.01
    low, high = np.mean(share < 0.2), np.mean(share > 0.8)
    assert low + high > 0.6
    assert low > 0.08
    assert high > 0.08
    times, _ = result.spikes("cell")
    # 1100 intervals of an irregular train: 22 +- 4*0.7 Hz, and as much again for the state of the competition.
    assert 17 < np.count_nonzero(times >= 50) / 50 < 27


def test_multiplicative_rule_is_unimodal(run) -> None:
    """mu = 1: one narrow peak (found: mean .512, standard deviation .018 of w_max)."""
    share = run(competition(1, 100)).synapses("s", "w") / 0.01
    assert np.mean((share < 0.2) | (share > 0.8)) == 0
    assert abs(share.mean() - 0.512) < 0.02
    assert share.std() < 0.06

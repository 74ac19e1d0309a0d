# SPDX-License-Identifier: BSD-3-Clause
"""Competition between 1000 Poisson inputs of one cell (Song, Miller & Abbott 2000, Nat Neurosci 3:919).

The bounds are those of a population without competition, of the theory of the multiplicative rule, and of what the paper
claims: weights at both bounds, a cell that is driven by fluctuations, and a rate that rises less than that of the inputs.
"""

from __future__ import annotations

import numpy as np

N = 1000
W_MAX = 0.01
A_PLUS, A_MINUS, TAU = 0.01, 0.0105, 0.020


def competition(mu: int, rate: int = 15, record_inputs: bool = False) -> str:
    """Return the short form of the network: no inhibition, w in units of the leak conductance, 100 s."""
    inputs = '[[record]]\nspikes = "inputs"' if record_inputs else ""
    return f"""
[simulation]
duration = "100 s"
seed = 1
[neurons.inputs]
size = {N}
model = "poisson"
parameters = {{ rate = "{rate} Hz" }}
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
initial = {{ w = "rand()*{W_MAX}" }}
[synapses.s.plasticity]
model = "stdp_pair"
parameters = {{ A_plus = {A_PLUS}, A_minus = {A_MINUS}, w_max = {W_MAX}, mu_plus = {mu}, mu_minus = {mu} }}
[[record]]
spikes = "cell"
{inputs}
"""


def late_rate(result) -> float:
    """Return the cell's rate in the second half, in Hz."""
    times, _ = result.spikes("cell")
    return float(np.count_nonzero(times >= 50) / 50)


def test_additive_rule_is_bimodal(run) -> None:
    """Fig. 2 of the paper: the weights, uniform at the start, gather at both bounds.

    Without competition each fifth would hold 200 weights, with a standard deviation of sqrt(1000*0.2*0.8) = 12.6: both
    outer fifths hold more than that by four of them, each inner fifth less, so that there are two modes.
    """
    share = run(competition(0)).synapses("s", "w") / W_MAX
    counts, _ = np.histogram(share, np.linspace(0, 1, 6))
    deviation = np.sqrt(N * 0.2 * 0.8)
    assert counts.sum() == N
    assert min(counts[0], counts[4]) > 0.2 * N + 4 * deviation
    assert max(counts[1:4]) < 0.2 * N - 4 * deviation


def test_the_cell_ends_driven_by_fluctuations_and_holds_its_rate(run) -> None:
    """Figs. 2 and 3 of the paper: the mean input sinks below what fires the cell, and twice the input rate makes fewer
    synapses strong, so that the output rate rises by less than that.

    At a mean conductance g the potential tends to E_L/(1 + g), which is at the threshold for g = 74/54 - 1. Of rates r over
    50 s the counts are Poisson numbers at most (refractory cells are more regular); shares of 1000 weights have a standard
    error of sqrt(0.25/1000) at most. Four standard errors each.
    """
    found = {}
    for rate in (15, 30):
        result = run(competition(0, rate))
        share = result.synapses("s", "w") / W_MAX
        conductance = N * rate * 0.005 * W_MAX * share.mean()
        assert conductance < 74 / 54 - 1
        found[rate] = (late_rate(result), np.mean(share > 0.8))
    (slow, many), (fast, few) = found[15], found[30]
    assert many - few > 4 * np.sqrt(2 * 0.25 / N)
    assert slow > 0
    assert fast - 2 * slow < -4 * np.sqrt((fast + 4 * slow) / 50)


def traces(at: np.ndarray, of: np.ndarray, sign: int) -> float:
    """Return the sum of exp(-|s|/tau) over all pairs of a time in `at` and a time in `of` that lies before it (sign 1) or
    after it (-1), to exp(-15)."""
    at, of = (np.sort(sign * np.asarray(times)) for times in (at, of))
    first, last = np.searchsorted(of, at - 15 * TAU), np.searchsorted(of, at - 1e-5)
    return float(sum(np.exp((of[a:b] - t) / TAU).sum() for t, a, b in zip(at, first, last, strict=True)))


def test_multiplicative_rule_is_unimodal(run) -> None:
    """mu = 1: potentiation A_plus*(1 - w) and depression A_minus*w balance at one weight, in one narrow peak.

    Mean: d<w>/dt = 0 gives w = A_plus*S_plus/(A_plus*S_plus + A_minus*S_minus), where S are the sums of exp(-|s|/tau) over the
    pairs of either order, taken here from the recorded spikes. S holds the last 50 s, w the last 1/(A_plus + A_minus)/(r_x*r_y*tau)
    = 7 s: in these there are 150 output spikes, each of which sees a pooled trace of 300 +- 12 inputs, so that S_plus is off by
    4 %/sqrt(150) and w by a quarter of that, 0.0008; the mean of 1000 weights by sd/sqrt(1000) = 0.0008; and weights that
    follow their own spikes, by at most sd times the 5 % by which an input's S differs from the mean, 0.0013. Together, four
    standard errors: 0.007. The cell fires after its inputs, hence the mean is above that of independent trains.

    Width: a sum over pairs of independent Poisson trains with the kernel K (integral 0 at the balance) has the variance
    r_x*r_y*integral(K^2) = r_x*r_y*tau/2*(A_plus^2*(1-w)^2 + A_minus^2*w^2) a second, which relaxes at r_x*r_y*tau*(A_plus + A_minus).
    Spikes that keep a distance, as the cell's do, make it less. The standard error of a standard deviation is sd/sqrt(2000).
    """
    result = run(competition(1, record_inputs=True))
    share = result.synapses("s", "w") / W_MAX
    outputs, inputs = (times[times >= 50] for times in (result.spikes("cell")[0], result.spikes("inputs")[0]))
    potentiated = A_PLUS * traces(outputs, inputs, 1)
    depressed = A_MINUS * traces(outputs, inputs, -1)
    balance = potentiated / (potentiated + depressed)
    assert abs(share.mean() - balance) < 0.007
    assert share.mean() > A_PLUS / (A_PLUS + A_MINUS)
    variance = (A_PLUS**2 * (1 - balance) ** 2 + A_MINUS**2 * balance**2) / (4 * (A_PLUS + A_MINUS))
    assert 0 < share.std() < np.sqrt(variance) * (1 + 4 / np.sqrt(2 * N))
    counts, _ = np.histogram(share, np.linspace(0, 1, 6))
    assert counts[0] == counts[4] == 0

# SPDX-License-Identifier: BSD-3-Clause
"""Published networks: rates of CUBA, COBA and Brunel's networks, and inhibitory plasticity taming one.

Ranges are those found over seeds of the connectivity, not standard errors.
"""

from __future__ import annotations

import numpy as np
import pytest


def rates(result, group: str, begin: float, end: float, split: int, size: int) -> tuple[float, float]:
    """Return the mean rates in Hz of neurons below and from `split`."""
    times, ids = result.spikes(group)
    ids = ids[(times >= begin) & (times < end)]
    duration = end - begin
    return np.sum(ids < split) / split / duration, np.sum(ids >= split) / (size - split) / duration


def sparse(name: str, source: str, target: str, weight: str, probability: float = 0.02) -> str:
    return f"""
[synapses.{name}]
from = "{source}"
to = "cells"
connect = {{ rule = "fixed_probability", p = {probability} }}
target = "{target}"
initial = {{ w = "{weight}" }}
"""


def test_cuba(run) -> None:
    """Vogels & Abbott with jumps of +1.62 and -9 mV: 5 to 6.5 Hz."""
    result = run(f"""
[simulation]
duration = "2.2 s"
seed = 1
[neurons.cells]
size = 4000
equations = '''
dv/dt = (ge + gi - (v - E_L))/(20*ms) : volt (unless refractory)
dge/dt = -ge/(5*ms) : volt
dgi/dt = -gi/(10*ms) : volt
'''
threshold = "v > -50*mV"
reset = "v = -60*mV"
refractory = "5 ms"
parameters = {{ E_L = "-49 mV" }}
initial = {{ v = "-60*mV + rand()*10*mV" }}
{sparse("exc", "cells[0:3200]", "ge", "1.62 mV")}
{sparse("inh", "cells[3200:4000]", "gi", "-9 mV")}
[[record]]
spikes = "cells"
""")
    for rate in rates(result, "cells", 0.2, 2.2, 3200, 4000):
        assert 5 < rate < 6.5


def coba(initial: str, seed: int = 1) -> str:
    return f"""
[simulation]
duration = "2.2 s"
seed = {seed}
[neurons.cells]
size = 4000
model = "lif_cond_exp"
initial = {{ {initial} }}
{sparse("exc", "cells[0:3200]", "g_exc", "6 nS")}
{sparse("inh", "cells[3200:4000]", "g_inh", "67 nS")}
[[record]]
spikes = "cells"
"""


# The start that keeps the network alive; without it the cells have nothing to fire from.
KICK = 'v = "(-65 + 5*randn())*mV", g_exc = "(40 + 15*randn())*nS", g_inh = "(200 + 120*randn())*nS"'


def mean_over_graphs(run, change=lambda text: text) -> np.ndarray:
    """Return the excitatory and the inhibitory rate after 200 ms, in the mean of three graphs."""
    texts = [change(coba(KICK, seed)) for seed in (1, 2, 3)]
    return np.mean([rates(run(text), "cells", 0.2, 2.2, 3200, 4000) for text in texts], axis=0)


def test_coba(run) -> None:
    """Kept alive by its own activity at 17 to 22 Hz (single graphs: 17 to 22.3); silent when nothing starts it."""
    for rate in mean_over_graphs(run):
        assert 17 < rate < 22
    assert run(coba('v = "E_L + rand()*5*mV"')).spikes("cells")[0].size == 0


def test_cobahh(run) -> None:
    """The same with Hodgkin-Huxley cells: 33 to 41 Hz, more than the 14 Hz of isolated ones."""
    for rate in mean_over_graphs(run, lambda text: text.replace("lif_cond_exp", "hodgkin_huxley")):
        assert 33 < rate < 41


@pytest.mark.parametrize(("g", "nu", "seconds", "low", "high"), [(5, 2, 0.7, 36, 39), (4.5, 0.9, 2.2, 4.5, 6.5)])
def test_brunel(run, g: float, nu: float, seconds: float, low: float, high: float) -> None:
    """Brunel 2000, asynchronous irregular (C) and slow oscillating (D), full size: 12,500 cells, 15.6 M synapses.

    The slow rhythm of D makes its rate wander by 0.5 Hz from one half second to the next (ten seeds: 4.7 to 5.8 Hz); C
    does not need so long.
    """
    result = run(f"""
[simulation]
duration = "{seconds} s"
seed = 1
[neurons.cells]
size = 12500
model = "lif_delta"
parameters = {{ E_L = "0 mV", V_th = "20 mV", V_r = "10 mV", tau_m = "20 ms", t_ref = "2 ms" }}
initial = {{ v = "rand()*V_th" }}
[input.outside]
to = "cells"
target = "v"
rate = "{10 * nu} kHz"
weight = "0.1 mV"
[synapses.exc]
from = "cells[0:10000]"
to = "cells"
connect = {{ rule = "fixed_indegree", n = 1000 }}
delay = "1.5 ms"
target = "v"
initial = {{ w = "0.1 mV" }}
[synapses.inh]
from = "cells[10000:12500]"
to = "cells"
connect = {{ rule = "fixed_indegree", n = 250 }}
delay = "1.5 ms"
target = "v"
initial = {{ w = "{-0.1 * g} mV" }}
[[record]]
spikes = "cells"
""")
    excitatory, inhibitory = rates(result, "cells", 0.2, seconds, 10000, 12500)
    assert low < (10000 * excitatory + 2500 * inhibitory) / 12500 < high


def test_inhibitory_plasticity_tames_a_network(run) -> None:
    """Vogels 2011 with eta = 0.1 nS: from more than 100 Hz to 3 to 4.5 Hz within 40 s.

    It settles above the target of 3 Hz (found: 3.85 Hz, standard deviation over cells 0.77 Hz, mean w 1.96 nS).
    """
    result = run(f"""
[simulation]
duration = "40 s"
seed = 1
[neurons.cells]
size = 10000
model = "lif_cond_exp"
parameters = {{ I_e = "200 pA" }}
{sparse("exc", "cells[0:8000]", "g_exc", "0.3 nS")}
[synapses.inh]
from = "cells[8000:10000]"
to = "cells[8000:10000]"
connect = {{ rule = "fixed_probability", p = 0.02 }}
target = "g_inh"
initial = {{ w = "3 nS" }}
[synapses.plastic]
from = "cells[8000:10000]"
to = "cells[0:8000]"
connect = {{ rule = "fixed_probability", p = 0.02 }}
target = "g_inh"
initial = {{ w = "0 nS" }}
plasticity = {{ model = "inhibitory_stdp", parameters = {{ eta = "0.1 nS", w_max = "100 nS" }} }}
[[record]]
spikes = "cells"
""")
    course = [rates(result, "cells", begin, begin + 0.5, 8000, 10000)[0] for begin in (0, 2, 10, 39.5)]
    assert rates(result, "cells", 0, 0.05, 8000, 10000)[0] > 100
    assert course[0] > course[1] > course[2] > course[3]
    assert 3 < rates(result, "cells", 30, 40, 8000, 10000)[0] < 4.5
    times, ids = result.spikes("cells")
    assert np.bincount(ids[times >= 30], minlength=10000)[:8000].std() / 10 < 1
    w = result.synapses("plastic", "w")
    assert 0 <= w.min()
    assert w.mean() == pytest.approx(1.96e-9, rel=0.1)

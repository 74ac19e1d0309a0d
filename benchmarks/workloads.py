# SPDX-License-Identifier: BSD-3-Clause
"""The networks of the benchmarks, each as a network file of bouton and as a function that builds it in Brian2.

Both get the same equations, with conductances in units of the leak, and record all spikes; connections and starts are
drawn by each. Run as a program, `workloads.py NAME SECONDS FOLDER` builds and runs Brian2's cpp_standalone in FOLDER
and prints what came out, as JSON.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

CELL = """
dv/dt = (E_L + drive - v + g_e*(E_e - v) + g_i*(E_i - v))/tau_m : volt (unless refractory)
dg_e/dt = -g_e/tau_e : 1
dg_i/dt = -g_i/tau_i : 1
"""

GROUP = f'''
[neurons.cells]
size = {{size}}
equations = """{CELL}"""
threshold = "v > V_th"
reset = "v = V_r"
refractory = "5 ms"
method = "exponential_euler"
initial = {{{{ v = "V_r + rand()*(V_th - V_r)" }}}}
[neurons.cells.parameters]
E_L = "-60 mV"
V_th = "-50 mV"
V_r = "-60 mV"
drive = "20 mV"
tau_m = "20 ms"
tau_e = "5 ms"
tau_i = "10 ms"
E_e = "0 mV"
E_i = "-80 mV"
[[record]]
spikes = "cells"
'''

STATIC = """
[synapses.{name}]
from = "cells[{slice}]"
to = "cells{to}"
connect = {{ rule = "fixed_probability", p = 0.02 }}
target = "{target}"
delay = "0.8 ms"
initial = {{ w = {w} }}
"""

RULE = """
w : 1
dapre/dt = -apre/tau : 1 (event-driven)
dapost/dt = -apost/tau : 1 (event-driven)
"""
ON_PRE = "g_i_post += w; apre += 1; w = clip(w + (apost - 2*rho*tau)*eta, 0, w_max)"
ON_POST = "apost += 1; w = clip(w + apre*eta, 0, w_max)"

PLASTIC = f'''
[synapses.plastic]
from = "cells[8000:]"
to = "cells[:8000]"
connect = {{ rule = "fixed_probability", p = 0.02 }}
equations = """{RULE}"""
on_pre = "{ON_PRE}"
on_post = "{ON_POST}"
delay = "0.8 ms"
initial = {{ w = 3 }}
parameters = {{ tau = "20 ms", rho = "3 Hz", eta = 0.05, w_max = 30 }}
'''

#: COBA of Brette et al. 2007 (doi:10.1007/s10827-007-0038-6) with a constant drive, so that it never falls silent.
COBA = (
    GROUP.format(size=4000)
    + STATIC.format(name="exc", slice=":3200", to="", target="g_e", w=0.4)
    + STATIC.format(name="inh", slice="3200:", to="", target="g_i", w=5.1)
)

#: Inhibitory plasticity (Vogels et al. 2011, doi:10.1126/science.1211095): 2 M synapses, 320,000 of them plastic.
VOGELS = (
    GROUP.format(size=10000)
    + STATIC.format(name="exc", slice=":8000", to="", target="g_e", w=0.3)
    + STATIC.format(name="inh", slice="8000:", to="[8000:]", target="g_i", w=3)
    + PLASTIC
)

NETWORKS = {"coba": COBA, "vogels": VOGELS}
SIZES = {"coba": 4000, "vogels": 10000}


def network_file(name: str, seconds: float) -> str:
    """Return the network file of a workload."""
    return f'[simulation]\nduration = "{seconds} s"\n{NETWORKS[name]}'


def brian_network(name: str):
    """Return Brian2's network, its spike monitor and its plastic synapses (None where there are none)."""
    import brian2 as b

    size = SIZES[name]
    constants = {"E_L": -60 * b.mV, "V_th": -50 * b.mV, "V_r": -60 * b.mV, "drive": 20 * b.mV, "tau_m": 20 * b.ms,
                 "tau_e": 5 * b.ms, "tau_i": 10 * b.ms, "E_e": 0 * b.mV, "E_i": -80 * b.mV}
    cells = b.NeuronGroup(size, CELL, threshold="v > V_th", reset="v = V_r", refractory=5 * b.ms,
                          method="exponential_euler", namespace=constants)
    cells.v = "V_r + rand()*(V_th - V_r)"
    border = size * 4 // 5
    delay = 0.8 * b.ms

    def static(source, target, variable: str, weight: float):
        synapses = b.Synapses(source, target, on_pre=f"{variable}_post += weight", delay=delay,
                              namespace={"weight": weight})
        synapses.connect(p=0.02)
        return synapses

    exc, inh = cells[:border], cells[border:]
    monitor = b.SpikeMonitor(cells)
    if name == "coba":
        return b.Network(cells, static(exc, cells, "g_e", 0.4), static(inh, cells, "g_i", 5.1), monitor), monitor, None
    plastic = b.Synapses(inh, exc, RULE, on_pre=ON_PRE, on_post=ON_POST, delay=delay,
                         namespace={"tau": 20 * b.ms, "rho": 3 * b.Hz, "eta": 0.05, "w_max": 30})
    plastic.connect(p=0.02)
    plastic.w = 3
    parts = (static(exc, cells, "g_e", 0.3), static(inh, inh, "g_i", 3.0), plastic)
    return b.Network(cells, *parts, monitor), monitor, plastic


def main() -> None:
    """Build and run one workload with Brian2's cpp_standalone."""
    name, seconds, folder = sys.argv[1], float(sys.argv[2]), Path(sys.argv[3])
    import brian2 as b

    b.prefs.codegen.max_cache_dir_size = 0
    b.set_device("cpp_standalone", directory=str(folder))
    b.defaultclock.dt = 0.1 * b.ms
    network, monitor, plastic = brian_network(name)
    network.run(seconds * b.second)
    weight = float(plastic.w[:].mean()) if plastic is not None else None
    print(json.dumps({"spikes": int(monitor.num_spikes), "weight": weight}))


if __name__ == "__main__":
    main()

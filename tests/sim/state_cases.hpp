// SPDX-License-Identifier: BSD-3-Clause
// Networks in which everything waits, is on its way or is counted somewhere: whoever forgets a part of the state is found out.
#pragma once

#include <ostream>
#include <string>
#include <vector>

namespace bouton::test {

struct StateCase {
    const char* name;
    std::string toml;
    std::string looked_at;  ///< GROUP.VARIABLE, variables of synapses behind a '|'
    std::string also_written{};
};

inline std::ostream& operator<<(std::ostream& out, const StateCase& of) { return out << of.name; }

inline const std::string kStateHead = "[simulation]\nduration = \"60 ms\"\nseed = 11\n";

/// See the names of the cases.
inline std::vector<StateCase> state_cases() {
    return {
        {"noise_refractoriness_summed_dendrites", kStateHead + R"toml(
[neurons.cells]
size = 61
equations = """
dv/dt = (1.5 - v + g)/(10*ms) + 0.1*xi*(10*ms)**-0.5 : 1
dg/dt = -g/(5*ms) : 1
seen : 1
total : 1
"""
threshold = "v > 1"
reset = "v = 0"
refractory = "2 ms"
initial = { v = "rand()" }
[synapses.plain]
from = "cells"
to = "cells[5:50]"
connect = { rule = "fixed_probability", p = 0.3 }
delay = "0.1*ms + rand()*2*ms"
dendritic_delay = "0.5*ms + rand()*ms"
release = { model = "bernoulli", parameters = { p = 0.7 } }
plasticity = { model = "stdp_pair", parameters = { w_max = 0.2 } }
target = "g"
initial = { w = "0.1*rand()" }
[synapses.back]
from = "cells[0:40]"
to = "cells"
connect = { rule = "fixed_indegree", n = 7, multapses = true }
delay = "(1 + j % 9)*0.1*ms"
equations = """
k : 1
total_pre = k*v_post : 1 (summed)
"""
on_pre = """
seen_pre += k*v_post
k = k*0.9 + 0.1*rand()
"""
on_post = "seen_pre += 0.3*k"
initial = { k = "rand()" }
[[run_regularly]]
of = "back"
every = "7 ms"
code = "k *= 20/sum_pre(k)"
)toml",
         "cells.v cells.g cells.seen cells.total |plain.w plain.source plain.target back.k back.source",
         "plain.apre plain.apost"},

        {"strides_deferred_events_decays_poisson", kStateHead + R"toml(
[neurons.inputs]
model = "poisson"
size = 400
parameters = { rate = "60 Hz" }
[neurons.given]
model = "spike_times"
size = 3
times = [["3 ms", "30 ms"], ["17.2 ms"], ["41 ms", "58 ms"]]
[neurons.cells]
size = 700
equations = """
dv/dt = (E_L - v)/tau_m : volt
tau_m : second
g : volt
"""
threshold = "v > -52*mV"
reset = "v = -60*mV"
refractory = "1.7 ms"
parameters = { E_L = "-55 mV" }
initial = { v = "-60*mV + rand()*10*mV", tau_m = "20*ms" }
[synapses.drive]
from = "inputs"
to = "cells"
connect = { rule = "fixed_probability", p = 0.1 }
delay = "1.5 ms"
plasticity = { model = "stdp_pair", parameters = { w_max = "1 mV" } }
target = "v"
initial = { w = "0.5*mV" }
[synapses.kicks]
from = "given"
to = "cells[10:20]"
connect = { rule = "all_to_all" }
delay = "5 ms"
target = "v"
initial = { w = "6*mV" }
[synapses.loop]
from = "cells"
to = "cells"
connect = { rule = "fixed_outdegree", n = 30 }
delay = "2.1 ms"
release = { model = "tsodyks_markram", parameters = { U = 0.4, tau_rec = "100 ms", tau_fac = "50 ms" } }
plasticity = { model = "stdp_pair", parameters = { w_max = "0.4 mV" } }
target = "v"
initial = { w = "0.2*mV" }
[input.noise]
to = "cells"
rate = "900 Hz"
weight = "0.5*mV"
target = "v"
)toml",
         "cells.v |drive.w loop.w loop.source loop.target",
         "loop.x loop.u loop.apre loop.apost drive.apre drive.apost"},

        {"growth_and_pruning", kStateHead + R"toml(
[neurons.cells]
size = 40
equations = """
dv/dt = (1.2 + 0.3*rate - v)/(5*ms) : 1
rate : 1
"""
threshold = "v > 1"
reset = "v = 0"
initial = { v = "rand()", rate = "rand()" }
[synapses.s]
from = "cells"
to = "cells"
connect = { rule = "fixed_probability", p = 0.1 }
delay = "0.3*ms + 3*ms*rand()"
release = { model = "tsodyks_markram", parameters = { U = 0.3, tau_rec = "20 ms", tau_fac = "30 ms" } }
plasticity = { model = "stdp_pair", parameters = { w_max = 1 } }
target = "v"
initial = { w = "0.3*rand()" }
structure = { every = "5 ms", prune = "w < 0.05", grow = { p = 0.02 } }
)toml",
         "cells.v |s.w s.source s.target", "s.x s.u s.apre s.apost"},
    };
}

}  // namespace bouton::test

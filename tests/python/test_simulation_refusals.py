# SPDX-License-Identifier: BSD-3-Clause
"""What the open simulation refuses, which changes nothing; what it is good for when it is closed and after a step that failed."""

from __future__ import annotations

import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from open_network import NETWORK, assert_same, everything, opened

import bouton


REFUSED = {
    "sim.neurons['cellz']": (KeyError, "did you mean 'cells'"),
    "sim.neurons['exc']": (KeyError, r"sim.synapses\['exc'\] are synapses"),
    "sim.synapses['cells']": (KeyError, r"sim.neurons\['cells'\] are neurons"),
    "sim.neurons['cells']['vv']": (KeyError, "did you mean 'v'"),
    "sim.synapses['exc']['sourse']": (KeyError, "did you mean 'source'"),
    "sim.neurons['cells'][0]": (KeyError, "no variable '0'"),
    "sim.neurons['noise'].set('rate', '30 mV')": (ValueError, "has the dimension"),
    "sim.neurons['noise'].set('rate', '-30 Hz')": (ValueError, "rate"),
    "sim.neurons['noise'].set('rat', '30 Hz')": (KeyError, "no variable 'rat'"),
    "sim.neurons['noise'].set('rate', '30 Hz', where=[1])": (KeyError, "no variable 'rate'"),
    "sim.neurons['cells'].set('v', [1, 2])": (ValueError, "shape"),
    "sim.neurons['cells'].set('v', [[1]*12])": (ValueError, "shape"),
    "sim.neurons['cells'].set('v', [1, 2], where=[1, 2, 3])": (ValueError, "shape"),
    "sim.neurons['cells'].set('v', float('nan'))": (ValueError, "finite"),
    "sim.neurons['cells'].set('v', [1.0]*11 + [np.inf])": (ValueError, "finite"),
    "sim.neurons['cells'].set('v', 1j)": (TypeError, "number"),
    "sim.neurons['cells'].set('v', None)": (TypeError, "number"),
    "sim.neurons['cells'].set('v', ['a'] * 12)": (TypeError, "numbers"),
    "sim.neurons['cells'].set('v', {'a': 1})": (TypeError, "a dict"),
    "sim.neurons['cells'].set('u', '3 mA')": (ValueError, "must have the unit V, not A"),
    "sim.neurons['cells'].set('u', bouton.values(np.ones(12), 'mA'))": (ValueError, "must have the unit V, not A"),
    "sim.neurons['cells'].set('v', '3 mV')": (ValueError, "must have the unit 1, not V"),
    "sim.neurons['cells'].set('v', 'rnd()')": (ValueError, "cells.v:1:1"),
    "sim.neurons['cells'].set('v', '2*u')": (ValueError, "has the dimension"),
    "sim.neurons['cells'].set('v', 'v > 0')": (ValueError, "this is a condition"),
    "sim.neurons['cells'].set('v', '3 foo')": (ValueError, "foo"),
    "sim.neurons['cells'].set('once', np.arange(12))": (ValueError, "share one value"),
    "sim.neurons['cells'].set('n', 1.5)": (ValueError, "whole number"),
    "sim.neurons['cells'].set('b', 2)": (ValueError, "true or false"),
    "sim.neurons['cells'].set('v', 1, where='v')": (ValueError, "where of cells:1:1.*not a condition"),
    "sim.neurons['cells'].set('v', 1, where='vv > 0')": (ValueError, "where of cells:1:1"),
    "sim.neurons['cells'].set('v', 1, where=[12])": (ValueError, "0 to 11"),
    "sim.neurons['cells'].set('v', 1, where=[-1])": (ValueError, "0 to 11"),
    "sim.neurons['cells'].set('v', 1, where=[1, 1])": (ValueError, "twice"),
    "sim.neurons['cells'].set('v', 1, where=[True])": (ValueError, "truth value for each"),
    "sim.neurons['cells'].set('v', 1, where=[0.5])": (TypeError, "whole numbers"),
    "sim.synapses['exc'].set('delay', 1)": (ValueError, "not changed"),
    "sim.synapses['exc'].set('apre', np.arange(len(sim.synapses['exc'])))": (ValueError, "once per source"),
    "sim.run('3 mV')": (ValueError, "must have the unit s"),
    "sim.run(-1)": (ValueError, "from 0"),
    "sim.run(float('nan'))": (ValueError, "from 0"),
    "sim.run(1e30)": (ValueError, "2\\^48"),
    "sim.run([1])": (TypeError, "number"),
    "sim.restore('nowhere')": (KeyError, "stored as 'nowhere'"),
    "sim.store(3)": (TypeError, "name of a state"),
    "sim.spike('givn', 0, 1)": (KeyError, "did you mean 'given'"),
    "sim.spike('cells', 0, 1)": (ValueError, "spike_times"),
    "sim.spike('given', 3, 1)": (ValueError, "no neuron 3"),
    "sim.spike('given', 0, '3 ms')": (ValueError, "too late"),
    "sim.spike('given', 0, '30 ms')": (ValueError, "twice"),
    "sim.spike('given', [0, 1], [1, 2, 3])": (ValueError, "shape"),
    "sim.spike('given', 0, 1e300)": (ValueError, "2\\^48"),
    "sim.every('0.15 ms')": (ValueError, "whole number of steps"),
    "sim.every(0)": (ValueError, "at least one"),
    "sim.every('1 ms')(3)": (TypeError, "a function"),
    "sim.stop_when('sum(v) > 1')": (TypeError, "or a function alone"),
    "sim.stop_when('v > 1', of='cells')": (ValueError, "one value for each neuron"),
    "sim.stop_when('sum(vv) > 1', of='cells')": (ValueError, "condition on cells:1:5"),
    "sim.stop_when('sum(v) > 1', of='cell')": (KeyError, "did you mean 'cells'"),
    "sim.spikes['given']": (KeyError, "there is cells"),
    "sim.recordings['cells']['w']": (KeyError, "there is v, n"),
    "sim.input['drive']['rate']": (bouton.Error, "not read"),
    "sim.input['drive'].__setitem__('rat', 1)": (KeyError, "did you mean 'rate'"),
    "sim.signal.__setitem__('I', 1)": (KeyError, "there is none"),
    "sim.plastic.__setitem__('ex', False)": (KeyError, "did you mean 'exc'"),
    "sim.plastic.__setitem__('exc', 0.5)": (TypeError, "True or False"),
    "sim.synapses['exc'].add([0], [0])": (ValueError, r"no neuron 0 in 'cells\[4:12\]'"),
    "sim.synapses['exc'].add([30], [5])": (ValueError, "no neuron 30 in 'noise'"),
    "sim.synapses['exc'].add(sim.synapses['exc'].source[:1], sim.synapses['exc'].target[0])": (ValueError, "there is one already"),
    "sim.synapses['exc'].add([0, 1], [5, 6, 7])": (ValueError, "2 sources, but 3 targets"),
    "sim.synapses['exc'].add([0], [5], ww=1)": (KeyError, "did you mean 'w'"),
    "sim.synapses['exc'].add([0], [5], w=[1, 2])": (ValueError, "shape"),
    "sim.synapses['exc'].add([0], [5], w='1 mV')": (ValueError, "w"),
    "sim.synapses['exc'].add([0], [5], delay='2 ms')": (ValueError, "all synapses of the group have 0.0015 s"),
    "sim.synapses['exc'].add([0], [5], delay='1 mV')": (ValueError, "unit s"),
    "sim.synapses['exc'].add([0], [5], apre=1)": (ValueError, "stored once for each presynaptic neuron"),
    "sim.synapses['exc'].add([0.5], [5])": (TypeError, "whole numbers"),
    "sim.synapses['exc'].remove([10**6])": (ValueError, "synapse 1000000 of 'exc' does not exist"),
    "sim.synapses['exc'].remove([0, 0])": (ValueError, "stands twice"),
    "sim.synapses['grow'].remove(0.5)": (TypeError, "whole numbers"),
    "sim.synapses['exc'].parameters['w_mx']": (KeyError, "no variable 'w_mx'"),
    "sim.synapses['exc'].parameters.__setitem__('plasticity.w_mx', 1)": (KeyError, "no variable 'plasticity.w_mx'"),
    "pickle.dumps(sim)": (TypeError, "resume"),
    "sim.save('/nowhere/s.bouton')": (bouton.Error, "/nowhere"),
    "bouton.Simulation.resume('/nowhere/s.bouton')": (bouton.Error, "/nowhere"),
}


def test_what_is_refused_changes_nothing(sim: bouton.Simulation) -> None:
    with opened() as untouched:
        untouched.run()
        sim.run("20 ms")
        for call, (kind, words) in REFUSED.items():
            with pytest.raises(kind, match=words) as caught:
                eval(call, {"sim": sim, "np": np, "bouton": bouton, "pickle": pickle})
            assert isinstance(caught.value, bouton.Error), call
            assert caught.value.status == 2 or "nowhere" in call, call
        sim.run()
        assert_same(everything(untouched), everything(sim))


def test_a_network_that_is_wrong_is_told_with_its_places() -> None:
    with pytest.raises(bouton.Error) as caught:
        opened(text=NETWORK.replace("from = \"noise\"", "from = \"nois\""))
    assert caught.value.line == NETWORK.splitlines().index("[synapses.exc]") + 2
    with pytest.raises(ValueError, match="threads"):
        opened(threads=0)
    with pytest.raises(MemoryError):
        bouton.Simulation(text=NETWORK, memory=10)


def test_closed(sim: bouton.Simulation) -> None:
    cells = sim.neurons["cells"]
    sim.close()
    sim.close()
    for call in (
        lambda: sim.t,
        sim.run,
        lambda: cells["v"],
        lambda: cells.set("v", 1),
        lambda: sim.spikes["cells"],
        lambda: sim.store("x"),
        sim.copy,
        lambda: len(sim.synapses["exc"]),
    ):
        with pytest.raises(bouton.Error, match="closed"):
            call()
    assert "closed" in repr(sim)


def test_after_a_step_that_failed(sim: bouton.Simulation) -> None:
    with opened() as untouched:
        untouched.run()
        sim.run("20 ms")
        sim.store("sound")
        sim.neurons["cells"].set("z", 1e200, where=3)  # its derivative overflows
        with pytest.raises(bouton.Error, match="not finite any more"):
            sim.run()
        assert not np.isfinite(sim.neurons["cells"]["z"]).all()
        for call in (sim.run, sim.copy, lambda: sim.store("x"), lambda: sim.neurons["cells"].set("v", 0)):
            with pytest.raises(bouton.Error, match="restore"):
                call()
        sim.restore("sound")
        sim.run()
        assert_same(everything(untouched), everything(sim))


_SHORT_OF_MEMORY = """
import resource
import bouton

net = bouton.Network(duration="2 s", seed=1)
net.neurons["cells"] = dict(size=20000, equations="dv/dt = (1 - v)/(10*ms) : 1\\nn : 1")
net.regular.append(dict(of="cells", every="0.1 ms", code="n += 1"))
net.record("v", of="cells", every="0.1 ms")
sim = net.simulation(backend="interpreted")
sim.run("1 ms", progress=False)
sim.store("sound")
with open("/proc/self/statm") as sizes:
    taken = int(sizes.read().split()[0]) * resource.getpagesize()
unlimited = resource.RLIM_INFINITY
resource.setrlimit(resource.RLIMIT_AS, (taken + 60_000_000, unlimited))
try:
    sim.run(progress=False)
    raise SystemExit("records had room")
except bouton.OutOfMemory:
    pass
resource.setrlimit(resource.RLIMIT_AS, (unlimited, unlimited))
try:
    sim.run("1 ms", progress=False)
    raise SystemExit(f"{sim.neurons['cells']['n'][0]} additions in {sim.step_count} steps")
except bouton.Error as error:
    assert "out of memory" in str(error), error
sim.restore("sound")
sim.run("1 ms", progress=False)
assert (sim.neurons["cells"]["n"] == sim.step_count).all()
"""


def test_a_run_short_of_memory_is_a_step_that_failed(tmp_path: Path) -> None:
    """What a step did before its records found no room is not done again by the next run."""
    done = subprocess.run([sys.executable, "-c", _SHORT_OF_MEMORY], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr

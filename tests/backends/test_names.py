# SPDX-License-Identifier: BSD-3-Clause
"""No name that a user gives means anything to the engine.

Each network is written twice: once with names that nobody would take for others, once with every word that the engine has
(or had) for its own memory, and with the words of the C++ that it prints. Both give the same bits, on either back end.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import h5py
import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[2]
EXE = Path(os.environ.get("BOUTON_EXE", ROOT / "build" / "bouton"))

# What the engine called its own memory, with the spellings of numbers and places.
OLD = """_active _spikes _rate_too_high _refractory_steps _last _at _seen _epoch _then_apre _then_x _rate_apre _multiplicity
    _dendritic_steps _ring _ring_rows _ring_stride _due _field_0 _field_1 _sum_0 _sum_1 _local_on_pre_0_0_once
    _local_on_pre_0_0_y _local_regular_0_0_y _P_0_0 _P_0_1 _Q_0_0 _Pf_0_0 _Qf_0_0 _source_P_0_0 _target_P_0_0
    _event_P_0_0 _event_P_0_0_0 _event_Q_0_0_0 _clock_P_0_0 _fall_g _rise_g _fall_x A_0_0 A_0_1 P_0_0 out delay
    dendritic_delay""".split()
# What it calls them now, and how they are spelled in what it prints.
NEW = """active spikes rate_too_high refractory_steps multiplicity dendritic_steps updated_at source_updated_at
    processed_until trace_at_origin origin counted_from kept_local sum propagator coefficient ring due event_field ring_rows ring_stride
    fall rise rate own_active a0own_active a0_active c0own_fall x0 x12 x3own_active neurons_P_0_0 events constant
    user none""".split()
# Words of the language, of the results and of files that are no reserved words.
WORDS = """sources targets source target id time indices pre post self own scratch synapse element delay_delay name weight
    connect plastic values size model""".split()
# Words of the C++ of kernels.
CPP = """args arrays scalars signals step steps seed list order other segment segments first last count rest start n s p b l k at
    ahead known waits field event block bn kernels real kernel update reset begin flush mark_processed mark_some rebase_trace pack mask double float bool for
    namespace static class auto const template operator NULL errno main key0 end0 any0 low0 table0 std""".split()
LEGAL = list(dict.fromkeys(OLD + NEW + WORDS + CPP))

NEURON_KINDS = ["variable", "differential", "subexpression", "constant", "per_element", "gathers", "local", "once_a_step"]
SYNAPSE_KINDS = ["variable", "event_driven", "shared", "source_trace", "target_trace", "local", "subexpression", "constant"]


def harmless(words: list[str]) -> dict[str, str]:
    return {word: f"w{number:03d}" for number, word in enumerate(words)}


def run(folder: Path, text: str, backend: str) -> dict[str, np.ndarray]:
    """Run the network; return all that its results hold, by the path in the file."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "net.toml").write_text(text)
    done = subprocess.run([EXE, "run", "net.toml", "-o", "out.h5", "--backend", backend], cwd=folder, capture_output=True,
                          text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    found: dict[str, np.ndarray] = {}
    with h5py.File(folder / "out.h5") as file:
        file.visititems(lambda path, item: found.update({path: item[()]}) if isinstance(item, h5py.Dataset) else None)
    return found


@pytest.fixture(scope="module", name="quick_compiler")
def fixture_quick_compiler(tmp_path_factory: pytest.TempPathFactory) -> Path | None:
    """A compiler that does not optimise: the bits are the same, and a kernel is compiled in a tenth of the time."""
    found = shutil.which("c++") or shutil.which("g++")
    if found is None:
        return None
    path = tmp_path_factory.mktemp("compiler") / "quick-c++"
    path.write_text(f'#!/bin/sh\nexec {found} "$@" -O0\n')
    path.chmod(0o755)
    return path


@pytest.fixture(name="backends")
def fixture_backends(quick_compiler: Path | None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    monkeypatch.setenv("BOUTON_CACHE", str(tmp_path / "cache"))
    if quick_compiler is None:
        return ["interpreted"]
    monkeypatch.setenv("CXX", str(quick_compiler))
    return ["interpreted", "compiled"]


def called(path: str, names: dict[str, str], groups_too: bool) -> str:
    """Return the path of a variable in results that call variables, and groups too, by `names`.

    Variables of links that share a name are called "LINK.NAME", those called as what results hold anyway "NAME_".
    """
    section, *groups, word = path.split("/")
    link, dot, word = word.rpartition(".")
    word = names.get(word, word) if word in names or not word.endswith("_") else names.get(word[:-1], word)
    return "/".join([section, *(names[group] if groups_too else group for group in groups), link + dot + word])


def same_bits(ours: dict[str, np.ndarray], theirs: dict[str, np.ndarray], names: dict[str, str], groups_too: bool) -> None:
    assert len(ours) == len(theirs)
    for path, values in ours.items():
        # What stands beside variables (times, sources, ...) is called the same everywhere.
        section, *groups, word = path.split("/")
        other = "/".join([section, *(names[group] if groups_too else group for group in groups), word])
        if other not in theirs:
            other = called(path, names, groups_too)
        np.testing.assert_array_equal(values, theirs[other], err_msg=path)


def agree(make, words: list[str], folder: Path, backends: list[str], *, groups_too: bool = False) -> None:
    """Whether make(names) gives the same results for all names, on all back ends."""
    plain = harmless(words)
    reference = run(folder / "plain", make(plain), "interpreted")
    for backend in backends:
        hostile = run(folder / f"hostile_{backend}", make({word: word for word in words}), backend)
        same_bits(hostile, reference, plain, groups_too)


def neurons(names: dict[str, str], turn: int, refractory: str, tau: str) -> str:
    """Neurons with a variable of some kind for every word, each of which moves v."""
    lines, reset, initial, parameters, inputs, terms = [], ["v = 0"], [], [], [], []
    gathering = []
    for number, (word, name) in enumerate(names.items()):
        kind = NEURON_KINDS[(number + turn) % len(NEURON_KINDS)]
        size = f"{0.001*(1 + number % 7):.3f}"
        if kind == "variable":
            lines.append(f"{name} : 1")
            reset.append(f"{name} = 0.5*{name} + {size}")
            initial.append(f"{name} = {size}")
        elif kind == "differential":
            lines.append(f"d{name}/dt = ({size} - {name})/({2 + number % 5}*ms) : 1")
            reset.append(f"{name} += {size}")
        elif kind == "subexpression":
            lines.append(f"{name} = {size}*cos(v) : 1")
        elif kind == "constant":
            parameters.append(f"{name} = {size}")
        elif kind == "per_element":
            parameters.append(f'{name} = "{size}*(1 + i)"')
        elif kind == "gathers":
            lines.append(f"d{name}/dt = -{name}/({3 + number % 4}*ms) : 1")
            gathering.append(name)
        elif kind == "local":
            reset.append(f"{name} = {size}*v")
            reset.append(f"v += {name}")
            continue
        else:
            lines.append(f"{name} = {size}*sin(v + t/ms) : 1 (constant over dt)")
        terms.append(name)
    for number, name in enumerate(gathering):
        inputs.append(f'[synapses.to_{number}]\nfrom = "clock"\nto = "cells"\nconnect = {{ rule = "all_to_all" }}\n'
                      f'target = "{name}"\ninitial = {{ w = 0.01 }}\n')
    joined = " + ".join(terms)
    equations = "\n".join(["dv/dt = (1.6 + drive - v)/tau : 1 (unless refractory)", *lines, f"drive = {joined} : 1"])
    return f"""
[simulation]
duration = "12 ms"
[neurons.clock]
size = 1
model = "spike_times"
times = [["1 ms", "3 ms", "7 ms"]]
[neurons.cells]
size = 3
equations = '''
{equations}
'''
threshold = "v > 1"
reset = '''
{chr(10).join(reset)}
'''
refractory = "{refractory}"
parameters = {{ tau = "{tau}"{"".join(", " + p for p in parameters)} }}
initial = {{ {", ".join(initial)} }}
{chr(10).join(inputs)}
[[record]]
spikes = "cells"
[[record]]
variables = ["v"]
of = "cells"
"""


@pytest.mark.parametrize("turn", range(len(NEURON_KINDS)))
def test_names_of_what_neurons_hold(tmp_path, backends, turn):
    refractory = ["1 ms", "(1 + i)*ms", "v < 0.2", "1 ms"][turn % 4]
    tau = ["5 ms", "(5 + i)*ms"][turn // 4]
    agree(lambda names: neurons(names, turn, refractory, tau), LEGAL, tmp_path, backends)


# A neuron whose step is exact with a matrix for each element, or one for all, and whose state is all that there is.
EXACT = """
[simulation]
duration = "20 ms"
[neurons.cells]
size = 3
equations = '''
dv/dt = (1.5 + 0*{y} + {u} - v)/{x} : 1 (unless refractory)
d{u}/dt = -{u}/(3*ms) : 1
{y} : 1
{extra}
'''
threshold = "v > 1"
reset = "v = 0; {y} += 1; {u} += 0.3"
refractory = "2 ms"
parameters = {{ {x} = "{tau}" }}
initial = {{ {y} = 0.25, v = "0.1*i" }}
[[record]]
spikes = "cells"
[[record]]
variables = ["v", "{u}"]
of = "cells"
"""


def exact(names: dict[str, str], tau: str) -> str:
    words = list(names.values())
    extra = "\n".join(f"{name} : 1" for name in words[3:])
    return EXACT.format(x=words[0], u=words[1], y=words[2], tau=tau, extra=extra)


@pytest.mark.parametrize("tau", ["5 ms", "(5 + i)*ms"])
@pytest.mark.parametrize("first", ["_P_0_0", "_Q_0_0", "_Pf_0_0", "A_0_0", "_refractory_steps", "out"])
def test_names_beside_exact_steps(tmp_path, tau, first):
    rest = [word for word in OLD if word != first]
    agree(lambda names: exact(names, tau), [first, *rest], tmp_path, ["interpreted"])


def synapses(names: dict[str, str], turn: int) -> str:
    """Synapses with a variable of some kind for every word, beside event-driven ones, a deferral and copies of pairs."""
    lines, on_pre, on_post, initial, parameters, terms = [], [], [], [], [], []
    for number, name in enumerate(names.values()):
        kind = SYNAPSE_KINDS[(number + turn) % len(SYNAPSE_KINDS)]
        size = f"{0.01*(1 + number % 7):.2f}"
        if kind == "variable":
            lines.append(f"{name} : 1")
            on_pre.append(f"{name} += {size}*w")
        elif kind == "event_driven":
            lines.append(f"d{name}/dt = -{name}/({5 + number % 4}*ms) : 1 (event-driven)")
            on_pre.append(f"{name} += {size}*w")
            on_post.append(f"{name} -= {size}")
        elif kind == "shared":
            lines.append(f"{name} : 1")
            initial.append(f"{name} = {size}")
        elif kind == "source_trace":
            lines.append(f"d{name}/dt = -{name}/({5 + number % 4}*ms) : 1 (event-driven)")
            on_pre.append(f"{name} += {size}")
        elif kind == "target_trace":
            lines.append(f"d{name}/dt = -{name}/({5 + number % 4}*ms) : 1 (event-driven)")
            on_post.append(f"{name} += {size}")
        elif kind == "local":
            on_pre.append(f"{name} = {size}*once")
            on_pre.append(f"v_post += {name}")
            on_pre.append(f"q = q + {name}*v_post")
            continue
        elif kind == "subexpression":
            lines.append(f"{name} = {size}*w : 1")
        else:
            parameters.append(f"{name} = {size}")
        terms.append(name)
    joined = " + ".join(terms)
    return f"""
[simulation]
duration = "30 ms"
[neurons.in]
size = 2
model = "spike_times"
times = [["1 ms", "11 ms", "21 ms"], ["2 ms", "11 ms"]]
[neurons.out]
size = 3
equations = "dv/dt = -v/(10*ms) : 1"
threshold = "v > 0.4"
reset = "v = 0"
[synapses.s]
from = "in"
to = "out"
connect = {{ rule = "fixed_total_number", n = 12, multapses = true }}
equations = '''
w : 1
q : 1
{chr(10).join(lines)}
'''
on_pre = '''
once = 0.5 + 0*i
{chr(10).join(on_pre)}
v_post += 0.1*w + 0.01*rand() + 0.01*({joined})
'''
on_post = '''
w += 0.001
{chr(10).join(on_post)}
'''
delay = "0.5 ms"
parameters = {{ {", ".join(parameters)} }}
initial = {{ w = "1 + 0.1*i"{"".join(", " + item for item in initial)} }}
[[run_regularly]]
of = "s"
every = "5 ms"
code = "w = w*0.9 + 0.01*sum_post(w) + 0.001*sum_pre(q)"
[[record]]
spikes = "out"
[[record]]
variables = ["w"]
of = "s"
every = "5 ms"
"""


@pytest.mark.parametrize("turn", range(len(SYNAPSE_KINDS)))
def test_names_of_what_synapses_hold(tmp_path, backends, turn):
    agree(lambda names: synapses(names, turn), LEGAL, tmp_path, backends)


DEFERRED = """
[simulation]
duration = "60 ms"
[neurons.in]
size = 1
model = "spike_times"
times = [["1 ms", "11 ms", "31 ms"]]
[neurons.out]
size = 1
model = "spike_times"
times = [["5 ms", "14 ms", "33 ms"]]
[synapses.s]
from = "in"
to = "out"
connect = {{ rule = "all_to_all" }}
equations = '''
w : 1
d{a}/dt = -{a}/(20*ms) : 1 (event-driven)
d{b}/dt = -{b}/(20*ms) : 1 (event-driven)
{extra}
'''
on_pre = '''
{a} += 1
w = w - 0.1*{b}
{pre}
'''
on_post = "{b} += 1; w = w + 0.1*{a}"
initial = {{ w = "1 + 0*rand()"{initial} }}
"""


def deferred(names: dict[str, str]) -> str:
    words = list(names.values())
    rest = words[2:]
    return DEFERRED.format(a=words[0], b=words[1], extra="\n".join(f"{name} : 1" for name in rest),
                           pre="\n".join(f"{name} += 1" for name in rest),
                           initial="".join(f", {name} = 7" for name in rest))


@pytest.mark.parametrize("first", ["_seen", "_then_apre", "_epoch", "processed_until", "apre"])
def test_names_beside_events_that_wait(tmp_path, backends, first):
    words = [first, *(word for word in [*OLD, *NEW] if word != first)]
    agree(deferred, words, tmp_path, backends)


def test_the_weight_after_events_that_wait(tmp_path):
    """w = 1 + 0.1 (sum of exp(-(t_post - t_pre)/20 ms) over later posts - the same over later pres)."""
    pre, post = np.array([1.0, 11.0, 31.0]), np.array([5.0, 14.0, 33.0])
    up = sum(np.exp((p - q)/20.0) for p in pre for q in post if q > p)
    down = sum(np.exp((q - p)/20.0) for p in pre for q in post if p > q)
    for word in ("_seen", "_then_apre", "mine"):
        found = run(tmp_path / word, deferred({"apre": "apre", "apost": "apost", word: word}), "interpreted")
        np.testing.assert_allclose(found["synapses/s/w"], 1.0 + 0.1*(up - down), rtol=1e-12)


CHAIN = """
[simulation]
duration = "20 ms"
[neurons.in]
size = 2
model = "spike_times"
times = [["1 ms", "6 ms"], ["3 ms"]]
[neurons.out]
size = 2
equations = '''
dg/dt = -g/(4*ms) : 1
{cells}
'''
threshold = "g > 1.5"
[synapses.s]
from = "in"
to = "out"
connect = {{ rule = "all_to_all" }}
target = "g"
delay = "1 ms"
dendritic_delay = "{delay}"
initial = {{ w = 1 }}
[synapses.s.release]
equations = '''
{release}
'''
on_pre = '''
{on_release}
release = 0.5 + 0.01*({sum})
'''
[synapses.s.plasticity]
equations = '''
w : 1
{plastic}
'''
on_pre = '''
{on_pre}
w += 0.01*({sum})
'''
on_post = "w -= 0.01*({sum})"
[[record]]
variables = ["g"]
of = "out"
"""


@pytest.mark.parametrize("delay", ["2 ms", "(1 + i + j)*ms"])
def test_names_of_links_with_a_dendritic_delay(tmp_path, backends, delay):
    def text(names: dict[str, str]) -> str:
        words = list(names.values())
        declared = "\n".join(f"{name} : 1" for name in words)
        code = "\n".join(f"{name} += {0.1 + 0.01*(k % 9):.2f}" for k, name in enumerate(words))
        return CHAIN.format(delay=delay, cells=declared, release=declared, plastic=declared, on_release=code, on_pre=code,
                            sum=" + ".join(words))
    agree(text, [*OLD, *NEW], tmp_path, backends)


LOCALS = """
[simulation]
duration = "3 ms"
[neurons.in]
size = 4
model = "spike_times"
times = [["1 ms"], ["1 ms"], ["1 ms"], ["1 ms"]]
[neurons.out]
size = 2
equations = "v : 1"
[synapses.s]
from = "in"
to = "out"
connect = { rule = "all_to_all" }
equations = '''
w : 1
once : 1
tenfold : 1
'''
on_pre = '''
updated_at = w
kept_local = 10*w
v_post = 0.5*v_post + w
once = updated_at + 0*v_post
tenfold = kept_local + 0*v_post
'''
initial = { w = "1 + i + 7*j" }
"""


def test_each_of_several_locals_between_passes_has_its_own_value(tmp_path, backends):
    """What synapses set before v changes, in a pass of its own, they read behind it."""
    for backend in backends:
        found = run(tmp_path / backend, LOCALS, backend)
        np.testing.assert_array_equal(found["synapses/s/once"], found["synapses/s/w"])
        np.testing.assert_array_equal(found["synapses/s/tenfold"], 10*found["synapses/s/w"])


CLOCK = """
[simulation]
duration = "10 ms"
[neurons.in]
size = 2
model = "spike_times"
times = [["1 ms"], ["3 ms"]]
[neurons.out]
size = 2
equations = "v : 1"
[synapses.s]
from = "in"
to = "out"
connect = {{ rule = "all_to_all" }}
equations = '''
d{a}/dt = -{b}/(5*ms) : 1 (clock-driven)
d{b}/dt = {a}/(5*ms) : 1 (clock-driven)
d{c}/dt = -{d}/(5*ms) : 1 (event-driven)
d{d}/dt = {c}/(5*ms) : 1 (event-driven)
{extra}
'''
on_pre = "{a} += 1; {c} += 1; {d} += {x}; {x} += {c}"
initial = {{ {x} = "0.1*i + j" }}
"""


@pytest.mark.parametrize("first", ["_clock_P_0_0", "_event_P_0_0_0", "_last", "propagator"])
def test_names_beside_coupled_equations_of_synapses(tmp_path, backends, first):
    def text(names: dict[str, str]) -> str:
        words = list(names.values())
        return CLOCK.format(a=words[1], b=words[2], c=words[3], d=words[4], x=words[0],
                            extra="\n".join(f"{name} : 1" for name in [words[0], *words[5:]]))
    agree(text, [first, *(word for word in OLD if word != first)], tmp_path, backends)


def test_names_of_signals(tmp_path, backends):
    def text(names: dict[str, str]) -> str:
        signals = "".join(f'[signal.{name}]\ndt = "1 ms"\nvalues = [{k}, {2*k}, {k % 3}]\nunit = "1"\n'
                          for k, name in enumerate(names.values()))
        total = " + ".join(f"{name}(t)" for name in names.values())
        declared = "\n".join(f"{name} : 1" for name in names.values())
        changes = "; ".join(f"{name} += 0.5" for name in names.values())
        variables = " + ".join(names.values())
        return (f'simulation = {{ duration = "5 ms" }}\n{signals}[neurons.cells]\nsize = 2\nequations = """\n'
                f'dv/dt = ({total} + {variables} - v)/(3*ms) : 1\n{declared}\n"""\nthreshold = "v > 4"\n'
                f'reset = "v = 0; {changes}"\n[[record]]\nvariables = ["v"]\nof = "cells"\n')
    agree(text, LEGAL, tmp_path, backends)


def test_names_of_groups(tmp_path, backends):
    """Groups, inputs and variables of one name; nothing is drawn, since a group's name is part of its random streams."""
    def text(names: dict[str, str]) -> str:
        page = 'simulation = { duration = "8 ms" }\n'
        for number, (word, name) in enumerate(names.items()):
            if number % 3 == 0:
                group = name
                page += (f'[neurons.{name}]\nsize = 2\nequations = "d{name}/dt = (2 - {name})/tau : 1"\n'
                         f'threshold = "{name} > 1"\nreset = "{name} = 0"\nparameters = {{ tau = "{2 + number % 5} ms" }}\n')
            elif number % 3 == 1:
                page += (f'[synapses.{name}]\nfrom = "{group}"\nto = "{group}"\nconnect = {{ rule = "all_to_all" }}\n'
                         f'equations = """\n{name} : 1\nd{group}/dt = -{group}/tau : 1 (event-driven)\n"""\n'
                         f'on_pre = "{group} += 1; {name} += {group}; {group}_post += tau/(100*ms)"\n'
                         f'parameters = {{ tau = "{3 + number % 5} ms" }}\ndelay = "1 ms"\n')
            else:
                page += f'[input.{name}]\nto = "{group}"\ntarget = "{group}"\nrate = "0 Hz"\nweight = "{number}"\n'
                page += f'[[record]]\nspikes = "{group}"\n[[record]]\nof = "{group}"\nvariables = ["{group}"]\n'
        return page
    words = [word for word in LEGAL if word not in ("time", "indices")]
    agree(text, words[:len(words) // 3*3], tmp_path, backends, groups_too=True)


PATHWAYS = """
[simulation]
duration = "12 ms"
[neurons.in]
size = 1
model = "spike_times"
times = [["1 ms"]]
[neurons.back]
size = 1
model = "spike_times"
times = [["1 ms"]]
[neurons.out]
size = 1
equations = '''
{variables}
'''
[synapses.s]
from = "in"
to = "out"
connect = {{ rule = "all_to_all" }}
on_pre = {{ {code} }}
delay = {{ {delays} }}
[[record]]
variables = [{record}]
of = "out"
"""


def test_names_of_pathways(tmp_path, backends):
    """A pathway's delay is its own, whatever it is called; one without a delay acts at once."""
    words = ["delay", "pre", "post", "dendritic_delay", *LEGAL[:40], "release"]
    words = list(dict.fromkeys(words))
    text = PATHWAYS.format(
        variables="\n".join(f"x{k} : 1" for k in range(len(words))),
        code=", ".join(f'{word} = "x{k}_post += 1"' for k, word in enumerate(words)),
        delays=", ".join(f'{word} = "{1 + k % 7} ms"' for k, word in enumerate(words) if k % 2 == 0),
        record=", ".join(f'"x{k}"' for k in range(len(words))))
    for backend in backends:
        found = run(tmp_path / backend, text, backend)
        for k, word in enumerate(words):
            arrives = 1.0 + (1 + k % 7 if k % 2 == 0 else 0)
            first = found["recordings/out/time"][np.argmax(found[f"recordings/out/x{k}"][:, 0] > 0)]
            assert first == pytest.approx(arrives + 0.1), word


@pytest.mark.parametrize(("pathways", "pre", "post"), [
    ('on_pre = "a_post += 1"\non_post = "b_post += 1"\ndelay = { pre = "2 ms", post = "4 ms" }', 2, 4),
    ('on_pre = { post = "a_post += 1" }\non_post = "b_post += 1"\ndelay = { post = "3 ms" }', 3, 0),
    ('on_pre = "a_post += 1"\non_post = { pre = "b_post += 1" }\ndelay = { pre = "3 ms" }', 0, 3),
    ('on_pre = { dendritic_delay = "a_post += 1" }\non_post = "b_post += 1"\ndelay = { dendritic_delay = "2 ms" }', 2, 0),
    ('on_pre = { delay = "a_post += 1" }\non_post = { x = "b_post += 1" }\ndelay = { delay = "2 ms" }', 2, 0),
    ('on_pre = { x = "a_post += 1" }\non_post = { delay = "b_post += 1" }\ndelay = "2 ms"', 2, 0),
    ('on_pre = { x = "a_post += 1" }\non_post = { dendritic_delay = "b_post += 1" }\ndendritic_delay = "2 ms"', 0, 2),
])
def test_a_delay_is_that_of_the_pathway_it_is_given_to(tmp_path, pathways, pre, post):
    found = run(tmp_path, f"""
[simulation]
duration = "10 ms"
[neurons.in]
size = 1
model = "spike_times"
times = [["1 ms"]]
[neurons.out]
size = 1
equations = '''
a : 1
b : 1
n : 1
'''
threshold = "t >= 1*ms and n < 0.5"
reset = "n = 1"
[synapses.s]
from = "in"
to = "out"
connect = {{ rule = "all_to_all" }}
{pathways}
[[record]]
variables = ["a", "b"]
of = "out"
""", "interpreted")
    time = found["recordings/out/time"]
    for word, steps in (("a", pre), ("b", post)):
        assert time[np.argmax(found[f"recordings/out/{word}"][:, 0] > 0)] == pytest.approx(1.1 + steps), word


def test_the_count_of_an_input_does_not_depend_on_its_name(tmp_path, backends):
    """5 steps of a sum of independent sources whose counts have the mean 10^6: within 6 standard deviations."""
    names = LEGAL[:30]
    inputs = "".join(f'[input.{name}]\nto = "cells"\ntarget = "{name}"\nrate = "1e10 Hz"\nweight = "1e-6"\n' for name in names)
    declared = "\n".join(f"{name} : 1" for name in names)
    for backend in backends:
        found = run(tmp_path / backend, f'simulation = {{ duration = "0.5 ms" }}\n[neurons.cells]\nsize = 1\n'
                                        f'equations = """\n{declared}\n"""\n{inputs}', backend)
        for name in names:
            assert abs(found[f"state/cells/{name}"][0] - 5.0) < 6*np.sqrt(5e6)*1e-6, name


def test_the_words_of_the_engine_are_all_here():
    """Every role that the engine has is among the words above."""
    header = (ROOT / "src" / "codegen" / "ir" / "name.hpp").read_text()
    body = header.split("enum class Role", 1)[1].split("};", 1)[0]
    roles = re.findall(r"(?m)^    (\w+),", body)
    assert len(roles) > 20
    assert set(roles) - set(LEGAL) == {"lastspike"}  # which is reserved

# SPDX-License-Identifier: BSD-3-Clause
"""Every model of the library gives the same bits from the interpreter and from compiled code, in both precisions."""

from __future__ import annotations

import tomllib
from pathlib import Path

import numpy as np
import pytest

MODELS = Path(__file__).resolve().parents[2] / "models"
NAMES = {kind: sorted(file.stem for file in (MODELS / kind).glob("*.toml"))
         for kind in ("neurons", "release", "plasticity", "structure")}
ALL = [f"{kind}/{name}" for kind, names in NAMES.items() for name in names]

# What a neuron needs to be driven to fire: target, weight of an input of 2 kHz, weight of recurrent synapses.
DRIVE = {
    "lif_delta": ("v", "1.0 mV", "0.3 mV"),
    "lif_exp": ("I_exc", "120 pA", "40 pA"),
    "lif_cond_exp": ("g_exc", "2 nS", "1 nS"),
    "izhikevich_2003": ("v", "5", "0.5"),
    "adex": ("g_exc", "4 nS", "1 nS"),
    "hodgkin_huxley": ("g_exc", "3 nS", "1 nS"),
}
# Parameters without a default.
NEEDED = {"hebb": 'w_max = "4 nS"', "oja": 'w_norm = "1 nS"', "bcm": 'w_max = "4 nS"',
          "prune_weak": 'w_min = "0.5 nS"', "inhibitory_stdp": 'eta = "0.01 nS", w_max = "100 nS"'}


def needed(name: str) -> str:
    given = NEEDED.get(name, 'w_max = "4 nS"' if name.startswith("stdp") else "")
    return f"parameters = {{ {given} }}" if given else ""


def link(kind: str, name: str, extra: str = "") -> str:
    return f'[synapses.s.{kind}]\nmodel = "{name}"\n{needed(name)}\n{extra}\n'


def network(kind: str, name: str, precision: str) -> str:
    """Return a small network that exercises the model: random input, recurrent synapses with delays."""
    neuron = name if kind == "neurons" and name in DRIVE else "lif_cond_exp"
    target, drive, weight = DRIVE[neuron]
    source = {
        "poisson": 'model = "poisson"\nparameters = { rate = "40*Hz*(1 + sin(2*pi*20*Hz*t))" }',
        "spike_times": 'model = "spike_times"\ntimes = ["3 ms", "7.5 ms", "41 ms"]\nindices = [0, 4, 19]',
    }.get(name, 'model = "poisson"\nparameters = { rate = "100 Hz" }')
    chain = {
        "release": lambda: link("release", name),
        "plasticity": lambda: link("plasticity", name),
        "structure": lambda: link("structure", name, 'every = "10 ms"'),
    }.get(kind, lambda: "")()
    variable = "v" if neuron != "hodgkin_huxley" else "m"
    return f"""
[simulation]
duration = "100 ms"
seed = 5
precision = "{precision}"
[neurons.source]
size = 20
{source}
[neurons.cells]
size = 37
model = "{neuron}"
[input.drive]
to = "cells"
target = "{target}"
rate = "2 kHz"
weight = "{drive}"
[synapses.feed]
from = "source"
to = "cells"
connect = {{ rule = "fixed_probability", p = 0.5 }}
target = "{target}"
delay = "0.5 ms"
initial = {{ w = "{weight}" }}
[synapses.s]
from = "cells"
to = "cells"
connect = {{ rule = "fixed_probability", p = 0.3 }}
target = "{target}"
delay = "(1 + 2*rand())*ms"
initial = {{ w = "rand()*{weight.replace(" ", "*")}" }}
{chain}
[[record]]
spikes = "cells"
[[record]]
spikes = "source"
[[record]]
variables = ["{variable}"]
of = "cells"
indices = [0, 1, 36]
"""


@pytest.mark.parametrize("precision", ["double", "float"])
@pytest.mark.parametrize("model", ALL)
def test_same_bits(run, model: str, precision: str) -> None:
    kind, name = model.split("/")
    text = network(kind, name, precision)
    compiled, interpreted = run(text).arrays(), run(text, "interpreted").arrays()
    assert compiled["spikes/cells/timestamps"].size > 20
    assert compiled.keys() == interpreted.keys()
    for key in compiled:
        same = compiled[key].tobytes() == interpreted[key].tobytes()
        assert same, f"{key} differs: {np.count_nonzero(compiled[key] != interpreted[key])} of {compiled[key].size}"


@pytest.mark.parametrize("name", NAMES["plasticity"] + NAMES["structure"])
def test_networks_exercise_the_rule(run, name: str) -> None:
    """The networks above are no empty comparison: frozen, the same network ends otherwise."""
    text = network("plasticity" if name in NAMES["plasticity"] else "structure", name, "double")
    plastic, frozen = run(text), run(text.replace("[synapses.s]", "[synapses.s]\nplastic = false"))
    assert plastic.synapses("s", "w").tobytes() != frozen.synapses("s", "w").tobytes()


@pytest.mark.parametrize("model", ALL)
def test_library_file(model: str) -> None:
    """Every model says what it is, where it comes from and what to expect of it."""
    with (MODELS / f"{model}.toml").open("rb") as file:
        content = tomllib.load(file)
    assert content["name"] == model.split("/")[1]
    assert len(content["summary"]) < 110
    for key in ("source", "notes"):
        assert content[key].strip()

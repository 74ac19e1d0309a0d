# SPDX-License-Identifier: BSD-3-Clause
"""`bouton emit` prints what a run compiles: the same modules, letter by letter, and nothing besides."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
EXE = Path(os.environ.get("BOUTON_EXE", ROOT / "build" / "bouton")).resolve()

# What the examples leave out: statements that run regularly, with sums; records that are computed; events that wait;
# synapses that come and go; dendritic delays; equations of synapses that move at every step; sums into neurons; input.
EVERYTHING = """
simulation = { duration = "5 ms" }
[neurons.cells]
size = 6
equations = '''
dv/dt = (1.2 + total - v)/(5*ms) : 1
total : 1
twice = 2*v : 1
slow = v*exp(-t/second) : 1 (constant over dt)
'''
threshold = "v > 1"
reset = "v = 0"
[input.drive]
to = "cells[1:5]"
target = "v"
rate = "1 kHz"
weight = 0.01
[synapses.waits]
from = "cells"
to = "cells"
connect = { rule = "all_to_all" }
target = "v"
initial = { w = "0.01*rand()" }
plasticity = { model = "stdp_pair", parameters = { w_max = 1 } }
[synapses.grows]
from = "cells"
to = "cells"
connect = { rule = "fixed_probability", p = 0.5 }
target = "v"
initial = { w = "0.01*rand()" }
structure = { prune = "w < 0.001", grow = { p = "0.1*abs(sin(i))", condition = "i != j + 1" }, every = "1 ms" }
[synapses.moves]
from = "cells"
to = "cells"
connect = { rule = "fixed_probability", p = 0.5 }
equations = '''
w : 1
dx/dt = -x/(5*ms) : 1 (event-driven)
dy/dt = (x - y)/(5*ms) : 1 (clock-driven)
total_post = 0.001*w : 1 (summed)
'''
on_pre = "v_post += 0.01*w; x += 0.1*w*rand()"
on_post = "w += 0.01*x"
initial = { w = "rand()" }
[synapses.far]
from = "cells"
to = "cells"
connect = { rule = "one_to_one", autapses = true }
target = "v"
delay = "0.5 ms"
dendritic_delay = "(1 + i)*0.2*ms"
initial = { w = 0.1 }
[[run_regularly]]
of = "moves"
every = "2 ms"
code = "w *= 2/(1 + sum_post(w))"
[[run_regularly]]
of = "cells"
every = "2 ms"
code = "v += 0.01*rand()"
[[record]]
variables = ["v", "twice", "slow"]
of = "cells"
[[record]]
variables = ["w", "x"]
of = "moves"
every = "1 ms"
"""
EXAMPLES = sorted([*(ROOT / "examples").glob("*.toml"), *(ROOT / "examples" / "lecture").glob("*.toml")])


@pytest.fixture(scope="module", name="collector")
def fixture_collector(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A compiler that keeps each module it is given in a folder, and does not optimise."""
    found = shutil.which("c++") or shutil.which("g++")
    if found is None:
        pytest.skip("no C++ compiler")
    place = tmp_path_factory.mktemp("compiler")
    kept = place / "kept"
    kept.mkdir()
    script = place / "collecting-c++"
    script.write_text(f"""#!/bin/sh
for argument in "$@"; do
    case "$argument" in */module.cpp) cp "$argument" "{kept}/$$.cpp";; esac
done
exec {found} "$@" -O0
""")
    script.chmod(0o755)
    return script, kept


def modules_in(text: str) -> set[str]:
    """Return the modules of a text, without their comments, which say only where in a network's file something stands."""
    units = text.split("// Written by bouton")[1:]
    return {"".join(line + "\n" for line in unit.splitlines()[1:] if line and not line.lstrip().startswith("//")) for unit in units}


def compiled_by(network: Path, collector: tuple[Path, Path], place: Path) -> set[str]:
    """Return the texts of all modules that a run of the network's first steps compiles."""
    script, kept = collector
    for old in kept.iterdir():
        old.unlink()
    environment = {**os.environ, "CXX": str(script), "BOUTON_CACHE": str(place / "cache")}
    command = [EXE, "run", str(network), "-o", str(place / "out.h5"), "--backend", "compiled",
               "--set", 'simulation.duration="3 ms"']
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 0, done.stderr
    return set().union(*(modules_in(path.read_text()) for path in kept.iterdir()))


def check_that_emit_prints(compiled: set[str], network: Path) -> None:
    done = subprocess.run([EXE, "emit", str(network), "--set", 'simulation.duration="3 ms"'],
                          capture_output=True, text=True, check=True)
    assert modules_in(done.stdout) == compiled


@pytest.mark.parametrize("network", EXAMPLES, ids=lambda path: path.stem)
def test_emit_prints_what_a_run_compiles_of_examples(network, collector, tmp_path):
    checked = subprocess.run([EXE, "check", str(network)], capture_output=True, text=True, check=False)
    if checked.returncode != 0:
        assert network.stem == "digits", checked.stderr  # whose program makes a file for it first
        return
    compiled = compiled_by(network, collector, tmp_path)
    assert compiled
    check_that_emit_prints(compiled, network)


def test_emit_prints_what_a_run_compiles(place, collector, tmp_path):
    everything = tmp_path / "everything.toml"
    everything.write_text(EVERYTHING)
    for network in (place.folder / "net.toml", everything):
        compiled = compiled_by(network, collector, tmp_path)
        assert len(compiled) >= 2
        check_that_emit_prints(compiled, network)


def test_emit_prints_kernels_of_every_kind(tmp_path):
    network = tmp_path / "net.toml"
    network.write_text(EVERYTHING)
    done = subprocess.run([EXE, "emit", network, "--after=lower"], capture_output=True, text=True, check=True)
    for kernel in ("begin", "update", "reset", "input", "flush", "mark_processed", "rebase_trace", "clock", "summed_0", "deliver", "prune", "grow",
                   "grow_condition", "sum_0", "regular_0", "regular_1", "record_0_1"):
        assert f"kernel {kernel}: " in done.stdout, kernel

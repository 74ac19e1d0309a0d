# SPDX-License-Identifier: BSD-3-Clause
"""`bouton check`, `models`, `emit`, `--version` and `--help`."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def test_version(place):
    version = re.search(r"VERSION ([\d.]+)", (ROOT / "CMakeLists.txt").read_text().split("project(", 1)[1])[1]
    assert place.run("--version").stdout == f"bouton {version}\n"


def test_help_names_every_command_and_gives_examples(place):
    done = place.run("--help")
    assert done.returncode == 0
    for word in ("run", "check", "models", "emit", "Examples:", "Exit status"):
        assert word in done.stdout
    assert "--set" in place.run("run", "--help").stdout


def test_check_says_what_would_run(place):
    done = place.run("check", "net.toml")
    assert (done.returncode, done.stderr) == (0, "")
    for text in (
        "net.toml: 200 ms in steps of 0.1 ms (2,000 steps), seed 3, double precision",
        "neurons cells: 10, model lif_cond_exp",
        "dg_exc/dt = -g_exc/tau_exc : siemens",
        "synapses exc: input to cells, p = 0.5",
        "12 bytes: target 4, w 8",
        "apre: once per presynaptic neuron",
        "apost: once per postsynaptic neuron",
        "about 250",
        "memory of the network: about",
    ):
        assert text in done.stdout, text
    assert re.search(r"integrated +\w+", done.stdout)
    assert [path.name for path in place.folder.iterdir()] == ["net.toml"]


def test_check_does_not_build_what_would_not_fit_into_memory(place):
    done = place.run("check", "net.toml", "--set", "neurons.cells.size=2000000000")
    assert done.returncode == 0, done.stderr
    assert "about 50,000,000,000" in done.stdout and "TB" in done.stdout


def test_check_in_single_precision_counts_its_bytes(place):
    done = place.run("check", "net.toml", "--set", "simulation.precision=float")
    assert "8 bytes: target 4, w 4" in done.stdout


def test_frozen_synapses_of_one_weight_keep_only_their_target(place):
    done = place.run("check", "net.toml", "--set", "synapses.exc.plastic=false")
    assert "4 bytes: target 4" in done.stdout and "w: one number" in done.stdout
    assert "apre" not in done.stdout


def test_models_lists_every_file_of_the_library(place):
    listed = place.run("models").stdout
    for path in (ROOT / "models").glob("*/*.toml"):
        assert re.search(rf"^    {path.stem} +\S", listed, re.MULTILINE), path
        page = place.run("models", path.stem)
        assert page.returncode == 0
        assert page.stdout.startswith(f"{path.stem} ({path.parent.name})\n")
        assert "source" in page.stdout


def test_a_model_is_shown_with_equations_and_parameters(place):
    page = place.run("models", "stdp_pair").stdout
    assert "dapre/dt  = -apre/tau_plus   : 1 (event-driven)" in page
    assert re.search(r"tau_plus +20 ms", page)
    assert "Song, Miller & Abbott 2000" in page


def test_emit_prints_code_that_compiles(place, tmp_path):
    compiler = shutil.which("c++") or shutil.which("g++")
    if compiler is None:
        pytest.skip("no C++ compiler")
    code = place.run("emit", "net.toml").stdout
    units = [unit for unit in re.split(r"(?m)^(?=// (?:neurons|synapses|input|run_regularly) )", code) if unit]
    assert len(units) == 3
    headers = ROOT / "src" / "kernel"
    for number, unit in enumerate(units):
        source = tmp_path / f"unit_{number}.cpp"
        source.write_text(unit)
        command = [compiler, "-std=c++20", "-fsyntax-only", f"-I{headers}", str(source)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr


def test_emit_after_lower_prints_the_operations(place):
    text = place.run("emit", "net.toml", "--after=lower").stdout
    assert "kernel update: elements" in text and "store" in text and "// synapses exc" in text


def test_a_time_that_rounds_up_to_a_second_is_one(place):
    (place.folder / "signal.toml").write_text("""
[simulation]
duration = "1 s"
[neurons.c]
size = 1
equations = "dv/dt = (I(t) - v)/(10*ms) : 1"
[signal.I]
dt = "999.9 ms"
values = [0, 1]
""")
    assert "2 samples of 1 columns, every 1 s," in place.run("check", "signal.toml").stdout

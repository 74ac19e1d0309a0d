# SPDX-License-Identifier: BSD-3-Clause
"""`bouton run`: results, options, exit statuses and messages."""

from __future__ import annotations

import os
import re

import h5py
import numpy as np
import pytest

INTERPRETED = ("--backend", "interpreted")


def test_writes_every_part_of_the_results(place):
    done = place.run("run", "net.toml", "-o", "out.h5", *INTERPRETED)
    assert (done.returncode, done.stderr) == (0, "")
    with h5py.File(place.folder / "out.h5") as results:
        spikes = results["spikes/cells"]
        times = spikes["timestamps"][:]
        assert spikes["timestamps"].attrs["units"] == "ms"
        assert spikes.attrs["size"] == 10
        assert len(times) == len(spikes["node_ids"]) > 0
        assert np.all(np.diff(times) >= 0) and 0 <= times[0] and times[-1] < 200
        assert np.allclose(times * 10, np.round(times * 10), atol=1e-9)
        assert spikes["node_ids"][:].max() < 10

        rate = results["rates/cells"]
        assert rate["rate"].attrs["units"] == "Hz"
        assert np.array_equal(rate["time"][:], np.arange(0, 200, 10))
        assert rate["rate"][:].sum() * 10 * 0.01 == pytest.approx(len(times))

        recorded = results["recordings/cells"]
        assert recorded["v"].shape == recorded["g_exc"].shape == (200, 2)
        assert recorded["v"].dtype == np.float64
        assert recorded["v"].attrs["units"] == "V" and recorded["g_exc"].attrs["units"] == "S"
        assert recorded["indices"][:].tolist() == [0, 3]
        assert np.array_equal(recorded["time"][:], np.arange(200.0))
        assert np.all((recorded["v"][:] > -0.1) & (recorded["v"][:] < 0))

        synapses = results["synapses/exc"]
        count = len(synapses["source"])
        assert abs(count - 250) < 5 * np.sqrt(500 * 0.5 * 0.5)  # of 500 pairs, with p = 0.5
        assert {"source", "target", "delay", "w", "apre", "apost"} <= set(synapses)
        assert all(len(synapses[name]) == count for name in synapses)
        assert np.all(synapses["delay"][:] == 1e-3) and synapses["delay"].attrs["units"] == "s"
        assert np.all((synapses["w"][:] >= 0) & (synapses["w"][:] <= 10e-9 * (1 + 1e-12)))
        assert results["recordings/exc/w"].shape == (4, count)
        assert results["recordings/exc/w"].dtype == np.float32
        assert results["recordings/exc/time"][:].tolist() == [0, 50, 100, 150]

        assert results["state/cells/v"].shape == (10,)
        assert results["state/cells/v"].attrs["units"] == "V"
        head = results.attrs
        assert head["ended"] == "finished" and head["seed"] == 3 and head["dt"] == 1e-4
        assert head["duration"] == 0.2 and head["precision"] == "double" and head["backend"] == "interpreted"
        assert head["network_file"] == "net.toml" and "[synapses.exc]" in head["network"]
        assert done.stdout.startswith("2,000 steps, ")
    assert sorted(os.listdir(place.folder)) == ["net.toml", "out.h5"]


def test_the_summary_counts_what_the_results_hold(place):
    done = place.run("run", "net.toml", "-o", "out.h5", *INTERPRETED)
    numbers = re.match(r"([\d,]+) steps, ([\d,]+) spikes, ([\d,]+) synaptic events; compile .+, build .+, run .+, write .+ "
                       r"\(interpreted\); results in out.h5\n$", done.stdout)
    assert numbers, done.stdout
    with h5py.File(place.folder / "out.h5") as results:
        spikes = sum(len(results[f"spikes/{name}/node_ids"]) for name in ("input", "cells"))
    assert int(numbers[2].replace(",", "")) == spikes


def test_the_final_synapses_may_be_left_out(place):
    for name, options in (("with.h5", ()), ("without.h5", ("--no-synapses",))):
        assert place.run("run", "net.toml", "-o", name, *options, *INTERPRETED).returncode == 0
    complete, short = read_all(place.folder / "with.h5"), read_all(place.folder / "without.h5")
    assert short.keys() == {name for name in complete if not name.startswith("synapses/")} < complete.keys()
    assert all(values.tobytes() == complete[name].tobytes() for name, values in short.items())
    for name, said in (("with.h5", "written"), ("without.h5", "left out")):
        with h5py.File(place.folder / name) as results:
            assert results.attrs["final_synapses"] == said and ("synapses" in results) == (said == "written")


def test_results_lie_beside_the_caller_by_default(place):
    (place.folder / "sub").mkdir()
    (place.folder / "net.toml").rename(place.folder / "sub" / "net.toml")
    done = place.run("run", "sub/net.toml", *INTERPRETED)
    assert done.returncode == 0 and "results in net.h5" in done.stdout
    assert (place.folder / "net.h5").is_file()


def read_all(path):
    found = {}
    with h5py.File(path) as results:
        results.visititems(lambda name, item: found.update({name: item[...]}) if isinstance(item, h5py.Dataset) else None)
    return found


def test_both_back_ends_give_the_same_bits(place):
    place.environment["BOUTON_CACHE"] = str(place.folder / "cache")
    for backend in ("interpreted", "compiled"):
        assert place.run("run", "net.toml", "-o", f"{backend}.h5", "--backend", backend).returncode == 0
    interpreted, compiled = (read_all(place.folder / f"{name}.h5") for name in ("interpreted", "compiled"))
    assert interpreted.keys() == compiled.keys()
    for name, values in interpreted.items():
        assert values.tobytes() == compiled[name].tobytes(), name


def test_the_seed_decides(place):
    for name, seed in (("a", "7"), ("b", "7"), ("c", "8")):
        assert place.run("run", "net.toml", "-o", f"{name}.h5", "--seed", seed, *INTERPRETED).returncode == 0
    a, b, c = (read_all(place.folder / f"{name}.h5") for name in "abc")
    assert all(a[name].tobytes() == b[name].tobytes() for name in a)
    assert a["spikes/input/timestamps"].tobytes() != c["spikes/input/timestamps"].tobytes()
    with h5py.File(place.folder / "a.h5") as results:
        assert results.attrs["seed"] == 7 and "seed = 7" in results.attrs["network"]


def test_set_changes_values_and_the_last_one_wins(place):
    done = place.run("run", "net.toml", "--set", "simulation.duration=50 ms", "--set", "simulation.duration='30 ms'",
                     "--set", "neurons.cells.size=4", *INTERPRETED)
    assert done.returncode == 0, done.stderr
    with h5py.File(place.folder / "net.h5") as results:
        assert results.attrs["duration"] == pytest.approx(0.03)
        assert results["state/cells/v"].shape == (4,)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["run"], "NET.toml is required"),
        (["run", "absent.toml"], "absent.toml"),
        (["run", "net.toml", "--seed", "-1"], "a whole number from 0 to 9223372036854775807 is needed, not '-1'"),
        (["run", "net.toml", "--seed", "9223372036854775808"], "not '9223372036854775808'"),
        (["run", "net.toml", "--seed", "x"], "not 'x'"),
        (["run", "net.toml", "--threads", "0"], "a whole number from 1"),
        (["run", "net.toml", "--backend", "gpu"], "--backend"),
        (["run", "net.toml", "--frobnicate"], "--frobnicate"),
        (["run", "net.toml", "--checkpoint", "a"], "--checkpoint needs --every"),
        (["run", "net.toml", "--every", "1s"], "--every needs --checkpoint"),
        (["run", "net.toml", "--checkpoint", "", "--every", "1s"], "a file name is needed"),
        *((["run", "net.toml", "--checkpoint", "a", "--every", wrong], f"such as 10s or '500 ms', not '{wrong}'")
          for wrong in ("10", "0s", "-1s", "1mV", "soon", "1e999s")),
        (["run", "net.toml", "--checkpoint", "a", "--every", "10us"], "shorter than a step of the network, 0.1 ms"),
        (["run", "net.toml", "--checkpoint", "net.toml", "--every", "1s"], "the same file as the input 'net.toml'"),
        (["run", "net.toml", "--checkpoint", "net.h5", "--every", "1s"], "would be written over the results 'net.h5'"),
        (["run", "net.toml", "--checkpoint", "./sub/../net.h5.journal", "--every", "1s"], "would be written over"),
        (["run", "net.toml", "--checkpoint", "sub", "--every", "1s"], "it is a folder"),
        (["run", "net.toml", "--checkpoint", "absent/a", "--every", "1s"], "No such file or directory"),
        (["run", "net.toml", "--resume", "a"], "cannot read 'a': there is no such file"),
        (["run", "net.toml", "--resume", "net.toml"], "it does not begin as a bouton state does"),
        (["run", "net.toml", "--set", "neurons.cells.size=0"], "--set:1:20: error"),
        (["run", "net.toml", "--set", "nonsense"], "--set"),
        (["run", "net.toml", "-o", "net.toml"], "the same file as the input"),
        (["run", "net.toml", "-o", "./sub/../net.toml"], "the same file as the input"),
        (["run", "net.toml", "-o", "absent/out.h5"], "No such file or directory"),
        (["run", "net.toml", "-o", "sub"], "it is a folder"),
        (["run", "net.toml", "-o", "/dev/null"], "it is not an ordinary file"),
        (["trian"], "unknown command 'trian'"),
        (["chek", "net.toml"], "did you mean 'check'?"),
        (["models", "stdp_par"], "did you mean 'stdp_pair'?"),
        (["emit", "net.toml", "--after", "parse"], "parse"),
        ([], "Usage: bouton"),
    ],
)
def test_wrong_input_has_status_2_and_leaves_nothing(place, arguments, message):
    (place.folder / "sub").mkdir()
    done = place.run(*arguments)
    assert done.returncode == 2
    assert message in done.stderr and done.stdout == ""
    assert sorted(path.name for path in place.folder.iterdir()) == ["net.toml", "sub"]


def test_all_mistakes_are_told_at_once(place):
    text = (place.folder / "net.toml").read_text().replace('"6 nS"', '"6 mV"').replace("size = 10", "size = 10\nsise = 3")
    place.write("net.toml", text)
    done = place.run("run", "net.toml")
    assert done.returncode == 2
    assert done.stderr.count("error[E") == 2  # of a key and of an equation
    assert "unknown key 'sise'" in done.stderr and "'w' has the dimension [S]" in done.stderr
    assert re.search(r"net\.toml:\d+:\d+: error\[E\d+\]", done.stderr)
    assert "^" in done.stderr


def test_an_input_file_is_never_overwritten(place):
    place.write("pairs.csv", "source,target\n0,0\n1,1\n")
    text = (place.folder / "net.toml").read_text()
    text = text.replace('{ rule = "fixed_probability", p = 0.5 }', '{ file = "pairs.csv" }')
    place.write("net.toml", text)
    done = place.run("run", "net.toml", "-o", "pairs.csv", *INTERPRETED)
    assert done.returncode == 2 and "same file as the input" in done.stderr
    assert (place.folder / "pairs.csv").read_text().startswith("source,target")


def test_more_threads_than_cores_are_told(place):
    done = place.run("run", "net.toml", "--threads", "100000", *INTERPRETED)
    assert done.returncode == 0
    assert "this machine runs" in done.stderr and done.returncode == 0
    assert place.run("run", "net.toml", "--threads", "1", *INTERPRETED).stderr == ""


def test_without_a_compiler_the_interpreter_takes_over(place):
    place.environment |= {"PATH": "/nonexistent", "CXX": "", "BOUTON_CACHE": str(place.folder / "cache")}
    done = place.run("run", "net.toml")
    assert done.returncode == 0 and "(interpreted)" in done.stdout
    assert "warning" in done.stderr and "compiler" in done.stderr
    done = place.run("run", "net.toml", "--backend", "compiled", "-o", "other.h5")
    assert done.returncode == 1 and "compiler" in done.stderr
    assert not (place.folder / "other.h5").exists() and not (place.folder / "other.h5.partial").exists()


def test_a_value_that_is_not_finite_ends_the_run(place):
    place.write("bad.toml", """\
[simulation]
duration = "2 s"
[neurons.cells]
size = 3
equations = "dv/dt = v*v/ms : 1"
method = "euler"
initial = { v = 1 }
[[record]]
variables = ["v"]
of = "cells"
every = "1 ms"
""")
    place.write("bad.h5", "older")
    done = place.run("run", "bad.toml", *INTERPRETED)
    assert done.returncode == 1
    assert "v" in done.stderr and "cells" in done.stderr and "finite" in done.stderr
    assert (place.folder / "bad.h5").read_text() == "older"
    with h5py.File(place.folder / "bad.h5.partial") as results:
        assert results.attrs["ended"].startswith("failed: ")
        assert len(results["recordings/cells/v"]) > 0

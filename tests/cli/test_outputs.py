# SPDX-License-Identifier: BSD-3-Clause
"""Outputs that would cost something: inputs under any name, files of others, files that another run is writing."""

from __future__ import annotations

import os

import h5py
import pytest

INTERPRETED = ("--backend", "interpreted")
SMALL = ("--layers", "8", "--epochs", "1", "--other-data")

NETWORK = """\
[simulation]
duration = "5 ms"
[signal.current]
file = "models/current.csv"
dt = "1 ms"
[neurons.source]
size = 2
model = "spike_times"
file = "data/spikes.csv"
[neurons.cells]
size = 2
model = "./models/cell.toml"
[synapses.pairs]
from = "source"
to = "cells"
connect = { file = "data/pairs.csv" }
on_pre = "v_post += w"
initial = { w = { file = "data/w.csv" } }
equations = "w : 1"
"""
CELL = 'equations = "dv/dt = (current(t) - v)/(10*ms) : 1"\nthreshold = "v > 1"\nreset = "v = 0"\n'
INPUTS = {
    "net.toml": NETWORK,
    "models/cell.toml": CELL,
    "models/current.csv": "current\n" + "0\n" * 6,
    "data/spikes.csv": "index,time_ms\n0,1\n1,2\n",
    "data/pairs.csv": "source,target\n0,1\n1,0\n",
    "data/w.csv": "w\n0.5\n0.5\n",
}


@pytest.fixture
def named(place):
    """Return a folder whose network names files in other folders."""
    for name, text in INPUTS.items():
        (place.folder / name).parent.mkdir(exist_ok=True)
        place.write(name, text)
    done = place.run("run", "net.toml", "-o", "whole.h5", *INTERPRETED)
    assert done.returncode == 0, done.stderr
    return place


@pytest.mark.parametrize("kind", ["itself", "link", "twin", "partial"])
@pytest.mark.parametrize("name", INPUTS)
def test_a_run_does_not_write_onto_what_it_reads(named, name, kind):
    given, output = named.folder / name, named.folder / "out.h5"
    if kind == "itself":
        output = given
    elif kind == "link":
        output.symlink_to(given)
    elif kind == "twin":
        os.link(given, output)
    else:
        os.link(given, named.folder / "out.h5.partial")
    done = named.run("run", "net.toml", "-o", str(output), *INTERPRETED)
    assert done.returncode == 2 and "is the same file as the input" in done.stderr, done.stderr
    assert given.read_text() == INPUTS[name]


def test_inputs_that_the_text_alone_does_not_tell(named):
    """--set names another file than the text; what is not read is no input."""
    named.write("other.csv", INPUTS["data/w.csv"])
    done = named.run("run", "net.toml", "-o", "other.csv", "--set", "synapses.pairs.initial.w.file=other.csv", *INTERPRETED)
    assert done.returncode == 2 and "is the same file as the input" in done.stderr
    assert named.run("run", "net.toml", "-o", "other.csv", *INTERPRETED).returncode == 0


DATA = ["train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"]


@pytest.mark.parametrize("name", ["train.toml", *(f"data/{name}" for name in DATA)])
@pytest.mark.parametrize("how", ["option", "default", "link"])
def test_a_training_does_not_write_onto_what_it_reads(place, name, how):
    folder = place.write_stripes("data", train=64, test=32)
    place.write("train.toml", "layers = [8]\nepochs = 1\nother_data = true\n")
    before = (place.folder / name).read_bytes()
    (place.folder / "link.h5").symlink_to(place.folder / name)
    if how == "default":
        place.environment["BOUTON_DATA"] = str(folder)
    data = () if how == "default" else ("--data", "data")
    done = place.run("train", "train.toml", "-o", "link.h5" if how == "link" else name, *data)
    assert done.returncode == 2 and "is the same file as the input" in done.stderr, done.stderr
    assert (place.folder / name).read_bytes() == before


@pytest.mark.parametrize("name", ["m.h5", *(f"data/{name}" for name in DATA[2:])])
@pytest.mark.parametrize("link", [False, True])
def test_predictions_do_not_replace_what_they_are_made_from(place, name, link):
    place.write_stripes("data", train=64, test=32)
    assert place.run("train", "-o", "m.h5", "--data", "data", *SMALL).returncode == 0
    before = (place.folder / name).read_bytes()
    output = name
    if link:
        output = "twin.csv"
        os.link(place.folder / name, place.folder / output)
    done = place.run("evaluate", "m.h5", "--data", "data", "--other-data", "--predictions", output)
    assert done.returncode == 2 and "is the same file as the input" in done.stderr, done.stderr
    assert done.stdout == "", "it was found out after the work"
    assert (place.folder / name).read_bytes() == before


def test_an_empty_name_is_no_output(place):
    for arguments in (["run", "net.toml", "-o", ""], ["train", "-o", ""], ["evaluate", "m.h5", "--predictions", ""]):
        done = place.run(*arguments)
        assert done.returncode == 2 and "a file name is needed" in done.stderr, done.stderr


def test_a_link_to_an_output_stays_a_link(place):
    (place.folder / "results").mkdir()
    (place.folder / "out.h5").symlink_to("results/real.h5")
    assert place.run("run", "net.toml", "-o", "out.h5", *INTERPRETED).returncode == 0
    assert (place.folder / "out.h5").is_symlink()
    with h5py.File(place.folder / "results" / "real.h5") as results:
        assert results.attrs["ended"] == "finished"


@pytest.mark.parametrize("kind", ["file", "link"])
def test_a_partial_file_of_others_is_left_alone(place, kind):
    place.write("theirs", "theirs")
    partial = place.folder / "out.h5.partial"
    if kind == "file":
        partial.write_text("theirs")
    else:
        partial.symlink_to("theirs")
    done = place.run("run", "net.toml", "-o", "out.h5", *INTERPRETED)
    assert done.returncode == 2 and "move it away or delete it" in done.stderr, done.stderr
    assert partial.read_text() == "theirs" and not (place.folder / "out.h5").exists()

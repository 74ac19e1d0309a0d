# SPDX-License-Identifier: BSD-3-Clause
"""Networks and trainings that need more memory than there is, or than --memory allows. Limits are small, so nothing large is made."""

from __future__ import annotations

import resource

import pytest

LARGE = """\
[simulation]
duration = "1 ms"

[neurons.cells]
size = 100_000
equations = "v : 1"

[synapses.exc]
from = "cells"
to = "cells"
connect = CONNECT
target = "v"
initial = { w = "rand()" }
"""
KNOWN = LARGE.replace("CONNECT", '{ rule = "fixed_total_number", n = 100_000_000_000, multapses = true }')
DRAWN = LARGE.replace("CONNECT", '{ condition = "i != j" }')  # 10^10 pairs

INTERPRETED = ("--backend", "interpreted")


def test_a_network_that_cannot_fit_is_refused(place):
    place.write("large.toml", KNOWN)
    place.write("large.h5", "older")
    done = place.run("run", "large.toml", *INTERPRETED)
    assert done.returncode == 2
    assert "large.toml:8:" in done.stderr
    assert "error[E409]: the network needs at least 1.4 TB, more than the " in done.stderr
    assert "100,000,000,000 synapses of 14 bytes" in done.stderr and "--memory 1.75 TB" in done.stderr
    assert (place.folder / "large.h5").read_text() == "older"


@pytest.mark.parametrize("size", ["1MB", "0.9 MiB", "1000000"])
def test_the_users_limit_counts(place, size):
    place.write("large.toml", KNOWN)
    for command in ("run", "check"):
        done = place.run(command, "large.toml", "--memory", size)
        assert done.returncode == 2 and "that --memory allows" in done.stderr
    assert place.run("check", "large.toml").returncode == 0  # it may be for another machine
    assert place.run("check", "large.toml", "--memory", "2TB").returncode == 0
    assert place.run("run", "net.toml", "--memory", "1MB", *INTERPRETED).returncode == 0


def test_more_synapses_of_a_neuron_than_can_be_numbered_are_refused(place):
    """Before anything is drawn, however much memory there is."""
    place.write("large.toml", LARGE.replace("CONNECT", '{ rule = "fixed_indegree", n = 5_000_000_000, multapses = true }'))
    for done in (place.run("check", "large.toml"), place.run("run", "large.toml", "--memory", "1000000TB", *INTERPRETED)):
        assert done.returncode == 2
        assert "large.toml:11:11: error[E410]: on a neuron of 'cells' end 5,000,000,000 synapses of 'exc'" in done.stderr


def test_a_limit_is_a_size(place):
    for size in ("8G", "-1GB", "0", "nan", "much"):
        done = place.run("run", "net.toml", f"--memory={size}")
        assert done.returncode == 2 and "8GB" in done.stderr, size


def test_running_out_while_drawing_is_an_error(place):
    place.write("large.toml", DRAWN)
    place.write("large.h5", "older")
    done = place.run("run", "large.toml", "--memory", "10MB", *INTERPRETED)
    assert done.returncode == 1
    assert "out of memory: 'exc' has" in done.stderr and "that --memory allows" in done.stderr
    assert (place.folder / "large.h5").read_text() == "older"


@pytest.mark.parametrize("memory", [(), ("--memory", "1TB")])
def test_a_limit_of_the_system_is_an_error(place, memory):
    """With --memory beyond what there is, the system refuses memory: that is told as well."""
    place.write("large.toml", DRAWN)

    def small_space():
        resource.setrlimit(resource.RLIMIT_AS, (400_000_000, 400_000_000))

    done = place.run("run", "large.toml", *memory, *INTERPRETED, preexec_fn=small_space)
    assert done.returncode == 1, done.stderr
    expected = "there is not enough memory for this network" if memory else "out of memory: 'exc' has"
    assert expected in done.stderr and "that ulimit -v leaves" in done.stderr


TRAIN = ("train", "--data", "data", "-o", "m.h5", "--layers", "1000,1000", "--classes", "4")


def test_a_training_that_cannot_fit_is_refused(place):
    """64-1000-1000-4: 1.07 million weights and velocities of 4 bytes, twice, are more than 17 MB."""
    place.write_stripes("data", train=64, test=32)
    done = place.run(*TRAIN, "--epochs", "1", "--memory", "10MB")
    assert done.returncode == 2
    assert "the training needs at least" in done.stderr and "more than the 10 MB that --memory allows" in done.stderr
    assert not list(place.folder.glob("m.h5*"))


def test_a_training_goes_on_only_where_it_fits(place):
    place.write_stripes("data", train=64, test=32)
    assert place.run(*TRAIN, "--epochs", "1", "--memory", "100MB").returncode == 0
    before = (place.folder / "m.h5").read_bytes()
    done = place.run(*TRAIN, "--epochs", "2", "--resume", "--memory", "10MB")
    assert done.returncode == 2 and "more than the 10 MB that --memory allows" in done.stderr
    assert (place.folder / "m.h5").read_bytes() == before
    assert place.run(*TRAIN, "--epochs", "2", "--resume", "--memory", "100MB").returncode == 0


def test_an_evaluation_that_cannot_fit_is_refused(place):
    """A batch of 32 examples holds at least 2068 inputs and 2004 sums of 4 bytes for each."""
    place.write_stripes("data", train=64, test=32)
    small = ("--epochs", "1", "--batch", "8")
    assert place.run(*TRAIN, *small).returncode == 0
    evaluate = ("evaluate", "m.h5", "--data", "data", "--other-data")
    done = place.run(*evaluate, "--memory", "100kB")
    assert done.returncode == 2 and "the inference needs at least" in done.stderr
    assert "100 kB that --memory allows" in done.stderr
    assert place.run(*evaluate, "--memory", "100MB").returncode == 0
    assert place.run(*evaluate, "--memory", "100kB", "--batch", "1").returncode == 0


@pytest.mark.parametrize("command", ["train", "evaluate"])
def test_the_limit_of_artificial_networks_is_a_size(place, command):
    done = place.run(command, "m.h5", "--memory=much")
    assert done.returncode == 2 and "8GB" in done.stderr

# SPDX-License-Identifier: BSD-3-Clause
"""Ctrl-C in each phase of a command: it ends soon, nothing half done is left, and what went wrong is told as it was."""

from __future__ import annotations

import os
import resource
import signal
import time

import pytest

INTERPRETED = ("--backend", "interpreted")
# It would be built for many minutes, far beyond the time that a test waits for the end of a program.
CONDITION = """\
[simulation]
duration = "1 s"
[neurons.cells]
size = 60000
equations = "dv/dt = -v/(10*ms) : 1"
threshold = "v > 1"
[synapses.all]
from = "cells"
to = "cells"
connect = { condition = "sin(i*0.1)*cos(j*0.1) > 2" }
on_pre = "v_post += 1"
"""


def wait_for(process, path, seconds=60.0):
    """Wait until a file is there, which the program makes in the phase that is meant."""
    end = time.monotonic() + seconds
    while not path.exists():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < end, f"{path} was not made"
        time.sleep(0.01)


def stop(process, number=signal.SIGINT):
    """Send the signal and return what the program says."""
    process.send_signal(number)
    out, error = process.communicate(timeout=60)
    return out, error


def check_nothing_left(place, output="out.h5", older="older"):
    """The older output is as it was, and beside it there is nothing new."""
    assert (place.folder / output).read_text() == older
    assert not (place.folder / f"{output}.partial").exists()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_while_a_network_is_built(place, number):
    place.write("net.toml", CONDITION)
    place.write("out.h5", "older")
    process = place.start("run", "net.toml", "-o", "out.h5", *INTERPRETED)
    wait_for(process, place.folder / "out.h5.partial")
    _, error = stop(process, number)
    assert process.returncode == 1 and error == "bouton: error: stopped before the first step; there are no results\n"
    check_nothing_left(place)


def test_while_kernels_are_compiled(place):
    compiler = place.write("compiler", '#!/bin/sh\nif [ "$1" = --version ]; then echo 1; exit; fi\n'
                                       'echo $$ > pid.new; mv pid.new "$PIDS"; while :; do sleep 1; done\n')
    compiler.chmod(0o755)
    place.environment.update(CXX=str(compiler), BOUTON_CACHE=str(place.folder / "cache"), PIDS=str(place.folder / "pid"))
    place.write("out.h5", "older")
    process = place.start("run", "net.toml", "-o", "out.h5")
    wait_for(process, place.folder / "pid")
    _, error = stop(process)
    assert process.returncode == 1 and "stopped before the first step" in error and "interpreted" not in error
    check_nothing_left(place)
    with pytest.raises(ProcessLookupError):
        os.kill(int((place.folder / "pid").read_text()), 0)
    assert not [entry for entry in (place.folder / "cache").glob("**/*") if entry.is_file()]


def test_before_the_first_epoch_of_a_training(place):
    place.write_stripes("data", train=6000, test=32)
    place.write("out.h5", "older")
    process = place.start("train", "-o", "out.h5", "--data", "data", "--other-data", "--layers", "2000,2000", "--batch", "1",
                          "--threads", "1")
    wait_for(process, place.folder / "out.h5.partial")
    _, error = stop(process)
    assert process.returncode == 1 and "stopped before the first epoch" in error
    check_nothing_left(place)


def test_while_predictions_are_sampled(place):
    place.write_stripes("data", train=64, test=64)
    done = place.run("train", "-o", "m.h5", "--data", "data", "--other-data", "--layers", "64", "--mask", "dropconnect",
                     "--epochs", "1")
    assert done.returncode == 0, done.stderr
    place.write("p.csv", "older")
    process = place.start("evaluate", "m.h5", "--data", "data", "--other-data", "--inference", "sampled", "--samples", "1000000000",
                          "--predictions", "p.csv")
    wait_for(process, place.folder / "p.csv.partial")
    _, error = stop(process)
    assert (process.returncode, error) == (1, "bouton: error: stopped\n")
    check_nothing_left(place, "p.csv")


def test_a_second_signal_ends_the_program_at_once(place):
    place.write("net.toml", CONDITION)
    process = place.start("run", "net.toml", "-o", "out.h5", *INTERPRETED)
    wait_for(process, place.folder / "out.h5.partial")
    process.send_signal(signal.SIGSTOP)  # both are there when it goes on
    process.send_signal(signal.SIGINT)
    process.send_signal(signal.SIGTERM)
    process.send_signal(signal.SIGCONT)
    process.communicate(timeout=60)
    assert process.returncode in (128 + signal.SIGINT, 128 + signal.SIGTERM)


def test_a_full_disk_after_a_stop_is_told_as_that(place):
    def small_files():
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))

    place.write("net.toml", """\
[simulation]
duration = "1000000 s"
[neurons.cells]
size = 300
equations = "dv/dt = -v/(10*ms) : 1"
threshold = "v > 1"
[synapses.all]
from = "cells"
to = "cells"
connect = { rule = "all_to_all" }
equations = "w : 1"
on_pre = "v_post += w"
[[record]]
variables = ["v"]
of = "cells"
indices = [0]
every = "100000 s"
""")
    place.write("out.h5", "older")
    process = place.start("run", "net.toml", "-o", "out.h5", *INTERPRETED, preexec_fn=small_files)
    partial = place.folder / "out.h5.partial"
    wait_for(process, partial)
    while b"recordings" not in partial.read_bytes():  # the run has begun
        assert process.poll() is None, process.communicate()
        time.sleep(0.01)
    _, error = stop(process)
    assert process.returncode == 1 and "stopped" not in error
    assert "cannot write" in error and "out.h5.partial': File too large" in error
    assert (place.folder / "out.h5").read_text() == "older"

# SPDX-License-Identifier: BSD-3-Clause
"""Standard streams that are closed, full, or a pipe that nobody reads: messages may be lost, work and status may not."""

from __future__ import annotations

import os
import signal
import subprocess

import h5py
import pytest

BROKEN = 'dt = "1 ms"\n'
EXPLODING = """\
[simulation]
duration = "1 s"
[neurons.cells]
size = 1
equations = "dx/dt = x**2*1000*Hz : 1"
method = "euler"
initial = { x = 10 }
"""
INTERPRETED = ("--backend", "interpreted")
TEXTS = {
    "check": ["check", "net.toml"],
    "emit": ["emit", "net.toml"],
    "lower": ["emit", "net.toml", "--after", "lower"],
    "models": ["models"],
    "model": ["models", "stdp_pair"],
    "version": ["--version"],
    "help": ["--help"],
    "help of run": ["run", "--help"],
    "evaluate": ["evaluate", "m.h5", "--data", "data", "--other-data"],
}
FILES = {
    "run": ["run", "net.toml", "-o", "out.h5", *INTERPRETED],
    "train": ["train", "-o", "out.h5", "--data", "data", "--layers", "8", "--epochs", "1", "--other-data", "--train", "64"],
}


def broken_pipe() -> int:
    """Return the end to write to of a pipe that nobody reads."""
    reader, writer = os.pipe()
    os.close(reader)
    return writer


def run(place, arguments, *, stdout="read", stderr="read"):
    """Run the program with each stream read, closed, full or broken; return what it ended with and said."""
    wanted = {1: stdout, 2: stderr}

    def close():
        for number, kind in wanted.items():
            if kind == "closed":
                os.close(number)

    opened = {number: os.open("/dev/full", os.O_WRONLY) if kind == "full" else broken_pipe()
              for number, kind in wanted.items() if kind in ("full", "broken")}
    try:
        return subprocess.run(place.command(*arguments), cwd=place.folder, env={**os.environ, **place.environment},
                              stdout=opened.get(1, subprocess.PIPE), stderr=opened.get(2, subprocess.PIPE), text=True,
                              timeout=120, check=False, preexec_fn=close)
    finally:
        for descriptor in opened.values():
            os.close(descriptor)


@pytest.fixture
def stocked(place):
    """Return a folder with a network, images and a model."""
    place.write_stripes("data", train=64, test=32)
    done = place.run("train", "-o", "m.h5", "--data", "data", "--layers", "8", "--epochs", "1", "--other-data")
    assert done.returncode == 0, done.stderr
    return place


@pytest.mark.parametrize("kind", ["closed", "full", "broken"])
@pytest.mark.parametrize("command", [*TEXTS, *FILES])
def test_a_lost_message_changes_nothing(stocked, command, kind):
    done = run(stocked, {**TEXTS, **FILES}[command], stderr=kind)
    assert done.returncode == 0
    assert done.stdout != ""


@pytest.mark.parametrize("kind", ["closed", "full", "broken"])
@pytest.mark.parametrize(("arguments", "status"), [
    ([], 2), (["nothing"], 2), (["run"], 2), (["run", "none.toml"], 2), (["check", "broken.toml"], 2), (["models", "none"], 2),
    (["evaluate", "none.h5"], 2), (["train"], 2),
    (["run", "net.toml", "-o", "/nowhere/out.h5", *INTERPRETED], 2),
    (["run", "exploding.toml", *INTERPRETED], 1),
])
def test_a_lost_complaint_does_not_change_the_status(place, arguments, status, kind):
    place.write("broken.toml", BROKEN)
    place.write("exploding.toml", EXPLODING)
    told = place.run(*arguments)
    assert told.returncode == status and told.stderr != ""
    assert run(place, arguments, stderr=kind).returncode == status


@pytest.mark.parametrize(("kind", "reason"), [("closed", "Bad file descriptor"), ("full", "No space left on device")])
@pytest.mark.parametrize("command", TEXTS)
def test_lost_output_of_a_command_that_prints_is_a_failure(stocked, command, kind, reason):
    done = run(stocked, TEXTS[command], stdout=kind)
    assert done.returncode == 1
    assert done.stderr == f"bouton: error: cannot write to standard output: {reason}\n"


@pytest.mark.parametrize("command", TEXTS)
def test_a_reader_that_has_enough_ends_the_program_quietly(stocked, command):
    done = run(stocked, TEXTS[command], stdout="broken")
    assert (done.returncode, done.stderr) == (-signal.SIGPIPE, "")


def test_a_reader_that_has_enough_does_not_cost_the_predictions(stocked):
    done = run(stocked, [*TEXTS["evaluate"], "--predictions", "p.csv"], stdout="broken")
    assert (done.returncode, done.stderr) == (-signal.SIGPIPE, "")
    assert len((stocked.folder / "p.csv").read_text().splitlines()) == 33


@pytest.mark.parametrize("kind", ["closed", "full", "broken"])
@pytest.mark.parametrize("command", FILES)
def test_work_goes_on_when_nobody_hears_of_it(stocked, command, kind):
    """The results lie in a file, so what is printed about them may be lost."""
    for streams in ({"stdout": kind}, {"stdout": kind, "stderr": kind}):
        (stocked.folder / "out.h5").unlink(missing_ok=True)
        assert run(stocked, FILES[command], **streams).returncode == 0
        with h5py.File(stocked.folder / "out.h5") as made:
            assert "bouton_version" in made.attrs


def test_no_file_gets_the_number_of_a_closed_stream(place):
    """A warning that was written into the results would be seen here: more threads than any machine has are told."""
    def close_all():
        for number in (0, 1, 2):
            os.close(number)

    arguments = place.command("run", "net.toml", "-o", "out.h5", "--threads", "1000000", *INTERPRETED)
    assert subprocess.run(arguments, cwd=place.folder, timeout=120, check=False, preexec_fn=close_all).returncode == 0
    assert b"this machine runs" not in (place.folder / "out.h5").read_bytes()
    with h5py.File(place.folder / "out.h5") as results:
        assert results.attrs["ended"] == "finished"

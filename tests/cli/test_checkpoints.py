# SPDX-License-Identifier: BSD-3-Clause
"""Checkpoints: whatever ends a run, it goes on from its last checkpoint to the results of a run that was never stopped."""

from __future__ import annotations

import os
import random
import re
import resource
import signal
import time
from pathlib import Path

import h5py
import pytest

INTERPRETED = ("--backend", "interpreted")
ROOT = Path(__file__).resolve().parents[2]
# Runs that are broken off never come to their end by themselves: how long the whole run is, is decided afterwards.
LONG = ("--set", "simulation.duration='100000 s'", *INTERPRETED)


def datasets(path):
    """Return name, type, shape and bytes of every dataset."""
    found = {}

    def note(name, item):
        if isinstance(item, h5py.Dataset):
            found[name] = (item.dtype, item.shape, item[()].tobytes())

    with h5py.File(path) as results:
        assert results.attrs["ended"] == "finished"
        results.visititems(note)
    assert len(found) > 5
    return found


def names(place):
    """Return the names of all files of the folder."""
    return sorted(path.name for path in place.folder.iterdir())


def inode(path):
    """Return what changes with each checkpoint; 0 if there is none."""
    try:
        return path.stat().st_ino, path.stat().st_mtime_ns
    except FileNotFoundError:
        return 0


def break_off(place, *arguments, checkpoints=1, number=signal.SIGKILL):
    """Start a run with checkpoints and end it once so many are seen. Return what it said, or nothing if it was killed."""
    process = place.start("run", "net.toml", "-o", "out.h5", "--checkpoint", "c", *arguments)
    seen = inode(place.folder / "c")
    while checkpoints > 0 and process.poll() is None:
        now = inode(place.folder / "c")
        if now not in (seen, 0):
            seen = now
            checkpoints -= 1
        time.sleep(0.0005)
    process.send_signal(number)
    out, error = process.communicate(timeout=60)
    assert process.returncode == (1 if number == signal.SIGINT else -number), error
    return error


def last_sound(place):
    """Return the newest generation that is sound; there has to be one."""
    sound = [name for name in ("c", "c.previous") if place.run("check", name).returncode == 0]
    assert sound
    return sound[0]


def steps_of(place, name):
    """Return how many steps a checkpoint is from the start."""
    return int(re.search(r"([0-9,]+) steps of 0.1 ms done", place.run("check", name).stdout).group(1).replace(",", ""))


def check_goes_on(place, name, *arguments):
    """Resume from a checkpoint, for 20 ms, and compare with a run that was never stopped."""
    duration = ("--set", f"simulation.duration='{steps_of(place, name) * 0.1 + 20} ms'")
    done = place.run("run", "net.toml", "-o", "out.h5", "--resume", name, *duration, *arguments)
    assert done.returncode == 0, done.stderr
    assert place.run("run", "net.toml", "-o", "whole.h5", *duration, *INTERPRETED).returncode == 0
    assert datasets(place.folder / "whole.h5") == datasets(place.folder / "out.h5")
    assert not [left for left in names(place) if left.startswith("out.h5.")]


def test_a_run_with_checkpoints_ends_as_one_without(place):
    assert place.run("run", "net.toml", "-o", "whole.h5", *INTERPRETED).returncode == 0
    done = place.run("run", "net.toml", "-o", "out.h5", "--checkpoint", "c", "--every", "30 ms", *INTERPRETED)
    assert (done.returncode, done.stderr) == (0, "")
    assert datasets(place.folder / "whole.h5") == datasets(place.folder / "out.h5")
    assert names(place) == ["c", "c.previous", "net.toml", "out.h5", "whole.h5"]
    assert "at 180 ms of 200 ms" in place.run("check", "c").stdout
    assert "at 150 ms of 200 ms" in place.run("check", "c.previous").stdout


def test_killed_at_any_moment_again_and_again(place):
    place.write("out.h5", "older")
    moments = random.Random(5)
    break_off(place, "--every", "1ms", *LONG)
    for _ in range(6):
        threads = ("--threads", str(moments.randint(1, 2)))
        break_off(place, "--every", "1ms", *LONG, *threads, "--resume", last_sound(place), checkpoints=moments.randint(1, 25))
        assert (place.folder / "out.h5").read_text() == "older"
    check_goes_on(place, last_sound(place))


def test_a_stopped_run_goes_on_where_it_stopped(place):
    error = break_off(place, "--every", "10ms", *LONG, number=signal.SIGINT)
    assert "stopped" in error and "--resume c goes on" in error
    with h5py.File(place.folder / "out.h5") as results:
        stopped = float(results.attrs["ended"].removeprefix("stopped at t = ").removesuffix(" ms"))
    assert steps_of(place, "c") == round(stopped * 10)
    check_goes_on(place, "c", *INTERPRETED)


def test_the_example(place):
    text = (ROOT / "examples" / "unreliable.toml").read_text()
    place.write("net.toml", text)
    break_off(place, "--every", "20 ms", *LONG, checkpoints=3)
    check_goes_on(place, last_sound(place), "--threads", "2")


WIDE = """\
[simulation]
duration = "10 ms"
[neurons.cells]
size = 300
equations = "dv/dt = -v/(10*ms) : 1"
threshold = "v > 1"
initial = { v = "rand()" }
[synapses.all]
from = "cells"
to = "cells"
connect = { rule = "all_to_all" }
equations = "w : 1"
on_pre = "v_post += w"
initial = { w = "rand()" }
"""


def test_a_full_disk_costs_a_checkpoint_and_not_the_run(place):
    def small_files():
        resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))

    place.write("net.toml", WIDE)
    run = ("run", "net.toml", "-o", "out.h5", "--no-synapses", "--checkpoint", "c", "--every", "4ms", *INTERPRETED)
    done = place.run(*run, preexec_fn=small_files)
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("warning: no checkpoint at t = ") == 2
    assert "cannot write 'c.partial': File too large; the run goes on" in done.stderr
    assert names(place) == ["net.toml", "out.h5"]

    assert place.run(*run).returncode == 0
    before = (place.folder / "c").read_bytes()
    done = place.run(*run, preexec_fn=small_files)
    assert done.returncode == 0 and "older checkpoints stay" in done.stderr
    assert names(place) == ["c", "c.previous", "net.toml", "out.h5"]
    assert (place.folder / "c").read_bytes() == before


def test_a_full_disk_for_the_records_keeps_the_checkpoint(place):
    def small_files():
        resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000))

    long = ("--set", "simulation.duration='10 s'", *INTERPRETED)
    done = place.run("run", "net.toml", "-o", "out.h5", "--checkpoint", "c", "--every", "50ms", *long, preexec_fn=small_files)
    assert done.returncode == 1 and "cannot write" in done.stderr and "File too large" in done.stderr
    done = place.run("run", "net.toml", "-o", "out.h5", "--resume", "c", *long)
    assert done.returncode == 0, done.stderr
    assert place.run("run", "net.toml", "-o", "whole.h5", *long).returncode == 0
    assert datasets(place.folder / "whole.h5") == datasets(place.folder / "out.h5")


@pytest.fixture
def broken(place):
    """Return a folder with a run that was stopped behind its third checkpoint: both generations are there."""
    place.write("other.csv", "0\n")
    break_off(place, "--every", "10ms", *LONG, checkpoints=3, number=signal.SIGINT)
    return place


def refused(place, *arguments, output="out.h5"):
    """Run on, which has to be refused before anything is written; return what is said."""
    kept = {path: path.read_bytes() for path in place.folder.iterdir() if path.name != "out.h5.partial"}
    done = place.run("run", "net.toml", "-o", output, *LONG, *arguments)
    assert done.returncode == 2, done.stderr
    assert all(path.read_bytes() == content for path, content in kept.items())
    return done.stderr


def test_what_is_not_the_run_is_refused(broken):
    assert "it was: seed = 3\n  it is:  seed = 4" in refused(broken, "--resume", "c", "--seed", "4")
    message = refused(broken, "--resume", "c", "--set", "neurons.input.parameters.rate='51 Hz'")
    assert "it was: parameters = { rate = \"50 Hz\" }\n  it is:  parameters = { rate = \"51 Hz\" }" in message
    assert "beyond the duration of 1 ms" in refused(broken, "--resume", "c", "--set", "simulation.duration='1 ms'")
    assert "holds what an earlier run" in refused(broken, "--checkpoint", "c", "--every", "1s")
    assert "out2.h5.journal', are not there" in refused(broken, "--resume", "c", output="out2.h5")
    assert "the same file as the input 'c'" in refused(broken, "--resume", "c", output="c")
    os.link(broken.folder / "c", broken.folder / "link.h5")
    assert "the same file as the input 'c'" in refused(broken, "--resume", "c", output="link.h5")
    assert "a file of another kind" in refused(broken, "--resume", "c", "--checkpoint", "other.csv", "--every", "1s")
    os.link(broken.folder / "net.toml", broken.folder / "d.previous")
    assert "the same file as the input 'net.toml'" in refused(broken, "--resume", "c", "--checkpoint", "d", "--every", "1s")


def test_a_missing_or_damaged_checkpoint_names_the_older_one(broken):
    damaged = bytearray((broken.folder / "c").read_bytes())
    damaged[len(damaged) // 2] ^= 1
    (broken.folder / "c").write_bytes(damaged)
    message = refused(broken, "--resume", "c")
    assert "it is damaged" in message and "--resume 'c.previous'" in message
    (broken.folder / "c").unlink()
    message = refused(broken, "--resume", "c")
    assert "there is no such file" in message and "--resume 'c.previous'" in message
    check_goes_on(broken, "c.previous", *INTERPRETED)


def test_a_file_that_the_network_reads_must_be_the_same(place):
    text = (place.folder / "net.toml").read_text()
    place.write("net.toml", text.replace('{ rule = "fixed_probability", p = 0.5 }', '{ file = "pairs.csv" }'))
    place.write("pairs.csv", "source,target\n" + "".join(f"{i},{i % 10}\n" for i in range(50)))
    break_off(place, "--every", "10ms", *LONG)
    place.write("pairs.csv", "source,target\n0,0\n")
    assert "pairs.csv' has changed since" in refused(place, "--resume", last_sound(place))


def test_a_complete_run_has_no_records_to_go_on_with(place):
    assert place.run("run", "net.toml", "-o", "out.h5", "--checkpoint", "c", "--every", "100ms", *INTERPRETED).returncode == 0
    assert "out.h5.journal', are not there" in refused(place, "--resume", "c")


def test_check_tells_what_a_checkpoint_is(broken):
    done = broken.run("check", "c")
    assert done.returncode == 0, done.stderr
    version = broken.run("--version").stdout.strip()
    assert f"checkpoint of net.toml, written by {version}" in done.stdout
    assert steps_of(broken, "c") >= 300 and "seed 3, double precision" in done.stdout
    for group in ("input", "cells", "exc"):
        assert group in done.stdout
    assert "out.h5" in done.stdout
    (broken.folder / "c").write_bytes((broken.folder / "c").read_bytes()[:-1])
    done = broken.run("check", "c")
    assert done.returncode == 2 and "it is cut off" in done.stderr and done.stdout == ""
    done = broken.run("check", "c.previous", "--seed", "4")
    assert done.returncode == 2 and "is no network" in done.stderr

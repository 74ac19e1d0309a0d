# SPDX-License-Identifier: BSD-3-Clause
"""Runs that do not come to their end: signals, kills, full disks, two runs onto one file."""

from __future__ import annotations

import resource
import signal
import time

import h5py
import numpy as np
import pytest

LONG = ("--set", "simulation.duration='100000 s'", "--backend", "interpreted")


def wait_for_results(place, process, name="out.h5.partial", seconds=120.0):
    """Wait until the run has begun and brought its file up to date."""
    path = place.folder / name
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        assert process.poll() is None, process.communicate()
        time.sleep(0.1)
        try:
            with h5py.File(path) as results:
                if len(results["recordings/cells/time"]) > 0:
                    return path
        except (OSError, KeyError):  # not yet, or just being made
            continue
    raise AssertionError("nothing was written")


def check_whole(results):
    """What is there fits together."""
    spikes = results["spikes/input"]
    assert len(spikes["timestamps"]) == len(spikes["node_ids"]) > 0
    assert np.all(np.diff(spikes["timestamps"][:]) >= 0)
    recorded = results["recordings/cells"]
    assert len(recorded["time"]) == len(recorded["v"]) == len(recorded["g_exc"]) > 0
    assert np.array_equal(recorded["time"][:], np.arange(len(recorded["time"]), dtype=float))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_run_cleanly(place, number):
    process = place.start("run", "net.toml", "-o", "out.h5", *LONG)
    wait_for_results(place, process)
    process.send_signal(number)
    out, error = process.communicate(timeout=20)
    assert process.returncode == 1, error
    assert "stopped" in error and "steps" in out
    assert not (place.folder / "out.h5.partial").exists()
    with h5py.File(place.folder / "out.h5") as results:
        assert results.attrs["ended"].startswith("stopped at t = ")
        check_whole(results)
        assert len(results["synapses/exc/w"]) > 0 and len(results["state/cells/v"]) == 10


def test_a_killed_run_leaves_what_it_recorded(place):
    place.write("out.h5", "older")
    for wait in (0.6, 0.9, 1.3):
        process = place.start("run", "net.toml", "-o", "out.h5", *LONG)
        path = wait_for_results(place, process)
        time.sleep(wait)
        process.kill()
        process.communicate()
        with h5py.File(path) as results:
            assert results.attrs["ended"] == "not yet"
            check_whole(results)
        assert (place.folder / "out.h5").read_text() == "older"


def test_the_results_can_be_read_while_they_grow(place):
    process = place.start("run", "net.toml", "-o", "out.h5", *LONG)
    path = wait_for_results(place, process)
    try:
        lengths = [0]
        while len(set(lengths)) < 4:
            assert process.poll() is None
            with h5py.File(path) as results:
                lengths.append(len(results["recordings/cells/time"]))
            time.sleep(0.1)
        assert lengths == sorted(lengths)
    finally:
        process.kill()
        process.communicate()


def test_a_full_disk_is_told_and_keeps_the_older_file(place):
    place.write("out.h5", "older")

    def small_files():
        resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000))

    done = place.run("run", "net.toml", "-o", "out.h5", "--set", "simulation.duration='60 s'", "--backend", "interpreted",
                     preexec_fn=small_files)
    assert done.returncode == 1, done.stdout
    assert "cannot write" in done.stderr and "File too large" in done.stderr
    assert (place.folder / "out.h5").read_text() == "older"


def test_two_runs_onto_one_file_are_refused(place):
    process = place.start("run", "net.toml", "-o", "out.h5", *LONG)
    wait_for_results(place, process)
    try:
        second = place.run("run", "net.toml", "-o", "out.h5", "--backend", "interpreted")
        assert second.returncode == 2 and "another run is writing" in second.stderr
        assert process.poll() is None
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=20)
    with h5py.File(place.folder / "out.h5") as results:
        check_whole(results)


def test_what_a_killed_run_left_is_replaced(place):
    process = place.start("run", "net.toml", "-o", "out.h5", *LONG)
    wait_for_results(place, process)
    process.kill()
    process.communicate()
    assert place.run("run", "net.toml", "-o", "out.h5", "--backend", "interpreted").returncode == 0
    assert not (place.folder / "out.h5.partial").exists()

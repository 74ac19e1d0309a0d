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


def samples_in(path):
    """Return how many samples a file holds; none if it is not there yet, or just being made."""
    try:
        with h5py.File(path) as results:
            return len(results["recordings/cells/time"])
    except (OSError, KeyError):
        return 0


def wait_for_results(place, process, name="out.h5.partial", more_than=0):
    """Wait until the run has begun and brought its file, which was not there before, up to date."""
    path = place.folder / name
    while samples_in(path) <= more_than:
        assert process.poll() is None, process.communicate()
        time.sleep(0.1)
    return path


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
    out, error = process.communicate()
    assert process.returncode == 1, error
    assert "stopped" in error and "steps" in out
    assert not (place.folder / "out.h5.partial").exists()
    with h5py.File(place.folder / "out.h5") as results:
        assert results.attrs["ended"].startswith("stopped at t = ")
        check_whole(results)
        assert len(results["synapses/exc/w"]) > 0 and len(results["state/cells/v"]) == 10


def test_a_killed_run_leaves_what_it_recorded(place):
    """Killed after the first samples are there, and after more of them. Each run has a file of its own: what an earlier one
    left is not taken for its samples."""
    for more in (0, 1, 2):
        output = f"out{more}.h5"
        place.write(output, "older")
        process = place.start("run", "net.toml", "-o", output, *LONG)
        path = wait_for_results(place, process, f"{output}.partial")
        for _ in range(more):
            path = wait_for_results(place, process, path.name, more_than=samples_in(path))
        process.kill()
        process.communicate()
        with h5py.File(path) as results:
            assert results.attrs["ended"] == "not yet"
            check_whole(results)
        assert (place.folder / output).read_text() == "older"


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
        process.communicate()
    with h5py.File(place.folder / "out.h5") as results:
        check_whole(results)


def test_what_a_killed_run_left_is_replaced(place):
    process = place.start("run", "net.toml", "-o", "out.h5", *LONG)
    wait_for_results(place, process)
    process.kill()
    process.communicate()
    assert place.run("run", "net.toml", "-o", "out.h5", "--backend", "interpreted").returncode == 0
    assert not (place.folder / "out.h5.partial").exists()

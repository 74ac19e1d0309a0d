# SPDX-License-Identifier: BSD-3-Clause
"""Compilers and caches that fail in every way: the default back end interprets and says so in one line."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import signal
import subprocess
import time

import h5py
import numpy as np
import pytest

COMPILER = shutil.which("c++") or shutil.which("g++") or shutil.which("clang++") or ""
pytestmark = pytest.mark.skipif(not COMPILER, reason="no C++ compiler")

SHORT = ("--set", "simulation.duration='20 ms'")
MODULES = 2  # of the network: its neurons and its synapses

# What each does, a piece of the warning, and what `--backend compiled` shows beside it.
FAILING = {
    "broken": ("echo first; echo 'no such header'; exit 1", "does not work (exit status 1: no such header)", "\n  first\n  no such header"),
    "silent": ("exit 0", "it is empty or missing", ""),
    "killed": ("kill -SEGV $$", "was ended by signal 11", ""),
    "foreign": (f"{COMPILER} \"$@\" && printf '\\363\\000' | dd of=$out bs=1 seek=18 conv=notrunc 2>/dev/null",
                "for another kind of machine", ""),
    "cut": (f'{COMPILER} "$@" && truncate -s 5000 $out', "it is cut off", ""),
    "old": (f'sed -i s/BN_ABI_VERSION/1000/ $source; {COMPILER} "$@"', "another version of bouton", ""),
    "nameless": (f'sed -i s/bouton_module/another/ $source; {COMPILER} "$@"', "lacks the symbol", ""),
    "wordy": ("head -c 300000000 /dev/zero; echo; echo last words; exit 1", "exit status 1: last words", "\n  last words"),
    "hanging": ("echo begun; sleep 1000", "was ended after 1 s", "\n  begun"),
    "endless": ("exec cat /dev/zero", "was ended after 1 s", ""),
    "picky": ("case $source in */trial.cpp) exit 0;; esac; echo impossible; exit 1", "bug of bouton", "\n  impossible"),
}


@pytest.fixture
def site(place):
    """Return a workplace with a short run, a cache of its own and no compiler named."""
    place.environment = {"BOUTON_CACHE": str(place.folder / "cache"), "CXX": "", "BOUTON_COMPILE_SECONDS": "0",
                         "TMPDIR": str(place.folder / "tmp")}
    (place.folder / "tmp").mkdir()
    return place


def write_compiler(site, script, name="compiler"):
    path = site.write(name, "#!/bin/sh\nfor word; do [ \"$before\" = -o ] && out=$word; before=$word; "
                            "case $word in *.cpp) source=$word;; esac; done\n" + script + "\n")
    path.chmod(0o755)
    site.environment["CXX"] = str(path)
    return path


def arrays(path):
    """Return every dataset of a results file."""
    found = {}
    with h5py.File(path) as results:
        results.visititems(lambda name, item: found.update({name: item[:]}) if isinstance(item, h5py.Dataset) else None)
    return found


_EXPECTED: dict[str, np.ndarray] = {}


@pytest.fixture
def expected(place):
    """Return the interpreter's results of net.toml; it is run once."""
    if not _EXPECTED:
        done = place.run("run", "net.toml", "-o", "expected.h5", "--backend", "interpreted", *SHORT)
        assert done.returncode == 0, done.stderr
        _EXPECTED.update(arrays(place.folder / "expected.h5"))
    return _EXPECTED


def run_like(expected, site, *arguments):
    """Run with the default back end; return its warnings and its summary. The results are as expected, bit for bit."""
    done = site.run("run", "net.toml", "-o", "out.h5", *SHORT, *arguments)
    assert done.returncode == 0, done.stderr
    found = arrays(site.folder / "out.h5")
    assert expected.keys() == found.keys() and len(found) > 5
    for name, values in expected.items():
        assert np.array_equal(values, found[name], equal_nan=values.dtype.kind == "f"), name
    lines = done.stderr.splitlines()
    assert all(line.startswith("bouton: warning: ") for line in lines)
    return lines, done.stdout


def leftovers(site):
    """Return what compilations left behind beside modules."""
    cache = site.folder / "cache"
    return [p for folder in (cache, site.folder / "tmp") if folder.is_dir() for p in folder.iterdir() if p.suffix != ".so"]


@pytest.mark.parametrize("name", FAILING)
def test_a_failing_compiler_costs_one_warning(site, expected, name):
    script, reason, last_lines = FAILING[name]
    path = write_compiler(site, script)
    if name in ("hanging", "endless"):
        site.environment["BOUTON_COMPILE_SECONDS"] = "1"
    warnings, summary = run_like(expected, site)
    assert len(warnings) == 1
    assert reason in warnings[0] and str(path) in warnings[0]
    assert "kernels are interpreted" in warnings[0] and "(interpreted)" in summary
    assert name == "picky" or not leftovers(site)

    done = site.run("run", "net.toml", "--backend", "compiled", *SHORT)
    assert done.returncode == 1
    assert reason in done.stderr and last_lines in done.stderr
    assert name == "picky" or not leftovers(site)


@pytest.mark.parametrize(("cxx", "reason"), [("missing", "no folder of PATH has it"), ("./missing", "no such file"),
                                             ("./folder", "it is a folder"), ("./net.toml", "it is not executable")])
def test_a_compiler_that_is_none(site, expected, cxx, reason):
    (site.folder / "folder").mkdir()
    site.environment["CXX"] = cxx
    warnings, _ = run_like(expected, site)
    assert len(warnings) == 1 and reason in warnings[0] and "CXX" in warnings[0]
    done = site.run("run", "net.toml", "--backend", "compiled", *SHORT)
    assert done.returncode == 1 and reason in done.stderr


def test_a_compiler_may_have_arguments_or_blanks_in_its_path(site, expected):
    for cxx in (f"{COMPILER} -DNOTHING", f"env {COMPILER}"):
        site.environment["CXX"] = cxx
        warnings, summary = run_like(expected, site)
        assert not warnings and "(compiled)" in summary
    (site.folder / "a b").mkdir()
    site.environment["CXX"] = str(shutil.move(write_compiler(site, f'{COMPILER} "$@"'), site.folder / "a b" / "c++"))
    warnings, summary = run_like(expected, site)
    assert not warnings and "(compiled)" in summary


@pytest.mark.parametrize("cache", ["-x", "relative/folder", "a b", "it's \"quoted\"", "new\nline", "@file", "über"])
def test_a_cache_may_be_called_anything(site, expected, cache):
    site.environment["BOUTON_CACHE"] = cache
    warnings, summary = run_like(expected, site)
    assert not warnings and "(compiled)" in summary
    made = list((site.folder / cache).iterdir())
    assert len(made) == MODULES and all(p.suffix == ".so" for p in made)


def test_a_cache_that_cannot_be_used_costs_one_warning(site, expected):
    site.write("file", "")
    (site.folder / "dangling").symlink_to(site.folder / "nowhere" / "at all")
    (site.folder / "nowhere").write_text("")
    for cache in ("file", "file/below", "dangling", "x" * 300, "/proc/self/cache"):
        site.environment["BOUTON_CACHE"] = cache
        warnings, summary = run_like(expected, site)
        assert len(warnings) == 1 and "cannot use the kernel cache" in warnings[0] and "BOUTON_CACHE" in warnings[0]
        assert "(compiled)" in summary  # in the folder for temporary files
    assert not leftovers(site)
    site.environment["TMPDIR"] = "/proc/self"
    warnings, summary = run_like(expected, site)
    assert len(warnings) == 1 and "nor the temporary folder" in warnings[0] and "(interpreted)" in summary


def test_an_entry_that_is_a_folder_stays(site, expected):
    run_like(expected, site)
    for entry in (site.folder / "cache").iterdir():
        entry.unlink()
        entry.mkdir()
        (entry / "mine").write_text("")
    warnings, summary = run_like(expected, site)
    assert len(warnings) == MODULES and all("remove what stands there" in warning for warning in warnings)
    assert "(compiled)" in summary
    assert all((entry / "mine").exists() for entry in (site.folder / "cache").iterdir())


def test_damaged_entries_are_built_again(site, expected):
    run_like(expected, site)
    entries = sorted((site.folder / "cache").iterdir())
    whole = [entry.read_bytes() for entry in entries]
    for damage in (lambda b: b[: len(b) // 2], lambda b: b"", lambda b: b[:-1],
                   lambda b: b[:2000] + bytes([b[2000] ^ 1]) + b[2001:]):
        for entry, content in zip(entries, whole, strict=True):
            entry.write_bytes(damage(content))
        warnings, summary = run_like(expected, site)
        assert not warnings and "(compiled)" in summary
        assert all(len(entry.read_bytes()) == len(content) for entry, content in zip(entries, whole, strict=True))


def test_a_cache_that_goes_while_compiling(site, expected):
    write_compiler(site, f'rm -rf "$BOUTON_CACHE"; {COMPILER} "$@"')
    warnings, summary = run_like(expected, site)
    assert len(warnings) == 1 and "cannot use the kernel cache" in warnings[0] and "(compiled)" in summary


def test_two_runs_fill_one_cache(site):
    runs = [site.start("run", "net.toml", "-o", f"{k}.h5", *SHORT) for k in range(3)]
    for process in runs:
        _, error = process.communicate(timeout=100)
        assert process.returncode == 0 and not error
    assert len(list((site.folder / "cache").iterdir())) == MODULES
    first = arrays(site.folder / "0.h5")
    for k in (1, 2):
        other = arrays(site.folder / f"{k}.h5")
        assert all(np.array_equal(values, other[name], equal_nan=values.dtype.kind == "f") for name, values in first.items())


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stop_while_compiling_leaves_nothing(site, number):
    write_compiler(site, 'echo $$ > "$BOUTON_CACHE/../begun"; sleep 1000')
    site.write("net.h5", "older")
    process = site.start("run", "net.toml", "--backend", "compiled", *SHORT)
    begun = site.folder / "begun"
    deadline = time.monotonic() + 60
    while not (begun.exists() and begun.read_text().strip()):
        assert process.poll() is None and time.monotonic() < deadline
        time.sleep(0.01)
    process.send_signal(number)
    _, error = process.communicate(timeout=30)
    assert process.returncode == 1 and "stopped" in error
    assert not leftovers(site)
    assert (site.folder / "net.h5").read_text() == "older"
    child = begun.read_text().strip()
    state = subprocess.run(["ps", "-o", "stat=", "-p", child], capture_output=True, text=True, check=False).stdout
    assert not state.strip() or state.startswith("Z")


def mounted(site, options, script):
    """Run a shell script with BOUTON_CACHE on a file system of its own; skip where nobody may mount one."""
    (site.folder / "cache").mkdir()
    mount = f"mount -t tmpfs -o {options} none '{site.folder / 'cache'}'"
    if subprocess.run(["unshare", "-rm", "sh", "-c", mount], capture_output=True, check=False).returncode != 0:
        pytest.skip("this system lets nobody mount a file system of their own")
    return subprocess.run(["unshare", "-rm", "sh", "-c", f"{mount} && {script}"], capture_output=True, text=True,
                          cwd=site.folder, env={**os.environ, **site.environment}, check=False, timeout=100)


def test_a_cache_where_nothing_may_run_works(site):
    bouton = shlex.join(site.command("run", "net.toml", "--backend", "compiled", *SHORT))
    done = mounted(site, "noexec", f"{bouton} && {bouton}; ls cache")
    assert not done.stderr, done.stderr
    assert done.stdout.count("(compiled)") == 2 and done.stdout.count(".so\n") == MODULES


@pytest.mark.parametrize("size", ["16k", "200k"])  # no room for the text, none for the object
def test_a_full_cache_costs_one_warning(site, size):
    bouton = shlex.join(site.command("run", "net.toml", *SHORT))
    done = mounted(site, f"size={size}", f"{bouton}; ls cache")
    assert re.fullmatch(r"bouton: warning: cannot use the kernel cache [^\n]*No space left[^\n]*\n", done.stderr), done.stderr
    assert done.stdout.count("(compiled)") == 1 and done.stdout.count(".so\n") < MODULES

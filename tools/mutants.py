# SPDX-License-Identifier: BSD-3-Clause
"""Plant the mistakes of tests/mutants one at a time in a copy of the tree and see whether a test notices each.

A file tests/mutants/AREA-SLUG.patch says what is wrong, which tests must fail, and how to make the mistake:

    mistake: one sentence
    test: ctest REGEX          (as for `ctest -R`; begins with the folder of tests/, as in sim.Structure)
    test: pytest ARGUMENTS     (begins with a file of tests/)
    survivor: reason           (only where no test can see the mistake)

    diff --git a/src/... b/src/...

The copy lies in build-mutants/, is built there as far as a test needs it, and is kept for the next time. Each test has
to pass without the mistake first. Exit status 1: a mistake survived without a reason, or a patch is of no use.
"""

from __future__ import annotations

import argparse
import concurrent.futures
import contextlib
import fcntl
import os
import queue
import random
import re
import shlex
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

KINDS = ("ctest", "pytest")
PYTEST_TARGETS = ("bouton", "_core")
GOOD = ("killed", "explained")
STOP = threading.Event()  # Ctrl-C: mistakes are taken back, and nothing new is begun


class BadPatch(Exception):
    """A patch whose head cannot be used."""


@dataclass(frozen=True)
class Test:
    """One test that must see a mistake."""

    kind: str
    argument: str

    @classmethod
    def parse(cls, text: str) -> Test:
        kind, _, argument = text.partition(" ")
        if kind not in KINDS or not argument.strip():
            raise BadPatch(f"'test: {text}' is neither 'test: ctest REGEX' nor 'test: pytest ARGUMENTS'")
        return cls(kind, argument.strip())

    def __str__(self) -> str:
        return f"{self.kind} {self.argument}"

    @property
    def folder(self) -> str:
        """The folder of tests/ that a ctest regex begins with."""
        return re.split(r"\\?\.", self.argument.lstrip("^"), maxsplit=1)[0]

    @property
    def targets(self) -> tuple[str, ...]:
        """What has to be built for it."""
        return (f"test_{self.folder}",) if self.kind == "ctest" else PYTEST_TARGETS

    def missing(self, root: Path) -> str | None:
        """Return what the test names that is not there."""
        if self.kind == "pytest":
            named = shlex.split(self.argument)[0].split("::")[0]
            return None if (root / named).exists() else named
        suite = re.match(r"\^?\w+\\?\.(\w+/)?(\w*)", self.argument)
        if not suite or not (root / "tests" / self.folder).is_dir():
            return f"tests/{self.folder}"
        texts = (path.read_text(encoding="utf-8") for path in (root / "tests" / self.folder).glob("*_test.cpp"))
        kind = "TEST_P" if suite[1] else "TEST(?:_F)?"  # tests with values are called after their list of values first
        there = any(re.search(rf"^{kind}\({suite[2]}", text, re.MULTILINE) for text in texts)
        return None if there else f"{self.folder}.{suite[1] or ''}{suite[2]}"

    def command(self, jobs: int) -> list[str]:
        if self.kind == "ctest":
            return ["ctest", "--test-dir", "build", "-R", self.argument, "--no-tests=error", "--stop-on-failure",
                    "--output-on-failure", "--parallel", str(jobs)]
        return [sys.executable, "-m", "pytest", "-x", "-q", *shlex.split(self.argument)]


@dataclass(frozen=True)
class Mutant:
    """One plausible mistake."""

    path: Path
    mistake: str
    tests: tuple[Test, ...]
    survivor: str | None
    files: tuple[str, ...]  # that the patch changes

    @property
    def name(self) -> str:
        return self.path.stem

    @classmethod
    def read(cls, path: Path) -> Mutant:
        head, found, body = path.read_text(encoding="utf-8").partition("\n\n")
        if not found or "\ndiff --git " not in "\n" + body:
            raise BadPatch("an empty line and a git diff have to follow the head")
        said: dict[str, list[str]] = {"mistake": [], "test": [], "survivor": []}
        for line in head.splitlines():
            key, colon, text = line.partition(": ")
            if not colon or key not in said or not text.strip():
                raise BadPatch(f"'{line}' is not one of 'mistake: ...', 'test: ...', 'survivor: ...'")
            said[key].append(text.strip())
        if len(said["mistake"]) != 1 or not said["test"] or len(said["survivor"]) > 1:
            raise BadPatch("the head needs one line 'mistake: ...' and at least one 'test: ...'")
        files = tuple(dict.fromkeys(re.findall(r"^(?:---|\+\+\+) [ab]/(\S+)", body, re.MULTILINE)))
        tests = tuple(Test.parse(text) for text in said["test"])
        return cls(path, said["mistake"][0], tests, next(iter(said["survivor"]), None), files)


def git_apply(root: Path, patch: Path, *options: str) -> str | None:
    """Apply a patch; return git's complaint if it does not apply."""
    done = subprocess.run(["git", "apply", *options, str(patch)], cwd=root, capture_output=True, text=True, check=False)
    return None if done.returncode == 0 else done.stderr.strip()


def check(root: Path, paths: list[Path]) -> int:
    """Say which patches do not apply to the tree as it is, or name tests that are not there."""
    wrong = 0
    for path in paths:
        try:
            mutant = Mutant.read(path)
            gone = [name for test in mutant.tests if (name := test.missing(root))]
            complaint = f"no such test: {', '.join(gone)}" if gone else git_apply(root, path, "--check")
        except BadPatch as error:
            complaint = str(error)
        if complaint:
            wrong += 1
            print(f"{path.relative_to(root)}: {complaint}")
    print(f"mutants: {len(paths)} patches, {wrong} of no use")
    return 1 if wrong else 0


def end_group(child: subprocess.Popen[bytes]) -> None:
    """End what is left of a command; ninja ends its own children when it is asked to."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(5)


class Tree:
    """A copy of the repository with a build of its own."""

    def __init__(self, root: Path, folder: Path, jobs: int, timeout: float) -> None:
        self.root, self.folder, self.jobs, self.timeout = root, folder, jobs, timeout
        self.cache = folder / "build" / "kernels"
        self.log = folder.parent / f"{folder.name}.log"
        self.originals: dict[Path, bytes | None] = {}  # what a planted mistake has changed

    def lock(self) -> None:
        """Keep the copy for this process, until it ends."""
        self.locked = (self.folder / ".lock").open("w")
        try:
            fcntl.flock(self.locked, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            sys.exit(f"mutants: somebody else works in {self.folder}")

    def prepare(self) -> None:
        """Bring the copy up to date and configure its build."""
        self._copy()
        if not (self.folder / "build" / "CMakeCache.txt").exists():
            python = [f"-DPython_EXECUTABLE={sys.executable}", "-DBOUTON_PYTHON=ON"]
            if self._run(["cmake", "--preset", "release", "-B", "build", *python]) != 0:
                sys.exit(f"mutants: cmake cannot configure the copy; see {self.log}")

    def _copy(self) -> None:
        """Copy tracked and new files that differ; what is gone from the repository goes from the copy."""
        listed = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=self.root,
                                capture_output=True, text=True, check=True).stdout.split("\0")
        wanted = {name for name in listed if name and (self.root / name).is_file()}
        manifest = self.folder / ".copied"
        before = set(manifest.read_text(encoding="utf-8").split("\0")) if manifest.exists() else set()
        for name in before - wanted:
            (self.folder / name).unlink(missing_ok=True)
        for name in wanted:
            self._copy_file(name)
        manifest.write_text("\0".join(sorted(wanted)), encoding="utf-8")

    def _copy_file(self, name: str) -> None:
        """Copy a file, unless it is the same: then it keeps its date, and nothing is built anew."""
        source, copy = self.root / name, self.folder / name
        if not copy.exists() or source.read_bytes() != copy.read_bytes():
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, copy)
            shutil.copymode(source, copy)

    def plant(self, mutant: Mutant) -> str | None:
        """Make the mistake; return git's complaint if the patch does not apply."""
        for name in mutant.files:
            path = self.folder / name
            self.originals[path] = path.read_bytes() if path.exists() else None
        return git_apply(self.root, mutant.path, f"--directory={self.folder.relative_to(self.root).as_posix()}")

    def revert(self) -> None:
        """Take the mistake back."""
        for path, content in self.originals.items():
            if content is None:
                path.unlink(missing_ok=True)
            elif path.read_bytes() != content:
                path.write_bytes(content)
        self.originals.clear()

    def build(self, tests: tuple[Test, ...]) -> bool:
        targets = sorted({target for test in tests for target in test.targets})
        return self._run(["cmake", "--build", "build", "--parallel", str(self.jobs), "--target", *targets]) == 0

    def passes(self, test: Test) -> bool:
        """Run a test; one that hangs has failed. Kernels compiled under another mistake are not seen."""
        shutil.rmtree(self.cache, ignore_errors=True)
        return self._run(test.command(self.jobs), self.timeout) == 0

    def _run(self, command: list[str], timeout: float | None = None) -> int | None:
        """Run a command in the copy, its output to the log; return its status, None after the time limit."""
        environment = {**os.environ, "PYTHONPATH": str(self.folder / "build" / "python"),
                       "BOUTON_CACHE": str(self.cache)}
        environment.pop("BOUTON_EXE", None)
        with self.log.open("a", encoding="utf-8") as log:
            log.write(f"$ {shlex.join(command)}\n")
            log.flush()
            if STOP.is_set():
                raise KeyboardInterrupt
            child = subprocess.Popen(command, cwd=self.folder, env=environment, stdin=subprocess.DEVNULL, stdout=log,
                                     stderr=log, start_new_session=True)
            end = time.monotonic() + (timeout or float("inf"))
            try:
                while child.poll() is None and time.monotonic() < end and not STOP.wait(0.05):
                    pass
                if STOP.is_set():
                    raise KeyboardInterrupt
                return child.poll()
            finally:
                end_group(child)


class Trial:
    """Plants mutants in trees; several threads may do so at once, each in a tree of its own."""

    def __init__(self) -> None:
        self.sound: dict[Test, bool] = {}  # whether a test passes without a mistake
        self.printing = threading.Lock()

    def verdict(self, tree: Tree, mutant: Mutant) -> tuple[str, str]:
        """Return one of killed, explained, survived, does not apply, does not build, fails anyway; and details."""
        unknown = tuple(test for test in mutant.tests if test not in self.sound)
        if unknown and not tree.build(unknown):
            return "fails anyway", f"the tree does not build without the mistake; see {tree.log}"
        for test in unknown:
            self.sound[test] = tree.passes(test)
        for test in mutant.tests:
            if not self.sound[test]:
                return "fails anyway", f"{test} fails without the mistake"
        try:
            if complaint := tree.plant(mutant):
                return "does not apply", complaint
            if not tree.build(mutant.tests):
                return "does not build", f"see {tree.log}"
            killer = next((test for test in mutant.tests if not tree.passes(test)), None)
        finally:
            tree.revert()
        if killer:
            return "killed", f"{killer}{' (remove its line survivor:)' if mutant.survivor else ''}"
        return ("explained", mutant.survivor) if mutant.survivor else ("survived", mutant.mistake)

    def judge(self, tree: Tree, mutant: Mutant) -> str:
        """Print the verdict and return it."""
        start = time.monotonic()
        found, details = self.verdict(tree, mutant)
        with self.printing:
            print(f"{found:14} {mutant.name}: {details} ({time.monotonic() - start:.0f} s)", flush=True)
        return found


def plant_all(root: Path, mutants: list[Mutant], options: argparse.Namespace) -> int:
    """Plant the mutants one by one, in as many copies as there are jobs; return the exit status."""
    count = max(1, min(options.jobs, len(mutants)))
    threads = max(1, (os.cpu_count() or 1) // count)
    trees: queue.SimpleQueue[Tree] = queue.SimpleQueue()
    for k in range(count):
        folder = root / "build-mutants" / f"tree{k}"
        folder.mkdir(parents=True, exist_ok=True)
        tree = Tree(root, folder, threads, options.timeout)
        tree.lock()
        tree.log.write_text("", encoding="utf-8")
        tree.prepare()
        trees.put(tree)

    trial = Trial()
    deadline = time.monotonic() + 60 * options.minutes

    def judge(mutant: Mutant) -> str:
        if time.monotonic() > deadline or STOP.is_set():
            return "not tried"
        tree = trees.get()
        try:
            return trial.judge(tree, mutant)
        except KeyboardInterrupt:
            return "not tried"
        finally:
            trees.put(tree)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: STOP.set())
    with concurrent.futures.ThreadPoolExecutor(count) as pool:
        verdicts = Counter(pool.map(judge, mutants))
    print("mutants: " + ", ".join(f"{number} {verdict}" for verdict, number in verdicts.most_common()))
    return 0 if all(verdict in (*GOOD, "not tried") for verdict in verdicts) and not STOP.is_set() else 1


def parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help="these alone (names of files without .patch; * is allowed)")
    parser.add_argument("--list", action="store_true", help="print the names and the mistakes")
    parser.add_argument("--check", action="store_true", help="only see that every patch applies (a second)")
    parser.add_argument("--random", type=int, metavar="N", help="this many, drawn at random")
    parser.add_argument("--seed", default="", help="any text: the same draws the same mutants")
    parser.add_argument("--jobs", type=int, default=1, help="copies to work in at once (default 1)")
    parser.add_argument("--timeout", type=float, default=300, metavar="S", help="seconds after which a test hangs")
    parser.add_argument("--minutes", type=float, default=float("inf"), help="start no mutant after this time")
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parents[1], help=argparse.SUPPRESS)
    return parser.parse_args(arguments)


def chosen(root: Path, options: argparse.Namespace) -> list[Path]:
    """Return the patches that the options name, in the order of their names."""
    folder = root / "tests" / "mutants"
    paths: set[Path] = set()
    for name in options.names or ["*"]:
        found = set(folder.glob(f"{name}.patch"))
        if not found and options.names:
            sys.exit(f"mutants: no patch '{name}' in tests/mutants; --list tells their names")
        paths |= found
    ordered = sorted(paths)
    if options.random is not None:
        ordered = random.Random(options.seed).sample(ordered, min(options.random, len(ordered)))
    return ordered


def main(arguments: list[str]) -> int:
    options = parse(arguments)
    root = options.root.resolve()
    paths = chosen(root, options)
    if options.check:
        return check(root, paths)
    try:
        mutants = [Mutant.read(path) for path in paths]
    except BadPatch:
        return check(root, paths)
    if options.list:
        for mutant in mutants:
            print(f"{mutant.name}: {mutant.mistake}")
        return 0
    return plant_all(root, mutants, options)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

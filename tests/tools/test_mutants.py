# SPDX-License-Identifier: BSD-3-Clause
"""tools/mutants.py on a small repository whose "program" is a Python file and whose build does nothing."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

TOOL = Path(__file__).parents[2] / "tools" / "mutants.py"
FILES = {
    "CMakeLists.txt": "cmake_minimum_required(VERSION 3.25)\nproject(small NONE)\n"
    "add_custom_target(bouton)\nadd_custom_target(_core)\n",
    "CMakePresets.json": '{"version": 6, "configurePresets": [{"name": "release", "generator": "Ninja"}]}\n',
    ".gitignore": "build-*/\n__pycache__/\n",
    "half.py": "def half(x):\n    return x / 2\n\n\ndef name():\n    return 'half'\n",
    "tests/test_half.py": "import sys\nsys.path.insert(0, '.')\nfrom half import half\n\n"
    "def test_half():\n    assert half(4) == 2\n\ndef test_broken():\n    assert half(4) == 3\n",
}
TEST = "test: pytest tests/test_half.py::test_half\n"


def diff(before: str, after: str) -> str:
    """Return a git diff that replaces line 2 of half.py."""
    return ("diff --git a/half.py b/half.py\n--- a/half.py\n+++ b/half.py\n@@ -1,3 +1,3 @@\n"
            f" def half(x):\n-    {before}\n+    {after}\n \n")


HALF = "return x / 2"


@pytest.fixture
def tree(tmp_path):
    """Return a repository."""
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    (tmp_path / "tests" / "mutants").mkdir()
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    return tmp_path


def add(tree: Path, name: str, head: str, after: str, before: str = HALF) -> None:
    (tree / "tests" / "mutants" / f"{name}.patch").write_text(head + "\n" + diff(before, after))


def run(tree: Path, *arguments: str) -> tuple[int, list[str]]:
    done = subprocess.run([sys.executable, str(TOOL), "--root", str(tree), *arguments], capture_output=True, text=True,
                          check=False)
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, (done.stdout + done.stderr).splitlines()


def text_of(path: Path) -> str:
    """Return what a file says; nothing while somebody replaces it."""
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""


def test_mistakes_are_killed_survive_or_are_explained(tree):
    add(tree, "a-killed", "mistake: halves are thirds\n" + TEST, "return x / 3")
    add(tree, "b-survived", "mistake: halves are written otherwise\n" + TEST, "return 0.5 * x")
    add(tree, "c-explained", "mistake: the same\n" + TEST + "survivor: it is no mistake\n", "return x * 0.5")
    add(tree, "d-context", "mistake: another place\n" + TEST, "return 1", before="return x / 5")
    add(tree, "e-broken", "mistake: any\ntest: pytest tests/test_half.py::test_broken\n", "return 1")
    add(tree, "f-no-test", "mistake: any\ntest: pytest tests/test_half.py::test_gone\n", "return 1")
    status, lines = run(tree)
    assert status == 1
    verdicts = {line.split(": ")[0] for line in lines[:-1] if ": " in line}
    assert {"killed         a-killed", "survived       b-survived", "explained      c-explained",
            "does not apply d-context", "fails anyway   e-broken", "fails anyway   f-no-test"} <= verdicts
    assert (tree / "half.py").read_text() == FILES["half.py"]
    assert (tree / "build-mutants/tree0/half.py").read_text() == FILES["half.py"]


def test_only_what_was_explained_may_survive(tree):
    add(tree, "a-killed", "mistake: halves are thirds\n" + TEST, "return x / 3")
    add(tree, "c-explained", "mistake: the same\n" + TEST + "survivor: it is no mistake\n", "return x * 0.5")
    assert run(tree, "--jobs", "2")[0] == 0


def test_a_test_that_hangs_has_seen_the_mistake(tree):
    add(tree, "a-hangs", "mistake: no end\n" + TEST, "return half(x) if x > 5 else __import__('time').sleep(900)")
    status, lines = run(tree, "--timeout", "10")
    assert status == 0
    assert lines[0].startswith("killed         a-hangs")


def test_changes_of_the_tree_reach_the_copy(tree):
    add(tree, "a-killed", "mistake: halves are thirds\n" + TEST, "return x / 3")
    assert run(tree)[0] == 0
    (tree / "tests/test_half.py").write_text("def test_half():\n    pass\n")
    assert run(tree)[0] == 1


def test_check_names_patches_of_no_use(tree):
    add(tree, "a-good", "mistake: halves are thirds\n" + TEST, "return x / 3")
    add(tree, "b-context", "mistake: another place\n" + TEST, "return 1", before="return x / 5")
    add(tree, "c-no-test", "mistake: any\ntest: ctest sim.Structure\n", "return 1")
    add(tree, "d-no-head", "halves are thirds\n", "return 1")
    add(tree, "e-no-kind", "mistake: any\ntest: make all\n", "return 1")
    add(tree, "f-no-mistake", TEST, "return 1")
    (tree / "tests/mutants/g-no-diff.patch").write_text("mistake: any\n" + TEST)
    (tree / "tests/base").mkdir()
    (tree / "tests/base/half_test.cpp").write_text("TEST(Halves, AreHalf) {\n}\nTEST_P(Many, AreHalf) {}\n")
    add(tree, "h-suite", "mistake: any\ntest: ctest base.Quarters\n", "return 1")
    add(tree, "h-values", "mistake: any\ntest: ctest base.Many\n", "return 1")
    for k, argument in enumerate(("base.Halv", "base.Halves.AreHalf", "base.All/Many", "base.", "^base\\.Halv")):
        add(tree, f"i-there-{k}", f"mistake: any\ntest: ctest {argument}\n", "return 1")
    status, lines = run(tree, "--check")
    assert status == 1
    assert lines[-1] == "mutants: 14 patches, 8 of no use"
    assert [line.split(":")[0] for line in lines if line.startswith("tests/mutants/")] == [
        f"tests/mutants/{name}.patch"
        for name in ("b-context", "c-no-test", "d-no-head", "e-no-kind", "f-no-mistake", "g-no-diff", "h-suite", "h-values")
    ]
    assert "no such test: base.Quarters" in "\n".join(lines)
    assert "no such test: tests/sim" in "\n".join(lines)
    assert run(tree, "--check", "a-*") == (0, ["mutants: 1 patches, 0 of no use"])


def test_names_lists_and_draws(tree):
    for k in range(9):
        add(tree, f"a-{k}", f"mistake: number {k}\n" + TEST, f"return {k}")
    assert run(tree, "--list", "a-3", "a-[01]")[1] == ["a-0: number 0", "a-1: number 1", "a-3: number 3"]
    status, lines = run(tree, "--list", "b-*")
    assert status == 1
    assert lines == ["mutants: no patch 'b-*' in tests/mutants; --list tells their names"]
    drawn = [run(tree, "--list", "--random", "3", "--seed", seed)[1] for seed in ("x", "x", "y", "z")]
    assert drawn[0] == drawn[1]
    assert len(set(map(tuple, drawn))) > 1
    assert all(len(lines) == 3 for lines in drawn)


def test_no_mutant_is_started_after_the_time(tree):
    add(tree, "a-killed", "mistake: halves are thirds\n" + TEST, "return x / 3")
    assert run(tree, "--minutes", "0") == (0, ["mutants: 1 not tried"])


def test_an_interrupt_takes_the_mistake_back(tree):
    add(tree, "a-hangs", "mistake: no end\n" + TEST, "return half(x) if x > 5 else __import__('time').sleep(900)")
    add(tree, "b-killed", "mistake: halves are thirds\n" + TEST, "return x / 3")
    process = subprocess.Popen([sys.executable, str(TOOL), "--root", str(tree)], stdout=subprocess.PIPE, text=True)
    copy = tree / "build-mutants/tree0/half.py"
    while process.poll() is None and "sleep" not in text_of(copy):
        pass
    assert run(tree) == (1, [f"mutants: somebody else works in {tree}/build-mutants/tree0"])
    process.send_signal(signal.SIGINT)
    assert process.communicate()[0] == "mutants: 2 not tried\n"
    assert process.returncode == 1
    assert copy.read_text() == FILES["half.py"]

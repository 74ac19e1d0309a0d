# SPDX-License-Identifier: BSD-3-Clause
"""tools/setup.sh in a made-up tree, with stand-ins for apt-get, sudo, dpkg-query and Python that log their calls."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

SETUP = Path(__file__).parents[2] / "tools" / "setup.sh"
STAND_INS = {
    "dpkg-query": 'for p; do :; done; grep -qx "$p" "$TREE/installed" && echo installed || exit 1',
    "sudo": 'echo "sudo $1" >> "$TREE/log"; exec "$@"',
    "apt-get": 'echo "apt-get $*" >> "$TREE/log"; [ "$1" = update ] || echo "${@: -1}" >> "$TREE/installed"',
    "python": """
        [ "$1" = --version ] && { echo "Python $(cat "$TREE/version")"; exit; }
        echo "python $*" >> "$TREE/log"
        [ "$2" = venv ] && { mkdir -p "$3/bin"; cp "$0" "$3/bin/python"; }
        [ "$2" != pip ] || [ ! -e "$TREE/offline" ]
    """,
}


@pytest.fixture
def tree(tmp_path):
    for name, body in STAND_INS.items():
        path = tmp_path / "stand_ins" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"#!/bin/bash\n{body}\n")
        path.chmod(0o755)
    (tmp_path / "tools").mkdir()
    shutil.copy(SETUP, tmp_path / "tools")
    (tmp_path / "tools/debian-packages.txt").write_text("# comment\n\none\ntwo\n")
    (tmp_path / "tools/requirements.txt").write_text("numpy==1\n")
    (tmp_path / "tools/requirements-test.txt").write_text("pytest==1\n")
    (tmp_path / "tools/requirements-bench-peers.txt").write_text("nest==1\n")
    (tmp_path / "installed").write_text("one\ntwo\n")
    (tmp_path / "version").write_text("3.11")
    return tmp_path


def setup(tree: Path, *environments: str) -> tuple[int, list[str]]:
    """Run it; return the exit status and the calls it made."""
    log = tree / "log"
    log.write_text("")
    path = f"{tree}/stand_ins:{os.environ['PATH']}"
    environment = os.environ | {"PATH": path, "TREE": str(tree), "PYTHON": f"{tree}/stand_ins/python"}
    done = subprocess.run([tree / "tools/setup.sh", *environments], env=environment, capture_output=True, check=False)
    calls = log.read_text().splitlines()
    return done.returncode, [call for call in calls if not call.startswith("sudo")]


def test_second_call_does_nothing(tree):
    status, calls = setup(tree)
    assert status == 0
    assert calls[0] == "python -m venv .venv"
    assert calls[1].endswith("--no-deps -rtools/requirements.txt -rtools/requirements-test.txt")
    assert setup(tree) == (0, [])


def test_only_missing_packages_are_installed(tree):
    (tree / "installed").write_text("one\n")
    status, calls = setup(tree)
    assert status == 0
    assert calls[:2] == ["apt-get update -qq", "apt-get install -y -qq --no-install-recommends two"]
    assert setup(tree) == (0, [])


@pytest.mark.parametrize(("file", "text"), [("tools/requirements.txt", "numpy==2\n"), ("version", "3.12")])
def test_environment_is_made_anew_when_its_source_changes(tree, file, text):
    setup(tree)
    (tree / file).write_text(text)
    status, calls = setup(tree)
    assert status == 0
    assert "python -m venv .venv" in calls


def test_failed_installation_is_tried_again(tree):
    (tree / "offline").touch()
    status, _ = setup(tree)
    assert status != 0
    (tree / "offline").unlink()
    status, calls = setup(tree)
    assert status == 0
    assert "python -m venv .venv" in calls


def test_environments_of_benchmarks_are_made_on_demand(tree):
    setup(tree)
    status, calls = setup(tree, "bench-peers")
    assert status == 0
    assert calls[0] == "python -m venv .venv-bench-peers"
    assert calls[1].endswith("--no-deps -rtools/requirements-bench-peers.txt")
    assert setup(tree, "bench-peers") == (0, [])

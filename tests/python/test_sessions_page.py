# SPDX-License-Identifier: BSD-3-Clause
"""Every recipe of docs/sessions.md is a program that runs."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

PAGE = Path(__file__).resolve().parents[2] / "docs" / "sessions.md"
SECTIONS = re.split(r"^#+ (.*)$", PAGE.read_text(), flags=re.MULTILINE)[1:]
RECIPES = {
    title: recipe
    for title, section in zip(SECTIONS[::2], SECTIONS[1::2], strict=True)
    for recipe in re.findall(r"^```python\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)
}


def test_the_page_has_recipes() -> None:
    assert len(RECIPES) == PAGE.read_text().count("```python") == 7


@pytest.mark.parametrize("title", RECIPES)
def test_recipe(title: str, tmp_path: Path) -> None:
    (tmp_path / "recipe.py").write_text(RECIPES[title])
    for _ in range(2 if "crash" in title else 1):  # what goes on after a crash is run again
        done = subprocess.run(
            [sys.executable, "recipe.py"], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr

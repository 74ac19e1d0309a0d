# SPDX-License-Identifier: BSD-3-Clause
"""Finds the scripts of the figures and runs one of them."""

from __future__ import annotations

import importlib.util
import os
import re
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import matplotlib as mpl

from bouton.errors import Error
from bouton.lecture.figure import Context
from bouton.lecture.page import Rendered, render
from bouton.plot.style import LIGHT, rc


@dataclass(frozen=True)
class Example:
    """A script: its name, its place in the report, and about how many seconds it takes."""

    name: str
    path: Path
    section: str
    order: int
    seconds: float


def find_examples(folder: Path | None = None) -> list[Example]:
    """Return the figures' scripts in the order of the report.

    Parameters
    ----------
    folder : Path, optional
        By default ``BOUTON_LECTURE``, else ``examples/lecture`` in or above the current folder or the package.

    Raises
    ------
    Error
        If there are none.
    """
    folder = folder or _folder()
    found = [_describe(path) for path in sorted(folder.glob("[a-z]*.py"))]
    return sorted(found, key=lambda example: example.order)


def _folder() -> Path:
    named = os.environ.get("BOUTON_LECTURE")
    starts = [Path.cwd(), Path(__file__).resolve().parent]
    places = (
        [Path(named)] if named else [up / "examples" / "lecture" for s in starts for up in (s, *s.parents)]
    )
    for place in places:
        if any(place.glob("[a-z]*.py")):
            return place
    raise Error(
        "no examples/lecture here: run from the source tree, or name the folder with --examples", status=2
    )


def _describe(path: Path) -> Example:
    """Read the constants SECTION, ORDER and SECONDS without running the script."""
    text = path.read_text(encoding="utf-8")

    def constant(name: str) -> str:
        match = re.search(rf"^{name} = (.+)$", text, flags=re.M)
        if match is None:
            raise Error(f"{path}: does not say {name} = ...", status=2)
        return match[1].strip().strip('"')

    return Example(path.stem, path, constant("SECTION"), int(constant("ORDER")), float(constant("SECONDS")))


def load_script(path: Path) -> ModuleType:
    """Import a script by its path."""
    spec = importlib.util.spec_from_file_location(f"bouton_lecture_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look themselves up there
    spec.loader.exec_module(module)
    return module


def make(
    example: Example,
    full: bool = False,
    data: Path | None = None,
    report: Callable[[str, float], None] | None = None,
) -> Rendered:
    """Run one script and return its figure as HTML."""
    mpl.use("Agg")
    import matplotlib.pyplot as plt

    begin = time.perf_counter()
    context = Context(example.path.parent, full, data, report)
    with mpl.rc_context(rc(LIGHT)):
        figure = load_script(example.path).make(context)
        seconds = time.perf_counter() - begin
        rendered = render(figure, example.name, example.section, example.order, context.runs, seconds)
    plt.close("all")
    return rendered

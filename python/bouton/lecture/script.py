# SPDX-License-Identifier: BSD-3-Clause
"""Lets a figure's script run by itself: pictures into a folder, the table of checks onto the terminal."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

import matplotlib as mpl

from bouton.errors import Error
from bouton.lecture.figure import Context, Figure, number
from bouton.plot.style import DARK, LIGHT, rc
from bouton.whole_file import refuse_foreign

#: Stands near the beginning of every SVG file that matplotlib makes.
MARK = "Created with matplotlib"


def script(make: Callable[[Context], Figure]) -> None:
    """Make one figure from the command line. Call it at the end of the script, under ``if __name__ == "__main__"``."""
    path = Path(sys.argv[0]).resolve()
    parser = argparse.ArgumentParser(description=sys.modules["__main__"].__doc__)
    parser.add_argument(
        "-o", "--output", type=Path, default=Path("."), help="folder for the SVG files (default: here)"
    )
    parser.add_argument("--full", action="store_true", help="the long version, where there is one")
    parser.add_argument("--data", type=Path, help="folder of the data sets")
    parser.add_argument("--dark", action="store_true", help="draw for dark pages")
    parser.add_argument("--show", action="store_true", help="open windows instead of writing files")
    options = parser.parse_args()
    if not options.show:
        mpl.use("Agg")
    mpl.rcParams.update(rc(DARK if options.dark else LIGHT))
    try:
        if not options.show:
            first = options.output / f"{path.stem}_1.svg"
            for file in (first, *sorted(options.output.glob(f"{path.stem}_[0-9]*.svg"))):
                refuse_foreign(file, MARK, "a drawing")
        figure = make(Context(path.parent, options.full, options.data))
    except Error as error:
        print(error, file=sys.stderr)
        sys.exit(error.status)
    _print_checks(figure)
    if options.show:
        import matplotlib.pyplot as plt

        plt.show()
        return
    options.output.mkdir(parents=True, exist_ok=True)
    for k, panel in enumerate(figure.panels, start=1):
        file = options.output / f"{path.stem}_{k}.svg"
        panel.drawing.savefig(file)
        print(f"wrote {file}")


def _print_checks(figure: Figure) -> None:
    print(figure.title)
    if figure.data:
        print(f"  data: {figure.data}")
    for check in figure.checks:
        mark = "ok " if check.ok else "OFF"
        print(
            f"  {mark}  {check.what}: {number(check.measured)}, expected {check.expected_text} {check.tolerance_text}"
        )

# SPDX-License-Identifier: BSD-3-Clause
"""``python -m bouton.lecture -o report``: makes the figures, several at a time, and the page that holds them."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from bouton.errors import Error
from bouton.lecture.examples import find_examples
from bouton.lecture.page import MARK, page
from bouton.lecture.workers import make_all
from bouton.whole_file import refuse_foreign, write_whole


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m bouton.lecture", description="Make the lecture's report."
    )
    parser.add_argument(
        "-o", "--output", type=Path, default=Path("report"), help="folder of the page (default: report)"
    )
    parser.add_argument(
        "--only", action="append", metavar="NAME", help="make only this figure (may be repeated)"
    )
    parser.add_argument("--full", action="store_true", help="the long versions")
    parser.add_argument(
        "--jobs", type=int, default=os.cpu_count() or 1, help="figures made at once (default: cores)"
    )
    parser.add_argument("--data", type=Path, help="folder of the data sets (default: BOUTON_DATA)")
    parser.add_argument(
        "--examples", type=Path, help="folder of the figures' scripts (default: examples/lecture)"
    )
    options = parser.parse_args(arguments)
    try:
        examples = find_examples(options.examples)
        target = options.output / "index.html"
        refuse_foreign(target, MARK, "a report")
    except Error as error:
        print(error, file=sys.stderr)
        return 2
    names = [example.name for example in examples]
    for name in options.only or ():
        if name not in names:
            print(f"no figure '{name}': there is {', '.join(names)}", file=sys.stderr)
            return 2
    chosen = [example for example in examples if not options.only or example.name in options.only]
    try:
        figures, failed = make_all(chosen, options.full, options.data, max(1, options.jobs))
    except KeyboardInterrupt:
        print("\nstopped; no report was written", file=sys.stderr)
        return 1
    try:
        options.output.mkdir(parents=True, exist_ok=True)
        write_whole(target, page(figures))
    except OSError as error:
        print(f"cannot write {target}: {error.strerror}", file=sys.stderr)
        return 1
    ok, total = sum(figure.checks_ok for figure in figures), sum(figure.checks for figure in figures)
    print(f"{target}: {len(figures)} figures, {ok} of {total} checks within tolerance")
    if failed:
        print(f"failed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

# SPDX-License-Identifier: BSD-3-Clause
"""Text files that take their name only when they are whole: an older one stays until then."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO


@contextmanager
def whole_file(path: Path) -> Iterator[TextIO]:
    """Open a text file for writing; if the block raises, there is nothing new. A link to a file stays a link."""
    path = path.resolve()
    aside = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        with aside.open("w", encoding="utf-8", newline="\n") as out:
            yield out
        aside.replace(path)
    except BaseException:
        aside.unlink(missing_ok=True)
        raise


def write_whole(path: Path, text: str) -> None:
    """Write a text file."""
    with whole_file(path) as out:
        out.write(text)

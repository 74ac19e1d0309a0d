# SPDX-License-Identifier: BSD-3-Clause
"""Text files that take their name only when they are whole: an older one stays until then."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from bouton.errors import Error

#: Where the mark of a file stands.
_HEAD = 4096


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


def refuse_foreign(path: Path, mark: str, what: str) -> None:
    """Refuse to replace a file that is not one of ours: any file but an empty one whose beginning lacks `mark`.

    Inputs are such files, under whatever name or link, and so is what somebody else keeps in the folder. Call it before
    the work whose result the file will hold.

    Parameters
    ----------
    path : Path
        Need not exist.
    mark : str
        ASCII that each file of ours has near its beginning.
    what : str
        What ours are, "a report".

    Raises
    ------
    Error
        Of status 2.
    """
    if any(up.exists() and not up.is_dir() for up in path.parents):
        raise Error(f"cannot write {path}: {path.parent} is not a folder", status=2)
    if not path.exists():
        return
    if not path.is_file():
        raise Error(f"cannot write {path}: it is not an ordinary file; name another output", status=2)
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except OSError as error:
        raise Error(f"cannot write {path}: {error.strerror}; name another output", status=2) from error
    if head and mark.encode() not in head:
        raise Error(
            f"{path} is not {what} that bouton made, and is not overwritten: move it away or name another output",
            status=2,
        )


def write_whole(path: Path, text: str) -> None:
    """Write a text file."""
    with whole_file(path) as out:
        out.write(text)

# SPDX-License-Identifier: BSD-3-Clause
"""Who may use an open simulation, and when. Everything that reads or changes one asks here; nothing here refers back to it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from bouton import _core
from bouton.errors import Error


class Door:
    """Gives the engine's session to whoever may use it now, or refuses."""

    def __init__(self, session: _core.Session) -> None:
        self._session = session
        self._runner: int | None = None  # the thread that is inside of run()
        self._in_function = False

    def __call__(self, apart: str = "") -> _core.Session:
        """Return the session; refuse other threads and, inside of run(), calls that have no place there (`apart`)."""
        if self._runner is None:
            return self._session
        if self._runner != threading.get_ident():
            raise Error(
                "another thread is inside this simulation; give each thread its own, with copy()", status=2
            )
        if apart:
            raise Error(f"{apart}() has no place inside of run(): return from the function first", status=2)
        if not self._in_function:
            raise Error(
                "the simulation is amid a step; use @sim.every(period) for what is to happen during a run", status=2
            )
        return self._session

    @contextmanager
    def run(self) -> Iterator[None]:
        """Keep others out, and this thread too but in functions."""
        self._runner = threading.get_ident()
        try:
            yield
        finally:
            self._runner = None

    @contextmanager
    def function(self) -> Iterator[None]:
        """Let this thread in during a run."""
        self._in_function = True
        try:
            yield
        finally:
            self._in_function = False

# SPDX-License-Identifier: BSD-3-Clause
"""Makes several figures at a time, each in a process of its own, and shows how far they are."""

from __future__ import annotations

import multiprocessing
import os
import sys
import time
import traceback
from concurrent.futures import Future, ProcessPoolExecutor, wait
from pathlib import Path
from queue import Empty
from typing import Any

from bouton.errors import Error
from bouton.lecture.examples import Example, make
from bouton.lecture.page import Rendered


class Watch:
    """Shows which figures are being made and how far they are: one line on a terminal, a line per figure elsewhere."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._done = 0
        self._working: dict[str, str] = {}
        self._begin = time.monotonic()
        self._live = sys.stderr.isatty()

    def update(self, name: str, run: str, fraction: float) -> None:
        self._working[name] = f"{name} {run} {100 * fraction:.0f} %"
        if self._live:
            line = f"[{self._done}/{self._total}, {self._seconds()} s] {'; '.join(self._working.values())}"
            print(
                f"\r\033[K{line[: os.get_terminal_size(sys.stderr.fileno()).columns - 1]}",
                end="",
                file=sys.stderr,
            )

    def finish(self, name: str, result: str) -> None:
        self._done += 1
        self._working.pop(name, None)
        clear = "\r\033[K" if self._live else ""
        print(
            f"{clear}[{self._done}/{self._total}, {self._seconds()} s] {name}: {result}",
            file=sys.stderr,
            flush=True,
        )

    def _seconds(self) -> str:
        return f"{time.monotonic() - self._begin:.0f}"


def work(example: Example, full: bool, data: Path | None, news: Any) -> Rendered:
    """Make one figure in a process of its own, telling `news` how far it is."""
    last = 0.0

    def report(run: str, fraction: float) -> None:
        nonlocal last
        if time.monotonic() - last > 0.3:
            last = time.monotonic()
            news.put((example.name, run, fraction))

    return make(example, full, data, report)


def make_all(
    examples: list[Example], full: bool, data: Path | None, jobs: int
) -> tuple[list[Rendered], list[str]]:
    """Return the figures that succeeded and the names of those that did not. The slowest begin first."""
    watch = Watch(len(examples))
    figures: list[Rendered] = []
    failed: list[str] = []
    spawn = multiprocessing.get_context("spawn")
    with spawn.Manager() as manager, ProcessPoolExecutor(jobs, mp_context=spawn) as pool:
        news = manager.Queue()
        slowest_first = sorted(examples, key=lambda example: -example.seconds)
        waiting: dict[Future[Rendered], str] = {
            pool.submit(work, example, full, data, news): example.name for example in slowest_first
        }
        while waiting:
            done, _ = wait(waiting, timeout=0.3)
            _pass_on(news, watch)
            for future in done:
                name = waiting.pop(future)
                try:
                    figure = future.result()
                except Exception as error:  # one broken figure does not take the others with it
                    detail = (
                        str(error) if isinstance(error, Error) else "".join(traceback.format_exception(error))
                    )
                    watch.finish(name, f"failed\n{detail}")
                    failed.append(name)
                else:
                    figures.append(figure)
                    watch.finish(
                        name, f"{figure.checks_ok} of {figure.checks} checks, {figure.seconds:.1f} s"
                    )
    return figures, failed


def _pass_on(news: Any, watch: Watch) -> None:
    while True:
        try:
            watch.update(*news.get_nowait())
        except Empty:
            return

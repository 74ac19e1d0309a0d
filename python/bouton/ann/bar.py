# SPDX-License-Identifier: BSD-3-Clause
"""The progress of a training: a bar on terminals and in notebooks, or a caller's own function."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bouton.running import is_watched


class Bar:
    """Shows epochs, the loss, and the last error on the test set."""

    def __init__(self, done: int, epochs: int, progress: bool | Callable[[float], None] | None) -> None:
        self._done, self._epochs = done, epochs
        self._call = progress if callable(progress) else None
        self._wanted = is_watched() if progress is None else bool(progress) and self._call is None
        self._bar: Any = None

    def __enter__(self) -> Bar:
        return self

    def show(self, epoch: int, share: float, loss: float) -> None:
        """Move to `share` of `epoch` (from 0)."""
        reached = epoch + share
        if self._call is not None:
            self._call((reached - self._done) / max(1, self._epochs - self._done))
        if not self._wanted:
            return
        if self._bar is None:
            from tqdm.auto import tqdm

            layout = "epoch {n:.1f}/{total} |{bar}| {postfix[0]} [{elapsed}<{remaining}]"
            self._bar = tqdm(
                total=self._epochs, initial=self._done, leave=False, bar_format=layout, postfix=[""]
            )
        self._bar.postfix[0] = f"loss {loss:.3g}"
        self._bar.n = reached
        self._bar.refresh()

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.close()

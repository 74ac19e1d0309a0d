# SPDX-License-Identifier: BSD-3-Clause
"""Checking and running networks: the only file that talks to the engine."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bouton import _core, arguments
from bouton.errors import Diagnostic, Error, OutOfMemory, UnknownName
from bouton.results import Results
from bouton.toml_text import TomlWriter


def version() -> str:
    """Return bouton's version."""
    return str(_core.version())


@dataclass(frozen=True)
class Model:
    """A model of the library.

    Attributes
    ----------
    kind : str
        ``"neurons"``, ``"release"``, ``"plasticity"`` or ``"structure"``.
    name, summary, source, notes : str
        What it is, whose it is, and what to know about it.
    text : str
        Its whole TOML file.
    page : str
        What ``bouton models NAME`` prints.
    """

    kind: str
    name: str
    summary: str
    source: str
    notes: str
    text: str
    page: str


def models() -> dict[str, Model]:
    """Return the models of the library by name."""
    found = {}
    for entry in _core.models():
        kept: dict[str, str] = {key: value for key, value in entry.items() if key != "file"}  # type: ignore[misc]
        found[entry["name"]] = Model(**kept)
    return found


def check(
    path: str | Path = "",
    *,
    set: Mapping[str, Any] | None = None,
    text: str | None = None,
    folder: str | Path = "",
    name: str = "network.toml",
    memory: int | str | None = None,
    arrays: Sequence[np.ndarray] = (),
) -> str:
    """Return what would run: equations, integrators, storage and memory, as ``bouton check`` prints it.

    Parameters are those of :func:`run`; a network that needs more than `memory` is refused.
    """
    with engine_errors():
        source = network_source(path, set, text, folder, name)
        return str(_core.check(**source, memory=memory, arrays=list(arrays)))


def emit(path: str | Path, *, set: Mapping[str, Any] | None = None) -> str:
    """Return the C++ text that a network is compiled from. Parameters are those of :func:`run`."""
    with engine_errors():
        return str(_core.emit(**network_source(path, set, None, "", "")))


def run(
    network: str | Path = "",
    path: str | Path | None = None,
    *,
    set: Mapping[str, Any] | None = None,
    seed: int | None = None,
    progress: bool | Callable[[float], None] | None = None,
    backend: str = "auto",
    threads: int = 1,
    synapses: bool = True,
    memory: int | str | None = None,
    text: str | None = None,
    folder: str | Path = "",
    name: str = "network.toml",
    inputs: Sequence[Path] = (),
    arrays: Sequence[np.ndarray] = (),
) -> Results:
    """Simulate a network file, or a text that stands for one.

    Parameters
    ----------
    network : str or Path
        The network file.
    path : str or Path, optional
        The results file to write. Without one the results are kept in a temporary file until they are closed.
    set : mapping, optional
        Changes of the file, as ``--set`` makes them: ``{"synapses.exc.delay": "2 ms"}``.
    seed : int, optional
        Instead of the file's.
    progress : bool or callable, optional
        Show a progress bar; by default on terminals and in notebooks. A function is called with the fraction done.
    backend : {"auto", "compiled", "interpreted"}
        How the equations are run; the results are the same.
    threads : int
        At most so many; the results are the same.
    synapses : bool
        Whether the results hold all synapses as they are at the end; they are most of the file.
    memory : int or str, optional
        Bytes that the network may take, or ``"8GB"``; by default what the machine has free.
    text, folder, name : str
        Instead of `network`: the text, where the files it names are looked for, and its name in messages.
    inputs : sequence of Path
        Files from which the text was made; the results file is none of them.
    arrays : sequence of ndarray of float64 or int32
        That the text names by their number.

    Returns
    -------
    Results

    Raises
    ------
    Error
        With a diagnostic for every mistake, or with the reason for which the run stopped.
    """
    seed = None if seed is None else arguments.whole(seed, "seed")
    threads = arguments.whole(threads, "threads", 1)
    synapses = arguments.flag(synapses, "synapses")
    kept = None if path is not None else tempfile.TemporaryDirectory(prefix="bouton-")
    output = Path(kept.name) / "results.h5" if kept is not None else Path(path or "")
    bar = ProgressBar(name if text is not None else Path(network).name, progress)
    try:
        with bar, engine_errors():
            source = network_source(network, set, text, folder, name)
            summary = _core.run(
                **source,
                seed=seed,
                output=output,
                backend=backend,
                threads=threads,
                synapses=synapses,
                memory=memory,
                progress=bar.show,
                inputs=list(inputs),
                arrays=list(arrays),
            )
        results = Results(output, summary)
    except BaseException:
        if kept is not None:
            kept.cleanup()
        raise
    return results.keep(kept) if kept is not None else results


def network_source(
    path: str | Path, set: Mapping[str, Any] | None, text: str | None, folder: str | Path, name: str
) -> dict[str, Any]:
    changes = [f"{key}={_spell_change(key, value)}" for key, value in (set or {}).items()]
    if text is None:
        return {"path": Path(path), "sets": changes}
    return {"text": text, "name": name, "folder": Path(folder), "sets": changes}


def _spell_change(key: str, value: Any) -> str:
    """Return what ``--set`` takes: strings as they are, everything else as TOML."""
    return value if isinstance(value, str) else TomlWriter().value(key, value)


@contextmanager
def engine_errors() -> Iterator[None]:
    """Turn the engine's exceptions into :class:`Error`."""
    try:
        yield
    except _core.UnknownName as error:
        raise UnknownName(str(error.args[0])) from None
    except _core.Error as error:
        found = tuple(Diagnostic(**item) for item in error.diagnostics)
        kind = OutOfMemory if isinstance(error, MemoryError) else Error
        raise kind(str(error), found, error.status) from None


class ProgressBar:
    """A progress bar of simulated time, or a caller's own function, or nothing."""

    def __init__(self, title: str, progress: bool | Callable[[float], None] | None) -> None:
        self._title = title
        self._call = progress if callable(progress) else None
        self._wanted = is_watched() if progress is None else bool(progress) and self._call is None
        self._bar: Any = None

    def __enter__(self) -> ProgressBar:
        return self

    def show(self, t: float, fraction: float, _seconds: float) -> None:
        """Move to `fraction`; `t` is the simulated time in s."""
        if self._call is not None:
            self._call(fraction)
        if not self._wanted:
            return
        if self._bar is None:
            from tqdm.auto import tqdm

            layout = "{desc}: {percentage:3.0f}% |{bar}| {postfix[0]} [{elapsed}<{remaining}]"
            self._bar = tqdm(total=1.0, desc=self._title, leave=False, bar_format=layout, postfix=[""])
        self._bar.postfix[0] = f"{t:.4g} s simulated"
        self._bar.n = fraction
        self._bar.refresh()

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.close()


def is_watched() -> bool:
    return sys.stderr.isatty() or "ipykernel" in sys.modules

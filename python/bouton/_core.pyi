# SPDX-License-Identifier: BSD-3-Clause
"""The engine of bouton. Use the functions of the package `bouton` instead."""

from collections.abc import Callable, Sequence
from os import PathLike
from typing import Literal, TypedDict

class DiagnosticEntry(TypedDict):
    code: str
    severity: Literal["error", "warning"]
    file: str
    line: int
    column: int
    message: str
    hint: str

class Summary(TypedDict):
    steps: int
    spikes: int
    events: int
    synapses: int
    bytes: int
    compile_seconds: float
    build_seconds: float
    run_seconds: float
    backend: Literal["compiled", "interpreted"]
    stopped: bool

class ModelEntry(TypedDict):
    kind: Literal["neurons", "release", "plasticity", "structure"]
    name: str
    summary: str
    source: str
    notes: str
    file: str
    text: str
    page: str

class Error(Exception):
    """A network, a file or a run is at fault; the text is what the command line prints."""

    status: int
    diagnostics: list[DiagnosticEntry]
    code: str | None
    line: int | None
    column: int | None

class InternalError(RuntimeError):
    """A fault of bouton itself, worth a report."""

def version() -> str: ...
def run(
    path: str | PathLike[str] | None = None,
    *,
    text: str | None = None,
    name: str = "network.toml",
    folder: str | PathLike[str] | None = None,
    sets: Sequence[str] = [],
    seed: int | None = None,
    backend: str = "auto",
    output: str | PathLike[str] | None = None,
    progress: Callable[[float, float, float], object] | None = None,
) -> Summary: ...
def check(
    path: str | PathLike[str] | None = None,
    *,
    text: str | None = None,
    name: str = "network.toml",
    folder: str | PathLike[str] | None = None,
    sets: Sequence[str] = [],
    seed: int | None = None,
) -> str: ...
def emit(
    path: str | PathLike[str] | None = None,
    *,
    text: str | None = None,
    name: str = "network.toml",
    folder: str | PathLike[str] | None = None,
    sets: Sequence[str] = [],
    seed: int | None = None,
    after: str = "emit",
) -> str: ...
def models() -> list[ModelEntry]: ...

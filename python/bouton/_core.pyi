# SPDX-License-Identifier: BSD-3-Clause
"""The engine of bouton. Use the functions of the package `bouton` instead."""

from collections.abc import Callable, Sequence
from os import PathLike
from typing import Any, Literal, TypedDict

import numpy as np

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

class OutOfMemory(Error, MemoryError): ...

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
    threads: int = 1,
    synapses: bool = True,
    memory: int | str | None = None,
    inputs: Sequence[str | PathLike[str]] = [],
) -> Summary: ...
def check(
    path: str | PathLike[str] | None = None,
    *,
    text: str | None = None,
    name: str = "network.toml",
    folder: str | PathLike[str] | None = None,
    sets: Sequence[str] = [],
    seed: int | None = None,
    memory: int | str | None = None,
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

class Examples:
    """Labelled inputs, copied from arrays."""

    @staticmethod
    def of_bytes(
        inputs: np.ndarray, labels: np.ndarray, height: int, width: int, classes: int, name: str
    ) -> Examples: ...
    @staticmethod
    def of_floats(
        inputs: np.ndarray, labels: np.ndarray, height: int, width: int, classes: int, name: str
    ) -> Examples: ...
    def __len__(self) -> int: ...
    @property
    def features(self) -> int: ...
    @property
    def classes(self) -> int: ...

class TrainingSummary(TypedDict):
    steps: int
    seconds: float
    multiply_adds: float

class Training:
    """A network and its training; bouton.ann.Network is its face."""

    @staticmethod
    def begin(network: dict[str, Any], training: dict[str, Any], memory: int | str | None) -> Training: ...
    @staticmethod
    def load(path: str | PathLike[str]) -> Training: ...
    def save(self, path: str | PathLike[str]) -> None: ...
    def with_mask(self, mask: str, keep: float) -> Training: ...
    def train(
        self,
        examples: Examples,
        test: Examples | None,
        threads: int,
        train_error: bool,
        progress: Callable[[int, float, float], object] | None,
        epoch_done: Callable[[], object] | None,
        memory: int | str | None,
    ) -> TrainingSummary: ...
    def weights(self, layer: int) -> np.ndarray: ...
    def masks(self, layer: int, examples: int, seed: int, step: int) -> np.ndarray: ...
    def set_weights(self, layer: int, values: np.ndarray) -> None: ...
    def set_training(self, training: dict[str, Any]) -> None: ...
    @property
    def network(self) -> dict[str, Any]: ...
    @property
    def training(self) -> dict[str, Any]: ...
    @property
    def epoch(self) -> int: ...
    @property
    def step(self) -> int: ...
    @property
    def data(self) -> str: ...
    @property
    def history(self) -> list[tuple[int, float, float, float, float, float, float]]: ...

def predict(
    networks: Sequence[Training],
    examples: Examples,
    inference: str,
    samples: int,
    seed: int,
    threads: int,
    memory: int | str | None,
) -> np.ndarray: ...

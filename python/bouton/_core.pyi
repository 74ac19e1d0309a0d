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

class UnknownName(Error, KeyError):
    """There is no group, variable or state of that name."""

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
    arrays: Sequence[np.ndarray] = [],
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
    arrays: Sequence[np.ndarray] = [],
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

class VariableEntry(TypedDict):
    name: str
    unit: str
    kind: Literal["real", "whole", "truth"]
    constant: bool

class GroupEntry(TypedDict):
    name: str
    of_synapses: bool
    size: int
    source: str
    target: str
    variables: list[VariableEntry]

class Samples(TypedDict):
    single: bool
    indices: np.ndarray
    steps: np.ndarray
    columns: np.ndarray
    variables: list[tuple[str, str, np.ndarray]]

class Events(TypedDict):
    at: str
    single: bool
    steps: np.ndarray
    synapses: np.ndarray
    variables: list[tuple[str, str, np.ndarray]]

class Session:
    """A network that runs as far as it is told; bouton.Simulation is its face."""

    @staticmethod
    def open(
        path: str | PathLike[str] | None = None,
        *,
        text: str | None = None,
        name: str = "network.toml",
        folder: str | PathLike[str] | None = None,
        sets: Sequence[str] = [],
        seed: int | None = None,
        backend: str = "auto",
        threads: int = 1,
        memory: int | str | None = None,
        arrays: Sequence[np.ndarray] = [],
        writable: Sequence[str] = [],
    ) -> Session: ...
    @staticmethod
    def resume(
        path: str | PathLike[str],
        *,
        backend: str = "auto",
        threads: int = 1,
        memory: int | str | None = None,
    ) -> Session: ...
    def begin_step(self) -> None: ...
    def run(self, steps: int, progress: Callable[[float], object] | None = None) -> int: ...
    @property
    def dt(self) -> float: ...
    @property
    def t(self) -> float: ...
    @property
    def step(self) -> int: ...
    @property
    def described_steps(self) -> int: ...
    @property
    def backend(self) -> Literal["compiled", "interpreted"]: ...
    def groups(self) -> list[GroupEntry]: ...
    def synapse_count(self, group: str) -> int: ...
    def read(self, of_synapses: bool, group: str, variable: str) -> np.ndarray: ...
    def write(
        self, of_synapses: bool, group: str, variable: str, where: np.ndarray | None, values: np.ndarray
    ) -> None: ...
    def set_parameter(self, key: str, value: str) -> None: ...
    def evaluate(self, of_synapses: bool, group: str, variable: str, text: str) -> np.ndarray: ...
    def choose(self, of_synapses: bool, group: str, condition: str) -> np.ndarray: ...
    def holds(self, of_synapses: bool, group: str, condition: str) -> bool: ...
    def value_of(self, of_synapses: bool, group: str, variable: str, text: str) -> float: ...
    def set_plastic(self, group: str, plastic: bool) -> None: ...
    def is_plastic(self, group: str) -> bool: ...
    def signals(self) -> list[tuple[str, str, float, int]]: ...
    def signal(self, name: str) -> np.ndarray: ...
    def set_signal(self, name: str, values: np.ndarray) -> None: ...
    def signal_unit(self, name: str, unit: str) -> float: ...
    def add_spikes(self, group: str, neurons: np.ndarray, steps: np.ndarray) -> None: ...
    def add_synapses(
        self, group: str, sources: np.ndarray, targets: np.ndarray, names: list[str], values: list[np.ndarray]
    ) -> np.ndarray: ...
    def remove_synapses(self, group: str, ids: np.ndarray) -> None: ...
    def store(self, name: str) -> None: ...
    def restore(self, name: str) -> None: ...
    def copy(self) -> Session: ...
    def save(self, path: str | PathLike[str]) -> None: ...
    def record_names(self) -> tuple[list[str], list[str], list[str], list[str]]: ...
    def spikes(self, number: int) -> tuple[int, np.ndarray, np.ndarray]: ...
    def rate(self, number: int) -> tuple[int, np.ndarray, np.ndarray]: ...
    def samples(self, number: int) -> Samples: ...
    def events(self, number: int) -> Events: ...
    def clear_records(self) -> None: ...
    def close(self) -> None: ...

def seconds(text: str, name: str) -> float: ...

# SPDX-License-Identifier: BSD-3-Clause
"""What an open simulation has recorded so far, as the objects that results have: arrays in memory instead of a file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from bouton import _core
from bouton.door import Door
from bouton.open_groups import refuse_name
from bouton.results import Rate, Spikes
from bouton.running import engine_errors


class _Variables(Mapping[str, np.ndarray]):
    """The variables of a record, by name."""

    name: str
    _values: dict[str, np.ndarray]

    def __getitem__(self, variable: str) -> np.ndarray:
        if variable not in self._values:
            refuse_name(f"the record '{self.name}' has no '{variable}'", variable, self._values)
        return self._values[variable]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


class OpenRecording(_Variables):
    """Variables that were sampled until it was asked for: ``recording["v"]`` has the shape (samples, elements).

    Attributes
    ----------
    time : ndarray, shape (samples,)
        When the samples were taken, ms.
    indices : ndarray of int, shape (elements,)
        Which element each column shows.
    units : dict
        The unit of every variable; ``"1"`` for plain numbers.
    name : str
    """

    def __init__(self, name: str, dt: float, samples: _core.Samples) -> None:
        self.name = name
        self.time = milliseconds(samples["steps"], dt)
        self.indices = samples["indices"]
        self.units = {variable: unit for variable, unit, _ in samples["variables"]}
        dtype = np.float32 if samples["single"] else np.float64
        self._values = {
            variable: self._matrix(values, samples["columns"]).astype(dtype, copy=False)
            for variable, _, values in samples["variables"]
        }

    def _matrix(self, values: np.ndarray, columns: np.ndarray) -> np.ndarray:
        """Return the rows one below the other; synapses that came later are NaN before."""
        shape = (len(columns), len(self.indices))
        if values.size == shape[0] * shape[1]:
            return values.reshape(shape)
        matrix = np.full(shape, np.nan)
        matrix[np.arange(shape[1]) < columns[:, None]] = values
        return matrix

    def __repr__(self) -> str:
        return f"<recording {self.name}: {', '.join(self._values)}, {len(self.time)} samples>"


class OpenEvents(_Variables):
    """Variables of synapses just after events, until it was asked for: ``events["u"]`` has the shape (events,).

    Attributes
    ----------
    at : str
        The pathway whose events these are: "pre", "post", or the name that the network gives it.
    time : ndarray, shape (events,)
        When each event happened, ms: the start of its step.
    synapse : ndarray of int, shape (events,)
        To which synapse, by its number in the order of results or by its id.
    units : dict
        The unit of every variable; ``"1"`` for plain numbers.
    name : str
    """

    def __init__(self, name: str, dt: float, events: _core.Events) -> None:
        self.name = name
        self.at = events["at"]
        self.time = milliseconds(events["steps"], dt)
        self.synapse = events["synapses"]
        self.units = {variable: unit for variable, unit, _ in events["variables"]}
        dtype = np.float32 if events["single"] else np.float64
        self._values = {variable: values.astype(dtype, copy=False) for variable, _, values in events["variables"]}

    def __repr__(self) -> str:
        return f"<events {self.name} at {self.at}: {', '.join(self._values)}, {len(self.time)} events>"


class Records:
    """The sections ``spikes``, ``rates``, ``recordings`` and ``events`` of an open simulation."""

    def __init__(self, door: Door, dt: float) -> None:
        names = door().record_names()
        self.spikes: Mapping[str, Spikes] = _Section("spikes", names[0], lambda k, name: _spikes(door, dt, k, name))
        self.rates: Mapping[str, Rate] = _Section("rates", names[1], lambda k, name: _rate(door, dt, k, name))
        self.recordings: Mapping[str, OpenRecording] = _Section(
            "recordings", names[2], lambda k, name: OpenRecording(name, dt, door().samples(k))
        )
        self.events: Mapping[str, OpenEvents] = _Section(
            "events", names[3], lambda k, name: OpenEvents(name, dt, door().events(k))
        )


class _Section(Mapping[str, Any]):
    """What is recorded of one kind, by name; looked up, it is what there is at this moment."""

    def __init__(self, kind: str, names: list[str], read: Any) -> None:
        self._kind = kind
        self._names = names
        self._read = read

    def __getitem__(self, name: str) -> Any:
        if name not in self._names:
            refuse_name(f"no {self._kind} of '{name}' are recorded", name, self._names, "[[record]] names what is")
        with engine_errors():
            return self._read(self._names.index(name), name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def __repr__(self) -> str:
        return f"<{self._kind}: {', '.join(self._names) or 'none'}>"


def milliseconds(steps: np.ndarray, dt: float) -> np.ndarray:
    """Return steps in ms as results give them: where a whole number of steps makes a millisecond, one rounding."""
    step_ms = dt * 1e3
    per_ms = round(1.0 / step_ms)
    if per_ms >= 1 and abs(per_ms * step_ms - 1.0) < 1e-12:
        return steps / float(per_ms)
    return steps * step_ms


def _spikes(door: Door, dt: float, number: int, name: str) -> Spikes:
    size, steps, neurons = door().spikes(number)
    return Spikes(milliseconds(steps, dt), neurons, size, name)


def _rate(door: Door, dt: float, number: int, name: str) -> Rate:
    bin_steps, steps, values = door().rate(number)
    length = float(milliseconds(np.array([bin_steps]), dt)[0])
    return Rate(milliseconds(steps, dt), values, name, length, length)

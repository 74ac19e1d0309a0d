# SPDX-License-Identifier: BSD-3-Clause
"""The results of a run: a lazy view of the results file. Nothing is read before it is asked for."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

import h5py
import numpy as np

from bouton.errors import Error

Item = TypeVar("Item")


@dataclass(frozen=True)
class Spikes:
    """The spikes of one neuron group, in the order of time.

    Attributes
    ----------
    times : ndarray, shape (spikes,)
        Start of the step of each spike, ms.
    ids : ndarray of int, shape (spikes,)
        The neuron of each spike, counted in the whole group.
    size : int
        The number of neurons of the group.
    name : str
        The group.
    """

    times: np.ndarray
    ids: np.ndarray
    size: int
    name: str

    def __len__(self) -> int:
        return len(self.times)

    def between(self, start: float, stop: float) -> Spikes:
        """Return the spikes with start <= time < stop (ms)."""
        first, last = np.searchsorted(self.times, [start - 1e-9, stop - 1e-9])
        return Spikes(self.times[first:last], self.ids[first:last], self.size, self.name)

    def rates(self, start: float, stop: float) -> np.ndarray:
        """Return the rate of each neuron in start <= time < stop (ms), in Hz; shape (size,)."""
        counts = np.bincount(self.between(start, stop).ids, minlength=self.size)
        return counts / ((stop - start) * 1e-3)


@dataclass(frozen=True)
class Rate:
    """The rate of a population: ``time`` is the start of each bin in ms, ``rate`` in Hz; both shape (bins,).

    ``bin`` is how long a bin is, ``last_bin`` how long the last one is, which is shorter where the run ended within it; ms.
    """

    time: np.ndarray
    rate: np.ndarray
    name: str
    bin: float = np.nan
    last_bin: float = np.nan


class Values(Mapping[str, np.ndarray]):
    """Variables by name. ``values["v"]`` reads an array, ``values.units["v"]`` tells its unit."""

    def __init__(self, group: h5py.Group, hidden: tuple[str, ...] = ()) -> None:
        self.name = _name_of(group)
        self._group = group
        self._names = [name for name in group if name not in hidden]

    def __getitem__(self, name: str) -> np.ndarray:
        if name not in self._names:
            raise KeyError(f"{self.name} has no '{name}'; it has {', '.join(self._names) or 'nothing'}")
        return _read(self._group, name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    @property
    def units(self) -> dict[str, str]:
        """The unit of every variable; ``"1"`` for plain numbers."""
        with _damage_told(self._group):
            return {name: _text(self._group[name].attrs.get("units", "1")) for name in self._names}


class Recording(Values):
    """Sampled variables: ``recording["v"]`` has the shape (samples, elements)."""

    def __init__(self, group: h5py.Group) -> None:
        super().__init__(group, hidden=("time", "indices"))

    @property
    def time(self) -> np.ndarray:
        """When the samples were taken, ms; shape (samples,)."""
        return _read(self._group, "time")

    @property
    def indices(self) -> np.ndarray:
        """Which element each column shows; shape (elements,)."""
        return _read(self._group, "indices")


class Events(Values):
    """Variables of synapses just after events: ``events["u"]`` has the shape (events,), a row for each event of each synapse.

    Rows stand in the order of time, those of one step in the order of the synapses.
    """

    def __init__(self, group: h5py.Group) -> None:
        super().__init__(group, hidden=("time", "synapse"))
        self.at = str(_text(group.attrs.get("at", "")))

    @property
    def time(self) -> np.ndarray:
        """When each event happened, ms: the start of its step; shape (events,)."""
        return _read(self._group, "time")

    @property
    def synapse(self) -> np.ndarray:
        """To which synapse, by its number in the order of results or by its id; int, shape (events,)."""
        return _read(self._group, "synapse").astype(np.int64)


class Section(Mapping[str, Item], Generic[Item]):
    """One part of the results file, by name. `left_out`: why it holds nothing, if it was not to."""

    def __init__(
        self, parent: h5py.Group, path: str, read: Callable[[h5py.Group], Item], left_out: str = ""
    ) -> None:
        self._group = parent.get(path)
        if self._group is not None and not isinstance(self._group, h5py.Group):
            raise TypeError(f"'{path}' is no group")
        self._path = path
        self._read = read
        self._left_out = left_out

    def __getitem__(self, name: str) -> Item:
        if self._left_out:
            raise KeyError(f"no {self._path} of '{name}' in these results: {self._left_out}")
        if self._group is None or name not in self._names():
            raise KeyError(
                f"no {self._path} of '{name}' in these results; there is {', '.join(self) or 'nothing'}"
            )
        with _damage_told(self._group):
            return self._read(self._group[name])

    def __iter__(self) -> Iterator[str]:
        return iter(self._names())

    def __len__(self) -> int:
        return len(self._names())

    def _names(self) -> list[str]:
        if self._group is None:
            return []
        with _damage_told(self._group):
            return list(self._group)


class Results:
    """What a run left. Use it as a context manager, or close it, where the file is to be replaced.

    Attributes
    ----------
    spikes : Section of Spikes
    recordings : Section of Recording
    events : Section of Events
        What records with ``at`` have kept.
    rates : Section of Rate
    synapses, state : Section of Values
        The end of the run: every variable of every synapse (with ``source``, ``target``, ``delay``; empty where the
        run left them out) and neuron.
        Recorded and final values are in SI base units; ``units`` says which.
    summary : dict
        What the run did: steps, spikes, events, synapses, bytes, compile_seconds, build_seconds, run_seconds,
        write_seconds (of the final state), backend. Empty where the file was opened later.
    """

    def __init__(self, path: str | Path, summary: Mapping[str, Any] | None = None) -> None:
        self.path = Path(path)
        self.summary = dict(summary or {})
        self._kept: tempfile.TemporaryDirectory[str] | None = None
        try:
            self._file = h5py.File(self.path, "r")
        except _DAMAGE as error:
            raise Error(f"{self.path}: not a results file: {error}", status=2) from error
        try:
            with _damage_told(self._file):
                self._open_sections()
        except Error:
            self._file.close()
            raise

    def _open_sections(self) -> None:
        self.spikes: Section[Spikes] = Section(self._file, "spikes", _read_spikes)
        self.rates: Section[Rate] = Section(self._file, "rates", _read_rate)
        self.recordings: Section[Recording] = Section(self._file, "recordings", Recording)
        self.events: Section[Events] = Section(self._file, "events", Events)
        without = _text(self._file.attrs.get("final_synapses", "")) == "left out"
        self.synapses: Section[Values] = Section(
            self._file, "synapses", Values, "the run left them out" if without else ""
        )
        self.state: Section[Values] = Section(self._file, "state", Values)

    @property
    def attributes(self) -> dict[str, Any]:
        """The attributes of the file: bouton_version, network, seed, dt, duration, ended and others."""
        with _damage_told(self._file):
            return {name: _text(value) for name, value in self._file.attrs.items()}

    @property
    def network(self) -> str:
        """The network file that ran, with all changes applied."""
        with _damage_told(self._file):
            return str(_text(self._file.attrs["network"]))

    @property
    def duration(self) -> float:
        """The simulated time that the network file asks for, ms."""
        with _damage_told(self._file):
            return float(self._file.attrs["duration"]) * 1e3

    def keep(self, folder: tempfile.TemporaryDirectory[str]) -> Results:
        """Remove a temporary folder together with these results."""
        self._kept = folder
        return self

    def close(self) -> None:
        """Close the file; a temporary one is removed."""
        self._file.close()
        if self._kept is not None:
            self._kept.cleanup()
            self._kept = None

    def __enter__(self) -> Results:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        if not self._file:
            return f"<Results {self.path}, closed>"
        sections = ("spikes", "rates", "recordings", "events", "synapses", "state")
        parts = [f"{name} {{{', '.join(getattr(self, name))}}}" for name in sections if getattr(self, name)]
        return f"<Results {self.path}: {', '.join(parts)}>"


def open_results(path: str | Path) -> Results:
    """Open a results file. Raises Error if there is none, or if it is damaged."""
    return Results(path)


#: What h5py raises on a damaged file, by the part of it that is hit.
_DAMAGE = (
    OSError,
    RuntimeError,
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
    IndexError,
    OverflowError,
    MemoryError,
    NotImplementedError,
    ZeroDivisionError,
)

#: Numbers that were recorded take at least a bit of the file each; a dataset that states far more is damaged.
_MOST_PER_BYTE = 64
_SMALL = 2**24


@contextmanager
def _damage_told(item: h5py.HLObject) -> Iterator[None]:
    """Turn what h5py raises on damaged content into an :class:`Error` that names the file."""
    if not item:  # closed by the user: h5py's own words are right
        yield
        return
    path = item.file.filename
    try:
        yield
    except Error:
        raise
    except _DAMAGE as error:
        reason = str(error) or type(error).__name__
        raise Error(f"{path}: damaged, or not a results file: {reason}", status=2) from error


def _read(group: h5py.Group, name: str) -> np.ndarray:
    """Return a whole dataset of numbers."""
    with _damage_told(group):
        dataset = group[name]
        if not isinstance(dataset, h5py.Dataset):
            raise TypeError(f"'{name}' in {group.name} holds no numbers")
        if dataset.dtype.kind not in "fiub":
            raise TypeError(f"'{dataset.name}' holds values of type {dataset.dtype}")
        stated, held = dataset.size * dataset.dtype.itemsize, group.file.id.get_filesize()
        if stated > _SMALL and stated > _MOST_PER_BYTE * held:
            raise ValueError(f"'{dataset.name}' states {stated} bytes, and the whole file has {held}")
        return np.asarray(dataset[...])


def _name_of(group: h5py.Group) -> str:
    if not isinstance(group, h5py.Group):
        raise TypeError(f"'{group.name}' is no group")
    return str(group.name).rsplit("/", 1)[-1]


def _read_spikes(group: h5py.Group) -> Spikes:
    name = _name_of(group)
    times = _read(group, "timestamps")
    ids = _read(group, "node_ids").astype(np.int64)
    size = int(group.attrs.get("size", ids.max(initial=-1) + 1))
    if times.shape != ids.shape or times.ndim != 1:
        raise ValueError(f"'{group.name}' has {times.size} times for {ids.size} neurons")
    if size < 0 or ids.min(initial=0) < 0 or ids.max(initial=-1) >= size:
        raise ValueError(f"'{group.name}' has spikes of neurons that are not among its {size}")
    return Spikes(times, ids, size, name)


def _read_rate(group: h5py.Group) -> Rate:
    name = _name_of(group)
    lengths = (float(group.attrs.get(key, np.nan)) for key in ("bin", "last_bin"))
    return Rate(_read(group, "time"), _read(group, "rate"), name, *lengths)


def _text(value: Any) -> Any:
    return value.decode() if isinstance(value, bytes) else value

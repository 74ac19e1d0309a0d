# SPDX-License-Identifier: BSD-3-Clause
"""What is set in an open simulation beside the values of its groups: Poisson inputs, signals, and which synapses are plastic."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NoReturn

import numpy as np

from bouton import arguments
from bouton.door import Door
from bouton.errors import ArgumentError, ArgumentTypeError, Error
from bouton.open_groups import argument_errors, refuse_name, set_parameter
from bouton.running import engine_errors


class Inputs:
    """``sim.input["drive"]["rate"] = "30 Hz"``: rates and weights of Poisson inputs can be changed, and not read."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def __getitem__(self, name: str) -> OpenInput:
        return OpenInput(self._door, name)


class OpenInput:
    """One Poisson input of an open simulation."""

    def __init__(self, door: Door, name: str) -> None:
        self._door = door
        self.name = name

    def __getitem__(self, key: str) -> NoReturn:
        raise Error(f"'{key}' of the input '{self.name}' can be changed, but not read", status=2)

    def __setitem__(self, key: str, value: Any) -> None:
        if key not in ("rate", "weight"):
            refuse_name(f"an input has no '{key}'", key, ("rate", "weight"))
        set_parameter(self._door(), f"input.{self.name}.{key}", value, f"input.{self.name}.{key}")


class Signals(Mapping[str, np.ndarray]):
    """``sim.signal["I_ext"] = array``: new samples, from now on.

    Looked up, the samples there are, in SI base units: shape (samples,), or (samples, columns) if the network gives several columns.
    Given, an array of the same kind, of any number of samples; the first one is for the present step, the others follow in the
    signal's own ``dt``, and the last one holds afterwards.
    """

    def __init__(self, door: Door) -> None:
        self._door = door
        self._columns = {name: columns for name, _, _, columns in door().signals()}

    def __getitem__(self, name: str) -> np.ndarray:
        self._check(name)
        with engine_errors():
            values = self._door().signal(name)
        return values if self._columns[name] == 1 else values.reshape(-1, self._columns[name])

    def __setitem__(self, name: str, values: Any) -> None:
        self._check(name)
        session = self._door()
        scale = 1.0
        if isinstance(values, Mapping):
            if set(values) != {"values", "unit"}:
                raise ArgumentTypeError(f"signal.{name}: expected an array of samples, not a dict")
            with argument_errors():
                scale = session.signal_unit(name, f"1 {values['unit']}" if values["unit"] != "1" else "1")
            values = values["values"]
        columns = self._columns[name]
        if isinstance(values, str):
            raise ArgumentTypeError(f"signal.{name}: expected an array of samples, not the text {values!r}")
        given = np.asarray(values)
        shapes = "(samples,)" if columns == 1 else f"(samples, {columns})"
        if not (given.ndim == 2 and given.shape[1] == columns or given.ndim == 1 and columns == 1):
            raise ArgumentError(f"signal.{name}: expected an array of shape {shapes}, not of shape {given.shape}")
        samples = arguments.floats(values, f"signal.{name}", given.shape) * scale
        with argument_errors():
            session.set_signal(name, np.ascontiguousarray(samples, dtype=np.float64).reshape(-1))

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def __len__(self) -> int:
        return len(self._columns)

    def _check(self, name: Any) -> None:
        if name not in self._columns:
            refuse_name(f"there is no signal '{name}'", name, self._columns)

    def __repr__(self) -> str:
        return f"<signals: {', '.join(self._columns) or 'none'}>"


class Plastic(Mapping[str, bool]):
    """``sim.plastic["exc"] = False``: from the next step on spikes leave the weights as they are, and no synapse comes or goes.

    Release, traces and all other variables go on, so that plasticity resumes with them as they have to be.
    """

    def __init__(self, door: Door, groups: list[str]) -> None:
        self._door = door
        self._groups = groups

    def __getitem__(self, name: str) -> bool:
        self._check(name)
        with engine_errors():
            return self._door().is_plastic(name)

    def __setitem__(self, name: str, plastic: bool) -> None:
        self._check(name)
        if not isinstance(plastic, (bool, np.bool_)):
            raise ArgumentTypeError(f"plastic.{name}: expected True or False, not {plastic!r}")
        with argument_errors():
            self._door().set_plastic(name, bool(plastic))

    def __iter__(self) -> Iterator[str]:
        return iter(self._groups)

    def __len__(self) -> int:
        return len(self._groups)

    def _check(self, name: Any) -> None:
        if name not in self._groups:
            refuse_name(f"there are no synapses '{name}'", name, self._groups)

    def __repr__(self) -> str:
        return f"<plastic: {dict(self)}>"

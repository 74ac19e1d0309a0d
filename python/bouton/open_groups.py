# SPDX-License-Identifier: BSD-3-Clause
"""The neuron and synapse groups of an open simulation: values out as arrays, values in."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Generic, NoReturn, TypeVar

import numpy as np

from bouton import _core, arguments
from bouton.door import Door
from bouton.errors import ArgumentError, ArgumentTypeError, Error, UnknownName
from bouton.running import engine_errors

Group = TypeVar("Group")

#: What every synapse has and nobody changes.
FIXED = ("source", "target", "delay", "id")


class ByName(Mapping[str, Group], Generic[Group]):
    """Things of one kind by name; another name is an UnknownName that says which there are."""

    def __init__(self, kind: str, items: Mapping[str, Group], elsewhere: Mapping[str, str] | None = None) -> None:
        self._kind = kind
        self._items = dict(items)
        self._elsewhere = elsewhere or {}

    def __getitem__(self, name: str) -> Group:
        if name not in self._items:
            refuse_name(f"there are no {self._kind} '{name}'", name, self._items, self._elsewhere.get(name, ""))
        return self._items[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def __repr__(self) -> str:
        return f"<{self._kind}: {', '.join(self._items) or 'none'}>"


class OpenGroup:
    """What the groups of neurons and of synapses have in common.

    ``group["v"]`` is a new array with one present value per element, in SI base units; ``group["v"] = value`` and
    :meth:`set` change values, which act from the next step on.

    Attributes
    ----------
    name : str
    variables : tuple of str
        What can be read and changed: variables, and those parameters of models that the network gives as arrays, such as
        ``rate`` of neurons or ``release.p`` of synapses.
    units : dict
        The unit of every variable; ``"1"`` for plain numbers.
    """

    _of_synapses = False
    _section = "neurons"
    _element = "neuron"

    def __init__(self, door: Door, info: Mapping[str, Any]) -> None:
        self._door = door
        self.name: str = info["name"]
        self._kinds: dict[str, str] = {entry["name"]: entry["kind"] for entry in info["variables"]}
        self.variables: tuple[str, ...] = tuple(self._kinds)
        self.units: dict[str, str] = {entry["name"]: entry["unit"] for entry in info["variables"]}

    def __contains__(self, variable: object) -> bool:
        return variable in self._kinds

    def __iter__(self) -> Iterator[str]:
        return iter(self.variables)

    def __len__(self) -> int:
        raise NotImplementedError

    def __getitem__(self, variable: str) -> np.ndarray:
        """Return the present values, shape (elements,), of a variable, subexpression or parameter of the group.

        They are numbers, whole numbers or truth values.

        Raises
        ------
        UnknownName
            An Error and KeyError: the group has no such variable.
        """
        session = self._door()
        if not isinstance(variable, str):
            self._refuse_variable(variable)
        try:
            with argument_errors():
                values = session.read(self._of_synapses, self.name, variable)
        except UnknownName:
            self._refuse_variable(variable)
        kind = "whole" if variable in ("source", "target", "id") else self._kinds.get(variable, "real")
        return values.astype({"truth": np.bool_, "whole": np.int64, "real": np.float64}[kind], copy=False)

    def __setitem__(self, variable: str, value: Any) -> None:
        self.set(variable, value)

    def set(self, variable: str, value: Any, where: Any = None) -> None:
        """Give values to a variable.

        Parameters
        ----------
        variable : str
        value : number, str, array_like or bouton.values(array, unit)
            A number or an array with one number per chosen element, in SI base units; a quantity such as ``"-70 mV"``; or an
            expression as in ``initial``, such as ``"E_L + 5*mV*rand()"``.
        where : str, array_like of int or of bool, optional
            A condition such as ``"v > -55*mV"``, the elements by their numbers, each once, or a truth value for every
            element; by default all.

        Raises
        ------
        UnknownName
            An Error and KeyError: the group has no such variable.
        ArgumentError, ArgumentTypeError
            Errors that are a ValueError or a TypeError: another number of values, another unit, values that are not
            finite or that the model does not allow. Nothing is changed then.
        """
        session = self._door()
        if variable not in self._kinds:
            if self._of_synapses and variable in FIXED:
                raise ArgumentError(f"'{variable}' of '{self.name}' can be read, but not changed")
            if where is None and self._set_parameter(session, variable, value):
                return
            self._refuse_variable(variable)
        name = f"{self.name}.{variable}"
        chosen = self._chosen(where)
        count = len(self) if chosen is None else len(chosen)
        values = self._values(session, variable, value, name, count)
        if isinstance(value, str) and chosen is not None and len(values) != 1:
            values = values[chosen]  # of an expression, which has a value for every element
        with argument_errors():
            session.write(self._of_synapses, self.name, variable, chosen, values)

    def _set_parameter(self, session: _core.Session, variable: Any, value: Any) -> bool:
        """Change a parameter that is no variable; return False if the group has none of that name."""
        if not isinstance(variable, str) or not re.fullmatch(r"(\w+\.)?\w+", variable):
            return False
        link, _, name = variable.rpartition(".")
        key = ".".join(part for part in (self._section, self.name, link, "parameters", name) if part)
        try:
            set_parameter(session, key, value, f"{self.name}.{variable}")
        except Error as error:
            if error.code != "E215":  # no text uses a parameter of that name
                raise
            return False
        return True

    def _values(
        self, session: _core.Session, variable: str, value: Any, name: str, count: int
    ) -> np.ndarray:
        if isinstance(value, str):
            with argument_errors():
                return session.evaluate(self._of_synapses, self.name, variable, value)
        if isinstance(value, Mapping):
            if set(value) != {"values", "unit"}:
                raise ArgumentTypeError(f"{name}: expected a number, a quantity or an array, not a dict")
            scale = 1.0
            if value["unit"] != "1" or self.units[variable] != "1":
                with argument_errors():
                    unit = f"1 {value['unit']}" if value["unit"] != "1" else "1"
                    scale = session.value_of(self._of_synapses, self.name, variable, unit)
            return arguments.floats(value["values"], name, (count,)) * scale
        if np.ndim(value) == 0 and not isinstance(value, (list, tuple)):
            if isinstance(value, (bool, np.bool_)):
                return np.array([float(value)])
            return arguments.floats([arguments.number(value, name)], name)
        return arguments.floats(value, name, (count,))

    def _chosen(self, where: Any) -> np.ndarray | None:
        if where is None:
            return None
        name = f"where, of '{self.name}'"
        if isinstance(where, str):
            with argument_errors():
                return self._door().choose(self._of_synapses, self.name, where)
        given = np.asarray(where)
        if given.dtype.kind == "b":
            arguments.refuse_extras(where, name)
            if given.shape != (len(self),):
                raise ArgumentError(
                    f"{name}: expected one truth value for each of {len(self)} {self._element}s, not an array of shape {given.shape}"
                )
            return np.flatnonzero(given).astype(np.int64)
        if given.ndim == 0:
            where = [where]
        return arguments.wholes(where, name, most=len(self) - 1)

    def _refuse_variable(self, variable: Any) -> NoReturn:
        names = (*self.variables, *(FIXED if self._of_synapses else ()))
        note = "parameters and subexpressions of its models can be read too"
        refuse_name(f"'{self.name}' has no variable '{variable}'", variable, names, note)


class OpenNeurons(OpenGroup):
    """A neuron group of an open simulation; ``len()`` is the number of neurons. See :class:`OpenGroup`."""

    def __init__(self, door: Door, info: Mapping[str, Any]) -> None:
        super().__init__(door, info)
        self._size = int(info["size"])

    def __len__(self) -> int:
        return self._size

    def __repr__(self) -> str:
        return f"<neurons {self.name}: {self._size}, {', '.join(self.variables)}>"


class OpenSynapses(OpenGroup):
    """A synapse group of an open simulation; ``len()`` is the number of synapses at present. See :class:`OpenGroup`.

    Values are in the order of results. As synapses come and go, by structural plasticity or by :meth:`add` and :meth:`remove`,
    this is the order of ``id``, which tells which is which.

    Attributes
    ----------
    source, target : ndarray of int, shape (synapses,)
        The neurons at their ends, counted in the whole groups.
    delay : ndarray, shape (synapses,)
        s, as rounded to steps.
    id : ndarray of int, shape (synapses,)
        Stays with a synapse as long as it lives.
    """

    _of_synapses = True
    _section = "synapses"
    _element = "synapse"

    def __init__(self, door: Door, info: Mapping[str, Any], shape: tuple[int, int]) -> None:
        super().__init__(door, info)
        self._shape = shape
        self.parameters = Parameters(self)

    def __len__(self) -> int:
        with engine_errors():
            return int(self._door().synapse_count(self.name))

    @property
    def source(self) -> np.ndarray:
        return self["source"]

    @property
    def target(self) -> np.ndarray:
        return self["target"]

    @property
    def delay(self) -> np.ndarray:
        return self["delay"]

    @property
    def id(self) -> np.ndarray:
        return self["id"]

    def matrix(self, variable: str) -> Any:
        """Return a variable as a sparse matrix, shape (source neurons, target neurons).

        Synapses between the same two neurons stay separate entries; what SciPy makes of them (``toarray()``,
        ``tocsr()``) is their sum. A value of 0 is an entry as well.

        Returns
        -------
        scipy.sparse.coo_array
        """
        try:
            from scipy import sparse
        except ImportError:
            raise Error("matrix() needs SciPy: pip install scipy", status=2) from None
        return sparse.coo_array((self[variable], (self.source, self.target)), shape=self._shape)

    def add(self, sources: Any, targets: Any, **values: Any) -> np.ndarray:
        """Add synapses, which act from the next step on; whether or not the group has a structure rule.

        Parameters
        ----------
        sources, targets : int or array_like of int, shape (synapses,)
            The neurons, counted in the whole groups; one number stands for all.
        **values : number, str, array_like or bouton.values(array, unit)
            What new synapses begin with, one value for all or one for each, as :meth:`set` takes it: variables such as ``w``, and
            delays by the names that results give them, such as ``delay`` (s, or a quantity such as ``"1.5 ms"``). What is not given
            begins as the network says. A name with a dot goes as ``**{"release.p": 0.5}``.

        Returns
        -------
        ndarray of int, shape (synapses,)
            Their ids.

        Raises
        ------
        UnknownName, ArgumentError, ArgumentTypeError
            Neurons or variables that do not exist, pairs that have a synapse where the group has no repeated ones, values that cannot
            be. Nothing is changed then.
        """
        session = self._door()
        count = max(np.size(sources), np.size(targets)) if np.ndim(sources) or np.ndim(targets) else 1
        ends = []
        for name, given in (("sources", sources), ("targets", targets)):
            if np.ndim(given) == 0 and not isinstance(given, (list, tuple)):
                ends.append(np.full(count, arguments.whole(given, name), dtype=np.int64))
            else:
                ends.append(arguments.wholes(given, name))
        for name in values:
            if name not in self._kinds and not _is_delay(name):
                self._refuse_variable(name)
        found = [self._new_values(session, name, value, count) for name, value in values.items()]
        with argument_errors():
            return session.add_synapses(self.name, ends[0], ends[1], list(values), found)

    def _new_values(self, session: _core.Session, name: str, value: Any, count: int) -> np.ndarray:
        if name in self._kinds:
            return self._values(session, name, value, f"{self.name}.{name}", count)
        if isinstance(value, str):
            with argument_errors():
                return np.array([_core.seconds(value, name)])
        scale = 1.0
        if isinstance(value, Mapping):
            if set(value) != {"values", "unit"}:
                raise ArgumentTypeError(f"{name}: expected a number, a quantity or an array, not a dict")
            with argument_errors():
                scale = _core.seconds(f"1 {value['unit']}", name)
            value = value["values"]
        if np.ndim(value) == 0 and not isinstance(value, (list, tuple)):
            return np.array([arguments.number(value, name)])
        return arguments.floats(value, name, (count,)) * scale

    def remove(self, ids: Any) -> None:
        """Remove synapses; spikes on their way to them are lost.

        Parameters
        ----------
        ids : int or array_like of int
            Their ids, each once: :attr:`id`. Of a group whose synapses have neither come nor gone so far, these are the numbers of the
            synapses in the order of results.

        Raises
        ------
        ArgumentError, ArgumentTypeError
            Ids that do not exist (any more). Nothing is changed then.
        """
        given = [ids] if np.ndim(ids) == 0 and not isinstance(ids, (list, tuple)) else ids
        session = self._door()
        found = arguments.wholes(given, "ids")
        with argument_errors():
            session.remove_synapses(self.name, found)

    def __repr__(self) -> str:
        return f"<synapses {self.name}: {', '.join(self.variables)}>"


class Parameters:
    """``group.parameters["plasticity.A_plus"] = 0.01`` is ``group["plasticity.A_plus"] = 0.01``."""

    def __init__(self, group: OpenGroup) -> None:
        self._set = group.set
        self._get = group.__getitem__

    def __getitem__(self, name: str) -> np.ndarray:
        return self._get(name)

    def __setitem__(self, name: str, value: Any) -> None:
        self._set(name, value)


def set_parameter(session: _core.Session, key: str, value: Any, name: str) -> None:
    """Change what stands at a place of the network file."""
    text = value if isinstance(value, str) else repr(arguments.number(value, name))
    with argument_errors():
        session.set_parameter(key, text)


def _is_delay(name: str) -> bool:
    return name in ("delay", "dendritic_delay") or name.startswith("delay_")


@contextmanager
def argument_errors() -> Iterator[None]:
    """Turn what the engine refuses because of an argument into ArgumentError, which is a ValueError as well."""
    try:
        with engine_errors():
            yield
    except Error as error:
        if type(error) is not Error or error.status != 2:
            raise
        refused = ArgumentError(str(error))
        refused.diagnostics = error.diagnostics
        raise refused from None


def refuse_name(message: str, name: Any, known: Iterable[str], note: str = "") -> NoReturn:
    """Raise UnknownName with the name that was meant, or all there are."""
    names = list(known)
    near = [known for known in names if known.endswith(f".{name}")]  # a parameter: "release.p"
    near += difflib.get_close_matches(str(name), names, 1)
    hint = f"did you mean '{near[0]}'?" if near else f"there is {', '.join(names) or 'none'}"
    raise UnknownName(f"{message}; {hint}" + (f"; {note}" if note else ""))

# SPDX-License-Identifier: BSD-3-Clause
"""Writes the tables of a network as TOML text. Arrays become lists; long ones CSV files beside the text, or are handed over.

Why there is a writer of our own: equations are to stay readable, as literal strings over several lines, and every string is
to come back character by character. tomli-w writes such texts in one line, or changes their line ends.
"""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeGuard

import numpy as np

from bouton import arguments
from bouton.errors import ArgumentError, ArgumentTypeError
from bouton.whole_file import whole_file

#: Arrays with more numbers than this go to CSV files where there is a folder for them, or stay arrays where they may.
LONGEST_LIST = 1000

#: Arrays under these keys are lists; under any other an array is a table with one value per element.
LISTS = ("pairs", "sources", "targets", "indices", "times", "values")

#: Of connections, one number each for every synapse.
ENDS = ("sources", "targets")
#: Lists of whole numbers.
WHOLE = ("indices", *ENDS)


class TomlWriter:
    """Turns tables into text.

    Parameters
    ----------
    folder : Path, optional
        Where long arrays may be written. Without one every number stands in the text.
    prefix : str
        Begins the names of the files in `folder`.
    arrays : list of ndarray, optional
        Where long arrays are put instead; the text names them by their number. The engine takes both.
    """

    def __init__(
        self, folder: Path | None = None, prefix: str = "", arrays: list[np.ndarray] | None = None
    ) -> None:
        self.folder = folder
        self.prefix = prefix
        self.arrays = arrays
        self._files: set[str] = set()
        self._neurons: Mapping[str, Any] = {}

    def document(self, tables: Mapping[str, Any]) -> str:
        """Return `tables` as a document: ``[a]``, ``[a.b]`` and ``[[a]]`` for the outer two levels."""
        self._neurons = tables.get("neurons", {})
        lines: list[str] = []
        for name, table in tables.items():
            lines += self._section(name, table)
        return "\n".join(lines).strip("\n") + "\n"

    def value(self, path: str, value: Any) -> str:
        """Return one value as text; `path` is its dotted key."""
        return self._value(tuple(path.split(".")), value)

    def _section(self, name: str, table: Any) -> Iterator[str]:
        if isinstance(table, list):
            for entry in table:
                yield from ["", f"[[{spell_key(name)}]]", *self._pairs((name,), entry)]
            return
        groups = {} if name == "simulation" else {k: v for k, v in table.items() if isinstance(v, Mapping)}
        single = {k: v for k, v in table.items() if k not in groups}
        if single or not groups:
            yield from ["", f"[{spell_key(name)}]", *self._pairs((name,), single)]
        for key, group in groups.items():
            path = (name, key)
            if name == "signal":
                group = self._signal(path, group)
            if name == "synapses":
                group = self._with_ends(path, with_from(path, group))
            yield from ["", f"[{dotted(path)}]", *self._pairs(path, group)]

    def _pairs(self, path: tuple[str, ...], table: Mapping[str, Any]) -> Iterator[str]:
        for key, value in table.items():
            if value is not None:
                yield f"{spell_key(key)} = {self._value((*path, key), value)}"

    def _value(self, path: tuple[str, ...], value: Any) -> str:
        if isinstance(value, np.ndarray):
            return self._array(path, value)
        if isinstance(value, Mapping):
            inner = ", ".join(self._pairs(path, self._with_files(path, value)))
            return f"{{ {inner} }}" if inner else "{}"
        if isinstance(value, (list, tuple)):
            return "[" + ", ".join(self._value(path, item) for item in value) + "]"
        return spell_scalar(value, dotted(path))

    def _with_files(self, path: tuple[str, ...], table: Mapping[str, Any]) -> Mapping[str, Any]:
        """Move a long array of values, or long arrays of sources and targets, to a file."""
        if self.folder is None:
            return table
        array = table.get("values")
        if self._is_long(array):
            rest = {key: value for key, value in table.items() if key != "values"}
            column = check_array((*path, "values"), array).reshape(-1, 1)
            return {"unit": "1", **rest, "file": self._csv(path, [path[-1]], column)}
        if all(self._is_long(table.get(end)) for end in ENDS):
            header = ["source", "target"]
            columns = [check_array((*path, end), table[end]) for end in ENDS]
            rest = {key: value for key, value in table.items() if key not in ENDS}
            for key, value in table.items():  # values beside the ends are further columns of the file
                if not isinstance(value, Mapping) or not isinstance(value.get("values"), np.ndarray):
                    continue
                unit = value.get("unit", "1")
                header.append(spell_column(key, unit))
                columns.append(check_array((*path, key, "values"), value["values"]))
                del rest[key]
            if len({len(column) for column in columns}) > 1:
                sizes = ", ".join(f"{len(column)} of {name}" for name, column in zip(header, columns, strict=True))
                raise ArgumentError(f"{dotted(path)}: expected as many numbers in each, not {sizes}")
            return {"file": self._csv(path, header, np.stack(columns, axis=1)), **rest}
        return table

    def _array(self, path: tuple[str, ...], array: np.ndarray) -> str:
        """Return a bare array: a list where the file asks for lists, else one plain number per element."""
        if array.ndim == 0:
            return spell_scalar(arguments.plain(array, dotted(path), "a number", "fiub").item(), dotted(path))
        if path[-1] in LISTS:
            checked = check_array(path, array)
            if self.arrays is None or array.size <= LONGEST_LIST:
                return self._value(path, checked.tolist())
            self.arrays.append(
                np.ascontiguousarray(checked, dtype=np.int32 if path[-1] in WHOLE else np.float64)
            )
            return f'{{ "array in memory" = {len(self.arrays) - 1} }}'
        return self._value(path, {"values": array})

    def _with_ends(self, path: tuple[str, ...], table: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the table of a synapse group with the sources and targets of arrays and sparse matrices in ``connect``."""
        given = table.get("connect")
        name = dotted((*path, "connect"))
        rest: dict[str, Any] = {}
        connect, unit = given, "1"
        if isinstance(connect, Mapping) and "values" not in connect:
            rest = {key: value for key, value in connect.items() if key != "pairs"}
            connect = connect.get("pairs")
        if isinstance(connect, Mapping):
            unit, connect = connect.get("unit", "1"), connect.get("values")
        if is_sparse(connect):
            shape = tuple(self._size_of(table.get(end)) for end in ("from", "to"))
            if any(size not in (None, axis) for size, axis in zip(shape, connect.shape, strict=True)):
                raise ArgumentError(
                    f"{name}: expected a matrix [source, target] of shape {shape}, not {connect.shape}"
                )
            matrix = connect.tocsr(copy=True)
            matrix.sum_duplicates()
            matrix = matrix.tocoo()
            initial = table.get("initial") or {}
            if "w" in initial:
                raise ArgumentError(f"{name}: the values of the matrix become 'w', which stands in 'initial' too")
            weights = arguments.floats(matrix.data, f"{name}: the values of the matrix")
            table = {**table, "initial": {**initial, "w": {"values": weights, "unit": unit}}}
            ends: Any = (matrix.row, matrix.col)
        elif isinstance(connect, np.ndarray) and (connect is given or self._is_long(connect)):
            pairs = arguments.wholes(connect, name if connect is given else f"{name}.pairs", (None, 2), most=2**31 - 1)
            ends = (pairs[:, 0], pairs[:, 1])
        elif isinstance(given, (tuple, list)) and len(given) == 2:
            ends = [
                arguments.wholes(end, f"{name}: {which}", most=2**31 - 1)
                for end, which in zip(given, ENDS, strict=True)
            ]
            if len(ends[0]) != len(ends[1]):
                raise ArgumentError(f"{name}: {len(ends[0])} sources, but {len(ends[1])} targets")
        else:
            return table
        return {**table, "connect": {**dict(zip(ENDS, ends, strict=True)), **rest}}

    def _size_of(self, end: Any) -> int | None:
        """Return how many neurons ``"cells"`` or ``"cells[4:12]"`` are; None where only the engine knows."""
        found = re.fullmatch(r"\s*(\w+)\s*(?:\[\s*(\d*)\s*:\s*(\d*)\s*\])?\s*", end) if isinstance(end, str) else None
        group = self._neurons.get(found[1]) if found else None
        size = group.get("size") if isinstance(group, Mapping) else None
        if found is None or not isinstance(size, (int, np.integer)) or isinstance(size, bool):
            return None
        return int(found[3] or size) - int(found[2] or 0)

    def _signal(self, path: tuple[str, ...], table: Mapping[str, Any]) -> Mapping[str, Any]:
        array = table.get("values")
        if self.folder is None or not self._is_long(array):
            return table
        samples = check_array((*path, "values"), array)
        columns = samples.reshape(len(samples), -1)
        name = self._csv(path, [f"c{k}" for k in range(columns.shape[1])], columns)
        return {**{k: v for k, v in table.items() if k != "values"}, "file": name}

    def _is_long(self, value: Any) -> TypeGuard[np.ndarray]:
        handed_over = self.folder is not None or self.arrays is not None
        return handed_over and isinstance(value, np.ndarray) and value.size > LONGEST_LIST

    def _csv(self, path: tuple[str, ...], header: list[str], columns: np.ndarray) -> str:
        """Write one CSV file and return the name by which the text calls it."""
        assert self.folder is not None
        stem = self.prefix + "_".join(re.sub(r"[^A-Za-z0-9_-]", "-", part) for part in path)
        name, count = stem, 1
        while name in self._files:  # a_b of c and b of a_c would share one
            count += 1
            name = f"{stem}-{count}"
        self._files.add(name)
        file = self.folder / f"{name}.csv"
        whole = np.issubdtype(columns.dtype, np.integer)
        with whole_file(file) as out:
            out.write(",".join(header) + "\n")
            np.savetxt(out, columns, fmt="%d" if whole else "%.17g", delimiter=",")
        return file.name


def check_array(path: tuple[str, ...], array: np.ndarray) -> np.ndarray:
    """Return the numbers of an array that stands under a key of :data:`LISTS`, or refuse them."""
    name = dotted(path)
    if path[-1] == "pairs":
        return arguments.wholes(array, name, (None, 2), most=2**31 - 1)
    if path[-1] in WHOLE:
        return arguments.wholes(array, name, most=2**31 - 1)
    if path[-1] == "times" or path[0] == "signal":
        return arguments.floats(array, name, dimensions=(1, 2))
    return arguments.floats(array, name)


def spell_column(name: str, unit: str) -> str:
    """Return the header of a column of a CSV file.

    Without a unit, what stands behind the last ``_`` of a name would be read as one: ``tau_s`` as ``tau`` in seconds. Radians are
    plain numbers.
    """
    if unit == "1":
        return f"{name}_rad" if "_" in name else name
    return f"{name}_{unit}"


def is_sparse(value: Any) -> bool:
    """Return whether a value is a sparse matrix or array of SciPy's, which need not be installed."""
    return hasattr(value, "tocsr") and hasattr(value, "tocoo")


def with_from(path: tuple[str, ...], table: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the table of a synapse group with ``from`` for ``from_``, the one key that Python cannot spell."""
    if "from_" not in table:
        return table
    if "from" in table:
        raise ArgumentError(f"{dotted(path)}: expected one of 'from' and 'from_', not both")
    return {"from" if key == "from_" else key: value for key, value in table.items()}


def spell_key(key: Any) -> str:
    """Return a key, quoted where TOML asks for it."""
    if not isinstance(key, str):
        raise ArgumentTypeError(f"expected names as keys, not {key!r} ({type(key).__name__})")
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else spell_basic(key)


def dotted(path: tuple[str, ...]) -> str:
    """Return a path of keys."""
    return ".".join(spell_key(key) for key in path)


def spell_string(text: str) -> str:
    """Return a basic string, or a literal one over several lines for texts that have them."""
    literal = "\n" in text and not text.endswith("'") and not re.search(r"'{3}|[\x00-\x08\x0b-\x1f\x7f]", text)
    if literal and not _surrogates(text):
        return f"'''\n{text}'''"
    return spell_basic(text)


_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def spell_basic(text: str) -> str:
    """Return a basic string on one line."""
    if _surrogates(text):
        raise ArgumentError(f"expected text that UTF-8 can hold, not {ascii(text)}")
    return '"' + re.sub(r'["\\\x00-\x1f\x7f]', _escape, text) + '"'


def _escape(found: re.Match[str]) -> str:
    return _ESCAPES.get(found[0], f"\\u{ord(found[0]):04x}")


def _surrogates(text: str) -> bool:
    return re.search(r"[\ud800-\udfff]", text) is not None


def spell_scalar(value: Any, name: str) -> str:
    """Return a number, truth value, string or date; `name` is what messages call it."""
    arguments.refuse_extras(value, name)
    if isinstance(value, (bool, np.bool_)):
        return "true" if value else "false"
    if isinstance(value, (int, np.integer)):
        return str(int(value))
    if isinstance(value, (float, np.floating)):
        number = float(value)
        return (
            repr(number) if math.isfinite(number) else {math.inf: "inf", -math.inf: "-inf"}.get(number, "nan")
        )
    if isinstance(value, (str, Path)):
        return spell_string(str(value))
    if isinstance(value, (datetime.date, datetime.time)):  # no key takes one, which the engine says at its place
        return value.isoformat()
    raise ArgumentTypeError(
        f"{name}: a network file holds numbers, strings, lists and tables, not {type(value).__name__}"
    )

# SPDX-License-Identifier: BSD-3-Clause
"""Writes the tables of a network as TOML text. Arrays become lists, or CSV files beside the text when they are long."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeGuard

import numpy as np

#: Arrays with more numbers than this go to CSV files where there is a folder for them.
LONGEST_LIST = 1000


class TomlWriter:
    """Turns tables into text.

    Parameters
    ----------
    folder : Path, optional
        Where long arrays may be written. Without one every number stands in the text.
    prefix : str
        Begins the names of the files in `folder`.
    absolute : bool
        Name these files with their whole path, for a text that does not lie beside them.
    """

    def __init__(self, folder: Path | None = None, prefix: str = "", absolute: bool = False) -> None:
        self.folder = folder
        self.prefix = prefix
        self.absolute = absolute

    def document(self, tables: Mapping[str, Any]) -> str:
        """Return `tables` as a document: ``[a]``, ``[a.b]`` and ``[[a]]`` for the outer two levels."""
        lines: list[str] = []
        for name, table in tables.items():
            lines += self._section((name,), table)
        return "\n".join(lines).strip() + "\n"

    def _section(self, path: tuple[str, ...], table: Any) -> Iterator[str]:
        if isinstance(table, list):
            for entry in table:
                yield from ["", f"[[{dotted(path)}]]", *self._pairs(path, entry)]
        elif len(path) == 1 and path[0] != "simulation":
            for name, entry in table.items():
                yield from self._section((*path, name), entry)
        else:
            yield from ["", f"[{dotted(path)}]", *self._pairs(path, table)]

    def _pairs(self, path: tuple[str, ...], table: Mapping[str, Any]) -> Iterator[str]:
        if path[0] == "signal":
            table = self._signal(path, table)
        for key, value in table.items():
            if value is not None:
                key = key.removesuffix("_")
                yield f"{spell_key(key)} = {self._value((*path, key), value)}"

    def _value(self, path: tuple[str, ...], value: Any) -> str:
        if isinstance(value, np.ndarray):
            return self._array(path, value)
        if isinstance(value, Mapping):
            value = self._with_files(path, value)
            kept = ((k.removesuffix("_"), v) for k, v in value.items() if v is not None)
            inner = ", ".join(f"{spell_key(k)} = {self._value((*path, k), v)}" for k, v in kept)
            return f"{{ {inner} }}" if inner else "{}"
        if isinstance(value, (list, tuple)):
            return "[" + ", ".join(self._value(path, item) for item in value) + "]"
        return spell_scalar(value)

    def _with_files(self, path: tuple[str, ...], table: Mapping[str, Any]) -> Mapping[str, Any]:
        """Move a long array of values or pairs to a file."""
        array, pairs = table.get("values"), table.get("pairs")
        if self._is_long(array):
            unit = table.get("unit", "1")
            header = path[-1] if unit == "1" else f"{path[-1]}_{unit}"
            return {"file": self._csv(path, [header], array.reshape(-1, 1))}
        if self._is_long(pairs):
            rest = {key: value for key, value in table.items() if key != "pairs"}
            return {"file": self._csv(path, ["source", "target"], pairs), **rest}
        return table

    def _array(self, path: tuple[str, ...], array: np.ndarray) -> str:
        """Return a bare array: a list where the file asks for lists, else one value per element in SI base units."""
        if array.ndim == 0:
            return spell_scalar(array.item())
        if path[-1] in ("pairs", "indices", "times", "values"):
            return self._value(path, array.tolist())
        return self._value(path, {"values": array})

    def _signal(self, path: tuple[str, ...], table: Mapping[str, Any]) -> Mapping[str, Any]:
        array = table.get("values")
        if not self._is_long(array):
            return table
        columns = array.reshape(len(array), -1)
        name = self._csv(path, [f"c{k}" for k in range(columns.shape[1])], columns)
        return {**{k: v for k, v in table.items() if k != "values"}, "file": name}

    def _is_long(self, value: Any) -> TypeGuard[np.ndarray]:
        return self.folder is not None and isinstance(value, np.ndarray) and value.size > LONGEST_LIST

    def _csv(self, path: tuple[str, ...], header: list[str], columns: np.ndarray) -> str:
        """Write one CSV file and return the name by which the text calls it."""
        assert self.folder is not None
        file = self.folder / f"{self.prefix}{'_'.join(path)}.csv"
        whole = np.issubdtype(columns.dtype, np.integer)
        with file.open("w", encoding="ascii", newline="\n") as out:
            out.write(",".join(header) + "\n")
            np.savetxt(out, columns, fmt="%d" if whole else "%.17g", delimiter=",")
        return str(file.resolve()) if self.absolute else file.name


def spell_key(key: str) -> str:
    """Return a key, quoted where TOML asks for it."""
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else spell_string(key)


def dotted(path: tuple[str, ...]) -> str:
    """Return a path of keys."""
    return ".".join(spell_key(key) for key in path)


def spell_string(text: str) -> str:
    """Return a basic string, or a literal one over several lines for texts that have them."""
    if "\n" in text and "'''" not in text and not re.search(r"[\x00-\x08\x0b-\x1f\x7f]", text):
        return f"'''\n{text.strip(chr(10))}\n'''"
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def spell_scalar(value: Any) -> str:
    """Return a number, truth value or string."""
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
    raise TypeError(f"a network file holds numbers, strings, lists and tables, not {type(value).__name__}")

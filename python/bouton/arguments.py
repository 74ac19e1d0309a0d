# SPDX-License-Identifier: BSD-3-Clause
"""Turns what a user passes (numbers, NumPy arrays, lists) into plain values of known type, or says what is wrong with it.

Every array of a user goes through :func:`floats` or :func:`wholes` and every number through :func:`number` or
:func:`whole`: nothing loses its mask, its imaginary part, its unit, its shape or digits in silence.
"""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from bouton.errors import ArgumentError, ArgumentTypeError

#: The largest whole number that C++ takes for a count or a seed.
MOST = 2**63 - 1
#: Up to here every whole number is a double.
EXACT = 2**53


def whole(value: Any, name: str, least: int = 0, most: int = MOST) -> int:
    """Return a whole number from `least` to `most`.

    Parameters
    ----------
    value : int
        Python's or NumPy's; neither a float nor a truth value.
    name : str
        What messages call it.
    least, most : int

    Raises
    ------
    ArgumentError, ArgumentTypeError
    """
    expected = f"{name}: expected a whole number {_range(least, most)}, not"
    refuse_extras(value, name)
    try:
        if isinstance(value, (bool, np.bool_)) or np.ndim(value) != 0:
            raise TypeError
        found = operator.index(value)
    except TypeError:
        raise ArgumentTypeError(f"{expected} {_shown(value)}") from None
    if not least <= found <= most:
        raise ArgumentError(f"{expected} {found}")
    return found


def number(value: Any, name: str) -> float:
    """Return a real number as Python's float; infinities and NaN are left to the engine, which tells the range."""
    refuse_extras(value, name)
    kind = value.dtype.kind if isinstance(value, (np.ndarray, np.generic)) and np.ndim(value) == 0 else ""
    if isinstance(value, bool) or not (isinstance(value, (int, float)) or kind in ("f", "i", "u")):
        raise ArgumentTypeError(f"{name}: expected a number, not {_shown(value)}")
    try:
        return float(value)
    except OverflowError:
        raise ArgumentError(f"{name}: expected a number that a double can hold, not {_shown(value)}") from None


def flag(value: Any, name: str) -> bool:
    """Return a truth value."""
    if not isinstance(value, (bool, np.bool_)):
        raise ArgumentTypeError(f"{name}: expected True or False, not {_shown(value)}")
    return bool(value)


def floats(
    value: Any,
    name: str,
    shape: tuple[int | None, ...] | None = None,
    *,
    dimensions: tuple[int, ...] = (1,),
    dtype: Any = np.float64,
    finite: bool = True,
) -> np.ndarray:
    """Return a new or the user's own array of floats, in C order and the machine's byte order.

    Parameters
    ----------
    value : array_like
        Of floats, whole numbers or truth values.
    name : str
        What messages call it.
    shape : tuple, optional
        What the shape must be; None where any size will do.
    dimensions : tuple of int
        How many axes it may have, where there is no `shape`.
    dtype : float64 or float32
    finite : bool
        Whether infinities and NaN are refused.

    Raises
    ------
    ArgumentError, ArgumentTypeError
    """
    given = plain(value, name, "numbers", "fiub")
    _check_shape(given, name, shape, dimensions)
    with np.errstate(over="ignore"):  # what overflows is refused below
        found = np.ascontiguousarray(given, dtype=dtype).reshape(given.shape)
    if given.dtype.kind in "iu" and dtype == np.float64:
        _refuse_rounded(given, name)
    overflows = ~np.isfinite(found) if finite else np.isinf(found) & ~np.isinf(given)
    if overflows.any():
        at = np.unravel_index(int(overflows.argmax()), found.shape)
        raise ArgumentError(f"{name}: expected finite numbers, but {_place(at)} is {given[at]}")
    return found


def wholes(
    value: Any,
    name: str,
    shape: tuple[int | None, ...] | None = None,
    *,
    dimensions: tuple[int, ...] = (1,),
    least: int = 0,
    most: int = MOST,
) -> np.ndarray:
    """Return an array of whole numbers, int64; parameters as of :func:`floats`. An empty array may be of any type."""
    given = plain(value, name, f"whole numbers {_range(least, most)}", "fiu")
    _check_shape(given, name, shape, dimensions)
    if given.dtype.kind == "f":
        if given.size > 0:
            raise ArgumentTypeError(
                f"{name}: expected whole numbers {_range(least, most)}, not values of type {given.dtype}"
            )
        return np.zeros(given.shape, np.int64)
    outside = (given < least) | (given > most)
    if outside.any():
        at = np.unravel_index(int(outside.argmax()), given.shape)
        raise ArgumentError(
            f"{name}: expected whole numbers {_range(least, most)}, but {_place(at)} is {given[at]}"
        )
    return np.ascontiguousarray(given, dtype=np.int64).reshape(given.shape)


def plain(value: Any, name: str, expected: str, kinds: str) -> np.ndarray:
    """Return `value` as an array of one of NumPy's `kinds`, still of the user's shape, type and memory order."""
    refuse_extras(value, name)
    try:
        found = np.asarray(value)
    except (ValueError, TypeError) as error:
        raise ArgumentError(f"{name}: expected an array of {expected}; {error}") from None
    if found.dtype.kind not in kinds:
        raise ArgumentTypeError(f"{name}: expected {expected}, not values of type {found.dtype}")
    return found


def refuse_extras(value: Any, name: str) -> None:
    """Refuse what NumPy would drop in silence: masks and units."""
    if isinstance(value, np.ma.MaskedArray):
        hidden = int(np.count_nonzero(np.ma.getmaskarray(value))) if value.dtype.names is None else 0
        if hidden:
            raise ArgumentError(
                f"{name}: expected plain numbers, but {hidden} of {value.size} are masked; fill them "
                "(array.filled(x)) or leave them out (array.compressed())"
            )
    elif isinstance(value, (list, tuple)):
        for item in value:
            if not isinstance(item, (int, float, str)):
                refuse_extras(item, name)
    elif type(value) not in (np.ndarray, int, float, str, bool):
        for word in ("dim", "unit", "units"):  # Brian2, astropy, pint
            unit = getattr(value, word, None)
            if unit is not None and not callable(unit):
                raise ArgumentTypeError(
                    f"{name}: expected plain numbers, not a {type(value).__name__} with a unit of its own; divide by "
                    "the unit, and name it: bouton.values(array/mV, 'mV')"
                )


def _check_shape(
    given: np.ndarray, name: str, shape: tuple[int | None, ...] | None, dimensions: tuple[int, ...]
) -> None:
    if shape is None:
        if given.ndim not in dimensions:
            axes = " or ".join(str(n) for n in dimensions)
            raise ArgumentError(f"{name}: expected an array of {axes} dimension(s), not of shape {given.shape}")
    elif len(shape) != given.ndim or any(n not in (None, m) for n, m in zip(shape, given.shape, strict=True)):
        wanted = ", ".join("n" if n is None else str(n) for n in shape)
        raise ArgumentError(f"{name}: expected the shape ({wanted}), not {given.shape}")


def _refuse_rounded(given: np.ndarray, name: str) -> None:
    large = np.flatnonzero((given.ravel() > EXACT) | (given.ravel() < -EXACT))
    for at in large:
        value = int(given.ravel()[at])
        if int(float(value)) != value:
            place = _place(np.unravel_index(int(at), given.shape))
            raise ArgumentError(f"{name}: expected numbers that a double can hold, but {place} is {value}")


def _place(at: tuple[Any, ...]) -> str:
    return f"[{', '.join(str(int(k)) for k in at)}]" if at else "it"


def _range(least: int, most: int) -> str:
    return f"from {least}" + ("" if most >= MOST else f" to {most}")


def _shown(value: Any) -> str:
    text = repr(value)
    return f"{text if len(text) <= 60 else text[:57] + '...'} ({type(value).__name__})"

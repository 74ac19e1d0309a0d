# SPDX-License-Identifier: BSD-3-Clause
"""Turns a user's arrays into the engine's examples, or says what is wrong with them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from bouton import _core, arguments
from bouton.errors import ArgumentError, ArgumentTypeError

#: What X may be, for messages.
INPUTS = "expected uint8 images (0 to 255, seen as 0 to 1) or floats (taken as they are)"


def examples(inputs: ArrayLike, labels: ArrayLike | None, classes: int | None, name: str) -> Any:
    """Return the engine's copy of inputs and labels.

    Parameters
    ----------
    inputs : array_like, shape (n, height, width) or (n, features)
        uint8 from 0 to 255, seen as 0 to 1; or floats or truth values, seen as they are.
    labels : array_like of int, shape (n,), or None
        From 0; None for inputs that are only to be told apart.
    classes : int or None
        Labels must lie below; None: one more than the largest label.
    name : str
        What messages call them.

    Raises
    ------
    Error
    """
    x = arguments.plain(inputs, name, "numbers", "fiub")
    if x.ndim not in (2, 3):
        raise ArgumentError(
            f"{name}: of shape {x.shape}; inputs are (n, height, width) or (n, features)"
            + (": reshape one example to (1, -1)" if x.ndim == 1 else "")
        )
    if x.dtype.kind in "iu" and x.dtype != np.uint8:
        raise ArgumentTypeError(
            f"{name}: {INPUTS}, not whole numbers of type {x.dtype}: use {name}.astype(np.uint8) or "
            f"{name}.astype(np.float32)"
        )
    n, height, width = x.shape if x.ndim == 3 else (x.shape[0], 1, x.shape[1])
    y = np.zeros(n, np.uint8) if labels is None else label_bytes(labels, n, classes, name)
    if classes is None:
        classes = max(2, int(y.max(initial=0)) + 1)
    if x.dtype == np.uint8:
        flat = np.ascontiguousarray(x).reshape(n, height * width)
        return _core.Examples.of_bytes(flat, y, height, width, classes, name)
    values = arguments.floats(x, name, dimensions=(2, 3), dtype=np.float32)
    return _core.Examples.of_floats(values.reshape(n, height * width), y, height, width, classes, name)


def label_bytes(labels: ArrayLike, n: int, classes: int | None, name: str) -> np.ndarray:
    """Return labels as bytes, each below `classes`, or refuse them."""
    y = arguments.plain(labels, f"labels of {name}", "whole numbers", "fiub")
    if y.shape != (n,):
        raise ArgumentError(f"{name}: {n} examples, but labels of shape {y.shape}; they are ({n},)")
    if y.dtype.kind == "f" and not bool(np.all(y == np.floor(y))):
        raise ArgumentTypeError(f"{name}: labels of type {y.dtype}; they are whole numbers from 0")
    top = 256 if classes is None else classes
    outside = (y < 0) | (y >= top)
    if outside.any():
        raise ArgumentError(f"{name}: label {y[outside][0]}; labels are whole numbers from 0 to {top - 1}")
    return np.ascontiguousarray(y, dtype=np.uint8)

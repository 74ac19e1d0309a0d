# SPDX-License-Identifier: BSD-3-Clause
"""Turns a user's arrays into the engine's examples, or says what is wrong with them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from bouton import _core
from bouton.errors import Error


def examples(inputs: ArrayLike, labels: ArrayLike | None, classes: int | None, name: str) -> Any:
    """Return the engine's copy of inputs and labels.

    Parameters
    ----------
    inputs : array_like, shape (n, height, width) or (n, features)
        uint8 from 0 to 255, seen as 0 to 1; or floats, seen as they are.
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
    x = np.asarray(inputs)
    if x.ndim not in (2, 3):
        raise Error(
            f"{name}: of shape {x.shape}; inputs are (n, height, width) or (n, features)"
            + (": reshape one example to (1, -1)" if x.ndim == 1 else ""),
            status=2,
        )
    n, height, width = x.shape if x.ndim == 3 else (x.shape[0], 1, x.shape[1])
    y = np.zeros(n, np.uint8) if labels is None else _labels(labels, n, classes, name)
    if classes is None:
        classes = max(2, int(y.max(initial=0)) + 1)
    flat = np.ascontiguousarray(x.reshape(n, height * width))
    if x.dtype == np.uint8:
        return _core.Examples.of_bytes(flat, y, height, width, classes, name)
    if x.dtype.kind not in "fiub":
        raise Error(f"{name}: of type {x.dtype}; inputs are uint8 images or numbers", status=2)
    values = np.ascontiguousarray(flat, dtype=np.float32)
    if not np.isfinite(values).all():
        bad = int(np.flatnonzero(~np.isfinite(values).all(axis=1))[0])
        raise Error(f"{name}: example {bad} holds a value that is not finite", status=2)
    return _core.Examples.of_floats(values, y, height, width, classes, name)


def _labels(labels: ArrayLike, n: int, classes: int | None, name: str) -> np.ndarray:
    y = np.asarray(labels)
    if y.shape != (n,):
        raise Error(f"{name}: {n} examples, but labels of shape {y.shape}; they are ({n},)", status=2)
    whole = y.dtype.kind in "iub" or (y.dtype.kind == "f" and bool(np.all(y == np.floor(y))))
    if not whole:
        raise Error(f"{name}: labels of type {y.dtype}; they are whole numbers from 0", status=2)
    top = 256 if classes is None else classes
    outside = (y < 0) | (y >= top)
    if outside.any():
        raise Error(f"{name}: label {y[outside][0]}; labels are whole numbers from 0 to {top - 1}", status=2)
    return np.ascontiguousarray(y, dtype=np.uint8)

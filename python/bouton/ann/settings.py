# SPDX-License-Identifier: BSD-3-Clause
"""What a network is and how it is trained, as the engine takes it: whole dictionaries, made from a few arguments."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from bouton import arguments
from bouton.errors import ArgumentTypeError, Error

#: What `Network.train` does unless told otherwise.
TRAINING: dict[str, Any] = {
    "batch": 128,
    "epochs": 20,
    "learning_rate": 0.1,
    "momentum": 0.9,
    "weight_decay": 0.0,
    "bias_rate": 1.0,
    "decay": "stages",
    "stages": [],
    "shift": 0.0,
    "rotation": 0.0,
    "scale": 0.0,
}


def layers(
    units: Sequence[int],
    classes: int,
    activation: str | Sequence[str],
    mask: str | Sequence[str],
    keep: float | Sequence[float],
) -> list[dict[str, Any]]:
    """Return the layers' descriptions, that of the output layer last.

    A value stands for all hidden layers; a sequence has one entry for each of them, and for masks and probabilities
    of keeping one more if the output layer is meant too.
    """
    hidden = hidden_units(units)
    activations = _each("activation", activation, len(hidden), "relu")[: len(hidden)] + ["softmax"]
    masks = _each("mask", mask, len(hidden), "none")
    keeps = [arguments.number(p, "keep") for p in _each("keep", keep, len(hidden), 1.0)]
    return [
        {"units": n, "activation": a, "mask": m, "keep": p if m != "none" else 1.0}
        for n, a, m, p in zip([*hidden, classes], activations, masks, keeps, strict=True)
    ]


def hidden_units(units: Sequence[int]) -> list[int]:
    """Return the units of the hidden layers as Python's whole numbers, or refuse them."""
    return [arguments.whole(n, f"layers[{k}]") for k, n in enumerate(_items("layers", units))]


def _items(name: str, value: Any) -> list[Any]:
    """Return the items of a sequence; a text is none here."""
    arguments.refuse_extras(value, name)
    if isinstance(value, str) or not isinstance(value, Iterable) or np.ndim(value) == 0:
        raise ArgumentTypeError(f"{name}: expected a sequence, not {value!r} ({type(value).__name__})")
    return list(value)


def _each(name: str, value: Any, hidden: int, output: Any) -> list[Any]:
    if isinstance(value, str | float | int | np.number):
        return [value] * hidden + [output]
    found = _items(name, value)
    if len(found) == hidden:
        return [*found, output]
    if len(found) == hidden + 1 and name != "activation":
        return found
    more = "" if name == "activation" else f", or {hidden + 1} with the output layer's"
    raise Error(f"{name}: {len(found)} values for {hidden} hidden layers; give one, {hidden}{more}", status=2)


def changed(before: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Return `before` with those changes that are not None."""
    given = {key: _KINDS.get(key, _word)(value, key) for key, value in changes.items() if value is not None}
    return before | given


def _count(value: Any, name: str) -> int:
    return arguments.whole(value, name, 1)


def _word(value: Any, name: str) -> str:
    if not isinstance(value, str):
        raise ArgumentTypeError(f"{name}: expected a word, not {value!r} ({type(value).__name__})")
    return value


def _stages(value: Any, name: str) -> list[tuple[int, float]]:
    stages = []
    for k, stage in enumerate(_items(name, value)):
        pair = _items(f"{name}[{k}]", stage)
        if len(pair) != 2:
            raise ArgumentTypeError(f"{name}[{k}]: expected (epochs, factor), not {stage!r}")
        stages.append(
            (arguments.whole(pair[0], f"{name}[{k}], epochs"), arguments.number(pair[1], f"{name}[{k}], factor"))
        )
    return stages


#: How each setting of a training is read; what is not named is a word.
_KINDS: dict[str, Callable[[Any, str], Any]] = {
    "batch": _count,
    "epochs": _count,
    "stages": _stages,
    "seed": arguments.whole,
    **dict.fromkeys(
        (
            "learning_rate",
            "momentum",
            "weight_decay",
            "bias_rate",
            "initial_scale",
            "shift",
            "rotation",
            "scale",
        ),
        arguments.number,
    ),
}


def wan_stages(a: int, b: int, c: int) -> list[tuple[int, float]]:
    """Return the learning-rate schedule "a-b-c" of Wan et al. 2013, for `stages`.

    The rate is taken in full for `a` epochs, times 0.5 for `b`, then times 0.1, 0.05, 0.01, 0.005 and 0.001 for `c`
    epochs each, ``a + b + 5*c`` epochs in all.

    Examples
    --------
    >>> stages = ann.wan_stages(600, 400, 20)
    >>> net.train(X, y, epochs=1100, stages=stages)
    """
    return [(a, 1.0), (b, 0.5), (c, 0.1), (c, 0.05), (c, 0.01), (c, 0.005), (c, 0.001)]

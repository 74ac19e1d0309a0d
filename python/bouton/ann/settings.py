# SPDX-License-Identifier: BSD-3-Clause
"""What a network is and how it is trained, as the engine takes it: whole dictionaries, made from a few arguments."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bouton.errors import Error

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
    hidden = [int(n) for n in units]
    activations = _each("activation", activation, len(hidden), "relu")[: len(hidden)] + ["softmax"]
    masks = _each("mask", mask, len(hidden), "none")
    keeps = _each("keep", keep, len(hidden), 1.0)
    return [
        {"units": n, "activation": a, "mask": m, "keep": float(p) if m != "none" else 1.0}
        for n, a, m, p in zip([*hidden, classes], activations, masks, keeps, strict=True)
    ]


def _each(name: str, value: Any, hidden: int, output: Any) -> list[Any]:
    if isinstance(value, str | float | int):
        return [value] * hidden + [output]
    found = list(value)
    if len(found) == hidden:
        return [*found, output]
    if len(found) == hidden + 1 and name != "activation":
        return found
    more = "" if name == "activation" else f", or {hidden + 1} with the output layer's"
    raise Error(f"{name}: {len(found)} values for {hidden} hidden layers; give one, {hidden}{more}", status=2)


def changed(before: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Return `before` with those changes that are not None."""
    after = before | {key: value for key, value in changes.items() if value is not None}
    after["stages"] = [(int(epochs), float(factor)) for epochs, factor in after["stages"]]
    return after


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

# SPDX-License-Identifier: BSD-3-Clause
"""What one network or several say together about inputs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from bouton import _core, arguments
from bouton.ann.examples import examples
from bouton.errors import Error
from bouton.running import engine_errors

if TYPE_CHECKING:
    from bouton.ann.network import Network


def vote(
    networks: Sequence[Network],
    X: ArrayLike,
    *,
    inference: str = "mean",
    samples: int = 0,
    seed: int = 0,
    threads: int = 0,
    memory: int | str | None = None,
) -> np.ndarray:
    """Return class probabilities, the mean over several networks.

    Parameters
    ----------
    networks : sequence of Network
        Trained; of equal inputs and classes.
    X : array_like, shape (n, height, width) or (n, features)
    inference, samples, seed, threads, memory
        As of :meth:`Network.predict`.

    Returns
    -------
    ndarray of float32, shape (n, classes)

    Raises
    ------
    Error
        If the inputs do not fit, or the networks do not fit each other.
    OutOfMemory
        If that needs more memory than there is, or than `memory` allows.

    Notes
    -----
    The "voting" of Wan et al. 2013.
    """
    trainings: list[Any] = [network.training for network in networks]
    if not trainings:
        raise Error("vote: no networks", status=2)
    shapes = {(t.network["inputs"], t.network["layers"][-1]["units"]) for t in trainings}
    if len(shapes) > 1:
        listed = ", ".join(f"{inputs} inputs and {classes} classes" for inputs, classes in sorted(shapes))
        raise Error(f"vote: the networks differ: {listed}", status=2)
    ((inputs, classes),) = shapes
    samples = arguments.whole(samples, "samples")
    seed = arguments.whole(seed, "seed")
    threads = arguments.whole(threads, "threads")
    data = examples(X, None, classes, "X")
    if data.features != inputs:
        raise Error(f"X: examples of {data.features} values; the network has {inputs} inputs", status=2)
    with engine_errors():
        return np.asarray(_core.predict(trainings, data, inference, samples, seed, threads, memory))

# SPDX-License-Identifier: BSD-3-Clause
"""Short-term plasticity: what happens at each spike of a train."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from bouton import arguments
from bouton.plot.style import palette_of


def short_term_train(
    times: ArrayLike,
    u: ArrayLike,
    x: ArrayLike,
    axes: Axes | None = None,
    *,
    release: ArrayLike | None = None,
) -> Axes:
    """Draw u, x and what each spike of a train releases.

    Parameters
    ----------
    times : array_like, shape (n,)
        ms; the spikes, or finer samples of u and x.
    u, x : array_like, shape (n,)
        Share of the resources that a spike uses, and share that is ready.
    axes : Axes, optional
    release : array_like, shape (n,), optional
        What each spike released; drawn as bars. By default u*x.

    Returns
    -------
    Axes
    """
    axes = axes if axes is not None else plt.figure().add_subplot()
    palette = palette_of(axes)
    times, u, x = (
        arguments.floats(array, name, finite=False)
        for array, name in ((times, "times"), (u, "u"), (x, "x"))
    )
    amounts = u * x if release is None else arguments.floats(release, "release", finite=False)
    axes.vlines(times, 0, amounts, color=palette.quiet, linewidth=4, label="release")
    axes.plot(times, u, "o-", markersize=3.5, color=palette.orange, label="u")
    axes.plot(times, x, "s-", markersize=3.5, color=palette.blue, label="x")
    axes.set(xlabel="time (ms)", ylabel="share", ylim=(0, 1.05))
    axes.legend(ncols=3)
    return axes

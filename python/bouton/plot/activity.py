# SPDX-License-Identifier: BSD-3-Clause
"""Spikes and rates."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes

from bouton.plot.style import palette_of
from bouton.results import Rate, Spikes

#: Above this many spikes a raster is stored as pixels, not as one mark each.
MANY_SPIKES = 3000


def raster(
    spikes: Spikes,
    axes: Axes | None = None,
    *,
    start: float | None = None,
    stop: float | None = None,
    neurons: int | None = None,
    color: str | None = None,
    offset: int = 0,
) -> Axes:
    """Draw one mark per spike.

    Parameters
    ----------
    spikes : Spikes
        ``results.spikes["cells"]``.
    axes : Axes, optional
        Where to draw; by default new ones.
    start, stop : float, optional
        The time shown, ms.
    neurons : int, optional
        Show the first so many neurons; by default all.
    color : str, optional
    offset : int
        Added to the neuron's number, to stack several groups.

    Returns
    -------
    Axes
    """
    axes = axes if axes is not None else plt.figure().add_subplot()
    shown = spikes.between(-np.inf if start is None else start, np.inf if stop is None else stop)
    keep = shown.ids < (spikes.size if neurons is None else neurons)
    count = int(keep.sum())
    height = min(spikes.size, spikes.size if neurons is None else neurons) + offset
    axes.plot(
        shown.times[keep],
        shown.ids[keep] + offset,
        linestyle="none",
        marker="|" if height <= 60 else ".",
        markersize=max(3.0, 130 / max(height, 1)) if height <= 60 else 2.0,
        markeredgewidth=1.2 if height <= 60 else 0,
        color=color or palette_of(axes).blue,
        rasterized=count > MANY_SPIKES,
        label=spikes.name,
    )
    axes.set(xlabel="time (ms)", ylabel="neuron", ylim=(-0.5, height - 0.5))
    if start is not None or stop is not None:
        axes.set_xlim(start, stop)
    return axes


def rates(
    rate: Rate, axes: Axes | None = None, *, color: str | None = None, label: str | None = None
) -> Axes:
    """Draw the rate of a population against time.

    Parameters
    ----------
    rate : Rate
        ``results.rates["cells"]``.
    axes : Axes, optional
    color, label : str, optional

    Returns
    -------
    Axes
    """
    axes = axes if axes is not None else plt.figure().add_subplot()
    axes.step(rate.time * 1e-3, rate.rate, where="post", color=color, label=label or rate.name)
    axes.set(xlabel="time (s)", ylabel="rate (Hz)")
    axes.set_ylim(bottom=0)
    return axes

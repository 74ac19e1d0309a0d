# SPDX-License-Identifier: BSD-3-Clause
"""Weights: their distribution, their course, and what one pair of spikes does to them."""

from __future__ import annotations

from collections.abc import Callable

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from bouton import arguments
from bouton.plot.style import palette_of

_PREFIXES = ((1.0, ""), (1e-3, "m"), (1e-6, "u"), (1e-9, "n"), (1e-12, "p"), (1e-15, "f"))


def scaled(array: ArrayLike, unit: str) -> tuple[np.ndarray, str]:
    """Return numbers in a prefix that suits them, and the unit's name: (2e-9, "S") becomes (2, "nS").

    Plain numbers, and units that are products, are left as they are.
    """
    numbers = arguments.floats(array, "array", dimensions=(0, 1, 2), finite=False)
    largest = float(np.nanmax(np.abs(numbers), initial=0.0))
    if unit in ("1", "") or not unit.isalpha() or largest == 0 or not np.isfinite(largest):
        return numbers, "" if unit == "1" else unit
    for factor, prefix in _PREFIXES:
        if largest >= factor:
            return numbers / factor, prefix + unit
    return numbers, unit


def _label(name: str, unit: str) -> str:
    return f"{name} ({unit})" if unit else name


def weight_histogram(
    w: ArrayLike,
    axes: Axes | None = None,
    *,
    unit: str = "1",
    bins: int = 40,
    limits: tuple[float, float] | None = None,
    color: str | None = None,
    label: str | None = None,
) -> Axes:
    """Draw how many synapses have which weight.

    Parameters
    ----------
    w : array_like
        Weights in SI base units, any shape; ``results.synapses["exc"]["w"]``.
    axes : Axes, optional
    unit : str
        Their unit; ``results.synapses["exc"].units["w"]``.
    bins : int
    limits : (float, float), optional
        First and last edge, in SI base units; by default those of the weights.
    color, label : str, optional

    Returns
    -------
    Axes
    """
    axes = axes if axes is not None else plt.figure().add_subplot()
    numbers = np.ravel(arguments.floats(w, "w", dimensions=(0, 1, 2), finite=False))
    ends = np.array(limits if limits is not None else (numbers.min(initial=0.0), numbers.max(initial=0.0)))
    edges, shown = scaled(ends, unit)
    factor = edges[1] / ends[1] if ends[1] else 1.0
    axes.hist(
        numbers * factor,
        bins=bins,
        range=tuple(edges),
        histtype="stepfilled",
        color=color or palette_of(axes).blue,
        label=label,
    )
    axes.set(xlabel=_label("weight", shown), ylabel="synapses")
    return axes


def weight_course(
    time: ArrayLike,
    w: ArrayLike,
    axes: Axes | None = None,
    *,
    unit: str = "1",
    color: str | None = None,
    label: str | None = None,
    lines: int = 20,
) -> Axes:
    """Draw weights against time: some synapses thin, their mean thick.

    Parameters
    ----------
    time : array_like, shape (samples,)
        ms; ``results.recordings["exc"].time``.
    w : array_like, shape (samples, synapses)
        Weights in SI base units; ``results.recordings["exc"]["w"]``.
    axes : Axes, optional
    unit : str
    color, label : str, optional
    lines : int
        How many single synapses to show.

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        If `time` and `w` do not fit.
    """
    axes = axes if axes is not None else plt.figure().add_subplot()
    seconds = arguments.floats(time, "time") * 1e-3
    numbers, shown = scaled(np.reshape(w, (len(seconds), -1)), unit)
    color = color or palette_of(axes).blue
    if lines:
        step = max(1, numbers.shape[1] // lines)
        axes.plot(seconds, numbers[:, ::step], color=color, linewidth=0.6, alpha=0.35)
    axes.plot(seconds, np.nanmean(numbers, axis=1), color=color, linewidth=2, label=label)
    axes.set(xlabel="time (s)", ylabel=_label("weight", shown))
    return axes


def stdp_window(
    lags: ArrayLike,
    change: ArrayLike,
    axes: Axes | None = None,
    *,
    closed_form: Callable[[np.ndarray], np.ndarray] | None = None,
    ylabel: str = "change of weight",
) -> Axes:
    """Draw the change of weight against t_post - t_pre: potentiation green, depression red.

    Parameters
    ----------
    lags : array_like, shape (pairs,)
        t_post - t_pre, ms.
    change : array_like, shape (pairs,)
        Measured change.
    axes : Axes, optional
    closed_form : callable, optional
        Gives the expected change for an array of lags (ms); drawn as a line behind the points.
    ylabel : str

    Returns
    -------
    Axes
    """
    axes = axes if axes is not None else plt.figure().add_subplot()
    lags, change = arguments.floats(lags, "lags"), arguments.floats(change, "change", finite=False)
    palette = palette_of(axes)
    axes.axhline(0, color=palette.line, linewidth=1, zorder=0)
    axes.axvline(0, color=palette.line, linewidth=1, zorder=0)
    reach = float(np.max(np.abs(lags), initial=1.0))
    for sign, color, label in (
        (1, palette.ltp, "LTP: pre before post"),
        (-1, palette.ltd, "LTD: post before pre"),
    ):
        side = lags * sign > 0
        if closed_form is not None:
            line = sign * np.linspace(reach * 1e-3, reach, 200)
            axes.plot(line, closed_form(line), color=color, linewidth=1.4)
        axes.plot(
            lags[side], change[side], "o", markersize=4, markerfacecolor="none", color=color, label=label
        )
    axes.set(xlabel="$t_{post} - t_{pre}$ (ms)", ylabel=ylabel)
    axes.legend()
    return axes

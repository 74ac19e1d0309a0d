# SPDX-License-Identifier: BSD-3-Clause
"""Colours and form of the figures: one palette that colour-blind readers can tell apart, on light and on dark."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
from cycler import cycler
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb


@dataclass(frozen=True)
class Palette:
    """Colours by what they mean.

    The series are those of Okabe & Ito (2008), the light ones darkened and the dark ones lightened to a contrast of
    at least 3:1 with the background.

    Attributes
    ----------
    ink, quiet, line, paper : str
        Text, secondary text, axes and grid, background.
    ltp, ltd : str
        Potentiation and depression.
    series : tuple of str
        The order of lines without a meaning of their own.
    """

    ink: str
    quiet: str
    line: str
    paper: str
    blue: str
    orange: str
    ltp: str
    ltd: str
    purple: str

    @property
    def series(self) -> tuple[str, ...]:
        return (self.blue, self.orange, self.ltp, self.purple, self.ltd)


LIGHT = Palette(
    "#1b1f24", "#59636e", "#c3c9d0", "#ffffff", "#0072b2", "#b26a00", "#00805e", "#c94f00", "#a84f84"
)
DARK = Palette(
    "#e8ebef", "#a0a9b4", "#4a525c", "#14171b", "#58b0e8", "#e8a33d", "#2fc39a", "#f5824a", "#d98cba"
)


def rc(palette: Palette) -> dict[Any, Any]:
    """Return matplotlib's settings for a palette."""
    return {
        "axes.edgecolor": palette.quiet,
        "axes.facecolor": "none",
        "axes.labelcolor": palette.ink,
        "axes.prop_cycle": cycler(color=palette.series),
        "axes.spines.right": False,
        "axes.spines.top": False,
        "axes.titlecolor": palette.ink,
        "axes.titlelocation": "left",
        "axes.titlesize": "medium",
        "figure.facecolor": palette.paper,
        "figure.figsize": (5.0, 3.2),
        "figure.constrained_layout.use": True,
        "font.size": 10,
        "grid.color": palette.line,
        "legend.frameon": False,
        "legend.labelcolor": palette.ink,
        "lines.linewidth": 1.6,
        "text.color": palette.ink,
        "xtick.color": palette.quiet,
        "xtick.labelcolor": palette.ink,
        "ytick.color": palette.quiet,
        "ytick.labelcolor": palette.ink,
    }


@contextmanager
def style(dark: bool = False) -> Iterator[Palette]:
    """Draw in bouton's style for light or dark pages; yields the palette.

    Examples
    --------
    >>> with bouton.plot.style(dark=True) as colours:
    ...     axes = bouton.plot.raster(results.spikes["cells"], color=colours.orange)
    """
    palette = DARK if dark else LIGHT
    with mpl.rc_context(rc(palette)):
        yield palette


def palette_of(axes: Axes) -> Palette:
    """Return the palette that can be read on these axes: the dark one where their text is light."""
    red, green, blue = to_rgb(axes.xaxis.label.get_color())
    return DARK if 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.5 else LIGHT

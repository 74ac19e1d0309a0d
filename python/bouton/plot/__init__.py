# SPDX-License-Identifier: BSD-3-Clause
"""Figures of results with matplotlib. Every function draws on given or new axes and returns them."""

from __future__ import annotations

from bouton.plot.activity import raster, rates
from bouton.plot.style import DARK, LIGHT, Palette, style
from bouton.plot.trains import short_term_train
from bouton.plot.weights import scaled, stdp_window, weight_course, weight_histogram

__all__ = [
    "DARK",
    "LIGHT",
    "Palette",
    "raster",
    "rates",
    "scaled",
    "short_term_train",
    "stdp_window",
    "style",
    "weight_course",
    "weight_histogram",
]

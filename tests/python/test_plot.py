# SPDX-License-Identifier: BSD-3-Clause
"""Plots: they show the data they are given, on axes with units."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pytest

import bouton
from bouton import plot
from bouton.results import Rate, Spikes

SPIKES = Spikes(np.array([1.0, 5.0, 9.0]), np.array([0, 2, 1]), 3, "cells")


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def test_raster() -> None:
    axes = plot.raster(SPIKES, start=0, stop=8, neurons=2, offset=10)
    (marks,) = axes.lines
    assert marks.get_xdata().tolist() == [1.0]
    assert marks.get_ydata().tolist() == [10]
    assert axes.get_xlabel() == "time (ms)"
    assert axes.get_xlim() == (0, 8)


def test_raster_of_many_spikes_is_stored_as_pixels() -> None:
    many = Spikes(np.arange(5000.0), np.zeros(5000, dtype=int), 1, "a")
    assert plot.raster(many).lines[0].get_rasterized()
    assert not plot.raster(SPIKES).lines[0].get_rasterized()


def test_rates() -> None:
    axes = plot.rates(Rate(np.array([0.0, 500.0]), np.array([4.0, 8.0]), "cells"))
    assert axes.lines[0].get_xdata().tolist() == [0, 0.5]
    assert axes.lines[0].get_ydata().tolist() == [4, 8]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("time (s)", "rate (Hz)")
    assert axes.get_ylim()[0] == 0


@pytest.mark.parametrize(
    ("values", "unit", "expected", "name"),
    [
        ([2e-9], "S", [2], "nS"),
        ([-3e-12, 1e-12], "A", [-3, 1], "pA"),
        ([0.5], "1", [0.5], ""),
        ([0.0], "V", [0.0], "V"),
        ([2e-3], "V/s", [2e-3], "V/s"),
        ([1.0, np.nan], "s", [1.0, np.nan], "s"),
    ],
)
def test_scaled(values, unit, expected, name) -> None:
    numbers, shown = plot.scaled(values, unit)
    np.testing.assert_allclose(numbers, expected)
    assert shown == name


def test_weight_histogram() -> None:
    axes = plot.weight_histogram([1e-9, 1e-9, 3e-9], unit="S", bins=2, limits=(0, 4e-9))
    assert axes.get_xlabel() == "weight (nS)"
    heights = axes.patches[0].get_xy()
    assert heights[:, 1].max() == 2
    assert heights[:, 0].max() == pytest.approx(4)


def test_weight_course() -> None:
    w = np.array([[1e-9, 3e-9], [2e-9, 4e-9]])
    axes = plot.weight_course([0, 1000], w, unit="S", lines=2)
    assert [line.get_ydata().tolist() for line in axes.lines] == [
        pytest.approx([1, 2]),
        pytest.approx([3, 4]),
        pytest.approx([2, 3]),
    ]
    assert axes.lines[-1].get_xdata().tolist() == [0, 1]
    assert axes.get_ylabel() == "weight (nS)"
    with pytest.raises(ValueError, match="reshape"):
        plot.weight_course([0, 1000, 2000], w)


def test_stdp_window_is_green_and_red() -> None:
    axes = plot.stdp_window([-10, 5], [-0.2, 0.3], closed_form=lambda lags: np.sign(lags))
    points = [line for line in axes.lines if line.get_marker() == "o"]
    assert points[0].get_color() == plot.LIGHT.ltp
    assert points[0].get_xdata().tolist() == [5]
    assert points[1].get_color() == plot.LIGHT.ltd
    assert points[1].get_ydata().tolist() == [-0.2]
    assert len(axes.lines) == 6
    assert "ms" in axes.get_xlabel()


def test_short_term_train() -> None:
    axes = plot.short_term_train([0, 50], [0.5, 0.5], [1.0, 0.6])
    u, x = axes.lines
    assert u.get_ydata().tolist() == [0.5, 0.5]
    assert x.get_ydata().tolist() == [1.0, 0.6]
    tops = [segment[1][1] for segment in axes.collections[0].get_segments()]
    assert tops == pytest.approx([0.5, 0.3])


def test_style_follows_dark_pages() -> None:
    with plot.style(dark=True) as palette:
        axes = plot.stdp_window([-10, 5], [-0.2, 0.3])
        assert palette is plot.DARK
        assert axes.lines[2].get_color() == plot.DARK.ltp
        assert axes.xaxis.label.get_color() == plot.DARK.ink
    assert plot.stdp_window([5], [0.3]).lines[2].get_color() == plot.LIGHT.ltp


def luminance(color: str) -> float:
    parts = [int(color[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("palette", [plot.LIGHT, plot.DARK])
def test_colours_stand_out(palette: plot.Palette) -> None:
    """WCAG 2.1: 4.5 for text, 3 for graphics."""
    paper = luminance(palette.paper)

    def contrast(color: str) -> float:
        low, high = sorted([paper, luminance(color)])
        return (high + 0.05) / (low + 0.05)

    assert contrast(palette.ink) > 7
    assert contrast(palette.quiet) > 4.5
    assert all(contrast(color) > 3 for color in palette.series)


def test_plots_of_a_run(results: bouton.Results) -> None:
    axes = plot.raster(results.spikes["input"])
    assert len(axes.lines[0].get_xdata()) == len(results.spikes["input"])
    recording = results.recordings["exc"]
    assert (
        plot.weight_course(recording.time, recording["w"], unit=recording.units["w"]).get_ylabel()
        == "weight (pA)"
    )

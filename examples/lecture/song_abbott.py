# SPDX-License-Identifier: BSD-3-Clause
"""Competition: a thousand inputs split into strong and weak ones (Song, Miller & Abbott 2000)."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np

import bouton
from bouton.lecture import Check, Context, Figure, Panel, script
from bouton.plot import LIGHT as COLOURS

SECTION = "Spike timing-dependent plasticity"
ORDER = 21
SECONDS = 25

W_MAX = 0.01
MULTIPLICATIVE = {f"synapses.inputs.plasticity.parameters.mu_{side}": 1 for side in ("plus", "minus")}


def make(context: Context) -> Figure:
    additive = context.run("song_abbott.toml")
    multiplicative = context.run("song_abbott.toml", set=MULTIPLICATIVE)
    share = additive.synapses["inputs"]["w"] / W_MAX
    narrow = multiplicative.synapses["inputs"]["w"] / W_MAX
    low, high = float(np.mean(share < 0.2)), float(np.mean(share > 0.8))
    rate = float(np.mean(additive.spikes["cell"].times >= 50e3)) * len(additive.spikes["cell"]) / 50

    return Figure(
        title="Competition between a thousand inputs",
        text="""
        One cell, 1000 synapses, every input a Poisson train of 15 Hz that knows nothing of the others. With
        the additive rule the inputs that happen to help fire the cell win and the others lose, until two
        groups stand apart: the distribution of Song, Miller & Abbott (2000,
        [doi:10.1038/78829](https://doi.org/10.1038/78829)). Depression is slightly stronger than
        potentiation (1.05), which keeps the cell's rate in bounds. When the change depends on the weight
        (multiplicative rule, μ = 1) there is no competition, and all weights meet in one narrow peak.
        """,
        panels=[
            histogram(share, "additive rule (μ = 0)", COLOURS.blue, "two groups, at both bounds"),
            histogram(narrow, "multiplicative rule (μ = 1)", COLOURS.purple, "one narrow peak"),
            development(additive),
            rates(additive),
        ],
        parameters={
            "rule": "`stdp_pair`: A_{+} = 0.01, A_{-} = 0.0105 of w_{max}, τ = 20 ms",
            "inputs": "1000 Poisson trains of 15 Hz",
            "cell": "τ_{m} = 10 ms, τ_{e} = 5 ms, rest -74 mV, threshold -54 mV, reset -60 mV",
            "w_{max}": "0.01 of the leak conductance",
            "simulated": "100 s",
        },
        checks=[
            Check(
                "additive: share of weights below 0.2 w_{max}",
                low,
                0.36,
                0.08,
                why="an independent simulation found .36",
            ),
            Check(
                "additive: share of weights above 0.8 w_{max}",
                high,
                0.29,
                0.08,
                why="an independent simulation found .29",
            ),
            Check(
                "additive: rate of the cell in the second half (Hz)",
                rate,
                21.9,
                4.0,
                why="independent simulation",
            ),
            Check(
                "multiplicative: mean of w/w_{max}",
                float(narrow.mean()),
                0.512,
                0.02,
                why="independent simulation",
            ),
            Check(
                "multiplicative: standard deviation of w/w_{max}",
                float(narrow.std()),
                high=0.06,
                why="one narrow peak",
            ),
        ],
    )


def histogram(share: np.ndarray, title: str, color: str, what: str) -> Panel:
    figure, axes = plt.subplots()
    bouton.plot.weight_histogram(share, axes, limits=(0, 1), bins=40, color=color)
    axes.set(xlabel="$w/w_{max}$", title=title)
    return Panel(figure, f"Weights after 100 s: {what}.")


def development(results: bouton.Results) -> Panel:
    """Show the distribution of the weights at every second."""
    recording = results.recordings["inputs"]
    edges = np.linspace(0, 1, 41)
    counts = np.array([np.histogram(w / W_MAX, edges)[0] for w in recording["w"]])
    figure, axes = plt.subplots()
    seconds = np.append(recording.time, recording.time[-1] + 1000) * 1e-3
    image = axes.pcolormesh(seconds, edges, counts.T, cmap="cividis", vmax=80, rasterized=True)
    bar = figure.colorbar(image, ax=axes, extend="max", label="synapses")
    bar.outline.set_visible(False)
    axes.set(xlabel="time (s)", ylabel="$w/w_{max}$")
    return Panel(figure, "The additive rule from a uniform start: the weights part within the first minute.")


def rates(results: bouton.Results) -> Panel:
    figure, axes = plt.subplots()
    counts, edges = np.histogram(results.spikes["cell"].times * 1e-3, np.arange(0, 101, 2))
    axes.stairs(counts / 2, edges, baseline=None, color=COLOURS.orange, linewidth=1.6)
    axes.set(xlabel="time (s)", ylabel="rate of the cell (Hz)", ylim=(0, None))
    return Panel(
        figure, "Competition also holds the rate of the cell: strong inputs lose more pairs to depression."
    )


if __name__ == "__main__":
    script(make)

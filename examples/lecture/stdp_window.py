# SPDX-License-Identifier: BSD-3-Clause
"""STDP: the order of two spikes decides between potentiation and depression."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np

import bouton
from bouton.lecture import Check, Context, Figure, Panel, script
from bouton.plot import LIGHT as COLOURS

SECTION = "Spike timing-dependent plasticity"
ORDER = 20
SECONDS = 3

A_PLUS, A_MINUS, TAU, PAIRS = 0.005, 0.00525, 20.0, 60  # ms; as in stdp_window.toml


def closed_form(lags: np.ndarray) -> np.ndarray:
    """Return the change of 60 isolated pairs, for lags in ms."""
    size = np.exp(-np.abs(lags) / TAU)
    return PAIRS * np.where(lags > 0, A_PLUS * size, -A_MINUS * size)


def make(context: Context) -> Figure:
    results = context.run("stdp_window.toml")
    lags = np.arange(80) - 39.5
    change = results.synapses["pair"]["w"] - 0.5

    figure, axes = plt.subplots()
    bouton.plot.stdp_window(lags, change, axes, closed_form=closed_form, ylabel="change of w after 60 pairs")
    window = Panel(figure, "Points: measured, one synapse for each lag. Lines: A·exp(-|lag|/τ), 60 times.")

    worst = float(np.max(np.abs(change / closed_form(lags) - 1)))
    return Figure(
        title="The window",
        text="""
        Eighty synapses at once, each with its own lag between the presynaptic and the postsynaptic spike.
        Where pre precedes post (causal) the synapse is potentiated (LTP, green), where it follows (acausal)
        depressed (LTD, red); the closer the two spikes, the more. Each pair is repeated 60 times, once a
        second, as in the experiments.
        """,
        panels=[
            example(results, 49, "causal: pre 9.5 ms before post"),
            example(results, 30, "acausal: pre 9.5 ms after post"),
            window,
        ],
        parameters={
            "rule": "`stdp_pair`, additive",
            "A_{+}, A_{-}": "0.005, 0.00525 of w_{max}",
            "τ_{+}, τ_{-}": "20 ms",
            "pairs": "60 at 1 Hz; start w = 0.5",
        },
        checks=[
            Check(
                "lag +0.5 ms: change of w",
                change[40],
                closed_form(lags)[40],
                1e-12,
                why="closed form, rounding only",
            ),
            Check(
                "lag -0.5 ms: change of w",
                change[39],
                closed_form(lags)[39],
                1e-12,
                why="closed form, rounding only",
            ),
            Check("largest relative deviation over all 80 lags", worst, 0.0, 1e-10, why="rounding only"),
        ],
    )


def example(results: bouton.Results, index: int, title: str) -> Panel:
    """Show the spikes and the weight of one synapse over the first pairs."""
    figure, (above, below) = plt.subplots(2, sharex=True, height_ratios=(1, 1.6))
    for row, (group, color) in enumerate((("pre", COLOURS.blue), ("post", COLOURS.orange))):
        spikes = results.spikes[group]
        times = spikes.times[spikes.ids == index]
        above.eventplot(times % 1000, lineoffsets=1 - row, linelengths=0.8, colors=color, linewidths=2)
    above.set(yticks=[1, 0], ylim=(-0.6, 1.6), title=title)
    above.set_yticklabels(["pre", "post"])
    recording = results.recordings["pair"]
    w = recording["w"][:, list(recording.indices).index(index)]
    for pair in (0, 1, 2):
        inside = slice(1000 * pair + 60, 1000 * pair + 160)
        below.step(
            recording.time[inside] % 1000,
            w[inside],
            where="post",
            color=COLOURS.ltp if index > 39 else COLOURS.ltd,
            alpha=(0.4, 0.7, 1)[pair],
        )
        below.annotate(
            f"pair {pair + 1}",
            (160, w[inside][-1]),
            xytext=(3, 0),
            textcoords="offset points",
            va="center",
            fontsize=9,
            annotation_clip=False,
        )
    below.set(xlabel="time within the second (ms)", ylabel="w", xlim=(60, 160))
    change = "up" if index > 39 else "down"
    return Panel(
        figure, f"Spikes of one pair, and the weight in the first three pairs: each pair moves it {change}."
    )


if __name__ == "__main__":
    script(make)

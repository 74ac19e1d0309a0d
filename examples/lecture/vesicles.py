# SPDX-License-Identifier: BSD-3-Clause
"""A synapse that runs out of vesicles fails: single trials and their statistics."""

from __future__ import annotations

from math import comb

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import ListedColormap

from bouton.lecture import Check, Context, Figure, Panel, script
from bouton.plot import LIGHT as COLOURS

SECTION = "Short-term plasticity"
ORDER = 41
SECONDS = 4

SITES, U, TAU_REC, TAU_FAC, INTERVAL = 5, 0.4, 0.3, 0.5, 0.05  # s; as in vesicles.toml


def make(context: Context) -> Figure:
    results = context.run("vesicles.toml")
    released = np.diff(results.recordings["trial"]["g"], axis=0)
    u, x = deterministic(len(released))
    return Figure(
        title="Running out of vesicles",
        text="""
        The same kind of synapse, vesicle by vesicle: five release sites, each of which holds one vesicle or
        none. On every spike each full site releases with probability u; an empty site is refilled at
        random. In single trials the response jumps, and as the train goes on more and more spikes meet a
        synapse that is depleted, or just unlucky: it fails to transmit (red). Over many trials the counts
        are binomial with N sites and the u·x of the deterministic model, so the mean still follows the
        smooth curve.
        """,
        panels=[trials(released), statistics(released, u, x), counts(released, u, x)],
        parameters={
            "model": "`stochastic_vesicles`",
            "sites N, U": "5, 0.4",
            "τ_{rec}, τ_{fac}": "300 ms, 500 ms",
            "train": "8 spikes at 20 Hz, 10,000 trials",
        },
        checks=compare(released, u, x),
    )


def deterministic(spikes: int) -> tuple[np.ndarray, np.ndarray]:
    """Return u and x at each spike of the two-state model, from which the counts follow."""
    u, x = np.full(spikes, U), np.ones(spikes)
    for n in range(1, spikes):
        u[n] = U + u[n - 1] * (1 - U) * np.exp(-INTERVAL / TAU_FAC)
        x[n] = 1 - (1 - x[n - 1] * (1 - u[n - 1])) * np.exp(-INTERVAL / TAU_REC)
    return u, x


def compare(released: np.ndarray, u: np.ndarray, x: np.ndarray) -> list[Check]:
    """Hold spikes 1, 3, 8 against Binomial(N, u*x), and the covariance of the first two; 4 standard errors."""
    n = released.shape[1]
    checks = []
    for spike in (1, 3, 8):
        k, p = released[spike - 1], u[spike - 1] * x[spike - 1]
        fail = (1 - p) ** SITES
        error = np.sqrt(SITES * p * (1 - p) / n)
        checks.append(
            Check(
                f"spike {spike}: mean number of vesicles", float(k.mean()), SITES * p, 4 * error, why="N·u·x"
            )
        )
        checks.append(
            Check(
                f"spike {spike}: share of failures",
                float(np.mean(k == 0)),
                fail,
                4 * float(np.sqrt(fail * (1 - fail) / n)),
                why="(1 - u·x)^N",
            )
        )
    products = (released[0] - released[0].mean()) * (released[1] - released[1].mean())
    expected = -SITES * u[0] * u[1] * x[0] ** 2 * (1 - u[0]) * np.exp(-INTERVAL / TAU_REC)
    checks.append(
        Check(
            "covariance of spikes 1 and 2",
            float(products.mean()),
            float(expected),
            4 * float(products.std() / np.sqrt(n)),
            why="what the first takes the second lacks",
        )
    )
    return checks


def trials(released: np.ndarray) -> Panel:
    figure, axes = plt.subplots(figsize=(5.0, 4.2))
    shown = released[:, :25].T
    hues = [COLOURS.ltd, "#b8d8ee", "#7fb6dd", "#4793c6", "#1d70a8", "#0b4f80"]
    image = axes.pcolormesh(
        np.arange(9) + 0.5,
        np.arange(26) + 0.5,
        shown,
        cmap=ListedColormap(hues),
        vmin=-0.5,
        vmax=5.5,
        edgecolor=COLOURS.paper,
        linewidth=1.5,
    )
    bar = figure.colorbar(image, ax=axes, ticks=range(6), label="vesicles released")
    bar.outline.set_visible(False)
    bar.ax.set_yticklabels(["fails", "1", "2", "3", "4", "5"])
    axes.set(xlabel="spike of the train", ylabel="trial", yticks=[1, 5, 10, 15, 20, 25])
    axes.invert_yaxis()
    for side in axes.spines.values():
        side.set_visible(False)
    return Panel(figure, "Twenty-five trials of the same eight spikes; red: nothing was released.")


def statistics(released: np.ndarray, u: np.ndarray, x: np.ndarray) -> Panel:
    figure, (above, below) = plt.subplots(2, sharex=True, figsize=(5.0, 4.2))
    spike = np.arange(len(released)) + 1
    above.plot(spike, SITES * u * x, color=COLOURS.ink, linewidth=1.2, label="N·u·x")
    above.plot(spike, released.mean(axis=1), "o", color=COLOURS.blue, label="measured")
    above.set(ylabel="vesicles, mean", ylim=(0, 2.4))
    above.legend()
    below.plot(spike, (1 - u * x) ** SITES, color=COLOURS.ink, linewidth=1.2, label="$(1 - u·x)^N$")
    below.plot(spike, (released == 0).mean(axis=1), "o", color=COLOURS.ltd, label="measured")
    below.set(xlabel="spike of the train", ylabel="failures, share", ylim=(0, 0.6))
    below.legend(loc="lower right")
    return Panel(figure, "Mean release and share of failures over 10,000 trials, with the closed forms.")


def counts(released: np.ndarray, u: np.ndarray, x: np.ndarray) -> Panel:
    figure, rows = plt.subplots(3, sharex=True, figsize=(5.0, 4.2))
    for axes, spike in zip(rows, (1, 3, 8), strict=True):
        p = u[spike - 1] * x[spike - 1]
        k = np.arange(SITES + 1)
        share = np.bincount(released[spike - 1].astype(int), minlength=SITES + 1) / released.shape[1]
        axes.bar(k, share, width=0.7, color=[COLOURS.ltd] + [COLOURS.blue] * SITES)
        axes.plot(
            k,
            [comb(SITES, n) * p**n * (1 - p) ** (SITES - n) for n in k],
            "_",
            color=COLOURS.ink,
            markersize=16,
        )
        axes.set(ylim=(0, 0.6), yticks=[0, 0.5])
        axes.text(1, 0.95, f"spike {spike}", transform=axes.transAxes, ha="right", va="top")
    rows[-1].set_xlabel("vesicles released")
    figure.supylabel("share of the trials", fontsize=10)
    return Panel(
        figure, "Distribution of the counts at three spikes. Short marks: binomial with N sites and u·x."
    )


if __name__ == "__main__":
    script(make)

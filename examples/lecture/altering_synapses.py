# SPDX-License-Identifier: BSD-3-Clause
"""What can change at a synapse: sites, release probability, receptors, or one synapse more."""

from __future__ import annotations

from dataclasses import dataclass
from math import comb

import matplotlib.pyplot as plt
import numpy as np

from bouton.lecture import Check, Context, Figure, Panel, script
from bouton.plot import LIGHT as COLOURS

SECTION = "Altering synapses"
ORDER = 30
SECONDS = 6


@dataclass(frozen=True)
class Synapse:
    """One way to build a connection, with what theory says of its response; quanta of the control synapse."""

    group: str
    label: str
    sites: int
    p: float
    q: float

    @property
    def mean(self) -> float:
        return self.sites * self.p * self.q

    @property
    def variance(self) -> float:
        return self.sites * self.q**2 * self.p * (1 - self.p)

    def probability(self, k: int) -> float:
        """Return the probability that k quanta are released."""
        return comb(self.sites, k) * self.p**k * (1 - self.p) ** (self.sites - k)

    @property
    def failures(self) -> float:
        return (1 - self.p) ** self.sites


WAYS = [
    Synapse("control", "control", 4, 0.3, 1),
    Synapse("more_sites", "twice the sites (N)", 8, 0.3, 1),
    Synapse("higher_p", "twice the probability (p)", 4, 0.6, 1),
    Synapse("more_receptors", "twice the receptors (q)", 4, 0.3, 2),
    Synapse("second_synapse", "a second synapse", 8, 0.3, 1),
]


def make(context: Context) -> Figure:
    results = context.run("altering_synapses.toml")
    responses = {way.group: results.state[way.group]["g"] for way in WAYS}
    parabola = sweep(context)
    traces = single_trials(context)
    checks = []
    for way in WAYS:
        g = responses[way.group]
        checks += compare(way, g)
    return Figure(
        title="More vesicles, more receptors, one synapse more",
        text="""
        A synapse with N release sites, each of which releases with probability p one quantum of size q,
        answers with N·p·q in the mean, with the variance N·q²·p·(1-p), and fails with the probability
        (1-p)^N: not at all. Four ways to double the mean response are told apart by what else they change.
        More sites and a second synapse both lower the failures (and look the same from the target); a
        higher release probability does so most and makes the response more reliable; more receptors leave
        the failures as they are.
        """,
        panels=[traces, distributions(responses), summary(responses), parabola],
        parameters={
            "control": "N = 4 sites, p = 0.3, q = 1 (`quantal_binomial`)",
            "more sites / higher p / more receptors": "N = 8 / p = 0.6 / q = 2",
            "second synapse": "two synapses as in control, onto the same cell",
            "trials": "20,000 each",
        },
        checks=checks,
    )


def compare(way: Synapse, g: np.ndarray) -> list[Check]:
    """Hold mean, variance and failures against theory, within 4 standard errors."""
    n = len(g)
    fourth = float(np.mean((g - g.mean()) ** 4))
    variance_error = np.sqrt((fourth - g.var() ** 2) / n)
    failures_error = np.sqrt(way.failures * (1 - way.failures) / n)
    return [
        Check(
            f"{way.label}: mean", float(g.mean()), way.mean, 4 * float(np.sqrt(way.variance / n)), why="N·p·q"
        ),
        Check(
            f"{way.label}: variance",
            float(g.var()),
            way.variance,
            4 * float(variance_error),
            why="N·q²·p·(1-p)",
        ),
        Check(
            f"{way.label}: failures",
            float(np.mean(g == 0)),
            way.failures,
            4 * float(failures_error),
            why="(1-p)^N",
        ),
    ]


def distributions(responses: dict[str, np.ndarray]) -> Panel:
    """Show how often each response occurs, beside the binomial distribution."""
    figure, rows = plt.subplots(len(WAYS), sharex=True, figsize=(5.0, 4.6))
    for way, axes in zip(WAYS, rows, strict=True):
        values, counts = np.unique(responses[way.group], return_counts=True)
        share = counts / counts.sum()
        colors = [COLOURS.ltd if value == 0 else COLOURS.blue for value in values]
        axes.bar(values, share, width=0.7, color=colors)
        k = np.arange(way.sites + 1)
        shown = k * way.q <= 8.5
        axes.plot(
            k[shown] * way.q,
            [way.probability(int(n)) for n in k[shown]],
            "_",
            color=COLOURS.ink,
            markersize=14,
        )
        axes.set(ylim=(0, 0.5), xlim=(-0.6, 8.6), yticks=[0, 0.4])
        axes.text(1, 0.95, way.label, transform=axes.transAxes, ha="right", va="top")
    rows[-1].set_xlabel("response (quanta of the control synapse)")
    figure.supylabel("share of the trials", fontsize=10)
    return Panel(figure, "Responses of 20,000 trials; failures red. Short marks: the binomial distribution.")


def summary(responses: dict[str, np.ndarray]) -> Panel:
    """Show mean, standard deviation and failures of the five ways, measured over expected."""
    figure, columns = plt.subplots(1, 3, sharey=True, figsize=(5.0, 3.4))
    y = np.arange(len(WAYS))[::-1]
    kinds = (
        ("mean", COLOURS.blue, lambda g: g.mean(), lambda way: way.mean),
        ("variance", COLOURS.purple, lambda g: g.var(), lambda way: way.variance),
        ("failures", COLOURS.ltd, lambda g: np.mean(g == 0), lambda way: way.failures),
    )
    for axes, (title, color, measure, expect) in zip(columns, kinds, strict=True):
        axes.barh(y, [measure(responses[way.group]) for way in WAYS], height=0.55, color=color)
        axes.plot([expect(way) for way in WAYS], y, "|", color=COLOURS.ink, markersize=15, markeredgewidth=2)
        axes.set(title=title, yticks=y)
        axes.locator_params(axis="x", nbins=3)
    columns[0].set_yticklabels([way.label.replace(" (", "\n(") for way in WAYS])
    return Panel(figure, "Bars: measured. Short marks: N·p·q, N·q²·p·(1-p) and (1-p)^N.")


def sweep(context: Context) -> Panel:
    """Vary p from 0.05 to 0.95: variance against mean is a parabola, from which q and N can be read."""
    network = context.load("altering_synapses.toml")
    network.name = "one synapse, p from 0.05 to 0.95"
    p = np.linspace(0.05, 0.95, 10)
    network.neurons = {"pre": network.neurons["pre"], "cells": {"size": 20000, "equations": "g : 1"}}
    release = {"model": "quantal_binomial", "parameters": {"n_sites": 4, "p": "0.05 + 0.1*(j % 10)"}}
    network.synapses = {"s": {**network.synapses["to_control"], "to": "cells", "release": release}}
    g = context.run(network).state["cells"]["g"].reshape(-1, 10)
    figure, axes = plt.subplots()
    mean = np.linspace(0, 4, 100)
    axes.plot(mean, mean - mean**2 / 4, color=COLOURS.ink, linewidth=1.2, label="q·mean - mean²/N")
    axes.plot(g.mean(axis=0), g.var(axis=0), "o", color=COLOURS.blue, label="measured, 2000 trials each")
    for k, place, side in ((0, (8, -4), "left"), (4, (0, 9), "center"), (9, (-8, -4), "right")):
        axes.annotate(
            f"p = {p[k]:.2f}",
            (g[:, k].mean(), g[:, k].var()),
            xytext=place,
            textcoords="offset points",
            ha=side,
            fontsize=9,
        )
    axes.set(xlabel="mean response (q)", ylabel="variance (q²)", ylim=(0, 1.45))
    axes.legend(loc="upper right")
    return Panel(
        figure,
        "The same synapse at ten release probabilities (N = 4): variance against mean is the parabola by "
        "which N and q are found in experiments.",
    )


def single_trials(context: Context) -> Panel:
    """Show the membrane of one cell for each way, 12 spikes in a row."""
    network = context.load("altering_synapses.toml")
    network.name = "twelve trials"
    network.simulation.update(duration="620 ms", seed=11)
    network.neurons["pre"]["times"] = [[f"{20 + 50 * k} ms" for k in range(12)]]
    for way in WAYS:
        network.neurons[way.group] = {"size": 1, "equations": "dg/dt = -g/(8*ms) : 1"}
        network.record("g", of=way.group, every="0.5 ms")
    results = context.run(network)
    figure, axes = plt.subplots(figsize=(5.0, 4.6))
    for row, way in enumerate(WAYS):
        recording = results.recordings[way.group]
        base = -row * 8.0
        axes.plot(recording.time, recording["g"][:, 0] + base, color=COLOURS.blue, linewidth=1.3)
        axes.text(640, base + 1, way.label.replace(" (", "\n("), va="center")
        for k in range(12):
            arrived = recording["g"][2 * (20 + 50 * k) + 2, 0] - recording["g"][2 * (20 + 50 * k), 0]
            if arrived <= 0:
                axes.plot(20 + 50 * k, base - 0.7, "x", color=COLOURS.ltd, markersize=5)
    axes.set(xlabel="time (ms)", yticks=[], ylim=(-34, 7.5))
    axes.spines["left"].set_visible(False)
    axes.plot([5, 5], [3, 7], color=COLOURS.ink)
    axes.text(14, 5, "4 quanta", va="center", fontsize=9)
    axes.set(xlim=(0, 880), xticks=[0, 200, 400, 600])
    return Panel(figure, "Responses to twelve spikes in a row, 20 per second; red crosses are failures.")


if __name__ == "__main__":
    script(make)

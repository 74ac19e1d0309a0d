# SPDX-License-Identifier: BSD-3-Clause
"""Inhibitory STDP balances a recurrent network of 10,000 neurons (Vogels et al. 2011)."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np

import bouton
from bouton.lecture import Check, Context, Figure, Panel, script
from bouton.lecture.figure import number
from bouton.plot import LIGHT as COLOURS

SECTION = "A plastic network at work"
ORDER = 60
SECONDS = 90

EXC = 8000


def make(context: Context) -> Figure:
    longer = {"simulation.duration": "120 s"} if context.full else {}
    results = context.run("inhibitory_plasticity.toml", set=longer)
    stop = results.duration
    spikes = results.spikes["cells"]
    final = spikes.rates(stop - 10e3, stop)
    w = results.synapses["inh_exc"]["w"] * 1e9
    summary = results.summary
    return Figure(
        title="Inhibition learns to balance excitation",
        text=f"""
        A recurrent network of 8000 excitatory and 2000 inhibitory neurons. At the start the inhibitory
        synapses onto excitatory cells have the weight 0, and the network runs wild. Their rule needs no
        teacher: a presynaptic and a postsynaptic spike close together, in either order, strengthen the
        synapse; each presynaptic spike alone weakens it a little. Every cell is so drawn to the target of 3
        Hz, by its own inhibition, and firing becomes asynchronous and irregular. The network settles
        somewhat above the target, because inhibition makes coincidences rarer than chance.

        This run: {summary["synapses"]:,} synapses in {summary["bytes"] / 1e6:.0f} MB of state,
        {summary["events"] / 1e6:,.0f} million synaptic events in {summary["run_seconds"]:.0f} s, which are
        {summary["events"] / summary["run_seconds"] / 1e6:.0f} million events a second;
        {summary["run_seconds"] / (stop * 1e-3):.2f} s of work for one second of the network.
        """,
        panels=[
            raster(spikes, 0, "the first 100 ms", 100),
            raster(spikes, stop - 500, "the last 500 ms", 500),
            course(spikes, stop),
            histogram(final),
            weights(results),
            weight_histogram(w),
        ],
        parameters={
            "cells": "10,000 `lif_cond_exp`: τ_{m} = 20 ms, threshold -50 mV, I_{e} = 200 pA",
            "connections": "2 % at random; excitatory 0.3 nS, inhibitory among inhibitory 3 nS",
            "rule": "`inhibitory_stdp`: η = 0.1 nS, ρ_{0} = 3 Hz, τ = 20 ms",
            "simulated": f"{number(stop * 1e-3)} s in steps of 0.1 ms",
        },
        checks=[
            Check(
                "excitatory rate, last 10 s (Hz)",
                float(final[:EXC].mean()),
                low=3.0,
                high=4.5,
                why="target 3 Hz; an independent simulation settled at 3.85",
            ),
            Check(
                "its standard deviation over cells (Hz)",
                float(final[:EXC].std()),
                high=1.0,
                why=".77 there, counts of 10 s included",
            ),
            Check(
                "inhibitory rate, last 10 s (Hz)",
                float(final[EXC:].mean()),
                6.7,
                1.0,
                why="independent simulation",
            ),
            Check("mean learned weight (nS)", float(w.mean()), 1.96, 0.3, why="independent simulation"),
        ],
    )


def raster(spikes: bouton.results.Spikes, start: float, title: str, length: float) -> Panel:
    """Show 160 excitatory and 40 inhibitory neurons."""
    figure, axes = plt.subplots()
    shown = spikes.between(start, start + length)
    for first, count, base, color in ((0, 160, 0, COLOURS.blue), (EXC, 40, 160, COLOURS.ltd)):
        keep = (shown.ids >= first) & (shown.ids < first + count)
        axes.plot(shown.times[keep] - start, shown.ids[keep] - first + base, ".", color=color, markersize=2.2)
    axes.set(xlabel="time (ms)", ylim=(-1, 200), xlim=(0, length), yticks=[80, 180], title=title)
    axes.set_yticklabels(["exc.", "inh."])
    rate = len(shown) / spikes.size / length * 1e3
    return Panel(
        figure, f"Spikes of 160 excitatory and 40 inhibitory neurons; mean rate of all {number(rate)} Hz."
    )


def course(spikes: bouton.results.Spikes, stop: float) -> Panel:
    figure, axes = plt.subplots()
    edges = np.concatenate([np.arange(0, 1000, 50), np.arange(1000, stop + 1, 500)])
    for chosen, size, color, label in (
        (spikes.ids < EXC, EXC, COLOURS.blue, "excitatory"),
        (spikes.ids >= EXC, 2000, COLOURS.ltd, "inhibitory"),
    ):
        counts = np.histogram(spikes.times[chosen], edges)[0]
        axes.stairs(
            counts / size / np.diff(edges) * 1e3,
            edges * 1e-3,
            baseline=None,
            color=color,
            linewidth=1.6,
            label=label,
        )
    axes.axhline(3, color=COLOURS.ink, linestyle="--", linewidth=1, label="target")
    axes.set(xlabel="time (s)", ylabel="rate (Hz)", yscale="log", yticks=[3, 10, 30, 100])
    axes.set_yticklabels(["3", "10", "30", "100"])
    axes.minorticks_off()
    axes.legend()
    return Panel(
        figure,
        "Population rates; the logarithmic axis shows both the wild beginning and the approach to the target.",
    )


def histogram(final: np.ndarray) -> Panel:
    figure, axes = plt.subplots()
    bins = np.arange(0, 15.1, 0.3)
    for rates, color, label in (
        (final[:EXC], COLOURS.blue, "excitatory"),
        (final[EXC:], COLOURS.ltd, "inhibitory"),
    ):
        axes.stairs(*np.histogram(rates, bins, density=True), color=color, linewidth=1.6, label=label)
    axes.axvline(3, color=COLOURS.ink, linestyle="--", linewidth=1, label="target")
    axes.set(xlabel="rate of one cell in the last 10 s (Hz)", ylabel="density (1/Hz)")
    axes.legend()
    return Panel(
        figure, "Rates of single cells at the end: the excitatory ones, which learn, lie close together."
    )


def weights(results: bouton.Results) -> Panel:
    figure, axes = plt.subplots()
    recording = results.recordings["inh_exc"]
    seconds, w = recording.time * 1e-3, recording["w"] * 1e9
    low, quarter, median, upper, high = np.quantile(w, [0.05, 0.25, 0.5, 0.75, 0.95], axis=1)
    axes.fill_between(seconds, low, high, color=COLOURS.ltd, alpha=0.2, linewidth=0, label="9 of 10 synapses")
    axes.fill_between(
        seconds, quarter, upper, color=COLOURS.ltd, alpha=0.4, linewidth=0, label="half of them"
    )
    axes.plot(seconds, median, color=COLOURS.ltd, linewidth=2, label="median")
    axes.set(xlabel="time (s)", ylabel="weight (nS)", ylim=(0, 6.5))
    axes.legend(loc="upper left", ncols=3)
    return Panel(figure, "The weights of all inhibitory synapses onto excitatory cells.")


def weight_histogram(w: np.ndarray) -> Panel:
    figure, axes = plt.subplots()
    bouton.plot.weight_histogram(w * 1e-9, axes, unit="S", color=COLOURS.ltd, bins=60)
    axes.set_yscale("log")
    return Panel(figure, f"All {len(w):,} learned weights at the end.")


if __name__ == "__main__":
    script(make)

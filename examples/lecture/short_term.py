# SPDX-License-Identifier: BSD-3-Clause
"""Short-term plasticity: facilitation, depression and both, in trains and in the steady state."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np

import bouton
from bouton.lecture import Check, Context, Figure, Panel, script
from bouton.plot import LIGHT as COLOURS

SECTION = "Short-term plasticity"
ORDER = 40
SECONDS = 8

#: U, tau_rec, tau_fac (s) as in short_term.toml and short_term_rates.toml
KINDS = {"facilitating": (0.05, 0.13, 0.53), "depressing": (0.5, 0.8, 0.0), "mixed": (0.2, 0.2, 1.5)}
HUES = {"facilitating": COLOURS.ltp, "depressing": COLOURS.ltd, "mixed": COLOURS.purple}
SPIKES = np.array([*range(50, 501, 50), 1000]) * 1e-3


def make(context: Context) -> Figure:
    results = context.run("short_term.toml")
    steady, checks = steady_state(context)
    trains = []
    for kind in KINDS:
        trains.append(train(results, kind))
        checks.append(amplitudes(results, kind))
    return Figure(
        title="Facilitation and depression",
        text="""
        The same ten spikes at 20 Hz, and an eleventh half a second later, over three synapses. Each spike
        uses the share u of the resources and leaves the rest: what it releases is u·x. Where u grows from
        spike to spike (calcium stays behind) the synapse facilitates; where x runs out (vesicles are spent)
        it depresses; the third does both in turn. In a long regular train u and x settle, and the response
        depends on the rate: a depressing synapse passes changes, a facilitating one prefers a rate of its
        own.
        """,
        panels=[*trains, steady],
        parameters={
            "model": "`tsodyks_markram`",
            **{
                kind: f"U = {u}, τ_{{rec}} = {rec * 1e3:.0f} ms, τ_{{fac}} = {fac * 1e3:.0f} ms"
                for kind, (u, rec, fac) in KINDS.items()
            },
            "cells": "`lif_exp` below threshold: τ_{m} = 30 ms, τ_{exc} = 3 ms",
        },
        checks=checks,
    )


def recurrence(kind: str) -> np.ndarray:
    """Return u*x at each spike of the train: exact solutions between spikes (Tsodyks & Markram 1998)."""
    u_0, tau_rec, tau_fac = KINDS[kind]
    u, x, released = u_0, 1.0, [u_0]
    for gap in np.diff(SPIKES):
        x, u = x - u * x, u + u_0 * (1 - u)
        u = u_0 + (u - u_0) * (np.exp(-gap / tau_fac) if tau_fac else 0.0)
        x = 1 + (x - 1) * np.exp(-gap / tau_rec)
        released.append(u * x)
    return np.array(released)


def fixed_point(kind: str, interval: np.ndarray) -> np.ndarray:
    """Return u*x at the spikes of a long regular train."""
    u_0, tau_rec, tau_fac = KINDS[kind]
    facilitation = np.exp(-interval / tau_fac) if tau_fac else 0.0 * interval
    recovery = np.exp(-interval / tau_rec)
    u = u_0 / (1 - (1 - u_0) * facilitation)
    return u * (1 - recovery) / (1 - (1 - u) * recovery)


def at_spikes(results: bouton.Results, kind: str) -> tuple[np.ndarray, np.ndarray]:
    """Return u and x at the arrival of each spike: a sample is taken at the start of the step, before it."""
    recording = results.recordings[kind]
    rows = np.rint(SPIKES / 1e-4).astype(int)
    return recording["u"][rows, 0], recording["x"][rows, 0]


def train(results: bouton.Results, kind: str) -> Panel:
    figure, (above, below) = plt.subplots(2, sharex=True, figsize=(5.0, 4.4))
    recording = results.recordings[kind]
    u, x = at_spikes(results, kind)
    above.vlines(SPIKES * 1e3, 0, u * x, color=COLOURS.quiet, linewidth=4)
    above.plot(recording.time, recording["u"][:, 0], color=COLOURS.orange, label="u: used by the next spike")
    above.plot(recording.time, recording["x"][:, 0], color=COLOURS.blue, label="x: ready")
    above.plot([], [], color=COLOURS.quiet, linewidth=4, label="release u·x")
    above.set(ylim=(0, 1.5), yticks=[0, 0.5, 1], ylabel="share", title=kind)
    above.legend(loc="upper center", ncols=3, fontsize=8.5, columnspacing=1.0, handlelength=1.2)
    cell = results.recordings[f"{kind}_cell"]
    depolarised = cell["v"][:, 0] * 1e3 + 70
    below.plot(cell.time, depolarised, color=HUES[kind])
    below.set(xlabel="time (ms)", ylabel="membrane (mV\nabove rest)", ylim=(0, None))
    return Panel(
        figure,
        f"A {kind} synapse: u, x and what each spike releases; below, the membrane of the target cell.",
    )


def amplitudes(results: bouton.Results, kind: str) -> Check:
    u, x = at_spikes(results, kind)
    worst = float(np.max(np.abs(u * x / recurrence(kind) - 1)))
    return Check(
        f"{kind}: largest relative deviation of the 11 releases",
        worst,
        0.0,
        1e-9,
        why="exact recurrence, rounding only",
    )


def steady_state(context: Context) -> tuple[Panel, list[Check]]:
    """Drive each kind with 30 regular trains and compare the release per spike with its fixed point."""
    results = context.run("short_term_rates.toml")
    spikes = results.spikes["pre"].between(10e3, 20e3)
    counts = np.bincount(spikes.ids, minlength=30)
    interval = np.array([np.diff(spikes.times[spikes.ids == i]).mean() for i in range(30)]) * 1e-3
    figure, axes = plt.subplots(figsize=(5.0, 4.4))
    checks = []
    for kind in KINDS:
        samples = results.recordings[f"{kind}_cell"]["g"]
        measured = (samples[2] - samples[1]) / counts
        expected = fixed_point(kind, interval)
        rate = np.geomspace(0.5, 110, 200)
        axes.plot(rate, fixed_point(kind, 1 / rate), color=HUES[kind], linewidth=1.2)
        axes.plot(
            1 / interval, measured, "o", color=HUES[kind], markersize=4, markerfacecolor="none", label=kind
        )
        worst = float(np.max(np.abs(measured / expected - 1)))
        checks.append(
            Check(
                f"{kind}: largest relative deviation at 30 rates",
                worst,
                0.0,
                1e-4,
                why="fixed point; intervals are rounded to 0.1 ms",
            )
        )
    u_0, tau_rec, tau_fac = KINDS["facilitating"]
    best = (np.sqrt((1 - u_0) * tau_fac / (u_0 * tau_rec)) - 1) / tau_fac
    axes.axvline(best, color=COLOURS.line, linewidth=1, zorder=0)
    axes.text(best * 1.06, 0.012, f"{best:.1f} Hz", fontsize=9, color=COLOURS.quiet)
    axes.set(
        xscale="log",
        xlabel="rate of the train (Hz)",
        ylabel="release per spike, u·x",
        ylim=(0, 0.55),
        xlim=(0.6, 110),
        xticks=[1, 3, 10, 30, 100],
    )
    axes.set_xticklabels(["1", "3", "10", "30", "100"])
    axes.minorticks_off()
    axes.legend(loc="upper right")
    return Panel(
        figure,
        "Release per spike in a long regular train against its rate: circles measured, lines closed form. The "
        "grey line is the rate that the facilitating synapse prefers (mean-field, Poisson trains).",
    ), checks


if __name__ == "__main__":
    script(make)

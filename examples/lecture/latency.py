# SPDX-License-Identifier: BSD-3-Clause
"""STDP shortens the latency: the cell learns to answer to the first spikes of a volley."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np

import bouton
from bouton.lecture import Check, Context, Figure, Panel, script
from bouton.plot import LIGHT as COLOURS

SECTION = "Spike timing-dependent plasticity"
ORDER = 22
SECONDS = 4

PERIOD, FIRST = 200.0, 20.0  # ms, as in latency.toml


def make(context: Context) -> Figure:
    results = context.run("latency.toml")
    w = results.synapses["inputs_to_cell"]["w"] * 1e9
    volleys, latencies = first_spikes(results)
    before, after = float(latencies[0]), float(latencies[-20:].mean())
    reached = w >= 0.95

    return Figure(
        title="The first spikes win",
        text="""
        Every 200 ms the same volley arrives: 200 inputs, one spike each, spread over 60 ms. At first the
        cell needs many of them to reach its threshold. The inputs that came before its spike are
        potentiated, those after it depressed; so fewer are needed the next time, the spike moves forward,
        and more inputs fall behind it.
        """,
        panels=[final_weights(w), latency_course(volleys, latencies), membrane(results)],
        parameters={
            "inputs": "200, one spike each per volley, latencies 0 to 60 ms",
            "cell": "`lif_cond_exp`, refractory for 100 ms",
            "rule": "`stdp_pair`: A_{+} = 0.01, A_{-} = 0.0105, τ = 20 ms, w_{max} = 1 nS; start w = 0.2 nS",
            "simulated": "300 volleys (60 s)",
        },
        checks=[
            Check(
                "latency after learning, as a share of that before",
                after / before,
                high=0.7,
                why="the cell answers earlier",
            ),
            Check(
                "mean weight of the earliest 20 inputs (nS)",
                float(w[:20].mean()),
                1.0,
                0.05,
                why="always before the spike: at the upper bound",
            ),
            Check(
                "mean weight of the latest 100 inputs (nS)",
                float(w[100:].mean()),
                0.0,
                0.1,
                why="always after the spike: at the lower bound",
            ),
            Check(
                "inputs at the upper bound fire before the cell does, share",
                float(np.mean(arrival(w)[reached] < after)),
                1.0,
                0.1,
                why="only causal inputs are kept",
            ),
        ],
    )


def arrival(w: np.ndarray) -> np.ndarray:
    """Return the latency of every input, ms."""
    return np.arange(len(w)) * 60.0 / len(w)


def first_spikes(results: bouton.Results) -> tuple[np.ndarray, np.ndarray]:
    """Return the volleys to which the cell answered and the latency of its first spike, ms after the first input."""
    times = results.spikes["cell"].times
    volleys, index = np.unique((times // PERIOD).astype(int), return_index=True)
    return volleys, times[index] % PERIOD - FIRST


def final_weights(w: np.ndarray) -> Panel:
    figure, axes = plt.subplots()
    late = arrival(w)
    for side, color, label in ((w > 0.2, COLOURS.ltp, "potentiated"), (w <= 0.2, COLOURS.ltd, "depressed")):
        axes.plot(late[side], w[side], "o", color=color, markersize=3.5, label=label)
    axes.axhline(0.2, color=COLOURS.quiet, linestyle="--", linewidth=1, label="at the start")
    axes.set(xlabel="latency of the input (ms)", ylabel="weight (nS)")
    axes.legend(loc="upper right")
    return Panel(figure, "Weights after 300 volleys against the latency of each input.")


def latency_course(volleys: np.ndarray, latencies: np.ndarray) -> Panel:
    figure, axes = plt.subplots()
    axes.plot(volleys + 1, latencies, ".", color=COLOURS.orange, markersize=4)
    axes.set(xlabel="volley", ylabel="latency of the cell's spike (ms)", ylim=(0, None))
    return Panel(figure, "The cell's first spike after the volley begins, volley by volley.")


def membrane(results: bouton.Results) -> Panel:
    figure, axes = plt.subplots()
    recording = results.recordings["cell"]
    v, period = recording["v"][:, 0] * 1e3, int(PERIOD / 0.5)
    for volley, color, label in ((0, COLOURS.quiet, "first volley"), (-1, COLOURS.blue, "last volley")):
        begin = volley * period if volley >= 0 else len(v) + volley * period
        part = v[begin : begin + period]
        axes.plot(np.arange(period) * 0.5 - FIRST, part, color=color, label=label)
    axes.set(xlabel="time after the first input (ms)", ylabel="membrane (mV)", xlim=(-5, 90))
    axes.legend()
    return Panel(
        figure,
        "The membrane in the first and in the last volley; a spike resets it to -60 mV and silences it.",
    )


if __name__ == "__main__":
    script(make)

# SPDX-License-Identifier: BSD-3-Clause
"""Hebbian learning: what fires together wires together, if cell A fires first."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np

import bouton
from bouton.lecture import Check, Context, Figure, Panel, script
from bouton.plot import LIGHT as COLOURS

SECTION = "Hebbian learning"
ORDER = 10
SECONDS = 6

ETA, TAU, RATE = 0.03e-3, 20e-3, 5.0  # s, s, Hz, as in hebb.toml
ORDERS = {"inputs first": "20 ms", "cell first": "1 ms"}


def make(context: Context) -> Figure:
    panels, checks = [], []
    for name, delay in ORDERS.items():
        results = context.run("hebb.toml", set={"synapses.fire_cell.delay": delay})
        panels += [rasters(results, name), course(results, name)]
        checks += drift(results, name)
    panels.append(competition(context))
    return Figure(
        title="Cells that fire together wire together",
        text="""
        A cell has 40 inputs. Those of the first group fire together with it, at random moments five times a
        second; those of the second group fire as often, independently. Hebb's rule (`hebb`): at every spike
        of the cell each synapse grows by how active its input has been just before. When the inputs fire 5
        to 15 ms *before* the cell, their synapses grow. When the cell fires first (its spike comes 4 to 14
        ms earlier than theirs), the same number of coincidences does nothing: cell A must take part in
        firing cell B.

        The rule alone only lets weights grow. With the sum of the weights held constant (last panel) the
        inputs that fire out of sync lose their link.
        """,
        panels=panels,
        parameters={
            "rule": "Δw = η·w_{max}·x at each spike of the cell; x: low-pass of the input's spikes over τ_{x}",
            "η, τ_{x}, w_{max}": "0.03 ms, 20 ms, 1",
            "rates of all inputs and of the cell": "5 Hz",
            "simulated": "60 s for each order",
        },
        checks=checks,
    )


def rasters(results: bouton.Results, name: str) -> Panel:
    """Show 1 s of both groups and the cell."""
    figure, axes = plt.subplots()
    times = results.spikes["cell"].times
    begin = times[times > 2000][0] - 100
    shown = {"start": begin, "stop": begin + 700}
    bouton.plot.raster(results.spikes["apart"], axes, color=COLOURS.quiet, **shown)
    bouton.plot.raster(results.spikes["together"], axes, color=COLOURS.ltp, offset=20, **shown)
    axes.vlines(times, 0, 43, color=COLOURS.orange, linewidth=0.8)
    axes.plot(times, np.full(len(times), 43), "v", color=COLOURS.orange, markersize=5)
    axes.set(xlim=(begin, begin + 700), ylim=(-1, 45), yticks=[10, 30, 43], ylabel="")
    axes.set_yticklabels(["apart", "together", "cell"])
    axes.set_title(f"{name}")
    order = "before" if name == "inputs first" else "after"
    return Panel(
        figure,
        f"Spikes of both groups of inputs and of the cell (triangles and lines): the group above fires "
        f"{order} the cell.",
    )


def course(results: bouton.Results, name: str) -> Panel:
    """Show the weights of both groups with the expected drift of each."""
    figure, axes = plt.subplots()
    lags = lags_of(results)
    for group, color in (("with", COLOURS.ltp), ("without", COLOURS.quiet)):
        recording = results.recordings[group]
        label = {"with": "together", "without": "apart"}[group]
        bouton.plot.weight_course(recording.time, recording["w"], axes, color=color, label=label)
        line = 0.2 + slope(group, lags) * fired(results) * recording.time * 1e-3
        axes.plot(recording.time * 1e-3, line, "--", color=COLOURS.ink, linewidth=1)
    axes.plot([], [], "--", color=COLOURS.ink, linewidth=1, label="expected mean")
    axes.set(ylim=(0.15, 0.6), title=name)
    axes.legend(loc="upper left")
    return Panel(figure, "Course of the weights: every synapse thin, each group's mean thick.")


def lags_of(results: bouton.Results) -> np.ndarray:
    """Return t_cell - t_input of every input of the first group, s; fixed by the delays."""
    delays = results.synapses["fire_together"]["delay"]
    return results.synapses["fire_cell"]["delay"][0] - delays


def slope(group: str, lags: np.ndarray) -> float:
    """Return the expected growth per second.

    Every spike of the cell adds eta*x. Spikes of other events (independent of this one, at RATE) hold x at RATE in the
    mean; the input's own spike adds exp(-lag/TAU)/TAU if it came first.
    """
    own = np.where(lags > 0, np.exp(-np.abs(lags) / TAU) / TAU, 0.0).mean() if group == "with" else 0.0
    return ETA * RATE * (RATE + own)


def fired(results: bouton.Results) -> float:
    """Return how many spikes the cell did fire, over how many it fires in the mean."""
    return len(results.spikes["cell"]) / (results.duration * 1e-3 * RATE)


def drift(results: bouton.Results, name: str) -> list[Check]:
    """Compare growth per second with the closed form.

    x has the variance RATE/(2 TAU), so the mean over n spikes of the cell is uncertain by sqrt(RATE/(2 TAU n)); the
    inputs of the first group all hear the same events, those of the second are independent.
    """
    checks = []
    for group, label, copies in (("with", "together", 1), ("without", "apart", 20)):
        recording = results.recordings[group]
        measured = (recording["w"][-1].mean() - 0.2) / (recording.time[-1] * 1e-3)
        expected = slope(group, lags_of(results)) * fired(results)
        error = ETA * RATE * np.sqrt(RATE / (2 * TAU) / (copies * len(results.spikes["cell"])))
        checks.append(
            Check(
                f"{name}, {label}: growth per second",
                measured,
                expected,
                4 * error,
                why="closed form, 4 standard errors",
            )
        )
    return checks


def competition(context: Context) -> Panel:
    """Hold the sum over all synapses constant: what grows takes from what does not."""
    network = context.load("hebb.toml")
    network.name = "hebb, weights normalised"
    network.neurons["inputs"] = {"size": 40, "equations": "v : 1", "threshold": "v > 0.5", "reset": "v = 0"}
    for name, ends in (("with", "inputs[:20]"), ("without", "inputs[20:]")):
        del network.synapses[name]
        source = {"with": "event", "without": "apart"}[name]
        connect = {"rule": "all_to_all" if name == "with" else "one_to_one"}
        network.synapses[f"fire_{name}"] = {
            "from": source,
            "to": ends,
            "connect": connect,
            "target": "v",
            "initial": {"w": 1},
            "delay": "5*ms + rand()*10*ms",
        }
    hebb = {"model": "hebb", "parameters": {"eta": "0.1 ms", "w_max": 1}}
    network.synapses["all"] = {
        "from": "inputs",
        "to": "cell",
        "connect": {"rule": "all_to_all"},
        "target": "g",
        "plasticity": hebb,
        "initial": {"w": 0.2},
    }
    network.run_regularly(of="all", every="100 ms", code="w *= 8/sum_post(w)")
    network.records.clear()
    network.record("w", of="all", every="500 ms")
    results = context.run(network)
    recording = results.recordings["all"]
    figure, axes = plt.subplots()
    bouton.plot.weight_course(
        recording.time, recording["w"][:, :20], axes, color=COLOURS.ltp, label="together"
    )
    bouton.plot.weight_course(
        recording.time, recording["w"][:, 20:], axes, color=COLOURS.quiet, label="apart"
    )
    axes.set(ylim=(0, 0.5), title="inputs first, sum of weights held constant")
    axes.legend(loc="upper left")
    return Panel(
        figure, "With the sum held at 8 (`run_regularly`): the inputs that fire out of sync lose their link."
    )


if __name__ == "__main__":
    script(make)

# SPDX-License-Identifier: BSD-3-Clause
"""Runs a workload in ANNarchy: the network file's own texts in ANNarchy's spelling, in ms, mV and kHz.

Conductances and currents are called g_e and g_i there, and "exact" and "exponential_euler" become "exponential".
Without conductances, what a step's spikes add to `v` decays with it in the next step, as in the network files; there
the Poisson drive is a binomial number for each neuron and step, as in Brian2's PoissonInput.

Speaks the protocol of peers/serve.py.
"""

from __future__ import annotations

import math
import os
import re
import sys
import time
from importlib.metadata import version
from pathlib import Path

import ANNarchy as ann
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from peers.physics import Synapses, network  # noqa: E402
from peers.serve import serve  # noqa: E402
from workloads import WORKLOADS, number, numbers  # noqa: E402

DT_MS = 0.1
DRIVE_SOURCES = 1000
METHODS = {"exact": "exponential", "exponential_euler": "exponential", "euler": "explicit"}


def spelled(text: str) -> str:
    """Return an expression as ANNarchy spells it."""
    text = re.sub(r"\b(d?)(I_e|g)\b", r"\1g_e", re.sub(r"\b(d?)I_i\b", r"\1g_i", text))
    return re.sub(r"\b(g_[ei]|g|v)_post\b", "g_target", text.replace("0*mV", "0.0"))


def equations(text: str, method: str) -> list[str]:
    """Return differential equations with ANNarchy's flags; `w` is a variable of every synapse."""
    found = []
    for line in filter(None, text.split("\n")):
        equation, _, rest = line.partition(" : ")
        flags = ["event-driven" if "event-driven" in rest else method] + ["unless_refractory"] * ("unless" in rest)
        if "/dt" in equation:
            found.append(f"{spelled(equation)} : {', '.join(flags)}")
    return found


def neuron(tree: dict, drive_w: float, drive_khz: float):
    """Return the model of the cells."""
    table = tree["neurons"]["cells"]
    parameters = numbers(table)
    reset = table["reset"]
    if "E_L" in parameters:
        lines = equations(table["equations"], METHODS[table["method"]])
    else:
        parameters["decay"] = math.exp(-DT_MS / parameters["tau_m"])
        drive = f" + {drive_w}*Binomial({DRIVE_SOURCES}, {drive_khz * DT_MS / DRIVE_SOURCES})" if drive_khz else ""
        lines = [f"v = (v + g_v{drive})*decay : unless_refractory"]
        reset += "*decay"  # refractoriness ends a step later than in the network files
    return ann.Neuron(parameters=parameters, equations=lines, spike=table["threshold"], reset=reset,
                      refractory=number(table.get("refractory", 0)) or None)


class Annarchy:
    """A workload that is built anew for each run, with a seed of its own."""

    def __init__(self, workload: str, seconds: float, threads: int, folder: Path) -> None:
        self.tree, self.network = WORKLOADS[workload].document(), network(workload)
        self.seconds, self.threads, self.folder, self.runs = seconds, threads, folder, 0
        self.build()

    def build(self) -> None:
        """Create and compile everything."""
        self.runs += 1
        self.net = ann.Network(dt=DT_MS, seed=self.runs)
        self.net.config(num_threads=self.threads)
        cells = self.network.cells
        groups = {"cells": self.net.create(cells.size, neuron(self.tree, self.network.drive_w, self.network.drive_khz))}
        groups["cells"].v = ann.Uniform(cells.parameters["V_r"], cells.parameters["V_th"]) if cells.size > 1 else \
            cells.parameters["V_r"]
        if self.network.inputs:
            groups["inputs"] = self.net.create(ann.PoissonPopulation(self.network.inputs,
                                                                     rates=1e3 * self.network.input_khz))
        self.synapses = {one.name: self.connect(one, groups) for one in self.network.synapses}
        self.monitor = self.net.monitor(groups["cells"], "spike")
        os.environ["VIRTUAL_ENV"] = sys.prefix  # by which CMake finds this interpreter and its packages
        self.net.compile(directory=str(self.folder / f"run-{self.runs}"), silent=True)
        self.built = True

    def connect(self, one: Synapses, groups: dict):
        """Return the synapses of one group."""
        table = self.tree["synapses"][one.name]
        target = "v" if self.network.cells.kind == "delta" else "i" if one.inhibitory else "e"
        model = None
        if one.rule != "static":
            model = ann.Synapse(
                parameters=one.parameters, equations=equations(table["equations"], "event-driven"),
                pre_spike=[spelled(part) for part in table["on_pre"].split("; ")],
                post_spike=[spelled(part) for part in table["on_post"].split("; ")] if "on_post" in table else None)
        made = self.net.connect(groups[one.group][slice(*one.pre)], groups["cells"][slice(*one.post)], target, model)
        weights = ann.Uniform(0.0, one.parameters["w_max"]) if one.w is None else one.w
        if one.p == 1:
            made.all_to_all(weights=weights, delays=one.delay)
        else:
            made.fixed_probability(one.p, weights=weights, delays=one.delay, allow_self_connections=True)
        return made

    def run(self) -> tuple[float, int, np.ndarray | None]:
        """Return the seconds of simulation, the number of spikes, the plastic weights."""
        if not self.built:
            self.build()
        self.built = False
        for one in self.network.synapses:
            if one.rule == "tsodyks":
                self.synapses[one.name].x, self.synapses[one.name].u = 1.0, one.parameters["U"]
        begin = time.perf_counter()
        self.net.simulate(1e3 * self.seconds)
        run_s = time.perf_counter() - begin
        spikes = sum(len(times) for times in self.monitor.get("spike").values())
        plastic = [one for one in self.network.synapses if one.name == "plastic"]
        weights = None
        if plastic:
            weights = plastic[0].si * np.concatenate([np.asarray(row) for row in self.synapses["plastic"].w])
        return run_s, spikes, weights


if __name__ == "__main__":
    serve(Annarchy, version("ANNarchy"))

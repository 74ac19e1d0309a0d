# SPDX-License-Identifier: BSD-3-Clause
"""Runs a workload in GeNN, back end single_threaded_cpu, in float, compiled with -O3 -march=native -ffast-math.

BOUTON_GENN names a Python that has pygenn. Neurons take Euler steps, exact ones without synaptic currents. Traces decay
with every step, per neuron; Tsodyks-Markram variables are per presynaptic neuron. The Poisson drive counts uniform
numbers as GeNN's own PoissonExp does. Steps are called from Python, which a network of one cell feels.

Speaks the protocol of peers/serve.py.
"""

from __future__ import annotations

import math
import os
import sys
import time
from pathlib import Path

import numpy as np
import pygenn

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from peers.physics import Cells, Network, Synapses, inside, network, parts  # noqa: E402
from peers.serve import serve  # noqa: E402

DT_MS = 0.1
DRIVE = """
scalar p = 1.0;
unsigned int drawn = 0;
do {
    drawn++;
    p *= gennrand_uniform();
} while (p > none);
const scalar drive = drive_w*(scalar)(drawn - 1);
"""

#: Models of synapses: GeNN refers to them, but does not keep them.
KEPT: list = []


def neuron(of: Network) -> tuple:
    """Return the model of the cells, and its parameters."""
    values = of.cells.parameters
    steps = round(of.cells.t_ref / DT_MS)
    parameters = {"V_th": values["V_th"], "V_r": values["V_r"], "rest": of.cells.rest}
    if of.cells.kind == "delta":
        parameters |= {"decay": math.exp(-DT_MS / values["tau_m"]), "drive_w": of.drive_w,
                       "none": math.exp(-of.drive_khz * DT_MS)}
        code, reset = DRIVE + "if (left > 0) left--; else V = (V + Isyn + drive)*decay;", "V_r*decay"
    else:
        parameters["step"] = DT_MS / values["tau_m"]
        code, reset, steps = "if (left > 0) left--; else V += step*(rest - V + Isyn);", "V_r", max(0, steps - 1)
    model = pygenn.create_neuron_model(
        "cells", params=list(parameters), vars=[("V", "scalar"), ("left", "int")], sim_code=code,
        threshold_condition_code="left == 0 && V > V_th", reset_code=f"V = {reset}; left = {steps};")
    return model, parameters


def target(of: Cells, one: Synapses, group):
    """Return what a presynaptic spike adds to."""
    if of.kind == "delta":
        return pygenn.init_postsynaptic("DeltaCurr")
    end = "i" if one.inhibitory else "e"
    decay = math.exp(-DT_MS / of.parameters[f"tau_{end}"])
    if of.kind == "conductance":
        return pygenn.init_postsynaptic("ExpCond", {"tau": of.parameters[f"tau_{end}"], "E": of.parameters[f"E_{end}"]},
                                        var_refs={"V": pygenn.create_var_ref(group, "V")})
    model = pygenn.create_postsynaptic_model("current", params=["decay"],
                                             sim_code="injectCurrent(inSyn); inSyn *= decay;")
    KEPT.append(model)
    return pygenn.init_postsynaptic(model, {"decay": decay})


def tsodyks(one: Synapses):
    """Return the rule of Tsodyks and Markram."""
    values = one.parameters
    model = pygenn.create_weight_update_model(
        "tsodyks", params=["w", "U", "tau_d", "tau_f"],
        pre_vars=[("x", "scalar"), ("u", "scalar"), ("r", "scalar"), ("last", "scalar")],
        pre_spike_code="""
            x = 1 + (x - 1)*exp((last - t)/tau_d);
            u = U + (u - U)*exp((last - t)/tau_f);
            r = u*x;
            x -= r;
            u += U*(1 - u);
            last = t;""",
        pre_spike_syn_code="addToPost(w*r);")
    KEPT.append(model)
    return pygenn.init_weight_update(
        model, {"w": one.w, **{name: values[name] for name in ("U", "tau_d", "tau_f")}},
        pre_vars={"x": 1.0, "u": values["U"], "r": 0.0, "last": 0.0})


def stdp(one: Synapses):
    """Return a pair rule with traces of both sides."""
    values = one.parameters
    if one.rule == "vogels":
        down, up, numbers = "w + eta*(apost - alpha)", "w + eta*apre", {
            "eta": values["eta"], "alpha": 2 * values["rho"] * values["tau"]}
    else:
        rate = values.get("lambda_", values.get("da"))
        rate *= 1.0 if one.weight_dependent else values["w_max"]
        numbers = {"down_": rate * values.get("alpha", values.get("b")), "up_": rate}
        down = "w - down_*w*apost" if one.weight_dependent else "w - down_*apost"
        up = "w + up_*(w_max - w)*apre" if one.weight_dependent else "w + up_*apre"
    numbers |= {"w_max": values["w_max"], "decay": math.exp(-DT_MS / values["tau"])}
    clipped = "w = fmax(0.0, fmin(w_max, {}));"
    model = pygenn.create_weight_update_model(
        one.rule, params=list(numbers), vars=[("w", "scalar")], pre_vars=[("apre", "scalar")],
        post_vars=[("apost", "scalar")], pre_spike_syn_code=f"addToPost(w); {clipped.format(down)}",
        post_spike_syn_code=clipped.format(up), pre_spike_code="apre += 1;", post_spike_code="apost += 1;",
        pre_dynamics_code="apre *= decay;", post_dynamics_code="apost *= decay;")
    KEPT.append(model)
    start = one.w if one.w is not None else pygenn.init_var("Uniform", {"min": 0.0, "max": values["w_max"]})
    return pygenn.init_weight_update(model, numbers, {"w": start}, {"apre": 0.0}, {"apost": 0.0})


class Genn:
    """A workload that is compiled once; each run draws new connections."""

    def __init__(self, workload: str, seconds: float, threads: int, folder: Path) -> None:
        os.environ["CXX"] = "c++ -O3 -march=native -ffast-math"
        self.network = network(workload)
        self.steps = round(1e3 * seconds / DT_MS)
        self.model = pygenn.GeNNModel("float", "bench", backend="single_threaded_cpu")
        self.model.dt = DT_MS
        model, parameters = neuron(self.network)
        low, high = parameters["V_r"], parameters["V_th"]
        self.cells, groups = [], {}
        for (first, last), name in parts(self.network).items():
            start = pygenn.init_var("Uniform", {"min": low, "max": high}) if self.network.cells.size > 1 else low
            groups[name] = self.model.add_neuron_population(name, last - first, model, parameters,
                                                            {"V": start, "left": 0})
            groups[name].spike_recording_enabled = True
            self.cells.append(groups[name])
        if self.network.inputs:
            groups["inputs"] = self.model.add_neuron_population(
                "inputs", self.network.inputs, "Poisson", {"rate": 1e3 * self.network.input_khz},
                {"timeStepToSpike": 0.0})
        self.plastic = None
        for one in self.network.synapses:
            self.connect(one, groups)
        self.model.build(str(folder))

    def connect(self, one: Synapses, groups: dict) -> None:
        """Add the synapses of one kind, between all groups they cover."""
        cells = parts(self.network)
        for pre in ["inputs"] if one.group == "inputs" else inside(cells, one.pre):
            for post in inside(cells, one.post):
                rule = tsodyks(one) if one.rule == "tsodyks" else stdp(one) if one.rule != "static" else \
                    pygenn.init_weight_update("StaticPulseConstantWeight", {"g": one.w})
                made = self.model.add_synapse_population(
                    f"{one.name}_{pre}_{post}", "DENSE" if one.p == 1 else "SPARSE", groups[pre], groups[post], rule,
                    target(self.network.cells, one, groups[post]),
                    *([] if one.p == 1 else [pygenn.init_sparse_connectivity("FixedProbability", {"prob": one.p})]))
                made.axonal_delay_steps = round(one.delay / DT_MS)
                if one.name == "plastic":
                    self.plastic = (made, one.si)

    def run(self) -> tuple[float, int, np.ndarray | None]:
        """Return the seconds of simulation, the number of spikes, the plastic weights."""
        self.model.load(num_recording_timesteps=self.steps)
        begin = time.perf_counter()
        for _ in range(self.steps):
            self.model.step_time()
        run_s = time.perf_counter() - begin
        self.model.pull_recording_buffers_from_device()
        spikes = sum(len(group.spike_recording_data[0][0]) for group in self.cells)
        weights = None
        if self.plastic:
            made, si = self.plastic
            made.vars["w"].pull_from_device()
            weights = si * np.array(made.vars["w"].values)
        self.model.unload()
        return run_s, spikes, weights


if __name__ == "__main__":
    serve(Genn, pygenn.__version__)

# SPDX-License-Identifier: BSD-3-Clause
"""Runs a workload in NEST, with the models that NEST has.

Conductances need iaf_cond_exp, which has an adaptive solver (Runge-Kutta-Fehlberg); the other neurons are exact.
The delay of a plastic synapse is dendritic in NEST: the presynaptic spike changes the weight at once, the postsynaptic
one a delay later. In the network files it is the other way round, so that the window is shifted by two delays; Poisson
inputs can have their delay ahead of the synapse.

Speaks the protocol of peers/serve.py.
"""

from __future__ import annotations

import math
import sys
import time
from pathlib import Path

import nest
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from peers.physics import Cells, Synapses, network  # noqa: E402
from peers.serve import serve  # noqa: E402

DT_MS = 0.1
TAU_STDP_MS = 20.0


def neurons(cells: Cells):
    """Return the cells, with a leak of 1 nS so that conductances are in units of it and currents are in mV."""
    found = cells.parameters
    values = {"E_L": cells.rest, "V_th": found["V_th"], "V_reset": found["V_r"], "t_ref": cells.t_ref,
              "C_m": found["tau_m"], "tau_minus": TAU_STDP_MS}
    taus = {f"tau_syn_{end}": found[name] for end, name in (("ex", "tau_e"), ("in", "tau_i")) if name in found}
    if cells.kind == "conductance":
        reversals = {f"E_{end}": found[name] for end, name in (("ex", "E_e"), ("in", "E_i")) if name in found}
        model, values = "iaf_cond_exp", {**values, **taus, **reversals, "g_L": 1.0}
    else:
        model = "iaf_psc_exp" if cells.kind == "current" else "iaf_psc_delta"
        values = {**values, **taus, "tau_m": found["tau_m"]}
    if cells.kind == "delta":  # the threshold is tested after the input, in the network files after the next decay
        values["V_th"] *= math.exp(DT_MS / found["tau_m"])
    return nest.Create(model, cells.size, {**values, "V_m": start(cells)})


def start(cells: Cells):
    """Return where the cells begin."""
    low, high = cells.parameters["V_r"], cells.parameters["V_th"]
    return low if cells.size == 1 else nest.random.uniform(low, high)


def synapse_model(synapses: Synapses, sign: float) -> str:
    """Define NEST's model of these synapses; return its name."""
    found = synapses.parameters
    if synapses.rule == "static":
        base, values = "static_synapse_hom_w", {"weight": sign * abs(synapses.w)}
    elif synapses.rule == "tsodyks":
        base, values = "tsodyks2_synapse", {"U": found["U"], "u": found["U"], "tau_rec": found["tau_d"],
                                            "tau_fac": found["tau_f"]}
    elif synapses.rule == "vogels":
        base, values = "vogels_sprekeler_synapse", {
            "weight": sign * synapses.w, "Wmax": sign * found["w_max"], "tau": found["tau"], "eta": found["eta"],
            "alpha": 2 * found["rho"] * found["tau"]}
    else:
        mu = 1.0 if synapses.weight_dependent else 0.0
        base, values = "stdp_synapse_hom", {
            "tau_plus": found["tau"], "Wmax": found["w_max"], "lambda": found.get("lambda_", found.get("da")),
            "alpha": found.get("alpha", found.get("b")), "mu_plus": mu, "mu_minus": mu}
    nest.CopyModel(base, synapses.name, values)
    return synapses.name


class Nest:
    """A workload that is built anew for each run, with a seed of its own."""

    def __init__(self, workload: str, seconds: float, threads: int, folder: Path) -> None:
        nest.set_verbosity("M_ERROR")
        self.network, self.seconds, self.threads, self.runs = network(workload), seconds, threads, 0

    def build(self):
        """Create everything; return the cells' recorder."""
        nest.ResetKernel()
        nest.set(resolution=DT_MS, rng_seed=self.runs, total_num_virtual_procs=self.threads)
        cells, recorder = neurons(self.network.cells), nest.Create("spike_recorder")
        delay = max((one.delay for one in self.network.synapses), default=1.0)
        nest.Connect(cells, recorder, syn_spec={"delay": delay})
        if self.network.drive_khz:
            drive = nest.Create("poisson_generator", params={"rate": 1e3 * self.network.drive_khz})
            nest.Connect(drive, cells, syn_spec={"weight": self.network.drive_w, "delay": delay})
        groups = {"cells": cells}
        if self.network.inputs:
            groups["inputs"] = nest.Create("parrot_neuron", self.network.inputs)
            source = nest.Create("poisson_generator", params={"rate": 1e3 * self.network.input_khz})
            nest.Connect(source, groups["inputs"], syn_spec={"delay": delay})
        for one in self.network.synapses:
            self.connect(one, groups)
        if self.network.drive_khz:  # the first of it is on its way for a delay
            nest.Simulate(delay)
            cells.V_m = start(self.network.cells)
        return recorder

    def connect(self, one: Synapses, groups: dict) -> None:
        """Make the synapses of one group."""
        sign = -1.0 if one.inhibitory else 1.0
        spec = {"synapse_model": synapse_model(one, sign), "delay": one.delay if one.group == "cells" else DT_MS}
        if one.rule != "static":
            spec["weight"] = nest.random.uniform(0.0, one.parameters["w_max"]) if one.w is None else sign * abs(one.w)
        rule = {"rule": "all_to_all"} if one.p == 1 else {"rule": "pairwise_bernoulli", "p": one.p}
        nest.Connect(groups[one.group][slice(*one.pre)], groups["cells"][slice(*one.post)], rule, spec)

    def run(self) -> tuple[float, int, np.ndarray | None]:
        """Return the seconds of simulation, the number of spikes, the plastic weights."""
        self.runs += 1
        recorder = self.build()
        nest.Prepare()
        begin = time.perf_counter()
        nest.Run(1e3 * self.seconds)
        run_s = time.perf_counter() - begin
        nest.Cleanup()
        plastic = [one for one in self.network.synapses if one.name == "plastic"]
        weights = None
        if plastic:
            weights = plastic[0].si * np.abs(nest.GetConnections(synapse_model="plastic").weight)
        return run_s, recorder.n_events, weights


if __name__ == "__main__":
    serve(Nest, nest.__version__)

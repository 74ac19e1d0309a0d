# SPDX-License-Identifier: BSD-3-Clause
"""Runs a workload in Brian2's cpp_standalone: the network file's own texts, given to Brian2 as they stand.

Speaks the protocol of peers/serve.py.
"""

from __future__ import annotations

import sys
from pathlib import Path

import brian2 as b
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from peers.serve import serve  # noqa: E402
from workloads import WORKLOADS, ends, is_number  # noqa: E402

DRIVE_SOURCES = 1000


def quantity(value):
    """Return a value of a network file with its unit."""
    if not isinstance(value, str):
        return value
    digits, _, unit = value.partition(" ")
    return float(digits) * getattr(b, {"s": "second", "kHz": "khertz"}.get(unit, unit)) if unit else float(digits)


def namespace(table: dict) -> dict:
    """Return parameters with their units."""
    return {name: quantity(value) for name, value in table.get("parameters", {}).items()}


def start(group, table: dict) -> None:
    """Set the initial values; expressions are Brian2's own."""
    for name, value in table.get("initial", {}).items():
        setattr(group, name, quantity(value) if is_number(value) else value)


def neurons(table: dict):
    """Return a group of neurons or Poisson sources."""
    if table.get("model") == "poisson":
        return b.PoissonGroup(table["size"], rates=namespace(table)["rate"])
    group = b.NeuronGroup(table["size"], table["equations"], threshold=table["threshold"], reset=table["reset"],
                          refractory=quantity(table.get("refractory", False)), method=table["method"],
                          namespace=namespace(table))
    start(group, table)
    return group


def synapses(table: dict, groups: dict, tree: dict):
    """Return connected synapses; those without a text of their own add a constant."""
    def part(name: str):
        group, first, last = ends(name, tree)
        return groups[group] if last - first == len(groups[group]) else groups[group][first:last]

    made = b.Synapses(part(table["from"]), part(table["to"]), **(
        {"model": table["equations"], "on_pre": table["on_pre"], "on_post": table.get("on_post"),
         "namespace": namespace(table)} if "equations" in table else
        {"on_pre": f"{table['target']}_post += w", "namespace": {"w": quantity(table["initial"]["w"])}}),
        delay=quantity(table["delay"]))
    connect = table["connect"]
    made.connect(**({"p": connect["p"]} if connect["rule"] == "fixed_probability" else {}))
    if "equations" in table:
        start(made, table)
    return made


def drive(table: dict, groups: dict):
    """Return Poisson sources that need no synapses."""
    return b.PoissonInput(groups[table["to"]], table["target"], DRIVE_SOURCES, quantity(table["rate"]) / DRIVE_SOURCES,
                          weight=quantity(table["weight"]))


class Brian2:
    """A workload as a compiled program that starts anew for each run."""

    def __init__(self, workload: str, seconds: float, threads: int, folder: Path) -> None:
        tree = WORKLOADS[workload].document()
        self.folder = folder
        b.prefs.devices.cpp_standalone.openmp_threads = threads if threads > 1 else 0
        b.set_device("cpp_standalone", build_on_run=False)
        b.defaultclock.dt = 0.1 * b.ms
        groups = {key: neurons(table) for key, table in tree["neurons"].items()}
        self.synapses = {key: synapses(table, groups, tree) for key, table in tree.get("synapses", {}).items()}
        inputs = [drive(table, groups) for table in tree.get("input", {}).values()]
        self.monitor = b.SpikeMonitor(groups["cells"])
        b.Network(*groups.values(), *self.synapses.values(), *inputs, self.monitor).run(seconds * b.second)
        b.device.build(directory=str(folder), run=False)

    def run(self) -> tuple[float, int, np.ndarray | None]:
        """Return the seconds of simulation, the number of spikes, the plastic weights."""
        b.device.array_cache.clear()
        b.device.run(with_output=False)
        run_s = float((self.folder / "results" / "last_run_info.txt").read_text().split()[0])
        weights = np.asarray(self.synapses["plastic"].w[:]) if "plastic" in self.synapses else None
        return run_s, len(self.monitor.i), weights


if __name__ == "__main__":
    serve(Brian2, b.__version__)

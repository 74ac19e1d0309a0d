# SPDX-License-Identifier: BSD-3-Clause
"""What the network files say, in the words of simulators with models of their own: which neuron, which rule, and the
numbers in ms, mV, kHz, with conductances in units of the leak's.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from workloads import WORKLOADS, ends, number, numbers  # noqa: E402

#: A parameter that only this rule has, by the name of the rule.
RULES = {"stdp": "lambda_", "song": "da", "vogels": "rho", "tsodyks": "U"}


@dataclass(frozen=True)
class Cells:
    """The neurons: "conductance" or "current" (exponential synapses both) or "delta", and how `v` is integrated.

    `rest` is where `v` goes without input.
    """

    kind: str
    size: int
    rest: float
    t_ref: float
    method: str
    parameters: dict[str, float]


@dataclass(frozen=True)
class Synapses:
    """Synapses from the neurons `pre` (first, end) of `group` to the cells `post`.

    `rule` is "static" or one of RULES; `w` is None where weights start uniform between 0 and `w_max`. A weight is in SI
    units when multiplied by `si`.
    """

    name: str
    group: str
    pre: tuple[int, int]
    post: tuple[int, int]
    p: float
    delay: float
    inhibitory: bool
    w: float | None
    si: float
    rule: str
    weight_dependent: bool
    parameters: dict[str, float]


@dataclass(frozen=True)
class Network:
    """A workload; `inputs` Poisson sources of `input_khz` have synapses, a drive of `drive_khz` to each cell none."""

    cells: Cells
    synapses: list[Synapses]
    inputs: int = 0
    input_khz: float = 0.0
    drive_khz: float = 0.0
    drive_w: float = 0.0


def cells_of(table: dict) -> Cells:
    """Read the neurons."""
    found = numbers(table)
    kind = "conductance" if "E_e" in found else "current" if "tau_e" in found else "delta"
    return Cells(kind, table["size"], found.get("E_L", 0.0) + found.get("drive", 0.0),
                 number(table.get("refractory", 0)), table["method"], found)


def synapses_of(name: str, table: dict, tree: dict) -> Synapses:
    """Read the synapses between two slices of neurons."""
    group, *pre = ends(table["from"], tree)
    _, *post = ends(table["to"], tree)
    found, on_pre, start = numbers(table), table.get("on_pre", ""), table["initial"]["w"]
    random = isinstance(start, str) and "rand" in start
    return Synapses(
        name, group, tuple(pre), tuple(post), table["connect"].get("p", 1.0), number(table["delay"]),
        inhibitory=table.get("target") in ("g_i", "I_i") or "g_i_post" in on_pre or "-" in str(start),
        w=None if random else number(start), si=1e-3 if str(start).endswith("mV") else 1.0,
        rule=next((rule for rule, only in RULES.items() if only in found), "static"),
        weight_dependent="alpha*w*" in on_pre, parameters=found)


def network(workload: str) -> Network:
    """Read a workload."""
    tree = WORKLOADS[workload].document()
    synapses = [synapses_of(name, table, tree) for name, table in tree.get("synapses", {}).items()]
    inputs, drive = tree["neurons"].get("inputs"), tree.get("input", {}).get("drive")
    return Network(
        cells_of(tree["neurons"]["cells"]), synapses,
        **({"inputs": inputs["size"], "input_khz": numbers(inputs)["rate"]} if inputs else {}),
        **({"drive_khz": number(drive["rate"]), "drive_w": number(drive["weight"])} if drive else {}))


def parts(of: Network) -> dict[tuple[int, int], str]:
    """Cut the cells into groups where synapses begin or end, for simulators that connect whole groups."""
    bounds = {0, of.cells.size, *(bound for one in of.synapses for bound in one.post),
              *(bound for one in of.synapses if one.group == "cells" for bound in one.pre)}
    return {span: f"cells{k}" for k, span in enumerate(pairwise(sorted(bounds)))}


def inside(cells: dict[tuple[int, int], str], span: tuple[int, int]) -> list[str]:
    """Return the groups within a span of the cells."""
    return [name for (first, last), name in cells.items() if span[0] <= first and last <= span[1]]

# SPDX-License-Identifier: BSD-3-Clause
"""The workloads: which network file each one is, what bouton and every peer must find in it, and the goal.

`networks/NAME.toml` holds all numbers and equations once: bouton runs it as it stands, the programs in peers/ read it.
"""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

NETWORKS = Path(__file__).parent / "networks"
SCALES = {"": 1.0, "kHz": 1.0, "Hz": 1e-3, "s": 1e3, "ms": 1.0, "mV": 1.0}


@dataclass(frozen=True)
class Workload:
    """A network, how long it runs by default, what must come out, and how fast its peers were where goals were set.

    `rate_hz` is the cells' mean rate over many seeds, `rate_sd` the relative standard deviation of one run's, since
    every run draws its own connections. bouton is to be `goal` times faster than the fastest peer that runs beside it;
    where goals were set this was `fastest`, at so many seconds per biological second, and Brian2 took `brian2_s`.
    """

    network: str
    seconds: float
    rate_hz: float
    rate_sd: float
    goal: float
    fastest: tuple[str, float] | None = None
    brian2_s: float | None = None
    settings: dict[str, str] = field(default_factory=dict)

    def document(self) -> dict:
        """Return the network file as a tree, with the settings applied."""
        tree = tomllib.loads((NETWORKS / self.network).read_text())
        for path, value in self.settings.items():
            *folders, name = path.split(".")
            place = tree
            for folder in folders:
                place = place[folder]
            place[name] = value
        return tree


EULER = {"neurons.cells.method": "euler"}

WORKLOADS = {
    "coba": Workload("coba.toml", 10, 17.5, 0.056, 4),
    "coba-euler": Workload("coba.toml", 10, 17.5, 0.056, 4, ("Brian2", 0.086), 0.086, EULER),
    "cuba": Workload("cuba.toml", 10, 5.6, 0.042, 4, ("Brian2", 0.063), 0.063),
    "stp": Workload("stp.toml", 10, 11.95, 0.038, 4),
    "stp-euler": Workload("stp.toml", 10, 11.95, 0.038, 4, ("Brian2", 0.119), 0.119, EULER),
    "brunel-drive": Workload("brunel-drive.toml", 1, 36.8, 0.001, 15, ("Brian2", 2.04), 2.04),
    "brunel-static": Workload("brunel-static.toml", 1, 15.8, 0.048, 8, ("GeNN", 2.55), 2.99),
    "brunel-additive": Workload("brunel-additive.toml", 1, 15.8, 0.048, 7, ("GeNN", 3.75), 9.58),
    "brunel-weight": Workload("brunel-weight.toml", 1, 15.5, 0.048, 7, ("GeNN", 3.95), 9.78),
    "vogels": Workload("vogels.toml", 10, 6.7, 0.018, 5),
    "vogels-euler": Workload("vogels.toml", 10, 6.7, 0.018, 5, ("Auryn", 0.269), 0.311, EULER),
    "song": Workload("song.toml", 100, 26, 0.07, 2, ("Auryn", 0.0026), 0.033),
}


def number(value: float | str) -> float:
    """Return a value of a network file, such as "20 ms", in ms, mV and kHz."""
    if not isinstance(value, str):
        return float(value)
    digits, _, unit = value.partition(" ")
    return float(digits) * SCALES[unit]


def is_number(value: float | str) -> bool:
    """Say whether a value is a number, with or without a unit, and not an expression."""
    return not isinstance(value, str) or re.fullmatch(r"[-+.\de]+( \w+)?", value) is not None


def numbers(table: dict[str, float | str]) -> dict[str, float]:
    """Return all parameters of a table in ms, mV and kHz."""
    return {name: number(value) for name, value in table.get("parameters", {}).items()}


def ends(name: str, tree: dict) -> tuple[str, int, int]:
    """Return group, first neuron and end of a slice such as "cells[:3200]"."""
    group, first, last = re.fullmatch(r"(\w+)(?:\[(\d*):(\d*)\])?", name).groups()
    size = tree["neurons"][group]["size"]
    return group, int(first or 0), int(last or size)


def to_toml(settings: dict[str, str]) -> list[str]:
    """Return settings as bouton's options."""
    return [word for path, value in settings.items() for word in ("--set", f"{path}={json.dumps(value)}")]

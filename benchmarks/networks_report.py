# SPDX-License-Identifier: BSD-3-Clause
"""The tables of bench_networks.py in Markdown: seconds, ratios and goals; rates and weights; how the peers differ."""

from __future__ import annotations

import statistics
from dataclasses import dataclass, field

import agree
from measure import PEERS, Outcome
from workloads import WORKLOADS

NOTES = """
Seconds of simulation per biological second, median (best), without compiling and building the network. A ratio says how
many times faster bouton is than the fastest peer: in double than the peers that compute in double, in float than all.
"scaled" is a peer that was not run: its time where goals were set, times Brian2's time here over its time there.

- Every simulator draws its own connections. All record all spikes.
- Brian2 runs the network file's own texts, ANNarchy nearly so; the others have their own models and code.
- NEST solves neurons with conductances by Runge-Kutta with an adaptive step, to a precision that nobody else aims at.
  Judge it by cuba and brunel. The delay of its plastic synapses is dendritic, in the network files it is axonal.
- Auryn and GeNN compute in float, the others in double.
"""


@dataclass
class Measured:
    """All runs of a workload, by simulator, and why a simulator has none."""

    name: str
    seconds: float
    outcomes: dict[str, list[Outcome]] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)

    def ours(self) -> list[str]:
        """Return bouton's columns."""
        return [column for column in self.outcomes if column.startswith("bouton")]

    def time(self, column: str, choose=statistics.median) -> float:
        """Return seconds per biological second."""
        return choose(run.run_s for run in self.outcomes[column]) / self.seconds

    def verdicts(self) -> dict[str, agree.Verdict]:
        """Say for each simulator what came out and whether it agrees with bouton's first column."""
        runs = self.outcomes[self.ours()[0]]
        return {column: agree.verdict(self.name, self.seconds, found, runs) for column, found in self.outcomes.items()}

    def disagree(self) -> list[str]:
        """Say what disagrees."""
        return [f"{column}: {text}" for column, verdict in self.verdicts().items() for text in verdict.wrong]

    def fastest(self, column: str) -> tuple[str, float] | None:
        """Return the peer that this column of bouton's is held to, and its seconds per biological second."""
        allowed = [peer for peer in PEERS.values() if not column.endswith("double") or peer.precision == "double"]
        found = [(self.time(peer.title), peer.title) for peer in allowed if peer.title in self.outcomes]
        workload = WORKLOADS[self.name]
        if workload.fastest is not None:
            title, peer_s = workload.fastest
            if title not in self.outcomes and title in [peer.title for peer in allowed]:
                here = self.time("Brian2") / workload.brian2_s if "Brian2" in self.outcomes else 1.0
                found.append((peer_s * here, f"{title}, scaled"))
        return None if not found else min(found)[::-1]

    def ratio(self, column: str) -> str:
        """Say how many times faster a column of bouton's is than the fastest peer, and whether that is the goal."""
        fastest = self.fastest(column)
        if fastest is None:
            return ""
        ratio = fastest[1] / self.time(column)
        return f"{ratio:.2f} ({fastest[0]}){', reached' if ratio >= WORKLOADS[self.name].goal else ''}"


def row(cells: list[str]) -> str:
    """Return a line of a table."""
    return f"| {' | '.join(cells)} |\n"


def table(heads: list[str], rows: list[list[str]]) -> str:
    """Return a table."""
    return row(heads) + row(["---"] * len(heads)) + "".join(row(cells) for cells in rows)


def times_table(measured: list[Measured], columns: list[str]) -> str:
    """Return seconds, ratios and goals."""
    ours = [column for column in columns if column.startswith("bouton")]

    def cells(one: Measured) -> list[str]:
        times = [f"{one.time(column):.4f} ({one.time(column, min):.4f})" if column in one.outcomes else "-"
                 for column in columns]
        ratios = [one.ratio(column) for column in ours]
        return [one.name, f"{one.seconds:g}", *times, f"{WORKLOADS[one.name].goal:g}", *ratios]

    heads = ["workload", "biological s", *columns, "goal", *(f"ratio, {column.split()[1]}" for column in ours)]
    return table(heads, [cells(one) for one in measured])


def results_table(measured: list[Measured], columns: list[str]) -> str:
    """Return rates and plastic weights."""
    def cells(one: Measured) -> list[str]:
        found = one.verdicts()
        return [one.name, *(str(found[column]) if column in found else "-" for column in columns)]

    return table(["rate in Hz; mean and sd of plastic weights", *columns], [cells(one) for one in measured])


def report(measured: list[Measured]) -> str:
    """Return all tables."""
    seen = {column for one in measured for column in one.outcomes}
    columns = [*measured[0].ours(), *(peer.title for peer in PEERS.values() if peer.title in seen)]
    left_out = "".join(f"- {title} is left out of {one.name}: it {reason}.\n" for one in measured
                       for title, reason in one.left_out.items())
    disagree = "".join(f"- DISAGREE: {one.name}, {text}.\n" for one in measured for text in one.disagree())
    notes = NOTES.strip() + "\n" + left_out
    return "\n".join([times_table(measured, columns), results_table(measured, columns) + disagree, notes])

# SPDX-License-Identifier: BSD-3-Clause
"""bouton beside its peers on the networks of workloads.py, in turn: seconds of simulation per biological second.

Rates and plastic weights must agree, else the numbers mean nothing: the table says DISAGREE and the status is 1.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
from pathlib import Path

import agree
import measure
from workloads import WORKLOADS


def options() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workloads", default=",".join(WORKLOADS), help="default: all of them")
    parser.add_argument("--seconds", type=float, help="biological time; default: 1, 10 or 100, by workload")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--peers", default=",".join(measure.PEERS), help="or none; default: all that are installed")
    parser.add_argument("--precision", default="double,float", help="of bouton")
    parser.add_argument("--json", type=Path, help="write every run there")
    given = parser.parse_args()
    given.workloads = given.workloads.split(",")
    given.precision = given.precision.split(",")
    given.peers = [] if given.peers == "none" else given.peers.split(",")
    for name, known in (("workloads", WORKLOADS), ("peers", measure.PEERS), ("precision", ("double", "float"))):
        unknown = set(getattr(given, name)) - set(known)
        if unknown:
            parser.error(f"no such {name}: {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    return given


def simulators(name: str, seconds: float, given: argparse.Namespace, folder: Path) -> dict:
    """Return what runs the workload, by the name of its column."""
    found = {f"bouton {precision}": measure.Bouton(name, seconds, given.threads, folder, precision)
             for precision in given.precision}
    for peer in given.peers:
        found[measure.PEERS[peer][0]] = measure.Peer(peer, name, seconds, given.threads, folder)
    return found


def run_all(name: str, seconds: float, given: argparse.Namespace) -> dict[str, list[measure.Outcome]]:
    """Run a workload in every simulator, in turn."""
    outcomes: dict[str, list[measure.Outcome]] = {}
    with tempfile.TemporaryDirectory(prefix="bouton-bench-") as folder:
        running = simulators(name, seconds, given, Path(folder))
        for _ in range(given.runs):
            for column, simulator in running.items():
                outcomes.setdefault(column, []).append(simulator.run())
        for simulator in running.values():
            simulator.close()
    return outcomes


def goal_of(name: str, times: dict[str, float]) -> tuple[float | None, str]:
    """Return the goal on this machine in seconds per biological second (None if nothing says it), and what it is."""
    workload, brian = WORKLOADS[name], times.get("Brian2")
    if workload.fastest is None:
        goal_s = None if brian is None else brian / workload.goal
        return goal_s, f"goal {workload.goal:g} times faster than Brian2" + (f", {goal_s:.4g} s" if goal_s else "")
    peer, peer_s = workload.fastest
    slower = 1.0 if brian is None else brian / workload.brian2_s
    goal_s = peer_s / workload.goal * slower
    text = f"goal {goal_s:.4g} s, {workload.goal:g} times faster than {peer} ({peer_s:g} s"
    return goal_s, text + (f", times {slower:.2f} by Brian2 here)" if brian else " where it was measured)")


def print_workload(name: str, seconds: float, outcomes: dict[str, list[measure.Outcome]]) -> bool:
    """Print a workload's part of the table; return whether all agree."""
    times = {column: statistics.median(o.run_s for o in runs) / seconds for column, runs in outcomes.items()}
    ours = [column for column in times if column.startswith("bouton")]
    goal_s, goal = goal_of(name, times)
    print(f"\n{name}, {seconds:g} s of biological time: {goal}")
    fine = True
    for column, runs in outcomes.items():
        verdict = agree.verdict(name, seconds, runs, outcomes[ours[0]])
        fine = fine and not verdict.wrong
        ratios = "".join(f"{times[column] / times[own]:9.2f}" for own in ours)
        best = min(o.run_s for o in runs) / seconds
        reached = f"  goal/time {goal_s / times[column]:.2f}" if goal_s and column in ours else ""
        print(f"  {column:14}{times[column]:9.4f}{best:9.4f}{ratios}   {verdict}{reached}", flush=True)
    return fine


def main() -> None:
    """Print the table."""
    given = options()
    measure.print_machine()
    given.peers = measure.installed(given.peers)
    print(f"{given.runs} runs, {given.threads} thread(s). Columns: median and best seconds per biological second, ratio "
          f"to bouton {', '.join(given.precision)}, rate in Hz, mean and standard deviation of plastic weights (SI)")
    fine, record = True, {}
    for name in given.workloads:
        seconds = given.seconds or WORKLOADS[name].seconds
        outcomes = run_all(name, seconds, given)
        fine = print_workload(name, seconds, outcomes) and fine
        record[name] = {"seconds": seconds, **{column: [vars(o) for o in runs] for column, runs in outcomes.items()}}
    if given.json:
        given.json.write_text(json.dumps({"threads": given.threads, "workloads": record}, indent=1) + "\n")
    if not fine:
        sys.exit("results disagree")


if __name__ == "__main__":
    main()

# SPDX-License-Identifier: BSD-3-Clause
"""bouton beside its peers on the networks of workloads.py, in turn: seconds of simulation per biological second.

Rates and plastic weights must agree, else the numbers mean nothing: the table says DISAGREE and the status is 1.
`tools/setup.sh bench-peers` installs NEST and ANNarchy; Brian2 is there. GeNN and Auryn join where the environment
names them: BOUTON_GENN a Python that has pygenn, BOUTON_AURYN a folder with Auryn's sources and its built library.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path

import measure
from networks_report import Measured, report
from workloads import WORKLOADS

PATIENCE_S = 60
QUICK = 0.1


def options() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workloads", default=",".join(WORKLOADS), help="default: all of them")
    parser.add_argument("--seconds", type=float, help="biological time; default: 1, 10 or 100, by workload")
    parser.add_argument("--quick", action="store_true", help="a tenth of the biological time, one run")
    parser.add_argument("--runs", type=int, default=3,
                        help=f"of a simulator whose first run takes less than {PATIENCE_S} s")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--peers", default=",".join(measure.PEERS), help="or none; default: all that are installed")
    parser.add_argument("--precision", default="double,float", help="of bouton")
    parser.add_argument("--json", type=Path, help="write every run there")
    parser.add_argument("--save", type=Path, help="write the tables there, in Markdown")
    given = parser.parse_args()
    given.workloads = given.workloads.split(",")
    given.precision = given.precision.split(",")
    given.peers = [] if given.peers == "none" else given.peers.split(",")
    given.runs = 1 if given.quick else given.runs
    for name, known in (("workloads", WORKLOADS), ("peers", measure.PEERS), ("precision", ("double", "float"))):
        unknown = set(getattr(given, name)) - set(known)
        if unknown:
            parser.error(f"no such {name}: {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    return given


def run_all(name: str, peers: dict[str, str], given: argparse.Namespace) -> Measured:
    """Run a workload in every simulator, in turn; say each run as it ends."""
    seconds = given.seconds or WORKLOADS[name].seconds * (QUICK if given.quick else 1)
    measured = Measured(name, seconds)
    with tempfile.TemporaryDirectory(prefix="bouton-bench-") as scratch:
        folder = Path(scratch)
        running = {f"bouton {precision}": measure.Bouton(name, seconds, given.threads, folder, precision)
                   for precision in given.precision}
        for peer in peers:
            known = measure.PEERS[peer]
            if name in known.lacks:
                measured.left_out[known.title] = known.lacks[name]
            elif given.threads > 1 and not known.threads:
                measured.left_out[known.title] = "has one thread"
            else:
                running[known.title] = measure.Peer(peer, name, seconds, given.threads, folder)
        for _ in range(given.runs):
            for column, simulator in list(running.items()):
                begin = time.perf_counter()
                outcome = simulator.run()
                measured.outcomes.setdefault(column, []).append(outcome)
                print(f"{name:17}{column:14}{outcome.run_s / seconds:10.4f} s per s", flush=True)
                if time.perf_counter() - begin > PATIENCE_S:
                    running.pop(column).close()
        for simulator in running.values():
            simulator.close()
    return measured


def main() -> None:
    """Measure, and print the tables."""
    given = options()
    peers = measure.installed(given.peers)
    versions = ", ".join(f"{measure.PEERS[peer].title} {version}" for peer, version in peers.items())
    head = f"{measure.machine()}; {versions or 'no peers'}; {given.runs} run(s), {given.threads} thread(s)"
    print(head, flush=True)
    measured = [run_all(name, peers, given) for name in given.workloads]
    tables = report(measured)
    print(f"\n{tables}")
    if given.save:
        given.save.write_text(f"# Networks beside the peers\n\n{head}\n\n{tables}")
    if given.json:
        record = {one.name: {"seconds": one.seconds, **{column: [vars(run) for run in runs]
                                                        for column, runs in one.outcomes.items()}} for one in measured}
        given.json.write_text(json.dumps({"about": head, "workloads": record}, indent=1) + "\n")
    if any(one.disagree() for one in measured):
        sys.exit("results disagree")


if __name__ == "__main__":
    main()

# SPDX-License-Identifier: BSD-3-Clause
"""bouton beside Brian2's cpp_standalone, in turn: seconds of simulation for a second of biological time, one thread.

Rates (and mean plastic weights) of the two must agree, else the numbers mean nothing and the benchmark fails.
`bench_networks.py [SECONDS] [RUNS]` changes the biological time (10) and the number of runs (3).
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from pathlib import Path

import measure
import workloads

# Each simulator draws its own graph. COBA's rate depends on it: 15.5 to 18.1 Hz over five seeds of either.
RATE_TOLERANCE = {"coba": 0.2, "vogels": 0.05}
WEIGHT_TOLERANCE = 0.02


def compare(name: str, seconds: float, runs: int, folder: Path) -> bool:
    """Measure one workload; print its line; return whether the results agree."""
    ours, theirs = [], []
    for k in range(runs):
        result = measure.bouton(name, seconds, folder, folder / "cache")
        ours.append(result.run_s)
        if k == 0:
            peer = measure.brian(name, seconds, folder / name)
            theirs.append(peer.run_s)
        else:
            theirs.append(measure.brian_again(folder / name))
    mine, other = statistics.median(ours) / seconds, statistics.median(theirs) / seconds
    rates = [outcome.spikes / workloads.SIZES[name] / seconds for outcome in (result, peer)]
    agree = abs(rates[0] / rates[1] - 1) < RATE_TOLERANCE[name]
    line = f"{name:10}{mine:10.4f}{other:10.4f}{other / mine:8.2f}x   {rates[0]:6.2f} / {rates[1]:6.2f} Hz"
    if result.weight is not None:
        agree = agree and abs(result.weight / peer.weight - 1) < WEIGHT_TOLERANCE
        line += f"   {result.weight:.3f} / {peer.weight:.3f}"
    print(line + ("" if agree else "   DISAGREE"), flush=True)
    return agree


def main() -> None:
    """Print the table."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 10.0
    runs = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    measure.print_machine()
    print(f"{seconds:g} s of biological time, medians of {runs} runs, seconds per biological second")
    print(f"{'':10}{'bouton':>10}{'Brian2':>10}{'ratio':>9}   rate            mean plastic weight")
    with tempfile.TemporaryDirectory() as scratch:
        agree = [compare(name, seconds, runs, Path(scratch)) for name in workloads.NETWORKS]
    if not all(agree):
        sys.exit("the two simulators disagree")


if __name__ == "__main__":
    main()

# SPDX-License-Identifier: BSD-3-Clause
"""From a network as text to its first spike: the whole program on COBA (4000 neurons), cut off after 1 ms.

Neurons start anywhere between reset and threshold, so that the first spikes fall into this millisecond. Cold: no
kernel is in the cache, resp. a fresh folder for what a peer compiles; warm: bouton's kernels are there.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

import measure

RUNS = 5
PEER_RUNS = 2
SECONDS = 1e-3
WORKLOAD = "coba"


def wall_seconds(simulator, *arguments) -> float:
    """Return how long it takes to start a simulator, build the network and run it."""
    begin = time.perf_counter()
    started = simulator(*arguments)
    outcome = started.run()
    wall = time.perf_counter() - begin
    started.close()
    if outcome.spikes == 0:
        sys.exit("no spike within the run")
    return wall


def main() -> None:
    """Print the medians."""
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    print(measure.machine())
    peers = measure.installed(list(measure.PEERS))
    walls: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory(prefix="bouton-bench-") as scratch:
        folder = Path(scratch)
        for k in range(RUNS):
            shutil.rmtree(folder / "cache", ignore_errors=True)
            for name in ("bouton, cold cache", "bouton, warm cache"):
                walls.setdefault(name, []).append(wall_seconds(measure.Bouton, WORKLOAD, SECONDS, 1, folder))
            for peer in peers if k < PEER_RUNS else ():
                fresh = folder / f"run-{k}"
                fresh.mkdir(exist_ok=True)
                walls.setdefault(measure.PEERS[peer].title, []).append(
                    wall_seconds(measure.Peer, peer, WORKLOAD, SECONDS, 1, fresh))
    for name, seconds in walls.items():
        print(f"{name:24}{statistics.median(seconds):8.2f} s   (median of {len(seconds)}, best {min(seconds):.2f} s)")


if __name__ == "__main__":
    main()

# SPDX-License-Identifier: BSD-3-Clause
"""What the program of every peer does: `X_run.py WORKLOAD SECONDS THREADS FOLDER` prepares the workload, with files in
FOLDER, and prints "ready"; then, for each line on stdin, it runs the network from its start and prints what came out as
a line of JSON. Without arguments it prints the simulator's version.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path


def serve(peer, version: str) -> None:
    """Build `peer(workload, seconds, threads, folder)`, then answer requests; all other output goes to stderr."""
    if len(sys.argv) == 1:
        print(version)
        return
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    workload, seconds, threads, folder = sys.argv[1:]
    built = peer(workload, float(seconds), int(threads), Path(folder))
    print("ready", file=answers, flush=True)
    for _ in sys.stdin:
        run_s, spikes, weights = built.run()
        moments = None if weights is None else [float(weights.mean()), float(weights.std())]
        print(json.dumps({"run_s": run_s, "spikes": int(spikes), "weights": moments}), file=answers, flush=True)

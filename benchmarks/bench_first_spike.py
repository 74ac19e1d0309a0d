# SPDX-License-Identifier: BSD-3-Clause
"""From a network file to its first spike: the whole program on COBA (4000 neurons), cut off after 1 ms.

Neurons start anywhere between reset and threshold, so that the first spikes fall into this millisecond. Cold: no
kernel is in the cache, resp. a fresh folder for Brian2's cpp_standalone; warm: the kernels are there.
"""

from __future__ import annotations

import shutil
import statistics
import sys
import tempfile
from pathlib import Path

import measure

RUNS = 5
BRIAN_RUNS = 2
SECONDS = 1e-3


def main() -> None:
    """Print the medians."""
    measure.print_machine()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        cold, warm, brian = [], [], []
        for k in range(RUNS):
            cache = folder / "cache"
            shutil.rmtree(cache, ignore_errors=True)
            cold.append(measure.bouton("coba", SECONDS, folder, cache))
            warm.append(measure.bouton("coba", SECONDS, folder, cache))
            if k < BRIAN_RUNS:
                brian.append(measure.brian("coba", SECONDS, folder / f"brian_{k}"))
        outcomes = cold + warm + brian
    if any(outcome.spikes == 0 for outcome in outcomes):
        sys.exit("no spike within the run")
    for name, runs in (("bouton, cold cache", cold), ("bouton, warm cache", warm), ("Brian2 cpp_standalone", brian)):
        walls = [outcome.wall_s for outcome in runs]
        print(f"{name:24}{statistics.median(walls):8.2f} s   (median of {len(runs)}, best {min(walls):.2f} s)")


if __name__ == "__main__":
    main()

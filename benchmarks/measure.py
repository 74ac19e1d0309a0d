# SPDX-License-Identifier: BSD-3-Clause
"""Runs one workload in bouton or in Brian2 and returns what it took and what came out."""

from __future__ import annotations

import json
import os
import platform
import re
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np
import workloads

ROOT = Path(__file__).resolve().parents[1]
EXE = Path(os.environ.get("BOUTON_EXE", ROOT / "build" / "bouton"))
UNITS = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "min": 60.0}


@dataclass
class Outcome:
    """Seconds that simulating took, wall time of the whole program, spikes, mean plastic weight."""

    run_s: float
    wall_s: float
    spikes: int
    weight: float | None


def checked(command: list[str], **options) -> subprocess.CompletedProcess:
    """Run a command; say what it said if it fails."""
    done = subprocess.run(command, capture_output=True, text=True, check=False, **options)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)}: status {done.returncode}\n{done.stdout}{done.stderr}")
    return done


def bouton(name: str, seconds: float, folder: Path, cache: Path) -> Outcome:
    """Run a workload in bouton; `cache` is the folder of compiled kernels."""
    network, results = folder / f"{name}.toml", folder / f"{name}.h5"
    network.write_text(workloads.network_file(name, seconds))
    begin = time.perf_counter()
    done = checked([str(EXE), "run", str(network), "-o", str(results), "--backend", "compiled"],
                   env={**os.environ, "BOUTON_CACHE": str(cache)})
    wall = time.perf_counter() - begin
    number, unit = re.search(r"run ([\d.]+) (us|ms|s|min)\b", done.stdout).groups()
    with h5py.File(results) as file:
        spikes = file["spikes/cells/timestamps"].shape[0]
        weight = float(np.mean(file["synapses/plastic/w"][...])) if "synapses/plastic" in file else None
    return Outcome(float(number) * UNITS[unit], wall, spikes, weight)


def brian(name: str, seconds: float, folder: Path) -> Outcome:
    """Build and run a workload with Brian2's cpp_standalone in a fresh folder."""
    begin = time.perf_counter()
    done = checked([sys.executable, "-W", "ignore", str(Path(workloads.__file__)), name, str(seconds), str(folder)])
    wall = time.perf_counter() - begin
    result = json.loads(done.stdout.splitlines()[-1])
    return Outcome(brian_run_seconds(folder), wall, result["spikes"], result["weight"])


def brian_run_seconds(folder: Path) -> float:
    """Return how long the last simulation of a built Brian2 program took."""
    return float((folder / "results" / "last_run_info.txt").read_text().split()[0])


def brian_again(folder: Path) -> float:
    """Run a built Brian2 program once more; return the seconds of its simulation."""
    checked(["./main"], cwd=folder)
    return brian_run_seconds(folder)


def print_machine() -> None:
    """Say what this was measured with."""
    import brian2

    model = next((line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines()
                  if line.startswith("model name")), platform.machine())
    compiler = checked(["c++", "--version"]).stdout.splitlines()[0]
    version = checked([str(EXE), "--version"]).stdout.strip()
    print(f"{model}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; {compiler}; {version}; "
          f"Brian2 {brian2.__version__}; one thread")

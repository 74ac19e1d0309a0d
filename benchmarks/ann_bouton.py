# SPDX-License-Identifier: BSD-3-Clause
"""Runs ann_step and ann_peak (Google Benchmark, built from benchmarks/*.cpp) and returns what they measured."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PROGRAMS = ROOT / os.environ.get("BUILD", "build") / "benchmarks"


@dataclass
class Steps:
    """Mean seconds per step of each repetition; what a second and the process's memory held."""

    seconds: list[float]
    multiply_adds: float  # per step
    mask_bits: float  # per step
    peak_MiB: float  # beyond the program and the data
    workspace_MiB: float


def run(program: str, pattern: str, repetitions: int) -> list[dict]:
    """Run the benchmarks that match; return one entry for each repetition."""
    command = [str(PROGRAMS / program), f"--benchmark_filter={pattern}", f"--benchmark_repetitions={repetitions}",
               "--benchmark_format=json"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    except FileNotFoundError:
        sys.exit(f"no program {command[0]}: tools/bench.sh builds it")
    except subprocess.CalledProcessError as failure:
        sys.exit(f"{' '.join(command)}: status {failure.returncode}\n{failure.stderr}")
    entries = [e for e in json.loads(done.stdout)["benchmarks"] if e["run_type"] == "iteration"]
    if not entries:
        sys.exit(f"{program} has no benchmark {pattern}")
    return entries


def time_steps(method: str, width: int, batch: int, threads: int, keep: float, repetitions: int) -> Steps:
    """Time training steps in a fresh process."""
    keep = 1 if method == "none" else keep
    name = f"^step/{method}/keep:{keep:g}/width:{width}/batch:{batch}/threads:{threads}/"
    entries = run("ann_step", name, repetitions)
    seconds = [entry["real_time"] / 1e9 for entry in entries]
    last = entries[-1]
    return Steps(seconds, last["multiply_adds"] * seconds[-1], last["mask_bits"] * seconds[-1],
                 max(entry["peak_MiB"] for entry in entries), last["workspace_MiB"])


@dataclass
class Peak:
    """The most multiply-adds and mask bits per second that the CPU did so far."""

    multiply_adds: float = 0.0
    mask_bits: float = 0.0
    kernels: str = ""

    def measure(self, threads: int) -> None:
        """Try again; the best counts."""
        for what in ("multiply_adds", "mask_bits"):
            for entry in run("ann_peak", f"^{what}/min_time:.*/real_time/threads:{threads}$", 1):
                setattr(self, what, max(getattr(self, what), entry[what]))
                self.kernels = entry["label"]

# SPDX-License-Identifier: BSD-3-Clause
"""A training step of 784-W-W-10 in bouton beside PyTorch, in turn: No-Drop, Dropout and DropConnect, the latter with
one mask of weights and biases per example. ReLU, cross-entropy, SGD with momentum 0.9, float32, masks with p = 0.5.

Both may use the same number of threads. Times are medians over all repetitions; ratios too, and in brackets those of
the quickest repetitions. Without PyTorch (tools/requirements-bench.txt) its columns stay empty.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shlex
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import ann_bouton
from ann_report import Case, Times, goals, keep_table, memory_table, peak_table, step_tables

try:
    import ann_torch
except ModuleNotFoundError:
    ann_torch = None

KEEPS = (0.5, 0.75, 0.9)
MASKS_REPETITIONS = 2  # of PyTorch's DropConnect, whose step takes up to half a minute
HELP_TORCH = ("PyTorch is not installed, bouton is measured alone: `tools/setup.sh bench` puts it into .venv-bench "
              "(5 GB), from where tools/bench.sh runs this")
BUSY = "the machine is busy: threads wait for each other, PyTorch's most of all; two of them need two idle cores"


def machine() -> str:
    """Say what this is measured with."""
    model = next((line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines()
                  if line.startswith("model name")), platform.machine())
    compiler = subprocess.run(["c++", "--version"], capture_output=True, text=True, check=True).stdout.splitlines()[0]
    peer = ann_torch.version() if ann_torch else "no PyTorch"
    return f"{model}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; {compiler}; {peer}"


def measure(case: Case, rounds: int, repetitions: int) -> Times:
    """Time all methods of one case, bouton and PyTorch in turn."""
    times = Times(case)
    for _ in range(rounds):
        for method in ("none", "dropout", "dropconnect"):
            times.add(method, ann_bouton.time_steps(method, *case, 0.5, repetitions))
            if ann_torch and method != "dropconnect":
                step = ann_torch.make_step(method, *case, 0.5)
                times.torch[method] += ann_torch.time_steps(step, repetitions)
    if ann_torch:
        for whole, name in ((True, "whole"), (False, "single")):
            step = ann_torch.make_step("dropconnect", *case, 0.5, whole)
            times.torch[name] += ann_torch.time_steps(step, MASKS_REPETITIONS)
    return times


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    numbers = {"nargs": "+", "type": int}
    parser.add_argument("--widths", default=[100, 400, 800, 1600], **numbers)
    parser.add_argument("--batches", default=[1, 32, 128], **numbers)
    parser.add_argument("--threads", default=[1, 2], **numbers)
    parser.add_argument("--rounds", type=int, default=5, help="how often bouton and PyTorch take turns")
    parser.add_argument("--repetitions", type=int, default=3, help="in each turn, of 0.1 s or more")
    parser.add_argument("--save", nargs="?", const=ann_bouton.ROOT / "docs" / "results" / "ann-step", type=Path,
                        metavar="STEM", help="write STEM.md and STEM.json (docs/results/ann-step)")
    chosen = parser.parse_args()
    what = [f"--{name} {shlex.join(map(str, value if isinstance(value, list) else [value]))}"
            for name, value in vars(chosen).items() if name != "save" and value != parser.get_default(name)]
    chosen.command = " ".join(["benchmarks/bench_ann.py", *what])
    return chosen


def main() -> None:
    """Measure everything and print the tables."""
    chosen = arguments()
    begin, head = time.monotonic(), machine()
    if not ann_torch:
        print(HELP_TORCH, file=sys.stderr)
    if os.getloadavg()[0] > 1.0:
        print(BUSY, file=sys.stderr)
    cases = [Case(width, batch, threads)
             for threads in chosen.threads for width in chosen.widths for batch in chosen.batches]
    measured = []
    peaks = {threads: ann_bouton.Peak() for threads in chosen.threads}
    for k, case in enumerate(cases):
        print(f"{k + 1} of {len(cases)}: {case}, {time.monotonic() - begin:.0f} s", file=sys.stderr, flush=True)
        peaks[case.threads].measure(case.threads)
        measured.append(measure(case, chosen.rounds, chosen.repetitions))
    largest = max(cases, key=lambda case: (case.threads, case.batch, case.width == 800, case.width))
    keeps = {keep: [] for keep in KEEPS}
    for _ in range(chosen.rounds):
        for keep, turns in keeps.items():
            turns.append(ann_bouton.time_steps("dropconnect", *largest, keep, chosen.repetitions))
    text = "\n\n".join([
        f"`{chosen.command}`, {date.today()}\n\n{head}, load {os.getloadavg()[0]:.1f} at the end",
        step_tables(measured), goals(measured), peak_table(measured, peaks), keep_table(largest, keeps),
        memory_table(measured)])
    print(text)
    if chosen.save:
        chosen.save.parent.mkdir(parents=True, exist_ok=True)
        chosen.save.with_suffix(".md").write_text(f"# Training steps beside PyTorch\n\n{text}\n")
        about = {"command": chosen.command, "date": str(date.today()), "machine": head,
                 "peaks": {threads: vars(peak) for threads, peak in peaks.items()}}
        lines = ",\n".join(json.dumps(times.raw()) for times in measured)
        chosen.save.with_suffix(".json").write_text(f'{json.dumps(about)[:-1]}, "cases": [\n{lines}\n]}}\n')


if __name__ == "__main__":
    main()

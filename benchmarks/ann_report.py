# SPDX-License-Identifier: BSD-3-Clause
"""The tables of bench_ann.py: times, ratios to the goals, distance from what the CPU can do, memory."""

from __future__ import annotations

import statistics
from collections import defaultdict
from dataclasses import dataclass, field
from typing import NamedTuple

from ann_bouton import Peak, Steps

# Goals: at most so many times PyTorch's time, and at least so many times faster than its masks per example.
DENSE_GOAL, DROPCONNECT_GOAL, MASKS_GOAL, MEMORY_GOAL = 1.0, 1.5, 200.0, 1.1

CASE = ["threads", "width", "batch"]


class Case(NamedTuple):
    """What is timed with every method."""

    width: int
    batch: int
    threads: int

    def __str__(self) -> str:
        return f"width {self.width}, batch {self.batch}, {self.threads} thread{'s' if self.threads > 1 else ''}"


@dataclass
class Times:
    """All repetitions of one case: seconds per step, and what bouton's steps consist of."""

    case: Case
    bouton: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    torch: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    steps: dict[str, Steps] = field(default_factory=dict)
    peaks_MiB: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def add(self, method: str, steps: Steps) -> None:
        """Add a turn of bouton."""
        self.bouton[method] += steps.seconds
        self.peaks_MiB[method].append(steps.peak_MiB)
        self.steps[method] = steps

    def peak_MiB(self, method: str) -> float:
        """Return the peak memory; the kernel's counts are off by some pages either way."""
        return statistics.median(self.peaks_MiB[method])

    def ratio(self, method: str, peer: str, pick=statistics.median) -> float | None:
        """Return bouton's time over PyTorch's."""
        return pick(self.bouton[method]) / pick(self.torch[peer]) if self.torch[peer] else None

    def raw(self) -> dict:
        """Return everything as plain data."""
        def rounded(lists: dict[str, list[float]]) -> dict:
            return {name: [float(f"{value:.4g}") for value in values] for name, values in lists.items()}

        return {**self.case._asdict(), "bouton_s": rounded(self.bouton), "torch_s": rounded(self.torch),
                "bouton_peak_MiB": rounded(self.peaks_MiB)}


def table(head: list[str], rows: list[list[str]]) -> str:
    """Return a Markdown table, columns flush right."""
    cells = [head, ["---:"] * len(head), *rows]
    widths = [max(len(row[k]) for row in cells) for k in range(len(head))]
    lines = ["| " + " | ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) + " |"
             for row in cells]
    return "\n".join(lines)


def ms(seconds: list[float]) -> str:
    """Return the median in ms with three digits."""
    return f"{statistics.median(seconds) * 1e3:#.3g}".rstrip(".") if seconds else ""


def both(times: Times, method: str, peer: str) -> str:
    """Return the ratio of medians and, in brackets, of the quickest."""
    ratio, best = times.ratio(method, peer), times.ratio(method, peer, min)
    return f"{ratio:.2f} ({best:.2f})" if ratio else ""


def faster(times: Times, peer: str) -> str:
    """Return how many times faster DropConnect is than PyTorch's."""
    ratio = times.ratio("dropconnect", peer)
    return f"{1 / ratio:.0f}" if ratio else ""


def labels(case: Case) -> list[str]:
    """Return the first cells of a case's row."""
    return [str(case.threads), str(case.width), str(case.batch)]


def step_tables(measured: list[Times]) -> str:
    """Return the times of all cases."""
    dense, masked = [], []
    for times in measured:
        ours, theirs = times.bouton, times.torch
        dense.append([*labels(times.case), ms(ours["none"]), ms(theirs["none"]), both(times, "none", "none"),
                      ms(ours["dropout"]), ms(theirs["dropout"]), both(times, "dropout", "dropout")])
        masked.append([*labels(times.case), ms(ours["dropconnect"]), both(times, "dropconnect", "none"),
                       ms(theirs["whole"]), faster(times, "whole"), ms(theirs["single"]), faster(times, "single")])
    return "\n\n".join([
        "Milliseconds per step, No-Drop and Dropout:",
        table([*CASE, "No-Drop", "PyTorch", "ratio", "Dropout", "PyTorch", "ratio"], dense),
        "DropConnect, beside PyTorch's No-Drop and its two ways to draw a mask for each example:",
        table([*CASE, "DropConnect", "to PyTorch's No-Drop", "PyTorch, whole batch", "times faster",
               "PyTorch, one by one", "times faster"], masked)])


def goals(measured: list[Times]) -> str:
    """Return which goals were reached, where, and how widely the ratios range."""
    lines = []

    def add(what: str, ratios: list[float | None], reached) -> None:
        known = [ratio for ratio in ratios if ratio is not None]
        if known:
            lines.append(f"- {what}: {sum(map(reached, known))} of {len(known)} cases "
                         f"({min(known):.3g} to {max(known):.3g}, median {statistics.median(known):.3g})")

    add(f"No-Drop at most {DENSE_GOAL:g} times PyTorch's", [t.ratio("none", "none") for t in measured],
        lambda r: r <= DENSE_GOAL)
    add(f"Dropout at most {DENSE_GOAL:g} times PyTorch's", [t.ratio("dropout", "dropout") for t in measured],
        lambda r: r <= DENSE_GOAL)
    add(f"DropConnect at most {DROPCONNECT_GOAL:g} times PyTorch's No-Drop",
        [t.ratio("dropconnect", "none") for t in measured], lambda r: r <= DROPCONNECT_GOAL)
    for batch in sorted({t.case.batch for t in measured}):
        for peer, form in (("whole", "whole batch"), ("single", "one by one")):
            ratios = [t.ratio("dropconnect", peer) for t in measured if t.case.batch == batch]
            add(f"DropConnect at least {MASKS_GOAL:g} times faster than PyTorch's ({form}), batch {batch}",
                [1 / r if r else None for r in ratios], lambda r: r >= MASKS_GOAL)
    add(f"memory of DropConnect at most {MEMORY_GOAL:g} times No-Drop's", [memory_ratio(t) for t in measured],
        lambda r: r <= MEMORY_GOAL)
    return "Goals:\n\n" + "\n".join(lines)


def peak_table(measured: list[Times], peaks: dict[int, Peak]) -> str:
    """Return what steps do in a second beside the most that the CPU did.

    DropConnect's floor is the time of its multiply-adds and of its bits at those rates, one after the other, since
    both need the same vector units.
    """
    lines = []
    for threads, peak in peaks.items():
        lines.append(f"{threads} thread{'s' if threads > 1 else ''} ({peak.kernels}): at most "
                     f"{peak.multiply_adds / 1e9:.0f} G multiply-adds or {peak.mask_bits / 1e9:.0f} G mask bits per "
                     "second.")
    rows = []
    for times in measured:
        peak = peaks[times.case.threads]
        masked = times.steps["dropconnect"]
        slow = statistics.median(times.bouton["dropconnect"])
        dense = times.steps["none"].multiply_adds / statistics.median(times.bouton["none"])
        floor = masked.multiply_adds / peak.multiply_adds + masked.mask_bits / peak.mask_bits
        rows.append([*labels(times.case),
                     f"{dense / 1e9:.1f}", f"{dense / peak.multiply_adds:.0%}",
                     f"{masked.multiply_adds / slow / 1e9:.1f}", f"{masked.mask_bits / slow / 1e9:.1f}",
                     f"{floor * 1e3:#.3g}", f"{floor / slow:.0%}"])
    head = [*CASE, "No-Drop, G/s", "of the peak", "DropConnect, G/s", "bits, G/s", "floor, ms", "floor/time"]
    return "\n\n".join(lines) + "\n\n" + table(head, rows)


def keep_table(case: Case, keeps: dict[float, list[Steps]]) -> str:
    """Return DropConnect's time by p."""
    rows = [[f"{keep:g}", ms([s for turn in turns for s in turn.seconds]),
             f"{turns[0].mask_bits / turns[0].multiply_adds:.1f}"] for keep, turns in keeps.items()]
    return f"DropConnect by p, {case}:\n\n" + table(["p", "ms", "bits per multiply-add"], rows)


def memory_ratio(times: Times) -> float:
    """Return the peak memory of training with DropConnect over that of No-Drop."""
    return times.peak_MiB("dropconnect") / times.peak_MiB("none")


def memory_table(measured: list[Times]) -> str:
    """Return peak memory of training, data and program not counted, for the largest batch."""
    largest = max(times.case.batch for times in measured)
    rows = []
    for times in measured:
        if times.case.batch != largest:
            continue
        rows.append([str(times.case.threads), str(times.case.width), f"{times.peak_MiB('none'):.1f}",
                     f"{times.peak_MiB('dropconnect'):.1f}", f"{memory_ratio(times):.3f}",
                     f"{times.steps['dropconnect'].workspace_MiB:.1f}"])
    head = ["threads", "width", "No-Drop, MiB", "DropConnect, MiB", "ratio", "of it buffers of the batch, MiB"]
    return f"Peak memory of training beyond program and data, batch {largest}:\n\n" + table(head, rows)

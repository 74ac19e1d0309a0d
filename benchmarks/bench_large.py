# SPDX-License-Identifier: BSD-3-Clause
"""Networks of 10^6 to 10^9 plastic synapses: time to build them, cost of a synaptic event, memory.

benchmarks/networks/large.toml in several sizes, in float. Up to 10^8 synapses there are 1000 onto each neuron. Larger ones
come in two shapes: 100,000 neurons with more synapses each, as in a cubic millimetre of cortex, and 1000 synapses
each as before, with more neurons, whose state does not fit into any cache.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import measure

NETWORK = measure.HERE / "networks" / "large.toml"
BYTES = {"bytes": 1.0, "kB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12}
DENSE_NEURONS = 100_000
# A process inherits the greatest resident memory of the one that starts it, so a small one does: Python without modules.
LAUNCH = """
import os, sys
_, status, usage = os.wait4(os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ), 0)
print("peak", usage.ru_maxrss)
sys.exit(os.waitstatus_to_exitcode(status))
"""
HEADS = ["synapses", "neurons", "threads", "build s", "M synapses/s", "run s / biological s", "rate Hz",
         "ns / event / thread", "bytes / synapse: check", "process", "peak GB"]


@dataclass(frozen=True)
class Shape:
    """A size of the network."""

    neurons: int
    in_degree: int

    @property
    def synapses(self) -> int:
        """Return how many there are."""
        return self.neurons * self.in_degree

    @property
    def seconds(self) -> float:
        """Return the biological time: at least one turn of what happens to all synapses each second."""
        return 10.0 if self.synapses <= 10**7 else 2.5 if self.synapses <= 10**8 else 1.25

    def settings(self) -> list[str]:
        """Return the arguments that make the network file this one."""
        values = {"neurons.cells.size": self.neurons, "synapses.plastic.connect.n": self.in_degree,
                  "synapses.plastic.parameters.w_max": f"{10 / self.in_degree:g} mV",
                  "simulation.duration": f"{self.seconds} s"}
        return [word for path, value in values.items() for word in ("--set", f"{path}={value}")]


def shapes(most: int) -> list[Shape]:
    """Return what to run for so many synapses at most."""
    if most < 10**6:
        return [Shape(most // 100, 100)]
    sizes = [size for size in (10**6, 10**7, 10**8, 10**9) if size < most] + [most]
    found = []
    for size in sizes:
        if size > 10**8:
            found.append(Shape(DENSE_NEURONS, size // DENSE_NEURONS))
        found.append(Shape(size // 1000, 1000))
    return found


@dataclass(frozen=True)
class Run:
    """What a run told, and the most memory that its process had in RAM."""

    spikes: int
    events: int
    build_s: float
    run_s: float
    peak_bytes: int


def run(shape: Shape, threads: int, folder: Path) -> Run:
    """Run the network in a process of its own."""
    command = [str(measure.EXE), "run", str(NETWORK), "-o", str(folder / "large.h5"), "--no-synapses", "--backend", "compiled",
               "--threads", str(threads), *shape.settings()]
    summary = measure.checked([sys.executable, "-S", "-E", "-c", LAUNCH, *command],
                              env={**os.environ, "BOUTON_CACHE": str(folder / "cache")}).stdout
    counts = re.search(r"([\d,]+) spikes, ([\d,]+) synaptic events", summary).groups()
    spikes, events = (int(count.replace(",", "")) for count in counts)
    return Run(spikes, events, measure.summary_seconds(summary, "build"), measure.summary_seconds(summary, "run"),
               int(re.search(r"peak (\d+)", summary)[1]) * 1024)


def told_bytes(shape: Shape) -> float:
    """Return the memory that `bouton check` tells."""
    page = measure.checked([str(measure.EXE), "check", str(NETWORK), *shape.settings()]).stdout
    if "no index by target" not in page:
        sys.exit("postsynaptic events do not wait in this network")
    number, unit = re.search(r"memory of the network: about ([\d.]+) (\w+)", page).groups()
    return float(number) * BYTES[unit]


def available_bytes() -> int:
    """Return how much memory the system can give without swapping."""
    found = re.search(r"MemAvailable: +(\d+) kB", Path("/proc/meminfo").read_text())
    return int(found[1]) * 1024


def refuse_too_large(wanted: list[Shape]) -> None:
    """End the program if the largest network does not fit."""
    needed = max(told_bytes(shape) for shape in wanted) * 1.05 + 100e6
    if needed > available_bytes():
        sys.exit(f"{max(shape.synapses for shape in wanted):,} synapses need {needed / 1e9:.1f} GB of memory, and "
                 f"{available_bytes() / 1e9:.1f} GB are available; --synapses asks for fewer")


def cells(shape: Shape, threads: int, done: Run, program_bytes: int) -> list[str]:
    """Return a line of the table. Each spike is a postsynaptic event of in_degree synapses; the others are presynaptic."""
    presynaptic = done.events - done.spikes * shape.in_degree
    return [f"{shape.synapses:,}", f"{shape.neurons:,}", str(threads), f"{done.build_s:.3g}",
            f"{shape.synapses / done.build_s / 1e6:.0f}", f"{done.run_s / shape.seconds:.3g}",
            f"{done.spikes / shape.neurons / shape.seconds:.2f}", f"{done.run_s * threads / presynaptic * 1e9:.1f}",
            f"{told_bytes(shape) / shape.synapses:.2f}", f"{(done.peak_bytes - program_bytes) / shape.synapses:.2f}",
            f"{done.peak_bytes / 1e9:.3f}"]


def row(entries: list[str]) -> str:
    """Return a line of a table in Markdown."""
    return f"| {' | '.join(entries)} |"


def synapses(text: str) -> int:
    """Read how many synapses: as many as the networks here can have."""
    count = int(float(text))
    if not 10**4 <= count <= DENSE_NEURONS**2:
        raise argparse.ArgumentTypeError(f"{text} is not from 1e4 to {DENSE_NEURONS**2:.0e}")
    return count


def thread_counts(text: str) -> list[int]:
    """Read numbers of threads such as "1,2"."""
    counts = [int(number) for number in text.split(",")]
    if min(counts) < 1:
        raise argparse.ArgumentTypeError(f"{text}: at least one thread is needed")
    return counts


def options() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--synapses", type=synapses, default=10**9, help="of the largest network; default: 1e9")
    parser.add_argument("--threads", type=thread_counts, default=[2], help="how many, or several numbers such as 1,2")
    parser.add_argument("--save", type=Path, help="write the table there, in Markdown")
    return parser.parse_args()


def main() -> None:
    """Print the table."""
    given = options()
    wanted = shapes(given.synapses)
    refuse_too_large(wanted)
    machine = measure.machine()
    lines = [row(HEADS), row(["---:"] * len(HEADS))]
    print(machine, *lines, sep="\n", flush=True)
    with tempfile.TemporaryDirectory(prefix="bouton-bench-") as scratch:
        # The program with hardly any network; the first time the compiler's memory counts too.
        program_bytes = min(run(Shape(100, 1), 1, Path(scratch)).peak_bytes for _ in range(2))
        for threads in given.threads:
            for shape in wanted:
                lines.append(row(cells(shape, threads, run(shape, threads, Path(scratch)), program_bytes)))
                print(lines[-1], flush=True)
    print(f"program alone: {program_bytes / 1e6:.1f} MB")
    if given.save is not None:
        command = " ".join(["benchmarks/bench_large.py", *sys.argv[1:]])
        given.save.write_text("\n".join([
            "# 10^6 to 10^9 plastic synapses", "", f"`{command}`, float precision", "",
            f"{machine}; load {os.getloadavg()[0]:.1f} at the end", "", *lines, "",
            "ns / event / thread: wall time of the whole run, neurons, Poisson drive and all, times threads, by presynaptic events;",
            "with each come the postsynaptic events that waited, one on average. bytes / synapse: the memory that",
            "`bouton check` tells, and the process's greatest resident memory without the program's own",
            f"({program_bytes / 1e6:.1f} MB), by synapses.", ""]))


if __name__ == "__main__":
    main()

# SPDX-License-Identifier: BSD-3-Clause
"""Runs workloads in bouton and in its peers, and returns what that took and what came out."""

from __future__ import annotations

import json
import os
import platform
import re
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import h5py
import numpy as np
from workloads import WORKLOADS, to_toml

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
EXE = Path(os.environ.get("BOUTON_EXE", ROOT / "build" / "bouton"))
UNITS = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "min": 60.0, "h": 3600.0}

PEER_PYTHON = ROOT / ".venv-bench-peers" / "bin" / "python"
CONDUCTANCES = ("coba", "stp", "vogels")
NO_EULER = {f"{name}-euler": "has one solver, see the same without -euler" for name in CONDUCTANCES}
EULER_ALONE = {name: "takes Euler steps, see the same with -euler" for name in CONDUCTANCES}


@dataclass(frozen=True)
class Simulator:
    """A peer: what it is called, which Python its program in peers/ needs, what it computes with.

    It lacks some workloads, for a reason; without `threads` it runs in one thread. `named_by`: the environment variable by
    which the user names it.
    """

    title: str
    python: str
    precision: str = "double"
    lacks: dict[str, str] = field(default_factory=dict)
    threads: bool = True
    named_by: str = ""


PEERS = {
    "brian2": Simulator("Brian2", sys.executable),
    "nest": Simulator("NEST", str(PEER_PYTHON), lacks=NO_EULER),
    "annarchy": Simulator("ANNarchy", str(PEER_PYTHON)),
    "genn": Simulator("GeNN", os.environ.get("BOUTON_GENN", ""), "float", EULER_ALONE, threads=False,
                      named_by="BOUTON_GENN"),
    "auryn": Simulator("Auryn", sys.executable, "float", EULER_ALONE, threads=False, named_by="BOUTON_AURYN"),
}


@dataclass(frozen=True)
class Outcome:
    """Seconds that simulating took, spikes, mean and standard deviation of the plastic weights."""

    run_s: float
    spikes: int
    weights: tuple[float, float] | None


def checked(command: list[str], **options) -> subprocess.CompletedProcess:
    """Run a command; say what it said if it fails."""
    done = subprocess.run(command, capture_output=True, text=True, check=False, **options)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)}: status {done.returncode}\n{done.stdout}{done.stderr}")
    return done


def summary_seconds(summary: str, word: str) -> float:
    """Return how long a part of a run took, from bouton's summary: "compile", "build" or "run"."""
    spelled = re.search(rf"{word} ((?:[\d.]+ (?:us|ms|s|min|h)\b ?)+)", summary)[1].split()
    return sum(float(number) * UNITS[unit] for number, unit in zip(spelled[::2], spelled[1::2], strict=True))


class Bouton:
    """A workload in bouton; each run has a seed of its own and with it other connections."""

    def __init__(self, workload: str, seconds: float, threads: int, folder: Path, precision: str = "double") -> None:
        chosen = WORKLOADS[workload]
        self.results = folder / f"{workload}-{precision}.h5"
        self.seed = 0
        settings = {**chosen.settings, "simulation.precision": precision, "simulation.duration": f"{seconds} s"}
        self.command = [str(EXE), "run", str(HERE / "networks" / chosen.network), "-o", str(self.results), "--backend",
                        "compiled", "--threads", str(threads), *to_toml(settings)]
        self.environment = {**os.environ, "BOUTON_CACHE": str(folder / "cache")}

    def run(self) -> Outcome:
        """Run it once more."""
        self.seed += 1
        done = checked([*self.command, "--seed", str(self.seed)], env=self.environment)
        with h5py.File(self.results) as file:
            spikes = file["spikes/cells/timestamps"].shape[0]
            plastic = file.get("synapses/plastic")
            weights = None if plastic is None else (float(np.mean(plastic["w"])), float(np.std(plastic["w"])))
        return Outcome(summary_seconds(done.stdout, "run"), spikes, weights)

    def close(self) -> None:
        """Remove the results."""
        self.results.unlink(missing_ok=True)


class Peer:
    """A workload in a peer: a program of peers/ that builds it and then runs it on request."""

    def __init__(self, peer: str, workload: str, seconds: float, threads: int, folder: Path) -> None:
        self.log = (folder / f"{peer}-{workload}.log").open("w+")
        files = folder / f"{peer}-{workload}"
        files.mkdir()
        self.process = subprocess.Popen(
            [PEERS[peer].python, "-W", "ignore", str(HERE / "peers" / f"{peer}_run.py"), workload, str(seconds),
             str(threads), str(files)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log, text=True, cwd=files)
        self.answer("ready")

    def answer(self, first: str) -> str:
        """Return the program's next line that begins so; say what it said if it failed."""
        for line in self.process.stdout:
            if line.startswith(first):
                return line
        self.log.seek(0)
        sys.exit(f"{' '.join(self.process.args)}: status {self.process.wait()}\n{self.log.read()[-4000:]}")

    def run(self) -> Outcome:
        """Run it once more."""
        self.process.stdin.write("run\n")
        self.process.stdin.flush()
        found = json.loads(self.answer("{"))
        return Outcome(found["run_s"], found["spikes"], found["weights"] and tuple(found["weights"]))

    def close(self) -> None:
        """End the program."""
        self.process.stdin.close()
        self.process.wait()
        self.log.close()


def peer_version(peer: str) -> str:
    """Return the version that a peer's program says without arguments; raise FileNotFoundError if it cannot."""
    python, variable = PEERS[peer].python, PEERS[peer].named_by
    if variable and not os.environ.get(variable):
        raise FileNotFoundError(f"{variable} is not set")
    if not Path(python).is_file():
        raise FileNotFoundError(f"no interpreter {python}")
    done = subprocess.run([python, "-W", "ignore", str(HERE / "peers" / f"{peer}_run.py")], capture_output=True,
                          text=True, check=False)
    if done.returncode != 0:
        raise FileNotFoundError(done.stderr.splitlines()[-1])
    return done.stdout.split()[-1]


def installed(peers: list[str]) -> dict[str, str]:
    """Return the versions of the peers that are installed; say which are not."""
    found = {}
    for peer in peers:
        try:
            found[peer] = peer_version(peer)
        except FileNotFoundError as error:
            print(f"{PEERS[peer].title} is left out: {error}", flush=True)
    return found


def machine() -> str:
    """Say what this is measured with."""
    model = next((line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines()
                  if line.startswith("model name")), platform.machine())
    compiler = checked(["c++", "--version"]).stdout.splitlines()[0]
    version = checked([str(EXE), "--version"]).stdout.strip()
    return (f"{time.strftime('%Y-%m-%d')}; {model}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; {compiler}; "
            f"{version}")

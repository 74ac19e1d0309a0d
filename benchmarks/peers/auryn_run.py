# SPDX-License-Identifier: BSD-3-Clause
"""Runs a workload in Auryn: writes a program for it, compiles it against the Auryn that BOUTON_AURYN names.

That folder holds Auryn's sources and its built library, anywhere below it. The program uses Auryn's own neurons,
synapses and Poisson drive, but for the neurons of CUBA and of Song et al. (auryn_parts.hpp), for which Auryn has none
with these equations. Tsodyks-Markram variables are per presynaptic neuron. Compiled with Auryn's own flags.

Speaks the protocol of peers/serve.py.
"""

from __future__ import annotations

import math
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from peers.physics import Cells, Network, Synapses, inside, network, parts  # noqa: E402
from peers.serve import serve  # noqa: E402

DT_MS = 0.1
FLAGS = ["-std=c++17", "-O3", "-march=native", "-ffast-math", "-w"]
LIBRARIES = ["-lboost_mpi", "-lboost_serialization", "-lboost_program_options", "-lboost_filesystem", "-lboost_system"]


def found(pattern: str) -> Path:
    """Return a file of Auryn's."""
    folder = Path(os.environ["BOUTON_AURYN"])
    file = next(folder.rglob(pattern), None)
    if file is None:
        sys.exit(f"BOUTON_AURYN: there is no {pattern} in {folder}")
    return file


def version() -> str:
    """Return Auryn's version from its build file."""
    text = (found("auryn.h").parents[1] / "CMakeLists.txt").read_text()
    return ".".join(re.findall(r"Auryn_VERSION_\w+ (\d+)", text))


def cells(name: str, size: int, of: Cells, milli: float) -> list[str]:
    """Return the statements that make a group of neurons; `milli` is the unit of `v` in mV."""
    values = of.parameters
    low, high = values["V_r"], values["V_th"]
    if of.kind == "conductance" and values["V_r"] == values["E_L"]:
        lines = [f"auto* {name} = new TIFGroup({size});",
                 f"{name}->set_refractory_period({1e-3 * (of.t_ref - DT_MS / 2)});",
                 f"{name}->set_bg_currents({milli * values['drive']}f);"]
    elif of.kind == "delta":  # Auryn tests the threshold after the input, ahead of the decay, which is an Euler step
        decay = math.exp(-DT_MS / values["tau_m"])
        lines = [f"auto* {name} = new IafPscDeltaGroup({size});",
                 f"{name}->set_tau_mem({1e-3 * DT_MS / (1 - decay)});",
                 f"{name}->set_tau_ref({1e-3 * (of.t_ref + DT_MS / 2)});", f"{name}->e_rest = 0;",
                 f"{name}->e_reset = {values['V_r'] * decay};", f"{name}->thr = {values['V_th'] / decay};"]
    else:
        taus = [1e-3 * values[tau] if tau in values else 1.0 for tau in ("tau_m", "tau_e", "tau_i")]
        numbers = [of.rest, high, low, *taus, values.get("E_e", 0.0), values.get("E_i", 0.0)]
        steps = max(0, round(of.t_ref / DT_MS) - 1)
        listed = ", ".join(f"{number}f" for number in numbers)
        lines = [f"auto* {name} = new Cells<{str(of.kind == 'conductance').lower()}>({size}, {{{listed}, {steps}}});"]
    start = f"start_uniform({name}, {milli * low}f, {milli * high}f, seed + {name[5:]});"
    return [*lines, start if of.size > 1 else f"{name}->mem->set_all({milli * low}f);",
            f"recorders.push_back(new Recorder({name}));"]


def synapses(one: Synapses, name: str, pre: str, post: str, kind: str) -> list[str]:
    """Return the statements that make the synapses between two groups."""
    values = one.parameters
    to = "MEM" if kind == "delta" else "GABA" if one.inhibitory else "GLUT"
    ends = f"{pre}, {post}, {0.0 if one.w is None else one.w}f, {one.p}"
    tau = 1e-3 * values.get("tau", 0.0)
    if one.rule == "static":
        return [f"new SparseConnection({ends}, {to});"]
    if one.rule == "tsodyks":
        return [f"auto* {name} = new STPConnection({ends}, {to});", f"{name}->set_tau_d({1e-3 * values['tau_d']});",
                f"{name}->set_tau_f({1e-3 * values['tau_f']});", f"{name}->set_ujump({values['U']});",
                f"{name}->clear();"]
    if one.rule == "vogels":
        return [f"auto* {name} = new SymmetricSTDPConnection({ends}, {values['eta']}, {1e3 * values['rho']}, {tau}, "
                f"{values['w_max']}, {to});"]
    if one.weight_dependent:
        return [f"auto* {name} = new STDPwdConnection({ends}, {values['lambda_']}, {values['w_max']}, {to});",
                f"{name}->set_alpha({values['alpha']});"]
    up = values.get("lambda_", values.get("da")) * values["w_max"]
    down = up * values.get("alpha", values.get("b"))
    lines = [f"auto* {name} = new STDPConnection({ends}, 1.0, {tau}, {tau}, {values['w_max']}, {to});",
             f"{name}->A = {-down};", f"{name}->B = {up};"]
    return lines if one.w is not None else [*lines, f"start_uniform({name}, {values['w_max']}f, seed);"]


def program(of: Network, seconds: float) -> str:
    """Return the whole program. Cells are cut into groups where synapses begin or end."""
    volts = of.cells.kind == "conductance" and not of.inputs
    groups = parts(of)
    lines = [line for (first, last), name in groups.items()
             for line in cells(name, last - first, of.cells, 1e-3 if volts else 1.0)]
    if of.inputs:
        lines.append(f"auto* inputs = new PoissonGroup({of.inputs}, {1e3 * of.input_khz});")
    if of.drive_khz:
        lines += [f"(new PoissonStimulator({name}, {1e3 * of.drive_khz}, {of.drive_w}f))->seed(seed);"
                  for name in groups.values()]  # they share one generator
    for one in of.synapses:
        sources = ["inputs"] if one.group == "inputs" else inside(groups, one.pre)
        lines += [f"{source}->set_delay({round(one.delay / DT_MS)});" for source in sources]
        for number, (pre, post) in enumerate((a, b) for a in sources for b in inside(groups, one.post)):
            lines += synapses(one, f"{one.name}{number}", pre, post, of.cells.kind)
    plastic = "plastic0" if any(one.name == "plastic" for one in of.synapses) else "nullptr"
    body = "\n    ".join(lines)
    return f"""#include "auryn_parts.hpp"
using namespace auryn;

int main(int count, char** words) {{
    const unsigned seed = std::stoul(words[1]);
    auryn_init(count, words, ".", "run", "", NONE, NONE);
    sys->set_master_seed(seed);
    sys->quiet = true;
    std::vector<Recorder*> recorders;
    {body}
    run({seconds}, recorders, {plastic});
    auryn_free();
}}
"""


class Auryn:
    """A workload as a compiled program that starts anew for each run, with a seed of its own."""

    def __init__(self, workload: str, seconds: float, threads: int, folder: Path) -> None:
        of = network(workload)
        self.folder, self.runs = folder, 0
        self.si = next((one.si for one in of.synapses if one.name == "plastic"), None)
        (folder / "main.cpp").write_text(program(of, seconds))
        library, includes = found("libauryn.*"), [f"-I{Path(__file__).parent}", f"-I{found('auryn.h').parent}"]
        subprocess.run(["mpicxx", *FLAGS, *includes, "main.cpp", "-o", "main", str(library),
                        f"-Wl,-rpath,{library.parent}", *LIBRARIES], cwd=folder, check=True)

    def run(self) -> tuple[float, int, np.ndarray | None]:
        """Return the seconds of simulation, the number of spikes, the plastic weights."""
        self.runs += 1
        done = subprocess.run(["./main", str(self.runs)], cwd=self.folder, check=True, capture_output=True, text=True)
        run_s, spikes = re.search(r"result (\S+) (\d+)", done.stdout).groups()
        weights = None if self.si is None else self.si * np.fromfile(self.folder / "weights", np.float32)
        return float(run_s), int(spikes), weights


if __name__ == "__main__":
    serve(Auryn, version())

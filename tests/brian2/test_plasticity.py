# SPDX-License-Identifier: BSD-3-Clause
"""Plastic synapses beside Brian2: 12 inputs onto 8 cells, random pairs; weights equal to 1e-9 as they change."""

from __future__ import annotations

import numpy as np
import pytest

INPUTS, CELLS, MS = 12, 8, 200
CELL = "dv/dt = (E - v)/tau_m : volt (unless refractory)"
CELL_TEXT = f'''
[neurons.cells]
size = {CELLS}
equations = "{CELL}"
threshold = "v > -50*mV"
reset = "v = -60*mV"
refractory = "2 ms"
parameters = {{ E = "-58 mV", tau_m = "20 ms" }}
initial = {{ v = "-60 mV" }}
'''


@pytest.fixture
def plastic(bouton, brian, csv, trains, same):
    """Return a function that runs one synapse model in both and compares its variables and all spikes."""

    def run(equations: str, on_pre, on_post, constants: dict[str, str], variables: list[str], *, start: str = "rand",
            delays: dict[str, np.ndarray] | None = None, rate: float = 60.0, method: str | None = None,
            extra: str = "", regular: tuple[str, float] | None = None) -> None:
        b = brian
        rng = np.random.default_rng(9)
        source, target = np.nonzero(rng.random((INPUTS, CELLS)) < 0.6)
        weight = rng.uniform(1e-3, 4e-3, len(source))
        csv("pairs.csv", source=source, target=target, w=weight)
        inputs = trains(11, INPUTS, MS, rate)
        names = ", ".join(f'"{name}"' for name in variables)
        parameters = ", ".join(f'{name} = "{value}"' for name, value in constants.items())
        ours = bouton(f"""
[simulation]
duration = "{MS} ms"
{inputs.text()}{CELL_TEXT}
[synapses.syn]
from = "input"
to = "cells"
connect = {{ file = "pairs.csv" }}
equations = \"\"\"{equations}\"\"\"
{table("on_pre", on_pre)}
{table("on_post", on_post)}
{f'method = "{method}"' if method else ""}
parameters = {{ {parameters} }}
{extra}
[[record]]
spikes = "cells"
[[record]]
variables = [{names}]
of = "syn"
every = "1 ms"
{f'[[run_regularly]]{chr(10)}of = "syn"{chr(10)}every = "{regular[1]} ms"{chr(10)}code = "{regular[0]}"' if regular else ""}
""")
        cells = b.NeuronGroup(CELLS, CELL, threshold="v > -50*mV", reset="v = -60*mV", refractory=2 * b.ms,
                              method="exact", namespace={"E": -58 * b.mV, "tau_m": 20 * b.ms})
        cells.v = -60 * b.mV
        generator = inputs.brian(b)
        options = {"method": method} if method else {}
        namespace = {name: eval(value.replace(" ", "*"), vars(b).copy()) for name, value in constants.items()}
        synapses = b.Synapses(generator, cells, equations, on_pre=on_pre, on_post=on_post, namespace=namespace, **options)
        synapses.connect(i=source, j=target)
        synapses.w_ = weight
        if regular:
            synapses.run_regularly(regular[0], dt=regular[1] * b.ms)
        for pathway, delay in (delays or {}).items():
            getattr(synapses, pathway).delay = delay * b.ms
        spikes = b.SpikeMonitor(cells)
        monitors = [b.StateMonitor(synapses, name, record=True, dt=1 * b.ms, order=1) for name in variables]
        b.Network(cells, generator, synapses, spikes, *monitors).run(MS * b.ms)

        assert same.spikes(ours, "cells", spikes) > 20
        for name, monitor in zip(variables, monitors):
            theirs = np.asarray(getattr(monitor, name + "_")).T
            changes = np.ptp(theirs, axis=0)
            assert np.count_nonzero(changes) > 0.9 * len(source), f"{name} hardly changes"
            same.values(ours.recording("syn", name), theirs)
            same.values(ours.synapses("syn", name), getattr(synapses, name + "_")[:])

    return run


def table(key: str, code) -> str:
    """Return code, or named pieces of code, as TOML."""
    if isinstance(code, str):
        return f'{key} = """{code}"""'
    if not code:
        return ""
    return key + " = { " + ", ".join(f'{name} = "{text}"' for name, text in code.items()) + " }"


def test_pair_stdp(plastic):
    plastic(
        """
        w : volt
        dapre/dt = -apre/tau_plus : volt (event-driven)
        dapost/dt = -apost/tau_minus : volt (event-driven)""",
        "v_post += w; apre += A; w = clip(w + apost, 0*volt, w_max)",
        "apost -= 1.1*A; w = clip(w + apre, 0*volt, w_max)",
        {"tau_plus": "20 ms", "tau_minus": "15 ms", "A": "0.05 mV", "w_max": "4 mV"},
        ["w"],
    )


def test_weight_dependent_stdp_by_powers(plastic):
    plastic(
        """
        w : volt
        dr/dt = -r/tau : 1 (event-driven)
        do/dt = -o/tau : 1 (event-driven)""",
        "v_post += w; r += 1; w = w_max*(w/w_max - 0.02*(w/w_max)**mu*o)",
        "o += 1; w = w + w_max*0.02*(1 - w/w_max)**mu*r",
        {"tau": "18 ms", "w_max": "5 mV", "mu": "0.4 1"},
        ["w"],
    )


def test_triplet_stdp(plastic):
    """Pfister & Gerstner 2006: four traces, those of slow decay read before the spike raises them."""
    plastic(
        """
        w : volt
        dr1/dt = -r1/tau_plus : 1 (event-driven)
        dr2/dt = -r2/tau_x : 1 (event-driven)
        do1/dt = -o1/tau_minus : 1 (event-driven)
        do2/dt = -o2/tau_y : 1 (event-driven)""",
        "v_post += w; w = clip(w - w_max*o1*(A2_minus + A3_minus*r2), 0*volt, w_max); r1 += 1; r2 += 1",
        "w = clip(w + w_max*r1*(A2_plus + A3_plus*o2), 0*volt, w_max); o1 += 1; o2 += 1",
        {"tau_plus": "16.8 ms", "tau_x": "101 ms", "tau_minus": "33.7 ms", "tau_y": "125 ms", "w_max": "5 mV",
         "A2_plus": "0.0005 1", "A3_plus": "0.0062 1", "A2_minus": "0.007 1", "A3_minus": "0.0023 1"},
        ["w"],
    )




def test_tsodyks_markram(plastic):
    plastic(
        """
        w : volt
        dx/dt = (1 - x)/tau_rec : 1 (event-driven)
        du/dt = (U - u)/tau_fac : 1 (event-driven)
        r : 1""",
        "u += U*(1 - u); r = u*x; x -= r; v_post += 4*w*r",
        "",
        {"tau_rec": "80 ms", "tau_fac": "150 ms", "U": "0.25 1"},
        ["r"],
        rate=90.0,
    )


def test_inhibitory_stdp(plastic):
    """Vogels et al. 2011: the rule that seeks a target rate."""
    plastic(
        """
        w : volt
        dapre/dt = -apre/tau : 1 (event-driven)
        dapost/dt = -apost/tau : 1 (event-driven)""",
        "apre += 1; w = clip(w + (apost - alpha)*eta, 0*mV, 8*mV); v_post += w*(1 - 2*int(i % 4 == 0))",
        "apost += 1; w = clip(w + apre*eta, 0*mV, 8*mV)",
        {"tau": "20 ms", "alpha": "0.12 1", "eta": "0.06 mV"},
        ["w"],
    )


def test_coupled_event_driven_equations(plastic):
    """An alpha-shaped trace: two equations that depend on each other, of one time constant."""
    plastic(
        """
        w : volt
        dy/dt = (z - y)/tau : 1 (event-driven)
        dz/dt = -z/tau : 1 (event-driven)""",
        "z += 1; v_post += w",
        "w = clip(w + 0.1*mV*(y - 0.2), 0*mV, 6*mV)",
        {"tau": "10 ms"},
        ["w"],
    )


def test_clock_driven_rate_rule(plastic):
    """A sliding threshold and a weight that move every step; the cells' voltages are read as they move."""
    plastic(
        """
        dw/dt = eta*x*(y - theta) : volt (clock-driven)
        dx/dt = -x/tau : 1 (clock-driven)
        dy/dt = -y/tau : 1 (clock-driven)
        dtheta/dt = (y**2 - theta)/(5*tau) : 1 (clock-driven)
        u = clip((v_post + 60*mV)/(10*mV), 0, 1) : 1""",
        "x += 0.5*(1 + u); v_post += w",
        "y += 1",
        {"eta": "2 mV/second", "tau": "25 ms"},
        ["w", "theta"],
        method="euler",
    )


def test_clock_driven_linear_synapses(plastic):
    plastic(
        """
        w : volt
        dg/dt = (h - g)/(4*ms) : 1 (clock-driven)
        dh/dt = -h/(9*ms) : 1 (clock-driven)""",
        "h += 1; v_post += w*(0.5 + g)",
        "w = clip(w + 0.05*mV*(g - 0.3), 0*mV, 6*mV)",
        {},
        ["w", "g", "h"],
        method="exact",
    )


def test_run_regularly_on_synapses(plastic):
    plastic(
        """
        w : volt
        dapre/dt = -apre/tau : 1 (event-driven)
        n : integer""",
        "v_post += w; apre += 1",
        "w += 0.1*mV*apre",
        {"tau": "20 ms"},
        ["w", "n"],
        regular=("n += 1; w = clip(w*0.97 + 0.02*mV*int(n % 3 == 0), 0*mV, 4.5*mV)", 4.0),
    )

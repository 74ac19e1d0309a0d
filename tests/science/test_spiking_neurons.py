# SPDX-License-Identifier: BSD-3-Clause
"""Izhikevich, AdEx and Hodgkin-Huxley neurons against converged solutions of their equations."""

from __future__ import annotations

import numpy as np
import pytest


def values(numbers, unit: str = "") -> str:
    """Return one value per neuron as TOML."""
    listed = ", ".join(str(number) for number in numbers)
    return f'{{ values = [{listed}], unit = "{unit}" }}' if unit else f"{{ values = [{listed}] }}"


def cells(model: str, size: int, parameters: str, duration: str, initial: str = "") -> str:
    """Return unconnected neurons, recorded, in steps of 0.01 ms."""
    return f"""
[simulation]
duration = "{duration}"
dt = "0.01 ms"
[neurons.cells]
size = {size}
model = "{model}"
parameters = {{ {parameters} }}
{f"initial = {{ {initial} }}" if initial else ""}
[[record]]
spikes = "cells"
"""


def test_izhikevich_cells(run) -> None:
    """I = 10 for 1 s. Counts are those of the converged solution.

    One spike of tolerance: at 87 to 196 spikes per second the last one may fall on either side of the end. Spike
    times and intervals to 0.05 ms: the cut at 30 is passed up to one step late, 0.01 ms per spike.
    """
    table = {  # a, b, c, d, spikes, steady interval in ms
        "RS": (0.02, 0.2, -65, 8, 23, 44.81),
        "IB": (0.02, 0.2, -55, 4, 34, 31.22),
        "CH": (0.02, 0.2, -50, 2, 87, None),
        "FS": (0.1, 0.2, -65, 2, 137, 7.343),
        "LTS": (0.02, 0.25, -65, 2, 78, 13.37),
        "RZ": (0.1, 0.26, -65, 2, 196, None),
    }
    columns = list(zip(*table.values(), strict=True))
    parameters = ", ".join(f"{name} = {values(column)}" for name, column in zip("abcd", columns[:4], strict=True))
    trains = run(cells("izhikevich_2003", 6, parameters + ", I = 10", "1 s")).trains("cells", 6)
    for train, name, expected, steady in zip(trains, table, columns[4], columns[5], strict=True):
        assert abs(len(train) - expected) <= 1, name
        if steady is not None:
            assert np.diff(train)[-1] * 1e3 == pytest.approx(steady, abs=0.05), name
    np.testing.assert_allclose(trains[0][:3] * 1e3, [3.13, 26.23, 71.06], atol=0.05)


def test_izhikevich_rest_is_lost_at_3_775(run) -> None:
    """Started at the fixed point: a little below the critical current it stays, a little above it leaves."""
    currents = np.array([3.7, 3.85])
    rest = (-(5 - 0.2) - np.sqrt(4.8**2 - 4 * 0.04 * (140 + currents))) / 0.08
    initial = f"v = {values(rest)}, u = {values(0.2 * rest)}"
    text = cells("izhikevich_2003", 2, f"I = {values(currents)}", "3 s", initial).replace("0.01 ms", "0.05 ms")
    # A push of 0.01 mV, which dies out below and grows above.
    text += '[[run_regularly]]\nof = "cells"\nevery = "10 s"\ncode = "v += 0.01"\n'
    trains = run(text).trains("cells", 2)
    assert len(trains[0]) == 0
    assert len(trains[1]) > 10


# C g_L E_L a tau_w b V_r I; spikes in 600 ms and tolerance; first spike in ms; an interval and its number (of the
# bursting cells one of a later burst, for the first burst differs).
PATTERNS = {
    "tonic": (200, 10, -70, 2, 30, 0, -58, 500, 62, 1, 14.22, 8.93, 0),
    "adaptation": (200, 12, -70, 2, 300, 60, -58, 500, 12, 1, 14.90, 11.27, 0),
    "initial burst": (130, 18, -58, 4, 150, 120, -50, 400, 12, 1, 5.46, 3.42, 0),
    "regular bursting": (200, 10, -58, 2, 120, 100, -46, 210, 11, 1, 16.16, 5.35, 3),
    "delayed accelerating": (200, 12, -70, -10, 300, 0, -58, 300, 46, 1, 33.57, 20.59, 0),
    "delayed regular bursting": (100, 10, -65, -10, 90, 30, -47, 110, 32, 1, 57.18, 3.29, 4),
    "transient": (100, 10, -65, 10, 90, 100, -47, 180, 1, 0, 30.29, None, 0),
    "irregular": (100, 12, -60, -11, 130, 30, -48, 160, 33, 2, 15.65, None, 0),
}


def test_adex_patterns(run) -> None:
    """The eight firing patterns: counts within 1 (the irregular one is chaotic: 2), times within 2 %."""
    columns = list(zip(*PATTERNS.values(), strict=True))
    names = [("C", "pF"), ("g_L", "nS"), ("E_L", "mV"), ("a", "nS"), ("tau_w", "ms"), ("b", "pA"), ("V_r", "mV"),
             ("I_e", "pA")]
    parameters = ", ".join(
        f"{name} = {values(column, unit)}" for (name, unit), column in zip(names, columns[:8], strict=True)
    )
    parameters += ', V_T = "-50 mV", DT = "2 mV", V_cut = "0 mV"'
    trains = run(cells("adex", 8, parameters, "600 ms")).trains("cells", 8)
    for train, (name, row) in zip(trains, PATTERNS.items(), strict=True):
        count, tolerance, first, gap, number = row[8:]
        assert abs(len(train) - count) <= tolerance, name
        assert train[0] * 1e3 == pytest.approx(first, rel=0.02), name
        if gap is not None:
            assert np.diff(train)[number] * 1e3 == pytest.approx(gap, rel=0.02), name


def test_adex_step_of_the_paper(run) -> None:
    """1 nA from rest; times within 0.05 ms, a few steps of 0.01 ms."""
    train = run(cells("adex", 1, 'I_e = "1 nA"', "500 ms")).trains("cells", 1)[0] * 1e3
    assert len(train) == 17
    np.testing.assert_allclose(train[:4], [11.792, 25.376, 41.196, 59.776], atol=0.05)
    assert np.diff(train)[-1] == pytest.approx(36.08, abs=0.05)


RAMPED = """
[simulation]
duration = "12 s"
dt = "0.05 ms"
[neurons.cells]
size = 2
equations = '''
vc = min(v, V_cut) : volt
dv/dt = (g_L*(E_L - vc) + g_L*DT*exp((vc - V_T)/DT) + I - w)/C : volt
dw/dt = (a*(vc - E_L) - w)/tau_w : amp
I = I_end*(1 - exp(-t/second)) : amp
'''
threshold = "v > V_cut"
reset = "v = E_L; w += b"
method = "rk4"
parameters = { C = "281 pF", g_L = "30 nS", E_L = "-70.6 mV", V_T = "-50.4 mV", DT = "2 mV", V_cut = "-20 mV", \
tau_w = "144 ms", a = "4 nS", b = "80.5 pA", I_end = "(621 + 12*i)*pA" }
initial = { v = "E_L" }
[[record]]
spikes = "cells"
"""


def test_adex_rheobase(run) -> None:
    """627.18 pA within 1 %: the current rises slowly, as a step would overshoot, to 621 pA and to 633 pA."""
    trains = run(RAMPED).trains("cells", 2)
    assert len(trains[0]) == 0
    assert len(trains[1]) > 1


HH_INTERVALS = {0: 72.177, 50: 42.51, 100: 31.65, 200: 21.76, 300: 16.94, 500: 12.08, 1000: 7.527}


def test_hodgkin_huxley_intervals(run) -> None:
    """Steady intervals of the converged solution.

    Exponential Euler, the model's method, is of first order: 0.5 % at I = 0, up to 1.5 % at 1 nA, with steps of
    0.01 ms. Runge-Kutta at the same step is held to 0.2 % (intervals are multiples of the step, 0.13 % at 1 nA).
    """
    text = cells("hodgkin_huxley", len(HH_INTERVALS), f"I_e = {values(HH_INTERVALS, 'pA')}", "500 ms")
    expected = np.array(list(HH_INTERVALS.values()))
    for variant, tolerance in ((text, 0.015), (text.replace('model =', 'method = "rk4"\nmodel ='), 0.002)):
        trains = run(variant).trains("cells", len(HH_INTERVALS))
        found = np.array([np.diff(train)[-1] * 1e3 for train in trains])
        assert found[0] == pytest.approx(expected[0], rel=0.005)
        np.testing.assert_allclose(found, expected, rtol=tolerance)


def test_hodgkin_huxley_rests_below_threshold(run) -> None:
    """At -35 pA at most one transient spike, then rest at -62.646 mV (printed to 1 uV)."""
    result = run(cells("hodgkin_huxley", 1, 'I_e = "-35 pA"', "1.5 s"))
    assert result.spikes("cells")[0].size <= 1
    assert result.state("cells", "v")[0] * 1e3 == pytest.approx(-62.646, abs=1e-3)


def test_hodgkin_huxley_rate_functions(run) -> None:
    """The removable singularities: am = 1.28/ms at V = 13 mV, bm = 1.4/ms at 40 mV, an = 0.16/ms at 15 mV."""
    text = cells("hodgkin_huxley", 3, 'V_T = "0 mV"', "0.01 ms", f"v = {values([13, 40, 15], 'mV')}")
    text += '[[record]]\nvariables = ["am", "bm", "an"]\nof = "cells"\n'
    result = run(text)
    found = [result.recording("cells", name)[0, index] for index, name in enumerate(["am", "bm", "an"])]
    np.testing.assert_allclose(found, [1280, 1400, 160], rtol=1e-12)

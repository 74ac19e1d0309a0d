# SPDX-License-Identifier: BSD-3-Clause
"""What the tests of the Python package share."""

from __future__ import annotations

import os
from pathlib import Path

import matplotlib as mpl
import pytest
from open_network import BACKENDS, opened

import bouton

mpl.use("Agg")

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared" / "data" / "mnist"
if SHARED.is_dir():
    os.environ.setdefault("BOUTON_DATA", str(SHARED))


def small_network() -> bouton.Network:
    """Return 20 Poisson inputs onto 5 cells with STDP, everything recorded, 200 ms."""
    net = bouton.Network(duration="200 ms", dt="0.1 ms", seed=7)
    net.neurons["input"] = {"size": 20, "model": "poisson", "parameters": {"rate": "80 Hz"}}
    net.neurons["cells"] = {"size": 5, "model": "lif_exp"}
    net.add_synapses(
        "exc",
        from_="input",
        to="cells",
        connect={"rule": "all_to_all"},
        target="I_exc",
        plasticity={"model": "stdp_pair", "parameters": {"w_max": "800 pA"}},
        initial={"w": "400 pA"},
    )
    net.record(spikes="input").record(spikes="cells").record(rate="cells", bin="10 ms")
    net.record(["v", "I_exc"], of="cells", every="1 ms", indices=[0, 3])
    net.record("w", of="exc", every="50 ms").record(["w", "apre"], of="exc", at="pre")
    return net


@pytest.fixture
def net() -> bouton.Network:
    """Return a fresh small network."""
    return small_network()


@pytest.fixture(scope="module")
def results():
    """Return the results of the small network."""
    with small_network().run() as found:
        yield found


@pytest.fixture(params=BACKENDS)
def sim(request: pytest.FixtureRequest):
    """Open the network of open_network.py on each back end."""
    with opened(request.param) as found:
        yield found

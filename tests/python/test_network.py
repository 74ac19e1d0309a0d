# SPDX-License-Identifier: BSD-3-Clause
"""The builder: text out, text in, arrays, running."""

from __future__ import annotations

import tomllib
from pathlib import Path

import numpy as np
import pytest

import bouton


def test_text_holds_what_was_built(net: bouton.Network) -> None:
    tables = tomllib.loads(net.toml())
    assert tables["simulation"] == {"duration": "200 ms", "dt": "0.1 ms", "seed": 7}
    assert tables["synapses"]["exc"]["from"] == "input"
    assert "from_" not in tables["synapses"]["exc"]
    assert tables["synapses"]["exc"]["plasticity"] == {
        "model": "stdp_pair",
        "parameters": {"w_max": "800 pA"},
    }
    assert tables["record"][3] == {
        "variables": ["v", "I_exc"],
        "of": "cells",
        "every": "1 ms",
        "indices": [0, 3],
    }


def test_round_trip_through_a_file(net: bouton.Network, tmp_path) -> None:
    """Saved and loaded it is the same network, also where texts have several lines, quotes and odd characters."""
    net.neurons["odd"] = {
        "size": 1,
        "equations": "v : 1  # a \"quoted\" 'comment'\n# second line, back\\slash\ng : 1",
        "reset": 'v = 0\n"""',
    }
    net.signal["s"] = {"dt": "1 ms", "values": [0, 0.5, 1e-12], "unit": "nA"}
    net.run_regularly(of="exc", every="50 ms", code="w *= 2*nA/sum_post(w)")
    again = bouton.load(net.save(tmp_path / "net.toml"))
    expected = tomllib.loads(net.toml())
    assert again.tables() == expected
    assert expected["neurons"]["odd"]["equations"].strip() == net.neurons["odd"]["equations"]
    assert again.folder == tmp_path


@pytest.mark.parametrize("value", [0.1, 1e-300, -2.5e22, 1 / 3, 5, 0, True, False])
def test_scalars_survive(value) -> None:
    text = bouton.Network(duration=value).toml()
    found = tomllib.loads(text)["simulation"]["duration"]
    assert found == value
    assert type(found) is type(value)


def test_numpy_scalars_and_none() -> None:
    net = bouton.Network(duration=np.float64(0.5), seed=np.int64(3), dt=None)
    assert tomllib.loads(net.toml())["simulation"] == {"duration": 0.5, "seed": 3}


def test_what_a_file_cannot_hold_is_refused() -> None:
    with pytest.raises(TypeError, match="not complex"):
        bouton.Network(duration=1j).toml()


@pytest.mark.parametrize("count", [10, 3000])
def test_arrays_reach_the_engine(count: int, tmp_path) -> None:
    """Short arrays stand in the text, long ones beside it, in memory or in CSV files; the engine reads the same numbers."""
    v = np.linspace(-70, -60, count)
    pairs = np.stack([np.arange(count), (7 * np.arange(count)) % count], axis=1)
    w = np.random.default_rng(0).random(count)
    net = bouton.Network(duration="1 ms")
    net.neurons["a"] = {"size": count, "equations": "v : volt", "initial": {"v": bouton.values(v, "mV")}}
    net.synapses["s"] = {
        "from": "a",
        "to": "a",
        "connect": {"pairs": pairs, "autapses": True},
        "equations": "w : 1",
        "on_pre": "w += 0",
        "initial": {"w": bouton.values(w)},
    }
    with net.run() as results:
        np.testing.assert_allclose(results.state["a"]["v"], v * 1e-3, rtol=1e-14)
        assert results.synapses["s"]["target"].tolist() == pairs[:, 1].tolist()
        assert results.synapses["s"]["w"].tolist() == w.tolist()
    net.save(tmp_path / "net.toml")
    assert len(list(tmp_path.glob("*.csv"))) == (3 if count > 1000 else 0)
    with bouton.run(tmp_path / "net.toml") as results:
        np.testing.assert_allclose(results.state["a"]["v"], v * 1e-3, rtol=1e-14)


@pytest.mark.parametrize("count", [10, 3000])
def test_units_of_arrays_do_not_depend_on_their_length(count: int, tmp_path) -> None:
    """Plain numbers for a voltage are refused, in the text, in memory and in a file; so is a name that looks like name and unit."""
    net = bouton.Network(duration="1 ms")
    numbers = np.arange(count) / 8
    for initial in (numbers, bouton.values(numbers), bouton.values(numbers, "mA")):
        net.neurons["a"] = {"size": count, "equations": "v : volt", "initial": {"v": initial}}
        with pytest.raises(bouton.Error, match="dimension"):
            net.run()
        with pytest.raises(bouton.Error, match="dimension"):
            bouton.check(net.save(tmp_path / "net.toml"))
    net.neurons["a"] = {
        "size": count,
        "equations": "w_mV : 1\nw : volt",
        "initial": {"w_mV": numbers, "w": bouton.values(-numbers, "mV")},
    }
    with net.run() as results:
        assert results.state["a"]["w_mV"].tolist() == numbers.tolist()
        assert results.state["a"]["w"].tolist() == (-numbers * 1e-3).tolist()


def test_signal_with_columns() -> None:
    """A long signal goes as an array; the columns keep their places."""
    values = np.arange(2000).reshape(20, 100)
    net = bouton.Network(duration="20 ms")
    net.add_signal("s", dt="1 ms", values=values, unit="mV")
    net.add_neurons("a", size=100, equations="v = s(t, i) : volt\nx : 1")
    net.record("v", of="a", every="1 ms")
    with net.run() as results:
        np.testing.assert_allclose(results.recordings["a"]["v"], values * 1e-3, rtol=1e-14)


def test_copy_is_independent(net: bouton.Network) -> None:
    other = net.copy()
    other.neurons["cells"]["size"] = 99
    assert net.neurons["cells"]["size"] == 5


def test_files_are_found_beside_the_network(tmp_path) -> None:
    (tmp_path / "spikes.csv").write_text("index,time_ms\n0,2\n1,5\n")
    (tmp_path / "net.toml").write_text(
        '[simulation]\nduration = "10 ms"\n[neurons.a]\nsize = 2\nmodel = "spike_times"\nfile = "spikes.csv"\n'
        '[[record]]\nspikes = "a"\n'
    )
    net = bouton.load(tmp_path / "net.toml")
    for results in (bouton.run(tmp_path / "net.toml"), net.run()):
        assert results.spikes["a"].times.tolist() == [2.0, 5.0]


def test_check_and_emit(net: bouton.Network, tmp_path) -> None:
    page = net.check()
    assert "neurons cells: 5, model lif_exp" in page
    assert "stdp_pair" in page
    path = net.save(tmp_path / "net.toml")
    assert bouton.check(path).split("\n")[1:] == page.split("\n")[1:]
    assert "bn_" in bouton.emit(path)


def test_models() -> None:
    library = bouton.models()
    assert library["tsodyks_markram"].kind == "release"
    assert "Tsodyks" in library["stdp_pair"].source or "Song" in library["stdp_pair"].source
    assert 'name = "lif_exp"' in library["lif_exp"].text
    assert library["lif_exp"].summary in library["lif_exp"].page


def test_the_readme_shows_the_example() -> None:
    """The model on the first page is the file beside it, and can be run."""
    root = Path(__file__).resolve().parents[2]
    text = (root / "examples" / "unreliable.toml").read_text()
    assert f"```toml\n{text}```" in (root / "README.md").read_text()
    assert "bernoulli" in bouton.load(root / "examples" / "unreliable.toml").check()

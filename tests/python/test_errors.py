# SPDX-License-Identifier: BSD-3-Clause
"""Mistakes arrive as one exception with every diagnostic in it."""

from __future__ import annotations

import pytest

import bouton

WRONG = """[simulation]
duration = "1 s"
[neurons.a]
siez = 3
size = 5
equations = "dv/dt = -v/(10*mV) : volt"
"""


def test_all_mistakes_with_places_and_hints(tmp_path) -> None:
    path = tmp_path / "wrong.toml"
    path.write_text(WRONG)
    with pytest.raises(bouton.Error) as caught:
        bouton.run(path)
    error = caught.value
    assert error.status == 2
    places = [(found.line, found.column) for found in error.diagnostics]
    assert (4, 1) in places
    first = error.diagnostics[0]
    assert first.severity == "error"
    assert first.code.startswith("E")
    assert first.file.endswith("wrong.toml")
    assert (error.code, error.line, error.column) == (first.code, first.line, first.column)
    assert "siez" in first.message
    assert "size" in first.hint
    assert "wrong.toml:4:1" in str(error)
    assert f"4:1: error[{first.code}]" in str(first)


def test_dimension_mistake_in_a_built_network(net: bouton.Network) -> None:
    net.neurons["cells"] = {"size": 5, "equations": "dv/dt = -v/(10*mV) : volt\nI_exc : amp"}
    with pytest.raises(bouton.Error) as caught:
        net.check()
    assert caught.value.diagnostics
    assert caught.value.diagnostics[0].file == "network.toml"


def test_missing_file(tmp_path) -> None:
    with pytest.raises(bouton.Error, match="nowhere") as caught:
        bouton.run(tmp_path / "nowhere.toml")
    assert caught.value.status == 2
    with pytest.raises(bouton.Error, match="nowhere"):
        bouton.load(tmp_path / "nowhere.toml")


def test_load_refuses_what_is_not_toml(tmp_path) -> None:
    path = tmp_path / "bad.toml"
    path.write_text("[simulation\n")
    with pytest.raises(bouton.Error, match=r"bad\.toml"):
        bouton.load(path)
    path.write_text("[simulatoin]\n")
    with pytest.raises(bouton.Error, match="simulatoin"):
        bouton.load(path)


def test_failed_run_leaves_older_results(net: bouton.Network, tmp_path) -> None:
    """A value that stops being finite ends the run with status 1; the file of the run before stays."""
    path = tmp_path / "out.h5"
    net.run(path).close()
    before = path.read_bytes()
    net.neurons["cells"] = {
        "size": 5,
        "equations": "dv/dt = v**3/ms : 1\nI_exc : amp",
        "initial": {"v": 2},
        "method": "euler",
    }
    net.records.clear()
    net.record(spikes="input")
    with pytest.raises(bouton.Error) as caught:
        net.run(path)
    assert caught.value.status == 1
    assert "'v'" in str(caught.value)
    assert path.read_bytes() == before


def test_unknown_attribute() -> None:
    with pytest.raises(AttributeError, match="plots"):
        _ = bouton.plots

# SPDX-License-Identifier: BSD-3-Clause
"""Networks that are made from NumPy arrays and SciPy matrices, which never become text."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy import sparse

import bouton
from bouton import toml_text

BACKENDS = ["compiled", "interpreted"]
N = 60


def network(connect, w=None, size: int = N, **rest) -> bouton.Network:
    net = bouton.Network(duration="60 ms", dt="0.1 ms", seed=4)
    net.add_neurons("input", size=size, model="poisson", parameters={"rate": "60 Hz"})
    net.add_neurons("cells", size=size, model="lif_exp")
    net.add_synapses(
        "exc",
        from_="input",
        to="cells",
        connect=connect,
        target="I_exc",
        initial={} if w is None else {"w": w},
        plasticity={"model": "stdp_pair", "parameters": {"w_max": "2 nA"}},
        **rest,
    )
    return net


def pairs_of(seed: int, count: int = 2500) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return different pairs in no order, and weights in nA."""
    chance = np.random.default_rng(seed)
    cells = chance.permutation(N * N)[:count]
    return cells // N, cells % N, chance.random(count)


def final(sim: bouton.Simulation) -> dict[str, list]:
    exc = sim.synapses["exc"]
    return {"w": exc["w"].tolist(), "source": exc.source.tolist(), "target": exc.target.tolist(), "v": sim.neurons["cells"]["v"].tolist()}


@pytest.mark.parametrize("backend", BACKENDS)
def test_every_way_to_hand_over_gives_the_network_of_the_file(backend: str, tmp_path: Path) -> None:
    """Pairs in no order with weights, and delays: as lists in the text, CSV files, arrays; to the bit."""
    source, target, w = pairs_of(1)
    delay = np.random.default_rng(2).integers(1, 30, len(w)) * 0.1
    columns = {"w": bouton.values(w, "nA"), "delay": bouton.values(delay, "ms")}
    of_keys = network({"sources": source.astype(np.uint16), "targets": target[::1], **columns})
    no_delay = network((source, target), columns["w"])
    ways = {
        "text": bouton.Simulation(text=of_keys.toml(), backend=backend),
        "file": bouton.Simulation(of_keys.save(tmp_path / "net.toml"), backend=backend),
        "keys": of_keys.simulation(backend=backend, threads=2),
        "three parts": of_keys.simulation(backend=backend, threads=3),
    }
    without_delays = {
        "text": bouton.Simulation(text=no_delay.toml(), backend=backend),
        "file": bouton.Simulation(no_delay.save(tmp_path / "other.toml"), backend=backend),
        "two arrays": no_delay.simulation(backend=backend),
        "pairs": network({"pairs": np.stack([source, target], axis=1)}, columns["w"]).simulation(backend=backend),
        "bare pairs": network(np.stack([source, target], axis=1), columns["w"]).simulation(backend=backend, threads=2),
    }
    for group in (ways, without_delays):
        found = {}
        for name, sim in group.items():
            with sim:
                sim.run()
                found[name] = final(sim)
                assert sim.neurons["cells"]["v"].std() > 0
                delays = sim.synapses["exc"].delay
                assert group is without_delays or np.allclose(delays, delay * 1e-3, atol=1e-9)
        assert found["text"]["source"] == source.tolist()
        for name, values in found.items():
            assert values == found["text"], name


def test_a_sparse_matrix_is_connections_and_weights() -> None:
    """Rows are sources; an entry that stands twice is summed, as SciPy does, and zeros that stand there are synapses."""
    source, target, w = pairs_of(3)
    w[::7] = 0.0
    twice = sparse.coo_matrix(
        (np.concatenate([w / 2, w / 2]), (np.tile(source, 2), np.tile(target, 2))), shape=(N, N)
    )
    for matrix in (twice, twice.tocsr(), twice.tocsc(), sparse.csr_array(twice)):
        before = matrix.copy()
        with network(bouton.values(matrix, "nA")).simulation() as sim:
            np.testing.assert_allclose(sim.synapses["exc"].matrix("w").toarray(), twice.toarray() * 1e-9, rtol=1e-15)
            assert len(sim.synapses["exc"]) == len(w)
        assert (before != matrix).nnz == 0 and before.nnz == matrix.nnz
    net = network(bouton.values(sparse.csr_matrix(([0.5], ([3], [1])), shape=(N, 4)), "nA"))
    net.synapses["exc"]["to"] = "cells[10:14]"
    with net.simulation() as sim:
        assert (sim.synapses["exc"].source.tolist(), sim.synapses["exc"].target.tolist()) == ([3], [11])
    net.synapses["exc"]["to"] = "cells[:5]"
    with pytest.raises(ValueError, match=r"\(60, 5\), not \(60, 4\)"):
        net.simulation()
    loops = sparse.eye(N, format="csr")
    net = network({"pairs": loops, "autapses": True})
    net.synapses["exc"] |= {"from_": "cells", "initial": {}, "equations": "w : 1", "on_pre": "w += 0", "plasticity": None, "target": None}
    with net.simulation() as sim:
        assert sim.synapses["exc"]["w"].tolist() == [1.0] * N


@pytest.mark.parametrize("count", [10, 3000])
def test_arrays_everywhere(count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Parameters, spikes, samples and recorded indices, short in the text and long as arrays, against what they say."""
    chance = np.random.default_rng(count)
    offset = chance.normal(size=count)
    samples = chance.normal(size=(20, count))
    index = chance.integers(0, count, 2 * count)
    step = np.arange(2 * count) % 190
    index, step = np.unique(np.stack([index, step]), axis=1)
    chosen = np.sort(chance.permutation(count)[: count // 2])
    net = bouton.Network(duration="20 ms", dt="0.1 ms")
    net.add_signal("s", dt="1 ms", values=samples, unit="mV")
    net.add_neurons("a", size=count, equations="v = s(t, i) + offset : volt\noffset : volt (constant)", parameters={"offset": bouton.values(offset, "mV")})
    net.add_neurons("in", size=count, model="spike_times", times=bouton.values(step * 0.1, "ms"), indices=index)
    net.record("v", of="a", every="1 ms", indices=chosen).record(spikes="in")
    with net.run() as results:
        np.testing.assert_allclose(results.recordings["a"]["v"], (samples + offset)[:, chosen] * 1e-3, rtol=1e-12, atol=1e-15)
        spikes = results.spikes["in"]
        order = np.lexsort([index, step])
        assert spikes.ids.tolist() == index[order].tolist()
        np.testing.assert_allclose(spikes.times, step[order] * 0.1, atol=1e-9)


def test_arrays_are_copied_kept_and_saved(tmp_path: Path) -> None:
    """What the arrays' owner does to them later changes nothing: not a copy, a change of a parameter, nor what is saved."""
    source, target, w = pairs_of(5)
    net = network((source, target), bouton.values(w, "nA"))
    with net.simulation() as sim:
        sim.run("20 ms")
        expected = sim.copy()
        expected.run("20 ms")
        source[:], w[:] = 0, np.nan
        net.synapses["exc"]["initial"]["w"]["values"][:] = np.nan
        other = sim.copy()
        sim.save(tmp_path / "a.bouton")
        other.neurons["cells"]["tau_m"] = "10 ms"  # as before; makes the network anew
        other.run("20 ms")
        for name, values in final(other).items():  # equal but for rounding: what decays was brought to one time
            np.testing.assert_allclose(values, final(expected)[name], rtol=1e-9, err_msg=name)
    with bouton.Simulation.resume(tmp_path / "a.bouton", threads=2) as again:
        again.run("20 ms")
        assert final(again) == final(expected)
        again.save(tmp_path / "b.bouton")
    with bouton.Simulation.resume(tmp_path / "b.bouton") as again:
        assert final(again) == final(expected)
        assert again.t == pytest.approx(0.04)


def test_the_text_of_results_says_that_arrays_are_not_in_it(tmp_path: Path) -> None:
    source, target, w = pairs_of(6)
    with network((source, target), bouton.values(w, "nA")).run(tmp_path / "out.h5") as results:
        text = results.network
    assert len(text) < 5000
    with pytest.raises(bouton.Error, match="was given in memory") as error:
        bouton.Simulation(text=text)
    assert len(error.value.diagnostics) == 3 and "file =" in str(error.value)


MISTAKES = {
    "a source that is none": (lambda s, t, w: (np.where(s == 3, N, s), t), "sources.*60|60.*sources"),
    "a negative target": (lambda s, t, w: (s, np.where(t == 3, -1, t)), "whole numbers from 0"),
    "too few targets": (lambda s, t, w: (s, t[:-1]), "2500 sources, but 2499 targets"),
    "floats": (lambda s, t, w: (s * 1.0, t), "whole numbers"),
    "a pair twice": (lambda s, t, w: (np.append(s[:-1], s[0]), np.append(t[:-1], t[0])), "stands here again"),
    "three columns": (lambda s, t, w: np.stack([s, t, t], axis=1), "shape"),
    "a matrix of another size": (lambda s, t, w: sparse.coo_matrix((w, (s + 1, t)), shape=(N + 1, N)), r"\(60, 60\), not \(61, 60\)"),
    "a matrix that is too small": (lambda s, t, w: sparse.csr_matrix((N, N - 1)), r"\(60, 60\), not \(60, 59\)"),
    "a matrix with NaN": (lambda s, t, w: sparse.coo_matrix((w * np.nan, (s, t))), "finite"),
    "a complex matrix": (lambda s, t, w: sparse.coo_matrix((w * 1j, (s, t))), "complex"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
@pytest.mark.parametrize("longest", [1000, 100_000])
def test_mistakes(mistake: str, longest: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same refusals for arrays in memory and for lists in the text."""
    monkeypatch.setattr(toml_text, "LONGEST_LIST", longest)
    change, message = MISTAKES[mistake]
    source, target, w = pairs_of(7)
    with pytest.raises((bouton.Error, ValueError, TypeError), match=message):
        network(change(source, target, w)).simulation()


def test_more_mistakes(tmp_path: Path) -> None:
    source, target, w = pairs_of(8)
    matrix = sparse.coo_matrix((w, (source, target)), shape=(N, N))
    with pytest.raises(ValueError, match="become 'w', which stands in 'initial'"):
        network(matrix, bouton.values(w)).simulation()
    with pytest.raises(bouton.Error, match="2499 values for 2500"):
        network((source, target), bouton.values(w[1:], "nA")).simulation()
    with pytest.raises(bouton.Error, match="dimension"):
        network((source, target), w).simulation()
    with pytest.raises(bouton.Error, match="'times' must have the unit s"):
        net = network((source, target))
        net.add_neurons("in", size=3, model="spike_times", times=np.zeros(2000), indices=np.zeros(2000, int))
        net.simulation()
    net = network({"sources": source, "targets": target, "rule": "all_to_all"})
    with pytest.raises(bouton.Error, match="two ways to connect"):
        net.simulation()
    for wrong in ({"w_mV": 3}, {"w": "2 nA"}):
        with pytest.raises(bouton.Error, match="stand lists of values"):
            network({"sources": source, "targets": target, **wrong}).simulation()
    for delay, message in ((-w, "negative"), (w, "unit s"), (w[1:], "2499 values")):
        unit = "1" if message == "unit s" else "ms"
        with pytest.raises(bouton.Error, match=message):
            network({"sources": source, "targets": target, "delay": bouton.values(delay, unit)}).simulation()
    with pytest.raises(ValueError, match="2499 of w_nA"):
        network({"sources": source, "targets": target, "w": bouton.values(w[1:], "nA")}).save(tmp_path / "net.toml")
    with pytest.raises(bouton.Error, match="'targets' is missing"):
        network({"sources": source}).simulation()
    with pytest.raises(bouton.Error, match="must not hold self|joins a neuron to itself"):
        net = network((source, source))
        net.synapses["exc"]["from_"] = "cells"
        net.simulation()


def test_a_saved_name_that_ends_like_a_unit_stays_a_name(tmp_path: Path) -> None:
    """x_m without a unit is no x in metres, nor x_mV one in millivolts, when its values go to a CSV file."""
    source, target, w = pairs_of(9)
    net = network({"sources": source, "targets": target, "w": bouton.values(w, "nA"), "w_m": bouton.values(w * 3, "1")})
    net.synapses["exc"]["plasticity"] = {"equations": "w : target_unit\nw_m : 1", "on_pre": "w_m += 1"}
    net.synapses["exc"]["connect"]["w_mV"] = bouton.values(w * 5, "mV")
    net.synapses["exc"]["plasticity"]["equations"] += "\nw_mV : volt"
    with net.simulation(backend="interpreted") as given:
        expected = {name: given.synapses["exc"][name].tolist() for name in ("w", "w_m", "w_mV")}
    with bouton.Simulation(net.save(tmp_path / "net.toml"), backend="interpreted") as saved:
        assert {name: saved.synapses["exc"][name].tolist() for name in expected} == expected
    np.testing.assert_allclose(np.sort(expected["w_m"]), np.sort(w * 3))

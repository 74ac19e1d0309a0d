# SPDX-License-Identifier: BSD-3-Clause
"""Running and reading results."""

from __future__ import annotations

import h5py
import numpy as np
import pytest

import bouton


def test_spikes(results: bouton.Results) -> None:
    """Poisson input of 80 Hz: 320 spikes in the mean, in order of time; counts per neuron agree with the list."""
    spikes = results.spikes["input"]
    assert spikes.size == 20
    assert spikes.name == "input"
    assert len(spikes) == len(spikes.ids) == len(spikes.times)
    assert abs(len(spikes) - 320) < 4 * np.sqrt(320)
    assert np.all(np.diff(spikes.times) >= 0)
    late = spikes.between(100, 200)
    assert late.times.min() >= 100
    assert len(late) + len(spikes.between(0, 100)) == len(spikes)
    np.testing.assert_allclose(spikes.rates(0, 200) * 0.2, np.bincount(spikes.ids, minlength=20))


def test_between_includes_its_start() -> None:
    spikes = bouton.results.Spikes(np.array([1.0, 2.0, 3.0]), np.array([0, 1, 0]), 2, "a")
    assert spikes.between(1, 3).times.tolist() == [1.0, 2.0]
    assert spikes.rates(0, 1000).tolist() == [2.0, 1.0]


def test_recordings(results: bouton.Results) -> None:
    recording = results.recordings["cells"]
    assert set(recording) == {"v", "I_exc"}
    assert recording["v"].shape == (200, 2)
    assert recording.units == {"v": "V", "I_exc": "A"}
    assert recording.indices.tolist() == [0, 3]
    np.testing.assert_allclose(recording.time, np.arange(200.0))
    assert recording["v"][0].tolist() == [-0.07, -0.07]


def test_rates_agree_with_spikes(results: bouton.Results) -> None:
    rate = results.rates["cells"]
    counts, _ = np.histogram(results.spikes["cells"].times, np.arange(0, 201, 10) - 1e-6)
    np.testing.assert_allclose(rate.rate, counts / 5 / 10e-3)
    assert rate.time[1] == pytest.approx(10)


def test_a_slice_and_a_last_bin_that_is_shorter(net: bouton.Network, results: bouton.Results) -> None:
    net.record(spikes="cells[1:3]", name="some").record(rate="cells[1:3]", bin="30 ms", name="some")
    net.record("v", of="cells[1:3]", every="1 ms", name="some")
    with net.run() as found:
        spikes, whole = found.spikes["some"], results.spikes["cells"]
        chosen = (whole.ids == 1) | (whole.ids == 2)
        np.testing.assert_array_equal(spikes.ids, whole.ids[chosen])
        np.testing.assert_array_equal(spikes.times, whole.times[chosen])
        assert spikes.size == 5
        rate = found.rates["some"]
        assert (rate.bin, rate.last_bin) == (30.0, 20.0)
        assert (results.rates["cells"].bin, results.rates["cells"].last_bin) == (10.0, 10.0)
        counts, _ = np.histogram(spikes.times, [*np.arange(0, 181, 30) - 1e-6, 200])
        assert counts[-1] > 0
        np.testing.assert_allclose(rate.rate, counts / 2 / np.array([0.03] * 6 + [0.02]))
        np.testing.assert_array_equal(rate.time, np.arange(0, 181, 30))
        assert found.recordings["some"].indices.tolist() == [1, 2]
        np.testing.assert_array_equal(found.recordings["some"]["v"][0], results.recordings["cells"]["v"][0])


def test_synapses_and_state(results: bouton.Results) -> None:
    exc = results.synapses["exc"]
    assert exc.units["w"] == "A"
    assert exc["w"].shape == (100,)
    assert sorted(zip(exc["source"].tolist(), exc["target"].tolist(), strict=True)) == [
        (i, j) for i in range(20) for j in range(5)
    ]
    assert exc["w"].max() <= 800e-12
    assert exc["w"].min() >= 0
    assert exc["w"].std() > 0
    assert results.state["cells"]["v"].shape == (5,)


def test_missing_names_say_what_there_is(results: bouton.Results) -> None:
    with pytest.raises(KeyError, match="there is cells, input"):
        results.spikes["cell"]
    with pytest.raises(KeyError, match="v"):
        results.recordings["cells"]["u"]
    assert "nothing" not in repr(results)


def test_synapses_that_were_left_out_are_told(net: bouton.Network, tmp_path) -> None:
    path = tmp_path / "out.h5"
    with net.run(path, synapses=False) as short:
        assert short.summary["synapses"] == 100
        assert len(short.synapses) == 0
        assert short.recordings["exc"]["w"].shape == (4, 100)
    with bouton.open_results(path) as again, pytest.raises(KeyError, match="the run left them out"):
        again.synapses["exc"]
    with (
        bouton.run(net.save(tmp_path / "net.toml"), synapses=False) as other,
        pytest.raises(KeyError, match="'exc'.*left them out"),
    ):
        other.synapses["exc"]


def test_attributes_and_summary(results: bouton.Results) -> None:
    assert results.attributes["ended"] == "finished"
    assert results.attributes["seed"] == 7
    assert results.duration == pytest.approx(200)
    assert "stdp_pair" in results.network
    summary = results.summary
    assert summary["steps"] == 2000
    assert summary["synapses"] == 100
    assert summary["spikes"] == len(results.spikes["input"]) + len(results.spikes["cells"])
    assert summary["stopped"] is False


def test_results_stay_at_a_path(net: bouton.Network, tmp_path) -> None:
    path = tmp_path / "out.h5"
    net.run(path).close()
    with bouton.open_results(path) as again, h5py.File(path) as raw:
        assert again.spikes["cells"].times.tolist() == raw["spikes/cells/timestamps"][:].tolist()
        assert again.summary == {}


def test_temporary_results_go_when_closed(net: bouton.Network) -> None:
    results = net.run()
    path = results.path
    assert path.exists()
    results.close()
    assert not path.exists()
    assert "closed" in repr(results)


def test_back_ends_and_repetition_agree(net: bouton.Network) -> None:
    runs = [net.run(backend=backend) for backend in ("compiled", "interpreted", "auto")]
    for other in runs[1:]:
        assert other.spikes["cells"].times.tolist() == runs[0].spikes["cells"].times.tolist()
        assert other.synapses["exc"]["w"].tolist() == runs[0].synapses["exc"]["w"].tolist()


def test_set_and_seed(net: bouton.Network, tmp_path) -> None:
    path = net.save(tmp_path / "net.toml")
    changed = bouton.run(path, set={"neurons.input.size": 3}, seed=8)
    assert changed.spikes["input"].size == 3
    assert changed.attributes["seed"] == 8
    assert (
        changed.spikes["input"].times.tolist()
        != bouton.run(path, seed=9).spikes["input"].between(0, 200).times.tolist()
    )


def test_progress_is_told(net: bouton.Network) -> None:
    net.simulation["duration"] = "200 s"
    seen: list[float] = []
    net.run(progress=seen.append)
    assert seen
    assert seen == sorted(seen)
    assert all(0 <= fraction <= 1 for fraction in seen)


def test_an_exception_in_progress_ends_the_run(net: bouton.Network) -> None:
    net.simulation["duration"] = "10000 s"

    def refuse(_fraction: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        net.run(progress=refuse)


def test_bar_shows_simulated_time(net: bouton.Network, capsys: pytest.CaptureFixture[str]) -> None:
    net.simulation["duration"] = "200 s"
    net.run(progress=True)
    assert "s simulated" in capsys.readouterr().err


@pytest.mark.parametrize("content", [b"", b"not HDF5 at all", b"\x89HDF\r\n\x1a\n" + b"\0" * 100])
def test_damaged_files_are_refused(content: bytes, tmp_path) -> None:
    path = tmp_path / "bad.h5"
    path.write_bytes(content)
    with pytest.raises(bouton.Error, match=r"bad\.h5: not a results file"):
        bouton.open_results(path)


def test_missing_file_is_refused(tmp_path) -> None:
    with pytest.raises(bouton.Error, match="nowhere"):
        bouton.open_results(tmp_path / "nowhere.h5")

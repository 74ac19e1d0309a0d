# SPDX-License-Identifier: BSD-3-Clause
"""bouton._core: the border between the engine and Python."""

from __future__ import annotations

import os
import signal
import sys
import subprocess
import threading

import h5py
import pytest

from bouton import _core

NETWORK = """\
[simulation]
duration = "50 ms"
[neurons.input]
size = 20
model = "poisson"
parameters = { rate = "100 Hz" }
[[record]]
spikes = "input"
"""
CELLS = """\
[neurons.cells]
size = 2
equations = "dv/dt = -v/(10*ms) : 1"
"""
FOREVER = ["simulation.duration='1000000 s'"]


@pytest.fixture
def output(tmp_path):
    return tmp_path / "out.h5"


def run(**options):
    return _core.run(text=NETWORK, **{"backend": "interpreted", **options})


def test_a_run_returns_its_summary(output):
    summary = run(output=output)
    assert summary["steps"] == 500 and summary["backend"] == "interpreted" and summary["stopped"] is False
    with h5py.File(output) as results:
        assert len(results["spikes/input/node_ids"]) == summary["spikes"] > 0
        assert results.attrs["bouton_version"] == _core.version()


def test_a_path_and_its_text_give_the_same(tmp_path):
    path = tmp_path / "net.toml"
    path.write_text(NETWORK)
    assert _core.run(path, backend="interpreted")["spikes"] == run()["spikes"]
    assert _core.run(str(path), backend="interpreted", seed=9)["spikes"] == run(seed=9)["spikes"]


def test_progress_tells_time_share_and_seconds():
    calls = []

    def progress(t, fraction, seconds):
        calls.append((t, fraction, seconds))
        if len(calls) == 3:
            raise StopIteration

    with pytest.raises(StopIteration):
        run(sets=FOREVER, progress=progress)
    assert len(calls) == 3
    times, fractions, seconds = zip(*calls, strict=True)
    assert list(times) == sorted(times) and list(seconds) == sorted(seconds)
    assert all(f == pytest.approx(t / 1e6) for t, f in zip(times, fractions, strict=True))


def test_what_progress_raises_stops_the_run_and_keeps_its_results(output):
    def progress(*_):
        raise ValueError("enough")

    with pytest.raises(ValueError, match="enough"):
        run(sets=FOREVER, progress=progress, output=output)
    with h5py.File(output) as results:
        assert results.attrs["ended"].startswith("stopped at t = ")


def test_an_interrupt_stops_the_run_and_keeps_its_results(output):
    # A shell's background job ignores Ctrl-C, and so would what it starts.
    heed = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
    script = (f"{heed}; from bouton import _core; _core.run(text={NETWORK!r}, backend='interpreted', sets={FOREVER!r}, "
              f"output={str(output)!r}, progress=lambda t, *_: t > 0.1 and print(t, flush=True))")
    process = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout.readline()  # 0.1 s of the network are over
    process.send_signal(signal.SIGINT)
    assert "KeyboardInterrupt" in process.communicate()[1]
    with h5py.File(output) as results:
        assert results.attrs["ended"].startswith("stopped at t = ")
        assert len(results["spikes/input/node_ids"]) > 0


def test_other_threads_go_on_during_a_run():
    ticks = []
    stop = threading.Event()

    def tick():
        while not stop.wait(0.01):
            ticks.append(None)

    thread = threading.Thread(target=tick)
    thread.start()

    def progress(t, fraction, seconds):
        if len(ticks) > 10 or seconds > 100:
            raise StopIteration

    with pytest.raises(StopIteration):
        run(sets=FOREVER, progress=progress)
    stop.set()
    thread.join()
    assert len(ticks) > 10


def test_mistakes_carry_their_places():
    text = NETWORK.replace("size = 20", "size = 0").replace('"100 Hz"', '"100 mV"')
    with pytest.raises(_core.Error) as caught:
        _core.check(text=text, name="mine.toml")
    error = caught.value
    assert error.status == 2
    assert (error.line, error.column) == (4, 8) and error.code.startswith("E3")
    assert "mine.toml:4:8: error[" in str(error)
    first = error.diagnostics[0]
    assert set(first) == {"code", "severity", "file", "line", "column", "message", "hint"}
    assert (first["file"], first["severity"], first["line"]) == ("mine.toml", "error", 4)
    places = [(entry["line"], entry["column"]) for entry in error.diagnostics]
    assert places == sorted(places)


@pytest.mark.parametrize(
    "options",
    [{"backend": "gpu"}, {"seed": -1}, {"sets": ["x"]}, {"output": "/dev/null/out.h5"}, {"path": "also.toml"}],
)
def test_wrong_arguments_are_errors_without_places(options):
    with pytest.raises(_core.Error) as caught:
        run(**options)
    assert caught.value.status == 2
    assert all(entry["line"] >= 1 for entry in caught.value.diagnostics)


def test_neither_path_nor_text_is_an_error():
    with pytest.raises(_core.Error, match="either"):
        _core.check()


def test_check_emit_and_models_give_text():
    assert "neurons input: 20, model poisson" in _core.check(text=NETWORK)
    assert "no kernels" in _core.emit(text=NETWORK)
    assert "bouton_module" in _core.emit(text=NETWORK + CELLS)
    assert "kernel update" in _core.emit(text=NETWORK + CELLS, after="lower")
    models = _core.models()
    by_name = {m["name"]: m for m in models}
    assert by_name["stdp_pair"]["kind"] == "plasticity"
    assert "Song" in by_name["stdp_pair"]["source"] and "equations" in by_name["stdp_pair"]["page"]
    assert by_name["stdp_pair"]["text"].startswith('name = "stdp_pair"')

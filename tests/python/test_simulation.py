# SPDX-License-Identifier: BSD-3-Clause
"""The open simulation in Python: its laws on both back ends, functions during runs, processes and threads."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import weakref
from pathlib import Path

import numpy as np
import pytest
from open_network import BACKENDS, NETWORK, assert_same, everything, in_precision, opened

import bouton

# -- the laws


@pytest.mark.parametrize("precision", ["double", "float"])
@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("backend", BACKENDS)
def test_runs_add_up_wherever_they_are_cut(backend: str, threads: int, precision: str) -> None:
    text = in_precision(precision)
    with opened(backend, threads, text) as whole, opened(backend, threads, text) as parts:
        assert whole.run("60 ms") == 600
        for duration in ("0.1 ms", 0.0, "14.8 ms", 2e-4, "9.96 ms", 0.00306):
            parts.run(duration)
        assert parts.run() == 600 - 1 - 148 - 2 - 100 - 31
        assert_same(everything(whole), everything(parts))
        assert len(whole.spikes["cells"]) > 20
        assert parts.run() == 0
        assert parts.run("1 ms") == 10, "a run may go beyond what the network describes"


def test_looking_changes_nothing(sim: bouton.Simulation) -> None:
    with opened("interpreted") as untouched:
        untouched.run()
        for _ in range(60):
            sim.run("1 ms")
            everything(sim)
            repr(sim), sim.t, sim.synapses["exc"].matrix("w")
        assert_same(everything(untouched), everything(sim))


@pytest.mark.parametrize("precision", ["double", "float"])
@pytest.mark.parametrize("backend", BACKENDS)
def test_states_are_gone_back_to_copied_and_saved(backend: str, precision: str, tmp_path: Path) -> None:
    text = in_precision(precision)
    with opened(backend, text=text) as untouched, opened(backend, text=text) as sim:
        untouched.run()
        sim.run("17.3 ms")
        sim.store("here")
        sim.save(tmp_path / "s.bouton")
        copied = sim.copy()
        for _ in range(2):
            sim.run()
            assert_same(everything(untouched), everything(sim))
            sim.restore("here")
            assert sim.step_count == 173
        copied.restore("here")
        copied.run()
        assert_same(everything(untouched), everything(copied))
        other = BACKENDS[1 - BACKENDS.index(backend)]
        with bouton.Simulation.resume(tmp_path / "s.bouton", backend=other, threads=2) as resumed:
            assert resumed.step_count == 173
            resumed.run()
            assert_same(everything(untouched, records=False), everything(resumed, records=False))


def test_a_saved_simulation_goes_on_in_another_process(tmp_path: Path) -> None:
    with opened() as sim:
        sim.run("20 ms")
        sim.save(tmp_path / "s.bouton")
        sim.run()
        script = (
            "import bouton, numpy, sys\n"
            "sim = bouton.Simulation.resume('s.bouton', backend='interpreted')\nsim.run()\n"
            "numpy.save('w.npy', sim.synapses['exc']['w'])\n"
        )
        subprocess.run([sys.executable, "-c", script], cwd=tmp_path, check=True)
        np.testing.assert_array_equal(np.load(tmp_path / "w.npy"), sim.synapses["exc"]["w"])


def test_what_is_written_is_read(sim: bouton.Simulation) -> None:
    random = np.random.default_rng(1)
    sim.run("13 ms")
    for name, groups in (("cells", sim.neurons), ("exc", sim.synapses)):
        group = groups[name]
        for variable in group.variables:
            values = random.random(len(group))
            values = {"n": np.floor(values * 9).astype(int), "b": values < 0.5, "once": 3.5}.get(variable, values)
            if variable in ("apre", "apost"):  # stored once per neuron
                ends = group.source if variable == "apre" else group.target
                values = random.random(30)[ends]
            group[variable] = values
            np.testing.assert_array_equal(group[variable], values, err_msg=variable)
    sim.run("1 ms")


def test_ways_to_give_values(sim: bouton.Simulation) -> None:
    cells = sim.neurons["cells"]
    cells["u"] = "-65 mV"
    np.testing.assert_array_equal(cells["u"], np.full(12, -0.065))
    cells["u"] = -0.06
    cells.set("u", "-50 mV", where=[3, 1])
    cells.set("u", [-0.01, -0.02], where=np.arange(12) >= 10)
    cells.set("u", 1, where=np.int64(0))
    cells.set("u", 5.0, where=[])
    expected = [1, -0.05, -0.06, -0.05] + [-0.06] * 6 + [-0.01, -0.02]
    np.testing.assert_array_equal(cells["u"], expected)
    cells["u"] = bouton.values(np.arange(12), "mV")
    np.testing.assert_array_equal(cells["u"], np.arange(12) * 1e-3)
    cells["b"] = True
    assert cells["b"].dtype == bool and cells["b"].all()
    w = sim.synapses["exc"]["w"]
    sim.synapses["exc"]["w"] *= 0.5
    np.testing.assert_array_equal(sim.synapses["exc"]["w"], 0.5 * w)
    w[:] = 7.0
    assert sim.synapses["exc"]["w"].max() < 1.0, "what is read is a copy"


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_parameter_acts_as_if_the_network_had_said_so(backend: str) -> None:
    random = np.random.default_rng(3)

    def drawn() -> dict[str, np.ndarray]:
        return {
            "rate": random.uniform(0, 80, 30),
            "tau": random.uniform(5, 30, 10),
            "p": random.uniform(0, 1, 300),
            "trace": random.uniform(5, 30, 300),
            "recovery": random.uniform(50, 300, 300),
        }

    def made(by: dict[str, np.ndarray]) -> bouton.Simulation:
        ms = {name: bouton.values(array, "ms") for name, array in by.items()}
        limits = bouton.values(np.linspace(600, 700, 300), "pA")
        net = bouton.Network(duration="100 ms", seed=1)
        net.add_neurons("in", size=30, model="poisson", parameters={"rate": bouton.values(by["rate"], "Hz")})
        net.add_neurons("cells", size=10, model="lif_exp", parameters={"tau_m": ms["tau"]})
        common = {"from_": "in", "to": "cells", "connect": {"rule": "all_to_all"}, "target": "I_exc"}
        net.add_synapses(
            "stdp",
            **common,
            release={"model": "bernoulli", "parameters": {"p": by["p"]}},
            plasticity={"model": "stdp_pair", "parameters": {"w_max": limits, "tau_plus": ms["trace"]}},
            initial={"w": "rand()*600*pA"},
        )
        net.add_synapses(
            "short",
            **common,
            release={"model": "tsodyks_markram", "parameters": {"tau_rec": ms["recovery"]}},
            initial={"w": "rand()*60*pA"},
        )
        return net.simulation(backend=backend)

    wanted = drawn()
    with made(wanted) as said, made(drawn()) as told:
        told.neurons["in"]["rate"] = wanted["rate"]
        told.neurons["cells"]["tau_m"] = bouton.values(wanted["tau"], "ms")
        told.synapses["stdp"]["release.p"] = wanted["p"]
        told.synapses["stdp"]["plasticity.tau_plus"] = bouton.values(wanted["trace"], "ms")
        told.synapses["short"]["release.tau_rec"] = bouton.values(wanted["recovery"], "ms")
        for _ in range(2):
            said.run("50 ms")
            told.run("50 ms")
            for one, other in ((said.neurons, told.neurons), (said.synapses, told.synapses)):
                for name in one:
                    for variable in one[name].variables:
                        np.testing.assert_array_equal(one[name][variable], other[name][variable], err_msg=variable)
        stdp = told.synapses["stdp"]
        for group, variable, value, words in (
            (stdp, "release.p", 1.5, "must be from 0 to 1"),
            (stdp, "plasticity.w_max", "1 pA", "must be from 0 to w_max"),  # there are greater weights
            (stdp, "plasticity.tau_plus", 0, "must be above 0"),
            (told.neurons["cells"], "tau_m", "-1 ms", "must be above 0"),
        ):
            before = group[variable]
            with pytest.raises(ValueError, match=words):
                group[variable] = value
            np.testing.assert_array_equal(group[variable], before)
        with pytest.raises(KeyError, match="did you mean 'release.p'"):
            told.synapses["stdp"]["p"] = 0.5


def test_matrix_has_sources_as_rows(sim: bouton.Simulation) -> None:
    exc = sim.synapses["exc"]
    matrix = exc.matrix("w")
    assert matrix.shape == (30, 12)
    dense = np.zeros((30, 12))
    dense[exc.source, exc.target] = exc["w"]
    np.testing.assert_array_equal(matrix.toarray(), dense)
    assert exc.target.min() >= 4, "numbers in the whole group"
    np.testing.assert_allclose(exc.delay, 0.0015, rtol=1e-12)


def test_records_are_those_of_results(net: bouton.Network) -> None:
    with net.run(backend="interpreted") as results, net.simulation(backend="interpreted") as sim:
        sim.run()
        for name in ("input", "cells"):
            np.testing.assert_array_equal(sim.spikes[name].times, results.spikes[name].times)
            np.testing.assert_array_equal(sim.spikes[name].ids, results.spikes[name].ids)
            assert sim.spikes[name].size == results.spikes[name].size
        np.testing.assert_array_equal(sim.rates["cells"].rate, results.rates["cells"].rate)
        np.testing.assert_array_equal(sim.rates["cells"].time, results.rates["cells"].time)
        for name in ("cells", "exc"):
            ours, theirs = sim.recordings[name], results.recordings[name]
            assert list(ours) == sorted(theirs, key=list(ours).index)
            assert ours.units == theirs.units
            np.testing.assert_array_equal(ours.time, theirs.time)
            np.testing.assert_array_equal(ours.indices, theirs.indices)
            for variable in ours:
                np.testing.assert_array_equal(ours[variable], theirs[variable])
        for variable in ("w", "source", "target", "delay"):
            np.testing.assert_array_equal(sim.synapses["exc"][variable], results.synapses["exc"][variable])
        ours, theirs = sim.events["exc"], results.events["exc"]
        assert ours.at == theirs.at == "pre"
        assert len(ours.time) == 5 * len(sim.spikes["input"])
        np.testing.assert_array_equal(ours.time, theirs.time)
        np.testing.assert_array_equal(ours.synapse, theirs.synapse)
        assert ours.units == theirs.units == {"w": "A", "apre": "1"}
        for variable in ours:
            np.testing.assert_array_equal(ours[variable], theirs[variable])
        with pytest.raises(bouton.UnknownName, match="the record 'exc' has no 'x'"):
            ours["x"]
        sim.clear_records()
        assert len(sim.events["exc"].time) == 0
        assert len(sim.spikes["cells"]) == 0
        assert sim.recordings["cells"]["v"].shape == (0, 2)
        sim.run("10 ms")
        assert sim.recordings["cells"].time[0] == 200.0


def test_columns_of_synapses_that_came_are_forgotten_with_their_samples(sim: bouton.Simulation) -> None:
    sim.run("10 ms")
    sim.store("here")
    sim.run("30 ms")
    first = sim.recordings["grow"]
    sim.restore("here")
    sim.run("30 ms")
    again = sim.recordings["grow"]
    assert len(set(again.indices)) == len(again.indices)
    np.testing.assert_array_equal(first.indices, again.indices)
    np.testing.assert_array_equal(first["w"], again["w"])


def test_spikes_to_come() -> None:
    times = '[["1 ms", "30 ms"], [], ["7 ms"]]'
    more = '[["1 ms", "12 ms", "30 ms"], ["15 ms", "16 ms"], ["7 ms"]]'
    with opened() as sim, opened(text=NETWORK.replace(times, more)) as same:
        same.run()
        sim.run("10 ms")
        sim.spike("given", ids=[0, 1], times=[0.012, 0.015])
        sim.spike("given", 1, "16 ms")
        sim.run()
        assert_same(everything(same), everything(sim))


# -- values, synapses that come and go, expressions


def test_parameters_of_one_value_change() -> None:
    net = bouton.Network(duration="1 s", seed=2)
    net.add_neurons("in", size=100, model="poisson", parameters={"rate": "10 Hz"})
    net.add_neurons("cells", size=3, equations="dv/dt = (E - v)/tau : 1\nn : 1", parameters={"E": 1, "tau": "10 ms"})
    net.add_input("drive", to="cells", target="n", rate="100 Hz", weight=1)
    net.add_synapses(
        "s",
        from_="in",
        to="cells",
        connect={"rule": "all_to_all"},
        target="n",
        plasticity={"model": "stdp_pair", "parameters": {"w_max": 1}},
        initial={"w": 0},
    )
    net.record(spikes="in")
    with net.simulation(backend="interpreted") as sim:
        sim.run("100 ms")
        sim.neurons["cells"]["E"] = 3
        sim.neurons["cells"]["tau"] = "5 ms"
        sim.input["drive"]["rate"] = "0 Hz"
        sim.synapses["s"].parameters["plasticity.A_plus"] = 0.5
        sim.neurons["in"]["rate"] = "300 Hz"
        v, n, few = sim.neurons["cells"]["v"], sim.neurons["cells"]["n"], len(sim.spikes["in"])
        sim.run("20 ms")
        assert np.allclose(sim.neurons["cells"]["v"], 3 + (v - 3) * np.exp(-4), rtol=1e-12)
        assert np.array_equal(sim.neurons["cells"]["n"], n)
        assert abs(len(sim.spikes["in"]) - few - 600) < 5 * np.sqrt(600)


@pytest.mark.parametrize("backend", BACKENDS)
def test_synapses_come_and_go_from_outside(backend: str, tmp_path: Path) -> None:
    """Ids, values and what becomes of it: after saving and resuming, in a copy, after going back, with other threads."""
    results = []
    for threads in (1, 2):
        with opened(backend, threads) as sim:
            sim.run("20 ms")
            exc, grow = sim.synapses["exc"], sim.synapses["grow"]
            before, w = len(exc), exc["w"]
            assert np.array_equal(exc.id, np.arange(before))
            there = set(zip(exc.source.tolist(), exc.target.tolist(), strict=True))
            free = np.array([(i, j) for i in range(30) for j in range(4, 12) if (i, j) not in there])
            sim.store("start")
            ids = exc.add(free[:20, 0], free[:20, 1], w=np.linspace(0.1, 0.2, 20))
            assert ids.dtype == np.int64 and np.array_equal(ids, before + np.arange(20))
            assert np.array_equal(exc.id, np.arange(before + 20))
            assert np.array_equal(exc["w"], np.append(w, np.linspace(0.1, 0.2, 20)))
            assert np.array_equal(exc.source[-20:], free[:20, 0]) and np.array_equal(exc.target[-20:], free[:20, 1])
            exc.remove(exc.id[::7])
            assert len(exc) == before + 20 - len(range(0, before + 20, 7))
            assert exc.add(free[20:22, 0], free[20:22, 1])[0] == before + 20  # drawn, as the network says
            assert (exc["w"][-2:] < 0.3).all()
            grow.remove(grow.id[0])
            sim.save(tmp_path / f"state{threads}")
            with sim.copy() as branch, bouton.Simulation.resume(tmp_path / f"state{threads}", threads=3 - threads) as resumed:
                for one in (sim, branch, resumed):
                    one.run("40 ms")
                    results.append(
                        [one.neurons["cells"]["v"]]
                        + [one.synapses[name][of] for name in ("exc", "grow") for of in ("id", "source", "target", "w")]
                    )
            sim.restore("start")
            assert len(exc) == before and np.array_equal(exc["w"], w)
    for found in results[1:]:
        for a, b in zip(found, results[0], strict=True):
            np.testing.assert_array_equal(a, b)


def test_delays_of_new_synapses() -> None:
    """In seconds, as quantities and with units; rounded to steps."""
    with opened(text=NETWORK.replace('delay = "1.5 ms"', 'delay = "1*ms + 1*ms*rand()"')) as sim:
        exc = sim.synapses["exc"]
        exc.remove(exc.id)
        exc.add(0, 5, delay="2.04 ms")
        exc.add([1, 2], [5, 5], delay=[0.001, 0.0005])
        exc.add([3, 4], 5, delay=bouton.values([3, 4], "ms"), w=bouton.values([0.25, 0.5], "1"))
        np.testing.assert_allclose(exc.delay, [0.002, 0.001, 0.0005, 0.003, 0.004], rtol=1e-12)
        np.testing.assert_array_equal(exc["w"][-2:], [0.25, 0.5])
        sim.run("60 ms")


def test_expressions_are_values_and_choices(sim: bouton.Simulation) -> None:
    sim.run("20 ms")
    cells, exc = sim.neurons["cells"], sim.synapses["exc"]
    v, u, w = cells["v"], cells["u"], exc["w"]
    cells["v"] = "v/2 + i"
    np.testing.assert_allclose(cells["v"], v / 2 + np.arange(12), rtol=1e-15)
    cells.set("v", "i*u/mV", where="i % 3 == 0")
    chosen = np.arange(12) % 3 == 0
    np.testing.assert_allclose(cells["v"][chosen], (np.arange(12) * u * 1e3)[chosen], rtol=1e-12)
    np.testing.assert_allclose(cells["v"][~chosen], (v / 2 + np.arange(12))[~chosen], rtol=1e-15)
    exc.set("w", "w*0.5 + j/100", where="w > 0.15")
    np.testing.assert_allclose(
        exc["w"], np.where(w > 0.15, w / 2 + (exc.target - 4) / 100, w), rtol=1e-14
    )  # j counts in the slice, as in the network file
    exc["w"] = "0.1 + 0.1*rand()"
    drawn = exc["w"]
    assert drawn.min() >= 0.1 and drawn.max() <= 0.2 and len(np.unique(drawn)) == len(drawn)
    exc["w"] = "0.1 + 0.1*rand()"
    assert (exc["w"] != drawn).all()
    cells.set("v", 7, where="rand() < -1")
    assert 7 not in cells["v"]


def test_parameters_are_read(sim: bouton.Simulation) -> None:
    exc = sim.synapses["exc"]
    np.testing.assert_array_equal(exc["w_max"], np.ones(len(exc)))
    np.testing.assert_array_equal(exc.parameters["release.p"], np.full(len(exc), 0.5))
    exc["plasticity.A_plus"] = 0.02
    np.testing.assert_array_equal(exc["plasticity.A_plus"], np.full(len(exc), 0.02))


def test_a_condition_ends_a_run(sim: bouton.Simulation) -> None:
    sim.store("start")
    means = []
    for _ in range(40):
        means.append(sim.neurons["cells"]["v"].mean())
        sim.run("0.5 ms")
    most = int(np.argmax(means[1:])) + 1  # the first time that it is as high as it gets
    bound = (max(means[1:]) + sorted(set(means[:most] + [-1.0]))[-1]) / 2
    sim.restore("start")
    sim.stop_when(f"mean(v) > {float(bound)!r}", every="0.5 ms", of="cells")
    sim.run("20 ms")
    assert sim.step_count == (5 * most if means[0] <= bound else 0)
    with opened() as other:
        other.stop_when("sum(w) > 0", of="exc")
        assert other.run() == 0


def test_what_is_no_longer_used_is_freed_at_once() -> None:
    sim = opened()
    sim.run("1 ms")
    gone = weakref.ref(sim)
    gc.disable()
    try:
        del sim
        assert gone() is None
    finally:
        gc.enable()


# -- functions during runs


@pytest.mark.parametrize("cuts", [["60 ms"], ["10 ms", "0.1 ms", "29.9 ms", "20 ms"]])
def test_functions_are_called_at_the_multiples_of_their_period(cuts: list[str], sim: bouton.Simulation) -> None:
    called = []

    @sim.every("10 ms")
    def slow(of: bouton.Simulation) -> np.ndarray:
        assert of is sim
        called.append(("slow", of.step_count))
        of.neurons["cells"].set("v", 0.25, where=0)
        return of.neurons["cells"]["v"]  # an answer is of no concern here

    sim.every(0.02)(lambda of: called.append(("slower", of.step_count)))
    for cut in cuts:
        sim.run(cut)
    expected = [(name, step) for step in range(0, 600, 100) for name in ("slow", "slower") if name == "slow" or step % 200 == 0]
    assert called == expected
    with opened() as by_hand:
        for _ in range(6):
            by_hand.neurons["cells"].set("v", 0.25, where=0)
            by_hand.run("10 ms")
        assert_same(everything(by_hand), everything(sim))


def test_a_function_ends_a_run(sim: bouton.Simulation) -> None:
    sim.stop_when(lambda of: of.t > 0.0245, every="1 ms")
    assert sim.run() == 250
    assert sim.run("3 ms") == 10, "it was not asked twice at the same step"
    with opened() as untouched:
        untouched.run(0.026)
        assert_same(everything(untouched), everything(sim))


def test_what_a_function_may_not_do_and_what_it_raises(sim: bouton.Simulation) -> None:
    problems: list[str] = []

    @sim.every("10 ms")
    def nosy(of: bouton.Simulation) -> None:
        for call in (of.run, lambda: of.restore("x"), of.close):
            with pytest.raises(bouton.Error, match="has no place inside of run") as caught:
                call()
            problems.append(str(caught.value))
        of.store("x")
        of.copy().close()
        if of.step_count == 200 and len(problems) < 10:
            raise RuntimeError("of the function")

    with pytest.raises(RuntimeError, match="of the function"):
        sim.run()
    assert sim.step_count == 200
    assert len(problems) == 9
    sim.run()
    assert len(problems) == 9 + 3 * 4, "the function that raised is called again"
    with opened() as untouched:
        untouched.run()
        assert_same(everything(untouched), everything(sim))


def test_functions_know_where_they_were_when_a_state_is_restored(sim: bouton.Simulation) -> None:
    called = []
    sim.every("10 ms")(lambda of: called.append(of.step_count))
    sim.run("20 ms")
    sim.store("here")
    copied = sim.copy()
    sim.run("10 ms")
    sim.restore("here")
    sim.run("10 ms")
    assert called == [0, 100, 200, 200]
    copied.run("10 ms")
    assert called[4:] == [200]
    sim.every("10 ms")(lambda of: of.store("inside"))
    sim.run("0.1 ms")
    sim.restore("inside")
    sim.run("0.1 ms")
    assert called[5:] == [300], "it had been called at that step when the state was stored"


def test_progress(sim: bouton.Simulation) -> None:
    fractions: list[float] = []
    sim.run("5 s", progress=fractions.append)
    assert fractions == sorted(fractions)
    assert all(0 < fraction <= 1 for fraction in fractions)

    def meddling(_: float) -> None:
        sim.neurons["cells"]["v"]

    with pytest.raises(bouton.Error, match="amid a step"):
        sim.run("1000 s", progress=meddling)
    assert sim.step_count > 50000
    sim.neurons["cells"]["v"]


# -- interrupts, threads, processes


def test_an_interrupt_ends_a_run_between_two_steps(sim: bouton.Simulation) -> None:
    def interrupt(_: float) -> None:
        os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        sim.run("10000 s", progress=interrupt)
    done = sim.step_count
    assert 0 < done < 100_000_000
    with opened("compiled") as untouched:
        untouched.run(done * 1e-4)
        assert_same(everything(untouched), everything(sim))


def test_another_thread_is_refused_while_one_is_inside(sim: bouton.Simulation) -> None:
    said: list[str] = []

    def ask() -> None:
        for call in (lambda: sim.t, sim.run, sim.close, lambda: sim.neurons["cells"]["v"], lambda: sim.spikes["cells"]):
            try:
                call()
            except bouton.Error as error:
                said.append(str(error))

    @sim.every("20 ms")
    def meanwhile(_: bouton.Simulation) -> None:
        thread = threading.Thread(target=ask)
        thread.start()
        thread.join()

    sim.run()
    assert len(said) == 15
    assert all("another thread" in text for text in said)
    after = threading.Thread(target=lambda: said.append(str(sim.run("1 ms"))))
    after.start()
    after.join()
    assert said[-1] == "10", "afterwards any thread may use it"


def test_several_simulations_at_once() -> None:
    sims = [opened("compiled", threads) for threads in (1, 2, 1)]
    workers = [threading.Thread(target=sim.run) for sim in sims]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    with opened("compiled") as alone:
        alone.run()
        for sim in sims:
            assert_same(everything(alone), everything(sim))
            sim.close()


def _in_a_child(sim: bouton.Simulation, pipe: object) -> None:
    try:
        sim.run()
        pipe.send(sim.synapses["exc"]["w"])
    except bouton.Error as error:
        pipe.send(str(error))


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("threads", [1, 2])
def test_a_child_process_may_use_its_copy_if_that_has_one_thread(threads: int) -> None:
    context = multiprocessing.get_context("fork")
    with opened("compiled", threads) as sim:
        sim.run("20 ms")
        ours, theirs = context.Pipe()
        child = context.Process(target=_in_a_child, args=(sim, theirs))
        child.start()
        said = ours.recv()
        child.join()
        assert child.exitcode == 0
        sim.run()
        if threads == 1:
            np.testing.assert_array_equal(said, sim.synapses["exc"]["w"])
        else:
            assert "threads=2 before the process forked" in said


def test_a_network_file_is_not_replaced_by_a_state(net: bouton.Network, tmp_path: Path) -> None:
    file = net.save(tmp_path / "net.toml")
    text = file.read_text()
    for sim in (bouton.Simulation(file, backend="interpreted"), bouton.load(file).simulation(backend="interpreted")):
        with pytest.raises(bouton.Error, match="same file as the input"):
            sim.save(file)
    assert file.read_text() == text


def test_an_open_network_is_independent_of_its_builder(net: bouton.Network, tmp_path: Path) -> None:
    net.synapses["exc"]["initial"] = {"w": bouton.values(np.linspace(0, 4e-10, 100), "A")}
    sim = net.simulation(backend="interpreted")
    net.simulation["seed"] = 99
    np.testing.assert_array_equal(sim.synapses["exc"]["w"], np.linspace(0, 4e-10, 100))
    other = net.copy().simulation(backend="interpreted", seed=7)
    sim.run()
    other.run()
    np.testing.assert_array_equal(sim.synapses["exc"]["w"], other.synapses["exc"]["w"])
    sim.save(tmp_path / "s.bouton")
    bouton.Simulation.resume(tmp_path / "s.bouton", backend="interpreted").run("1 ms")

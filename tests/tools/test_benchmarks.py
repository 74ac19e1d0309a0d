# SPDX-License-Identifier: BSD-3-Clause
"""What the benchmarks make of their measurements, and what the peers read in the network files."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))
import bench_large  # noqa: E402
from measure import Outcome, summary_seconds  # noqa: E402
from networks_report import Measured, report  # noqa: E402
from peers.physics import inside, network, parts  # noqa: E402
from workloads import WORKLOADS  # noqa: E402

SPIKES = {"brunel-weight": 155000, "cuba": 224000}


def measured(name: str, **times_s: float) -> Measured:
    """Return a workload of 1 s that took so long in each simulator."""
    outcomes = {column.replace("_", " "): [Outcome(time_s, SPIKES[name], (1e-4, 3e-6) if "brunel" in name else None)]
                for column, time_s in times_s.items()}
    return Measured(name, 1.0 if "brunel" in name else 10.0, outcomes)


def test_double_is_held_to_double_peers_and_float_to_all():
    found = measured("brunel-weight", bouton_double=1.0, bouton_float=0.5, Brian2=9.78, NEST=8.0, GeNN=4.0)
    assert found.ratio("bouton double") == "8.00 (NEST), reached"
    assert found.ratio("bouton float") == "8.00 (GeNN), reached"


def test_absent_fastest_peer_is_scaled_by_brian2():
    found = measured("brunel-weight", bouton_double=1.0, bouton_float=2.0, Brian2=2 * 9.78)
    assert found.ratio("bouton float") == "3.95 (GeNN, scaled)"
    assert found.ratio("bouton double") == "19.56 (Brian2), reached"


def test_runs_that_disagree_are_said():
    found = measured("cuba", bouton_double=1.0, Brian2=4.0)
    assert "DISAGREE" not in report([found])
    found.outcomes["Brian2"] = [Outcome(4.0, 2 * SPIKES["cuba"], None)]
    assert "DISAGREE: cuba, Brian2: rate differs" in report([found])


@pytest.mark.parametrize("name", WORKLOADS)
def test_every_synapse_lies_between_whole_groups(name):
    of = network(name)
    groups = parts(of)
    assert sum(last - first for first, last in groups) == of.cells.size
    for one in of.synapses:
        spans = [span for span, group in groups.items() if group in inside(groups, one.post)]
        assert sum(last - first for first, last in spans) == one.post[1] - one.post[0]


def test_numbers_are_in_ms_mv_and_khz():
    of = network("brunel-weight")
    plastic, _, inhibition = of.synapses
    assert (of.drive_khz, of.drive_w, of.cells.t_ref, of.cells.kind) == (12.0, 0.1, 2.0, "delta")
    assert (plastic.rule, plastic.weight_dependent, plastic.w, plastic.parameters["w_max"]) == ("stdp", True, 0.1, 0.3)
    assert (inhibition.w, inhibition.inhibitory, inhibition.si) == (-0.5, True, 1e-3)
    assert network("vogels").synapses[2].parameters["rho"] == pytest.approx(3e-3)


def test_times_of_a_summary_are_read_whatever_their_units():
    summary = "9 steps; compile 1.2 ms, build 44.4 s, run 1 min 17 s, write 2 h 3 min (compiled); results in a.h5"
    assert [summary_seconds(summary, word) for word in ("compile", "build", "run", "write")] == [1.2e-3, 44.4, 77, 7380]


def test_large_networks_come_in_two_shapes():
    found = bench_large.shapes(10**9)
    assert [(shape.neurons, shape.in_degree) for shape in found] == [
        (1000, 1000), (10_000, 1000), (100_000, 1000), (100_000, 10_000), (1_000_000, 1000)]
    assert [shape.synapses for shape in bench_large.shapes(10**5)] == [10**5]


def test_a_network_that_does_not_fit_is_refused(monkeypatch):
    monkeypatch.setattr(bench_large, "told_bytes", lambda shape: 9.0 * shape.synapses)
    monkeypatch.setattr(bench_large, "available_bytes", lambda: 8 * 10**9)
    bench_large.refuse_too_large(bench_large.shapes(10**8))
    with pytest.raises(SystemExit, match=r"1,000,000,000 synapses need 9\.6 GB of memory, and 8\.0 GB are available"):
        bench_large.refuse_too_large(bench_large.shapes(10**9))

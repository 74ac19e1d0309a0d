# SPDX-License-Identifier: BSD-3-Clause
"""Whatever can be told before a network is built, `check` refuses as `run` does: the same message, with its place."""

from __future__ import annotations

import pytest

NETWORK = """
[simulation]
duration = "2 ms"
[neurons.in]
size = 3
model = "spike_times"
times = [["1 ms"], [], []]
[neurons.out]
size = 4
equations = '''
dv/dt = -v/tau : 1
time : second
indices : 1
'''
parameters = {{ tau = {tau} }}
[synapses.s]
from = "in"
to = "out"
connect = {{ {connect} }}
target = "v"
initial = {{ w = {w} }}
{more}
[[record]]
of = "{of}"
variables = [{variables}]
{record}
"""
USUAL = {"tau": '"5 ms"', "connect": 'rule = "all_to_all"', "w": "1", "more": "", "of": "s", "variables": '"w"', "record": ""}


@pytest.mark.parametrize(("changed", "code", "words"), [
    ({"more": 'delay = "10 s"'}, "E408", "between 0 and 6.5535"),
    ({"more": 'dendritic_delay = "7 s"'}, "E408", "between 0 and 6.5535"),
    ({"tau": '"0 ms"'}, "E407", "a time constant of 0?"),
    ({"w": '{ values = [1, 2], unit = "1" }'}, "E405", "2 values for 'w', but 12 synapses"),
    ({"w": '{ values = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], unit = "1" }',
      "more": 'structure = { grow = 0.1, every = "1 ms" }'}, "E217", "synapses that grow"),
    ({"record": "indices = [0, 12]"}, "E401", "there is no synapse 12; 's' has 12"),
    ({"connect": 'rule = "fixed_total_number", n = 5', "record": "indices = [5]"}, "E401", "'s' has 5"),
    ({"connect": "pairs = [[0, 1], [1, 2]]", "record": "indices = [2]"}, "E401", "'s' has 2"),
    ({"of": "out", "variables": '"time", "v"'}, "E316", "x = time : UNIT"),
    ({"of": "out", "variables": '"indices"'}, "E316", "x = indices : UNIT"),
    ({"connect": 'rule = "one_to_one"'}, "E402", "as many sources as targets"),
])
def test_check_refuses_what_a_run_refuses(place, changed, code, words):
    (place.folder / "bad.toml").write_text(NETWORK.format(**{**USUAL, **changed}))
    checked = place.run("check", "bad.toml")
    ran = place.run("run", "bad.toml", "-o", "out.h5")
    assert (checked.returncode, ran.returncode) == (2, 2), checked.stderr + ran.stderr
    assert checked.stderr == ran.stderr
    assert f"error[{code}]" in checked.stderr and words in checked.stderr
    assert checked.stderr.startswith("bad.toml:")
    assert sorted(path.name for path in place.folder.iterdir()) == ["bad.toml", "net.toml"]


@pytest.mark.parametrize("changed", [
    {"more": 'delay = "6.5 s"'}, {"record": "indices = [0, 11]"},
    {"w": '{ values = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], unit = "1" }'},
    {"more": 'structure = { grow = 0.1, every = "1 ms" }', "record": "indices = [50]"},
])
def test_check_accepts_what_a_run_accepts(place, changed):
    (place.folder / "good.toml").write_text(NETWORK.format(**{**USUAL, **changed}))
    for command in (["check", "good.toml"], ["run", "good.toml", "-o", "out.h5", "--backend", "interpreted"]):
        done = place.run(*command)
        assert done.returncode == 0, done.stderr

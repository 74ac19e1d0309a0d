# SPDX-License-Identifier: BSD-3-Clause
"""Text that Python writes for a network is the network: whatever is loaded, written and read again stays as it was."""

from __future__ import annotations

import datetime
import math
import random
import tomllib
from pathlib import Path

import numpy as np
import pytest

import bouton
from bouton.toml_text import TomlWriter

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = sorted([*(ROOT / "examples").glob("*.toml"), *(ROOT / "examples").glob("*/*.toml")])

NASTY_TEXTS = [
    "",
    " ",
    "'",
    "''",
    "'''",
    '"',
    '"""',
    "\\",
    "\\n",
    "\n",
    "\n\n",
    "\na",
    "a\n",
    "a\n\n",
    "a\n'''",
    "a\nb'",
    "a\nb''",
    "a\r\nb",
    "a\rb\n",
    "\t",
    "a\tb\n",
    "\x00",
    "\x01\n",
    "\x1b[31m",
    "\x7f",
    "\x7f\n",
    "\x80\x85\x9f\n",
    "\u2028\u2029\n",
    "\ufeff",
    "\ufeffa\nb",
    "\U0001f9e0 = 'brain'\n",
    "a # no comment\n# one",
    "[neurons.a]\nsize = 1",
    "{ a = 1 }",
    "1e400",
    "true",
    "ends in a backslash\\\n",
    '"""\n\'\'\'\n\\u0000',
]
NASTY_NUMBERS = [
    0.0,
    -0.0,
    1e22,
    1e16,
    1e-7,
    5e-324,
    -1.7976931348623157e308,
    0.1,
    1 / 3,
    math.inf,
    -math.inf,
    0,
    -1,
    2**53 + 1,
    2**63 - 1,
    -(2**63),
    2**64,
    10**30,
    True,
    False,
]


def same(one, other) -> bool:
    """Equal in value, type and sign, with NaN equal to itself."""
    if type(one) is not type(other):
        return False
    if isinstance(one, float):
        return math.isnan(one) and math.isnan(other) or (one == other and math.copysign(1, one) == math.copysign(1, other))
    if isinstance(one, dict):
        return list(one) == list(other) and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list):
        return len(one) == len(other) and all(map(same, one, other))
    return one == other


def written(value) -> object:
    """Return what comes back of a value that is a key of [simulation]."""
    return tomllib.loads(bouton.Network(x=value).toml())["simulation"]["x"]


@pytest.mark.parametrize("text", NASTY_TEXTS, ids=ascii)
def test_texts_come_back_character_by_character(text) -> None:
    assert written(text) == text
    assert written([text, {text: text}]) == [text, {text: text}]


@pytest.mark.parametrize("value", [*NASTY_NUMBERS, math.nan])
def test_numbers_come_back_with_type_and_sign(value) -> None:
    assert same(written(value), value)
    assert same(written([value]), [value])


def test_dates_come_back() -> None:
    zone = datetime.timezone(datetime.timedelta(hours=-7))
    for value in (
        datetime.date(1979, 5, 27),
        datetime.time(7, 32, 0, 999999),
        datetime.datetime(1979, 5, 27, 7, 32),
        datetime.datetime(1979, 5, 27, 0, 32, tzinfo=zone),
    ):
        assert written(value) == value


def random_text(chance: random.Random) -> str:
    alphabet = "abc_'\"\\\n\r\t\x00\x1f\x7f #=[]{}.,\xe9\u2028\U0001f9e0"
    return "".join(chance.choice(alphabet) for _ in range(chance.randrange(12)))


def random_value(chance: random.Random, depth: int = 0) -> object:
    kind = chance.randrange(4 if depth > 2 else 6)
    if kind == 0:
        return random_text(chance)
    if kind == 1:
        return chance.choice(NASTY_NUMBERS)
    if kind == 2:
        return math.ldexp(chance.random() - 0.5, chance.randrange(-1070, 1020))
    if kind == 3:
        return chance.getrandbits(chance.randrange(1, 64)) * chance.choice([-1, 1])
    if kind == 4:
        return [random_value(chance, depth + 1) for _ in range(chance.randrange(4))]
    return {random_text(chance): random_value(chance, depth + 1) for _ in range(chance.randrange(4))}


@pytest.mark.parametrize("seed", range(200))
def test_random_documents_come_back(seed) -> None:
    """Names, keys and values of all kinds at all depths, in the order in which they stand."""
    chance = random.Random(seed)
    tables: dict = {"simulation": {random_text(chance): random_value(chance) for _ in range(3)}}
    for section in ("neurons", "input", "signal", "synapses"):
        tables[section] = {
            random_text(chance): {random_text(chance): random_value(chance) for _ in range(3)} for _ in range(2)
        }
    for section in ("run_regularly", "record"):
        tables[section] = [{random_text(chance): random_value(chance)} for _ in range(2)]
    assert same(tomllib.loads(TomlWriter().document(tables)), tables)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_examples_come_back(path, tmp_path) -> None:
    """Loaded, written and read again every example is the document that its author wrote."""
    original = tomllib.loads(path.read_text(encoding="utf-8"))
    net = bouton.load(path)
    assert same(tomllib.loads(net.toml()), {name: original[name] for name in net.tables()})
    assert same(bouton.load(net.save(tmp_path / "again.toml")).tables(), net.tables())


def bits(results: bouton.Results) -> dict[str, bytes]:
    """Return every array of a results file."""
    found = {}
    results._file.visititems(
        lambda name, item: found.update({name: item[...].tobytes()}) if hasattr(item, "shape") else None
    )
    return found


PAIRED = """
[simulation]
duration = "5 ms"
dt = "0.1 ms"
seed = 3

[neurons.a]
size = 3
equations = \"\"\"
dx_/dt = -x_/(2*ms) : 1
dx/dt = -x/(3*ms) : 1
_ : 1
from_ : 1
\"\"\"
threshold = "rand() < 0.1"
initial = { x_ = "1 + rand()", x = 5, _ = 7, from_ = 9 }

[synapses.s_]
from = "a"
to = "a"
connect = { rule = "all_to_all" }
equations = "w : 1\\nw_ : 1"
on_pre = "w += 1; w_ += 2"
initial = { w_ = 0.25, w = 0.5 }

[synapses.s]
from = "a"
to = "a"
connect = { rule = "all_to_all" }
equations = "w : 1"
on_pre = "w += 4"

[[record]]
variables = ["x", "x_"]
of = "a"
"""


def test_underscores_at_the_end_of_names_stay(tmp_path) -> None:
    """`x_` and `x` are two variables, `s_` and `s` two groups: a loaded network runs bit for bit as its file does."""
    path = tmp_path / "net.toml"
    path.write_text(PAIRED)
    with bouton.run(path) as direct, bouton.load(path).run() as loaded:
        assert direct.state["a"]["x"].max() < 5
        assert bits(direct) == bits(loaded)
    bouton.load(path).save(tmp_path / "again.toml")
    with bouton.run(path) as direct, bouton.run(tmp_path / "again.toml") as again:
        assert bits(direct) == bits(again)


@pytest.mark.parametrize("path", [p for p in EXAMPLES if p.parent.name == "examples"], ids=lambda path: path.name)
def test_examples_run_the_same_bits(path) -> None:
    with bouton.run(path, set={"simulation.duration": "50 ms"}) as direct:
        net = bouton.load(path)
        net.simulation["duration"] = "50 ms"
        with net.run() as loaded:
            assert bits(direct) == bits(loaded)


def test_from_is_the_only_word_that_is_respelled(tmp_path) -> None:
    net = bouton.Network(duration="1 ms")
    net.add_synapses("s", from_="a", to_="b", initial={"from_": 1, "lambda_": 2})
    table = tomllib.loads(net.toml())["synapses"]["s"]
    assert table == {"from": "a", "to_": "b", "initial": {"from_": 1, "lambda_": 2}}
    net.synapses["s"]["from"] = "a"
    with pytest.raises(bouton.Error, match="one of 'from' and 'from_', not both"):
        net.toml()
    (tmp_path / "net.toml").write_text('[synapses.s]\nfrom_ = "a"\n')
    with pytest.raises(bouton.Error, match="unknown key 'from_'; did you mean 'from'"):
        bouton.load(tmp_path / "net.toml")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("simulation = 3", r"'simulation' must be written as \[simulation\]"),
        ("neurons = [1]", r"'neurons' must be written as \[neurons\]"),
        ("record = { spikes = 'a' }", r"'record' must be written as \[\[record\]\]"),
        ("record = [3]", r"'record' must be written as \[\[record\]\]"),
        ("[sim]", r"unknown section \[sim\]"),
        ("x = [" * 5000, "net.toml: "),
    ],
)
def test_documents_that_are_no_network(text, message, tmp_path) -> None:
    (tmp_path / "net.toml").write_text(text)
    with pytest.raises(bouton.Error, match=message) as error:
        bouton.load(tmp_path / "net.toml")
    assert error.value.status == 2


def test_a_loaded_network_is_refused_where_its_file_is(tmp_path) -> None:
    """What is no network at other places is told by the engine, in both ways."""
    for text in (
        "[simulation]\nself = 1\nduration = '1 ms'",
        "[simulation]\nduration = 1979-05-27",
        "[simulation]\nduration = '1 ms'\n[neurons]\na = 5",
        "[simulation]\nduration = '1 ms'\n[[neurons.a]]\nsize = 5",
        "[simulation]\nduration = '1 ms'\nseed = 123456789012345678901234567890",
        "[simulation]\nduration = '1 ms'\n[neurons.a]\nsize = 1\n'' = 5\n\"\\u0000\" = 6",
    ):
        (tmp_path / "net.toml").write_text(text)
        for run in (lambda: bouton.run(tmp_path / "net.toml"), lambda: bouton.load(tmp_path / "net.toml").run()):
            with pytest.raises(bouton.Error) as error:
                run()
            assert error.value.status == 2, text


def test_long_arrays_of_two_groups_have_a_file_each(tmp_path) -> None:
    """Names that join to the same text, and names that are no file names, keep their own numbers."""
    ones, twos = np.full(2000, 1.0), np.full(2000, 2.0)
    net = bouton.Network()
    net.neurons = {"a": {"b_c": bouton.values(ones)}, "a_b": {"c": bouton.values(twos)}, "../up": {"/": bouton.values(ones)}}
    folder = tmp_path / "inner"
    folder.mkdir()
    found = bouton.load(net.save(folder / "net.toml")).neurons
    files = [found["a"]["b_c"]["file"], found["a_b"]["c"]["file"], found["../up"]["/"]["file"]]
    assert len(set(files)) == 3
    values = [np.loadtxt(folder / file, delimiter=",", skiprows=1)[0] for file in files]
    assert values == [1, 2, 1]
    assert list(tmp_path.iterdir()) == [folder]


def test_text_that_no_file_can_hold_is_refused() -> None:
    with pytest.raises(ValueError, match="UTF-8"):
        bouton.Network(duration="\ud800").toml()
    with pytest.raises(TypeError, match="names as keys"):
        bouton.Network(duration={1: 2}).toml()


def test_changes_are_spelled_as_the_file_spells_them(tmp_path) -> None:
    """A truth value, an array or a table of Python's is not its repr."""
    (tmp_path / "net.toml").write_text(PAIRED)
    changes = {
        "neurons.a.initial.x": bouton.values([1, 2, 3]),
        "synapses.s.connect": {"rule": "all_to_all", "autapses": True},
        "simulation.duration": "1 ms",
        "neurons.a.threshold": "False",
        "record": [{"variables": ["x"], "of": "a", "indices": np.array([1])}],
    }
    with bouton.run(tmp_path / "net.toml", set=changes) as results:
        assert len(results.synapses["s"]["w"]) == 9
        assert results.recordings["a"]["x"][0].tolist() == [2.0]

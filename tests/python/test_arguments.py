# SPDX-License-Identifier: BSD-3-Clause
"""Arrays and numbers of users: each arrives as the numbers that it holds, or is refused with its name; never a wrong number."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pytest

import bouton
from bouton import ann, arguments, toml_text

REFUSALS = (bouton.Error, ValueError, TypeError)
REAL = ["f2", "f4", "f8", "g", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "?"]
OTHER = ["c8", "c16", "U4", "S4", "O", "M8[s]", "m8[s]", [("a", "f8"), ("b", "f8")]]


@dataclass
class Given:
    """A random array, what a reader sees in it, and whether it is an array of plain real numbers."""

    array: np.ndarray
    numbers: np.ndarray | None
    text: str

    @property
    def plain(self) -> bool:
        return self.numbers is not None

    def finite(self) -> bool:
        return self.numbers is not None and all(np.isfinite(float(x)) for x in self.numbers.ravel())


def random_given(chance: np.random.Generator, dimensions: int) -> Given:
    """Draw an array by type, byte order, shape, memory order, strides, mask and content."""
    kind = chance.integers(5)
    name = OTHER[chance.integers(len(OTHER))] if kind == 0 else REAL[chance.integers(len(REAL))]
    dtype = np.dtype(name)
    if chance.random() < 0.3:
        dtype = dtype.newbyteorder()
    shape = tuple(chance.integers(0, 5, dimensions))
    big = chance.integers(4)
    whole = chance.integers(-100, 100, shape)
    if dtype.kind in "u?":
        whole = abs(whole)
    if dtype.kind == "f":
        source = whole / 7
        if big == 0:
            source = np.where(chance.random(shape) < 0.1, [np.nan, np.inf, 1e300][chance.integers(3)], source)
    elif dtype.kind in "iu" and big == 0:
        source = np.full(shape, np.iinfo(dtype).max - int(chance.integers(3)), dtype.newbyteorder("="))
    else:
        source = whole
    with np.errstate(all="ignore"):
        array = np.zeros(shape, dtype) if dtype.kind == "V" else np.asarray(source).astype(dtype)
    layout = chance.integers(5)
    if layout == 1:
        array = np.asfortranarray(array)
    elif layout == 2 and dimensions:
        array = np.repeat(array, 2, axis=0)[::2]
    elif layout == 3 and dimensions:
        array = array[::-1]
    elif layout == 4:
        array = array.T
    text = f"{array.dtype.str} {array.shape} layout {layout}"
    seen: np.ndarray | None = None
    if dtype.kind in "fiub":
        seen = np.array([x.item() if dtype.char != "g" else float(x) for x in array.ravel()], object)
        seen = seen.reshape(array.shape)
    if chance.random() < 0.2:
        mask = chance.random(array.shape) < chance.choice([0, 0.3])
        array = np.ma.masked_array(array, mask)
        text += f" mask {mask.tolist()}"
        if mask.any():
            seen = None
    return Given(array, seen, text)


def equal(found: np.ndarray, numbers: np.ndarray) -> bool:
    """Equality of what came out with the numbers, as fractions: 2**53 and 2**53 + 1 differ."""
    if found.shape != numbers.shape:
        return False
    pairs = zip(found.ravel().tolist(), numbers.ravel().tolist(), strict=True)
    return all(Fraction(a) == Fraction(b) for a, b in pairs)


def exact(given: Given) -> bool:
    """Whether every number is finite and a double."""
    return given.finite() and all(int(float(x)) == x for x in given.numbers.ravel() if isinstance(x, int))


@pytest.mark.parametrize("seed", range(60))
def test_values_are_the_numbers_or_refused(seed, tmp_path, monkeypatch) -> None:
    """bouton.values and bare arrays, in the text and in CSV files: one finite number per element."""
    chance = np.random.default_rng(seed)
    for number in range(20):
        given = random_given(chance, int(chance.choice([0, 1, 1, 1, 2, 3])))
        fits = given.plain and given.array.ndim == 1 and exact(given)
        try:
            found = bouton.values(given.array, "mV")
        except REFUSALS as error:
            assert not fits, given.text
            assert "values" in str(error)
            found = None
        if found is not None:
            assert fits, given.text
            assert equal(found["values"], given.numbers), given.text
        net = bouton.Network()
        net.neurons["a"] = {"initial": {"v": given.array}}
        for longest in (1000, 0):
            monkeypatch.setattr(toml_text, "LONGEST_LIST", longest)
            folder = tmp_path / f"{number} {longest}"
            folder.mkdir()
            try:
                tables = tomllib.loads(net.save(folder / "net.toml").read_text())
            except REFUSALS as error:
                assert not fits, given.text
                assert "initial.v" in str(error)
                continue
            table = tables["neurons"]["a"]["initial"]["v"]
            if given.array.ndim == 0:
                assert given.plain
                assert type(table) in (int, float, bool)
                continue
            assert fits, given.text
            if longest == 0 and given.array.size:
                assert table.keys() == {"unit", "file"}
                read = np.loadtxt(folder / table["file"], skiprows=1, ndmin=1)
            else:
                read = np.array(table["values"], dtype=float)
            assert equal(read, given.numbers), given.text


def handed_over(net: bouton.Network, arrays: list[np.ndarray]) -> dict:
    """Return the tables of a network with what was handed over beside its text put back."""

    def put_back(value):
        if isinstance(value, dict):
            number = value.get("array in memory")
            return {key: put_back(inner) for key, inner in value.items()} if number is None else arrays[number].tolist()
        return [put_back(inner) for inner in value] if isinstance(value, list) else value

    tables = put_back(tomllib.loads(toml_text.TomlWriter(arrays=arrays).document(net.tables())))
    assert all(array.dtype in (np.float64, np.int32) and array.flags.c_contiguous for array in arrays)
    return tables


@pytest.mark.parametrize("seed", range(40))
def test_pairs_indices_and_samples_are_the_numbers_or_refused(seed, tmp_path, monkeypatch) -> None:
    chance = np.random.default_rng(1000 + seed)
    for number in range(20):
        monkeypatch.setattr(toml_text, "LONGEST_LIST", int(chance.choice([1000, 0])))
        folder = tmp_path / str(number)
        folder.mkdir()
        given = random_given(chance, int(chance.choice([1, 2, 2, 3])))
        array = given.array
        if array.ndim == 2 and chance.random() < 0.5 and array.size:
            array = np.ma.concatenate([array[:, :1]] * 2, axis=1) if isinstance(array, np.ma.MaskedArray) else array[:, [0, 0]]
            given = Given(array, None if not given.plain else given.numbers[:, [0, 0]], given.text)
        whole = given.plain and given.array.dtype.kind in "iu" and all(0 <= x < 2**31 for x in given.numbers.ravel())
        empty = given.plain and given.array.size == 0 and given.array.dtype.kind != "b"
        net = bouton.Network()
        key = ["pairs", "indices", "signal"][chance.integers(3)]
        if key == "pairs":
            net.synapses["s"] = {"connect": {"pairs": array}}
            fits = (whole or empty) and array.ndim == 2 and array.shape[1] == 2
        elif key == "indices":
            net.record("v", of="a", indices=array)
            fits = (whole or empty) and array.ndim == 1
        else:
            net.signal["s"] = {"values": array}
            fits = given.plain and array.ndim in (1, 2) and exact(given)
        if key == "signal" and array.shape[:1] == (0,):
            continue  # no sample: the engine says so
        arrays: list[np.ndarray] | None = [] if chance.random() < 0.5 else None
        try:
            if arrays is None:
                tables = tomllib.loads(net.save(folder / "net.toml").read_text())
            else:
                tables = handed_over(net, arrays)
        except REFUSALS as error:
            assert not fits, (key, given.text)
            assert key in str(error)
            continue
        assert fits, (key, given.text)
        if key == "indices":
            found = tables["record"][0]["indices"]
        else:
            table = tables["signal"]["s"] if key == "signal" else tables["synapses"]["s"]["connect"]
            if "file" in table:
                found = np.loadtxt(folder / table["file"], delimiter=",", skiprows=1, ndmin=2)
                found = found.reshape(array.shape) if found.size == array.size else found
            elif "sources" in table:
                found = np.stack([table["sources"], table["targets"]], axis=1)
            else:
                found = table["values" if key == "signal" else "pairs"]
        assert equal(np.array(found, dtype=object).reshape(array.shape), given.numbers), (key, given.text)


@pytest.mark.parametrize("seed", range(40))
def test_examples_and_weights_are_the_numbers_or_refused(seed) -> None:
    """Inputs of networks: the class probabilities are those that NumPy computes from the numbers."""
    chance = np.random.default_rng(2000 + seed)
    for _ in range(20):
        given = random_given(chance, int(chance.choice([1, 2, 2, 2, 3])))
        array = given.array
        inputs = int(np.prod(array.shape[1:]))
        kind = array.dtype.kind
        floating = given.plain and kind in "fb" and all(abs(float(x)) <= 3.4028234e38 for x in given.numbers.ravel())
        fits = array.ndim in (2, 3) and inputs > 0 and (floating or (given.plain and array.dtype == np.uint8))
        net = ann.Network([], inputs=max(inputs, 1), classes=2)
        w = chance.normal(0, 0.05, (max(inputs, 1), 2)).astype(np.float32)
        net.set_weights(0, w, [0.1, -0.2])
        try:
            found = net.predict(array)
        except REFUSALS as error:
            assert not fits, given.text
            assert "X" in str(error)
            continue
        assert fits or len(array) == 0, given.text
        x = np.array(given.numbers, dtype=float).reshape(len(array), inputs)
        u = (x / 255 if array.dtype == np.uint8 else x) @ w.astype(float) + [0.1, -0.2]
        # A float's product is off by 2^-24 of its size, and a sum of n of them by n times that of the largest.
        bound = 2.0**-23 * (inputs + 3) * (np.abs(x) @ np.abs(w) + 1)
        expected = 1 / (1 + np.exp(np.clip(u[:, 1] - u[:, 0], -700, 700)))
        assert np.all(np.abs(found[:, 0] - expected) <= bound.max(axis=1) + 1e-6), given.text


@pytest.mark.parametrize("seed", range(20))
def test_labels_are_the_numbers_or_refused(seed) -> None:
    chance = np.random.default_rng(3000 + seed)
    net = ann.Network([], inputs=3, classes=256)
    for _ in range(30):
        given = random_given(chance, int(chance.choice([1, 1, 2])))
        fits = given.finite() and given.array.ndim == 1 and all(x == int(x) and 0 <= x < 256 for x in given.numbers)
        count = len(given.array)
        if count == 0:
            continue
        x = np.zeros((count, 3))
        found = net.classify(x)
        try:
            error = net.error(x, given.array)
        except REFUSALS as refusal:
            assert not fits, given.text
            assert "label" in str(refusal)
            continue
        assert fits, given.text
        assert error == np.mean(found != np.array(given.numbers, dtype=int)), given.text


@pytest.mark.parametrize("seed", range(20))
def test_set_weights_takes_the_numbers_or_refuses(seed) -> None:
    chance = np.random.default_rng(4000 + seed)
    for _ in range(20):
        given = random_given(chance, 2)
        shape = given.array.shape
        wanted = shape if chance.random() < 0.7 else shape[::-1]
        if min(shape) < 1 or wanted[1] < 2:
            continue
        net = ann.Network([], inputs=wanted[0], classes=wanted[1])
        before = net.weights[0]
        fits = given.plain and shape == wanted and all(abs(float(x)) <= 3.4028234e38 for x in given.numbers.ravel())
        try:
            net.set_weights(0, given.array)
        except REFUSALS as error:
            assert not fits, given.text
            assert "weights of layer 0" in str(error)
            assert np.array_equal(net.weights[0], before)
            continue
        assert fits, given.text
        with np.errstate(over="ignore"):
            expected = np.array(given.numbers, dtype=float).astype(np.float32)
        assert np.array_equal(net.weights[0], expected), given.text


class Quantity(np.ndarray):
    """Like the arrays with units of other packages: what NumPy makes of it are bare numbers."""

    unit = "mV"


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (np.arange(6.0).reshape(2, 3), r"of 1 dimension\(s\), not of shape \(2, 3\)"),
        (np.ma.masked_array([1.0, 2.0], [False, True]), "1 of 2 are masked"),
        ([1.0, np.ma.masked], "are masked"),
        ([[1.0], np.ma.masked_array([1.0], [True])], "are masked"),
        ([1, 2j], "complex128"),
        (["1", "2"], "<U1"),
        ([[1], [1, 2]], "expected an array of numbers"),
        ([None], "object"),
        ([1.0, np.nan], r"\[1\] is nan"),
        ([2**53 + 1], "a double can hold"),
        (np.ones(2).view(Quantity), "with a unit of its own"),
        ([10**400], "object"),
    ],
)
def test_what_no_array_of_numbers_is(value, message) -> None:
    with pytest.raises(bouton.Error, match=message) as error:
        bouton.values(value)
    assert isinstance(error.value, (ValueError, TypeError))
    assert error.value.status == 2
    assert str(error.value).startswith("values: ")


@pytest.mark.parametrize("value", [8.5, 8.0, np.float64(8), "8", None, True, [8], 8j, np.array([8]), -1, 2**63, 10**30])
def test_what_no_whole_number_is(value) -> None:
    with pytest.raises(bouton.Error, match="n: expected a whole number from 0, not") as error:
        arguments.whole(value, "n")
    assert isinstance(error.value, (ValueError, TypeError))


def test_whole_numbers_of_every_type() -> None:
    for dtype in "bhilqBHILQ":
        assert arguments.whole(np.array(8, dtype), "n") == 8
        assert type(arguments.whole(np.dtype(dtype).type(8), "n")) is int


X = np.random.default_rng(0).random((20, 3)).astype(np.float32)
Y = np.arange(20) % 2


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda n: n.train(X, Y, epochs=-1), "epochs"),
        (lambda n: n.train(X, Y, epochs=1.5), "epochs"),
        (lambda n: n.train(X, Y, epochs="3"), "epochs"),
        (lambda n: n.train(X, Y, epochs=2**70), "epochs"),
        (lambda n: n.train(X, Y, batch=-1), "batch"),
        (lambda n: n.train(X, Y, batch=True), "batch"),
        (lambda n: n.train(X, Y, learning_rate="0.1"), "learning_rate"),
        (lambda n: n.train(X, Y, learning_rate=1j), "learning_rate"),
        (lambda n: n.train(X, Y, momentum=[0.9]), "momentum"),
        (lambda n: n.train(X, Y, decay=1), "decay"),
        (lambda n: n.train(X, Y, stages=[(-1, 1.0)]), "stages"),
        (lambda n: n.train(X, Y, stages=[(1.5, 1.0)]), "stages"),
        (lambda n: n.train(X, Y, stages=[3]), "stages"),
        (lambda n: n.train(X, Y, stages="600-400-20"), "stages"),
        (lambda n: n.train(X, Y, augmentation={"shift": "1"}), "shift"),
        (lambda n: n.train(X, Y, threads=-1), "threads"),
        (lambda n: n.train(X, Y, threads=1.5), "threads"),
        (lambda n: n.train(X, Y, train_error="no"), "train_error"),
        (lambda n: n.predict(X, samples=-1), "samples"),
        (lambda n: n.predict(X, seed=-1), "seed"),
        (lambda n: n.predict(X, threads=-1), "threads"),
        (lambda n: n.masks(-1), "examples"),
        (lambda n: n.masks(1, step=2**32), "step"),
        (lambda n: n.masks(1, layer=0.0), "layer"),
        (lambda n: n.with_mask("dropout", "0.5"), "keep"),
        (lambda n: n.set_weights(0.0, X), "layer"),
        (lambda n: n.train((X * 255).astype(int), Y), "astype"),
        (lambda _: ann.Network([8.5]), "layers"),
        (lambda _: ann.Network([np.float64(8)]), "layers"),
        (lambda _: ann.Network(8), "layers"),
        (lambda _: ann.Network("88"), "layers"),
        (lambda _: ann.Network([8], keep="0.5"), "keep"),
        (lambda _: ann.Network([8], seed=1.5), "seed"),
        (lambda _: ann.Network([8], seed=-1), "seed"),
        (lambda _: ann.Network([8], inputs=3.0), "inputs"),
        (lambda _: ann.Network([8], classes=2.5), "classes"),
        (lambda _: ann.Network([8], input_scale="1"), "input_scale"),
        (lambda _: ann.Network([8], initial_scale="a"), "initial_scale"),
        (lambda _: bouton.run(text="", seed=-1), "seed"),
        (lambda _: bouton.run(text="", seed=1.5), "seed"),
        (lambda _: bouton.run(text="", threads=0), "threads"),
        (lambda _: bouton.run(text="", threads=2**40 * 1.0), "threads"),
        (lambda _: bouton.Network(duration=1).run(threads=-1), "threads"),
    ],
)
def test_numbers_of_calls_are_named(call, name) -> None:
    """Neither std::bad_cast nor a signature: the argument, what is expected and what was given."""
    net = ann.Network([4], inputs=3, classes=2, mask="dropconnect")
    with pytest.raises(bouton.Error, match=f"{name}.*") as error:
        call(net)
    assert error.value.status == 2


def test_weights_are_read_only() -> None:
    """An assignment that would change a copy, and nothing else, is an error."""
    net = ann.Network([4], inputs=3, classes=2)
    with pytest.raises(TypeError):
        net.weights[0] = np.zeros((3, 4))
    for array in (net.weights[0], net.biases[1]):
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0
    with pytest.raises(TypeError):
        net.settings["momentum"] = 0.5
    with pytest.raises(TypeError):
        net.description["layers"][0]["keep"] = 0.5


def test_threads_are_capped_with_a_warning() -> None:
    """As `--threads` on the command line: more than the machine runs at once would only wait for each other."""
    net = ann.Network([4], inputs=3, classes=2)
    with pytest.warns(UserWarning, match="threads 40000: this machine runs"):
        net.train(X, Y, epochs=1, threads=40000, progress=False)
    with pytest.warns(UserWarning, match="threads 40000: this machine runs"):
        net.predict(X, threads=40000)
    text = '[simulation]\nduration = "1 ms"\n[neurons.a]\nsize = 1\nequations = "v : 1"\n'
    with pytest.warns(UserWarning, match="threads 40000: this machine runs"):
        bouton.run(text=text, threads=40000).close()

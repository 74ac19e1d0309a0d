# SPDX-License-Identifier: BSD-3-Clause
"""Model files of the command line: what is damaged is refused, and a training never replaces a model by what none can read."""

from __future__ import annotations

import random

import pytest

SMALL = ("--classes", "4", "--epochs", "1", "--batch", "64")


@pytest.fixture
def data(place):
    """Return a folder with images in data/, as many to train on as one batch holds."""
    place.write_stripes("data", train=64, test=20)
    return place


def train(place, *arguments, layers="3"):
    return place.run("train", "--data", "data", "-o", "m.h5", "--layers", layers, *SMALL, *arguments)


def evaluate(place):
    return place.run("evaluate", "m.h5", "--data", "data")


def test_a_damaged_model_is_refused_by_every_command(data):
    assert train(data).returncode == 0
    path = data.folder / "m.h5"
    content = path.read_bytes()
    chance = random.Random(1)
    for trial in range(20):
        changed = bytearray(content)
        at = chance.randrange(len(changed))
        if trial % 4 == 3:
            del changed[at:]
        else:
            changed[at] ^= 1 << chance.randrange(8)
        path.write_bytes(bytes(changed))
        for done in (evaluate(data), train(data, "--resume")):
            assert done.returncode == 2
            assert "cannot read the model 'm.h5': it " in done.stderr
    path.write_bytes(content)
    assert evaluate(data).returncode == 0


def test_weights_that_become_infinite_in_the_last_step_end_with_an_error(data):
    """One step of one epoch: no loss comes after it."""
    assert train(data).returncode == 0
    path = data.folder / "m.h5"
    content = path.read_bytes()
    done = train(data, "--learning-rate", "3e38", "--bias-rate", "1", "--input-scale", "1e3")
    assert done.returncode == 1
    assert "epoch 1, batch 1" in done.stderr
    assert "not finite any more; use a lower learning rate" in done.stderr
    assert path.read_bytes() == content
    assert not (data.folder / "m.h5.partial").exists()


def test_rates_that_no_float_holds_are_refused(data):
    for option in ("--learning-rate", "--initial-scale", "--input-scale", "--bias-rate", "--weight-decay"):
        done = train(data, option, "1e39")
        assert done.returncode == 2, option
        assert "1e+39" in done.stderr
        assert not (data.folder / "m.h5").exists()


def test_a_loss_that_is_no_number_is_not_printed(data):
    """A model whose weights are finite, and whose sums are not."""
    assert train(data, "--initial-scale", "1e30", "--learning-rate", "1e-30", "--input-scale", "1e-30").returncode == 0
    assert evaluate(data).returncode == 0
    done = train(data, "--initial-scale", "3e38", "--learning-rate", "1e-38", "--input-scale", "1e30")
    assert done.returncode == 1
    assert "nan" not in done.stdout


def test_as_many_layers_as_a_model_file_can_hold(data):
    done = train(data, layers=",".join(["2"] * 1000))
    assert done.returncode == 2
    assert "'layers' has 1000 hidden layers; there may be 999" in done.stderr
    assert not (data.folder / "m.h5").exists()
    assert train(data, layers=",".join(["2"] * 999)).returncode == 0
    assert evaluate(data).returncode == 0

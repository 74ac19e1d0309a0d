# SPDX-License-Identifier: BSD-3-Clause
"""What `bouton train` refuses, and how it says so: nothing of it leaves a file behind."""

from __future__ import annotations

import gzip
import os

import pytest

WRONG = """\
layers = [64, "x", 0]
activation = "softmax"
mask = ["dropout"]
keeep = 0.5
learning_rate = "fast"
epochs = 0
schedule = 5
data = 3
momentum = 1.0
batch = 0
[more]
x = 1
"""

REFUSED = """\
t.toml:1:15: error[E305]: 'layers' must be a whole number, not a string
  layers = [64, "x", 0]
                ^~~
t.toml:1:20: error[E306]: 'layers' must be from 1 to 1048576, not 0
  layers = [64, "x", 0]
                     ^
t.toml:2:15: error[E315]: there is no activation 'softmax'
  activation = "softmax"
                ^~~~~~~  it is one of relu, tanh, sigmoid
t.toml:3:8: error[E405]: 'mask' has 1 value, but there are 3 hidden layers
  mask = ["dropout"]
         ^~~~~~~~~~~  one value for all of them, or one each, or one more for the last layer
t.toml:4:1: error[E303]: unknown key 'keeep' in the training
  keeep = 0.5
  ^~~~~  did you mean 'keep'?
t.toml:5:17: error[E305]: 'learning_rate' must be a number, not a string
  learning_rate = "fast"
                  ^~~~~~
t.toml:6:10: error[E306]: 'epochs' must be from 1 to 4294967295, not 0
  epochs = 0
           ^
t.toml:7:12: error[E305]: 'schedule' must be a string, not a whole number
  schedule = 5
             ^
t.toml:8:8: error[E305]: 'data' must be a string, not a whole number
  data = 3
         ^
t.toml:9:12: error[E306]: 'momentum' must lie in [0, 1), not 1
  momentum = 1.0
             ^~~
t.toml:10:9: error[E306]: 'batch' must be from 1 to 1048576, not 0
  batch = 0
          ^
t.toml:11:2: error[E303]: unknown key 'more' in the training
  [more]
   ^~~~
"""


@pytest.fixture
def place(place):
    """Return a folder with images in data/."""
    place.write_stripes("data", train=60, test=20)
    return place


def refused(place, *arguments, data="data"):
    """Return what stderr says of a training that is refused."""
    before = sorted(os.listdir(place.folder))
    done = place.run("train", "--data", data, "-o", "m.h5", *arguments)
    assert done.returncode == 2, (done.stdout, done.stderr)
    assert sorted(os.listdir(place.folder)) == before
    return done.stderr


def test_a_file_is_refused_with_every_mistake_in_its_place(place):
    place.write("t.toml", WRONG)
    assert refused(place, "t.toml") == REFUSED


def test_a_file_that_is_no_toml_or_not_there(place):
    place.write("t.toml", "layers = [")
    assert "t.toml:1:11: error[E302]: this is not TOML" in refused(place, "t.toml")
    assert "n.toml:1:1: error[E301]: cannot read the training file: there is no such file" in refused(place, "n.toml")


@pytest.mark.parametrize(("option", "value", "message"), [
    ("--layers", "0", "--layers:1:1: error[E306]: 'layers' must be from 1 to 1048576, not 0\n  0\n  ^\n"),
    ("--layers", "800,0", "--layers:1:5: error[E306]: 'layers' must be from 1 to 1048576, not 0\n  800,0\n      ^\n"),
    ("--layers", "800,", "--layers:1:5: error[E305]: 'layers' must be a whole number, not a string"),
    ("--layers", "-5", "'layers' must be from 1 to 1048576, not -5"),
    ("--layers", "1.5", "'layers' must be a whole number, not a decimal number"),
    ("--activation", "gelu", "there is no activation 'gelu'"),
    ("--activation", "relu,relu,softmax", "'activation' has 3 values, but there are 2 hidden layers"),
    ("--mask", "dropconect", "it is one of none, dropout, dropconnect"),
    ("--mask", "none,none,dropout", "the last layer cannot drop its units: they are the classes"),
    ("--mask", "none,dropout,none,none", "'mask' has 4 values, but there are 2 hidden layers"),
    ("--keep", "0.5", "'keep' says how much, but no 'mask' says of what"),
    ("--scaling", "half", "it is one of unscaled, inverted"),
    ("--initial", "glorot", "it is one of normal, he"),
    ("--initial-scale", "0", "'initial_scale' must be above 0, not 0"),
    ("--input-scale", "0", "'input_scale' must not be 0"),
    ("--input-shift", "inf", "'input_shift' must be a finite number, not inf"),
    ("--batch", "0", "'batch' must be from 1 to 1048576, not 0"),
    ("--epochs", "0", "'epochs' must be from 1 to 4294967295, not 0"),
    ("--epochs", "many", "'epochs' must be a whole number, not a string"),
    ("--learning-rate", "-0.1", "'learning_rate' must be above 0, not -0.1"),
    ("--learning-rate", "nan", "'learning_rate' must be above 0, not nan"),
    ("--momentum", "1", "'momentum' must lie in [0, 1), not 1"),
    ("--weight-decay", "-1", "'weight_decay' must be at least 0, not -1"),
    ("--bias-rate", "-1", "'bias_rate' must be at least 0, not -1"),
    ("--schedule", "600-400", "there is no schedule '600-400'"),
    ("--schedule", "0-0-0", "there is no schedule '0-0-0'"),
    ("--schedule", "10x0", "there is no schedule '10x0'"),
    ("--schedule", "10x1,", "there is no schedule '10x1,'"),
    ("--schedule", "99999999999x1", "there is no schedule '99999999999x1'"),
    ("--shift", "-1", "'shift' must be at least 0, not -1"),
    ("--rotation", "181", "'rotation' must lie in [0, 180], not 181"),
    ("--scale", "1", "'scale' must lie in [0, 1), not 1"),
    ("--seed", "-1", "'seed' must be at least 0, not -1"),
    ("--threads", "0", "'threads' must be from 1 to 1024, not 0"),
    ("--save-every", "0", "'save_every' must be from 1 to 4294967295, not 0"),
    ("--classes", "257", "'classes' must be from 2 to 256, not 257"),
    ("--train", "0", "'train' must be at least 1, not 0"),
    ("--train", "61", "the first 61 examples are asked for, but train-images-idx3-ubyte"),
    ("--laers", "5", "not expected: --laers"),
])
def test_options_are_refused_in_their_place(place, option, value, message):
    assert message in refused(place, option, value)


@pytest.mark.parametrize("keep", ["0", "-0.5", "1.0001", "nan", "0.5,0", "0.5,0.5,2"])
def test_a_probability_outside_of_0_to_1(place, keep):
    message = refused(place, "--mask", "dropconnect", "--keep", keep)
    assert "error[E306]: 'keep' must lie in (0, 1], not " in message


@pytest.mark.parametrize("keep", ["0.5,0.5,0.5,0.5", "0.5,"])
def test_a_list_of_another_length(place, keep):
    assert "--keep:1:" in refused(place, "--mask", "dropconnect", "--keep", keep)


def test_epochs_that_contradict_the_schedule(place):
    message = refused(place, "--schedule", "2x1,3x0.1", "--epochs", "6")
    assert "--epochs:1:1: error[E311]: there are 6 epochs, but the schedule has 5" in message


def test_a_missing_output(place):
    done = place.run("train", "--data", "data")
    assert done.returncode == 2 and "name the model file by -o MODEL.h5" in done.stderr
    done = place.run("train", "--data", "data", "-o", "no/such/m.h5", "--epochs", "1")
    assert done.returncode == 2 and "cannot open the output 'no/such/m.h5'" in done.stderr


def test_missing_data(place, monkeypatch):
    monkeypatch.delenv("BOUTON_DATA", raising=False)
    done = place.run("train", "-o", "m.h5")
    assert done.returncode == 2
    assert "no data: name the folder with MNIST's four files by --data DIR or in the environment" in done.stderr
    assert "error[E701]: 'nowhere': no such folder" in refused(place, data="nowhere")
    (place.folder / "empty").mkdir()
    assert "'empty': holds neither train-images-idx3-ubyte.gz nor" in refused(place, data="empty")


def test_damaged_data(place):
    file = place.folder / "data" / "train-images-idx3-ubyte.gz"
    whole = file.read_bytes()
    file.write_bytes(whole[:-20])
    assert "error[E703]" in refused(place)
    file.write_bytes(gzip.compress(b"\0\0\x0d\3" + gzip.decompress(whole)[4:]))
    assert "error[E702]" in refused(place)
    file.write_bytes(whole)
    assert "label" in refused(place, "--classes", "3") and "error[E704]" in refused(place, "--classes", "3")

# SPDX-License-Identifier: BSD-3-Clause
"""`bouton evaluate`: errors, votes, other failures, predictions."""

from __future__ import annotations

import csv
import re

import h5py
import numpy as np
import pytest


@pytest.fixture
def place(place):
    """Return a folder with images in data/ and two trained networks, a.h5 with DropConnect and b.h5 without."""
    place.write_stripes("data")
    for name, more in (("a", ("--mask", "dropconnect", "--keep", "0.7")), ("b", ("--seed", "5"))):
        done = place.run("train", "--data", "data", "-o", f"{name}.h5", "--layers", "24,16", "--batch", "32",
                         "--learning-rate", "0.05", "--epochs", "12", "--classes", "4", "--train-error", *more)
        assert done.returncode == 0, done.stderr
    return place


def evaluate(place, *arguments):
    """Return the first line and, by name, the error in percent and the loss."""
    done = place.run("evaluate", "--data", "data", *arguments)
    assert (done.returncode, done.stderr) == (0, "")
    head, titles, *rows = done.stdout.splitlines()
    assert titles.split() == ["model", "error", "loss", "network"]
    found = {}
    for row in rows:
        name, error, loss = re.match(r"(\S+) +(\d+\.\d\d) % +(\d+\.\d{6})  \S", row).groups()
        found[name] = (float(error), float(loss))
    return head, found


def last(place, name, column):
    with h5py.File(place.folder / name) as model:
        return 100 * model["history"][column][-1]


def test_mean_inference_is_what_the_training_told(place):
    head, found = evaluate(place, "a.h5")
    assert re.fullmatch(r"t10k-images-idx3-ubyte [0-9a-f]{12}, test part, 200 examples; mean inference", head)
    assert found["a.h5"][0] == pytest.approx(last(place, "a.h5", "test_error"), abs=0.006)
    head, found = evaluate(place, "a.h5", "--part", "train")
    assert "train part, 600 examples" in head
    assert found["a.h5"][0] == pytest.approx(last(place, "a.h5", "train_error"), abs=0.006)


def test_each_way_of_inference(place):
    head, gaussian = evaluate(place, "a.h5", "--inference", "gaussian")
    assert head.endswith("; gaussian inference")
    head, drawn = evaluate(place, "a.h5", "--inference", "gaussian", "--samples", "2000")
    assert head.endswith("; gaussian inference, 2000 samples")
    assert drawn["a.h5"][1] == pytest.approx(gaussian["a.h5"][1], rel=0.02)
    head, sampled = evaluate(place, "a.h5", "--inference", "sampled")
    assert head.endswith("; sampled inference, 100 samples")
    again = evaluate(place, "a.h5", "--inference", "sampled", "--seed", "0", "--threads", "1")[1]
    other = evaluate(place, "a.h5", "--inference", "sampled", "--seed", "1")[1]
    assert again == sampled
    assert other != sampled and other["a.h5"][1] == pytest.approx(sampled["a.h5"][1], rel=0.1)
    # Without masks all of them are one.
    results = {how: evaluate(place, "b.h5", "--inference", how)[1]["b.h5"] for how in ("mean", "gaussian", "sampled")}
    assert results["mean"] == results["gaussian"] == results["sampled"]


def test_other_failures_than_in_training(place):
    one = evaluate(place, "b.h5")[1]["b.h5"]
    assert evaluate(place, "b.h5", "--mask", "dropconnect", "--keep", "1", "--inference", "sampled")[1]["b.h5"] == one
    errors = [evaluate(place, "b.h5", "--mask", "dropconnect", "--keep", keep, "--inference", "sampled",
                       "--samples", "1")[1]["b.h5"][0] for keep in ("0.9", "0.5", "0.1")]
    assert one[0] <= errors[0] < errors[1] < errors[2]
    # Only --keep: the mask that it was trained with.
    assert evaluate(place, "a.h5", "--keep", "0.7")[1] == evaluate(place, "a.h5")[1]
    assert (evaluate(place, "a.h5", "--keep", "0.4", "--inference", "sampled")[1]
            == evaluate(place, "a.h5", "--keep", "0.4", "--mask", "dropconnect", "--inference", "sampled")[1])


def test_a_vote(place):
    _, found = evaluate(place, "a.h5", "b.h5", "--predictions", "vote.h5")
    assert list(found) == ["a.h5", "b.h5", "vote"]
    probabilities = {}
    for name in ("a", "b"):
        assert evaluate(place, f"{name}.h5", "--predictions", f"{name}_p.h5")[1][f"{name}.h5"] == found[f"{name}.h5"]
        with h5py.File(place.folder / f"{name}_p.h5") as file:
            probabilities[name] = file["probabilities"][:]
    with h5py.File(place.folder / "vote.h5") as file:
        vote, labels = file["probabilities"][:], file["labels"][:]
        assert vote.dtype == np.float32 and vote.shape == (200, 4)
        assert np.array_equal(file["predictions"][:], vote.argmax(1))
        assert file.attrs["models"] == "a.h5, b.h5" and file.attrs["inference"] == "mean inference"
    assert vote == pytest.approx((probabilities["a"] + probabilities["b"]) / 2, abs=1e-6)
    assert 100 * np.mean(vote.argmax(1) != labels) == pytest.approx(found["vote"][0], abs=0.006)
    assert -np.mean(np.log(vote[np.arange(200), labels])) == pytest.approx(found["vote"][1], abs=1e-5)


def test_predictions_as_csv_are_those_of_hdf5(place):
    evaluate(place, "a.h5", "--predictions", "p.csv")
    evaluate(place, "a.h5", "--predictions", "p.h5")
    with (place.folder / "p.csv").open() as file:
        head, *rows = list(csv.reader(file))
    assert head == ["example", "label", "prediction", "p0", "p1", "p2", "p3"]
    with h5py.File(place.folder / "p.h5") as file:
        assert [int(row[0]) for row in rows] == list(range(200))
        assert np.array_equal([int(row[1]) for row in rows], file["labels"][:])
        assert np.array_equal([int(row[2]) for row in rows], file["predictions"][:])
        assert np.array_equal(np.array([row[3:] for row in rows], dtype=np.float32), file["probabilities"][:])


@pytest.mark.parametrize(("arguments", "message"), [
    (("n.h5",), "cannot read the model 'n.h5': there is no such file"),
    (("net.toml",), "cannot read the model 'net.toml': it does not begin as a bouton model does"),
    ((), "MODEL.h5 is required"),
    (("a.h5", "--inference", "median"), "median"),
    (("a.h5", "--samples", "5"), "mean inference draws nothing"),
    (("a.h5", "--inference", "sampled", "--samples", "0"), "a whole number from 1"),
    (("a.h5", "--keep", "0"), "keep 0: must lie in (0, 1]"),
    (("a.h5", "--keep", "1.5"), "keep 1.5: must lie in (0, 1]"),
    (("a.h5", "--mask", "dropout"), "say how much is kept: --keep P"),
    (("b.h5", "--keep", "0.5"), "'b.h5' was trained without masks"),
    (("a.h5", "--mask", "drop", "--keep", "0.5"), "drop"),
    (("a.h5", "--predictions", "no/such.csv"), "cannot open the output 'no/such.csv'"),
])
def test_what_is_refused(place, arguments, message):
    done = place.run("evaluate", "--data", "data", *arguments)
    assert done.returncode == 2
    assert message in done.stderr


def test_a_network_and_data_that_do_not_fit(place):
    done = place.run("train", "--data", "data", "-o", "c.h5", "--layers", "4", "--epochs", "1", "--classes", "5")
    assert done.returncode == 0, done.stderr
    done = place.run("evaluate", "--data", "data", "a.h5", "c.h5")
    assert done.returncode == 2 and "error[E706]: one network has 4 classes, another 5" in done.stderr
    with h5py.File(place.folder / "a.h5", "r+") as model:
        weights = model["layers/0/weights"][:]
        del model["layers/0/weights"]
        model["layers/0/weights"] = weights[:-1]
    done = place.run("evaluate", "--data", "data", "a.h5")
    assert done.returncode == 2
    assert "cannot read the model 'a.h5': it is longer than it was written: " in done.stderr

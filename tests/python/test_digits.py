# SPDX-License-Identifier: BSD-3-Clause
"""The learning of digits, small: data, network, labels and votes from end to end."""

from __future__ import annotations

import os
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest

from bouton.data import mnist
from bouton.lecture import Context
from bouton.lecture.examples import load_script

FOLDER = Path(__file__).resolve().parents[2] / "examples" / "lecture"


@pytest.fixture(scope="module")
def script():
    """Return the module examples/lecture/digits.py."""
    return load_script(FOLDER / "digits.py")


@pytest.mark.skipif(not os.environ.get("BOUTON_DATA"), reason="needs the MNIST files")
def test_the_whole_of_mnist() -> None:
    train, test = mnist("train"), mnist("test")
    assert train.images.shape == (60000, 28, 28)
    assert np.bincount(train.labels).tolist() == [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
    assert test.images.shape == (10000, 28, 28)
    assert test.labels[:5].tolist() == [7, 2, 1, 0, 4]
    assert "60,000" in train.source


def test_labels_and_votes(script) -> None:
    """Cell 0 answers to the digit 3, cell 1 to the digit 5, cell 2 never; nobody can vote for other digits."""
    counts = np.array([[4, 1, 0], [2, 3, 0], [0, 6, 0]])
    labels = script.assign(counts, np.array([3, 5, 5]))
    assert labels.tolist() == [3, 5, -1]
    assert script.vote(counts, labels).tolist() == [3, 5, 5]


def test_learns_above_chance(script, monkeypatch: pytest.MonkeyPatch) -> None:
    """400 images, 49 cells: the figure is made, and 100 unseen images are read far better than by chance (10 %)."""
    monkeypatch.setitem(script.SIZES, False, script.Size(cells=49, learn=400, test=100))
    monkeypatch.setattr(script, "mnist", lambda part, folder: mnist(part, folder, download=False))
    context = Context(FOLDER)
    figure = script.make(context)
    accuracy = figure.checks[0].measured
    assert 35 < accuracy <= 100
    assert "images" in figure.data
    assert [run.simulated for run in context.runs] == [200.0, 50.0]
    assert len(figure.panels) == 4
    plt.close("all")


def test_what_was_learned_is_what_reads(script, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second network has the weights and thresholds of the first, synapse by synapse, and keeps them."""
    context = Context(FOLDER)
    size = script.Size(cells=9, learn=4, test=2)
    images = mnist("train", download=False).images[:4]
    learned = context.run(script.network(context, images, size))
    weights = learned.synapses["learned"]["w"].reshape(784, -1)
    theta = learned.state["cells"]["theta"]
    known = script.Learned(weights, theta, np.zeros(9, dtype=int))
    read = context.run(script.reader(context, images[:2], size, known))
    assert np.array_equal(read.synapses["learned"]["w"].reshape(784, -1), weights)
    np.testing.assert_allclose(read.state["cells"]["theta"], theta, rtol=1e-8)
    assert weights.std() > 0
    np.testing.assert_allclose(weights.sum(axis=0), 78.4, rtol=0.5)

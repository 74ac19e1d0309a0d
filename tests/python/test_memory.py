# SPDX-License-Identifier: BSD-3-Clause
"""Too large networks and trainings from Python: bouton.OutOfMemory, which is a bouton.Error and a MemoryError."""

from __future__ import annotations

import numpy as np
import pytest

import bouton
from bouton import ann

CELLS = """[simulation]
duration = "1 ms"
[neurons.cells]
size = 2000
equations = "v : 1"
[synapses.exc]
from = "cells"
to = "cells"
connect = CONNECT
target = "v"
initial = { w = "1" }
"""
KNOWN = CELLS.replace("CONNECT", '{ rule = "all_to_all" }')
DRAWN = CELLS.replace("CONNECT", '{ condition = "i != j" }')


@pytest.mark.parametrize("memory", ["1MB", 1_000_000])
def test_a_network_that_cannot_fit_is_refused(memory) -> None:
    for act in (bouton.run, bouton.check):
        with pytest.raises(bouton.OutOfMemory, match="needs at least") as caught:
            act(text=KNOWN, memory=memory)
        assert isinstance(caught.value, bouton.Error) and isinstance(caught.value, MemoryError)
        assert caught.value.status == 2 and caught.value.line == 6


def test_running_out_while_drawing_is_an_error() -> None:
    with pytest.raises(bouton.OutOfMemory, match="'exc' has") as caught:
        bouton.run(text=DRAWN, memory="1MB", backend="interpreted")
    assert caught.value.status == 1


def test_a_network_that_fits_runs() -> None:
    with bouton.run(text=CELLS.replace("CONNECT", "{ pairs = [[0, 1]] }"), memory="1MB", backend="interpreted") as results:
        assert results.summary["synapses"] == 1


@pytest.mark.parametrize("memory", ["much", "", 0, -1, float("nan")])
def test_a_limit_is_a_size(memory) -> None:
    with pytest.raises(bouton.Error, match="8GB") as caught:
        bouton.run(text=KNOWN, memory=memory)
    assert caught.value.status == 2


# 64-1000-1000-2: 1.07 million weights and velocities of 4 bytes, twice, are more than 17 MB.
X = np.random.default_rng(1).random((40, 64))
Y = np.arange(40) % 2


def wide(**more) -> ann.Network:
    return ann.Network([1000, 1000], seed=1, **more)


@pytest.mark.parametrize("memory", ["10MB", 10_000_000])
def test_a_training_that_cannot_fit_is_refused_before_weights_are_drawn(memory) -> None:
    net = wide()
    with pytest.raises(bouton.OutOfMemory, match="the training needs at least") as caught:
        net.train(X, Y, epochs=1, memory=memory)
    assert isinstance(caught.value, MemoryError) and caught.value.status == 2
    with pytest.raises(bouton.Error, match="no inputs yet"):
        net.weights  # noqa: B018
    assert net.train(X, Y, epochs=1, memory="100MB").epochs == 1


def test_a_training_goes_on_only_where_it_fits() -> None:
    net = wide(inputs=64, classes=2).train(X, Y, epochs=1)
    before = [w.tobytes() for w in net.weights]
    with pytest.raises(bouton.OutOfMemory, match="the training needs at least"):
        net.train(X, Y, epochs=2, memory="10MB")
    assert net.epochs == 1 and [w.tobytes() for w in net.weights] == before


def test_the_batch_that_is_asked_for_counts() -> None:
    """A batch of 100 000 takes at least 4 bytes for each of 2064 inputs: 0.8 GB."""
    with pytest.raises(bouton.OutOfMemory):
        wide().train(X, Y, epochs=1, batch=100_000, memory="100MB")
    assert wide().train(X, Y, epochs=1, batch=8, memory="20MB").epochs == 1


def test_an_inference_that_cannot_fit_is_refused() -> None:
    """40 examples hold at least 2064 inputs of 4 bytes each: 0.3 MB."""
    net = wide(inputs=64, classes=2)
    for act in (net.predict, net.classify, lambda X, memory: net.error(X, Y, memory=memory),
                lambda X, memory: ann.vote([net, net], X, memory=memory)):  # fmt: skip
        with pytest.raises(bouton.OutOfMemory, match="the inference needs at least") as caught:
            act(X, memory="100kB")
        assert caught.value.status == 2
    assert np.array_equal(net.predict(X, memory="100MB"), net.predict(X))


@pytest.mark.parametrize("memory", ["much", "", 0, -1, float("nan")])
def test_the_limit_of_artificial_networks_is_a_size(memory) -> None:
    net = wide(inputs=64, classes=2)
    for act in (lambda: net.train(X, Y, memory=memory), lambda: net.predict(X, memory=memory)):
        with pytest.raises(bouton.Error, match="8GB") as caught:
            act()
        assert caught.value.status == 2

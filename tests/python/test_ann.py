# SPDX-License-Identifier: BSD-3-Clause
"""bouton.ann: training, going on bit for bit, inference, model files."""

from __future__ import annotations

import os
import signal
import threading

import numpy as np
import pytest

from bouton import Error, ann

SIDE, CLASSES = 6, 4


def blobs(n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return noisy images of four patterns that a network can tell apart, but not at once."""
    patterns = np.random.default_rng(0).integers(0, 256, (CLASSES, SIDE, SIDE))
    random = np.random.default_rng(seed)
    labels = random.integers(0, CLASSES, n)
    images = 0.4 * patterns[labels] + 0.6 * random.integers(0, 256, (n, SIDE, SIDE))
    return images.astype(np.uint8), labels


X, Y = blobs(300, 1)
X_TEST, Y_TEST = blobs(100, 2)
HOW = {"batch": 32, "learning_rate": 0.05, "progress": False}
MASKS = ["none", "dropout", "dropconnect"]


def network(mask: str = "dropconnect", **more) -> ann.Network:
    return ann.Network([64, 48], **({"mask": mask, "keep": 0.5, "seed": 3, "initial": "he"} | more))


def same(one: ann.Network, other: ann.Network) -> bool:
    pairs = zip([*one.weights, *one.biases], [*other.weights, *other.biases], strict=True)
    return all(a.tobytes() == b.tobytes() for a, b in pairs)


@pytest.fixture(scope="module")
def trained() -> ann.Network:
    return network().train(X, Y, X_TEST, Y_TEST, epochs=8, train_error=True, **HOW)


@pytest.mark.parametrize("mask", MASKS)
def test_it_learns(mask):
    net = network(mask).train(X, Y, X_TEST, Y_TEST, epochs=15, **HOW)
    assert net.history["test_error"][-1] < 0.1  # chance is 0.75
    assert net.error(X_TEST, Y_TEST) == net.history["test_error"][-1]


def test_history_has_a_record_per_epoch(trained):
    history = trained.history
    assert history.dtype.names[0] == "epoch"
    assert history["epoch"].tolist() == list(range(1, 9))
    assert np.all(history["learning_rate"] == 0.05)
    assert history["loss"][-1] < history["loss"][0]
    assert np.all((history["masked_error"] > 0) & (history["masked_error"] < 1))
    assert trained.error(X, Y) == history["train_error"][-1]


def test_errors_that_were_not_asked_for_are_nan():
    history = network().train(X, Y, epochs=1, **HOW).history
    assert np.isnan(history["test_error"][0])
    assert np.isnan(history["train_error"][0])


def test_weights_have_the_shapes_of_the_layers(trained):
    assert [w.shape for w in trained.weights] == [(36, 64), (64, 48), (48, 4)]
    assert [b.shape for b in trained.biases] == [(64,), (48,), (4,)]
    assert all(w.dtype == np.float32 for w in trained.weights)
    assert [layer["mask"] for layer in trained.description["layers"]] == ["dropconnect", "dropconnect", "none"]


def test_mean_inference_is_what_numpy_computes(trained):
    (w1, w2, w3), (b1, b2, b3) = trained.weights, trained.biases
    v = X_TEST.reshape(100, -1) / 255
    for w, b in ((w1, b1), (w2, b2)):
        v = np.maximum(0, 0.5 * (v @ w + b))
    u = v @ w3 + b3
    expected = np.exp(u - u.max(axis=1, keepdims=True))
    expected /= expected.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(trained.predict(X_TEST), expected, atol=2e-6)


@pytest.mark.parametrize("mask", MASKS)
def test_a_masked_pass_is_what_numpy_computes_from_the_masks(mask):
    net = network(mask, keep=0.3).train(X, Y, epochs=2, **HOW)
    v = X_TEST.reshape(100, -1) / 255
    for layer, (w, b) in enumerate(zip(net.weights, net.biases, strict=True)):
        kept = net.masks(100, layer, seed=8)
        if mask == "dropout" and layer < 2:
            v = kept * np.maximum(0, v @ w + b)
            continue
        u = np.einsum("nj,nji->ni", np.c_[v, np.ones(100)], kept * np.vstack([w, b]))
        v = np.maximum(0, u) if layer < 2 else np.exp(u) / np.exp(u).sum(axis=1, keepdims=True)
    sampled = net.predict(X_TEST, inference="sampled", samples=1, seed=8)
    np.testing.assert_allclose(sampled, v, atol=2e-6)


def test_masks_keep_what_they_should():
    kept = network(keep=0.3).train(X, Y, epochs=1, **HOW).masks(200, 0, seed=1)
    assert kept.shape == (200, 37, 64)
    assert kept.mean() == pytest.approx(77 / 256, abs=0.003)  # 0.3 to the nearest 1/256
    assert len(np.unique(kept.reshape(200, -1), axis=0)) == 200


@pytest.mark.parametrize("inference", ["mean", "gaussian", "sampled"])
def test_probabilities_add_up_to_one(trained, inference):
    p = trained.predict(X_TEST, inference=inference, samples=20)
    assert p.shape == (100, CLASSES)
    assert p.dtype == np.float32
    assert np.all(p >= 0)
    np.testing.assert_allclose(p.sum(axis=1), 1, atol=1e-5)
    assert trained.classify(X_TEST, inference=inference, samples=20).tolist() == p.argmax(axis=1).tolist()


def test_equal_examples_get_masks_of_their_own(trained):
    equal = np.repeat(X_TEST[:1], 50, axis=0)
    once = trained.predict(equal, inference="sampled", samples=1)
    assert len(np.unique(once, axis=0)) > 40
    assert len(np.unique(trained.predict(equal), axis=0)) == 1


def test_sampling_goes_by_its_seed_alone(trained):
    one, again = (trained.predict(X_TEST, inference="sampled", samples=3, seed=5) for _ in range(2))
    assert np.array_equal(one, again)
    alone = trained.predict(X_TEST, inference="sampled", samples=3, seed=5, threads=1)
    assert np.array_equal(one, alone)
    assert not np.array_equal(one, trained.predict(X_TEST, inference="sampled", samples=3, seed=6))


def test_many_samples_come_near_the_gaussian_mean():
    """A single hidden layer, where the sums' mean and variance are exact: the outputs differ by the softmax only."""
    net = ann.Network([40], mask="dropconnect", keep=0.5, seed=1, initial="he")
    net.train(X, Y, epochs=5, **HOW)
    sampled = net.predict(X_TEST, inference="sampled", samples=4000)
    gaussian = net.predict(X_TEST, inference="gaussian")
    mean = net.predict(X_TEST)
    assert np.abs(sampled - gaussian).mean() < np.abs(sampled - mean).mean()


def test_keeping_everything_is_no_mask_at_all():
    full = [network(mask, keep=1.0).train(X, Y, epochs=2, **HOW) for mask in MASKS]
    assert same(full[0], full[1])
    assert same(full[0], full[2])
    sampled = full[2].predict(X_TEST, inference="sampled", samples=1)
    assert np.array_equal(sampled, full[0].predict(X_TEST))


@pytest.mark.parametrize("mask", MASKS)
def test_going_on_gives_the_same_bits(mask, tmp_path):
    whole = network(mask).train(X, Y, epochs=4, **HOW)
    half = network(mask).train(X, Y, epochs=2, threads=1, **HOW)
    assert not same(half, whole)
    half.save(tmp_path / "half.h5")
    loaded = ann.load(tmp_path / "half.h5")
    assert loaded.epochs == 2
    assert same(loaded, half)
    assert same(loaded.train(X, Y, epochs=4, threads=2), whole)
    assert same(half.train(X, Y, epochs=4), whole)
    for name in ("epoch", "learning_rate", "loss", "masked_error"):
        assert np.array_equal(loaded.history[name], whole.history[name])


def test_seeds_change_everything():
    assert same(network(seed=1).train(X, Y, epochs=1, **HOW), network(seed=1).train(X, Y, epochs=1, **HOW))
    assert not same(network(seed=1).train(X, Y, epochs=1, **HOW), network(seed=2).train(X, Y, epochs=1, **HOW))


def test_a_trained_network_with_other_masks(trained):
    certain = trained.with_mask("none")
    worse = trained.with_mask("dropconnect", 0.1)
    assert same(worse, trained)
    assert worse.description["layers"][0]["keep"] == 0.1
    chance = worse.error(X_TEST, Y_TEST, inference="sampled", samples=1)
    assert chance > certain.error(X_TEST, Y_TEST) + 0.1
    assert trained.description["layers"][0]["keep"] == 0.5


def test_votes_are_means(trained):
    other = network(seed=9).train(X, Y, epochs=3, **HOW)
    both = ann.vote([trained, other], X_TEST)
    expected = (trained.predict(X_TEST) + other.predict(X_TEST)) / 2
    np.testing.assert_allclose(both, expected, atol=1e-6)


def test_floats_are_taken_as_they_are():
    bytes_ = network().train(X, Y, epochs=1, **HOW)
    floats = network().train(X.reshape(300, -1).astype(np.float32) / np.float32(255), Y, epochs=1, **HOW)
    assert same(bytes_, floats)


def test_inputs_are_shifted_and_scaled():
    plain = network().train((X.reshape(300, -1) / 255.0 - 0.5) * 2.0, Y, epochs=1, **HOW)
    scaled = network(input_shift=0.5, input_scale=2.0).train(X, Y, epochs=1, **HOW)
    for a, b in zip(plain.weights, scaled.weights, strict=True):
        np.testing.assert_allclose(a, b, atol=1e-4)


def test_weights_can_be_set():
    net = ann.Network([2], inputs=2, classes=2, seed=0)
    net.set_weights(0, [[1, 0], [0, 1]], [0, 0])
    net.set_weights(1, [[1, 0], [0, 1]])
    np.testing.assert_allclose(net.predict(np.eye(2))[0], np.exp([1, 0]) / np.exp([1, 0]).sum(), rtol=1e-6)
    assert net.biases[1].tolist() == [0, 0]


def test_schedules_reach_the_record():
    net = network().train(X, Y, epochs=5, stages=[(3, 1.0), (2, 0.1)], **HOW)
    np.testing.assert_allclose(net.history["learning_rate"], [0.05, 0.05, 0.05, 0.005, 0.005])
    assert sum(epochs for epochs, _ in ann.wan_stages(600, 400, 20)) == 1100


def test_augmentation_changes_what_is_learned():
    moved = network().train(X, Y, epochs=1, augmentation={"shift": 1, "rotation": 10, "scale": 0.1}, **HOW)
    assert not same(moved, network().train(X, Y, epochs=1, **HOW))
    assert moved.settings["rotation"] == 10


def test_progress_reaches_the_end_and_errors_come_through():
    seen = []
    network().train(X, Y, epochs=2, **(HOW | {"progress": seen.append}))
    assert all(0 < share <= 1 for share in seen)
    assert seen == sorted(seen)

    def stop(net):
        if net.epochs == 2:
            raise KeyboardInterrupt

    net = network()
    with pytest.raises(KeyboardInterrupt):
        net.train(X, Y, epochs=4, on_epoch=stop, **HOW)
    assert net.epochs == 2
    assert same(net.train(X, Y, epochs=4), network().train(X, Y, epochs=4, **HOW))


@pytest.fixture
def interruptible():
    """Python's own Ctrl-C, whatever the tests were started with: a shell's background job ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_ctrl_c_stops_at_a_finished_epoch(interruptible):
    net = network()
    timer = threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        net.train(X, Y, epochs=1_000_000, **HOW)
    assert len(net.history) == net.epochs < 1_000_000
    assert same(net, network().train(X, Y, epochs=net.epochs, **HOW))


def test_what_it_says_of_itself(trained):
    assert repr(trained) == "<Network 36-64-48-4, dropconnect p = 0.5, 8 epochs>"
    assert repr(ann.Network([5])) == "<Network 5, not begun>"


def test_a_diverging_training_names_the_epoch(trained):
    net = network("none")
    with pytest.raises(Error, match=r"diverged in epoch 1\b") as error:
        net.train(X, Y, epochs=3, batch=32, learning_rate=1e30, progress=False)
    assert error.value.status == 1
    assert net.epochs == 0


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: network(keep=1.5).train(X, Y), r"keep 1.5: must lie in \(0, 1\]"),
        (lambda: network(keep=0).train(X, Y), r"keep 0: must lie in \(0, 1\]"),
        (lambda: network("dropconect").train(X, Y), "'dropconect': must be one of 'none', 'dropout'"),
        (lambda: ann.Network([0]).train(X, Y), "units 0"),
        (lambda: ann.Network([5, 5], mask=["none"] * 4), "mask: 4 values for 2 hidden layers"),
        (lambda: ann.Network([5], activation="softmax").train(X, Y), "softmax"),
        (lambda: network(seed=-1), "seed: expected a whole number from 0, not -1"),
        (lambda: network().train(X, Y, epochs=0), "epochs: expected a whole number from 1, not 0"),
        (lambda: network().train(X, Y, learning_rate=-1), "learning_rate -1"),
        (lambda: network().train(X, Y, epochs=3, stages=[(1, 1.0)]), "add up to the 3"),
        (lambda: network().train(X, Y, augmentation={"zoom": 1}), "no 'zoom'"),
        (lambda: network().train(X, Y[:-1]), r"labels of shape \(299,\)"),
        (lambda: network().train(X, Y.astype(str)), "whole numbers"),
        (lambda: network().train(X, Y - 1), "label -1"),
        (lambda: network(classes=3).train(X, Y), "whole numbers from 0 to 2"),
        (lambda: network().train(X[0, 0], Y), "reshape one example"),
        (lambda: network().train(X.astype(str), Y), "X: expected numbers, not values of type <U"),
        (lambda: network().train(np.full((300, 3), np.nan), Y), r"X: expected finite numbers, but \[0, 0\] is nan"),
        (lambda: network().train(X, Y, X_TEST), "both or neither"),
        (lambda: network().train(X, Y, X_TEST[:, :3], Y_TEST, epochs=1), "18 values"),
        (lambda: network().predict(X), "no inputs yet"),
        (lambda: ann.vote([], X), "no networks"),
        (lambda: ann.load("nowhere.h5"), "nowhere.h5"),
    ],
)
def test_mistakes(call, message):
    with pytest.raises(Error, match=message) as error:
        call()
    assert error.value.status == 2


def test_mistakes_with_a_trained_network(trained, tmp_path):
    for call, message in (
        (lambda: trained.predict(X[:, :2]), "examples of 12 values; the network has 36 inputs"),
        (lambda: trained.predict(X, inference="best"), "inference must be"),
        (lambda: trained.error(X, Y[:5]), "300 examples"),
        (lambda: trained.set_weights(3, [[1]]), "layer: expected a whole number from 0 to 2, not 3"),
        (lambda: trained.set_weights(0, [[1]]), r"weights of layer 0: expected the shape \(36, 64\), not \(1, 1\)"),
        (lambda: trained.with_mask("dropout", 2), r"\(0, 1\]"),
        (lambda: trained.save(tmp_path / "no" / "folder.h5"), "folder.h5"),
        (lambda: ann.vote([trained, ann.Network([3], inputs=5, classes=2)], X), "networks differ"),
    ):
        with pytest.raises(Error, match=message):
            call()

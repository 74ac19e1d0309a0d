# SPDX-License-Identifier: BSD-3-Clause
"""Steps of a training against NumPy, from the equations of docs/artificial-networks.md alone.

Which examples a step sees is not taken from the engine: every possible choice is computed, and exactly one of them must
give the engine's weights. A step in double precision differs from the engine's floats by a few roundings of
2**-24 of the largest term each; the bound is 2e-6 of weights of about 1, and other choices are 1e-3 away and more.
"""

from __future__ import annotations

from itertools import combinations, permutations

import numpy as np
import pytest

from bouton import ann

INPUTS, HIDDEN, CLASSES = 5, 4, 3
RATE, MOMENTUM, DECAY, BIAS_RATE = 0.15, 0.7, 0.02, 1.7
BOUND = 2e-6
HOW = {
    "learning_rate": RATE,
    "momentum": MOMENTUM,
    "weight_decay": DECAY,
    "bias_rate": BIAS_RATE,
    "progress": False,
    "threads": 1,
}


def data(n: int) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(4)
    return random.normal(0, 1, (n, INPUTS)).astype(np.float32), random.integers(0, CLASSES, n)


def network(mask: str = "none", activation: str = "tanh", **more) -> ann.Network:
    """Return a small network whose weights, biases and activations are all of about 1."""
    keep = 0.5 if mask != "none" else 1.0
    net = ann.Network(
        [HIDDEN], inputs=INPUTS, classes=CLASSES, activation=activation, mask=mask, keep=keep, seed=11, **more
    )
    random = np.random.default_rng(5)
    for layer, shape in enumerate([(INPUTS, HIDDEN), (HIDDEN, CLASSES)]):
        net.set_weights(layer, random.normal(0, 0.8, shape), random.normal(0, 0.8, shape[1]))
    return net


class Reference:
    """Weights, biases and their velocities in double precision."""

    def __init__(self, net: ann.Network) -> None:
        self.w = [w.astype(float) for w in net.weights]
        self.b = [b.astype(float) for b in net.biases]
        self.vw = [np.zeros_like(w) for w in self.w]
        self.vb = [np.zeros_like(b) for b in self.b]

    def copy(self) -> Reference:
        other = object.__new__(Reference)
        for name in ("w", "b", "vw", "vb"):
            setattr(other, name, [a.copy() for a in getattr(self, name)])
        return other

    def losses_and_gradients(self, x, y, mask="none", kept=None):
        """Return each example's loss and the mean gradients; `kept`: masks of the hidden layer by place in the batch."""
        n = len(x)
        x = x.astype(float)
        if mask == "dropconnect":
            u = np.einsum("nj,nji->ni", np.c_[x, np.ones(n)], kept * np.vstack([self.w[0], self.b[0]]))
        else:
            u = x @ self.w[0] + self.b[0]
        a = np.tanh(u)
        h = a * kept if mask == "dropout" else a
        z = h @ self.w[1] + self.b[1]
        p = np.exp(z - z.max(axis=1, keepdims=True))
        p /= p.sum(axis=1, keepdims=True)
        losses = -np.log(p[np.arange(n), y])
        delta = p.copy()
        delta[np.arange(n), y] -= 1
        delta /= n
        gw1, gb1 = h.T @ delta, delta.sum(axis=0)
        below = (delta @ self.w[1].T) * (1 - a**2)
        if mask == "dropout":
            below = below * kept
        if mask == "dropconnect":
            both = np.einsum("nj,nji,ni->ji", np.c_[x, np.ones(n)], kept, below)
            gw0, gb0 = both[:-1], both[-1]
        else:
            gw0, gb0 = x.T @ below, below.sum(axis=0)
        return losses, [gw0, gw1], [gb0, gb1]

    def step(self, x, y, rate=RATE, **masks) -> np.ndarray:
        """One step of momentum: decay for the weights, not the biases, whose rate is another."""
        losses, gw, gb = self.losses_and_gradients(x, y, **masks)
        for k in range(2):
            self.vw[k] = MOMENTUM * self.vw[k] - rate * (gw[k] + DECAY * self.w[k])
            self.vb[k] = MOMENTUM * self.vb[k] - rate * BIAS_RATE * gb[k]
            self.w[k] = self.w[k] + self.vw[k]
            self.b[k] = self.b[k] + self.vb[k]
        return losses

    def distance(self, net: ann.Network) -> float:
        pairs = zip([*self.w, *self.b], [*net.weights, *net.biases], strict=True)
        return max(float(np.abs(a - b).max()) for a, b in pairs)


def the_one(candidates: list[tuple], net: ann.Network) -> tuple:
    """Return the candidate (reference, ...) that has the engine's weights, and make sure that it is the only one."""
    near = [c for c in candidates if c[0].distance(net) < BOUND]
    far = [c[0].distance(net) for c in candidates if c[0].distance(net) >= BOUND]
    assert len(near) == 1, (len(near), sorted(far)[:3])
    assert not far or min(far) > 20 * BOUND
    return near[0]


def test_three_steps_on_all_examples() -> None:
    """One batch an epoch: momentum, decay and rates of weights and biases, and the loss before each step."""
    x, y = data(7)
    net = network()
    reference = Reference(net)
    for epoch in range(1, 4):
        net.train(x, y, epochs=epoch, batch=7, **HOW)
        losses = reference.step(x, y)
        assert reference.distance(net) < BOUND, epoch
        assert net.history["loss"][-1] == pytest.approx(losses.mean(), abs=1e-6)


def test_rates_follow_the_schedule() -> None:
    x, y = data(7)
    net = network()
    reference = Reference(net)
    net.train(x, y, epochs=3, batch=7, stages=[(1, 1.0), (2, 0.25)], **HOW)
    for factor in (1.0, 0.25, 0.25):
        reference.step(x, y, RATE * factor)
    assert reference.distance(net) < BOUND


def test_a_short_last_batch_counts_by_its_examples() -> None:
    """5 examples in batches of 3: the step of the second is over its 2, and each example counts once in the loss."""
    x, y = data(5)
    net = network()
    state = Reference(net)
    orders = []
    for epoch in range(1, 5):
        net.train(x, y, epochs=epoch, batch=3, **HOW)
        candidates = []
        for first in combinations(range(5), 3):
            second = [k for k in range(5) if k not in first]
            after = state.copy()
            losses = np.concatenate([after.step(x[list(first)], y[list(first)]), after.step(x[second], y[second])])
            candidates.append((after, losses, first))
        state, losses, first = the_one(candidates, net)
        orders.append(first)
        assert net.history["loss"][-1] == pytest.approx(losses.mean(), abs=1e-6)
    assert len(set(orders)) > 1  # 10 choices: four times the same has a probability of 1e-3


@pytest.mark.parametrize("mask", ["dropout", "dropconnect"])
def test_three_masked_steps(mask) -> None:
    """Masks go by place in the batch and by step: some order of the examples must give the weights, and only one."""
    x, y = data(4)
    net = network(mask)
    state = Reference(net)
    orders = []
    for epoch in range(1, 4):
        kept = net.masks(4, 0, seed=11, step=epoch - 1)
        net.train(x, y, epochs=epoch, batch=4, **HOW)
        candidates = []
        for order in permutations(range(4)):
            after = state.copy()
            losses = after.step(x[list(order)], y[list(order)], mask=mask, kept=kept)
            candidates.append((after, losses, order))
        state, losses, order = the_one(candidates, net)
        orders.append(order)
        assert net.history["loss"][-1] == pytest.approx(losses.mean(), abs=1e-6)
    assert len(set(orders)) > 1  # 24 orders: three times the same has a probability of 2e-3


def test_start_numbers() -> None:
    """N(0, 0.1^2), or He's N(0, 2/inputs), each layer its own; biases are 0.

    The mean of n numbers has a standard error of sd/sqrt(n), their variance one of sqrt(2/n), a correlation 1/sqrt(n).
    """
    sizes = {"inputs": 200, "classes": 200}
    for initial, sds in (("normal", [0.1] * 3), ("he", [(2 / 200) ** 0.5, (2 / 300) ** 0.5, (2 / 200) ** 0.5])):
        net = ann.Network([300, 200], initial=initial, seed=3, **sizes)
        for w, b, sd in zip(net.weights, net.biases, sds, strict=True):
            n = w.size
            assert not b.any()
            assert abs(w.mean()) < 4.5 * sd / n**0.5
            assert abs(w.astype(float).var() / sd**2 - 1) < 4.5 * (2 / n) ** 0.5
            kurtosis = ((w.astype(float) / sd) ** 4).mean()
            assert abs(kurtosis - 3) < 4.5 * (96 / n) ** 0.5
            assert len(np.unique(w)) > 0.99 * n
    wide = ann.Network([200, 200], seed=3, **sizes).weights
    for one, other in combinations(range(3), 2):
        assert abs(np.corrcoef(wide[one].ravel(), wide[other].ravel())[0, 1]) < 4.5 / 200
    scaled = ann.Network([300, 200], initial_scale=0.3, seed=3, **sizes).weights[0]
    np.testing.assert_allclose(scaled, 3 * ann.Network([300, 200], seed=3, **sizes).weights[0], rtol=1e-6)


def masked_probabilities(net: ann.Network, x: np.ndarray, kept: np.ndarray) -> np.ndarray:
    reference = Reference(net)
    u = np.einsum("nj,nji->ni", np.c_[x, np.ones(len(x))], kept * np.vstack([reference.w[0], reference.b[0]]))
    z = np.tanh(u) @ reference.w[1] + reference.b[1]
    p = np.exp(z - z.max(axis=1, keepdims=True))
    return p / p.sum(axis=1, keepdims=True)


def test_every_pass_of_sampled_inference_has_masks_of_its_own() -> None:
    """Blocks of 128 examples, samples and networks: pass k has the masks of step k, as the documentation counts them."""
    x = np.repeat(data(1)[0], 300, axis=0)
    net = network("dropconnect")
    other = network("dropconnect")
    other.set_weights(1, -net.weights[1])
    for nets, samples in (([net], 1), ([net], 3), ([net, other], 2)):
        found = ann.vote(nets, x, inference="sampled", samples=samples, seed=9)
        expected = np.zeros((300, CLASSES))
        for number, one in enumerate(nets):
            for block in range(3):
                rows = slice(128 * block, min(300, 128 * (block + 1)))
                count = len(x[rows])
                for sample in range(samples):
                    kept = one.masks(count, 0, seed=9, step=(3 * number + block) * samples + sample)
                    expected[rows] += masked_probabilities(one, x[rows], kept) / samples / len(nets)
        np.testing.assert_allclose(found, expected, atol=2e-6)
        # The examples are equal: what neighbouring batches share would be shared masks.
        assert np.mean(np.abs(found[:44] - found[128:172]) < 1e-6) < 0.05
        assert np.mean(np.abs(found[128:172] - found[256:]) < 1e-6) < 0.05

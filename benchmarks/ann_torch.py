# SPDX-License-Identifier: BSD-3-Clause
"""Training steps of 784-W-W-10 in PyTorch on the CPU, each in the quickest of its ordinary forms.

Batches lie ready as float32, nothing is gathered; the optimiser is the fused SGD (quicker than foreach). DropConnect
with one mask per example has two forms: the whole batch at once with masks [batch, outputs, inputs], or one example
after the other with gradients summed up, which keeps the masks small.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import nn

PIXELS, CLASSES, BATCHES = 784, 10, 20
LEARNING_RATE, MOMENTUM = 1e-3, 0.9
LARGE = 1 << 22  # mask values from which on bernoulli_ (several threads) beats rand (one thread, quicker by itself)


class DropConnect(nn.Linear):
    """A layer whose weights and biases are each kept with probability `keep`, anew for every example."""

    def __init__(self, inputs: int, outputs: int, keep: float):
        super().__init__(inputs, outputs)
        self.keep = keep

    def mask(self, *shape: int) -> torch.Tensor:
        """Draw a mask."""
        values = torch.Size(shape).numel()
        return torch.empty(shape).bernoulli_(self.keep) if values > LARGE else torch.rand(shape) < self.keep

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        """Return (M o W) v + M_b o b with an M and an M_b for each row of `inputs`."""
        weights = self.mask(len(inputs), *self.weight.shape) * self.weight
        biases = self.mask(len(inputs), len(self.bias)) * self.bias
        return torch.bmm(weights, inputs.unsqueeze(2)).squeeze(2) + biases


def network(method: str, width: int, keep: float) -> nn.Module:
    """Return the network for "none", "dropout" or "dropconnect"."""
    layers: list[nn.Module] = []
    for inputs in (PIXELS, width):
        layers.append(DropConnect(inputs, width, keep) if method == "dropconnect" else nn.Linear(inputs, width))
        layers.append(nn.ReLU())
        if method == "dropout":
            layers.append(nn.Dropout(1.0 - keep))
    return nn.Sequential(*layers, nn.Linear(width, CLASSES))


def make_step(method: str, width: int, batch: int, threads: int, keep: float, whole: bool = True) -> Callable[[], None]:
    """Return a function that does one step; `whole`: the batch at once, else example by example."""
    torch.set_num_threads(threads)
    torch.manual_seed(1)
    model = network(method, width, keep)
    optimiser = torch.optim.SGD(model.parameters(), lr=LEARNING_RATE, momentum=MOMENTUM, fused=True)
    inputs = torch.rand(BATCHES, batch, PIXELS)
    labels = torch.randint(CLASSES, (BATCHES, batch))
    parts = 1 if whole else batch
    done = 0

    def step() -> None:
        nonlocal done
        here = done % BATCHES
        done += 1
        optimiser.zero_grad(set_to_none=True)
        for x, y in zip(inputs[here].chunk(parts), labels[here].chunk(parts), strict=True):
            loss = F.cross_entropy(model(x), y)
            (loss if whole else loss / batch).backward()
        optimiser.step()

    return step


def time_steps(step: Callable[[], None], repetitions: int, seconds: float = 0.1) -> list[float]:
    """Return the mean seconds per step of some repetitions of at least `seconds` each."""
    begin = time.perf_counter()
    step()
    first = time.perf_counter() - begin
    if first < 1.0:  # else it needs no warming up and counts
        for _ in range(2):
            step()
    means = [] if first < 1.0 else [first]
    while len(means) < repetitions:
        steps, begin = 0, time.perf_counter()
        while (passed := time.perf_counter() - begin) < seconds:
            step()
            steps += 1
        means.append(passed / steps)
    return means


def version() -> str:
    """Return PyTorch's version."""
    return f"PyTorch {torch.__version__}"

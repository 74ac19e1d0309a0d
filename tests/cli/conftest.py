# SPDX-License-Identifier: BSD-3-Clause
"""Runs the program on small networks and images. BOUTON_EXE names another program than build/bouton."""

from __future__ import annotations

import gzip
import os
import struct
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[2]

NETWORK = """\
[simulation]
duration = "200 ms"
seed = 3

[neurons.input]
size = 50
model = "poisson"
parameters = { rate = "50 Hz" }

[neurons.cells]
size = 10
model = "lif_cond_exp"

[synapses.exc]
from = "input"
to = "cells"
connect = { rule = "fixed_probability", p = 0.5 }
delay = "1 ms"
target = "g_exc"
initial = { w = "6 nS" }
plasticity = { model = "stdp_pair", parameters = { w_max = "10 nS" } }

[[record]]
spikes = "input"
[[record]]
spikes = "cells"
[[record]]
rate = "cells"
bin = "10 ms"
[[record]]
variables = ["v", "g_exc"]
of = "cells"
indices = [0, 3]
every = "1 ms"
[[record]]
variables = ["w"]
of = "exc"
every = "50 ms"
float32 = true
"""


def executable() -> Path:
    """Return the program under test."""
    return Path(os.environ.get("BOUTON_EXE", ROOT / "build" / "bouton")).resolve()


IDX_NAMES = {"train": ("train-images-idx3-ubyte", "train-labels-idx1-ubyte"),
             "test": ("t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")}


def idx(array: np.ndarray) -> bytes:
    """Return the bytes of an IDX file."""
    return struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape) + array.astype(np.uint8).tobytes()


def stripes(count: int, seed: int, *, size: int = 8, classes: int = 4) -> tuple[np.ndarray, np.ndarray]:
    """Return images [count, size, size] and labels; a label is the direction of the stripes."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(classes, size=count)
    angles = np.pi * labels / classes
    y, x = np.mgrid[:size, :size]
    phase = rng.uniform(0, 2 * np.pi, size=(count, 1, 1))
    along = x * np.cos(angles)[:, None, None] + y * np.sin(angles)[:, None, None]
    images = 128 + 90 * np.sin(1.3 * along + phase) + rng.normal(0, 15, size=(count, size, size))
    return np.clip(images, 0, 255).astype(np.uint8), labels


def write_part(folder: Path, part: str, images: np.ndarray, labels: np.ndarray, *, packed: bool = False) -> None:
    """Write the two files of a part."""
    folder.mkdir(exist_ok=True)
    for name, array in zip(IDX_NAMES[part], (images, labels), strict=True):
        content = idx(np.asarray(array))
        if packed:
            (folder / f"{name}.gz").write_bytes(gzip.compress(content))
        else:
            (folder / name).write_bytes(content)


@dataclass
class Workplace:
    """A folder of its own with net.toml in it."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path

    def write_stripes(self, name: str, *, train: int = 600, test: int = 200, seed: int = 1) -> Path:
        """Write a data set in MNIST's format: stripes in one of four directions, with noise."""
        folder = self.folder / name
        write_part(folder, "train", *stripes(train, seed), packed=True)
        write_part(folder, "test", *stripes(test, seed + 1000))
        return folder

    def command(self, *arguments: str) -> list[str]:
        return [str(executable()), *arguments]

    def run(self, *arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
        """Run the program to its end."""
        return subprocess.run(
            self.command(*arguments),
            cwd=self.folder,
            env={**os.environ, **self.environment},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
            **options,
        )

    def start(self, *arguments: str, **options: Any) -> subprocess.Popen[str]:
        """Start the program and return at once."""
        return subprocess.Popen(
            self.command(*arguments),
            cwd=self.folder,
            env={**os.environ, **self.environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            **options,
        )


@pytest.fixture
def place(tmp_path: Path) -> Workplace:
    """Return a folder with net.toml in it."""
    made = Workplace(tmp_path)
    made.write("net.toml", NETWORK)
    return made

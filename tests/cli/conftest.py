# SPDX-License-Identifier: BSD-3-Clause
"""Runs the program on small networks. BOUTON_EXE names another program than build/bouton."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

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


@dataclass
class Workplace:
    """A folder of its own with net.toml in it."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path

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

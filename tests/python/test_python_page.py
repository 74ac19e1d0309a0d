# SPDX-License-Identifier: BSD-3-Clause
"""The recipe of docs/python.md that draws synapses at their spikes is a program that runs, and shows what it says."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np

PAGE = Path(__file__).resolve().parents[2] / "docs" / "python.md"


def test_synapses_at_their_spikes(tmp_path: Path) -> None:
    section = PAGE.read_text().split("### Synapses at their spikes")[1].split("\n## ")[0]
    recipe = re.search(r"^```python\n(.*?)^```$", section, re.MULTILINE | re.DOTALL).group(1)
    recipe += """
for axes in panels:
    for line in axes.lines:
        print(axes.get_title(), line.get_label(), *(float(value) for value in line.get_ydata()))
"""
    (tmp_path / "recipe.py").write_text(recipe)
    done = subprocess.run(
        [sys.executable, "recipe.py"],
        cwd=tmp_path,
        env={**os.environ, "MPLBACKEND": "agg"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "synapses_at_spikes.png").stat().st_size > 10_000
    shown = {}
    for line in done.stdout.splitlines():
        title, label, *values = line.split()
        shown[title, label] = np.array(values, dtype=float)
    # A train of 20 Hz: see models/release/tsodyks_markram.toml. Four digits are published.
    np.testing.assert_allclose(shown["depressing", "release"][:4], [0.5, 0.2651, 0.1548, 0.1030], atol=5e-5)
    released = shown["facilitating", "release"]
    assert len(released) == 9
    assert released[0] == 0.1 < released[1] < released[2]
    # u jumps by U*(1 - u), so that what is recorded is what the spike left.
    before = released / (released + shown["facilitating", "x"])
    np.testing.assert_allclose(shown["facilitating", "u"], before + 0.1 * (1 - before), rtol=1e-12)

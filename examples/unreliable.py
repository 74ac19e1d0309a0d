# SPDX-License-Identifier: BSD-3-Clause
"""Makes the picture of the README: unreliable.toml, run as it stands, light and dark."""

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np

import bouton

HERE = Path(__file__).resolve().parent
IMAGES = HERE.parent / "docs" / "images"


def draw(results: bouton.Results, dark: bool) -> plt.Figure:
    """Show the weights at the start and at the end, and the rate of the cell."""
    with bouton.plot.style(dark) as colours:
        figure, (left, right) = plt.subplots(1, 2, figsize=(8.2, 2.7))
        recording = results.recordings["exc"]
        w = recording["w"]
        left.hist(
            w[0] * 1e12, bins=40, histtype="step", color=colours.quiet, linewidth=1.4, label="at the start"
        )
        bouton.plot.weight_histogram(w[-1], left, unit="A", color=colours.blue, label="after 200 s")
        left.legend(loc="upper center")
        counts, edges = np.histogram(results.spikes["cell"].times * 1e-3, np.arange(0, 201, 5))
        right.stairs(counts / 5, edges, baseline=None, color=colours.orange, linewidth=1.8)
        right.set(xlabel="time (s)", ylabel="rate of the cell (Hz)", ylim=(0, None))
    return figure


def main() -> None:
    mpl.use("Agg")
    network = bouton.load(HERE / "unreliable.toml")
    network.record("w", of="exc", every="199.9 s")
    with network.run() as results:
        for dark in (False, True):
            with mpl.rc_context({"svg.hashsalt": "bouton"}):
                file = IMAGES / f"unreliable_{'dark' if dark else 'light'}.svg"
                draw(results, dark).savefig(file, transparent=True, metadata={"Date": None})
                print(f"wrote {file}")


if __name__ == "__main__":
    main()

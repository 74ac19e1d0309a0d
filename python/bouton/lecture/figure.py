# SPDX-License-Identifier: BSD-3-Clause
"""What a figure of the report consists of: panels, checks of measured against expected numbers, and the runs behind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure as Drawing

import bouton
from bouton.network import Network
from bouton.results import Results


@dataclass(frozen=True)
class Check:
    """A measured number beside what theory or literature expects.

    Attributes
    ----------
    what : str
        The quantity, with its unit.
    measured : float
    expected : float, optional
        With `tolerance`; or else the bounds `low` and `high`, of which one may be missing.
    why : str
        Where the expected number and the tolerance come from.
    """

    what: str
    measured: float
    expected: float | None = None
    tolerance: float | None = None
    low: float | None = None
    high: float | None = None
    why: str = ""

    @property
    def ok(self) -> bool:
        if self.expected is not None and self.tolerance is not None:
            return abs(self.measured - self.expected) <= self.tolerance
        above = self.low is None or self.measured >= self.low
        return above and (self.high is None or self.measured <= self.high)

    @property
    def expected_text(self) -> str:
        if self.expected is not None:
            return number(self.expected)
        if self.low is not None and self.high is not None:
            return f"{number(self.low)} to {number(self.high)}"
        return (
            f"at least {number(self.low)}" if self.low is not None else f"at most {number(self.high or 0.0)}"
        )

    @property
    def tolerance_text(self) -> str:
        return "" if self.tolerance is None else f"± {number(self.tolerance, 2)}"


@dataclass
class Panel:
    """One drawing with its own caption; ``alt`` describes it for those who cannot see it."""

    drawing: Drawing
    caption: str
    alt: str = ""


@dataclass
class Run:
    """One simulation behind a figure."""

    network: str
    simulated: float  # s
    summary: dict[str, Any]


@dataclass
class Figure:
    """One figure of the report.

    Attributes
    ----------
    title : str
    text : str
        What was simulated and what is to be seen; paragraphs are separated by blank lines.
    panels : list of Panel
    parameters : dict of str
        Name -> value, as a student would look for them.
    checks : list of Check
    data : str
        Which data set was used, if any.
    network_alone : bool
        Whether the network file of this name can be run as it stands.
    """

    title: str
    text: str
    panels: list[Panel]
    parameters: dict[str, str] = field(default_factory=dict)
    checks: list[Check] = field(default_factory=list)
    data: str = ""
    network_alone: bool = True


class Context:
    """What a figure's script may use: its folder, the size of the run asked for, and a way to run networks.

    Attributes
    ----------
    folder : Path
        Holds the script and its network files.
    full : bool
        Whether the long version is wanted.
    data : Path or None
        Where data sets are looked for first.
    runs : list of Run
        The simulations so far.
    """

    def __init__(
        self,
        folder: Path,
        full: bool = False,
        data: Path | None = None,
        report: Callable[[str, float], None] | None = None,
    ) -> None:
        self.folder = folder
        self.full = full
        self.data = data
        self.runs: list[Run] = []
        self._report = report

    def load(self, name: str) -> Network:
        """Return the network file `name` of this folder as a builder."""
        return bouton.load(self.folder / name)

    def run(self, network: str | Network, set: Mapping[str, Any] | None = None) -> Results:
        """Run a network file of this folder, or a network, and return the results."""
        name = network if isinstance(network, str) else f"{network.name}.toml"
        progress: Any = (lambda fraction: self._report(name, fraction)) if self._report else None
        if isinstance(network, str):
            results = bouton.run(self.folder / network, set=set, progress=progress)
        else:
            results = network.run(progress=progress)
        changed = "".join(f", {key} = {value}" for key, value in (set or {}).items())
        self.runs.append(Run(name + changed, results.duration * 1e-3, results.summary))
        return results

    def progress(self, name: str) -> Callable[[float], None]:
        """Return what a training may be given to tell how far it is; `name` says what it is."""
        report = self._report
        return (lambda fraction: report(name, fraction)) if report else (lambda _: None)


def number(value: float, digits: int = 3) -> str:
    """Return a number as a reader wants it: three digits, no needless zeros, powers of ten where they help."""
    text = f"{value:.{digits}g}"
    if "e" in text:
        mantissa, exponent = text.split("e")
        text = f"{mantissa}·10^{int(exponent)}" if not 0 < int(exponent) < 6 else f"{float(text):,.0f}"
    return text.replace("-", "−") if "^" not in text else text

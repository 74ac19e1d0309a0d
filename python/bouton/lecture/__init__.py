# SPDX-License-Identifier: BSD-3-Clause
"""The lecture's report: every figure simulated, measured and explained. ``python -m bouton.lecture -o report``."""

from __future__ import annotations

from bouton.lecture.examples import Example, find_examples
from bouton.lecture.figure import Check, Context, Figure, Panel
from bouton.lecture.script import script

__all__ = ["Check", "Context", "Example", "Figure", "Panel", "find_examples", "script"]

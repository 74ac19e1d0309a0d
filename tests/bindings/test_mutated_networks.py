# SPDX-License-Identifier: BSD-3-Clause
"""Networks that are right, changed at random: the check answers with a page or with mistakes that have a place."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from bouton import _core

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = sorted(path for path in (ROOT / "examples").glob("**/*.toml") if "[neurons" in path.read_text())
SOURCES = [ROOT / "tests" / "models" / "load" / "complete.toml", *EXAMPLES]
INTERNAL = "_P_0_0 _Q_0_0 _seen _last _active _spikes _multiplicity _epoch _sum_0 pre post delay dendritic_delay".split()
RESERVED = "t dt i j N e pi inf xi lastspike not_refractory release target_unit int exp True and".split()
NUMBERS = "2147483647 2147483648 9007199254740993 1e308 1e309 1e-320 1e-400 -0.0 65535 65536 nan inf -1 0".split()
PIECES = ["(", ")", "[", "]", "{", "}", '"', "'''", "=", ":", ",", "**", "#", "\\", "\n", "\u00e9", "\x07", "[[record]]\n"]


def mutated(text: str, draw: random.Random) -> str:
    """The text with one to three places changed."""
    for _ in range(draw.randint(1, 3)):
        at = draw.randrange(len(text))
        end = min(len(text), at + draw.choice([0, 0, 1, 1, 3, 20]))
        kind = draw.randrange(4)
        if kind == 0:
            new = draw.choice(INTERNAL + RESERVED)
        elif kind == 1:
            new = draw.choice(NUMBERS)
        elif kind == 2:
            new = draw.choice(PIECES)
        else:
            start = draw.randrange(len(text))
            new = text[start : start + draw.randint(1, 30)]
        text = text[:at] + new + text[end:]
    return text


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_a_mutated_network_is_checked_or_refused_with_places(source):
    draw = random.Random(source.stem)
    text = source.read_text()
    for _ in range(30):
        mutant = mutated(text, draw)
        try:
            assert _core.check(text=mutant, name="mutant.toml", folder=str(source.parent))
        except _core.Error as error:
            assert error.status == 2, mutant
            assert error.diagnostics, mutant
            for found in error.diagnostics:
                assert found["file"] and found["line"] >= 1 and found["column"] >= 1, (mutant, found)
                assert "internal" not in found["message"], (mutant, found)

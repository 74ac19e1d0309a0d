# SPDX-License-Identifier: BSD-3-Clause
"""docs/state.md names every class that is written down with a run, and each of these names all of its members."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "state.md").read_text(encoding="utf-8")


def archived() -> dict[str, str]:
    """Return the bodies of all archive() functions under src, by class."""
    bodies: dict[str, str] = {}
    for path in sorted((ROOT / "src").rglob("*.?pp")):
        text = path.read_text(encoding="utf-8")
        for found in re.finditer(r"^( *)void (?:(?:\w+::)*(\w+)::)?archive\(base::Archive& archive.*?\{\n", text, re.MULTILINE):
            indent, of = found[1], found[2]
            end = text.index(f"\n{indent}}}", found.end())
            before = re.findall(r"^(?:class|struct) (?:alignas\([^)]*\) )?(\w+)", text[: found.start()], re.MULTILINE)
            bodies[of or before[-1]] = text[found.end() : end]
    return bodies


def test_every_class_of_the_state_stands_in_the_table():
    rows = re.findall(r"^\| [^|]+ \| `(\w+)` \| `([\w/.]+)` \|", PAGE, re.MULTILINE)
    for name, header in rows:
        assert re.search(rf"\b(?:class|struct) (?:alignas\([^)]*\) )?(?:\w+::)?{name}\b", (ROOT / header).read_text()), name
    said = {name for name, _ in rows} | set(re.findall(r"`(NeuronGroup|SynapseGroup|Simulation|SavedNetwork|SavedRun)`", PAGE))
    assert said == set(archived())


def test_each_names_all_of_its_members():
    whole = {name for name, body in archived().items() if re.search(r"\] =\s*\*this;", body)}
    # These are parts of a simulation: what they hold besides is no state.
    assert set(archived()) - whole == {"State", "Recording", "NeuronGroup", "SynapseGroup", "Simulation"}

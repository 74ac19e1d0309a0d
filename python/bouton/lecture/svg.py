# SPDX-License-Identifier: BSD-3-Clause
"""Turns drawings into SVG text that takes its colours from the page, so that one figure reads on light and on dark."""

from __future__ import annotations

import io
import re
from dataclasses import fields
from html import escape

import matplotlib as mpl
from matplotlib.figure import Figure as Drawing

from bouton.plot.style import DARK, LIGHT


def inline_svg(drawing: Drawing, name: str, alt: str) -> str:
    """Return an ``<svg>`` element for a page that defines the variables of :func:`color_variables`.

    Parameters
    ----------
    drawing : matplotlib Figure
        Drawn with the light palette.
    name : str
        Unique on the page; begins every id.
    alt : str
        Read aloud instead of the drawing.
    """
    out = io.StringIO()
    with mpl.rc_context({"svg.fonttype": "path", "svg.hashsalt": name}):
        drawing.savefig(
            out, format="svg", transparent=True, dpi=160, metadata={"Date": None, "Creator": None}
        )
    text = out.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.S)
    text = re.sub(r'(<svg [^>]*?)width="[^"]*" ', r"\1", text, count=1)
    text = re.sub(r'(<svg [^>]*?)height="[^"]*" ', r"\1", text, count=1)
    text = re.sub(r'\bid="', f'id="{name}-', text)
    text = re.sub(r'href="#', f'href="#{name}-', text)
    text = re.sub(r"url\(#", f"url(#{name}-", text)
    for field in fields(LIGHT):
        text = text.replace(getattr(LIGHT, field.name), f"var(--{field.name})")
    return text.replace("<svg ", f'<svg role="img" aria-label="{escape(alt, quote=True)}" ', 1)


def color_variables(dark: bool) -> str:
    """Return the declarations of the palette's colours as CSS variables."""
    palette = DARK if dark else LIGHT
    return " ".join(f"--{field.name}: {getattr(palette, field.name)};" for field in fields(palette))

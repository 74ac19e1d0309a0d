# SPDX-License-Identifier: BSD-3-Clause
"""Writes the report: one HTML page that needs nothing beside it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape
from importlib.resources import files

import bouton
from bouton.lecture.figure import Check, Figure, Run, number
from bouton.lecture.svg import color_variables, inline_svg

TITLE = "Synapses that change, fail and learn"

#: Stands near the beginning of every report.
MARK = f"<title>{TITLE}</title>"
INTRODUCTION = """
Every figure on this page was simulated by bouton when the page was made. Beside each stand the numbers that were
measured and those that theory or the literature expects, and the command that makes this figure alone. The headings
follow the lecture "Synapses 2" of the course Neuroscience for machine learners.
"""


@dataclass(frozen=True)
class Rendered:
    """A figure as HTML, ready for the page; what a worker hands back."""

    name: str
    section: str
    order: int
    title: str
    html: str
    checks: int
    checks_ok: int
    seconds: float


def render(figure: Figure, name: str, section: str, order: int, runs: list[Run], seconds: float) -> Rendered:
    """Return a figure as HTML."""
    panels = "\n".join(
        f"<figure>{inline_svg(panel.drawing, f'{name}{k}', panel.alt or panel.caption)}"
        f"<figcaption>{markup(panel.caption)}</figcaption></figure>"
        for k, panel in enumerate(figure.panels)
    )
    parts = [
        f'<h3 id="{name}">{markup(figure.title)}</h3>',
        "".join(f"<p>{markup(text)}</p>" for text in re.split(r"\n\s*\n", figure.text.strip())),
        f'<div class="panels">\n{panels}\n</div>',
        f'<p class="quiet">Data: {markup(figure.data)}.</p>' if figure.data else "",
        _checks(figure.checks),
        _details(figure, runs, seconds),
        f"<pre>{_commands(figure, name)}</pre>",
    ]
    ok = sum(check.ok for check in figure.checks)
    return Rendered(name, section, order, figure.title, "\n".join(parts), len(figure.checks), ok, seconds)


def page(figures: list[Rendered]) -> str:
    """Return the whole page."""
    figures = sorted(figures, key=lambda figure: figure.order)
    body: list[str] = []
    contents: list[str] = []
    for section in dict.fromkeys(figure.section for figure in figures):
        inside = [figure for figure in figures if figure.section == section]
        links = ", ".join(f'<a href="#{figure.name}">{markup(figure.title)}</a>' for figure in inside)
        contents.append(f"<li>{escape(section)}: {links}</li>")
        body.append(f"<section><h2>{escape(section)}</h2>")
        body += [figure.html for figure in inside]
        body.append("</section>")
    total, ok = sum(figure.checks for figure in figures), sum(figure.checks_ok for figure in figures)
    spent = sum(figure.seconds for figure in figures)
    style = (files("bouton.lecture") / "page.css").read_text(encoding="utf-8")
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
{MARK}
<style>
:root {{ {color_variables(dark=False)} }}
@media (prefers-color-scheme: dark) {{ :root {{ {color_variables(dark=True)} }} }}
{style}</style>
</head>
<body>
<header>
<h1>{TITLE}</h1>
<p>{markup(INTRODUCTION)}</p>
<p class="quiet">{ok} of {total} checks lie within their tolerance. bouton {escape(bouton.__version__)},
{number(spent)} s of work for all figures.</p>
<nav><ol>{"".join(contents)}</ol></nav>
</header>
<main>
{chr(10).join(body)}
</main>
<footer class="quiet">Made by <code>python -m bouton.lecture</code>. Each figure is a short script with its network
files in <code>examples/lecture</code>: change a number and run it again.</footer>
</body>
</html>
"""


def _commands(figure: Figure, name: str) -> str:
    script = f".venv/bin/python examples/lecture/{name}.py"
    return f"{script}\nbuild/bouton run examples/lecture/{name}.toml" if figure.network_alone else script


def _checks(checks: list[Check]) -> str:
    if not checks:
        return ""
    heads = ("quantity", "expected", "measured", "tolerance", "within")
    head = "".join(f"<th>{word}</th>" for word in heads)
    rows = "".join(_check_row(check) for check in checks)
    return f'<table class="checks"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'


def _check_row(check: Check) -> str:
    why = f' <span class="note">{markup(check.why)}</span>' if check.why else ""
    numbers = {
        "expected": check.expected_text,
        "measured": number(check.measured),
        "tolerance": check.tolerance_text,
    }
    cells = "".join(
        '<td class="number"' + (f' data-label="{label}"' if text else "") + f">{markup(text)}</td>"
        for label, text in numbers.items()
    )
    verdict = '<td class="ok">✓ yes</td>' if check.ok else '<td class="off">✗ no</td>'
    return f"<tr><td>{markup(check.what)}{why}</td>{cells}{verdict}</tr>"


def _details(figure: Figure, runs: list[Run], seconds: float) -> str:
    rows = "".join(
        f"<tr><td>{markup(name)}</td><td>{markup(value)}</td></tr>"
        for name, value in figure.parameters.items()
    )
    done = "".join(_run_row(run) for run in runs)
    behind = f", and the {len(runs)} simulation{'s' if len(runs) != 1 else ''} behind this figure" if runs else ""
    head = "".join(
        f"<th>{word}</th>" for word in ("run", "simulated", "synapses", "events", "seconds", "state")
    )
    return (
        f"<details><summary>Parameters{behind} ({number(seconds)} s)</summary>"
        f'<div class="scroll"><table>{rows}</table></div>'
        + (f'<div class="scroll"><table><tr>{head}</tr>{done}</table></div>' if runs else "")
        + "</details>"
    )


def _run_row(run: Run) -> str:
    s = run.summary
    cells = (
        run.network,
        f"{number(run.simulated)} s",
        f"{s['synapses']:,}",
        f"{s['events']:,}",
        f"{s['run_seconds']:.2f}",
        f"{s['bytes'] / 1e6:.1f} MB",
    )
    return "<tr>" + "".join(f"<td>{markup(cell)}</td>" for cell in cells) + "</tr>"


def markup(text: str) -> str:
    """Return HTML for plain text: ``*emphasis*``, ```code```, ``_{index}``, ``^exponent`` and ``[text](address)``."""
    html = escape(text.strip(), quote=False)
    html = re.sub(r"`([^`]+)`", r"<code>\1</code>", html)
    html = re.sub(r"(?<![\w*])\*([^*\s][^*]*)\*(?![\w*])", r"<em>\1</em>", html)
    html = re.sub(r"_\{([^}]+)\}", r"<sub>\1</sub>", html)
    html = re.sub(r"\^(-?\w+)", r"<sup>\1</sup>", html)
    return re.sub(r"\[([^\]]+)\]\((https?://[^)\s]+)\)", r'<a href="\2">\1</a>', html)

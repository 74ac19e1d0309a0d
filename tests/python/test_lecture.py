# SPDX-License-Identifier: BSD-3-Clause
"""The lecture's report: its parts, and one figure from the simulation to the page."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

import bouton
from bouton.lecture import Check, find_examples
from bouton.lecture.__main__ import main
from bouton.lecture.figure import number
from bouton.lecture.page import markup
from bouton.plot import DARK, LIGHT

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "examples" / "lecture"


class Outline(HTMLParser):
    """Collects what a page refers to and which ids it has."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.references: list[str] = []
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            if name == "id" and value:
                self.ids.append(value)
            if name in ("href", "src", "xlink:href") and value:
                self.references.append(value)


@pytest.mark.parametrize(
    ("check", "ok", "expected"),
    [
        (Check("a", 1.05, expected=1.0, tolerance=0.1), True, "1"),
        (Check("a", 1.2, expected=1.0, tolerance=0.1), False, "1"),
        (Check("a", float("nan"), expected=1.0, tolerance=0.1), False, "1"),
        (Check("a", 3.5, low=3, high=4.5), True, "3 to 4.5"),
        (Check("a", 2.9, low=3, high=4.5), False, "3 to 4.5"),
        (Check("a", 71, low=70), True, "at least 70"),
        (Check("a", 0.9, high=0.7), False, "at most 0.7"),
        (Check("a", float("nan"), high=0.7), False, "at most 0.7"),
    ],
)
def test_checks(check: Check, ok: bool, expected: str) -> None:
    assert check.ok is ok
    assert check.expected_text == expected


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.1234, "0.123"),
        (0, "0"),
        (-2.5, "−2.5"),
        (12345.0, "12,300"),
        (9.4e-5, "9.4·10^-5"),
        (1.5e-12, "1.5·10^-12"),
        (float("nan"), "nan"),
    ],
)
def test_numbers(value: float, text: str) -> None:
    assert number(value) == text


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("a < b & c", "a &lt; b &amp; c"),
        ("`code`", "<code>code</code>"),
        ("*more* than 2*3", "<em>more</em> than 2*3"),
        ("τ_{m} and (1-p)^N, 10^-3", "τ<sub>m</sub> and (1-p)<sup>N</sup>, 10<sup>-3</sup>"),
        ("[x](https://a.b/c)", '<a href="https://a.b/c">x</a>'),
        ("<script>", "&lt;script&gt;"),
    ],
)
def test_markup(text: str, html: str) -> None:
    assert markup(text) == html


def test_every_figure_says_where_it_belongs() -> None:
    examples = find_examples(FOLDER)
    names = [example.name for example in examples]
    assert {"hebb", "stdp_window", "song_abbott", "altering_synapses", "short_term", "digits"} <= set(names)
    assert len({example.order for example in examples}) == len(names)
    for name in set(names) - {"dropconnect"}:  # which has no network of spikes
        assert (FOLDER / f"{name}.toml").exists()


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.toml")), ids=lambda path: path.stem)
def test_network_files_are_right(path: Path, tmp_path: Path) -> None:
    """A student can run every file as it stands; only the digits are not shipped."""
    net = bouton.load(path)
    for signal in net.signal.values():
        if "file" in signal:
            del signal["file"]
            signal["values"] = [[0.0] * 784]
    assert "neurons" in net.check()


def test_no_examples_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOUTON_LECTURE", str(tmp_path))
    with pytest.raises(bouton.Error, match="examples"):
        find_examples()
    assert main(["-o", str(tmp_path)]) == 2


def test_unknown_figure(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["-o", str(tmp_path), "--examples", str(FOLDER), "--only", "hepp"]) == 2
    assert "hebb" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Make the page with two quick figures, as a user does, from another folder."""
    folder = tmp_path_factory.mktemp("report")
    command = [
        sys.executable,
        "-m",
        "bouton.lecture",
        "-o",
        "out",
        "--only",
        "stdp_window",
        "--only",
        "vesicles",
    ]
    done = subprocess.run(
        [*command, "--examples", str(FOLDER)],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "2 figures" in done.stdout
    assert "[2/2" in done.stderr
    assert os.listdir(folder / "out") == ["index.html"]
    return (folder / "out" / "index.html").read_text(encoding="utf-8")


def test_page_stands_alone(page: str) -> None:
    """Nothing is fetched: references stay on the page, or are links to papers; ids are unique."""
    outline = Outline()
    outline.feed(page)
    assert len(outline.ids) == len(set(outline.ids))
    for reference in outline.references:
        if reference.startswith("#"):
            assert reference[1:] in outline.ids
        else:
            assert reference.startswith(("https://doi.org/", "data:image/png;base64,"))
    assert not {"script", "link", "iframe", "img"} & set(outline.tags)
    assert not re.search(r"url\((?!#)", page)
    assert "@import" not in page


def test_page_is_light_and_dark(page: str) -> None:
    """Figures take their colours from variables that both schemes define."""
    assert "prefers-color-scheme: dark" in page
    assert 'name="viewport"' in page
    figures = page[page.index("<main>") :]
    for palette in (LIGHT, DARK):
        assert palette.ink in page[: page.index("<main>")]
        assert palette.ink not in figures
    used = set(re.findall(r"var\(--(\w+)\)", figures))
    assert {"ink", "quiet", "ltp", "ltd"} <= used
    assert used <= set(LIGHT.__dataclass_fields__)


def test_page_tells_what_was_measured(page: str) -> None:
    assert "python examples/lecture/stdp_window.py" in page
    assert "lag +0.5 ms: change of w" in page
    assert page.count("✓ yes") >= 3 + 6
    assert "stdp_window.toml" in page
    assert page.count("<svg ") == 6
    assert page.count('role="img"') == 6


def test_script_by_itself(tmp_path: Path) -> None:
    """The command under the figure works and writes its panels."""
    done = subprocess.run(
        [sys.executable, str(FOLDER / "vesicles.py"), "-o", str(tmp_path), "--dark"],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "ok   spike 1: mean number of vesicles" in done.stdout
    assert len(list(tmp_path.glob("vesicles_*.svg"))) == 3
    assert DARK.ink in (tmp_path / "vesicles_2.svg").read_text()


BROKEN = """SECTION = "Nothing"
ORDER = 99
SECONDS = 1


def make(context):
    raise ValueError("the figure is broken")
"""


def test_a_broken_figure_does_not_take_the_others_with_it(tmp_path: Path) -> None:
    examples = tmp_path / "examples"
    examples.mkdir()
    for name in ("vesicles.py", "vesicles.toml"):
        shutil.copy(FOLDER / name, examples)
    (examples / "broken.py").write_text(BROKEN)
    command = [
        sys.executable,
        "-m",
        "bouton.lecture",
        "-o",
        str(tmp_path / "out"),
        "--examples",
        str(examples),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 1
    assert "the figure is broken" in done.stderr
    assert "failed: broken" in done.stderr
    page = (tmp_path / "out" / "index.html").read_text(encoding="utf-8")
    assert "Running out of vesicles" in page


@pytest.mark.parametrize("kind", ["own", "link", "twin", "folder"])
def test_a_page_of_something_else_is_not_overwritten(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """An index.html that is no report, an input under that name, a folder: refused before any figure is made."""
    monkeypatch.setattr("bouton.lecture.__main__.make_all", lambda *_: pytest.fail("figures were made"))
    shutil.copytree(FOLDER, tmp_path / "examples")
    given = tmp_path / "examples" / "hebb.toml"
    before = given.read_bytes()
    out = tmp_path / "out"
    out.mkdir()
    page = out / "index.html"
    if kind == "own":
        page.write_text("<html>my home page</html>")
    elif kind == "link":
        page.symlink_to(given)
    elif kind == "twin":
        os.link(given, page)
    else:
        page.mkdir()
    content = None if kind == "folder" else page.read_bytes()
    assert main(["-o", str(out), "--examples", str(tmp_path / "examples"), "--only", "hebb"]) == 2
    assert str(page) in capsys.readouterr().err
    assert given.read_bytes() == before
    assert content is None or page.read_bytes() == content


def test_a_report_needs_a_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("mine")
    assert main(["-o", str(tmp_path / "file"), "--examples", str(FOLDER), "--only", "hebb"]) == 2
    assert "not a folder" in capsys.readouterr().err
    assert (tmp_path / "file").read_text() == "mine"


def test_an_older_report_is_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bouton.lecture.__main__.make_all", lambda *_: ([], []))
    for _ in range(2):
        assert main(["-o", str(tmp_path), "--examples", str(FOLDER), "--only", "hebb"]) == 0
    (tmp_path / "index.html").write_text("")
    assert main(["-o", str(tmp_path), "--examples", str(FOLDER), "--only", "hebb"]) == 0
    assert "Made by" in (tmp_path / "index.html").read_text(encoding="utf-8")


def test_a_script_does_not_draw_over_something_else(tmp_path: Path) -> None:
    """Its second picture would replace its own network file; nothing is simulated."""
    for name in ("vesicles.py", "vesicles.toml"):
        shutil.copy(FOLDER / name, tmp_path)
    before = (tmp_path / "vesicles.toml").read_bytes()
    (tmp_path / "vesicles_2.svg").symlink_to("vesicles.toml")
    done = subprocess.run(
        [sys.executable, "vesicles.py"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2, done.stderr
    assert "vesicles_2.svg is not a drawing that bouton made" in done.stderr
    assert (tmp_path / "vesicles.toml").read_bytes() == before
    assert not (tmp_path / "vesicles_1.svg").exists()

# SPDX-License-Identifier: BSD-3-Clause
"""The study of error against size: runs that are kept, gone on with, and put together."""

from __future__ import annotations

import json

import numpy as np
import pytest

from bouton import Error
from bouton.data import Digits
from bouton.lecture import study
from bouton.lecture.study import Run, Setting, main, points, read, settings, small, train


@pytest.fixture
def digits() -> Digits:
    random = np.random.default_rng(0)
    labels = random.integers(0, 3, 120).astype(np.uint8)
    images = np.zeros((120, 8, 8), np.uint8)
    images[np.arange(120), labels] = 255
    return Digits(images, labels, "stripes")


@pytest.fixture
def stripes(digits, monkeypatch):
    monkeypatch.setattr(study, "mnist", lambda part, folder: digits)


def test_all_kinds_of_one_seed_come_before_the_next():
    found = [(s.seed, s.width, s.mask) for s in settings([10, 20], ["none", "dropout"], [1, 2], epochs=3)]
    assert len(found) == 8
    assert found[:4] == [(1, 10, "none"), (1, 10, "dropout"), (1, 20, "none"), (1, 20, "dropout")]


def test_a_run_tells_its_course_or_its_end(digits):
    setting = Setting(12, "dropconnect", 1, epochs=4, batch=16)
    whole, end = (train(setting, digits, digits, course=course) for course in (True, False))
    assert len(whole.test_error) == 4
    assert end.test_error == whole.test_error[-1:]
    assert end.train_error == whole.train_error[-1:]


def test_only_what_is_missing_is_done(stripes, tmp_path, capsys):
    file = tmp_path / "results" / "kept.jsonl"
    options = ["-o", str(file), "--epochs", "2", "--batch", "16", "--masks", "none,dropconnect"]
    assert main([*options, "--widths", "5", "--seeds", "1"]) == 0
    first = read(file)
    assert [run.setting.mask for run in first] == ["none", "dropconnect"]
    assert main([*options, "--widths", "5,6", "--seeds", "1"]) == 0
    assert read(file)[:2] == first
    assert len(read(file)) == 4
    assert "2 of 4 runs are there" in capsys.readouterr().err
    assert main([*options, "--widths", "5,6,7", "--seeds", "1", "--minutes", "-1"]) == 0
    assert "2 runs are left" in capsys.readouterr().err


def test_points_are_means_over_seeds():
    runs = [Run(Setting(10, "none", seed), "", [0.5, e], [0], [0], 1) for seed, e in ((1, 0.02), (2, 0.04))]
    (point,) = points(runs, "none")
    assert (point.width, point.seeds) == (10, 2)
    assert point.mean == pytest.approx(3)
    assert point.sd == pytest.approx(np.sqrt(2))
    assert points(runs, "dropout") == []


def test_a_damaged_result_file_is_refused(tmp_path):
    file = tmp_path / "kept.jsonl"
    file.write_text(json.dumps({"setting": {"width": 1}}) + "\n")
    with pytest.raises(Error, match=r"kept.jsonl:1: not a run"):
        read(file)


def test_fewer_images_say_so(digits):
    assert small(digits, 50).source == "the first 50 images of stripes"
    assert len(small(digits, 50).images) == 50
    assert small(digits, 500) is digits


def test_unknown_masks_are_refused(capsys):
    with pytest.raises(SystemExit):
        main(["--masks", "dropweight"])
    assert "there is none, dropout, dropconnect" in capsys.readouterr().err


@pytest.mark.parametrize("kind", ["text", "bytes", "link", "folder", "below a file"])
def test_a_file_of_something_else_is_not_written_to(stripes, tmp_path, capsys, monkeypatch, kind):
    """Images, their labels, networks: whatever is not a file of runs is refused before anything is trained."""
    monkeypatch.setattr(study, "train", lambda *_: pytest.fail("trained"))
    file = tmp_path / "t10k-labels-idx1-ubyte"
    file.write_bytes(b"[simulation]\n" if kind == "text" else b"\x00\x00\x08\x01\xff\xfe")
    before = file.read_bytes()
    output = {"link": tmp_path / "kept.jsonl", "folder": tmp_path, "below a file": file / "kept.jsonl"}.get(kind, file)
    if kind == "link":
        output.symlink_to(file)
    assert main(["-o", str(output), "--widths", "5", "--seeds", "1", "--epochs", "1"]) == 2
    assert str(output) in capsys.readouterr().err
    assert file.read_bytes() == before


def test_a_run_that_is_cut_off_in_the_file_is_not_lost(stripes, tmp_path, capsys):
    file = tmp_path / "kept.jsonl"
    assert main(["-o", str(file), "--widths", "5", "--seeds", "1", "--epochs", "1", "--masks", "none"]) == 0
    whole = file.read_bytes()
    file.write_bytes(whole + whole[:40])
    assert main(["-o", str(file), "--widths", "6", "--seeds", "1", "--epochs", "1", "--masks", "none"]) == 2
    assert "kept.jsonl:2: not a run" in capsys.readouterr().err
    assert file.read_bytes() == whole + whole[:40]

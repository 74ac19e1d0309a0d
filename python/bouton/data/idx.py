# SPDX-License-Identifier: BSD-3-Clause
"""Reads IDX files, the format of MNIST: a magic number, the sizes, then bytes; gzip or plain."""

from __future__ import annotations

import gzip
import hashlib
import struct
import zlib
from pathlib import Path

import numpy as np

from bouton.errors import Error


def read_idx(path: Path, sha256: str | None = None) -> np.ndarray:
    """Return the array of unsigned bytes that an IDX file holds.

    Parameters
    ----------
    path : Path
        Unpacked if its name ends in ``.gz``.
    sha256 : str, optional
        What the unpacked content must have.

    Returns
    -------
    ndarray of uint8
        With the shape that the file states.

    Raises
    ------
    Error
        If the file is missing, truncated, of another kind, or has another checksum.

    Notes
    -----
    The format: http://yann.lecun.com/exdb/mnist, section "File formats".
    """
    try:
        content = path.read_bytes()
        if path.suffix == ".gz":
            content = gzip.decompress(content)
    except (OSError, EOFError, zlib.error) as error:
        raise Error(f"{path}: {error}", status=2) from error
    if len(content) < 4 or content[:2] != b"\0\0":
        raise Error(f"{path}: not an IDX file: it must begin with two zero bytes", status=2)
    kind, dimensions = content[2], content[3]
    if kind != 0x08:
        raise Error(
            f"{path}: an IDX file of type 0x{kind:02x}; only unsigned bytes (0x08) are read", status=2
        )
    start = 4 + 4 * dimensions
    if dimensions == 0 or len(content) < start:
        raise Error(f"{path}: the header of the IDX file is cut off", status=2)
    shape = struct.unpack(f">{dimensions}I", content[4:start])
    needed = start + int(np.prod(shape, dtype=object))
    if len(content) != needed:
        sizes = " x ".join(map(str, shape))
        raise Error(f"{path}: {sizes} values need {needed} bytes, the file has {len(content)}", status=2)
    if sha256 is not None and hashlib.sha256(content).hexdigest() != sha256:
        raise Error(f"{path}: this is not the original MNIST file: its SHA-256 is not {sha256}", status=2)
    return np.frombuffer(content, dtype=np.uint8, offset=start).reshape(shape)

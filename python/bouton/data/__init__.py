# SPDX-License-Identifier: BSD-3-Clause
"""Data sets: MNIST, wherever it can be found, always checked."""

from __future__ import annotations

from bouton.data.digits import Digits, mnist
from bouton.data.idx import read_idx

__all__ = ["Digits", "mnist", "read_idx"]

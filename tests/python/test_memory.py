# SPDX-License-Identifier: BSD-3-Clause
"""Too large networks from Python: bouton.OutOfMemory, which is a bouton.Error and a MemoryError."""

from __future__ import annotations

import pytest

import bouton

CELLS = """[simulation]
duration = "1 ms"
[neurons.cells]
size = 2000
equations = "v : 1"
[synapses.exc]
from = "cells"
to = "cells"
connect = CONNECT
target = "v"
initial = { w = "1" }
"""
KNOWN = CELLS.replace("CONNECT", '{ rule = "all_to_all" }')
DRAWN = CELLS.replace("CONNECT", '{ condition = "i != j" }')


@pytest.mark.parametrize("memory", ["1MB", 1_000_000])
def test_a_network_that_cannot_fit_is_refused(memory) -> None:
    for act in (bouton.run, bouton.check):
        with pytest.raises(bouton.OutOfMemory, match="needs at least") as caught:
            act(text=KNOWN, memory=memory)
        assert isinstance(caught.value, bouton.Error) and isinstance(caught.value, MemoryError)
        assert caught.value.status == 2 and caught.value.line == 6


def test_running_out_while_drawing_is_an_error() -> None:
    with pytest.raises(bouton.OutOfMemory, match="'exc' has") as caught:
        bouton.run(text=DRAWN, memory="1MB", backend="interpreted")
    assert caught.value.status == 1


def test_a_network_that_fits_runs() -> None:
    with bouton.run(text=CELLS.replace("CONNECT", "{ pairs = [[0, 1]] }"), memory="1MB", backend="interpreted") as results:
        assert results.summary["synapses"] == 1


@pytest.mark.parametrize("memory", ["much", "", 0, -1, float("nan")])
def test_a_limit_is_a_size(memory) -> None:
    with pytest.raises(bouton.Error, match="8GB") as caught:
        bouton.run(text=KNOWN, memory=memory)
    assert caught.value.status == 2

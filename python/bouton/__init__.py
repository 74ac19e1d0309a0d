# SPDX-License-Identifier: BSD-3-Clause
"""bouton: networks whose synapses are plastic and unreliable.

Describe a network with :class:`Network` or load a network file, run it, and read the results as NumPy arrays::

    import bouton

    net = bouton.Network(duration="1 s", seed=1)
    net.neurons["input"] = dict(size=100, model="poisson", parameters=dict(rate="15 Hz"))
    net.neurons["cells"] = dict(size=10, model="lif_exp")
    net.synapses["exc"] = dict(from_="input", to="cells", connect=dict(rule="all_to_all"), target="I_exc",
                               plasticity=dict(model="stdp_pair", parameters=dict(w_max="60 pA")),
                               initial=dict(w="rand()*60*pA"))
    net.record(spikes="cells")
    results = net.run()
    bouton.plot.raster(results.spikes["cells"])

:class:`Simulation` keeps a network open, to be read and changed between runs. The words are those of the network file. ``bouton.ann``, ``bouton.data`` and ``bouton.plot`` are imported when first used.
"""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

from bouton.errors import Diagnostic, Error, OutOfMemory, UnknownName
from bouton.network import Network, load, values
from bouton.results import Results, open_results
from bouton.running import Model, check, emit, models, run, version
from bouton.simulation import Simulation

__version__ = version()
__all__ = [
    "Diagnostic",
    "Error",
    "OutOfMemory",
    "Model",
    "Network",
    "Results",
    "Simulation",
    "UnknownName",
    "ann",
    "check",
    "data",
    "emit",
    "load",
    "models",
    "open_results",
    "plot",
    "run",
    "values",
]


def __getattr__(name: str) -> ModuleType:
    """Import matplotlib, the data reader and the artificial networks only where they are used."""
    if name in ("ann", "data", "plot"):
        return import_module(f"bouton.{name}")
    raise AttributeError(f"module 'bouton' has no attribute '{name}'")

# SPDX-License-Identifier: BSD-3-Clause
"""The network builder: tables with the words of the network file, turned into its text and run."""

from __future__ import annotations

import copy
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bouton import arguments, running
from bouton.errors import ArgumentTypeError, Error
from bouton.results import Results
from bouton.simulation import Simulation
from bouton.toml_text import TomlWriter, is_sparse
from bouton.whole_file import write_whole

#: One group: key -> value, as in the network file.
Table = dict[str, Any]

_SECTIONS = ("simulation", "neurons", "input", "signal", "synapses", "run_regularly", "record")


class Settings(Table):
    """The table ``[simulation]`` of a network, which is called to simulate it."""

    def __init__(self, network: Network, table: Table) -> None:
        super().__init__(table)
        self._network = network

    def __call__(
        self,
        *,
        seed: int | None = None,
        backend: str = "auto",
        threads: int = 1,
        memory: int | str | None = None,
        writable: Sequence[str] = (),
    ) -> Simulation:
        """Return an open simulation of the network as it is now; later changes of the network do not reach it.

        Parameters are those of :class:`bouton.Simulation`.

        Raises
        ------
        Error
            With a diagnostic for every mistake.
        """
        network = self._network
        arrays: list[np.ndarray] = []
        simulation = Simulation(
            text=TomlWriter(arrays=arrays).document(network.tables()),
            arrays=arrays,
            folder=network.folder,
            name=f"{network.name}.toml",
            seed=seed,
            backend=backend,
            threads=threads,
            memory=memory,
            writable=writable,
        )
        simulation._files = () if network._file is None else (network._file,)
        return simulation


class Network:
    """A network as the network file describes it.

    Every section of the file is a plain dictionary or list; change them as you like. Values are numbers, strings such
    as ``"20 ms"`` or ``"rand()*nS"``, or NumPy arrays: one plain number per element, or with a unit
    ``bouton.values(array, "mV")``. Python's word ``from`` is written ``from_`` in keywords. ``None`` leaves a key out.

    Parameters
    ----------
    **simulation
        The keys of ``[simulation]``: duration, dt, seed, precision.

    Attributes
    ----------
    simulation : dict
        Called, it opens a :class:`bouton.Simulation`: ``net.simulation(threads=2)``.
    neurons, input, signal, synapses : dict of dict
        Name -> table.
    regular : list of dict
        The entries of ``[[run_regularly]]``.
    records : list of dict
        The entries of ``[[record]]``.
    folder : Path
        Where files that the network names are looked for.
    """

    def __init__(self, **simulation: Any) -> None:
        self._settings = Settings(self, simulation)
        self.neurons: dict[str, Table] = {}
        self.input: dict[str, Table] = {}
        self.signal: dict[str, Table] = {}
        self.synapses: dict[str, Table] = {}
        self.regular: list[Table] = []
        self.records: list[Table] = []
        self.folder = Path.cwd()
        self.name = "network"
        self._file: Path | None = None  # from which it was read

    @property
    def simulation(self) -> Settings:
        """The keys of ``[simulation]``; called, it opens a simulation: ``net.simulation(threads=2)``."""
        return self._settings

    @simulation.setter
    def simulation(self, table: Table) -> None:
        self._settings = Settings(self, table)

    # -- building

    def add_neurons(self, name: str, **table: Any) -> Network:
        """Add the neuron group ``[neurons.NAME]`` and return the network."""
        self.neurons[name] = table
        return self

    def add_input(self, name: str, **table: Any) -> Network:
        """Add independent Poisson sources ``[input.NAME]`` and return the network."""
        self.input[name] = table
        return self

    def add_signal(self, name: str, **table: Any) -> Network:
        """Add the sampled signal ``[signal.NAME]``; ``values`` is [sample] or [sample, column]. Return the network."""
        self.signal[name] = table
        return self

    def add_synapses(self, name: str, **table: Any) -> Network:
        """Add the synapse group ``[synapses.NAME]`` (``from_=`` and ``to=`` name its ends) and return the network.

        Beside what the file takes, ``connect`` may be ``(sources, targets)``, an array of pairs [n, 2], or a sparse matrix
        [source, target] of SciPy's, whose values become ``w``: ``bouton.values(matrix, "nS")`` gives them a unit. With
        ``autapses`` or ``multapses`` it is ``connect={"pairs": ..., "autapses": True}``.
        """
        self.synapses[name] = table
        return self

    def run_regularly(self, of: str, every: str, code: str) -> Network:
        """Run statements on a group every so often and return the network."""
        self.regular.append({"of": of, "every": every, "code": code})
        return self

    def record(self, variables: str | Sequence[str] | None = None, **table: Any) -> Network:
        """Record ``variables`` ``of=`` a group, or ``spikes=`` or ``rate=`` of one. Return the network.

        Variables are sampled in each step, ``every=`` so often, or those of synapses ``at=`` the events of a pathway.
        """
        if isinstance(variables, str):
            variables = [variables]
        self.records.append({"variables": variables, **table} if variables is not None else dict(table))
        return self

    # -- text

    def tables(self) -> dict[str, Any]:
        """Return all sections that hold something, in the order of the file."""
        named = (
            self.simulation,
            self.neurons,
            self.input,
            self.signal,
            self.synapses,
            self.regular,
            self.records,
        )
        return {name: table for name, table in zip(_SECTIONS, named, strict=True) if table}

    def toml(self) -> str:
        """Return the network file as text, with all numbers in it."""
        return TomlWriter().document(self.tables())

    def save(self, path: str | Path) -> Path:
        """Write the network file; long arrays become CSV files beside it, ``NAME_....csv``.

        Returns
        -------
        Path
            The network file.
        """
        path = Path(path)
        text = TomlWriter(path.parent, f"{path.stem}_").document(self.tables())
        write_whole(path, text)
        return path

    # -- use

    def copy(self) -> Network:
        """Return an independent copy."""
        return copy.deepcopy(self)

    def check(self) -> str:
        """Return what would run: equations, integrators, storage and memory, as ``bouton check`` prints it.

        Raises
        ------
        Error
            With a diagnostic for every mistake.
        """
        arrays: list[np.ndarray] = []
        text = TomlWriter(arrays=arrays).document(self.tables())
        return running.check(text=text, arrays=arrays, folder=self.folder, name=f"{self.name}.toml")

    def run(
        self,
        path: str | Path | None = None,
        *,
        progress: bool | None = None,
        backend: str = "auto",
        threads: int = 1,
        synapses: bool = True,
        memory: int | str | None = None,
    ) -> Results:
        """Simulate the network.

        Parameters
        ----------
        path : str or Path, optional
            The results file to write. Without one the results are kept in a temporary file until they are closed.
        progress : bool, optional
            Show a progress bar; by default on terminals and in notebooks.
        backend : {"auto", "compiled", "interpreted"}
            How the equations are run; the results are the same.
        threads : int
            At most so many; the results are the same.
        synapses : bool
            Whether the results hold all synapses as they are at the end; they are most of the file.
        memory : int or str, optional
            Bytes that the network may take, or ``"8GB"``; by default what the machine has free.

        Returns
        -------
        Results

        Raises
        ------
        Error
            With a diagnostic for every mistake, or with the reason for which the run stopped.
        """
        arrays: list[np.ndarray] = []
        text = TomlWriter(arrays=arrays).document(self.tables())
        return running.run(
            text=text,
            arrays=arrays,
            folder=self.folder,
            name=f"{self.name}.toml",
            path=path,
            progress=progress,
            backend=backend,
            threads=threads,
            synapses=synapses,
            memory=memory,
            inputs=[] if self._file is None else [self._file],
        )

    def __repr__(self) -> str:
        groups = ", ".join(f"{name}: {table.get('size', '?')}" for name, table in self.neurons.items())
        return f"<Network {self.name}: neurons {{{groups}}}, synapses {{{', '.join(self.synapses)}}}>"


def load(path: str | Path) -> Network:
    """Read a network file into a builder; files that it names are looked for beside it.

    Raises
    ------
    Error
        If the file cannot be read or is not TOML. What it says is checked later, by ``check`` and ``run``.
    """
    path = Path(path)
    try:
        tables = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise Error(f"{path}: {error}", status=2) from error
    _check_sections(path, tables)
    network = Network()
    network.simulation = tables.get("simulation", {})
    network.folder, network.name = path.resolve().parent, path.stem
    network._file = path.resolve()
    for name in ("neurons", "input", "signal", "synapses"):
        getattr(network, name).update(tables.get(name, {}))
    network.regular += tables.get("run_regularly", [])
    network.records += tables.get("record", [])
    return network


def _check_sections(path: Path, tables: dict[str, Any]) -> None:
    """Refuse what the builder has no place for; anything else is left to the engine."""
    for name, section in tables.items():
        if name not in _SECTIONS:
            raise Error(f"{path}: unknown section [{name}]", status=2)
        several = name in ("run_regularly", "record")
        entries = section if isinstance(section, list) and several else [section]
        if isinstance(section, list) != several or not all(isinstance(entry, dict) for entry in entries):
            wanted = f"[[{name}]]" if several else f"[{name}]"
            raise Error(f"{path}: '{name}' must be written as {wanted}", status=2)
    for name, group in tables.get("synapses", {}).items():
        if isinstance(group, dict) and "from_" in group:
            raise Error(f"{path}: [synapses.{name}] has an unknown key 'from_'; did you mean 'from'?", status=2)


def values(array: Any, unit: str = "1") -> Table:
    """Return one number per element as a value of ``parameters`` or ``initial``.

    Parameters
    ----------
    array : array_like, shape (elements,)
        Finite real numbers; of a matrix with a weight per pair the row or column order is the caller's to say:
        ``w.ravel()`` for pairs in the order of their sources. A sparse matrix of SciPy's, [source, target], is for ``connect``.
    unit : str
        Unit of the numbers, such as ``"mV"``.

    Raises
    ------
    Error
        If the array has more than one axis, masked values, or anything but finite real numbers.
    """
    if not isinstance(unit, str):
        raise ArgumentTypeError(f"unit: expected a text such as 'mV', not {unit!r} ({type(unit).__name__})")
    if is_sparse(array):
        return {"values": array, "unit": unit}
    return {"values": arguments.floats(array, "values"), "unit": unit}

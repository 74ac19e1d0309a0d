# SPDX-License-Identifier: BSD-3-Clause
"""The open simulation: a network that runs as far as it is told, is looked at and changed, stored, copied and saved."""

from __future__ import annotations

import copy
import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from bouton import _core, arguments
from bouton.door import Door
from bouton.errors import ArgumentError, ArgumentTypeError, Error
from bouton.open_controls import Inputs, Plastic, Signals
from bouton.open_groups import ByName, OpenNeurons, OpenSynapses, argument_errors, refuse_name
from bouton.records import OpenEvents, OpenRecording, Records
from bouton.results import Rate, Spikes
from bouton.running import ProgressBar, engine_errors, network_source

Function = TypeVar("Function", bound=Callable[["Simulation"], Any])


@dataclass
class _Watch:
    """A function that is called at the multiples of a period, and whether its answer ends the run."""

    period: int  # steps
    function: Callable[[Simulation], Any]
    stops: bool
    called: int | None = None  # at which step last


class Simulation:
    """A network that is open: run it piece by piece, read and change it in between.

    One thread at a time may use it; several simulations are independent of each other. After a fork the child process
    may use its copy if it has one thread.

    Parameters
    ----------
    network : str or Path
        The network file.
    set : mapping, optional
        Changes of the file, as ``--set`` makes them: ``{"synapses.exc.delay": "2 ms"}``.
    seed : int, optional
        Instead of the file's.
    backend : {"auto", "compiled", "interpreted"}
        How the equations are run; the results are the same.
    threads : int
        At most so many; the results are the same.
    memory : int or str, optional
        Bytes that the network may take, or ``"8GB"``; by default what the machine has free.
    text, folder, name : str
        Instead of `network`: the text, where the files it names are looked for, and its name in messages.
    arrays : sequence of ndarray of float64 or int32
        That the text names by their number.
    writable : list of str, optional
        Variables that are to be kept per synapse or per neuron, ``["exc.apre"]``, though they start alike, so that each
        can be given a value of its own.

    Attributes
    ----------
    neurons : mapping of OpenNeurons
    synapses : mapping of OpenSynapses
        The groups by name, to read and to change.
    t, dt : float
        The start of the next step, and the length of a step; s.
    step_count : int
        Steps done.
    spikes, rates, recordings, events : mapping
        What ``[[record]]`` asks for, so far: the objects that results have.

    Raises
    ------
    Error
        With a diagnostic for every mistake in the network.
    """

    def __init__(
        self,
        network: str | Path = "",
        *,
        set: Mapping[str, Any] | None = None,
        seed: int | None = None,
        backend: str = "auto",
        threads: int = 1,
        memory: int | str | None = None,
        text: str | None = None,
        folder: str | Path = "",
        name: str = "network.toml",
        arrays: Sequence[np.ndarray] = (),
        writable: Sequence[str] = (),
    ) -> None:
        seed = None if seed is None else arguments.whole(seed, "seed")
        threads = arguments.whole(threads, "threads", 1)
        with engine_errors():
            source = network_source(network, set, text, folder, name)
            session = _core.Session.open(
                **source, seed=seed, backend=backend, threads=threads, memory=memory, arrays=list(arrays),
                writable=_texts(writable, "writable"),
            )
        self._begin(session, Path(name if text is not None else network).name)

    @classmethod
    def resume(
        cls,
        path: str | Path,
        *,
        backend: str = "auto",
        threads: int = 1,
        memory: int | str | None = None,
    ) -> Simulation:
        """Go on with a simulation that :meth:`save` wrote; with any number of threads and either back end.

        What was recorded, stored states and functions given to :meth:`every` are not in the file.

        Raises
        ------
        Error
            If the file is damaged, or if files that its network reads have changed since.
        """
        threads = arguments.whole(threads, "threads", 1)
        with engine_errors():
            session = _core.Session.resume(Path(path), backend=backend, threads=threads, memory=memory)
        return cls._of(session, Path(path).name)

    @classmethod
    def _of(cls, session: _core.Session, name: str) -> Simulation:
        simulation = cls.__new__(cls)
        simulation._begin(session, name)
        return simulation

    def _begin(self, session: _core.Session, name: str) -> None:
        self.name = name
        self._door = Door(session)
        self._files: tuple[Path, ...] = ()  # that were read before the engine saw the network
        self._watches: list[_Watch] = []
        self._stored: dict[str, list[tuple[_Watch, int | None]]] = {}
        infos = session.groups()
        sizes = {info["name"]: info["size"] for info in infos if not info["of_synapses"]}
        cells = {info["name"]: OpenNeurons(self._door, info) for info in infos if not info["of_synapses"]}
        links = {
            info["name"]: OpenSynapses(self._door, info, (sizes[info["source"]], sizes[info["target"]]))
            for info in infos
            if info["of_synapses"]
        }
        self.neurons: Mapping[str, OpenNeurons] = ByName(
            "neurons", cells, {name: f"sim.synapses['{name}'] are synapses" for name in links}
        )
        self.synapses: Mapping[str, OpenSynapses] = ByName(
            "synapses", links, {name: f"sim.neurons['{name}'] are neurons" for name in cells}
        )
        self.input = Inputs(self._door)
        self.signal = Signals(self._door)
        self.plastic = Plastic(self._door, list(links))
        self.dt = session.dt
        self._records = Records(self._door, self.dt)

    # -- time

    @property
    def t(self) -> float:
        with engine_errors():
            return self._door().t

    @property
    def step_count(self) -> int:
        with engine_errors():
            return self._door().step

    def run(
        self,
        duration: float | str | None = None,
        *,
        progress: bool | Callable[[float], None] | None = None,
    ) -> int:
        """Run for a while; calls add up, ``run(a); run(b)`` is the same as ``run(a + b)`` to the bit.

        Parameters
        ----------
        duration : float or str, optional
            s, or a quantity such as ``"350 ms"``; rounded to whole steps. Without one: what is left of the duration that the
            network describes.
        progress : bool or callable, optional
            Show a progress bar; by default on terminals and in notebooks. A function is called with the fraction done.

        Returns
        -------
        int
            Steps done: fewer than asked for if :meth:`stop_when` ended the run.

        Raises
        ------
        Error
            If a variable is no finite number any more. Values can be read then, and :meth:`restore` goes back.
        KeyboardInterrupt, or what a function raises
            The run has ended between two steps, and the simulation can be used.
        """
        session = self._door("run")
        with engine_errors():
            begin, described = session.step, session.described_steps
        steps = max(0, described - begin) if duration is None else self._steps(duration, "duration")
        with self._door.run(), ProgressBar(self.name, progress) as bar:
            self._go(session, begin, begin + steps, _Show(bar, self.dt, begin, steps))
        return session.step - begin

    def _go(self, session: _core.Session, step: int, end: int, show: _Show) -> None:
        while step < end:
            if self._watches and self._call_functions(step):
                return
            until = min([end, *(watch.period * (step // watch.period + 1) for watch in self._watches)])
            with engine_errors():
                step += session.run(until - step, show)
            if step < end:
                show.if_due(step)

    def _call_functions(self, step: int) -> bool:
        """Call whatever is due at a step, and return whether the run is to end here."""
        ends = False
        due = [watch for watch in self._watches if step % watch.period == 0 and watch.called != step]
        if due:
            with self._door.function(), engine_errors():
                self._door().begin_step()
        for watch in due:
            before, watch.called = watch.called, step
            try:
                with self._door.function():
                    answer = watch.function(self)
                    ends |= watch.stops and bool(answer)
            except BaseException:
                watch.called = before  # it is called again if the run goes on from here
                raise
        return ends

    def every(self, period: float | str) -> Callable[[Function], Function]:
        """Call a function regularly: ``@sim.every("10 ms")`` above ``def reward(sim): ...``.

        It is called at the start of the step at each multiple of the period that a run comes to, after ``run_regularly`` and
        before what is recorded: what it writes acts in this step, and is recorded in it. It may read, write, send spikes,
        store, copy and save; not run, restore or close. What it raises ends the run.

        Parameters
        ----------
        period : float or str
            s, or a quantity; a whole number of steps.
        """
        steps = self._period(period)

        def add(function: Function) -> Function:
            self._add(steps, function, stops=False)
            return function

        return add

    def stop_when(
        self, condition: str | Callable[[Simulation], Any], every: float | str = "1 ms", of: str | None = None
    ) -> None:
        """End runs where a condition holds: ``sim.stop_when("sum(v > 0*mV) > 10", of="cells")``.

        Parameters
        ----------
        condition : str or callable
            A condition on the group `of`, with ``sum``, ``mean``, ``min``, ``max`` or ``count`` over its neurons or synapses;
            or a function that is called as by :meth:`every`. The run ends there if it holds, or if the function returns
            something true. The next run goes on from there.
        every : float or str
            s, or a quantity; a whole number of steps.
        """
        period = self._period(every)
        if isinstance(condition, str) != (of is not None):
            raise ArgumentTypeError(
                "stop_when: expected a condition on a group, as in stop_when('sum(v > 0*mV) > 10', of='cells'), "
                "or a function alone"
            )
        function = condition if of is None else self._condition(str(condition), of)
        self._add(period, function, stops=True)

    def _condition(self, condition: str, of: str) -> Callable[[Simulation], bool]:
        of_synapses = of not in self.neurons
        if of_synapses and of not in self.synapses:
            refuse_name(f"there is no group '{of}'", of, [*self.neurons, *self.synapses])

        def holds(sim: Simulation) -> bool:
            with argument_errors():
                return sim._door().holds(of_synapses, of, condition)

        holds(self)  # what is wrong with it is said now
        return holds

    def _add(self, period: int, function: Any, *, stops: bool) -> None:
        if not callable(function):
            raise ArgumentTypeError(f"expected a function of the simulation, not {function!r}")
        self._watches.append(_Watch(period, function, stops))

    # -- what happens from outside

    def spike(self, group: str, ids: Any, times: Any) -> None:
        """Let neurons of a ``spike_times`` group spike.

        Parameters
        ----------
        group : str
        ids : int or array_like of int, shape (spikes,)
            The neurons, counted in the group.
        times : float, str or array_like of float
            Times of the simulation, s or one quantity: one for each spike, or one for all; from the present step on, rounded to
            whole steps.

        Raises
        ------
        UnknownName, ArgumentError, ArgumentTypeError
            Nothing is changed then.
        """
        session = self._door()
        neurons = arguments.wholes([ids] if np.ndim(ids) == 0 else ids, "ids")
        if isinstance(times, str):
            with argument_errors():
                times = _core.seconds(times, "times")
        if np.ndim(times) == 0:
            times = np.full(len(neurons), arguments.number(times, "times"))
        found = arguments.floats(times, "times", (len(neurons),))
        steps = np.floor(found / self.dt + 0.5)
        if steps.size and not (np.abs(steps) < _MOST_STEPS).all():
            raise ArgumentError(f"times: expected times of less than 2^48 steps, but there is {found[np.abs(steps).argmax()]} s")
        with argument_errors():
            session.add_spikes(group, neurons, steps.astype(np.int64))

    # -- records

    @property
    def spikes(self) -> Mapping[str, Spikes]:
        return self._records.spikes

    @property
    def rates(self) -> Mapping[str, Rate]:
        return self._records.rates

    @property
    def recordings(self) -> Mapping[str, OpenRecording]:
        return self._records.recordings

    @property
    def events(self) -> Mapping[str, OpenEvents]:
        return self._records.events

    def clear_records(self) -> None:
        """Forget what was recorded so far, which frees its memory."""
        with engine_errors():
            self._door().clear_records()

    # -- states

    def store(self, name: str) -> None:
        """Keep the present state in memory under a name, in place of an older one of that name."""
        session = self._door()
        with argument_errors():
            session.store(_name(name))
        self._stored[name] = [(watch, watch.called) for watch in self._watches]

    def restore(self, name: str) -> None:
        """Go back to a stored state; what was recorded since is forgotten.

        Raises
        ------
        UnknownName
            An Error and KeyError: no state has that name.
        """
        session = self._door("restore")
        with argument_errors():
            session.restore(_name(name))
        called = {id(watch): step for watch, step in self._stored[name]}
        for watch in self._watches:
            watch.called = called.get(id(watch))

    def copy(self) -> Simulation:
        """Return an independent simulation in the same state, with the same records, stored states and functions."""
        session = self._door()
        with engine_errors():
            other = Simulation._of(session.copy(), self.name)
        other._files = self._files
        known = {id(watch): copy.copy(watch) for watch in self._watches}
        other._watches = list(known.values())
        other._stored = {
            name: [(known[id(watch)], step) for watch, step in kept if id(watch) in known]
            for name, kept in self._stored.items()
        }
        return other

    def save(self, path: str | Path) -> None:
        """Write the present state and the network into a file, from which :meth:`resume` goes on.

        An older file of that name stays until the new one is whole.

        Raises
        ------
        Error
            If the file cannot be written, or is one that the network was read from.
        """
        session = self._door()
        path = Path(path)
        for file in self._files:
            if path.exists() and file.exists() and path.samefile(file):
                raise ArgumentError(f"'{path}' is the same file as the input '{file}'")
        with argument_errors():
            session.save(path)

    # -- the end

    def close(self) -> None:
        """Free everything; only closing again is possible afterwards."""
        with engine_errors():
            self._door("close").close()

    def __enter__(self) -> Simulation:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __reduce__(self) -> Any:
        raise ArgumentTypeError(
            "a simulation cannot be pickled; save(path) it, and Simulation.resume(path) it in the other process"
        )

    def __repr__(self) -> str:
        try:
            t = f"t = {self.t:.6g} s"
        except Error as error:
            t = str(error)
        return f"<Simulation {self.name}: {t}, neurons {{{', '.join(self.neurons)}}}, synapses {{{', '.join(self.synapses)}}}>"

    # -- helpers

    def _seconds(self, value: Any, name: str) -> float:
        if isinstance(value, str):
            with argument_errors():
                return _core.seconds(value, name)
        return arguments.number(value, name)

    def _steps(self, value: Any, name: str) -> int:
        seconds = self._seconds(value, name)
        if not 0.0 <= seconds / self.dt <= _MOST_STEPS:
            raise ArgumentError(f"{name}: expected a time from 0 to 2^48 steps, not {seconds} s")
        return math.floor(seconds / self.dt + 0.5)

    def _period(self, value: Any) -> int:
        steps = self._steps(value, "every")
        exact = self._seconds(value, "every") / self.dt
        if steps < 1 or abs(exact - steps) > 1e-6 * steps:
            raise ArgumentError(
                f"every: expected a whole number of steps of {self.dt:.6g} s, at least one, not {value!r}"
            )
        return steps


_MOST_STEPS = 2.0**48



class _Show:
    """Moves a progress bar over one run."""

    def __init__(self, bar: ProgressBar, dt: float, begin: int, steps: int) -> None:
        self._bar = bar
        self._dt = dt
        self._begin = begin
        self._steps = steps
        self._last = time.monotonic()

    def __call__(self, t: float) -> None:
        self._last = time.monotonic()
        self._bar.show(t, min(1.0, (t / self._dt - self._begin) / self._steps), 0.0)

    def if_due(self, step: int) -> None:
        """Show where a run stands that is too divided for the engine to tell."""
        if time.monotonic() - self._last > 0.1:
            self(step * self._dt)


def _texts(value: Any, name: str) -> list[str]:
    if isinstance(value, str) or not all(isinstance(item, str) for item in value):
        raise ArgumentTypeError(f"{name}: expected a list of names, such as ['exc.apre'], not {value!r}")
    return list(value)


def _name(name: Any) -> str:
    if not isinstance(name, str):
        raise ArgumentTypeError(f"expected the name of a state, not {name!r}")
    return name

# SPDX-License-Identifier: BSD-3-Clause
"""Error on MNIST against the size of the network, run by run: No-Drop, Dropout, DropConnect, as Wan et al. 2013.

``python -m bouton.lecture.study`` does the runs that its result file does not hold yet, one line each, so that it can be
stopped at any time and goes on where it was.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

import bouton
from bouton import ann
from bouton.data import Digits, mnist
from bouton.errors import Error
from bouton.whole_file import refuse_foreign, write_whole

MASKS = {"none": "No-Drop", "dropout": "Dropout", "dropconnect": "DropConnect"}
RESULTS = Path("docs/results/dropconnect.jsonl")

#: Width -> seeds of the whole study, in the order of work.
PLAN = {800: 5, 100: 3, 200: 3, 400: 3, 1600: 2}


@dataclass(frozen=True)
class Setting:
    """One network to be trained: `width` units in each of two hidden layers."""

    width: int
    mask: str
    seed: int
    epochs: int = 40
    batch: int = 128
    learning_rate: float = 0.1
    momentum: float = 0.9
    decay: str = "cosine"
    initial: str = "normal"
    scaling: str = "unscaled"
    keep: float = 0.5
    activation: str = "relu"


@dataclass(frozen=True)
class Run:
    """A trained network: errors per epoch, 0 to 1, and where they come from."""

    setting: Setting
    data: str
    test_error: list[float]
    train_error: list[float]
    loss: list[float]
    seconds: float
    gaussian_error: float | None = None  # DropConnect's after the last epoch, by moment matching as in the paper
    version: str = field(default_factory=lambda: bouton.__version__)
    date: str = field(default_factory=lambda: date.today().isoformat())

    @property
    def last_error(self) -> float:
        """On the test set after the last epoch, in percent; no epoch is picked by it.

        By mean-field inference, and DropConnect's by moment matching, as Wan et al. 2013.
        """
        return 100 * (self.test_error[-1] if self.gaussian_error is None else self.gaussian_error)


def settings(
    widths: Iterable[int], masks: Iterable[str], seeds: Iterable[int], **how: Any
) -> Iterator[Setting]:
    """Return every combination, all widths and masks of one seed before the next."""
    masks, widths = list(masks), list(widths)
    return (Setting(width, mask, seed, **how) for seed in seeds for width in widths for mask in masks)


def train(
    setting: Setting,
    train_set: Digits,
    test_set: Digits,
    threads: int = 0,
    progress: Callable[[float], None] | bool = False,
    course: bool = True,
) -> Run:
    """Train one network and return its errors after each epoch, or without `course` after the last alone."""
    begin = time.perf_counter()
    net = ann.Network(
        [setting.width, setting.width],
        activation=setting.activation,
        mask=setting.mask,
        keep=setting.keep,
        initial=setting.initial,
        scaling=setting.scaling,
        seed=setting.seed,
    )
    tested = (test_set.images, test_set.labels) if course else (None, None)
    net.train(
        train_set.images,
        train_set.labels,
        *tested,
        epochs=setting.epochs,
        batch=setting.batch,
        learning_rate=setting.learning_rate,
        momentum=setting.momentum,
        decay=setting.decay,
        train_error=course,
        threads=threads,
        progress=progress,
    )
    history = net.history
    if not course:
        history = history[-1:]
        for name, part in (("test_error", test_set), ("train_error", train_set)):
            history[name] = net.error(part.images, part.labels, threads=threads)
    gaussian = None
    if setting.mask == "dropconnect":
        gaussian = round(
            net.error(test_set.images, test_set.labels, inference="gaussian", threads=threads), 6
        )
    return Run(
        setting,
        f"{train_set.source}; test: {test_set.source}",
        *(history[name].round(6).tolist() for name in ("test_error", "train_error", "loss")),
        seconds=round(time.perf_counter() - begin, 1),
        gaussian_error=gaussian,
    )


def read(path: Path) -> list[Run]:
    """Return the runs of a result file; none if it does not exist."""
    if not path.exists():
        return []
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not text"
        raise Error(f"{path} cannot hold the runs of this study: {why}; name another file", status=2) from error
    runs = []
    for number, line in enumerate(text.splitlines(), start=1):
        try:
            entry = json.loads(line)
            runs.append(Run(setting=Setting(**entry.pop("setting")), **entry))
        except (ValueError, TypeError, KeyError) as error:
            raise Error(f"{path}:{number}: not a run of this study: {error}", status=2) from error
    return runs


def append(path: Path, run: Run) -> None:
    """Add a run to a result file, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    before = path.read_text(encoding="utf-8") if path.is_file() else ""
    write_whole(path, before + json.dumps(asdict(run)) + "\n")


@dataclass(frozen=True)
class Point:
    """The runs of one width and mask together; percent."""

    width: int
    mean: float
    sd: float
    seeds: int


def points(runs: Iterable[Run], mask: str) -> list[Point]:
    """Return mean and standard deviation over the seeds, by width."""
    found: dict[int, list[float]] = {}
    for run in runs:
        if run.setting.mask == mask:
            found.setdefault(run.setting.width, []).append(run.last_error)
    return [
        Point(width, float(np.mean(e)), float(np.std(e, ddof=1)) if len(e) > 1 else float("nan"), len(e))
        for width, e in sorted(found.items())
    ]


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m bouton.lecture.study", description=__doc__)
    parser.add_argument("-o", "--output", type=Path, default=RESULTS, help=f"result file (default: {RESULTS})")
    parser.add_argument("--widths", type=_numbers, default=list(PLAN), metavar="N,N")
    parser.add_argument("--masks", type=lambda text: text.split(","), default=list(MASKS), metavar="NAME,NAME")
    parser.add_argument(
        "--seeds", type=_numbers, metavar="N,N", help=f"default: from 1 on, as many as {PLAN} says of a width"
    )
    for name in ("epochs", "batch"):
        parser.add_argument(f"--{name}", type=int, default=getattr(Setting, name))
    for name in ("learning_rate", "momentum", "keep"):
        parser.add_argument(f"--{name.replace('_', '-')}", type=float, default=getattr(Setting, name))
    for name in ("decay", "initial", "scaling", "activation"):
        parser.add_argument(f"--{name}", default=getattr(Setting, name))
    parser.add_argument("--data", type=Path, help="folder of MNIST (default: BOUTON_DATA)")
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--minutes", type=float, default=float("inf"), help="begin no run after so long")
    options = parser.parse_args(arguments)
    wrong = [mask for mask in options.masks if mask not in MASKS]
    if wrong:
        parser.error(f"no mask '{wrong[0]}': there is {', '.join(MASKS)}")
    names = ("epochs", "batch", "learning_rate", "momentum", "decay", "initial", "scaling", "keep", "activation")
    how = {name: getattr(options, name) for name in names}
    wanted = [
        setting
        for width in options.widths
        for setting in settings(
            [width], options.masks, options.seeds or range(1, PLAN.get(width, 3) + 1), **how
        )
    ]
    try:
        return _work(wanted, options)
    except Error as error:
        print(error, file=sys.stderr)
        return error.status
    except KeyboardInterrupt:
        print(f"\nstopped; {options.output} holds the finished runs", file=sys.stderr)
        return 1


def _work(wanted: list[Setting], options: argparse.Namespace) -> int:
    # The data are never a file of runs, under whatever name or link: reading it refuses to write there.
    refuse_foreign(options.output, '{"setting": {', "a file of runs")
    done = {run.setting for run in read(options.output)}
    train_set, test_set = mnist("train", options.data), mnist("test", options.data)
    missing = [setting for setting in wanted if setting not in done]
    print(f"{options.output}: {len(wanted) - len(missing)} of {len(wanted)} runs are there", file=sys.stderr)
    begin = time.monotonic()
    for k, setting in enumerate(missing, start=1):
        if time.monotonic() - begin > 60 * options.minutes:
            print(f"{len(missing) - k + 1} runs are left for another time", file=sys.stderr)
            break
        run = train(setting, train_set, test_set, options.threads)
        append(options.output, run)
        print(
            f"[{k}/{len(missing)}, {time.monotonic() - begin:.0f} s] {MASKS[setting.mask]}, width {setting.width}, "
            f"seed {setting.seed}: {run.last_error:.2f} % after {setting.epochs} epochs, "
            f"{100 * run.train_error[-1]:.3f} % of the training set, {run.seconds:.0f} s",
            file=sys.stderr,
            flush=True,
        )
    return 0


def _numbers(text: str) -> list[int]:
    return [int(part) for part in text.split(",")]


def small(train_set: Digits, count: int) -> Digits:
    """Return the first `count` images, and say so in their source."""
    if count >= len(train_set):
        return train_set
    return replace(
        train_set,
        images=train_set.images[:count],
        labels=train_set.labels[:count],
        source=f"the first {count:,} images of {train_set.source}",
    )


if __name__ == "__main__":
    sys.exit(main())

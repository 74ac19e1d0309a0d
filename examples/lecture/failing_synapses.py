# SPDX-License-Identifier: BSD-3-Clause
"""DropConnect and a failing synapse are one thing: a trained network's weights in both halves of bouton."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import TwoSlopeNorm

import bouton
from bouton import ann
from bouton.data import Digits, mnist
from bouton.lecture import Check, Context, Figure, Panel, script
from bouton.lecture.study import MASKS, small
from bouton.plot import LIGHT as COLOURS

SECTION = "DropConnect"
ORDER = 71
SECONDS = 60

WIDTH, EPOCHS, IMAGES = 200, 12, 10_000
RELEASE = np.array([0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0])
PROBABILITIES = (0.25, 0.5, 0.75)  # of the volleys
VOLLEYS = 3000
INK = {"none": COLOURS.ink, "dropconnect": COLOURS.blue}


@dataclass(frozen=True)
class Sums:
    """What reaches each hidden unit in each trial, [trial, unit], from one image."""

    p: float
    spiking: np.ndarray
    artificial: np.ndarray
    mean: np.ndarray  # [unit], as the formula has it
    variance: np.ndarray


def make(context: Context) -> Figure:
    train, test = small(mnist("train", context.data), IMAGES), mnist("test", context.data)
    networks = {mask: learn(mask, train, context) for mask in INK}
    errors = {mask: failing(net, test) for mask, net in networks.items()}
    net = networks["dropconnect"]
    image = test.images[int(np.flatnonzero(test.labels == 3)[0])] / 255.0
    sums = [volleys(context, net, image, p) for p in PROBABILITIES]
    unit = most_mistaken(sums[1])
    return Figure(
        title="The same synapse in both halves: transmission that fails",
        text=f"""
        Two networks (784-{WIDTH}-{WIDTH}-10, ReLU) learned digits, one with all weights in place, one with
        DropConnect, where every weight is kept with probability 1/2, anew for each image. Now their synapses fail:
        each weight of the hidden layers transmits with *release probability* p, drawn for every image (and is divided
        by p, so that the mean drive stays). The network
        that learned with failures bears them; the other was never prepared for them. Averaging ten
        looks at the same image, as a population or some time would, wins most of it back.

        A failing weight of an artificial network and a failing synapse of a spiking one are the same thing. The
        first layer's weights W were put into a spiking network as synapses with `release = "bernoulli"`; the inputs
        fire one volley after the other, {VOLLEYS:,} in all, each synapse weighted by its pixel's grey v. What a
        unit receives from a volley is ((M∘W)v)_{{i}} with a fresh mask M: its mean is p·Σ_{{j}}W_{{ij}}v_{{j}}, its
        variance p(1-p)·Σ_{{j}}W_{{ij}}^2 v_{{j}}^2, and as many synapses add up, it is nearly Gaussian. That is what
        Gaussian inference for DropConnect uses. Both halves draw from the same source: Philox4x32-10, numbers by
        counter, so that a bit depends on which synapse and when, not on the order of work.
        """,
        panels=[
            reliability(errors),
            transmitted(net, image, unit),
            distribution(sums, unit),
            moments(sums),
        ],
        parameters={
            "networks": f"784-{WIDTH}-{WIDTH}-10, ReLU, {EPOCHS} epochs, batch 128, learning rate 0.1 falling as a cosine",
            "DropConnect": "p = 0.5 on both hidden layers, biases included; inverted scaling",
            "failures": "`with_mask('dropconnect', p)`, sampled inference, weights divided by p",
            "spiking": "`bernoulli` release, 784 inputs, one volley per step",
            "random bits": "Philox4x32-10 (Salmon et al. 2011) in both",
        },
        checks=compare(errors, sums, unit),
        data=f"{train.source}; test: {test.source}",
    )


def learn(mask: str, train: Digits, context: Context) -> ann.Network:
    net = ann.Network([WIDTH, WIDTH], mask=mask, keep=0.5, scaling="inverted", initial="he", seed=1)
    progress = context.progress(MASKS[mask])
    return net.train(
        train.images, train.labels, epochs=EPOCHS, decay="cosine", progress=progress, threads=1
    )


def failing(net: ann.Network, test: Digits) -> dict[int, np.ndarray]:
    """Return the test error in percent at each release probability, by the number of looks at an image."""
    return {
        looks: np.array(
            [
                100
                * net.with_mask("dropconnect", p).error(
                    test.images, test.labels, inference="sampled", samples=looks, threads=1
                )
                for p in RELEASE
            ]
        )
        for looks in (1, 10)
    }


def volleys(context: Context, net: ann.Network, image: np.ndarray, p: float) -> Sums:
    """Send the image through the first layer's weights, in the spiking engine and in the artificial one."""
    v = image.ravel()
    w = net.weights[0] * v[:, None]  # [pixel, unit]: what one release adds
    spiking = context.load("failing_synapses.toml")
    spiking.name = f"failing_synapses, p = {p:g}"
    spiking.simulation["duration"] = f"{VOLLEYS + 1} ms"
    inked = np.flatnonzero(v)
    spiking.neurons["input"]["size"] = len(inked)
    spiking.neurons["unit"]["size"] = w.shape[1]
    synapses = spiking.synapses["unreliable"]
    synapses["release"]["parameters"]["p"] = p
    synapses["initial"]["w"] = bouton.values(w[inked].ravel())  # source by source, as the synapses are numbered
    arrived = np.diff(context.run(spiking).recordings["unit"]["u"], axis=0)
    return Sums(
        p, arrived, masked_sums(net.weights[0], v, p), p * w.sum(axis=0), p * (1 - p) * (w**2).sum(axis=0)
    )


def masked_sums(weights: np.ndarray, v: np.ndarray, p: float) -> np.ndarray:
    """Return DropConnect's sums (M o W) v over VOLLEYS examples, each with its mask, [example, unit].

    A layer of the artificial engine gives class probabilities only; beside a unit whose weights are 0 their logarithms
    are the sums themselves.
    """
    inputs, units = weights.shape
    layer = ann.Network(
        [], mask=["dropconnect"], keep=[p], initial="he", inputs=inputs, classes=units + 1
    )
    layer.set_weights(0, np.c_[weights, np.zeros(inputs)])
    shown = np.broadcast_to(v.astype(np.float32), (VOLLEYS, inputs))
    logs = np.log(layer.predict(shown, inference="sampled", samples=1, threads=1).astype(float))
    return logs[:, :-1] - logs[:, -1:]


def gaussian_relu(mean: float, variance: float) -> float:
    """Return E[max(0, u)] for u ~ N(mean, variance)."""
    sd, normal = float(np.sqrt(variance)), NormalDist()
    return mean * normal.cdf(mean / sd) + sd * normal.pdf(mean / sd)


def most_mistaken(sums: Sums) -> int:
    """Return a unit that is silent at its mean sum, but not in the mean: of those, the one that answers most."""
    sd = np.sqrt(sums.variance)
    expected = [gaussian_relu(m, s) for m, s in zip(sums.mean, sums.variance, strict=True)]
    return int(np.argmax(np.where(sums.mean < -0.6 * sd, expected, 0.0)))


def compare(errors: dict[str, dict[int, np.ndarray]], sums: list[Sums], unit: int) -> list[Check]:
    half = sums[1]
    units = half.spiking.shape[1]
    checks = []
    for name in ("spiking", "artificial"):
        ratio = np.mean([getattr(s, name).var(axis=0, ddof=1) / s.variance for s in sums])
        checks.append(
            Check(
                f"{name} network: variance of the sums / p(1-p)Σw²v²",
                float(ratio),
                1.0,
                4 * float(np.sqrt(2 / VOLLEYS / units / len(sums))),
                why=f"mean over {units} units and three p; 4 standard errors",
            )
        )
    for name in ("spiking", "artificial"):
        z = (getattr(half, name).mean(axis=0) - half.mean) / np.sqrt(half.variance / VOLLEYS)
        checks.append(
            Check(
                f"{name} network: deviation of the means from p·Wv, in standard errors (rms)",
                float(np.sqrt(np.mean(z**2))),
                1.0,
                4 / float(np.sqrt(2 * units)),
                why="p = 0.5",
            )
        )
    correlation = np.corrcoef(half.spiking.T)[np.triu_indices(units, 1)]
    checks.append(
        Check(
            "spiking network: correlation of two units' sums, squared, times the number of volleys",
            float(VOLLEYS * np.mean(correlation**2)),
            1.0,
            0.06,
            why="1 if synapses fail independently; failing *inputs* (Dropout) would correlate them",
        )
    )
    checks.append(
        Check(
            "shown unit: mean of ReLU(u), spiking",
            float(np.maximum(0, half.spiking[:, unit]).mean()),
            gaussian_relu(half.mean[unit], half.variance[unit]),
            0.04 * float(np.sqrt(half.variance[unit])),
            why="μΦ(μ/σ) + σφ(μ/σ); ReLU of the mean would be "
            f"{max(0.0, float(half.mean[unit])):.2g}",
        )
    )
    return checks


def reliability(errors: dict[str, dict[int, np.ndarray]]) -> Panel:
    figure, axes = plt.subplots(figsize=(5.0, 4.2))
    for mask, color in INK.items():
        for looks, line in ((1, "o-"), (10, "o--")):
            name = f"{MASKS[mask]}, {looks} look{'s' if looks > 1 else ''}"
            hollow = {} if looks == 1 else {"markerfacecolor": COLOURS.paper}
            axes.plot(
                RELEASE, errors[mask][looks], line, color=color, markersize=4, label=name, linewidth=1.4, **hollow
            )
    axes.set(yscale="log", xlabel="release probability p", ylabel="test error (%)", xlim=(0.05, 1.02))
    ticks = [t for t in (2, 3, 5, 10, 20, 50, 90) if t >= 0.7 * min(e.min() for d in errors.values() for e in d.values())]
    axes.set_yticks(ticks, [str(t) for t in ticks])
    axes.minorticks_off()
    axes.legend()
    return Panel(
        figure,
        "Test error when every synapse of the hidden layers transmits with probability p, drawn anew for each image; "
        "one look at each image, or the mean answer of ten.",
    )


def transmitted(net: ann.Network, image: np.ndarray, unit: int) -> Panel:
    """Show the image, W v of one unit, and what gets through with three of the engine's masks."""
    contribution = (net.weights[0][:, unit] * image.ravel()).reshape(28, 28)
    kept = net.masks(3, 0)[:, :-1, unit].reshape(3, 28, 28)
    figure, axes = plt.subplot_mosaic([["v", "all"], ["0", "1"]], figsize=(5.0, 4.6))
    axes["v"].imshow(image, cmap="Greys")
    axes["v"].set_title("image: v")
    bound = float(np.abs(contribution).max())
    norm = TwoSlopeNorm(0, -bound, bound)
    shown = {"all": contribution, "0": kept[0] * contribution, "1": kept[1] * contribution}
    for name, values in shown.items():
        seen = np.ma.masked_where(values == 0, values)
        drawn = axes[name].imshow(seen, cmap="RdBu_r", norm=norm)
        total = values.sum()
        title = "all synapses" if name == "all" else f"mask {int(name) + 1}, p = 0.5"
        axes[name].set_title(f"{title}: Σ = {total:.2f}")
    for ax in axes.values():
        ax.set(xticks=[], yticks=[])
        for side in ax.spines.values():
            side.set(visible=True, color=COLOURS.line)
    bar = figure.colorbar(drawn, ax=list(axes.values()), label="what a synapse adds, $w v$", shrink=0.6)
    bar.outline.set_visible(False)
    return Panel(
        figure,
        "One hidden unit: the image, what each pixel's synapse adds, and what is left of it under two of the masks "
        "that the engine draws. Red excites, blue inhibits; where nothing is drawn, nothing arrives.",
    )


def distribution(sums: list[Sums], unit: int) -> Panel:
    figure, rows = plt.subplots(len(sums), sharex=True, figsize=(5.0, 4.6))
    for axes, s in zip(rows, sums, strict=True):
        every = np.concatenate([t.spiking[:, unit] for t in sums])
        edges = np.linspace(every.min(), every.max(), 46)
        axes.axvspan(min(0.0, edges[0]), 0, color=COLOURS.line, alpha=0.35, linewidth=0)
        axes.hist(
            s.spiking[:, unit], edges, density=True, color=COLOURS.orange, alpha=0.45, label="spiking network"
        )
        axes.hist(
            s.artificial[:, unit],
            edges,
            density=True,
            histtype="step",
            color=COLOURS.blue,
            linewidth=1.3,
            label="DropConnect",
        )
        u = np.linspace(edges[0], edges[-1], 300)
        sd = np.sqrt(s.variance[unit])
        bell = np.exp(-((u - s.mean[unit]) ** 2) / (2 * sd**2)) / (sd * np.sqrt(2 * np.pi))
        axes.plot(u, bell, color=COLOURS.ink, linewidth=1.2, label="N(p·Wv, p(1-p)·W²v²)")
        axes.set(yticks=[], xlim=(edges[0], edges[-1]))
        axes.text(0.015, 0.9, f"p = {s.p:g}", transform=axes.transAxes, va="top")
        axes.spines["left"].set_visible(False)
    handles, labels = rows[0].get_legend_handles_labels()
    figure.legend(handles, labels, fontsize=8.5, loc="outside upper center", ncols=3, columnspacing=1.0)
    rows[-1].set_xlabel("sum that reaches the unit, u")
    return Panel(
        figure,
        f"The sums that reach this unit, over {VOLLEYS:,} volleys of spikes through Bernoulli synapses and "
        f"{VOLLEYS:,} masks of DropConnect, with the Gaussian of the closed form. Left of 0 (grey) a ReLU is silent.",
    )


def moments(sums: list[Sums]) -> Panel:
    figure, (left, right) = plt.subplots(1, 2, figsize=(5.0, 3.0))
    hues = (COLOURS.purple, COLOURS.ltp, COLOURS.orange)
    for s, color in zip(sums, hues, strict=True):
        for values, marker, size in ((s.artificial, "o", 4.5), (s.spiking, ".", 3.0)):
            hollow = {"markerfacecolor": "none", "markeredgewidth": 0.7} if marker == "o" else {}
            left.plot(s.mean, values.mean(axis=0), marker, color=color, markersize=size, **hollow)
            right.plot(s.variance, values.var(axis=0, ddof=1), marker, color=color, markersize=size, **hollow)
        right.plot([], [], "o", color=color, label=f"p = {s.p:g}")
    for axes, name in ((left, "mean"), (right, "variance")):
        axes.axline((0, 0), slope=1, color=COLOURS.ink, linewidth=0.9, zorder=0)
        axes.set_box_aspect(1)
        axes.set(ylabel=f"measured {name}")
    left.set_xlabel("p·Wv")
    right.set_xlabel("p(1-p)·(W∘W)(v∘v)")
    right.legend(fontsize=8.5, borderaxespad=0, handletextpad=0.1)
    return Panel(
        figure,
        f"Mean and variance of the sums of all {WIDTH} units: dots from the spiking network, rings from "
        "DropConnect; the line is the closed form.",
    )


if __name__ == "__main__":
    script(make)

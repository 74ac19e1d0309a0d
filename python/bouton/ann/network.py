# SPDX-License-Identifier: BSD-3-Clause
"""A fully connected network whose weights or units fail while it learns."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from bouton import _core, arguments
from bouton.ann import settings
from bouton.ann.bar import Bar
from bouton.ann.examples import examples, label_bytes
from bouton.ann.voting import vote
from bouton.errors import Error
from bouton.running import engine_errors

HISTORY = np.dtype(
    [
        ("epoch", np.int64),
        ("learning_rate", np.float64),
        ("loss", np.float64),
        ("masked_error", np.float64),
        ("train_error", np.float64),
        ("test_error", np.float64),
        ("seconds", np.float64),
    ]
)


class Network:
    """A classifier: hidden layers, then softmax.

    Parameters
    ----------
    layers : sequence of int
        Units of the hidden layers.
    activation : {"relu", "tanh", "sigmoid"} or a sequence of them
        Of all hidden layers, or of each.
    mask : {"none", "dropout", "dropconnect"} or a sequence of them
        What fails while the network learns: nothing, units, or weights and biases. Of all hidden layers, or of each,
        the output layer too if there is one entry more. One mask for each example.
    keep : float or sequence of float
        The probability p of *keeping* a unit or weight, in (0, 1], rounded to 1/256.
    scaling : {"unscaled", "inverted"}
        Whether inference multiplies by p, as Wan et al. 2013 do, or training divides by p.
    initial : {"normal", "he"}
        Weights from N(0, initial_scale^2) or N(0, 2/inputs); biases are 0.
    initial_scale : float
    input_shift, input_scale : float
        The network sees ``(x - input_shift) * input_scale``; x of a uint8 image is from 0 to 1.
    inputs, classes : int, optional
        Taken from the arrays of the first training where they are not given.
    seed : int
        Fixes weights, order of examples, masks and augmentation.

    Raises
    ------
    Error
        With everything that is wrong in the description, as soon as inputs and classes are known.

    Notes
    -----
    DropConnect: Wan, Zeiler, Zhang, LeCun & Fergus 2013, PMLR 28(3):1058-1066. Dropout: Srivastava et al. 2014, JMLR 15.

    Examples
    --------
    >>> net = ann.Network([800, 800], mask="dropconnect", keep=0.5, seed=1)
    >>> net.train(X, y, X_test, y_test, epochs=20).error(X_test, y_test)
    """

    def __init__(
        self,
        layers: Sequence[int] = (800, 800),
        *,
        activation: str | Sequence[str] = "relu",
        mask: str | Sequence[str] = "none",
        keep: float | Sequence[float] = 0.5,
        scaling: str = "unscaled",
        initial: str = "normal",
        initial_scale: float = 0.1,
        input_shift: float = 0.0,
        input_scale: float = 1.0,
        inputs: int | None = None,
        classes: int | None = None,
        seed: int = 0,
    ) -> None:
        self._layers = (tuple(settings.hidden_units(layers)), activation, mask, keep)
        self._described = {
            "scaling": scaling,
            "input_shift": arguments.number(input_shift, "input_shift"),
            "input_scale": arguments.number(input_scale, "input_scale"),
        }
        self._initial = settings.changed({}, initial=initial, initial_scale=initial_scale, seed=seed)
        inputs = self._inputs = None if inputs is None else arguments.whole(inputs, "inputs", 1)
        classes = self._classes = None if classes is None else arguments.whole(classes, "classes", 2, 256)
        self._training: Any = None
        if inputs is not None and classes is not None:
            self._begin(inputs, classes, settings.TRAINING | self._initial)
        else:
            settings.layers(layers, classes or 2, activation, mask, keep)  # wrong counts show at once

    @classmethod
    def _of(cls, training: Any) -> Network:
        made = cls.__new__(cls)
        made._training = training
        return made

    def _begin(
        self, inputs: int, classes: int, how: dict[str, Any], memory: int | str | None = None
    ) -> None:
        units, activation, mask, keep = self._layers
        network = {
            **self._described,
            "inputs": inputs,
            "layers": settings.layers(units, classes, activation, mask, keep),
        }
        with engine_errors():
            self._training = _core.Training.begin(network, how, memory)

    def train(
        self,
        X: ArrayLike,
        y: ArrayLike,
        X_test: ArrayLike | None = None,
        y_test: ArrayLike | None = None,
        *,
        epochs: int | None = None,
        batch: int | None = None,
        learning_rate: float | None = None,
        momentum: float | None = None,
        weight_decay: float | None = None,
        bias_rate: float | None = None,
        decay: str | None = None,
        stages: Sequence[tuple[int, float]] | None = None,
        augmentation: Mapping[str, float] | None = None,
        threads: int = 0,
        memory: int | str | None = None,
        train_error: bool = False,
        progress: bool | Callable[[float], None] | None = None,
        on_epoch: Callable[[Network], object] | None = None,
    ) -> Network:
        """Train by stochastic gradient descent with momentum, or go on with it.

        What is None is as in the call before, or as its default below. Going on gives, bit for bit, what one longer
        training would have given.

        Parameters
        ----------
        X : array_like, shape (n, height, width) or (n, features)
            uint8 images, or floats.
        y : array_like of int, shape (n,)
            Classes, from 0.
        X_test, y_test : array_like, optional
            Evaluated after each epoch by mean inference, never learned from.
        epochs : int
            How many in all, those of earlier calls among them (20).
        batch : int
            Examples per step (128).
        learning_rate, momentum : float
            0.1 and 0.9.
        weight_decay, bias_rate : float
            Decay of the weights (0); rate of the biases relative to the weights' (1).
        decay : {"stages", "cosine"}
            How the learning rate falls.
        stages : sequence of (epochs, factor)
            For "stages"; their epochs add up to `epochs`. None: no decay. See :func:`wan_stages`.
        augmentation : mapping
            Random changes of each image whenever it is shown: "shift" (pixels), "rotation" (degrees), "scale"
            (0.1: by up to 10 %).
        threads : int
            0: all cores. The result does not depend on it.
        memory : int or str, optional
            Bytes that the training may take, or "8GB"; by default what is free. Weights that would need more are not
            drawn. The examples do not count.
        train_error : bool
            Evaluate the training set after each epoch too.
        progress : bool or callable, optional
            Show a bar; by default on terminals and in notebooks. A function is called with the fraction done.
        on_epoch : callable, optional
            Called with the network after each epoch; may save it. What it raises stops the training, as Ctrl-C does, at
            the last finished epoch.

        Returns
        -------
        Network
            Itself; the course is in :attr:`history`.

        Raises
        ------
        Error
            If arrays or settings are wrong (status 2), or the loss is no longer finite (status 1).
        OutOfMemory
            If the training needs more memory than there is, or than `memory` allows (status 2).
        """
        if (X_test is None) != (y_test is None):
            raise Error("X_test and y_test: give both or neither", status=2)
        threads = arguments.whole(threads, "threads")
        train_error = arguments.flag(train_error, "train_error")
        classes = self._classes if self._training is None else self._training.network["layers"][-1]["units"]
        data = examples(X, y, classes, "X")
        if self._training is None:
            classes = classes or data.classes
        test = None if X_test is None or y_test is None else examples(X_test, y_test, classes, "X_test")
        ranges = {"shift": 0.0, "rotation": 0.0, "scale": 0.0} if augmentation is not None else {}
        unknown = set(augmentation or ()) - set(ranges)
        if unknown:
            raise Error(f"augmentation: no '{sorted(unknown)[0]}'; there is shift, rotation, scale", status=2)
        how = settings.changed(
            settings.TRAINING | self._initial if self._training is None else self._training.training,
            epochs=epochs,
            batch=batch,
            learning_rate=learning_rate,
            momentum=momentum,
            weight_decay=weight_decay,
            bias_rate=bias_rate,
            decay=decay,
            stages=stages,
            **(ranges | dict(augmentation or {})),
        )
        if self._training is None:
            self._begin(self._inputs or data.features, classes, how, memory)
        finished = (lambda: on_epoch(self)) if on_epoch is not None else None
        with engine_errors(), Bar(self.epochs, how["epochs"], progress) as bar:
            self._training.set_training(how)
            self._training.train(data, test, threads, train_error, bar.show, finished, memory)
        return self

    def predict(
        self,
        X: ArrayLike,
        *,
        inference: str = "mean",
        samples: int = 0,
        seed: int = 0,
        threads: int = 0,
        memory: int | str | None = None,
    ) -> np.ndarray:
        """Return class probabilities.

        Parameters
        ----------
        X : array_like, shape (n, height, width) or (n, features)
        inference : {"mean", "gaussian", "sampled"}
            "mean": all weights or units, times p. "gaussian": the sums of DropConnect layers are drawn as
            N(p W v, p (1 - p) (W o W)(v o v)), and the activation's mean over them goes on (Wan et al. 2013). "sampled": the mean over passes with random masks, as in training.
        samples : int
            "sampled": passes (0: 100). "gaussian": draws of each sum (0: in closed form for relu, else 1000).
        seed : int
            Of the masks and draws; an example's also go by its place in `X`.
        threads : int
            0: all cores. The result does not depend on it.
        memory : int or str, optional
            Bytes that this may take beside the network and the examples, or "8GB"; by default what is free.

        Returns
        -------
        ndarray of float32, shape (n, classes)

        Raises
        ------
        Error
            If the inputs do not fit the network, or it has neither been trained nor given inputs and classes.
        OutOfMemory
            If that needs more memory than there is, or than `memory` allows (status 2).
        """
        return vote([self], X, inference=inference, samples=samples, seed=seed, threads=threads, memory=memory)

    def classify(self, X: ArrayLike, **inference: Any) -> np.ndarray:
        """Return the most probable class of each example, shape (n,). Arguments as of :meth:`predict`."""
        return self.predict(X, **inference).argmax(axis=1)

    def error(self, X: ArrayLike, y: ArrayLike, **inference: Any) -> float:
        """Return the share of examples that are misclassified, 0 to 1. Arguments as of :meth:`predict`."""
        found = self.classify(X, **inference)
        labels = label_bytes(y, len(found), self.description["layers"][-1]["units"], "X")
        return float(np.mean(found != labels))

    @property
    def training(self) -> Any:
        """The engine's part, which exists once inputs and classes are known."""
        if self._training is None:
            raise Error("the network has no inputs yet: train it, or make it with inputs and classes", status=2)
        return self._training

    @property
    def description(self) -> Mapping[str, Any]:
        """What the network is: inputs, layers (units, activation, mask, keep), scaling, input_shift, input_scale.

        Read only, as are :attr:`settings`, :attr:`weights` and :attr:`biases`.
        """
        found = dict(self.training.network)
        found["layers"] = tuple(MappingProxyType(layer) for layer in found["layers"])
        return MappingProxyType(found)

    @property
    def settings(self) -> Mapping[str, Any]:
        """How it was trained last, and its seed."""
        found = dict(self.training.training)
        found["stages"] = tuple(found["stages"])
        return MappingProxyType(found)

    @property
    def epochs(self) -> int:
        """Finished epochs."""
        return 0 if self._training is None else int(self._training.epoch)

    @property
    def history(self) -> np.ndarray:
        """One record per finished epoch.

        Fields: epoch (from 1), learning_rate, loss (mean cross-entropy with masks, nats), masked_error (share of
        training examples misclassified with masks, while learning), train_error and test_error (by mean inference
        after the epoch; NaN where not asked for), seconds (of training).
        """
        rows = [] if self._training is None else self._training.history
        return np.array(rows, dtype=HISTORY)

    @property
    def weights(self) -> tuple[np.ndarray, ...]:
        """The weights of each layer, float32 [inputs, units]; copies, read only: :meth:`set_weights` changes them."""
        return tuple(_frozen(self.training.weights(layer))[:-1] for layer in range(self._count()))

    @property
    def biases(self) -> tuple[np.ndarray, ...]:
        """The biases of each layer, float32 [units]; copies, read only: :meth:`set_weights` changes them."""
        return tuple(_frozen(self.training.weights(layer))[-1] for layer in range(self._count()))

    def set_weights(self, layer: int, weights: ArrayLike, biases: ArrayLike | None = None) -> None:
        """Replace the weights [inputs, units] of a layer, and its biases [units] if they are given."""
        layer = self._layer(layer)
        both = self.training.weights(layer)
        for part, name, values in ((both[:-1], "weights", weights), (both[-1], "biases", biases)):
            if values is not None:
                what = f"{name} of layer {layer}"
                part[...] = arguments.floats(values, what, part.shape, dtype=np.float32)
        with engine_errors():
            self.training.set_weights(layer, both)

    def masks(self, examples: int, layer: int = 0, *, seed: int = 0, step: int = 0) -> np.ndarray:
        """Return which weights or units are kept: the bits that the engine draws where it needs them.

        They are drawn by Philox4x32-10 from counters, as the random numbers of the spiking networks are (Salmon et al.
        2011, doi:10.1145/2063384.2063405). One by one here: meant for looking at them.

        Parameters
        ----------
        examples : int
            How many examples of a batch.
        layer : int
            From 0.
        seed, step : int
            In training: the network's seed, and the number of the batch since the beginning, from 0. In sampled inference
            with one sample: its seed, and the number of the block of 128 examples.

        Returns
        -------
        ndarray of bool
            DropConnect: [examples, inputs + 1, units], the biases last. Dropout: [examples, units].
        """
        layer = self._layer(layer)
        examples = arguments.whole(examples, "examples", most=2**32 - 1)
        step = arguments.whole(step, "step", most=2**32 - 1)
        bits: np.ndarray = self.training.masks(layer, examples, arguments.whole(seed, "seed"), step)
        return bits[:, 0] if self.description["layers"][layer]["mask"] == "dropout" else bits

    def with_mask(self, mask: str, keep: float = 1.0) -> Network:
        """Return a copy whose hidden layers fail otherwise: what a trained network does with other synapses.

        Parameters
        ----------
        mask : {"none", "dropout", "dropconnect"}
        keep : float
            The probability of keeping.
        """
        with engine_errors():
            return Network._of(self.training.with_mask(mask, arguments.number(keep, "keep")))

    def save(self, path: str | Path) -> None:
        """Write a model file (HDF5), with everything from which training goes on; ``bouton evaluate`` reads it too."""
        with engine_errors():
            self.training.save(Path(path))

    def _count(self) -> int:
        return len(self.training.network["layers"])

    def _layer(self, layer: int) -> int:
        return arguments.whole(layer, "layer", 0, self._count() - 1)

    def __repr__(self) -> str:
        if self._training is None:
            return f"<Network {'-'.join(map(str, self._layers[0]))}, not begun>"
        layers = self.description["layers"]
        shape = "-".join(str(n) for n in (self.description["inputs"], *(layer["units"] for layer in layers)))
        masks = [f"{layer['mask']} p = {layer['keep']:g}" for layer in layers if layer["mask"] != "none"]
        return f"<Network {shape}, {masks[0] if masks else 'no mask'}, {self.epochs} epochs>"


def _frozen(array: np.ndarray) -> np.ndarray:
    """Forbid writing to a copy: it would change nothing, in silence."""
    array.flags.writeable = False
    return array


def load(path: str | Path) -> Network:
    """Return the network of a model file, of ``Network.save`` or ``bouton train``; its training can go on.

    Raises
    ------
    Error
        If the file is missing or not a model file.
    """
    with engine_errors():
        return Network._of(_core.Training.load(Path(path)))

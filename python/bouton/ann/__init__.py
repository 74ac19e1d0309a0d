# SPDX-License-Identifier: BSD-3-Clause
"""Artificial networks with unreliable synapses: DropConnect, Dropout and neither (Wan et al. 2013).

A network is made, trained and asked, with NumPy arrays in and out::

    from bouton import ann, data

    train, test = data.mnist("train"), data.mnist("test")
    net = ann.Network([800, 800], mask="dropconnect", keep=0.5, seed=1)
    net.train(train.images, train.labels, test.images, test.labels, epochs=20)
    net.history["test_error"]                     # per epoch, 0 to 1
    net.error(test.images, test.labels, inference="gaussian")
    net.save("m.h5")                              # `bouton evaluate m.h5` reads it, and ann.load

`keep` is everywhere the probability of *keeping* a weight or unit. Every example of a batch has masks of its own, drawn
by counter, never stored; results depend on the seed and not on the number of threads.
"""

from __future__ import annotations

from bouton.ann.network import Network, load
from bouton.ann.settings import wan_stages
from bouton.ann.voting import vote

__all__ = ["Network", "load", "vote", "wan_stages"]

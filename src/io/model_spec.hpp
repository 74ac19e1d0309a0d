// SPDX-License-Identifier: BSD-3-Clause
// The settings in a model file: the network's shape as attributes of the root and of /layers/N, and how it is
// trained as attributes of /training.
#pragma once

#include "ann/spec.hpp"
#include "io/hdf5/handle.hpp"

namespace bouton::io {

void write_network_spec(const Handle& root, const ann::NetworkSpec& network);
/// Throws ReadError, as the next one, for what is missing or unknown.
ann::NetworkSpec read_network_spec(const Handle& root);

void write_training_spec(const Handle& group, const ann::TrainingSpec& training);
ann::TrainingSpec read_training_spec(const Handle& group);

}  // namespace bouton::io

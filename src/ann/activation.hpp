// SPDX-License-Identifier: BSD-3-Clause
// Activations of whole rows, and their slopes as functions of what they returned.
#pragma once

#include "ann/spec.hpp"

#include <cstddef>

namespace bouton::ann {

/// to[k] = after * a(before * u[k]). Not for softmax.
void activate(Activation activation, std::size_t n, const float* u, float before, float after, float* to);

/// delta[k] = factor * error[k] * a'(u[k]), where r[k] = a(u[k]) times `after`. Where `r` is 0 because its unit was
/// dropped, the caller's mask must make delta 0.
void descend(Activation activation, std::size_t n, const float* error, const float* r, float after,
             float factor, float* delta);

/// Class probabilities in place of the sums u times `before`.
void softmax(std::size_t n, float* u, float before);

}  // namespace bouton::ann

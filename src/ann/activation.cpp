// SPDX-License-Identifier: BSD-3-Clause
#include "ann/activation.hpp"

#include "kernel/bouton_math.h"

#include <algorithm>

namespace bouton::ann {

void activate(Activation activation, std::size_t n, const float* u, float before, float after, float* to) {
    switch (activation) {
        case Activation::relu:
            for (std::size_t k = 0; k < n; ++k)
                to[k] = after * (u[k] < 0.0f ? 0.0f : before * u[k]);  // NaN stays
            return;
        case Activation::tanh:
            for (std::size_t k = 0; k < n; ++k) to[k] = after * bn::tanh(before * u[k]);
            return;
        case Activation::sigmoid:
            for (std::size_t k = 0; k < n; ++k) to[k] = after / (1.0f + bn::exp(-before * u[k]));
            return;
        case Activation::softmax: break;
    }
}

void descend(Activation activation, std::size_t n, const float* error, const float* r, float after,
             float factor, float* delta) {
    const float rescale = 1.0f / after;
    switch (activation) {
        case Activation::relu:
            for (std::size_t k = 0; k < n; ++k) delta[k] = error[k] * (r[k] > 0.0f ? factor : 0.0f);
            return;
        case Activation::tanh:
            for (std::size_t k = 0; k < n; ++k) {
                const float a = rescale * r[k];
                delta[k] = factor * error[k] * (1.0f - a * a);
            }
            return;
        case Activation::sigmoid:
            for (std::size_t k = 0; k < n; ++k) {
                const float a = rescale * r[k];
                delta[k] = factor * error[k] * (a * (1.0f - a));
            }
            return;
        case Activation::softmax: break;
    }
}

void softmax(std::size_t n, float* u, float before) {
    float largest = u[0];
    for (std::size_t k = 1; k < n; ++k) largest = std::max(largest, u[k]);
    float sum = 0.0f;
    for (std::size_t k = 0; k < n; ++k) {
        u[k] = bn::exp(before * (u[k] - largest));
        sum += u[k];
    }
    for (std::size_t k = 0; k < n; ++k) u[k] /= sum;
}

}  // namespace bouton::ann

// SPDX-License-Identifier: BSD-3-Clause
// Images shown a little shifted, turned and scaled, drawn by counter: the same in any order and on any thread.
#pragma once

#include "ann/dataset.hpp"
#include "ann/spec.hpp"

#include <cstdint>

namespace bouton::ann {

/// Where an image's points go: scaled and turned about the image's centre, then shifted. Right and down are
/// positive; a positive angle turns the x axis towards the y axis, which on the screen is clockwise.
struct Placement {
    double shift_x = 0.0;  ///< pixels
    double shift_y = 0.0;
    double degrees = 0.0;
    double scale = 1.0;
};

/// Draws from the augmentation's ranges, for one example in one epoch.
Placement draw_placement(const Augmentation& ranges, std::size_t index, std::uint64_t seed,
                         std::uint32_t epoch);

/// Writes the image as placed, with bilinear interpolation and 0 outside of it; `to` is another memory. The original
/// placement gives the image itself, shifts by whole pixels give its very values.
void place(const float* image, std::size_t height, std::size_t width, const Placement& placement, float* to);

/// Example `index` as Dataset::read gives it, in the placement that is drawn for it.
void augment(const Augmentation& ranges, const Dataset& data, std::size_t index, std::uint64_t seed,
             std::uint32_t epoch, float* to);

}  // namespace bouton::ann

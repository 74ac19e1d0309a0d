// SPDX-License-Identifier: BSD-3-Clause
#include "ann/augmentation.hpp"

#include "kernel/bouton_random.h"

#include <cmath>
#include <vector>

namespace bouton::ann {
namespace {

constexpr std::uint64_t kPlacementStream = 0x706c616365000000U;  // "place": apart from other uses of the seed
constexpr double kRadians = 0x1.1df46a2529d39p-6;                // pi / 180

/// A word as a number in [-1, 1], symmetric about 0.
double symmetric(std::uint64_t word) { return (static_cast<double>(word) + 0.5) * 0x1p-31 - 1.0; }

struct Image {
    const float* pixels;
    std::ptrdiff_t height, width;

    float at(std::ptrdiff_t y, std::ptrdiff_t x) const {
        return x < 0 || y < 0 || x >= width || y >= height ? 0.0f : pixels[y * width + x];
    }
};

float bilinear(const Image& image, double y, double x) {
    // Also keeps the conversion to an integer defined.
    if (!(y > -1.0 && x > -1.0 && y < static_cast<double>(image.height) &&
          x < static_cast<double>(image.width)))
        return 0.0f;
    const double top = std::floor(y), left = std::floor(x);
    const auto down = static_cast<float>(y - top), right = static_cast<float>(x - left);
    const auto i = static_cast<std::ptrdiff_t>(top), j = static_cast<std::ptrdiff_t>(left);
    const float above = image.at(i, j) * (1.0f - right) + image.at(i, j + 1) * right;
    const float below = image.at(i + 1, j) * (1.0f - right) + image.at(i + 1, j + 1) * right;
    return above * (1.0f - down) + below * down;
}

}  // namespace

Placement draw_placement(const Augmentation& ranges, std::size_t index, std::uint64_t seed,
                         std::uint32_t epoch) {
    const auto low = static_cast<std::uint32_t>(index);
    const auto high = static_cast<std::uint32_t>(static_cast<std::uint64_t>(index) >> 32);
    const bn::Words words = bn::philox({low, high, epoch, 0}, bn::derive(seed, kPlacementStream));
    return {ranges.shift * symmetric(words.w0), ranges.shift * symmetric(words.w1),
            ranges.rotation * symmetric(words.w2), 1.0 + ranges.scale * symmetric(words.w3)};
}

void place(const float* image, std::size_t height, std::size_t width, const Placement& placement, float* to) {
    const Image source{image, static_cast<std::ptrdiff_t>(height), static_cast<std::ptrdiff_t>(width)};
    const double middle_x = (static_cast<double>(width) - 1.0) / 2.0;
    const double middle_y = (static_cast<double>(height) - 1.0) / 2.0;
    // The way back: where each pixel of the result comes from.
    const double cosine = bn::cos(placement.degrees * kRadians) / placement.scale;
    const double sine = bn::sin(placement.degrees * kRadians) / placement.scale;
    for (std::size_t i = 0; i < height; ++i) {
        const double y = static_cast<double>(i) - middle_y - placement.shift_y;
        for (std::size_t j = 0; j < width; ++j) {
            const double x = static_cast<double>(j) - middle_x - placement.shift_x;
            to[i * width + j] =
                bilinear(source, middle_y + cosine * y - sine * x, middle_x + cosine * x + sine * y);
        }
    }
}

void augment(const Augmentation& ranges, const Dataset& data, std::size_t index, std::uint64_t seed,
             std::uint32_t epoch, float* to) {
    if (!ranges.any()) return data.read(index, to);
    std::vector<float> image(data.features());
    data.read(index, image.data());
    place(image.data(), data.height, data.width, draw_placement(ranges, index, seed, epoch), to);
}

}  // namespace bouton::ann

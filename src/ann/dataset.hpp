// SPDX-License-Identifier: BSD-3-Clause
// Labelled examples: bytes (images) or floats, one row each.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace bouton::ann {

struct Dataset {
    std::string name{};      ///< for messages and files: "MNIST", "train-images-idx3-ubyte", "array"
    std::size_t height = 0;  ///< of an image in pixels; a plain vector has height 1
    std::size_t width = 0;
    std::size_t classes = 0;
    std::vector<std::uint8_t> bytes{};  ///< [size, height*width], or empty: then `values` holds them
    std::vector<float> values{};
    std::vector<std::uint8_t> labels{};  ///< [size], each below `classes`

    std::size_t size() const { return labels.size(); }
    std::size_t features() const { return height * width; }
    /// Writes example `index` as network input; bytes become 0 to 1, floats stay as they are.
    void read(std::size_t index, float* to) const;
};

}  // namespace bouton::ann

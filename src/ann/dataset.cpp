// SPDX-License-Identifier: BSD-3-Clause
#include "ann/dataset.hpp"

#include <algorithm>

namespace bouton::ann {

void Dataset::read(std::size_t index, float* to) const {
    const std::size_t begin = index * features();
    if (bytes.empty()) {
        std::copy_n(&values[begin], features(), to);
    } else {
        std::transform(&bytes[begin], &bytes[begin] + features(), to,
                       [](std::uint8_t byte) { return static_cast<float>(byte) / 255.0f; });
    }
}

}  // namespace bouton::ann

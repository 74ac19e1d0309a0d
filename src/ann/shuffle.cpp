// SPDX-License-Identifier: BSD-3-Clause
#include "ann/shuffle.hpp"

#include "kernel/bouton_random.h"

#include <numeric>
#include <utility>

namespace bouton::ann {

std::vector<std::uint32_t> shuffled(std::size_t n, std::uint64_t seed, std::size_t epoch) {
    constexpr std::uint64_t kStream = 0x6f72646500000000U;  // "orde"
    const bn::Key key = bn::derive(seed, kStream + epoch);
    std::vector<std::uint32_t> order(n);
    std::iota(order.begin(), order.end(), 0U);
    for (std::size_t left = n; left > 1; --left) {
        const double u = bn::uniform<double>({static_cast<std::uint32_t>(left), 0, 0, 0}, key);
        const auto pick = static_cast<std::size_t>(u * static_cast<double>(left));
        std::swap(order[left - 1], order[pick]);
    }
    return order;
}

}  // namespace bouton::ann

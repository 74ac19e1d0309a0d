// SPDX-License-Identifier: BSD-3-Clause
// Conversion between the types of values and of stored elements, defined for every value.
#pragma once

#include "kernel/bouton_math.h"

#include <type_traits>

namespace bouton::runtime {

/// Real to integer goes towards zero and stops at the ends of int64; integer to a shorter one keeps the low bits;
/// to boolean asks whether it is not zero.
template <class To, class From>
To convert(From x) {
    if constexpr (std::is_same_v<To, bool>) {
        return x != From(0);
    } else if constexpr (std::is_integral_v<To> && std::is_floating_point_v<From>) {
        return static_cast<To>(bn::to_int(x));
    } else {
        return static_cast<To>(x);
    }
}

}  // namespace bouton::runtime

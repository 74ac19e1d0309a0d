// SPDX-License-Identifier: BSD-3-Clause
// The border of the C++ interface: exceptions of the engine become those of include/bouton, since the engine's own types are hidden
// in the library and nobody outside could catch them.
#pragma once

#include <utility>

namespace bouton::api {

/// To be called while an exception is handled.
[[noreturn]] void rethrow_translated();

/// Calls `work` and returns what it returns.
template <class Work>
decltype(auto) translated(Work&& work) {
    try {
        return std::forward<Work>(work)();
    } catch (...) {
        rethrow_translated();
    }
}

}  // namespace bouton::api

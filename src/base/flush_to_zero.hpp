// SPDX-License-Identifier: BSD-3-Clause
// Subnormal numbers as zero. A trace that decays for long comes to them, and most processors take a hundred times as long for an
// operation on one.
#pragma once

#include <cstdint>

namespace bouton::base {

/// While it lives, floating-point operations of this thread take and give zero for subnormal numbers (with the sign of the
/// number). Does nothing on processors other than x86-64 and AArch64.
class FlushToZero {
public:
    FlushToZero();
    ~FlushToZero();
    FlushToZero(const FlushToZero&) = delete;
    FlushToZero& operator=(const FlushToZero&) = delete;

private:
    std::uint64_t before_;
};

}  // namespace bouton::base

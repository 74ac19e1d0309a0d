// SPDX-License-Identifier: BSD-3-Clause
// Steps to milliseconds, as the results give them.
#pragma once

#include <cmath>
#include <cstdint>

namespace bouton::io {

/// With dt = 0.1 ms, step 3 is 0.3, not 0.30000000000000004: where a whole number of steps makes a millisecond,
/// the steps are divided by it, which rounds once.
class StepClock {
public:
    explicit StepClock(double dt_s) : step_ms_(dt_s * 1e3) {
        const double per_ms = std::round(1.0 / step_ms_);
        if (per_ms >= 1.0 && std::abs(per_ms * step_ms_ - 1.0) < 1e-12) steps_per_ms_ = per_ms;
    }

    double milliseconds(std::int64_t step) const {
        const auto steps = static_cast<double>(step);
        return steps_per_ms_ > 0.0 ? steps / steps_per_ms_ : steps * step_ms_;
    }

private:
    double step_ms_;
    double steps_per_ms_ = 0.0;
};

}  // namespace bouton::io

// SPDX-License-Identifier: BSD-3-Clause
#include "cli/train_values.hpp"

#include <cmath>

namespace bouton::cli {

std::string Interval::spell() const {
    if (!std::isfinite(low) && !std::isfinite(high)) return "be a finite number";
    if (!std::isfinite(high)) return fmt::format("be {} {}", low_in ? "at least" : "above", low);
    return fmt::format("lie in {}{}, {}{}", low_in ? '[' : '(', low, high, high_in ? ']' : ')');
}

std::optional<double> read_number(const document::Context& context, const document::Node& node,
                                  std::string_view key, const Interval& interval) {
    const auto number = document::plain_number(node);
    if (!number) {
        context.error(base::Code::E305, node.span,
                      fmt::format("'{}' must be a number, not {}", key, document::kind_of(node)));
        return std::nullopt;
    }
    if (std::isfinite(*number) && interval.holds(*number)) return number;
    context.error(base::Code::E306, node.span,
                  fmt::format("'{}' must {}, not {}", key, interval.spell(), *number));
    return std::nullopt;
}

}  // namespace bouton::cli

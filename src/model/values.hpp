// SPDX-License-Identifier: BSD-3-Clause
// Fields that hold a number with a unit, an expression, or a number per element.
#pragma once

#include "document/context.hpp"
#include "document/fields.hpp"
#include "document/tree.hpp"
#include "model/spec.hpp"

#include <optional>

namespace bouton::model {

/// What a field asks of its value.
struct ValueRule {
    std::string name;                          ///< the key, for messages; in a CSV file the column
    std::optional<base::Dimension> dimension;  ///< none: analysis knows
    std::string example;                       ///< of a right value, for hints
    bool non_negative = false;
    bool arrays = false;                ///< { values = [...] } and { file = ... } are allowed
    std::optional<std::int64_t> count;  ///< how many values an array must have, where that is known
};

base::Dimension dimension_time();
base::Dimension dimension_rate();

/// One number with a unit, no expression: "1 ms". A bare 0 has any dimension.
std::optional<double> read_quantity(const document::Context& context, const document::Node& node,
                                    const ValueRule& rule);
/// The same, above zero.
std::optional<double> read_positive(const document::Context& context, const document::Node& node,
                                    const ValueRule& rule);
/// A number, a quantity, an expression or an array.
std::optional<Value> read_value(const document::Context& context, const document::Node& node,
                                const ValueRule& rule);

/// `unit = "mV"`: the name of one unit.
std::optional<base::Unit> read_unit(const document::Context& context, const document::Node& node);

/// The numbers of `values = [...]`, multiplied by `unit = "..."` if there is one. Reports what is not finite.
struct NumberList {
    std::shared_ptr<const std::vector<double>> values;
    base::Dimension dimension;
};
std::optional<NumberList> read_number_list(const document::Context& context, document::Fields& fields);

/// The numbers of an array in memory, multiplied; null, and reported, if one is not finite.
std::shared_ptr<const std::vector<double>> read_array(const document::Context& context,
                                                      const document::Node& node, double scale);
/// Numbers of `count` things, from 0: a list, or an array in memory. Null, and reported, if one is of none.
std::shared_ptr<const std::vector<std::int32_t>> read_indices(const document::Context& context,
                                                              const document::Node& node,
                                                              std::string_view key, std::int64_t count,
                                                              const std::string& example);

/// A table of assignments: [parameters], [initial]. `count`: of elements, where known. What cannot be read is kept as
/// an unread value.
std::vector<Assignment> read_assignments(const document::Context& context, const document::Node& node,
                                         std::string_view key, std::optional<std::int64_t> count);

/// Complains about a name that stands in both, and takes it out of `initial`.
void refuse_common_names(const document::Context& context, const std::vector<Assignment>& parameters,
                         std::vector<Assignment>& initial);

/// A period that must be a whole number of steps.
void check_multiple(const document::Context& context, const base::Span& span, std::string_view key,
                    double period, double dt);

}  // namespace bouton::model

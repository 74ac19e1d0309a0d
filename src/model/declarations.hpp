// SPDX-License-Identifier: BSD-3-Clause
// What a model's text says of its names beside their values: [parameters] p = { value = 0.5, min = 0, max = 1 } and
// [variables] w = { min = 0, max = "w_max" }. The same in a library file, a user's file and inline in a network.
#pragma once

#include "document/fields.hpp"
#include "model/spec.hpp"

namespace bouton::model {

/// `parameters` of a model's own text. An entry is a value, or a table with `value` and what is said of it; an entry
/// without a value is a parameter that every use of the model must give. `count`: of elements, where known.
std::vector<Assignment> read_parameters(const document::Context& context, const document::Node& node,
                                        std::optional<std::int64_t> count,
                                        std::vector<Declaration>& declarations);

/// `variables`: ranges of the variables that the equations declare.
void read_variables(const document::Context& context, const document::Node& node,
                    std::vector<Declaration>& declarations);

}  // namespace bouton::model

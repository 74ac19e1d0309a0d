// SPDX-License-Identifier: BSD-3-Clause
// From an expression that is asked of a group to kernels.
#pragma once

#include "analysis/query.hpp"
#include "codegen/plan/query.hpp"

#include <memory>
#include <string>

namespace bouton::codegen {

struct QuerySpec {
    analysis::Query query;
    std::string variable;  ///< whose value it is to be, as the plan names it; empty: nobody's
    std::string
        stream;  ///< of its random numbers; empty: that of the group, so that it draws what records draw
};

/// Null after a mistake. `plan`: that of the network, `spec` without mistakes.
std::shared_ptr<const QueryPlan> make_query(const model::NetworkSpec& spec, const Plan& plan,
                                            const QuerySpec& query, base::Diagnostics& diagnostics);

}  // namespace bouton::codegen

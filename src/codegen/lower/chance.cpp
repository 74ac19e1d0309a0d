// SPDX-License-Identifier: BSD-3-Clause
#include "codegen/lower/chance.hpp"

#include "codegen/lower/builder.hpp"

namespace bouton::codegen {

using analysis::Term;
using analysis::TermKind;
using analysis::TermPtr;

TermPtr chance(const TermPtr& threshold) {
    const bool below = threshold && threshold->kind == TermKind::binary && threshold->arguments.size() == 2 &&
                       threshold->binary == lang::BinaryOp::less;
    if (!below) return nullptr;
    const Term& drawn = *threshold->arguments[0];
    const bool uniform = drawn.kind == TermKind::call && drawn.function == analysis::Builtin::rand;
    return uniform ? threshold->arguments[1] : nullptr;
}

std::optional<double> known_value(const TermPtr& term, const std::vector<Variable>& variables, double dt) {
    return analysis::evaluate(analysis::substitute(term, [&](const Term& node) -> TermPtr {
        if (node.kind == TermKind::step_size) return analysis::number(dt, node.dimension);
        if (node.kind != TermKind::variable || node.end != analysis::End::own) return nullptr;
        for (const auto& variable : variables)
            if (variable.name == variable_name(node) && variable.placement == Placement::shared)
                return analysis::number(variable.fill, node.dimension);
        return nullptr;
    }));
}

bool prefers_geometric_gaps(double probability) { return probability >= 1e-9 && probability <= 0.1; }

}  // namespace bouton::codegen

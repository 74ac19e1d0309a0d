// SPDX-License-Identifier: BSD-3-Clause
#include "sim/build/misfits.hpp"

#include "connect/expected_synapses.hpp"
#include "sim/step/synapse_group.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>

namespace bouton::sim {
namespace {

using base::Code;
using codegen::Placement;

class Misfits {
public:
    Misfits(const codegen::Plan& network, const codegen::SynapsePlan& plan, base::Diagnostics& diagnostics)
        : network_(network), plan_(plan), diagnostics_(diagnostics) {
        const auto expected = connect::expected_synapses(plan);
        if (expected && expected->exact) count_ = std::llround(expected->count);
        grows_ = plan.structure && (plan.structure->grow || plan.structure->grow_probability);
    }

    void find() {
        for (const auto& initialiser : plan_.initialisers)
            if (initialiser.values) judge_values(initialiser);
        for (const auto& delay : plan_.delays) judge_delay(delay);
        if (plan_.structure) return;  // numbers of synapses are those of all that ever come
        for (const auto& record : network_.recorded)
            if (record.of == plan_.name && record.indices) judge_record(record);
    }

private:
    void judge_values(const codegen::Initialiser& initialiser) {
        const auto found = std::find_if(
            plan_.variables.begin(), plan_.variables.end(),
            [&](const auto& variable) { return variable.name == codegen::Name::user(initialiser.variable); });
        const Placement placement = found->placement;
        const std::string of = "'" + initialiser.variable + "'";
        if (placement == Placement::per_synapse && grows_)
            return diagnostics_.error(Code::E217, initialiser.span,
                                      of + " is a list of values, which says nothing of synapses that grow",
                                      "give an expression");
        if (placement == Placement::per_synapse && !count_) return;
        const std::int64_t wanted = placement == Placement::per_synapse  ? *count_
                                    : placement == Placement::per_source ? plan_.from.size()
                                                                         : plan_.to.size();
        const std::int64_t given = std::ssize(*initialiser.values->values);
        if (placement == Placement::shared || given == wanted) return;
        diagnostics_.error(Code::E405, initialiser.span,
                           std::to_string(given) + " values for " + of + ", but " + std::to_string(wanted) +
                               (placement == Placement::per_synapse ? " synapses" : " neurons"));
    }

    void judge_delay(const codegen::DelayPlan& delay) {
        if (delay.seconds)
            if (const auto fault = fault_of_delay(*delay.seconds, network_.dt, "'" + plan_.name + "'"))
                diagnostics_.error(Code::E408, delay.span, *fault);
        if (!delay.values) return;
        const std::vector<double>& values = *delay.values->values;
        if (grows_)
            diagnostics_.error(Code::E217, delay.span, "a list of delays says nothing of synapses that grow",
                               "give an expression");
        if (count_ && std::ssize(values) != *count_)
            diagnostics_.error(
                Code::E405, delay.span,
                std::to_string(values.size()) + " delays, but " + std::to_string(*count_) + " synapses");
        for (std::size_t k = 0; k < values.size(); ++k)
            if (const auto fault = fault_of_delay(
                    values[k], network_.dt, "synapse " + std::to_string(k) + " of '" + plan_.name + "'"))
                return diagnostics_.error(Code::E408, delay.span, *fault);
    }

    void judge_record(const model::RecordSpec& record) {
        if (!count_) return;
        for (const std::int64_t number : *record.indices)
            if (number >= *count_)
                return diagnostics_.error(Code::E401, record.span,
                                          "there is no synapse " + std::to_string(number) + "; '" +
                                              plan_.name + "' has " + std::to_string(*count_));
    }

    const codegen::Plan& network_;
    const codegen::SynapsePlan& plan_;
    base::Diagnostics& diagnostics_;
    std::optional<std::int64_t> count_;  ///< of synapses, if it is known
    bool grows_ = false;
};

}  // namespace

void find_misfits(const codegen::Plan& plan, base::Diagnostics& diagnostics) {
    for (const auto& group : plan.synapses) Misfits(plan, group, diagnostics).find();
}

}  // namespace bouton::sim

// SPDX-License-Identifier: BSD-3-Clause
// Values that a model declares out of range, found once they are drawn and before anything is integrated.
#include "base/diagnostics.hpp"
#include "connect/connect.hpp"
#include "sim/step/neuron_group.hpp"
#include "sim/step/synapse_group.hpp"

#include <mutex>

namespace bouton::sim {

using state::StateArray;

namespace {

[[noreturn]] void refuse(const codegen::RangePlan& range, const std::string& element, double value) {
    connect::refuse(base::Code::E306, range.span,
                    "'" + range.name + "'" + range.model + " is " +
                        base::in_base_units(value, range.dimension) + " for " + element + "; it must be " +
                        range.words,
                    range.hint);
}

}  // namespace

void NeuronGroup::check_range(const codegen::RangePlan& range) {
    const auto out_name = codegen::Name::of(codegen::Role::out);
    const auto evaluated = [&](const codegen::Kernel& kernel) {
        StateArray out = make_scratch(kernel, out_name, context_.precision, plan.size);
        Scope with = scope();
        with.scratch.emplace_back(out_name, out.data());
        BoundKernel(kernel, context_.callables->once(kernel), with)
            .run_elements(context_.clock, state::padded(plan.size));
        return out;
    };
    const StateArray holds = evaluated(range.holds);
    for (std::int64_t k = 0; k < plan.size; ++k) {
        if (holds.get(k) == 0.0)
            refuse(range, "neuron " + std::to_string(k) + " of '" + plan.group + "'",
                   evaluated(range.value).get(k));
    }
}

void NeuronGroup::check_ranges(const std::string& variable) {
    for (const auto& range : plan.ranges)
        if (range.depends_on(variable)) check_range(range);
}

void SynapseGroup::check_ranges(const std::string& variable) {
    for (const auto& range : plan.ranges)
        if (range.depends_on(variable)) check_range(range, nullptr);
}

void SynapseGroup::check_range(const codegen::RangePlan& range, const Segments* grown) {
    std::optional<std::pair<std::size_t, std::int64_t>> found;  // the first one
    std::mutex lock;
    run_stretches(range.holds, grown,
                  [&](std::size_t b, const bn_segment& row, const StateArray& out, std::int64_t first) {
                      for (std::int64_t p = row.begin; p < row.end; ++p) {
                          if (out.get(first + p - row.begin) != 0.0) continue;
                          const std::lock_guard guard(lock);
                          if (!found || std::pair(b, p) < *found) found = std::pair(b, p);
                          return;
                      }
                  });
    if (!found) return;
    double value = 0.0;
    run_stretches(range.value, grown,
                  [&](std::size_t b, const bn_segment& row, const StateArray& out, std::int64_t first) {
                      if (b == found->first && row.begin <= found->second && found->second < row.end)
                          value = out.get(first + found->second - row.begin);
                  });
    refuse(range, "synapse " + pair_name(found->first, found->second) + " of '" + plan.name + "'", value);
}

}  // namespace bouton::sim

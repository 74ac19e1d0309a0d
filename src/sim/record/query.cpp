// SPDX-License-Identifier: BSD-3-Clause
#include "sim/record/query.hpp"

#include "sim/record/sampler.hpp"

#include <algorithm>
#include <limits>
#include <numeric>

namespace bouton::sim {

std::vector<std::vector<double>> evaluate(const codegen::QueryPlan& query, NeuronGroup* neurons,
                                          SynapseGroup* synapses, Context& context, const Clock& clock) {
    Clock now = clock;
    now.before_run = true;  // what cannot be computed is a mistake in what is asked
    ScalarTable scalars;
    evaluate_scalars(query.scalars, neurons != nullptr ? neurons->scope() : synapses->scope(), context,
                     scalars);
    SynapseColumns columns;
    std::vector<std::int64_t> all;
    if (neurons != nullptr) {
        all.resize(static_cast<std::size_t>(neurons->plan.size));
        std::iota(all.begin(), all.end(), std::int64_t{0});
    } else {
        columns = columns_of(synapses->store, state::in_order(synapses->store));
    }
    std::vector<std::vector<double>> found;
    for (const codegen::RecordVariable& element : query.elements) {
        VariableSampler sampler(element, neurons, synapses, context, When::once, &scalars);
        sampler.bind();
        sampler.evaluate(now);
        auto& values = found.emplace_back(neurons != nullptr ? all.size() : columns.location.size());
        if (neurons != nullptr)
            sampler.pick_neurons(all, values);
        else
            sampler.pick_synapses(columns, values);
    }
    context.signals.check(2);
    return found;
}

double gather(codegen::Gathering how, const std::vector<double>& values) {
    const double sum = std::accumulate(values.begin(), values.end(), 0.0);
    if (how == codegen::Gathering::sum) return sum;
    if (values.empty()) return std::numeric_limits<double>::quiet_NaN();
    if (how == codegen::Gathering::mean) return sum / static_cast<double>(values.size());
    const auto [low, high] = std::minmax_element(values.begin(), values.end());
    return how == codegen::Gathering::min ? *low : *high;
}

}  // namespace bouton::sim

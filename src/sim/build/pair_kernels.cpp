// SPDX-License-Identifier: BSD-3-Clause
#include "sim/build/pair_kernels.hpp"

#include "base/diagnostics.hpp"

#include <cmath>

namespace bouton::sim {

using codegen::Name;
using codegen::Stored;

PairKernels::PairKernels(const std::optional<codegen::Kernel>& condition,
                         const std::optional<codegen::Kernel>& probability, Scope scope, Context& context,
                         std::int64_t targets, bn::Key key, When when)
    : copies_(Stored::u16, context.precision, targets), key_(key) {
    scope.candidates = true;
    const Name out = Name::of(codegen::Role::out);
    scope.scratch = {{Name::of(codegen::Role::multiplicity), copies_.data()}, {out, nullptr}};
    if (condition && !condition->empty()) {
        holds_ = make_scratch(*condition, out, context.precision, targets);
        scope.scratch.back().second = holds_.data();
        condition_ = BoundKernel(*condition, context.callables->of(*condition, when), scope);
    }
    if (probability && !probability->empty()) {
        p_ = make_scratch(*probability, out, context.precision, targets);
        scope.scratch.back().second = p_.data();
        probability_ = BoundKernel(*probability, context.callables->of(*probability, when), scope);
    }
}

void PairKernels::evaluate(BoundKernel& kernel, const Clock& clock, std::uint32_t source,
                           const std::vector<std::uint32_t>& targets) {
    const bn_segment row{0, static_cast<std::int64_t>(targets.size()), source, source};
    kernel.run_segments(clock, {&row, targets.empty() ? 0U : 1U}, targets.data(), nullptr);
}

void PairKernels::keep(const Clock& clock, std::uint64_t epoch, std::uint32_t source,
                       std::vector<std::uint32_t>& targets) {
    if (condition_) {
        evaluate(condition_, clock, source, targets);
        std::size_t kept = 0;
        for (std::size_t k = 0; k < targets.size(); ++k) {
            if (holds_.get(static_cast<std::int64_t>(k)) != 0.0) targets[kept++] = targets[k];
        }
        targets.resize(kept);
    }
    if (!probability_) return;
    evaluate(probability_, clock, source, targets);
    std::size_t kept = 0;
    for (std::size_t k = 0; k < targets.size(); ++k) {
        const double p = p_.get(static_cast<std::int64_t>(k));
        if (!std::isfinite(p)) {
            const bool running = epoch != 0;
            throw base::Error("the probability of a synapse from " + std::to_string(source) + " to " +
                                  std::to_string(targets[k]) + " is not a finite number",
                              running ? 1 : 2);
        }
        const bn::Counter counter{targets[k], source, static_cast<std::uint32_t>(epoch),
                                  static_cast<std::uint32_t>(epoch >> 32)};
        if (bn::uniform(counter, key_) < p) targets[kept++] = targets[k];
    }
    targets.resize(kept);
}

}  // namespace bouton::sim

// SPDX-License-Identifier: BSD-3-Clause
// Ranges that a model declares, as conditions over the elements that hold the values.
#include "codegen/lower/lower.hpp"

namespace bouton::codegen {

using analysis::Builtin;
using analysis::TermPtr;
using lang::BinaryOp;

namespace {

/// A bound moved away from the values, since numbers that were computed in two ways may differ in their last digits.
TermPtr moved(const TermPtr& bound, BinaryOp direction, model::PrecisionChoice precision) {
    const double slack = precision == model::PrecisionChoice::f32 ? 1e-6 : 1e-9;
    const TermPtr size = analysis::call(Builtin::abs, {bound});
    return analysis::binary(direction, bound,
                            analysis::binary(BinaryOp::multiply, analysis::number(slack), size));
}

TermPtr both(const TermPtr& a, const TermPtr& b) {
    return a ? analysis::binary(BinaryOp::logical_and, a, b) : b;
}

TermPtr condition(const analysis::CheckedRange& range, model::PrecisionChoice precision) {
    TermPtr holds;
    if (range.low)
        holds = range.low_excluded ? analysis::binary(BinaryOp::greater, range.value, range.low)
                                   : analysis::binary(BinaryOp::greater_equal, range.value,
                                                      moved(range.low, BinaryOp::subtract, precision));
    if (range.high)
        holds = both(holds, analysis::binary(BinaryOp::less_equal, range.value,
                                             moved(range.high, BinaryOp::add, precision)));
    if (range.whole)
        holds = both(holds, analysis::binary(BinaryOp::equal, range.value,
                                             analysis::call(Builtin::floor, {range.value})));
    return holds;
}

}  // namespace

RangePlan lower_range(const analysis::CheckedRange& range, std::size_t number, Domain domain,
                      const Frame& frame, const model::NetworkSpec& spec,
                      const std::function<void(const TermPtr&)>& keep) {
    const Index index = domain == Domain::synapses ? Index::synapse : Index::element;
    const auto kernel = [&](const std::string& name, const TermPtr& term, Stored stored) {
        Builder builder("range_" + std::to_string(number) + name, domain, frame);
        builder.note(range.span);
        const ValueId value = builder.lower(term);
        builder.store({Owner::scratch, index, Name::of(Role::out), stored, true},
                      stored == Stored::u8 ? value : builder.convert(value, Type::f64));
        return builder.finish();
    };
    const TermPtr holds = condition(range, spec.precision);
    keep(holds);
    keep(range.value);
    return {range.name,
            range.value->dimension,
            range.span,
            kernel("_holds", holds, Stored::u8),
            kernel("_value", range.value, Stored::f64),
            range.words,
            range.model,
            range.hint};
}

}  // namespace bouton::codegen

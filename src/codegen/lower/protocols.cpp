// SPDX-License-Identifier: BSD-3-Clause
// What the network does to a neuron group from outside: Poisson input, run_regularly, records.
#include "codegen/lower/lower.hpp"

namespace bouton::codegen {

using analysis::End;

namespace {

Frame frame_of(const NeuronPlan& neurons, const std::string& stream) {
    Frame frame;
    frame.place = [&neurons](End, const Name& name) {
        return neuron_place(neurons, name, Owner::self, Index::element);
    };
    frame.stream = hash_name(stream);
    return frame;
}

/// `always`: whether neurons are refractory does not matter.
StatementTargets targets_of(const NeuronPlan& neurons, bool always) {
    StatementTargets targets;
    targets.place = [&neurons](End, const Name& name) {
        return neuron_place(neurons, name, Owner::self, Index::element);
    };
    targets.refractory = [&neurons, always](End) -> std::optional<Place> {
        if (always || !keeps_active(neurons)) return std::nullopt;
        return neuron_place(neurons, Name::of(Role::active), Owner::self, Index::element);
    };
    return targets;
}

}  // namespace

InputPlan lower_input(const Lowering& in, std::size_t input, const NeuronPlan& neurons) {
    const auto& spec = in.spec->inputs[input];
    const auto& checked = in.network->inputs[input];
    InputPlan plan;
    plan.name = spec.name;
    plan.group = spec.to.group;
    plan.begin = spec.to.begin;
    plan.end = spec.to.end;
    const bool whole = plan.begin == 0 && plan.end == neurons.size;
    Frame frame = frame_of(neurons, "input." + spec.name);
    frame.index_offset = plan.begin;
    Builder builder("input", whole ? Domain::elements : Domain::listed, frame);
    analysis::CheckedStatement add;
    add.span = spec.span;
    add.op = lang::AssignOp::add;
    add.target = checked.target;
    add.unless_refractory = checked.unless_refractory;
    const auto dt = analysis::leaf(analysis::TermKind::step_size, analysis::ValueType::real,
                                   base::Dimension::of(base::Dimension::time));
    // A rate counts as 0 while it is negative; one that is not a number stays so, and stops the run.
    const auto mean = analysis::binary(lang::BinaryOp::multiply, checked.rate, dt);
    const auto bounded = analysis::call(analysis::Builtin::max, {mean, analysis::number(0.0)});
    const auto count =
        std::make_shared<analysis::Term>(*analysis::call(analysis::Builtin::poisson, {bounded}));
    count->draw = hash_name("count");  // apart from rand() in the rate and the weight
    add.value = analysis::binary(lang::BinaryOp::multiply, checked.weight, count);
    lower_statement(builder, add, targets_of(neurons, false));
    plan.kernel = builder.finish();
    const std::uint64_t stream = mix_stream(frame.stream, count->draw);
    while (plan.kernel.ops[plan.count].code != OpCode::random_poisson ||
           plan.kernel.ops[plan.count].stream != stream)
        ++plan.count;
    collect_scalars(add.value, plan.scalars);
    return plan;
}

RegularPlan lower_regular_neurons(const Lowering& in, std::size_t regular, const NeuronPlan& neurons) {
    const auto& spec = in.spec->regular[regular];
    RegularPlan plan;
    plan.of = spec.of;
    plan.every = spec.every;
    Builder builder("regular_" + std::to_string(regular), Domain::elements,
                    frame_of(neurons, "regular." + std::to_string(regular)));
    for (const auto& statement : in.network->regular[regular].statements) {
        collect_scalars(statement.value, plan.scalars);
        lower_statement(builder, statement, targets_of(neurons, true));
    }
    plan.passes.push_back({builder.finish(), false});
    return plan;
}

RecordPlan lower_record_neurons(const Lowering& in, const analysis::CheckedRecord& record,
                                const NeuronPlan& neurons) {
    RecordPlan plan;
    plan.recorded = record.spec;
    const auto& checked = in.network->neurons[record.group];
    for (std::size_t k = 0; k < record.keys.size(); ++k) {
        RecordVariable variable;
        variable.name = record.keys[k];
        variable.dimension = checked.find(record.keys[k])->dimension;
        if (record.expressions[k]) {
            Builder builder("record_" + std::to_string(record.spec) + "_" + std::to_string(k),
                            Domain::elements, frame_of(neurons, neurons.group));
            store_result(builder, Index::element, builder.lower(record.expressions[k]));
            variable.kernel = builder.finish();
        } else {
            variable.placement =
                neuron_place(neurons, Name::user(variable.name), Owner::self, Index::element).is_scalar
                    ? Placement::shared
                    : Placement::element;
        }
        plan.variables.push_back(std::move(variable));
    }
    return plan;
}

Kernel lower_query_neurons(const NeuronPlan& neurons, const analysis::TermPtr& term,
                           const std::string& stream, bool wide) {
    Frame frame = frame_of(neurons, stream.empty() ? neurons.group : stream);
    frame.wide = wide;
    Builder builder("query", Domain::elements, frame);
    store_result(builder, Index::element, builder.lower(term), term->type);
    return builder.finish();
}

}  // namespace bouton::codegen

// SPDX-License-Identifier: BSD-3-Clause
// Event code to passes. Each statement runs for all due synapses before the next; statements share a pass where
// nobody can tell the difference: when neither reads or writes what the other writes in a shared neuron, and none
// in between touches what the other writes or writes what it touches.
#include "codegen/lower/synapse_lower.hpp"

#include "base/diagnostics.hpp"

#include <algorithm>

namespace bouton::codegen {

using analysis::CheckedStatement;
using analysis::End;
using analysis::Term;
using analysis::TermKind;

namespace {

/// What statements read and write: a neuron's variable by group, so that both ends of a recurrent group are the same
/// memory; a local or the ring of delayed input by a name that no variable has; a synaptic variable by its name.
using Cell = std::pair<const NeuronPlan*, std::string>;

Cell local_cell(const std::string& name) { return {nullptr, "local " + name}; }

}  // namespace

void SynapseLower::pathways() {
    int number = 0;
    for (const auto& pathway : checked_.pathways) {
        const Placement end = pathway.post ? Placement::per_target : Placement::per_source;
        PathwayPlan plan;
        plan.side = pathway.post ? Side::post : Side::pre;
        plan.delay = pathway.delay;
        const bool direct = !pathway.post;
        const auto passes = split(pathway.statements, end, has_one_delay(checked_, pathway));
        plan.passes = lower_passes(passes, (pathway.post ? "on_post_" : "on_pre_") + std::to_string(number++),
                                   plan.side, !direct, &pathway);
        plan_.pathways.push_back(std::move(plan));
    }
    // Rows can be sorted by one delay; a further presynaptic pathway with its own goes through an index.
    int rows_delay = -2;
    for (auto& pathway : plan_.pathways) {
        if (pathway.side != Side::pre || pathway.delay < 0) continue;
        const auto& delay = plan_.delays[static_cast<std::size_t>(pathway.delay)];
        if (delay.seconds) continue;
        if (rows_delay == -2) rows_delay = pathway.delay;
        if (rows_delay == pathway.delay) continue;
        for (auto& pass : pathway.passes)
            if (!pass.once_per_neuron) pass.kernel.indirect = true;
    }
}

bool SynapseLower::order_matters(const CheckedStatement& statement) const {
    if (statement.is_local || statement.end == End::own || statement.delayed) return false;
    const bool adds = statement.op == lang::AssignOp::add || statement.op == lang::AssignOp::subtract;
    if (!adds) return true;
    const NeuronPlan* group = statement.end == End::pre ? pre_ : post_;
    return analysis::any_of(statement.value, [&](const Term& node) {
        return node.kind == TermKind::variable && node.end != End::own && node.name == statement.target &&
               (node.end == End::pre ? pre_ : post_) == group;
    });
}

bool SynapseLower::may_swap(const CheckedStatement& a, const CheckedStatement& b) const {
    const auto cell = [&](End end, const std::string& name) -> Cell {
        if (end == End::own) return {nullptr, name};
        return {end == End::pre ? pre_ : post_, name};
    };
    const auto written = [&](const CheckedStatement& statement) -> Cell {
        if (statement.is_local) return local_cell(statement.target);
        return statement.delayed ? local_cell("") : cell(statement.end, statement.target);
    };
    const auto touches = [&](const CheckedStatement& statement, const Cell& what) {
        return written(statement) == what || analysis::any_of(statement.value, [&](const Term& node) {
                   if (node.kind == TermKind::local) return local_cell(node.name) == what;
                   return node.kind == TermKind::variable && cell(node.end, node.name) == what;
               });
    };
    return !touches(a, written(b)) && !touches(b, written(a));
}

SynapseLower::Pass* SynapseLower::pass_for(std::vector<Pass>& passes, const CheckedStatement& statement,
                                           bool per_neuron) const {
    for (auto pass = passes.rbegin(); pass != passes.rend(); ++pass) {
        if (pass->per_neuron == per_neuron && !pass->sequential && (per_neuron || !clashes(*pass, statement)))
            return &*pass;
        const bool may_precede = std::all_of(pass->statements.begin(), pass->statements.end(),
                                             [&](const auto* other) { return may_swap(*other, statement); });
        if (!may_precede) return nullptr;
    }
    return nullptr;
}

bool SynapseLower::clashes(const Pass& pass, const CheckedStatement& statement) const {
    const auto cell = [&](End end, const std::string& name) {
        return Cell{end == End::pre ? pre_ : post_, name};
    };
    const auto reads = [&](const CheckedStatement& reader, const Cell& what) {
        return analysis::any_of(reader.value, [&](const Term& node) {
            return node.kind == TermKind::variable && node.end != End::own &&
                   cell(node.end, node.name) == what;
        });
    };
    const auto writes = [&](const CheckedStatement& writer) -> std::optional<Cell> {
        if (writer.is_local || writer.end == End::own || writer.delayed) return std::nullopt;
        return cell(writer.end, writer.target);
    };
    const auto written = writes(statement);
    for (const auto* earlier : pass.statements) {
        const auto before = writes(*earlier);
        if (before && (reads(statement, *before) || (written && *written == *before))) return true;
        if (written && reads(*earlier, *written)) return true;
    }
    return false;
}

namespace {

bool reads_local(const CheckedStatement& statement, const std::string& name) {
    if (statement.is_local && statement.target == name && statement.op != lang::AssignOp::set) return true;
    return analysis::any_of(
        statement.value, [&](const Term& node) { return node.kind == TermKind::local && node.name == name; });
}

/// A local that is set again, or never read, before anything reads it.
bool is_dead(const std::vector<CheckedStatement>& statements, std::size_t which) {
    if (!statements[which].is_local) return false;
    for (std::size_t k = which + 1; k < statements.size(); ++k) {
        if (reads_local(statements[k], statements[which].target)) return false;
        if (statements[k].is_local && statements[k].target == statements[which].target) return true;
    }
    return true;
}

}  // namespace

std::vector<SynapseLower::Pass> SynapseLower::split(const std::vector<CheckedStatement>& statements,
                                                    Placement end, bool may_lift) {
    std::vector<Pass> passes;
    std::map<std::string, bool> locals;  // local -> one value per neuron
    const auto local = [&](const std::string& name) {
        const auto it = locals.find(name);
        return it != locals.end() && it->second;
    };
    for (std::size_t k = 0; k < statements.size(); ++k) {
        const CheckedStatement& statement = statements[k];
        if (is_dead(statements, k)) continue;
        keep(statement.value);
        bool per_neuron = may_lift && depends_only_on(statement.value, end, placements_, local);
        if (statement.is_local) {
            if (statement.op != lang::AssignOp::set) per_neuron = per_neuron && local(statement.target);
            // A plain number needs no pass of its own.
            if (!passes.empty() && !passes.back().per_neuron && analysis::evaluate(statement.value))
                per_neuron = false;
            locals[statement.target] = per_neuron;
        } else if (statement.end == End::own) {
            per_neuron = placements_.at(statement.target) == end;
        } else {
            per_neuron = false;
        }
        const bool sequential = !per_neuron && order_matters(statement);
        Pass* pass = sequential ? nullptr : pass_for(passes, statement, per_neuron);
        if (pass == nullptr) pass = &passes.emplace_back(Pass{per_neuron, sequential, {}});
        pass->statements.push_back(&statement);
    }
    return passes;
}

std::vector<PassPlan> SynapseLower::lower_passes(const std::vector<Pass>& passes, const std::string& name,
                                                 Side side, bool indirect,
                                                 const analysis::CheckedPathway* pathway) {
    const bool waits = deferral_ && pathway == deferral_->post;
    bool meets = deferral_ && pathway == deferral_->pre;  // once, before anything else
    std::vector<PassPlan> result;
    // Locals that a later pass reads are kept: once per neuron if they were set there, else per synapse.
    std::map<std::string, Name> kept;  // local -> the variable that holds it
    bool advanced = false;
    if (pathway != nullptr && pathway == at_events_)
        result.push_back({advance_sources(name + "_advance"), true, false});
    for (std::size_t p = 0; p < passes.size(); ++p) {
        const Pass& pass = passes[p];
        if (waits && !pass.per_neuron) {
            result.push_back({keep_event(name + "_keep"), true, true});
            continue;
        }
        Builder builder(name + (p == 0 ? "" : "_" + std::to_string(p)),
                        pass.per_neuron ? Domain::listed : Domain::synapses, frame(pass.per_neuron));
        builder.kernel().side = side;
        builder.kernel().own_steps = pass.per_neuron && side == Side::pre && pathway != nullptr;
        builder.kernel().indirect = indirect && !pass.per_neuron;
        builder.kernel().sequential = pass.sequential;
        if (meets && !pass.per_neuron) {
            meet_events(builder);
            meets = false;
        }
        const auto needs_advance = [&](const CheckedStatement* statement) {
            return touches_event_driven(*statement);
        };
        if (!pass.per_neuron && !advanced &&
            std::any_of(pass.statements.begin(), pass.statements.end(), needs_advance)) {
            advance_and_store(builder);
            advanced = true;
        }
        for (const auto& [local, variable] : kept)
            for (const auto* statement : pass.statements)
                if (!builder.local(local) && reads_local(*statement, local))
                    builder.set_local(local, builder.load(place(End::own, variable, pass.per_neuron)));
        for (const auto* statement : pass.statements) {
            if (pathway != nullptr && stands_still(*statement))
                keep_weight(builder, pass.per_neuron);
            else if (statement->delayed)
                lower_delayed(builder, *statement);
            else
                lower_statement(builder, *statement, targets(pass.per_neuron, pass.sequential));
        }
        std::map<std::string, const CheckedStatement*> last;
        for (const auto* statement : pass.statements)
            if (statement->is_local) last[statement->target] = statement;
        for (const auto& [local, statement] : last) {
            bool later = false;
            for (std::size_t q = p + 1; q < passes.size(); ++q)
                for (const auto* reader : passes[q].statements) later = later || reads_local(*reader, local);
            if (!later) continue;
            const Placement placement = !pass.per_neuron    ? Placement::per_synapse
                                        : side == Side::pre ? Placement::per_source
                                                            : Placement::per_target;
            const Name variable = Name::with(Role::kept_local, local, kept_locals_++);
            const ValueId value = *builder.local(local);
            const bool moment =
                statement->type == analysis::ValueType::real && builder.type_of(value) == Type::f64;
            internal(variable, moment ? Stored::f64 : stored_as(statement->type), placement);
            builder.store(place(End::own, variable, pass.per_neuron).slot, value);
            kept[local] = variable;
        }
        PassPlan plan;
        plan.once_per_neuron = pass.per_neuron;
        plan.kernel = builder.finish();
        if (!plan.kernel.ops.empty()) result.push_back(std::move(plan));
    }
    if (deferral_ && pathway == deferral_->pre)
        result.push_back({rebase_trace(name + "_rebase_trace", true), true, false});
    return result;
}

/// Transmission with a dendritic delay: into the ring of the target's input, at the slot of its arrival.
void SynapseLower::lower_delayed(Builder& builder, const CheckedStatement& statement) {
    builder.note(statement.span);
    const ValueId value = builder.lower(statement.value);
    const auto integer = [&](Role role) {
        return builder.convert(builder.scalar(Name::of(role)), Type::integer);
    };
    const ValueId stride = integer(Role::ring_stride);
    const auto dendritic = std::find_if(plan_.delays.begin(), plan_.delays.end(), [](const DelayPlan& delay) {
        return delay.name == model::DelayName::dendritic();
    });
    const ArraySlot own{Owner::synapse, Index::synapse, Name::of(Role::dendritic_steps), Stored::u16, false};
    const ValueId steps = dendritic->seconds ? integer(Role::dendritic_steps) : builder.load(own);
    const ValueId arrival = builder.binary(OpCode::add, builder.step(), steps);
    const ValueId row = builder.binary(OpCode::modulo, arrival, integer(Role::ring_rows));
    const ValueId at = builder.binary(OpCode::add, builder.binary(OpCode::multiply, row, stride),
                                      builder.index(Index::target));
    builder.accumulate_at({Owner::scratch, Index::target, Name::of(Role::ring), Stored::real, true}, at,
                          value);
}

void SynapseLower::regular(std::vector<RegularPlan>& plans) {
    for (const auto& [number, code] : regular_) {
        RegularPlan plan;
        plan.of = spec_.name;
        plan.of_synapses = true;
        plan.every = in_.spec->regular[number].every;
        for (const auto& reduction : code->reductions) {
            const bool post = reduction.end == End::post;
            const Name sum = Name::of(Role::sum, static_cast<int>(reduction.number));
            internal(sum, Stored::real, post ? Placement::per_target : Placement::per_source);
            Builder builder("sum_" + std::to_string(reduction.number), Domain::synapses, frame());
            pin_event_driven(builder);
            builder.accumulate(place(End::own, sum, false).slot, builder.lower(keep(reduction.expr)));
            plan.reductions.push_back({sum, builder.finish()});
        }
        // Run over all synapses: nothing is due once per neuron.
        const auto passes = split(code->statements, Placement::per_source, false);
        plan.passes = lower_passes(passes, "regular_" + std::to_string(number), Side::pre, false, nullptr);
        plans[number] = std::move(plan);
    }
}

}  // namespace bouton::codegen

// SPDX-License-Identifier: BSD-3-Clause
// What happens at a synapse, and when: delays, event code, synaptic equations, summed variables, run_regularly.
#include "analysis/synapse_check.hpp"

#include <algorithm>

namespace bouton::analysis {

using base::Code;
using base::Dimension;
using lang::EquationKind;
using model::ArrayValue;
using model::CodeBlock;
using model::ConnectRule;
using model::DelayName;
using model::RegularSpec;

void SynapseCheck::check_delays() {
    const auto second = Dimension::of(Dimension::time);
    const auto add = [&](CheckedDelay delay) {
        delay_index_[delay.name] = static_cast<int>(result_.delays.size());
        result_.delays.push_back(std::move(delay));
    };
    for (const auto& spec : spec_.delays) {
        CheckedDelay delay{
            spec.pathway.empty() ? DelayName::axonal() : DelayName::pathway(spec.pathway), spec.span, {}, {}};
        if (const auto* array = std::get_if<ArrayValue>(&spec.value.value))
            delay.values = *array;
        else
            delay.term = value(base_->table.scope, spec.value, second, "delay");
        add(std::move(delay));
    }
    for (const auto& column : spec_.connect.columns) {
        if (column.name != "delay") continue;
        if (delay_index_.count(DelayName::axonal()))
            diagnostics_.error(Code::E202, column.span, "the delay is given twice: here and in 'delay'",
                               "remove one of them");
        add({DelayName::axonal(), column.span, {}, column.values});
    }
    if (spec_.dendritic_delay) {
        CheckedDelay delay{DelayName::dendritic(), spec_.dendritic_delay->span, {}, {}};
        if (const auto* array = std::get_if<ArrayValue>(&spec_.dendritic_delay->value))
            delay.values = *array;
        else
            delay.term = value(base_->table.scope, *spec_.dendritic_delay, second, "dendritic_delay");
        if (delay.values || (delay.term && !(evaluate(delay.term).value_or(1.0) == 0.0)))
            add(std::move(delay));
    }
}

int SynapseCheck::delay_of(const std::string& pathway, bool post) const {
    const auto named = delay_index_.find(DelayName::pathway(pathway));
    if (named != delay_index_.end()) return named->second;
    const auto common = delay_index_.find(post ? DelayName::dendritic() : DelayName::axonal());
    return common == delay_index_.end() ? -1 : common->second;
}

std::vector<CheckedStatement> SynapseCheck::statements(Link& link, const std::vector<lang::Statement>& list,
                                                       Locals given) {
    const std::function<Target(const std::string&)> target = [&](const std::string& name) {
        return find_target(link, name);
    };
    auto checked = check_statements(list, link.table.scope, target, std::move(given), diagnostics_);
    for (const auto& statement : checked) {
        if (!statement.is_local && statement.end == End::own) written_.insert(statement.target);
        warn_of_order(statement);
    }
    // Locals of one link must not meet those of another.
    if (link.name.empty()) return checked;
    const auto rename = [&](const std::string& name) {
        return name == "release" ? name : link.name + "." + name;
    };
    for (auto& statement : checked) {
        if (statement.is_local) statement.target = rename(statement.target);
        statement.value = substitute(statement.value, [&](const Term& term) -> TermPtr {
            if (term.kind != TermKind::local || term.name == "release") return nullptr;
            return leaf(TermKind::local, term.type, term.dimension, rename(term.name));
        });
    }
    return checked;
}

/// `x_post = ...`: of several synapses that set a neuron's variable the last one wins.
void SynapseCheck::warn_of_order(const CheckedStatement& statement) {
    if (statement.is_local || statement.end == End::own || statement.op != lang::AssignOp::set) return;
    if (spec_.connect.rule == ConnectRule::one_to_one || spec_.connect.unread) return;
    const bool differs = any_of(statement.value, [&](const Term& node) {
        if (node.kind == TermKind::local || node.kind == TermKind::reduction) return true;
        if (node.kind == TermKind::call) return function(node.function).random;
        if (node.kind == TermKind::index_i) return statement.end != End::pre;
        if (node.kind == TermKind::index_j) return statement.end != End::post;
        return node.kind == TermKind::variable && node.end != statement.end;
    });
    if (differs)
        diagnostics_.warning(
            Code::E216, statement.span,
            "where several synapses meet, the last one decides what '" + statement.target + "' becomes",
            "add with '+=' if each should have its share");
}

CheckedStatement SynapseCheck::transmission() {
    CheckedStatement statement;
    statement.span = spec_.target_span;
    statement.op = lang::AssignOp::add;
    statement.end = End::post;
    if (const auto* variable = result_.post->variables.named(spec_.target)) statement.target = variable->key;
    statement.unless_refractory = target_refractory_;
    statement.delayed = delay_index_.count(DelayName::dendritic()) > 0;
    bool reported = false;
    const TermPtr w = w_link_->table.find_variable("w", &reported);
    if (!w) return statement;  // of an unknown target, which has been reported
    statement.value = release_link_ ? binary(lang::BinaryOp::multiply, w, release_) : w;
    return statement;
}

/// What a spike releases is a local of the chain; where a record names it, each synapse keeps that of its last spike.
void SynapseCheck::keep_release(CheckedPathway& pre) {
    if (!around_.index->release_recorded.contains(spec_.name)) return;
    CheckedVariable kept;
    kept.name = kept.key = "release";
    kept.span = spec_.release ? spec_.release->span : spec_.span;
    kept.written = true;
    kept_release_ = kept;
    CheckedStatement keep;
    keep.span = kept.span;
    keep.target = kept.key;
    keep.value = release_;
    pre.statements.push_back(keep);
}

void SynapseCheck::check_chain() {
    for (const auto* link : {release_link_, plasticity_link_}) {
        if (!link) continue;
        for (const auto* blocks : {&link->text->on_pre, &link->text->on_post})
            for (const auto& block : *blocks)
                if (blocks->size() > 1 || block.named)
                    diagnostics_.error(Code::E217, block.span,
                                       "a link of a chain has one on_pre and one on_post",
                                       "several named pathways need a synapse written whole");
    }
    CheckedPathway pre{"pre", false, false, delay_of("", false), {}};
    CheckedPathway post{"post", false, true, delay_of("", true), {}};
    const auto append = [&](std::vector<CheckedStatement>& to, Link* link, bool on_post) {
        if (!link || link->frozen) return;
        const Locals given = on_post ? Locals{} : Locals{{"release", release_}};
        for (const auto& block : on_post ? link->text->on_post : link->text->on_pre)
            for (auto& statement : statements(*link, block.statements, given))
                to.push_back(std::move(statement));
    };
    release_ = release_link_ ? leaf(TermKind::local, ValueType::real, {}, "release") : number(1.0);
    if (release_link_) {
        CheckedStatement start;  // 1 where the code sets nothing
        start.is_local = true;
        start.target = "release";
        start.value = number(1.0);
        pre.statements.push_back(start);
        append(pre.statements, release_link_, false);
        bool set = false;
        for (const auto& block : release_link_->text->on_pre)
            for (const auto& statement : block.statements) set = set || statement.target == "release";
        if (!set)
            diagnostics_.error(Code::E217, release_link_->text->span, "this release never sets 'release'",
                               "its on_pre says how much is released: release = ...");
    }
    keep_release(pre);
    pre.statements.push_back(transmission());
    append(pre.statements, plasticity_link_, false);
    append(post.statements, release_link_, true);
    append(post.statements, plasticity_link_, true);
    result_.pathways.push_back(std::move(pre));
    if (!post.statements.empty()) result_.pathways.push_back(std::move(post));
}

void SynapseCheck::check_whole() {
    std::multiset<std::string> names;
    for (const auto* blocks : {&spec_.whole.on_pre, &spec_.whole.on_post})
        for (const auto& block : *blocks) names.insert(block.name);
    const auto add = [&](const CodeBlock& block, bool post) {
        // A table of delays means the pathway that the user gave the name to before the plain on_pre or on_post of that name.
        const bool of_another = !block.named && names.count(block.name) > 1;
        const int delay = delay_of(of_another ? "" : block.name, post);
        result_.pathways.push_back(
            {block.name, block.named, post, delay, statements(*base_, block.statements)});
    };
    for (const auto& block : spec_.whole.on_pre) add(block, false);
    for (const auto& block : spec_.whole.on_post) add(block, true);
}

void SynapseCheck::check_regular() {
    for (const std::size_t k : around_.index->regular_of(spec_.name)) {
        const RegularSpec& regular = around_.spec->regular[k];
        auto& checked = network_.regular[k];
        Link* link = plasticity_link_ ? plasticity_link_ : base_;
        auto& scope = link->table.scope;
        scope.find_call = [&](const lang::Call& call, const base::Span& span,
                              const std::vector<TermPtr>& arguments, bool* reported) {
            return reduction(call, span, arguments, checked.reductions, reported);
        };
        checked.statements = statements(*link, regular.statements);
        scope.find_call = nullptr;
    }
}

TermPtr SynapseCheck::reduction(const lang::Call& call, const base::Span& span,
                                const std::vector<TermPtr>& arguments, std::vector<CheckedReduction>& found,
                                bool* reported) {
    if (call.function != "sum_post" && call.function != "sum_pre") return nullptr;
    *reported = true;
    if (call.arguments.size() != 1) {
        diagnostics_.error(Code::E205, span, "'" + call.function + "' takes one argument");
        return nullptr;
    }
    const TermPtr& expr = arguments[0];
    if (!expr) return nullptr;
    if (!check_number(expr, "what '" + call.function + "' sums", span, diagnostics_)) return nullptr;
    if (any_of(expr, [](const Term& term) { return term.kind == TermKind::local; })) {
        diagnostics_.error(Code::E217, span, "'" + call.function + "' cannot sum what a local holds",
                           "it is taken before the first statement changes anything");
        return nullptr;
    }
    CheckedReduction made;
    made.end = call.function == "sum_post" ? End::post : End::pre;
    made.expr = expr;
    for (const auto& regular : network_.regular) made.number += regular.reductions.size();
    found.push_back(made);
    *reported = false;
    auto term = std::make_shared<Term>(*leaf(TermKind::reduction, ValueType::real, expr->dimension));
    term->draw = made.number;
    return term;
}

void SynapseCheck::check_equations(Link& link) {
    for (auto& variable : link.table.variables()) {
        if (variable.summed) check_summed(variable);
        if (variable.kind != EquationKind::differential || !variable.expr) continue;
        if (!variable.event_driven) variable.clock_driven = true;  // as in Brian2
        if (variable.event_driven) check_event_driven(variable, variable.span);
    }
}

void SynapseCheck::check_event_driven(const CheckedVariable& variable, const base::Span& span) {
    const auto refuse = [&](std::string message, std::string hint) {
        diagnostics_.error(Code::E213, span, std::move(message), std::move(hint));
    };
    const std::string name = "'" + variable.name + "'";
    std::set<std::string> event_driven;
    std::set<std::string> clock_driven;
    for (auto& link : links_)
        for (const auto& other : link->table.variables())
            if (other.kind == EquationKind::differential)
                (other.event_driven ? event_driven : clock_driven).insert(other.key);
    const char* clock = "mark it (clock-driven)";
    bool bad = false;
    for_each(variable.expr, [&](const Term& term) {
        if (bad) return;
        bad = true;
        if (term.kind == TermKind::noise) return refuse("noise cannot be event-driven", clock);
        if (term.kind == TermKind::time || term.kind == TermKind::signal)
            return refuse(name + " depends on time itself, so it is not constant between events", clock);
        if (term.kind == TermKind::call && function(term.function).random)
            return refuse(name + " has random numbers in its equation", clock);
        if (term.kind == TermKind::variable && term.end == End::own && clock_driven.count(term.name))
            return refuse(name + " reads '" + term.name + "', which changes between events", clock);
        if (term.kind == TermKind::variable && term.end != End::own) {
            const auto& group = term.end == End::pre ? *result_.pre : *result_.post;
            const auto* neuron = group.find(term.name);
            if (!neuron || neuron->written || neuron->constant_over_dt)
                return refuse(name + " reads '" + term.name + "' of a neuron, which changes between events",
                              clock);
        }
        bad = false;
    });
    if (bad) return;
    const auto form = linear_form(variable.expr, [&](const Term& term) -> std::optional<std::string> {
        if (term.kind == TermKind::variable && term.end == End::own && event_driven.count(term.name))
            return term.name;
        return std::nullopt;
    });
    if (!form)
        refuse("the equation of " + name + " is not linear, so it has no exact solution between events",
               clock);
}

void SynapseCheck::check_summed(const CheckedVariable& variable) {
    const bool post = variable.name.ends_with("_post");
    const std::string plain = variable.name.substr(0, variable.name.size() - (post ? 5 : 4));
    const CheckedNeurons& group = post ? *result_.post : *result_.pre;
    const CheckedVariable* target = group.variables.named(plain);
    if (group.broken.count(plain)) return;
    if (!target || target->kind != EquationKind::parameter || target->constant || target->shared) {
        diagnostics_.error(Code::E208, variable.span,
                           !target ? "'" + group.group + "' has no variable '" + plain + "' to sum into"
                                   : "'" + plain + "' of '" + group.group +
                                         "' is not for sums: it has an equation or is constant",
                           "declare it there without an equation or flag, as in '" + plain + " : 1'");
        return;
    }
    if (target->dimension != variable.dimension) {
        diagnostics_.error(Code::E203, variable.span,
                           "'" + variable.name + "' has the dimension " + in_brackets(variable.dimension) +
                               ", but '" + plain + "' has " + in_brackets(target->dimension));
        return;
    }
    if (variable.expr)
        result_.summed.push_back({variable.span, post ? End::post : End::pre, target->key, variable.expr});
}

}  // namespace bouton::analysis

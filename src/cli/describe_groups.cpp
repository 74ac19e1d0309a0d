// SPDX-License-Identifier: BSD-3-Clause
// The part of `bouton check` that tells of one neuron group or one synapse group.
#include "cli/describe_model.hpp"
#include "cli/describe_network.hpp"
#include "cli/text_layout.hpp"
#include "connect/expected_synapses.hpp"
#include "lang/printer.hpp"
#include "sim/build/memory.hpp"

#include <fmt/format.h>

namespace bouton::cli {
namespace {

using codegen::Placement;

void add_line(std::string& page, std::string_view title, const std::string& text) {
    if (!text.empty()) page += fmt::format("    {:<14}{}\n", title, text);
}

void add_equations(std::string& page, const model::ModelText& model) {
    for (const auto& equation : model.equations) page += fmt::format("        {}\n", to_string(equation));
}

void add_statements(std::string& page, std::string_view title,
                    const std::vector<lang::Statement>& statements) {
    for (const auto& statement : statements) {
        add_line(page, &statement == &statements.front() ? title : "", to_string(statement));
    }
}

void add_code(std::string& page, const std::string& kind, const std::vector<model::CodeBlock>& blocks) {
    for (const auto& block : blocks) {
        add_statements(page, block.named ? kind + "." + block.name : kind, block.statements);
    }
}

void add_notes(std::string& page, const std::vector<std::string>& notes) {
    for (const auto& note : notes) page += fmt::format("        - {}\n", note);
}

/// "v 8, g_e 8 bytes" of the variables that live where `placement` says; those of our own in one sum.
std::string stored_at(const std::vector<codegen::Variable>& variables, Placement placement,
                      codegen::Precision precision) {
    std::vector<std::string> items;
    std::size_t own = 0;
    for (const auto& variable : variables) {
        if (variable.placement != placement) continue;
        const std::size_t bytes = codegen::size_of(variable.stored, precision);
        if (variable.internal()) {
            own += bytes;
        } else {
            items.push_back(fmt::format("{} {}", variable.name.word(), bytes));
        }
    }
    if (own > 0) items.push_back(fmt::format("bookkeeping {}", own));
    return items.empty() ? std::string() : fmt::format("{} bytes", fmt::join(items, ", "));
}

std::string name_of(const model::ModelText& model) {
    return model.name.empty() ? "written here" : model.name;
}

void add_link(std::string& page, std::string_view title, const std::optional<model::ModelText>& link) {
    if (!link) return;
    add_line(page, title, name_of(*link));
    add_equations(page, *link);
    add_code(page, "on_pre", link->on_pre);
    add_code(page, "on_post", link->on_post);
    if (link->prune) add_line(page, "prune", to_string(*link->prune));
    if (link->grow) add_line(page, "grow", to_string(*link->grow));
    if (link->grow_condition) add_line(page, "grow only if", to_string(*link->grow_condition));
}

std::string describe_rule(const model::SynapseSpec& spec) {
    using model::ConnectRule;
    const auto& connect = spec.connect;
    std::string p = connect.p ? "p = " + text_of(connect.p->span) : "";
    switch (connect.rule) {
        case ConnectRule::all_to_all: return "all to all";
        case ConnectRule::one_to_one: return "one to one";
        case ConnectRule::fixed_probability: return p;
        case ConnectRule::fixed_indegree: return fmt::format("{} onto each target", connect.n);
        case ConnectRule::fixed_outdegree: return fmt::format("{} from each source", connect.n);
        case ConnectRule::fixed_total_number: return fmt::format("{} in all", connect.n);
        case ConnectRule::pairs: return "pairs given";
        case ConnectRule::condition: break;
    }
    const std::string condition = connect.condition ? "if " + to_string(*connect.condition) : "";
    return condition + (condition.empty() || p.empty() ? "" : ", ") + p;
}

std::string describe_delay(const codegen::DelayPlan& delay) {
    const std::string of = delay.name == model::DelayName::axonal() ? "" : delay.name.to_string() + ": ";
    if (!delay.seconds) return of + "one per synapse";
    return fmt::format("{}{:.6g} ms", of, *delay.seconds * 1e3);
}

}  // namespace

std::string describe_neurons(const model::NeuronSpec& spec, const codegen::NeuronPlan& plan,
                             codegen::Precision precision, double& memory) {
    std::string page = fmt::format("neurons {}: {}", spec.name, spell_count(static_cast<double>(spec.size)));
    if (plan.spike_source) {
        const std::size_t spikes = spec.spike_times ? spec.spike_times->time.size() : 0;
        memory += static_cast<double>(sim::memory_of(plan, precision));
        return page + fmt::format(", {} spikes given\n", spell_count(static_cast<double>(spikes)));
    }
    page += fmt::format(", model {}\n", name_of(spec.model));
    add_equations(page, spec.model);
    if (spec.model.threshold) add_line(page, "threshold", to_string(*spec.model.threshold));
    add_statements(page, "reset", spec.model.reset);
    if (spec.model.refractory) add_line(page, "refractory", to_string(*spec.model.refractory));
    add_line(page, "integrated", plan.method);
    add_notes(page, plan.notes);
    add_line(page, "per neuron", stored_at(plan.variables, Placement::element, precision));
    add_line(page, "once", stored_at(plan.variables, Placement::shared, precision));
    const auto bytes = static_cast<double>(sim::memory_of(plan, precision));
    add_line(page, "memory", spell_bytes(bytes));
    memory += bytes;
    return page;
}

std::string describe_synapses(const codegen::Plan& network, const model::SynapseSpec& spec,
                              const codegen::SynapsePlan& plan, double& memory, bool& open) {
    const codegen::Precision precision = network.precision;
    std::string page = fmt::format("synapses {}: {} to {}, {}\n", spec.name, text_of(spec.from.span),
                                   text_of(spec.to.span), describe_rule(spec));
    if (spec.is_chain) {
        add_link(page, "release", spec.release);
        add_line(page, "transmission",
                 fmt::format("{}_post += w{}", spec.target, spec.release ? "*release" : ""));
        if (spec.plastic) {
            add_link(page, "plasticity", spec.plasticity);
            add_link(page, "structure", spec.structure);
        } else {
            add_line(page, "plastic", "no: w stays as it begins");
        }
    } else {
        add_equations(page, spec.whole);
        add_code(page, "on_pre", spec.whole.on_pre);
        add_code(page, "on_post", spec.whole.on_post);
    }
    for (const auto& delay : plan.delays) add_line(page, "delay", describe_delay(delay));
    add_notes(page, plan.notes);
    add_line(page, "per source", stored_at(plan.variables, Placement::per_source, precision));
    add_line(page, "per target", stored_at(plan.variables, Placement::per_target, precision));
    add_line(page, "once", stored_at(plan.variables, Placement::shared, precision));

    const sim::SynapseMemory needed(network, plan);
    std::string items;
    for (const auto& [name, bytes] : needed.per_synapse())
        items += fmt::format("{}{} {}", items.empty() ? "" : ", ", name, bytes);
    add_line(page, "per synapse", fmt::format("{} bytes: {}", needed.bytes_per_synapse(), items));

    const auto expected = connect::expected_synapses(plan);
    open = open || needed.is_least();
    memory += needed.bytes(expected ? expected->count : 0.0);
    if (!expected) {
        open = true;
        add_line(page, "synapses",
                 fmt::format("at most {}: known when the network is built",
                             spell_count(connect::possible_pairs(plan))));
        return page;
    }
    add_line(page, "synapses",
             fmt::format("{}{}", expected->exact ? "" : "about ", spell_count(expected->count)));
    add_line(page, "memory",
             (needed.is_least() ? "at least " : "") + spell_bytes(needed.bytes(expected->count)));
    return page;
}

}  // namespace bouton::cli

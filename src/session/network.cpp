// SPDX-License-Identifier: BSD-3-Clause
#include "session/network.hpp"

#include "model/loader.hpp"
#include "model/values.hpp"
#include "sim/build/misfits.hpp"
#include "sim/record/writing.hpp"

#include <algorithm>

namespace bouton::session {

namespace {

/// "exc" and "plasticity.A_plus" of "exc.plasticity.A_plus".
std::pair<std::string, std::string> parts_of(const std::string& name) {
    const auto dot = name.find('.');
    if (dot == std::string::npos)
        throw base::Error(
            "writable: expected GROUP.VARIABLE, as in 'exc.apre', not '" + base::escape(name) + "'", 2);
    return {name.substr(0, dot), name.substr(dot + 1)};
}

void mark_writable(model::NetworkSpec& spec, const std::vector<std::string>& names) {
    for (const std::string& name : names) {
        const auto [group, variable] = parts_of(name);
        for (model::NeuronSpec& of : spec.neurons)
            if (of.name == group) of.writable.insert(variable);
        for (model::SynapseSpec& of : spec.synapses)
            if (of.name == group) of.writable.insert(variable);
    }
}

void check_writable(const codegen::Plan& plan, const std::vector<std::string>& names) {
    for (const std::string& name : names) {
        const auto [group, variable] = parts_of(name);
        const auto is_there = [&group = group,
                               &word = variable](const std::vector<codegen::Variable>& variables) {
            const int v = state::find_variable(variables, codegen::Name::user(word));
            if (v < 0 || variables[static_cast<std::size_t>(v)].internal())
                sim::refuse_variable(group, word, variables);
        };
        std::vector<std::string> groups;
        bool found = false;
        for (const auto& of : plan.neurons) {
            groups.push_back(of.group);
            if (of.group == group) is_there(of.variables);
            found = found || of.group == group;
        }
        for (const auto& of : plan.synapses) {
            groups.push_back(of.name);
            if (of.name == group) is_there(of.variables);
            found = found || of.name == group;
        }
        if (found) continue;
        const std::string near = base::nearest(group, groups);
        throw sim::UnknownName("writable: there is no group '" + base::escape(group) + "'" +
                               (near.empty() ? "" : "; did you mean '" + near + "'?"));
    }
}

}  // namespace

CheckedNetwork check_network(const NetworkSource& source, const Warn& warn) {
    base::Diagnostics diagnostics;
    CheckedNetwork result;
    model::LoadOptions options;
    options.sets = source.sets;
    options.seed = source.seed;
    options.base_directory = source.base_folder;
    options.arrays = source.arrays;
    options.opened = &result.files;
    result.spec = source.text ? model::load_text(source.file, *source.text, options, diagnostics)
                              : model::load_file(source.file, options, diagnostics);
    mark_writable(result.spec, source.writable);
    for (model::SynapseSpec& group : result.spec.synapses)
        group.halted =
            std::find(source.halted.begin(), source.halted.end(), group.name) != source.halted.end();
    result.plan = codegen::make_plan(result.spec, diagnostics);
    if (diagnostics.has_errors()) throw base::DiagnosticError(diagnostics);
    check_writable(result.plan, source.writable);
    sim::find_misfits(result.plan, diagnostics);
    if (diagnostics.has_errors()) throw base::DiagnosticError(diagnostics);
    if (warn && !diagnostics.all().empty()) warn(diagnostics.render());
    return result;
}

std::variant<double, lang::ExprPtr> read_text(const std::string& text, const std::string& name,
                                              const base::Dimension& dimension) {
    base::Diagnostics diagnostics;
    const document::Context context{diagnostics, {}};
    const base::SourcePtr source = base::make_source(name, text);
    document::Node node;
    node.value = document::Text{source};
    node.span = {source, 0, static_cast<std::uint32_t>(text.size())};
    model::ValueRule rule;
    rule.name = name;
    rule.dimension = dimension;
    const auto value = model::read_value(context, node, rule);
    if (diagnostics.has_errors()) throw base::DiagnosticError(diagnostics);
    if (value) {
        if (const auto* scalar = std::get_if<model::ScalarValue>(&value->value)) return scalar->value;
        if (const auto* expr = std::get_if<lang::ExprPtr>(&value->value); expr && *expr) return *expr;
    }
    throw base::Error(name + ": '" + base::escape(text) + "' is no value", 2);
}

double quantity(const std::string& text, const std::string& name, const base::Dimension& dimension) {
    const auto value = read_text(text, name, dimension);
    if (const auto* number = std::get_if<double>(&value)) return *number;
    throw base::Error(name + ": expected a number with its unit" +
                          (dimension.is_dimensionless() ? "" : " of the dimension " + dimension.to_string()) +
                          ", not the expression '" + base::escape(text) + "'",
                      2);
}

}  // namespace bouton::session

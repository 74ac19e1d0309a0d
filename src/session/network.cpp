// SPDX-License-Identifier: BSD-3-Clause
#include "session/network.hpp"

#include "model/loader.hpp"
#include "model/values.hpp"
#include "sim/build/misfits.hpp"

namespace bouton::session {

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
    result.plan = codegen::make_plan(result.spec, diagnostics);
    if (diagnostics.has_errors()) throw base::DiagnosticError(diagnostics);
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

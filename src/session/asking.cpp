// SPDX-License-Identifier: BSD-3-Clause
// Expressions that are asked of a session: compiled like the texts of its network, and evaluated in the interpreter.
#include "analysis/resolve.hpp"
#include "base/dimension.hpp"
#include "lang/parser.hpp"
#include "session/session.hpp"

#include <algorithm>

namespace bouton::session {

using base::Code;

namespace {

using Query = std::shared_ptr<const codegen::QueryPlan>;

lang::ExprPtr parsed(const std::string& text, const std::string& name) {
    base::Diagnostics diagnostics;
    auto expr = lang::parse_expression(base::make_source(name, text), diagnostics);
    if (!expr || diagnostics.has_errors()) throw base::DiagnosticError(diagnostics);
    return expr;
}

/// "plasticity" of "plasticity.A_plus"; nothing of "w".
std::string link_of(const std::string& variable) {
    const auto dot = variable.find('.');
    return dot == std::string::npos ? std::string() : variable.substr(0, dot);
}

[[noreturn]] void refuse(Code code, const lang::ExprPtr& expr, const std::string& what,
                         const std::string& hint) {
    base::Diagnostics diagnostics;
    diagnostics.error(code, expr->span, what, hint);
    throw base::DiagnosticError(diagnostics);
}

/// Whether the expression can be a value of the variable.
void check_fits(const codegen::QueryPlan& query, const codegen::Variable& variable,
                const lang::ExprPtr& expr) {
    const std::string name = "'" + variable.name.word() + "'";
    const bool truth = variable.stored == codegen::Stored::u8;
    if (truth != (query.truth))
        refuse(
            Code::E206, expr,
            truth ? name + " is true or false, this is a number" : name + " is a number, this is a condition",
            truth ? "compare it, as in 'v > 0*mV'" : "choose a number by it: '1*mV if v > 0*mV else 0*mV'");
    if (query.dimension == variable.dimension) return;
    refuse(Code::E203, expr,
           name + " has the dimension " + analysis::in_brackets(variable.dimension) + ", this has " +
               analysis::in_brackets(query.dimension),
           variable.dimension.is_dimensionless() ? "" : "give its unit, as in 5*mV");
}

}  // namespace

const std::vector<codegen::Variable>& Session::variables_of(bool of_synapses,
                                                            const std::string& group) const {
    if (of_synapses) {
        for (const auto& plan : network_.plan.synapses)
            if (plan.name == group) return plan.variables;
        (void)simulation_->synapse_count(group);  // tells which there are
    }
    for (const auto& plan : network_.plan.neurons)
        if (plan.group == group) return plan.variables;
    (void)simulation_->neurons(group, "");
    throw base::InternalError("no group '" + group + "'");
}

Query Session::query(const std::string& key, const codegen::QuerySpec& spec) const {
    if (const auto known = asked_.find(key); known != asked_.end()) return known->second;
    base::Diagnostics diagnostics;
    auto made = codegen::make_query(network_.spec, network_.plan, spec, diagnostics);
    if (made == nullptr) throw base::DiagnosticError(diagnostics);
    constexpr std::size_t kMostKept = 256;  // texts that are made anew each time are not kept for ever
    if (asked_.size() >= kMostKept) asked_.clear();
    asked_[key] = made;
    return made;
}

Query Session::named(bool of_synapses, const std::string& group, const std::string& name) const {
    const auto is_group = [&](const auto& plan) {
        if constexpr (requires { plan.group; })
            return plan.group == group;
        else
            return plan.name == group;
    };
    if (of_synapses ? std::none_of(network_.plan.synapses.begin(), network_.plan.synapses.end(), is_group)
                    : std::none_of(network_.plan.neurons.begin(), network_.plan.neurons.end(), is_group))
        return nullptr;
    const std::string link = link_of(name);
    const std::string word = link.empty() ? name : name.substr(link.size() + 1);
    const auto is_word = [](const std::string& text) {
        return !text.empty() && std::all_of(text.begin(), text.end(), [](const char c) {
            return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        }) && !(text[0] >= '0' && text[0] <= '9');
    };
    if (!is_word(word) || analysis::is_reserved(word) || base::find_unit(word)) return nullptr;
    codegen::QuerySpec spec;
    spec.query = {group, of_synapses, link, parsed(word, group + "." + name), false};
    try {
        return query("name\n" + group + "\n" + name, spec);
    } catch (const base::DiagnosticError& error) {
        for (const base::Diagnostic& one : error.diagnostics().all())
            if (one.code == Code::E201) return nullptr;  // there is none, and who asked says what there is
        throw;
    }
}

std::vector<double> Session::evaluate(bool of_synapses, const std::string& group, const std::string& variable,
                                      const std::string& text) const {
    const auto& variables = variables_of(of_synapses, group);
    const int v = state::find_variable(variables, codegen::Name::user(variable));
    if (v < 0 || variables[static_cast<std::size_t>(v)].internal())
        sim::refuse_variable(group, variable, variables);
    const codegen::Variable& of = variables[static_cast<std::size_t>(v)];
    const auto value = read_text(text, group + "." + variable, of.dimension);
    if (const auto* number = std::get_if<double>(&value)) return {*number};
    const lang::ExprPtr& expr = std::get<lang::ExprPtr>(value);
    codegen::QuerySpec spec;
    spec.query = {group, of_synapses, link_of(variable), expr, false};
    spec.variable = variable;
    spec.stream = "write." + group + "." + variable;
    const Query made = query("value\n" + group + "\n" + variable + "\n" + text, spec);
    check_fits(*made, of, expr);
    return simulation_->evaluate(*made, true);
}

std::vector<std::int64_t> Session::choose(bool of_synapses, const std::string& group,
                                          const std::string& condition) const {
    (void)variables_of(of_synapses, group);
    codegen::QuerySpec spec;
    spec.query = {group, of_synapses, "", parsed(condition, "where of " + group), false};
    spec.stream = "where." + group;
    const Query made = query("where\n" + group + "\n" + condition, spec);
    if (!made->truth)
        refuse(Code::E206, spec.query.expr, "this is a number, not a condition",
               "compare it, as in 'v > 0*mV'");
    const std::vector<double> holds = simulation_->evaluate(*made, true);
    std::vector<std::int64_t> chosen;
    for (std::size_t k = 0; k < holds.size(); ++k)
        if (holds[k] != 0.0) chosen.push_back(static_cast<std::int64_t>(k));
    return chosen;
}

bool Session::holds(bool of_synapses, const std::string& group, const std::string& condition) const {
    (void)variables_of(of_synapses, group);
    codegen::QuerySpec spec;
    spec.query = {group, of_synapses, "", parsed(condition, "condition on " + group), true};
    return simulation_->holds(*query("condition\n" + group + "\n" + condition, spec));
}

}  // namespace bouton::session

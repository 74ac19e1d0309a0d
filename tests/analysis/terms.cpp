// SPDX-License-Identifier: BSD-3-Clause
#include "tests/analysis/terms.hpp"

#include <map>

namespace bouton::test {

using namespace analysis;

namespace {

base::Dimension dimension_of(const char* unit) { return base::find_unit(unit)->dimension; }

const std::map<std::string, TermPtr>& world() {
    static const std::map<std::string, TermPtr> names{
        {"x", variable(End::own, "x", ValueType::real, {})},
        {"y", variable(End::own, "y", ValueType::real, {})},
        {"v", variable(End::own, "v", ValueType::real, dimension_of("volt"))},
        {"n", variable(End::own, "n", ValueType::integer, {})},
        {"b", variable(End::own, "b", ValueType::boolean, {})},
        {"two", scalar("two", 2, ValueType::real, {})},
        {"tau", scalar("tau", 0.01, ValueType::real, dimension_of("second"))},
    };
    return names;
}

}  // namespace

TermPtr resolved(const std::string& text, std::string* mistake) {
    base::Diagnostics diagnostics;
    ScopeState state;
    Scope scope;
    scope.find = [](const std::string& name, const base::Span&, bool*) -> TermPtr {
        const auto it = world().find(name);
        return it == world().end() ? nullptr : it->second;
    };
    scope.find_signal = [](const std::string&) -> TermPtr { return nullptr; };
    scope.names = [] { return std::vector<std::string>{"x", "y", "v", "n", "b", "two", "tau"}; };
    scope.prefix = "group.";
    scope.size = 4;
    scope.allow_noise = true;
    scope.state = &state;
    TermPtr term;
    if (const auto expr = lang::parse_expression(base::make_source("test", text), diagnostics))
        term = resolve(*expr, scope, diagnostics);
    if (mistake && !diagnostics.all().empty()) {
        const auto& first = diagnostics.all().front();
        *mistake = std::string(base::code_name(first.code)) + ": " + first.message;
    }
    return term;
}

std::optional<double> value(const TermPtr& term) {
    static const std::map<std::string, double> values{{"x", 3}, {"y", 5}, {"v", 7}, {"n", 2}, {"b", 1}};
    return evaluate(substitute(term, [](const Term& leaf) -> TermPtr {
        return leaf.kind == TermKind::variable ? number(values.at(leaf.name), leaf.dimension) : nullptr;
    }));
}

}  // namespace bouton::test

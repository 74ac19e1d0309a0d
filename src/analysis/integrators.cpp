// SPDX-License-Identifier: BSD-3-Clause
// Equation classes and the choice of the integrator: exact where linear with constant coefficients, exponential
// Euler where conditionally linear, else Runge-Kutta 4; Euler-Maruyama for additive noise, Heun otherwise.
#include "analysis/integrators.hpp"

#include <set>

namespace bouton::analysis {

using base::Code;

namespace {

bool is_state(const Term& term, const std::set<std::string>& keys) {
    return term.kind == TermKind::variable && term.end == End::own && keys.count(term.name) > 0;
}

std::set<std::string> keys_of(const std::vector<StateEquation>& equations) {
    std::set<std::string> keys;
    for (const auto& equation : equations) keys.insert(equation.key);
    return keys;
}

bool is_random(const Term& term) { return term.kind == TermKind::call && function(term.function).random; }

bool changes_never(const TermPtr& term, const IsConstant& is_constant) {
    return !any_of(term, [&](const Term& node) {
        if (node.kind == TermKind::variable) return !is_constant(node);
        return node.kind == TermKind::time || node.kind == TermKind::signal || node.kind == TermKind::noise ||
               is_random(node);
    });
}

}  // namespace

const char* method_name(Method method) {
    static const char* const names[] = {"exact", "exponential_euler", "euler", "rk2", "rk4",
                                        "heun",  "milstein"};
    return names[static_cast<int>(method)];
}

std::optional<LinearSystem> linear_system(const std::vector<StateEquation>& equations,
                                          const IsConstant& is_constant) {
    const auto keys = keys_of(equations);
    LinearSystem system;
    for (const auto& equation : equations) {
        const auto form = linear_form(equation.f, [&](const Term& term) -> std::optional<std::string> {
            if (is_state(term, keys)) return term.name;
            return std::nullopt;
        });
        if (!form) return std::nullopt;
        std::vector<TermPtr> row;
        for (const auto& other : equations) {
            const auto it = form->coefficients.find(other.key);
            row.push_back(it == form->coefficients.end() ? nullptr : it->second);
            if (row.back() && !changes_never(row.back(), is_constant)) return std::nullopt;
        }
        const bool moves = any_of(form->rest, [](const Term& node) {
            return node.kind == TermKind::time || node.kind == TermKind::noise || is_random(node);
        });
        if (moves) return std::nullopt;
        system.matrix.push_back(std::move(row));
        system.rest.push_back(form->rest);
    }
    return system;
}

std::optional<ConditionallyLinear> conditionally_linear(const StateEquation& equation) {
    const auto form = linear_form(equation.f, [&](const Term& term) -> std::optional<std::string> {
        if (term.kind == TermKind::variable && term.end == End::own && term.name == equation.key)
            return term.name;
        return std::nullopt;
    });
    if (!form) return std::nullopt;
    ConditionallyLinear result;
    if (!form->coefficients.empty()) result.a = form->coefficients.begin()->second;
    result.b = form->rest;
    return result;
}

std::optional<Stochastic> split_noise(const StateEquation& equation) {
    const auto form = linear_form(equation.f, [](const Term& term) -> std::optional<std::string> {
        if (term.kind == TermKind::noise) return term.name;
        return std::nullopt;
    });
    if (!form) return std::nullopt;
    return Stochastic{form->rest, form->coefficients};
}

namespace {

struct Noise {
    bool any = false;
    bool additive = true;
    bool diagonal = true;
};

std::optional<Noise> look_at_noise(const std::vector<StateEquation>& equations,
                                   base::Diagnostics& diagnostics) {
    Noise noise;
    const auto keys = keys_of(equations);
    std::map<std::string, int> uses;
    bool good = true;
    for (const auto& equation : equations) {
        const bool noisy = any_of(equation.f, [](const Term& term) { return term.kind == TermKind::noise; });
        if (!noisy) continue;
        noise.any = true;
        const auto split = split_noise(equation);
        if (!split) {
            diagnostics.error(Code::E211, equation.span,
                              "the noise in the equation of '" + equation.key + "' is not a factor",
                              "noise enters as ... + g*xi, with g free of xi");
            good = false;
            continue;
        }
        noise.diagonal = noise.diagonal && split->noise.size() == 1;
        for (const auto& [name, factor] : split->noise) {
            if (++uses[name] > 1) noise.diagonal = false;
            if (uses[name] > 1 && name == "xi") {
                diagnostics.error(Code::E211, equation.span,
                                  "'xi' stands in two equations: is it one noise, or two?",
                                  "name it: the same xi_a in both is one noise, xi_a and xi_b are two");
                good = false;
            }
            if (any_of(factor,
                       [&](const Term& term) { return is_state(term, keys) || term.kind == TermKind::time; }))
                noise.additive = false;
        }
    }
    if (!good) return std::nullopt;
    return noise;
}

std::optional<Method> method_named(const std::string& name) {
    if (name == "linear") return Method::exact;
    for (int k = 0; k <= static_cast<int>(Method::milstein); ++k)
        if (name == method_name(static_cast<Method>(k))) return static_cast<Method>(k);
    return std::nullopt;
}

/// Reports a method of which nobody has heard.
std::optional<Method> known_method(const std::string& asked, const base::Span& span,
                                   base::Diagnostics& diagnostics) {
    const auto method = method_named(asked);
    if (!method)
        diagnostics.error(Code::E210, span, "unknown method '" + asked + "'",
                          "one of exact, exponential_euler, euler, rk2, rk4, heun, milstein");
    return method;
}

/// Why the method cannot do it; empty if it can.
std::string obstacle(Method method, const std::vector<StateEquation>& equations,
                     const IsConstant& is_constant, const Noise& noise) {
    switch (method) {
        case Method::exact:
            if (noise.any) return "there is noise";
            return linear_system(equations, is_constant) ? ""
                                                         : "they are not linear with constant coefficients";
        case Method::exponential_euler:
            if (noise.any) return "there is noise";
            for (const auto& equation : equations)
                if (!conditionally_linear(equation)) return "'" + equation.key + "' is not linear in itself";
            return "";
        case Method::rk2:
        case Method::rk4: return noise.any ? "there is noise" : "";
        case Method::euler: return "";
        case Method::heun: return "";
        case Method::milstein:
            return noise.diagonal ? "" : "an equation shares its noise with another, or has two";
    }
    return "";
}

}  // namespace

std::optional<MethodChoice> choose_method(const std::vector<StateEquation>& equations,
                                          const IsConstant& is_constant, const std::string& asked,
                                          const base::Span& asked_span, base::Diagnostics& diagnostics) {
    const auto noise = look_at_noise(equations, diagnostics);
    if (!noise) return std::nullopt;
    if (!asked.empty()) {
        const auto method = known_method(asked, asked_span, diagnostics);
        if (!method) return std::nullopt;
        const auto why_not = obstacle(*method, equations, is_constant, *noise);
        if (!why_not.empty()) {
            diagnostics.error(Code::E209, asked_span,
                              "the method '" + asked + "' cannot integrate these equations: " + why_not,
                              "leave 'method' out to have one chosen");
            return std::nullopt;
        }
        return MethodChoice{*method, "asked for"};
    }
    if (noise->any && noise->additive) return MethodChoice{Method::euler, "additive noise"};
    if (noise->any) return MethodChoice{Method::heun, "multiplicative noise (Stratonovich)"};
    if (linear_system(equations, is_constant))
        return MethodChoice{Method::exact, "linear with constant coefficients"};
    if (obstacle(Method::exponential_euler, equations, is_constant, *noise).empty())
        return MethodChoice{Method::exponential_euler, "each equation is linear in its own variable"};
    return MethodChoice{Method::rk4, "not linear"};
}

void check_idle_method(const std::string& asked, const base::Span& asked_span, bool solved,
                       base::Diagnostics& diagnostics) {
    if (asked.empty()) return;
    const auto method = known_method(asked, asked_span, diagnostics);
    if (!method || (solved && *method == Method::exact)) return;
    diagnostics.warning(Code::E209, asked_span, "no equation is integrated by the method '" + asked + "'",
                        solved ? "event-driven equations are solved exactly: mark them (clock-driven), or "
                                 "leave 'method' out"
                               : "leave 'method' out");
}

bool same_method(const std::string& a, const std::string& b) { return method_named(a) == method_named(b); }

}  // namespace bouton::analysis

// SPDX-License-Identifier: BSD-3-Clause
// Which integrator a set of differential equations gets, and why.
#pragma once

#include "analysis/term.hpp"
#include "base/diagnostics.hpp"

namespace bouton::analysis {

enum class Method { exact, exponential_euler, euler, rk2, rk4, heun, milstein };

const char* method_name(Method method);

/// One equation of the set: d key/dt = f.
struct StateEquation {
    std::string key;
    base::Span span;
    TermPtr f;
    bool frozen = false;  ///< stands still while its neuron is refractory
};

struct MethodChoice {
    Method method = Method::exact;
    std::string reason;  ///< for `bouton check`
};

/// The set taken apart for exact integration: x' = A x + b.
struct LinearSystem {
    std::vector<std::vector<TermPtr>> matrix;  ///< null where the coefficient is zero
    std::vector<TermPtr> rest;
};

/// True for a leaf that keeps its value for the whole run.
using IsConstant = std::function<bool(const Term&)>;

/// A and b, if all equations are linear with coefficients that never change and b is constant over a step.
std::optional<LinearSystem> linear_system(const std::vector<StateEquation>& equations,
                                          const IsConstant& is_constant);

/// dx/dt = a x + b in its own variable, the others held: nothing if it is not of that form.
struct ConditionallyLinear {
    TermPtr a;  ///< null: zero
    TermPtr b;
};
std::optional<ConditionallyLinear> conditionally_linear(const StateEquation& equation);

/// f = drift + sum_k noise_k * xi_k.
struct Stochastic {
    TermPtr drift;
    std::map<std::string, TermPtr> noise;
};
std::optional<Stochastic> split_noise(const StateEquation& equation);

/// The term with divisions by uniform values as multiplications by their reciprocals.
TermPtr with_reciprocals(const TermPtr& root, const std::function<bool(const TermPtr&)>& is_uniform);

/// term * factor, a uniform one: factors of the term that are uniform too are multiplied with it first.
TermPtr scaled(const TermPtr& term, const TermPtr& factor,
               const std::function<bool(const TermPtr&)>& is_uniform);

/// The method asked for, or the best that fits. Reports E209 to E211 and gives nothing if it does not fit.
std::optional<MethodChoice> choose_method(const std::vector<StateEquation>& equations,
                                          const IsConstant& is_constant, const std::string& asked,
                                          const base::Span& asked_span, base::Diagnostics& diagnostics);

/// A method where no equation is integrated step by step: reports an unknown one, and warns of one that nothing obeys. `solved`:
/// there are equations that are solved exactly from event to event, so `exact` is true of them.
void check_idle_method(const std::string& asked, const base::Span& asked_span, bool solved,
                       base::Diagnostics& diagnostics);

/// Whether both words name the same method.
bool same_method(const std::string& a, const std::string& b);

}  // namespace bouton::analysis

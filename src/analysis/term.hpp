// SPDX-License-Identifier: BSD-3-Clause
// The checked expression: names are resolved, types and dimensions known, units gone into numbers. Immutable
// and shared, so that a subexpression used twice is one term. Integrators take terms apart and put new ones
// together here; lowering turns them into operations.
#pragma once

#include "analysis/functions.hpp"
#include "base/dimension.hpp"
#include "lang/syntax.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace bouton::analysis {

enum class ValueType { real, integer, boolean };

/// Whose variable: the group's own, or the neuron before or behind the synapse.
enum class End { own, pre, post };

enum class TermKind {
    number,     ///< `number`
    scalar,     ///< a uniform constant of the run, by `name`; its value is `number`
    variable,   ///< a stored variable `name` of `end`
    reduction,  ///< sum_pre or sum_post number `draw` of the network (CheckedReduction)
    local,      ///< a value assigned earlier in the same block of statements, by `name`
    time,       ///< t
    now,  ///< the start of the step, which `t` means in the time of a signal: no stage of an integrator moves it
    step_size,  ///< dt
    index_i,    ///< own number of a neuron, or the presynaptic one
    index_j,    ///< the postsynaptic one
    signal,     ///< signal `name`; arguments: the time, `now` for s(t), and the column, if it has one
    noise,      ///< xi, by `name`
    unary,      ///< `unary`
    binary,     ///< `binary`
    call,       ///< `function`; random ones carry `draw`
    select,     ///< arguments: condition, then, else
};

struct Term;
using TermPtr = std::shared_ptr<const Term>;

struct Term {
    TermKind kind = TermKind::number;
    ValueType type = ValueType::real;
    base::Dimension dimension;
    base::Span span;
    double number = 0.0;
    bool literal = false;  ///< a number as it is written: a 0 then has any dimension
    std::string name;
    End end = End::own;
    lang::UnaryOp unary = lang::UnaryOp::negate;
    lang::BinaryOp binary = lang::BinaryOp::add;
    Builtin function = Builtin::exp;
    std::uint64_t draw = 0;  ///< a textual rand() is a draw of its own
    std::vector<TermPtr> arguments;

    Term() = default;
    Term(const Term&) = default;
    Term& operator=(const Term&) = default;
    ~Term();
};

TermPtr number(double value, base::Dimension dimension = {});
TermPtr integer(double value);
TermPtr variable(End end, std::string name, ValueType type, base::Dimension dimension);
TermPtr scalar(std::string name, double value, ValueType type, base::Dimension dimension);
TermPtr leaf(TermKind kind, ValueType type, base::Dimension dimension, std::string name = {});
TermPtr unary(lang::UnaryOp op, TermPtr a);
TermPtr binary(lang::BinaryOp op, TermPtr a, TermPtr b);
TermPtr call(Builtin function, std::vector<TermPtr> arguments);
TermPtr select(TermPtr condition, TermPtr then, TermPtr otherwise);

// Arithmetic that drops what cannot matter (0 + x, 1 * x, 0 * x): for coefficients taken out of equations.
TermPtr add(const TermPtr& a, const TermPtr& b);
TermPtr subtract(const TermPtr& a, const TermPtr& b);
TermPtr multiply(const TermPtr& a, const TermPtr& b);
TermPtr divide(const TermPtr& a, const TermPtr& b);
TermPtr negate(const TermPtr& a);
bool is_zero(const TermPtr& a);

/// Walks over every distinct term once, arguments first: `leave` sees the arguments before the term. `enter`, where it is
/// not null, sees the term before its arguments and says whether to go to them. On a stack of its own, since expressions
/// are as high as sums are long: whoever walks terms in another way than by these functions must not recurse either.
void walk(const TermPtr& root, const std::function<bool(const TermPtr&)>& enter,
          const std::function<void(const TermPtr&)>& leave);

/// Calls `visit` on every distinct term once, arguments first.
void for_each(const TermPtr& root, const std::function<void(const Term&)>& visit);

bool any_of(const TermPtr& root, const std::function<bool(const Term&)>& test);

/// Rebuilds the tree with some leaves replaced: `replace` gives the new term, or null to keep the old.
TermPtr substitute(const TermPtr& root, const std::function<TermPtr(const Term&)>& replace);

/// f = sum_k coefficient_k * x_k + rest, where `is_unknown` gives the key of the x among the leaves.
struct LinearForm {
    std::map<std::string, TermPtr> coefficients;
    TermPtr rest;
};
/// Nothing if f is not linear in the unknowns.
std::optional<LinearForm> linear_form(const TermPtr& f,
                                      const std::function<std::optional<std::string>(const Term&)>& unknown);

/// The value of a term of numbers and scalars only; nothing if it holds anything else.
std::optional<double> evaluate(const TermPtr& root);

}  // namespace bouton::analysis

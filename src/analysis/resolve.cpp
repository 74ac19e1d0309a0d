// SPDX-License-Identifier: BSD-3-Clause
// Names, types and dimensions of expressions.
#include "analysis/resolve.hpp"

#include "analysis/resolve_signal.hpp"
#include "lang/printer.hpp"

#include <cmath>
#include <numbers>

namespace bouton::analysis {

using base::Code;
using base::Dimension;
using lang::BinaryOp;

namespace {

const char* spelling(BinaryOp op) {
    static const char* const names[] = {"+",  "-", "*",  "/",  "//", "%",   "**", "<",
                                        "<=", ">", ">=", "==", "!=", "and", "or"};
    return names[static_cast<int>(op)];
}

bool is_literal_zero(const Term& term) {
    return term.kind == TermKind::number && term.literal && (term.number == 0.0 || std::isinf(term.number));
}

/// As something else than a number that is written here.
TermPtr at(const TermPtr& term, const base::Span& span) {
    auto copy = std::make_shared<Term>(*term);
    copy->span = span;
    copy->literal = false;
    return copy;
}

TermPtr literal(const TermPtr& term, const base::Span& span) {
    auto copy = std::make_shared<Term>(*term);
    copy->span = span;
    copy->literal = true;
    return copy;
}

using Terms = std::vector<TermPtr>;

class Resolver {
public:
    Resolver(const Scope& scope, base::Diagnostics& diagnostics) : scope_(scope), diagnostics_(diagnostics) {}

    /// Operands before what they are operands of, from left to right, on a stack of our own.
    TermPtr operator()(const lang::Expr& root) {
        struct Open {
            const lang::Expr* expr;
            std::vector<const lang::ExprPtr*> operands;
            std::size_t next = 0;
        };
        ++scope_.state->depth;
        std::vector<Open> open;
        Terms values;
        open.push_back({&root, lang::operands(root)});
        while (!open.empty()) {
            Open& top = open.back();
            if (top.next < top.operands.size()) {
                const lang::Expr& operand = **top.operands[top.next++];
                open.push_back({&operand, lang::operands(operand)});
                continue;
            }
            const auto first = values.end() - static_cast<std::ptrdiff_t>(top.operands.size());
            const Terms operands(first, values.end());
            values.erase(first, values.end());
            const lang::Expr& expr = *top.expr;
            open.pop_back();
            values.push_back(
                std::visit([&](const auto& node) { return visit(expr, node, operands); }, expr.node));
        }
        --scope_.state->depth;
        return values.front();
    }

private:
    TermPtr fail(Code code, const base::Span& span, std::string message, std::string hint = {}) {
        diagnostics_.error(code, span, std::move(message), std::move(hint));
        return nullptr;
    }

    TermPtr visit(const lang::Expr& expr, const lang::Number& node, const Terms&) {
        return literal(node.is_integer ? integer(node.value) : number(node.value), expr.span);
    }

    TermPtr visit(const lang::Expr& expr, const lang::Boolean& node, const Terms&) {
        auto term = std::make_shared<Term>();
        term->type = ValueType::boolean;
        term->number = node.value ? 1.0 : 0.0;
        term->span = expr.span;
        return term;
    }

    TermPtr visit(const lang::Expr& expr, const lang::Name& node, const Terms&) {
        bool reported = false;
        if (TermPtr term = reserved(expr, node.id, &reported))
            return node.id == "inf" ? literal(term, expr.span) : at(term, expr.span);
        if (reported) return nullptr;
        if (TermPtr term = scope_.find(node.id, expr.span, &reported)) return at(term, expr.span);
        if (reported) return nullptr;
        if (is_reserved(node.id)) return not_here(expr.span, node.id);
        if (const auto unit = base::find_unit(node.id))
            return at(number(unit->scale, unit->dimension), expr.span);
        if (find_function(node.id))
            return fail(Code::E201, expr.span, "'" + node.id + "' is a function; it needs its arguments",
                        "write " + node.id + "(...)");
        if (scope_.find_signal && scope_.find_signal(node.id))
            return fail(Code::E201, expr.span, "'" + node.id + "' is a signal; it is a function of time",
                        "write " + node.id + "(t)");
        return unknown(expr.span, node.id);
    }

    TermPtr reserved(const lang::Expr& expr, const std::string& id, bool* reported) {
        const auto second = Dimension::of(Dimension::time);
        if (id == "t") return leaf(TermKind::time, ValueType::real, second);
        if (id == "dt") return leaf(TermKind::step_size, ValueType::real, second);
        if (id == "pi") return number(std::numbers::pi);
        if (id == "e") return number(std::numbers::e);
        if (id == "inf") return number(INFINITY);
        if (id == "i") return leaf(TermKind::index_i, ValueType::integer, {});
        if (id == "j") {
            if (scope_.synaptic) return leaf(TermKind::index_j, ValueType::integer, {});
            *reported = true;
            return fail(Code::E201, expr.span, "'j' is the postsynaptic neuron's number; there is none here",
                        "a neuron's own number is 'i'");
        }
        if (id == "N_pre" && scope_.synaptic)
            return scalar(scope_.prefix + "N_pre", scope_.size, ValueType::integer, {});
        if (id == "N_post" && scope_.synaptic)
            return scalar(scope_.prefix + "N_post", scope_.size_post, ValueType::integer, {});
        if (id == "N") {
            if (!scope_.synaptic) return scalar(scope_.prefix + "N", scope_.size, ValueType::integer, {});
            *reported = true;
            return fail(Code::E201, expr.span, "'N' is ambiguous between the two neuron groups",
                        "write N_pre or N_post");
        }
        if (id == "xi" || id.rfind("xi_", 0) == 0) {
            if (scope_.allow_noise) return leaf(TermKind::noise, ValueType::real, *second.power(-0.5), id);
            *reported = true;
            return fail(Code::E211, expr.span, "noise '" + id + "' can stand only in a differential equation",
                        "use randn() in statements and other expressions");
        }
        return nullptr;
    }

    /// A reserved name that means nothing in this text.
    TermPtr not_here(const base::Span& span, const std::string& id) {
        std::string hint = "write " + id + "_pre or " + id + "_post";
        if (id == "release")
            hint = "it is known in on_pre of the release and of the plasticity of a chain";
        else if (id == "N_pre" || id == "N_post")
            hint = "the number of neurons of a group is 'N'";
        if (!scope_.state->unknown.insert(id).second) return nullptr;
        return fail(Code::E201, span, "'" + id + "' is not known here", hint);
    }

    TermPtr unknown(const base::Span& span, const std::string& id) {
        if (!scope_.state->unknown.insert(id).second) return nullptr;
        const auto near = diagnostics_.suggestions().nearest(id, [&] {
            auto candidates = scope_.names ? scope_.names() : std::vector<std::string>{};
            candidates.insert(candidates.end(), base::unit_names().begin(), base::unit_names().end());
            return candidates;
        });
        std::string hint = near.empty() ? "declare it in the equations, or give it in 'parameters'"
                                        : "did you mean '" + near + "'?";
        if (near.empty() && scope_.synaptic && (id.ends_with("_pre") || id.ends_with("_post")))
            hint = std::string("the neurons ") + (id.ends_with("_pre") ? "before" : "behind") +
                   " the synapse have no such variable";
        if (id.size() == 1 && base::find_unit_in_field(id))
            hint = "if the unit is meant, write its full name: one letter is never a unit in an expression";
        return fail(Code::E201, span, "unknown name '" + id + "'", hint);
    }

    TermPtr unknown_function(const base::Span& span, const std::string& id) {
        if (!scope_.state->unknown.insert(id + "()").second) return nullptr;
        std::vector<std::string> names;
        std::string all;
        for (const auto& row : functions()) {
            names.emplace_back(row.name);
            all += (all.empty() ? "there are " : ", ") + names.back();
        }
        if (scope_.synaptic) names.insert(names.end(), {"sum_post", "sum_pre"});
        const auto near = diagnostics_.suggestions().nearest(id, names);
        std::string hint = near.empty() ? all : "did you mean '" + near + "'?";
        if (id == "sum_post" || id == "sum_pre")
            hint = "it belongs to a run_regularly of synapses";
        else if (scope_.find_signal && near.empty())
            hint += "; signals are declared as [signal." + id + "]";
        return fail(Code::E204, span, "unknown function '" + id + "'", hint);
    }

    bool need_number(const TermPtr& term, const char* where) {
        if (term->type != ValueType::boolean) return true;
        fail(Code::E206, term->span,
             quoted(term->span) + " is true or false, but " + where + " needs a number",
             "int(...) gives 1 or 0");
        return false;
    }

    bool need_boolean(const TermPtr& term, const char* where) {
        if (term->type == ValueType::boolean) return true;
        fail(Code::E206, term->span, quoted(term->span) + " is a number, but " + where + " needs a condition",
             "compare it, as in 'x > 0'");
        return false;
    }

    TermPtr visit(const lang::Expr& expr, const lang::Unary& node, const Terms& operands) {
        const TermPtr& a = operands[0];
        if (!a) return nullptr;
        if (node.op == lang::UnaryOp::logical_not ? !need_boolean(a, "'not'") : !need_number(a, "'-'"))
            return nullptr;
        if (node.op == lang::UnaryOp::negate && a->kind == TermKind::number) {
            auto copy = std::make_shared<Term>(*a);
            copy->number = -a->number;
            copy->span = expr.span;
            return copy;
        }
        return at(unary(node.op, a), expr.span);
    }

    TermPtr visit(const lang::Expr& expr, const lang::Binary& node, const Terms& operands) {
        const TermPtr& a = operands[0];
        const TermPtr& b = operands[1];
        if (!a || !b) return nullptr;
        const std::string sign = std::string("'") + spelling(node.op) + "'";
        if (node.op == BinaryOp::logical_and || node.op == BinaryOp::logical_or) {
            const bool good = need_boolean(a, sign.c_str()) & need_boolean(b, sign.c_str());
            return good ? at(binary(node.op, a, b), expr.span) : nullptr;
        }
        const bool equality = node.op == BinaryOp::equal || node.op == BinaryOp::not_equal;
        if (equality && a->type == ValueType::boolean && b->type == ValueType::boolean)
            return at(binary(node.op, a, b), expr.span);
        if (!(need_number(a, sign.c_str()) & need_number(b, sign.c_str()))) return nullptr;
        if (node.op == BinaryOp::power) return power(expr, a, b);
        if (node.op == BinaryOp::multiply || node.op == BinaryOp::divide || node.op == BinaryOp::floor_divide)
            return at(binary(node.op, a, b), expr.span);
        return same_dimension(expr, node.op, a, b);
    }

    TermPtr same_dimension(const lang::Expr& expr, BinaryOp op, const TermPtr& a, const TermPtr& b) {
        if (a->dimension == b->dimension) return at(binary(op, a, b), expr.span);
        if (is_literal_zero(*b)) return at(binary(op, a, with_dimension(b, a->dimension)), expr.span);
        if (is_literal_zero(*a)) return at(binary(op, with_dimension(a, b->dimension), b), expr.span);
        const std::string left = quoted(a->span) + " " + in_brackets(a->dimension);
        const std::string right = quoted(b->span) + " " + in_brackets(b->dimension);
        std::string message;
        if (op == BinaryOp::add)
            message = "cannot add " + right + " to " + left;
        else if (op == BinaryOp::subtract)
            message = "cannot subtract " + right + " from " + left;
        else
            message = "cannot compare " + left + " with " + right;
        if (op == BinaryOp::modulo) message = "cannot take " + left + " modulo " + right;
        return fail(Code::E203, expr.span, message,
                    std::string("both sides of '") + spelling(op) + "' need the same dimension");
    }

    static TermPtr with_dimension(const TermPtr& term, const Dimension& dimension) {
        auto copy = std::make_shared<Term>(*term);
        copy->dimension = dimension;
        if (!dimension.is_dimensionless()) copy->type = ValueType::real;
        return copy;
    }

    TermPtr power(const lang::Expr& expr, const TermPtr& a, const TermPtr& b) {
        if (!b->dimension.is_dimensionless())
            return fail(Code::E203, b->span,
                        "the exponent " + quoted(b->span) + " has the dimension " + in_brackets(b->dimension),
                        "an exponent is a plain number");
        if (!a->dimension.is_dimensionless()) {
            const bool fixed = !any_of(b, [](const Term& term) {
                return term.kind != TermKind::number && term.kind != TermKind::unary &&
                       term.kind != TermKind::binary;
            });
            const auto exponent = fixed ? evaluate(b) : std::nullopt;
            if (!exponent)
                return fail(Code::E203, b->span,
                            quoted(a->span) + " " + in_brackets(a->dimension) +
                                " can be raised only to a number written out",
                            "make the base dimensionless, as in (x/volt)**n");
            if (!a->dimension.power(*exponent))
                return fail(Code::E203, b->span,
                            "the dimension of " + quoted(a->span) + " to this power is not a dimension",
                            "make the base dimensionless first");
        }
        return at(binary(BinaryOp::power, a, b), expr.span);
    }

    TermPtr visit(const lang::Expr& expr, const lang::Call& node, const Terms& operands) {
        bool reported = false;
        if (scope_.find_call)
            if (TermPtr term = scope_.find_call(node, expr.span, operands, &reported))
                return at(term, expr.span);
        if (reported) return nullptr;
        if (scope_.find_signal)
            if (TermPtr signal = scope_.find_signal(node.function))
                return signal->number == 0.0
                           ? nullptr
                           : read_signal(expr.span, node, operands, signal, scope_, diagnostics_);
        const Function* row = find_function(node.function);
        if (!row) return unknown_function(node.function_span, node.function);
        const int count = static_cast<int>(node.arguments.size());
        if (count < row->min_arguments || count > row->max_arguments) {
            std::string wanted = std::to_string(row->min_arguments);
            if (row->max_arguments > row->min_arguments) wanted += " or more";
            return fail(Code::E205, expr.span,
                        "'" + node.function + "' takes " + wanted + " argument" +
                            (row->min_arguments == 1 && row->max_arguments == 1 ? "" : "s") + ", not " +
                            std::to_string(count));
        }
        Terms arguments = operands;
        bool good = true;
        for (const auto& argument : arguments) {
            if (!argument)
                good = false;
            else if (row->id != Builtin::to_int)
                good = need_number(argument, ("'" + node.function + "'").c_str()) && good;
        }
        if (!good || !check_arguments(expr, node, *row, arguments)) return nullptr;
        if (row->random && !check_drawn(*row, arguments)) return nullptr;
        if (!row->random) return at(call(row->id, arguments), expr.span);
        if (scope_.no_random)
            return fail(Code::E211, expr.span, "'" + node.function + "' cannot be used here",
                        scope_.no_random);
        auto term = std::make_shared<Term>(*call(row->id, arguments));
        term->draw = scope_.state->draws++;
        term->span = expr.span;
        return term;
    }

    bool check_arguments(const lang::Expr& expr, const lang::Call& node, const Function& row,
                         std::vector<TermPtr>& arguments) {
        if (row.rule == DimensionRule::dimensionless) {
            bool good = true;
            for (const auto& argument : arguments)
                if (!argument->dimension.is_dimensionless()) {
                    fail(Code::E203, argument->span,
                         "'" + node.function + "' needs a number without dimension, but " +
                             quoted(argument->span) + " has " + in_brackets(argument->dimension),
                         "divide by a quantity of the same dimension");
                    good = false;
                }
            return good;
        }
        if (row.rule == DimensionRule::same) {
            Dimension common;
            const Term* first = nullptr;
            for (const auto& argument : arguments)
                if (!is_literal_zero(*argument) && !first) {
                    first = argument.get();
                    common = argument->dimension;
                }
            for (auto& argument : arguments) {
                if (argument->dimension == common) continue;
                if (is_literal_zero(*argument)) {
                    argument = with_dimension(argument, common);
                    continue;
                }
                fail(Code::E203, expr.span,
                     "the arguments of '" + node.function +
                         "' have different dimensions: " + quoted(first->span) + " " + in_brackets(common) +
                         " and " + quoted(argument->span) + " " + in_brackets(argument->dimension),
                     "all need the same dimension");
                return false;
            }
        }
        if (row.rule == DimensionRule::square_root && !arguments[0]->dimension.power(0.5)) {
            fail(Code::E203, expr.span,
                 "the square root of " + quoted(arguments[0]->span) + " has no dimension");
            return false;
        }
        return true;
    }

    /// Arguments of draws that are known; others are watched while running.
    bool check_drawn(const Function& row, const Terms& arguments) {
        constexpr double kBeyond =
            1e-6;  // what rounding has moved a little beyond a bound counts as the bound
        const auto known = [&](std::size_t k, double high, const char* what, const char* hint) {
            return check_known(arguments[k], -kBeyond, high, std::string(what) + " of '" + row.name + "'",
                               arguments[k]->span, hint, diagnostics_);
        };
        if (row.id == Builtin::poisson)
            return known(0, 0x1p53, "the mean", "a mean is at least 0, and at most 2^53");
        if (row.id != Builtin::binomial) return true;
        const bool good = known(0, 0x1p62, "the number of trials", "it is at least 0");
        return known(1, 1.0 + kBeyond, "the probability", "a probability is from 0 to 1") && good;
    }

    const Scope& scope_;
    base::Diagnostics& diagnostics_;
};

}  // namespace

TermPtr resolve(const lang::Expr& expr, const Scope& scope, base::Diagnostics& diagnostics) {
    return Resolver(scope, diagnostics)(expr);
}

bool is_reserved(const std::string& name) {
    for (const char* word : {"t", "dt", "i", "j", "N", "N_pre", "N_post", "e", "pi", "inf", "xi", "lastspike",
                             "not_refractory", "release"})
        if (name == word) return true;
    return name.rfind("xi_", 0) == 0;
}

std::string quoted(const base::Span& span) {
    const auto text = base::escape(span.text());
    return text.size() <= 40 ? "'" + text + "'" : "'" + text.substr(0, 37) + "...'";
}

std::string in_brackets(const Dimension& dimension) { return "[" + dimension.to_string() + "]"; }

bool check_number(const TermPtr& term, const std::string& what, const base::Span& span,
                  base::Diagnostics& diagnostics) {
    if (term->type != ValueType::boolean) return true;
    diagnostics.error(Code::E206, span, what + " is a number, this is true or false",
                      "int(...) gives 1 or 0");
    return false;
}

bool check_known(const TermPtr& term, double low, double high, const std::string& what,
                 const base::Span& span, const std::string& hint, base::Diagnostics& diagnostics) {
    const auto known = evaluate(term);
    if (!known || (std::isfinite(*known) && *known >= low && *known <= high)) return true;
    if (!std::isfinite(*known))
        diagnostics.error(Code::E407, span, what + " is not a finite number", hint);
    else
        diagnostics.error(Code::E306, span,
                          what + " is " + base::in_base_units(*known, term->dimension) + ", which is " +
                              (*known < low ? "too small" : "too great"),
                          hint);
    return false;
}

bool check_dimension(const TermPtr& term, const Dimension& wanted, const std::string& what,
                     const base::Span& span, Code code, base::Diagnostics& diagnostics) {
    if (term->dimension == wanted || is_literal_zero(*term)) return true;
    diagnostics.error(code, span,
                      what + " has the dimension " + in_brackets(wanted) + ", but " + quoted(term->span) +
                          " has " + in_brackets(term->dimension));
    return false;
}

}  // namespace bouton::analysis

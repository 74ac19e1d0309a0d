// SPDX-License-Identifier: BSD-3-Clause
#include "analysis/resolve_signal.hpp"

#include <cmath>

namespace bouton::analysis {

using base::Code;
using base::Dimension;

namespace {

class SignalReader {
public:
    SignalReader(const Scope& scope, base::Diagnostics& diagnostics)
        : scope_(scope), diagnostics_(diagnostics) {}

    TermPtr operator()(const base::Span& span, const lang::Call& node, const std::vector<TermPtr>& operands,
                       const TermPtr& signal) {
        const int count = static_cast<int>(node.arguments.size());
        const bool columns = signal->number > 1.0;  // the leaf carries its number of columns
        if (count < 1 || count > 2)
            return fail(Code::E205, span,
                        "the signal '" + node.function + "' takes a time, or a time and a column",
                        "write " + node.function + (columns ? "(t, i)" : "(t)"));
        const TermPtr& time = operands[0];
        if (!time || !check_time(node, time, columns)) return nullptr;
        if (columns && count == 1)
            return fail(Code::E205, span,
                        "the signal '" + node.function + "' has " +
                            std::to_string(static_cast<long>(signal->number)) + " columns",
                        "write " + node.function + "(t, i)");
        auto term = std::make_shared<Term>(*signal);
        term->span = span;
        term->arguments = {substitute(time, [](const Term& part) -> TermPtr {
            return part.kind == TermKind::time ? leaf(TermKind::now, part.type, part.dimension) : nullptr;
        })};
        if (count == 2) {
            const TermPtr& column = operands[1];
            if (!column) return nullptr;
            if (column->type != ValueType::integer)
                return fail(Code::E206, column->span, "the column of a signal is a whole number",
                            "use i, or int(...)");
            if (!check_column(node.function, signal->number, column)) return nullptr;
            term->arguments.push_back(column);
        }
        return term;
    }

private:
    TermPtr fail(Code code, const base::Span& span, std::string message, std::string hint) {
        diagnostics_.error(code, span, std::move(message), std::move(hint));
        return nullptr;
    }

    bool check_time(const lang::Call& node, const TermPtr& time, bool columns) {
        const auto second = Dimension::of(Dimension::time);
        const std::string what = "the time of the signal '" + node.function + "'";
        if (!check_number(time, what, time->span, diagnostics_)) return false;
        if (time->dimension != second) {
            const std::string behind = columns ? ", i)" : ")";
            fail(Code::E203, time->span,
                 what + " has the dimension " + in_brackets(second) + ", but " + quoted(time->span) +
                     " has " + in_brackets(time->dimension),
                 "write " + node.function + "(t" + behind + ", or " + node.function + "(t - 5*ms" + behind +
                     " for what it was");
            return false;
        }
        return check_known(time, -INFINITY, INFINITY, what, time->span, {}, diagnostics_);
    }

    /// A column that is known, or that is the number of a neuron, exists; others are watched while running.
    bool check_column(const std::string& signal, double columns, const TermPtr& column) {
        const std::string has = "the signal '" + signal + "' has " +
                                (columns == 1 ? "one column" : "only " + base_ten(columns) + " columns");
        double last = 0.0;
        if (column->kind == TermKind::index_i)
            last = scope_.reach.value_or(scope_.size) - 1;
        else if (column->kind == TermKind::index_j)
            last = scope_.size_post - 1;
        else if (const auto known = evaluate(column)) {
            if (*known >= 0 && *known < columns) return true;
            fail(Code::E405, column->span, has + ", and none with the number " + base_ten(*known),
                 "columns are counted from 0");
            return false;
        }
        if (last < columns) return true;
        fail(Code::E405, column->span,
             has + ", but " + quoted(column->span) + " goes up to " + base_ten(last),
             "a row of the signal holds one value a neuron: is it the wrong way round?");
        return false;
    }

    static std::string base_ten(double whole) { return base::in_base_units(whole, {}); }

    const Scope& scope_;
    base::Diagnostics& diagnostics_;
};

}  // namespace

TermPtr read_signal(const base::Span& span, const lang::Call& call, const std::vector<TermPtr>& operands,
                    const TermPtr& signal, const Scope& scope, base::Diagnostics& diagnostics) {
    return SignalReader(scope, diagnostics)(span, call, operands, signal);
}

}  // namespace bouton::analysis

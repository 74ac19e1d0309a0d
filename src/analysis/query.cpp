// SPDX-License-Identifier: BSD-3-Clause
#include "analysis/query.hpp"

#include <optional>

namespace bouton::analysis {

using base::Code;

namespace {

class Gather {
public:
    Gather(const Query& query, base::Diagnostics& diagnostics) : query_(query), diagnostics_(diagnostics) {}

    CheckedQuery operator()(Scope scope) {
        scope.no_random = "a condition is asked again and again";
        scope.find_call = [this](const lang::Call& call, const base::Span& span,
                                 const std::vector<TermPtr>& arguments,
                                 bool* reported) { return gathered(call, span, arguments, reported); };
        CheckedQuery result;
        const TermPtr term = resolve(*query_.expr, scope, diagnostics_);
        if (!term || !is_of_the_whole(term)) return result;
        if (term->type != ValueType::boolean) {
            diagnostics_.error(Code::E206, query_.expr->span, "this is a number, not a condition",
                               "compare it, as in 'sum(v > 0*mV) > 10'");
            return result;
        }
        result.term = term;
        result.gathered = std::move(gathered_);
        return result;
    }

private:
    static std::optional<Gathering> gathering(const lang::Call& call) {
        const std::string& name = call.function;
        if (name == "sum" || name == "count") return Gathering::sum;
        if (name == "mean") return Gathering::mean;
        if (call.arguments.size() != 1)
            return std::nullopt;  // the smaller of two numbers is another function
        if (name == "min") return Gathering::min;
        if (name == "max") return Gathering::max;
        return std::nullopt;
    }

    TermPtr gathered(const lang::Call& call, const base::Span& span, const std::vector<TermPtr>& arguments,
                     bool* reported) {
        const auto how = gathering(call);
        if (!how) return nullptr;
        *reported = true;
        const std::string name = "'" + call.function + "'";
        if (arguments.size() != 1) {
            diagnostics_.error(Code::E205, span, name + " takes one argument");
            return nullptr;
        }
        const TermPtr& of = arguments[0];
        if (!of) return nullptr;
        if (any_of(of, [](const Term& node) { return node.kind == TermKind::reduction; })) {
            diagnostics_.error(Code::E217, span, name + " goes over values of the elements, not over results",
                               "take one after the other: 'mean(v) > -60*mV and max(v) > 0*mV'");
            return nullptr;
        }
        const bool counts = call.function == "count";
        if (counts && of->type != ValueType::boolean) {
            diagnostics_.error(Code::E206, span, "'count' counts where a condition holds, this is a number",
                               "compare it, as in 'count(v > 0*mV)'");
            return nullptr;
        }
        if (!counts && call.function != "sum" && !check_number(of, name, span, diagnostics_)) return nullptr;
        *reported = false;
        auto term = std::make_shared<Term>(*leaf(TermKind::reduction, ValueType::real, of->dimension));
        term->draw = gathered_.size();
        gathered_.push_back({*how, of});
        return term;
    }

    /// Reports what has a value per element and is not gathered.
    bool is_of_the_whole(const TermPtr& term) {
        bool whole = true;
        for_each(term, [&](const Term& node) {
            const bool by_element = node.kind == TermKind::variable || node.kind == TermKind::index_i ||
                                    node.kind == TermKind::index_j || node.kind == TermKind::signal;
            if (!by_element || !whole) return;
            whole = false;
            const base::Span& span = node.span.source ? node.span : query_.expr->span;
            const std::string text = quoted(span);
            diagnostics_.error(
                Code::E217, span,
                text + " has one value for each " + (query_.of_synapses ? "synapse" : "neuron"),
                "say what of them: sum, mean, min, max or count, as in 'max(" +
                    text.substr(1, text.size() - 2) + ")'");
        });
        return whole;
    }

    const Query& query_;
    base::Diagnostics& diagnostics_;
    std::vector<CheckedQuery::Gathered> gathered_;
};

}  // namespace

CheckedQuery check_query(const Query& query, Scope scope, base::Diagnostics& diagnostics) {
    if (query.gathers) return Gather(query, diagnostics)(std::move(scope));
    return {resolve(*query.expr, scope, diagnostics), {}};
}

}  // namespace bouton::analysis

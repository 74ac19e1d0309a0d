// SPDX-License-Identifier: BSD-3-Clause
// connect = { ... }: a rule by name, a condition, or given pairs; and whether as many connections can exist.
#include "model/model_text.hpp"
#include "model/sections/pairs.hpp"
#include "model/sections/sections.hpp"
#include "model/values.hpp"

#include <algorithm>
#include <climits>

namespace bouton::model {
namespace {

using base::Code;
using document::Context;
using document::Entry;
using document::Fields;
using document::Node;
using document::Table;
using document::Text;

const std::vector<std::pair<std::string, ConnectRule>>& rules() {
    static const std::vector<std::pair<std::string, ConnectRule>> table = {
        {"all_to_all", ConnectRule::all_to_all},
        {"one_to_one", ConnectRule::one_to_one},
        {"fixed_probability", ConnectRule::fixed_probability},
        {"fixed_indegree", ConnectRule::fixed_indegree},
        {"fixed_outdegree", ConnectRule::fixed_outdegree},
        {"fixed_total_number", ConnectRule::fixed_total_number},
    };
    return table;
}

bool takes_number(ConnectRule rule) {
    return rule == ConnectRule::fixed_indegree || rule == ConnectRule::fixed_outdegree ||
           rule == ConnectRule::fixed_total_number;
}

std::optional<ConnectRule> read_rule(const Context& context, const Node& node) {
    const Text* text = document::as_text(context, node, "rule");
    if (!text) return std::nullopt;
    std::vector<std::string> names;
    for (const auto& [name, rule] : rules()) {
        if (name == text->source->text) return rule;
        names.push_back(name);
    }
    auto hint = context.did_you_mean(text->source->text, names);
    if (hint.empty()) {
        hint = "there are ";
        for (const auto& name : names) hint += (name == names.front() ? "" : ", ") + name;
    }
    context.error(Code::E315, document::content_span(*text),
                  "there is no rule " + document::in_quotes(text->source->text), hint);
    return std::nullopt;
}

/// The number of neurons that are in both slices of one group: the pairs that are self pairs.
std::int64_t overlap(const GroupRef& from, const GroupRef& to) {
    if (from.group != to.group) return 0;
    return std::max<std::int64_t>(0, std::min(from.end, to.end) - std::max(from.begin, to.begin));
}

/// Rules that draw a number of partners need as many partners, unless one may be drawn twice.
void check_number(const Context& context, const ConnectSpec& connect, const Node& n, const GroupRef& from,
                  const GroupRef& to) {
    const std::int64_t self = connect.autapses ? 0 : overlap(from, to);
    std::int64_t most = 0;
    std::string of;
    if (connect.rule == ConnectRule::fixed_indegree) {
        most = from.size() - (self > 0 ? 1 : 0);
        of = "sources for a target";
    } else if (connect.rule == ConnectRule::fixed_outdegree) {
        most = to.size() - (self > 0 ? 1 : 0);
        of = "targets for a source";
    } else {
        most = from.size() * to.size() - self;
        of = "pairs";
    }
    if (connect.n <= (connect.multapses && most > 0 ? INT64_MAX : most)) return;
    context.error(Code::E402, n.span,
                  "'n' is " + std::to_string(connect.n) + ", but there are " +
                      (most == 0 ? "no " : "only " + std::to_string(most) + " ") + of,
                  connect.multapses || most == 0 ? "" : "multapses = true allows repeated pairs");
}

bool read_probability(const Context& context, const Node& node, bool expression, ConnectSpec& connect) {
    auto value = read_value(context, node, {"p", base::Dimension(), "p = 0.1", true, false, std::nullopt});
    if (!value) return false;
    const auto* scalar = std::get_if<ScalarValue>(&value->value);
    if (!scalar && !expression) {
        context.error(Code::E305, value->span, "'p' of 'fixed_probability' must be a number",
                      "an expression needs no rule: connect = { p = \"...\" }");
        return false;
    }
    if (scalar && scalar->value > 1.0) {
        context.error(Code::E306, value->span, "'p' is a probability, from 0 to 1");
        return false;
    }
    connect.p = std::move(*value);
    return true;
}

/// The keys that say how to connect; two that exclude each other are refused.
struct Ways {
    const Node* rule;
    const Node* pairs;
    const Node* file;
    const Node* condition;
    const Node* sources;
};

bool exclude_each_other(const Context& context, const Fields& fields, const Ways& ways) {
    const char* first = nullptr;
    const std::pair<const char*, const Node*> all[] = {{"rule", ways.rule},
                                                       {"pairs", ways.pairs},
                                                       {"file", ways.file},
                                                       {"condition", ways.condition},
                                                       {"sources", ways.sources}};
    for (const auto& [key, node] : all) {
        if (node && first) {
            context.error(
                Code::E311, fields.key_span(key),
                document::in_quotes(key) + " and " + document::in_quotes(first) + " are two ways to connect",
                "leave one of them out");
            return true;
        }
        if (node) first = key;
    }
    return false;
}

/// Where it is not known how to connect: the mistakes that values have by themselves.
std::nullopt_t read_alone(const Context& context, const Ways& ways, const Node* p, const Node* n) {
    ConnectSpec ignored;
    if (p) read_probability(context, *p, true, ignored);
    if (n) document::as_integer(context, *n, "n", 0, INT64_MAX);
    if (ways.condition) read_expression(context, *ways.condition, "condition");
    return std::nullopt;
}

}  // namespace

std::optional<ConnectSpec> read_connect(const Context& context, const Node& node,
                                        const std::optional<GroupRef>& from,
                                        const std::optional<GroupRef>& to) {
    const Table* table = document::as_table(context, node, "connect", "connect = { rule = \"all_to_all\" }");
    if (!table) return std::nullopt;
    Fields fields(context, *table, node.span, "'connect'");
    ConnectSpec connect;
    connect.span = node.span;
    const auto errors = context.diagnostics.error_count();
    const Ways ways{fields.find("rule"), fields.find("pairs"), fields.find("file"), fields.find("condition"),
                    fields.find("sources")};
    const Node* targets = ways.sources ? fields.need("targets", "targets = [1, 2]") : fields.find("targets");
    if (targets && !ways.sources) fields.need("sources", "sources = [0, 0]");
    const Node* p = fields.find("p");
    const Node* n = fields.find("n");
    if (const Node* flag = fields.find("autapses"))
        connect.autapses = document::as_bool(context, *flag, "autapses").value_or(false);
    if (const Node* flag = fields.find("multapses"))
        connect.multapses = document::as_bool(context, *flag, "multapses").value_or(false);
    std::vector<const Entry*> columns;
    if (ways.sources && targets) columns = fields.rest();
    fields.finish();
    if (exclude_each_other(context, fields, ways)) return read_alone(context, ways, p, n);

    if (ways.rule) {
        const auto rule = read_rule(context, *ways.rule);
        if (!rule) return read_alone(context, ways, p, n);
        connect.rule = *rule;
    } else if (ways.pairs || ways.file || ways.sources || targets) {
        connect.rule = ConnectRule::pairs;
    } else if (ways.condition || p) {
        connect.rule = ConnectRule::condition;
    } else {
        context.error(Code::E304, node.span, "'connect' does not say how", "such as rule = \"all_to_all\"");
        return read_alone(context, ways, p, n);
    }

    const bool random =
        connect.rule == ConnectRule::fixed_probability || connect.rule == ConnectRule::condition;
    if (p && !random) context.error(Code::E311, fields.key_span("p"), "this way to connect has no 'p'");
    if (p && random) read_probability(context, *p, connect.rule == ConnectRule::condition, connect);
    if (!p && connect.rule == ConnectRule::fixed_probability) fields.need("p", "p = 0.1");
    if (n && !takes_number(connect.rule))
        context.error(Code::E311, fields.key_span("n"), "this way to connect has no 'n'");
    if (!n && takes_number(connect.rule)) fields.need("n", "n = 10");
    if (n && takes_number(connect.rule)) {
        const auto number = document::as_integer(context, *n, "n", 0, INT64_MAX);
        connect.n = number.value_or(0);
        if (number && from && to) check_number(context, connect, *n, *from, *to);
    }
    if (ways.condition) connect.condition = read_expression(context, *ways.condition, "condition");
    if (connect.rule == ConnectRule::one_to_one && from && to && from->size() != to->size())
        context.error(Code::E402, node.span,
                      "'one_to_one' needs as many sources as targets, not " + std::to_string(from->size()) +
                          " and " + std::to_string(to->size()));
    if (ways.pairs) read_pairs(context, *ways.pairs, from, to, connect);
    if (ways.sources && targets) {
        read_ends(context, *ways.sources, *targets, from, to, connect);
        read_columns(context, columns, connect);
    }
    if (ways.file) read_pairs_file(context, *ways.file, from, to, connect);
    return context.diagnostics.error_count() > errors ? std::nullopt : std::optional(std::move(connect));
}

}  // namespace bouton::model

// SPDX-License-Identifier: BSD-3-Clause
#include "cli/describe_model.hpp"

#include "cli/text_layout.hpp"

#include <fmt/format.h>

namespace bouton::cli {
namespace {

constexpr std::string_view kMargin = "    ";

void add_section(std::string& page, const std::string& title, const std::string& body) {
    if (!body.empty()) page += fmt::format("\n{}\n{}", title, body);
}

void add_code(std::string& page, const std::string& title, const std::vector<analysis::CodeBlock>& blocks) {
    for (const auto& block : blocks) {
        const bool plain = !block.named;
        if (block.statements.empty()) continue;
        add_section(page, plain ? title : title + "." + block.name,
                    indent(whole_text(block.statements.front().span), kMargin));
    }
}

void add_expression(std::string& page, const std::string& title, const lang::ExprPtr& expression) {
    if (expression) add_section(page, title, indent(whole_text(expression->span), kMargin));
}

/// What the author wrote behind a value, after '#'.
std::string comment_behind(const base::Span& span) {
    if (!span.source || !span.source->file) return {};
    const std::string_view text = span.source->file->text;
    auto rest = text.substr(std::min<std::size_t>(text.size(), span.source->file_offset(span.end)));
    rest = rest.substr(0, rest.find('\n'));
    const auto hash = rest.find('#');
    if (hash == std::string_view::npos) return {};
    const auto begin = rest.find_first_not_of("# \t", hash);
    return begin == std::string_view::npos ? std::string() : std::string(rest.substr(begin));
}

std::string assignments(const std::vector<analysis::Assignment>& list) {
    std::vector<std::vector<std::string>> rows;
    for (const auto& assignment : list) {
        rows.push_back(
            {assignment.name, text_of(assignment.value.span), comment_behind(assignment.value.span)});
    }
    return columns(rows, kMargin);
}

}  // namespace

std::string text_of(const base::Span& span) {
    if (!span.source) return {};
    std::string_view text = span.text();
    if (text.size() >= 2 && text.front() == text.back() && (text.front() == '"' || text.front() == '\'')) {
        text = text.substr(1, text.size() - 2);
    }
    return std::string(text);
}

std::string whole_text(const base::Span& span) { return span.source ? span.source->text : std::string(); }

std::string describe_model(const network::LibraryModel& model) {
    std::string page = fmt::format("{} ({})\n{}", model.name, model.kind, indent(model.summary, kMargin));
    const auto& text = model.text;
    add_section(page, "source", indent(model.source, kMargin));
    if (!text.equations.empty()) {
        add_section(page, "equations", indent(whole_text(text.equations.front().span), kMargin));
    }
    add_expression(page, "threshold", text.threshold);
    if (!text.reset.empty()) add_section(page, "reset", indent(whole_text(text.reset.front().span), kMargin));
    add_expression(page, "refractory", text.refractory);
    add_code(page, "on_pre", text.on_pre);
    add_code(page, "on_post", text.on_post);
    add_expression(page, "prune", text.prune);
    add_expression(page, "grow", text.grow);
    add_expression(page, "grow_condition", text.grow_condition);
    if (!text.method.empty()) add_section(page, "method", indent(text.method, kMargin));
    if (model.every > 0.0) add_section(page, "every", fmt::format("{}{} s\n", kMargin, model.every));
    add_section(page, "parameters", assignments(text.default_parameters));
    add_section(page, "initial", assignments(text.default_initial));
    add_section(page, "notes", indent(model.notes, kMargin));
    add_section(page, "file", indent(model.file, kMargin));
    return page;
}

std::string list_models(const std::vector<network::LibraryModel>& models) {
    std::string list;
    std::string kind;
    std::vector<std::vector<std::string>> rows;
    const auto close = [&] {
        if (!rows.empty())
            list += fmt::format("{}{}\n{}", list.empty() ? "" : "\n", kind, columns(rows, kMargin));
        rows.clear();
    };
    for (const auto& model : models) {
        if (model.kind != kind) close();
        kind = model.kind;
        rows.push_back({model.name, model.summary});
    }
    close();
    return list;
}

}  // namespace bouton::cli

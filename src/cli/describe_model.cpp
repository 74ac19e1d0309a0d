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

void add_code(std::string& page, const std::string& title, const std::vector<model::CodeBlock>& blocks) {
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

std::string assignments(const std::vector<model::Assignment>& list) {
    std::vector<std::vector<std::string>> rows;
    for (const auto& assignment : list) {
        rows.push_back(
            {assignment.name, text_of(assignment.value.span), comment_behind(assignment.value.span)});
    }
    return columns(rows, kMargin);
}

/// What is declared of a name, in the order of the columns: range, unit, words of explanation.
std::string said_of(const model::Declaration& declaration) {
    std::string text = model::range_in_words(declaration);
    const auto add = [&](const std::string& more, const char* between) {
        if (!more.empty()) text += (text.empty() ? "" : between) + more;
    };
    if (declaration.unit_text != "integer") add(declaration.unit_text, ", in ");
    if (declaration.unit_text == text && !text.empty()) text = "in " + text;
    add(declaration.about, "; ");
    return text;
}

const model::Declaration* declaration_of(const model::ModelText& text, const std::string& name,
                                         bool variable) {
    for (const auto& declaration : text.declarations)
        if (declaration.name == name && declaration.of_variable == variable) return &declaration;
    return nullptr;
}

/// First what every use of the model must give, then what has a default.
std::string parameters(const model::ModelText& text) {
    std::vector<std::vector<std::string>> rows;
    for (const auto& declaration : text.declarations)
        if (declaration.required) rows.push_back({declaration.name, "required", said_of(declaration)});
    for (const auto& assignment : text.default_parameters) {
        const auto* declaration = declaration_of(text, assignment.name, false);
        rows.push_back({assignment.name, text_of(assignment.value.span),
                        declaration ? said_of(*declaration) : comment_behind(assignment.value.span)});
    }
    return columns(rows, kMargin);
}

std::string variables(const model::ModelText& text) {
    std::vector<std::vector<std::string>> rows;
    for (const auto& declaration : text.declarations)
        if (declaration.of_variable) rows.push_back({declaration.name, said_of(declaration)});
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

std::string describe_model(const model::LibraryModel& model) {
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
    add_section(page, "parameters", parameters(text));
    add_section(page, "variables", variables(text));
    add_section(page, "initial", assignments(text.default_initial));
    add_section(page, "notes", indent(model.notes, kMargin));
    add_section(page, "file", indent(model.file, kMargin));
    return page;
}

std::string list_models(const std::vector<model::LibraryModel>& models) {
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

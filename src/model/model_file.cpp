// SPDX-License-Identifier: BSD-3-Clause
// Model files and where they are found; a model with the values that its place in the network gives it.
#include "model/model_file.hpp"

#include "base/embedded.hpp"
#include "document/files.hpp"
#include "document/toml_reader.hpp"
#include "model/declarations.hpp"
#include "model/values.hpp"

namespace bouton::model {
namespace {

using base::Code;
using document::Context;
using document::Fields;
using document::Node;
using document::Text;

constexpr ModelKind kKinds[] = {ModelKind::neurons, ModelKind::release, ModelKind::plasticity,
                                ModelKind::structure};

std::string library_file(ModelKind kind, std::string_view name) {
    return std::string("models/") + kind_name(kind) + "/" + std::string(name) + ".toml";
}

const base::EmbeddedFile* find_embedded(const std::string& file) {
    for (const auto& embedded : base::embedded_models())
        if (embedded.name == file) return &embedded;
    return nullptr;
}

/// The names of the library's models of a kind.
std::vector<std::string> model_names(ModelKind kind) {
    const std::string folder = std::string("models/") + kind_name(kind) + "/";
    std::vector<std::string> names;
    for (const auto& embedded : base::embedded_models())
        if (embedded.name.starts_with(folder))
            names.emplace_back(embedded.name.substr(folder.size(), embedded.name.size() - folder.size() - 5));
    return names;
}

std::string hint_for_unknown(const Context& context, std::string_view name, ModelKind kind) {
    for (const ModelKind other : kKinds)
        if (other != kind && find_embedded(library_file(other, name)))
            return std::string("there is one in ") + kind_name(other);
    const auto names = model_names(kind);
    if (auto hint = context.did_you_mean(name, names); !hint.empty()) return hint;
    std::string list;
    for (const auto& known : names) list += (list.empty() ? "there are " : ", ") + known;
    return list;
}

std::string read_note(const Context& context, Fields& fields, const char* key) {
    const Node* node = fields.find(key);
    const Text* text = node ? document::as_text(context, *node, key) : nullptr;
    return text ? text->source->text : std::string();
}

double read_every(const Context& context, Fields& fields) {
    const Node* node = fields.find("every");
    if (!node) return 0.0;
    return read_positive(context, *node, {"every", dimension_time(), "\"1 s\"", false, false, std::nullopt})
        .value_or(0.0);
}

const char* text_example(ModelKind kind) {
    switch (kind) {
        case ModelKind::neurons: return "equations = \"dv/dt = -v/(10*ms) : 1\"";
        case ModelKind::structure: return "prune = \"w < 0.01*nS\"";
        default: return "equations = \"w : 1\"";
    }
}

/// The library's entry for spike_times only explains; a model that is used must say something.
bool has_no_text(const ModelText& text) {
    return text.equations.empty() && !text.threshold && text.on_pre.empty() && text.on_post.empty() &&
           !text.prune && !text.grow;
}

/// The model of a name or a path.
std::optional<LibraryModel> find_by_name(const Context& context, const Text& name, ModelKind kind) {
    const std::string& text = name.source->text;
    const bool is_path = text.find('/') != std::string::npos || text.ends_with(".toml");
    if (!is_path) {
        if (const auto* embedded = find_embedded(library_file(kind, text)))
            return parse_model(context, std::string(embedded->name), std::string(embedded->text), kind);
        context.error(Code::E312, document::content_span(name),
                      std::string("no model ") + document::in_quotes(text) + " in " + kind_name(kind),
                      hint_for_unknown(context, text, kind));
        return std::nullopt;
    }
    const auto path = document::beside(context, text);
    std::string problem;
    auto content = document::read_file(path, problem, context.opened);
    if (!content) {
        context.error(Code::E301, document::content_span(name),
                      "cannot read " + document::in_quotes(path.string()) + ": " + problem);
        return std::nullopt;
    }
    const Context inside{context.diagnostics, path.parent_path(), context.opened};
    return parse_model(inside, path.string(), std::move(*content), kind);
}

}  // namespace

std::optional<LibraryModel> parse_model(const Context& context, std::string file, std::string text,
                                        ModelKind kind) {
    LibraryModel model;
    model.kind = kind_name(kind);
    model.file = file;
    model.raw = text;
    model.name = std::filesystem::path(file).stem().string();
    const auto whole = base::make_source(file, text);
    const auto document = document::read_toml(std::move(file), std::move(text), context.diagnostics);
    if (!document) return std::nullopt;

    Fields fields(context, *document, {whole, 0, 0}, "this model");
    if (const auto name = read_note(context, fields, "name"); !name.empty()) model.name = name;
    model.summary = read_note(context, fields, "summary");
    model.source = read_note(context, fields, "source");
    model.notes = read_note(context, fields, "notes");
    const auto errors = context.diagnostics.error_count();
    read_texts(context, fields, kind, model.text);
    const bool texts_are_read = context.diagnostics.error_count() == errors;
    if (const Node* node = fields.find("parameters"))
        model.text.default_parameters =
            read_parameters(context, *node, std::nullopt, model.text.declarations);
    if (const Node* node = fields.find("variables")) read_variables(context, *node, model.text.declarations);
    if (const Node* node = fields.find("initial"))
        model.text.default_initial = read_assignments(context, *node, "initial", std::nullopt);
    refuse_common_names(context, model.text.default_parameters, model.text.default_initial);
    if (kind == ModelKind::structure) model.every = read_every(context, fields);
    fields.finish();
    model.text.name = model.name;
    model.text.span = fields.where();
    if (!texts_are_read) return std::nullopt;
    return model;
}

std::optional<LibraryModel> load_model(const Context& context, const Text& name, ModelKind kind) {
    auto model = find_by_name(context, name, kind);
    if (model && has_no_text(model->text)) {
        context.error(Code::E304, model->text.span, "this model has no text",
                      std::string("such as ") + text_example(kind));
        return std::nullopt;
    }
    if (model) {
        model->text.file = model->file;
        model->text.named = document::content_span(name);
    }
    return model;
}

std::optional<PlacedModel> place_model(const Context& context, Fields& fields, ModelKind kind,
                                       std::optional<std::int64_t> count) {
    PlacedModel placed;
    const Node* name = fields.find("model");
    const auto errors = context.diagnostics.error_count();
    const auto keys = read_texts(context, fields, kind, placed.text);
    const bool texts_are_read = context.diagnostics.error_count() == errors;
    if (name && keys.any)
        context.error(Code::E311, keys.first, "a 'model' is named and its text is given too",
                      "leave one of them out");
    if (!name && !keys.any)
        context.error(Code::E304, fields.where(),
                      fields.what() + " has neither 'model' nor a text of its own",
                      std::string("such as ") + text_example(kind));
    bool known = keys.any;
    if (name && !keys.any) {
        const Text* text = document::as_text(context, *name, "model");
        if (auto model = text ? load_model(context, *text, kind) : std::nullopt) {
            if (!placed.text.method.empty()) {
                model->text.method = placed.text.method;
                model->text.method_span = placed.text.method_span;
            }
            placed = {std::move(model->text), model->every};
            known = true;
        }
    }
    placed.text.span = fields.where();
    const bool named = name && !keys.any;  // then the ranges are those of the model
    if (const Node* node = fields.find("parameters"))
        placed.text.parameters = named ? read_assignments(context, *node, "parameters", count)
                                       : read_parameters(context, *node, count, placed.text.declarations);
    if (const Node* node = named ? nullptr : fields.find("variables"))
        read_variables(context, *node, placed.text.declarations);
    if (const Node* node = fields.find("initial"))
        placed.text.initial = read_assignments(context, *node, "initial", count);
    refuse_common_names(context, placed.text.parameters, placed.text.initial);
    if (!known || !texts_are_read) return std::nullopt;
    return placed;
}

std::vector<LibraryModel> library_models() {
    std::vector<LibraryModel> models;
    for (const ModelKind kind : kKinds)
        for (const auto& name : model_names(kind))
            if (auto model = find_model(kind_name(kind), name)) models.push_back(std::move(*model));
    return models;
}

std::optional<LibraryModel> find_model(std::string_view kind, std::string_view name) {
    for (const ModelKind known : kKinds) {
        if (kind != kind_name(known)) continue;
        const auto* embedded = find_embedded(library_file(known, name));
        if (!embedded) return std::nullopt;
        base::Diagnostics diagnostics;
        auto model =
            parse_model({diagnostics, {}}, std::string(embedded->name), std::string(embedded->text), known);
        if (!model || diagnostics.has_errors())
            throw base::InternalError("a model of the library is malformed\n" + diagnostics.render());
        return model;
    }
    return std::nullopt;
}

}  // namespace bouton::model

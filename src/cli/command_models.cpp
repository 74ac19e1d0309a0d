// SPDX-License-Identifier: BSD-3-Clause
// `bouton models`: the library, or one model of it in full.
#include "base/diagnostics.hpp"
#include "cli/command.hpp"
#include "cli/describe_model.hpp"
#include "cli/standard_streams.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

namespace bouton::cli {
namespace {

int show_models(const std::string& name) {
    auto models = model::library_models();
    if (name.empty()) {
        print_text(list_models(models));
        return 0;
    }
    std::string pages;
    std::vector<std::string> names;
    for (const auto& model : models) {
        names.push_back(model.name);
        if (model.name == name) pages += (pages.empty() ? "" : "\n") + describe_model(model);
    }
    if (pages.empty()) {
        const std::string near = base::nearest(name, names);
        throw base::Error(fmt::format("the library has no model '{}'{}", base::escape(name),
                                      near.empty() ? ": bouton models lists them"
                                                   : fmt::format(": did you mean '{}'?", near)),
                          2);
    }
    print_text(pages);
    return 0;
}

}  // namespace

void add_models(CLI::App& app, Chosen& chosen) {
    auto* command = app.add_subcommand("models", "List the model library, or explain one model");
    const auto name = std::make_shared<std::string>();
    command->add_option("NAME", *name, "The model to explain")->type_name("");
    command->callback([&chosen, name] { chosen.action = [name] { return show_models(*name); }; });
}

}  // namespace bouton::cli

// SPDX-License-Identifier: BSD-3-Clause
// _core.check, _core.emit, _core.models: what would run, and what the library offers.
#include "attention.hpp"
#include "bindings.hpp"

#include "base/diagnostics.hpp"
#include "cli/describe_kernels.hpp"
#include "cli/describe_model.hpp"
#include "cli/describe_network.hpp"
#include "sim/build/least_memory.hpp"
#include "sim/build/numbering.hpp"

namespace bouton::bindings {
namespace {

namespace nb = nanobind;
using Path = std::optional<std::filesystem::path>;

std::string check(const Path& path, const std::optional<std::string>& text, const std::string& name,
                  const Path& folder, const std::vector<std::string>& sets, std::optional<std::int64_t> seed,
                  const nb::object& memory, const GivenArrays& arrays) {
    const auto source = network_source(path, text, name, folder, sets, seed, arrays);
    const auto allowed = bytes_of(memory);
    return Attention().run([&] {
        const auto network = cli::check_network(source, warn);
        if (allowed) sim::refuse_too_large(sim::least_memory(network.plan), base::memory_limit(allowed));
        sim::refuse_uncountable(network.plan);
        return cli::describe_network(network.spec, network.plan);
    });
}

std::string emit(const Path& path, const std::optional<std::string>& text, const std::string& name,
                 const Path& folder, const std::vector<std::string>& sets, std::optional<std::int64_t> seed,
                 const std::string& after) {
    if (after != "emit" && after != "lower") {
        throw base::Error("after must be 'lower' or 'emit', not '" + base::escape(after) + "'", 2);
    }
    const auto source = network_source(path, text, name, folder, sets, seed);
    return Attention().run([&] {
        const auto network = cli::check_network(source, warn);
        return cli::describe_kernels(network.plan, after == "lower" ? cli::Stage::lower : cli::Stage::emit);
    });
}

nb::list models() {
    nb::list list;
    for (const auto& model : model::library_models()) {
        nb::dict entry;
        entry["kind"] = model.kind;
        entry["name"] = model.name;
        entry["summary"] = model.summary;
        entry["source"] = model.source;
        entry["notes"] = model.notes;
        entry["file"] = model.file;
        entry["text"] = model.raw;
        entry["page"] = cli::describe_model(model);
        list.append(entry);
    }
    return list;
}

}  // namespace

void bind_inspect(nb::module_& core) {
    using namespace nb::literals;
    core.def("check", check, "path"_a = nb::none(), nb::kw_only(), "text"_a = nb::none(),
             "name"_a = "network.toml", "folder"_a = nb::none(), "sets"_a = nb::list(), "seed"_a = nb::none(),
             "memory"_a = nb::none(), "arrays"_a = nb::list(),
             "Return what would run, as `bouton check` prints it. Arguments as of `run`. Raises Error.");
    core.def("emit", emit, "path"_a = nb::none(), nb::kw_only(), "text"_a = nb::none(),
             "name"_a = "network.toml", "folder"_a = nb::none(), "sets"_a = nb::list(), "seed"_a = nb::none(),
             "after"_a = "emit",
             "Return the C++ that would be compiled, or with after=\"lower\" the form it is printed from. "
             "Arguments as\n"
             "of `run`. Raises Error.");
    core.def("models", models,
             "Return the model library, sorted by kind and name: a dict each with kind, name, summary, "
             "source, notes,\n"
             "file, text (the whole file) and page (as `bouton models NAME` prints it).");
}

}  // namespace bouton::bindings

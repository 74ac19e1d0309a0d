// SPDX-License-Identifier: BSD-3-Clause
// Any text as a network file: the loader, and analysis of whatever it could read, answer with a network or with diagnostics,
// never with a crash, and the resolved text of a good network reads back to itself. Behind a zero byte the text of a --set may follow.
#include "codegen/plan/plan.hpp"
#include "model/loader.hpp"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace bouton;
    std::string text(reinterpret_cast<const char*>(data), size);
    model::LoadOptions options;
    options.base_directory = "/nonexistent";
    if (const auto zero = text.find('\0'); zero != std::string::npos) {
        options.sets.push_back(text.substr(zero + 1));
        text.resize(zero);
    }
    base::Diagnostics diagnostics;
    const auto loaded = model::load_text("fuzz.toml", text, options, diagnostics);
    if (diagnostics.render().empty() != !diagnostics.has_errors()) std::abort();
    const bool is_read = !diagnostics.has_errors();
    codegen::make_plan(loaded, diagnostics);  // what is left after mistakes is checked as well
    if (diagnostics.render().empty() != diagnostics.all().empty()) std::abort();
    if (!is_read) return 0;

    base::Diagnostics again;
    const auto reloaded = model::load_text("again.toml", loaded.resolved, {{}, {}, "/nonexistent"}, again);
    if (again.has_errors() || reloaded.resolved != loaded.resolved) std::abort();
    if (reloaded.synapses.size() != loaded.synapses.size() ||
        reloaded.records.size() != loaded.records.size())
        std::abort();
    return 0;
}

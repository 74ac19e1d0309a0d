// SPDX-License-Identifier: BSD-3-Clause
#include "cli/describe_kernels.hpp"

#include "codegen/emit/emit_cpp.hpp"
#include "codegen/plan/each_kernel.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace bouton::cli {
namespace {

std::string text_of(const codegen::Module& module, codegen::Precision precision, Stage stage) {
    const auto kernels = module.named_apart();
    if (stage == Stage::emit) return codegen::emit_cpp(kernels, precision);
    std::string text;
    for (const auto& kernel : kernels) text += (text.empty() ? "" : "\n") + codegen::to_string(kernel);
    return text;
}

}  // namespace

std::string describe_kernels(const codegen::Plan& plan, Stage stage) {
    std::vector<std::pair<std::string, std::string>> shown;  // names of the groups, their text
    std::string page;
    for (const auto& module : codegen::modules_of(plan, true)) {
        if (module.kernels
                .empty()) {  // neurons whose spikes are given, or whose gaps between spikes are drawn
            page += fmt::format("// {}\n// no kernels: nothing to compile\n", module.group);
            continue;
        }
        std::string text = text_of(module, plan.precision, stage);
        const auto same =
            std::find_if(shown.begin(), shown.end(), [&](const auto& other) { return other.second == text; });
        if (same == shown.end()) {
            shown.emplace_back(module.group, std::move(text));
        } else {
            same->first += ", " + module.group;
        }
    }
    for (const auto& [groups, text] : shown)
        page += fmt::format("{}// {}\n{}", page.empty() ? "" : "\n", groups, text);
    return page;
}

}  // namespace bouton::cli

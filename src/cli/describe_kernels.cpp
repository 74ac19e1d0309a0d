// SPDX-License-Identifier: BSD-3-Clause
#include "cli/describe_kernels.hpp"

#include "cli/step_kernels.hpp"
#include "codegen/emit_cpp.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace bouton::cli {
namespace {

std::string text_of(const GroupKernels& group, codegen::Precision precision, Stage stage) {
    if (stage == Stage::emit) return codegen::emit_cpp(group.kernels, precision);
    std::string text;
    for (const auto& kernel : group.kernels) text += (text.empty() ? "" : "\n") + codegen::to_string(kernel);
    return text;
}

/// Neurons whose spikes are given, or whose gaps between spikes are drawn, have no kernels: a comment says so.
std::string groups_without_kernels(const analysis::NetworkSpec& spec, const std::vector<GroupKernels>& all) {
    std::string page;
    for (const auto& neurons : spec.neurons) {
        const std::string group = "neurons " + neurons.name;
        const bool has_kernels =
            std::any_of(all.begin(), all.end(), [&](const auto& other) { return other.group == group; });
        if (!has_kernels) page += fmt::format("// {}\n// no kernels: nothing to compile\n", group);
    }
    return page;
}

}  // namespace

std::string describe_kernels(const analysis::NetworkSpec& spec, const codegen::Plan& plan, Stage stage) {
    std::vector<std::pair<std::string, std::string>> shown;  // names of the groups, their text
    const auto all = step_kernels(spec, plan);
    for (const auto& group : all) {
        std::string text = text_of(group, plan.precision, stage);
        const auto same =
            std::find_if(shown.begin(), shown.end(), [&](const auto& other) { return other.second == text; });
        if (same == shown.end()) {
            shown.emplace_back(group.group, std::move(text));
        } else {
            same->first += ", " + group.group;
        }
    }
    std::string page = groups_without_kernels(spec, all);
    for (const auto& [groups, text] : shown)
        page += fmt::format("{}// {}\n{}", page.empty() ? "" : "\n", groups, text);
    return page;
}

}  // namespace bouton::cli

// SPDX-License-Identifier: BSD-3-Clause
#include "tests/codegen/planned.hpp"

#include "model/loader.hpp"

namespace bouton::test {

using namespace codegen;

SynapsePlan planned(const std::string& synapses, const std::string& further) {
    const std::string group = R"(size = 4
equations = """
v : 1
g : 1
r : 1
"""
threshold = "v > 1"
reset = "v = 0"
initial = { r = { values = [1, 2, 3, 4], unit = "1" } }
)";
    const std::string text = "[simulation]\nduration = \"1 ms\"\n[neurons.a]\n" + group + "[neurons.b]\n" +
                             group +
                             "[synapses.s]\nfrom = \"a\"\nto = \"b\"\nconnect = { rule = \"all_to_all\" }\n" +
                             synapses + "\n" + further;
    base::Diagnostics diagnostics;
    const auto spec = model::load_text("test.toml", text, {}, diagnostics);
    if (diagnostics.has_errors()) throw base::DiagnosticError(diagnostics);
    auto plan = make_plan(spec, diagnostics);
    if (diagnostics.has_errors()) throw base::DiagnosticError(diagnostics);
    return plan.synapses.back();
}

std::string place_of(const SynapsePlan& plan, const std::string& variable) {
    return place_of(plan, Name::user(variable));
}

std::string place_of(const SynapsePlan& plan, const Name& variable) {
    for (const auto& candidate : plan.variables) {
        if (candidate.name != variable) continue;
        switch (candidate.placement) {
            case Placement::per_source: return "source";
            case Placement::per_target: return "target";
            case Placement::per_synapse: return "synapse";
            case Placement::shared: return "one";
            case Placement::element: return "element";
        }
    }
    return "absent";
}

std::string passes_of(const PathwayPlan& pathway) {
    std::string text;
    for (const auto& pass : pathway.passes) {
        if (!text.empty()) text += ", ";
        text += pass.once_per_neuron ? "neuron" : pass.kernel.sequential ? "one by one" : "synapses";
    }
    return text;
}

}  // namespace bouton::test

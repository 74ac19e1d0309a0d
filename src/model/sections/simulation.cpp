// SPDX-License-Identifier: BSD-3-Clause
// [simulation]: duration, dt, seed, precision.
#include "model/sections/sections.hpp"
#include "model/values.hpp"

#include <climits>
#include <cmath>

namespace bouton::model {

using base::Code;
using document::Context;
using document::Entry;
using document::Fields;
using document::Node;
using document::Table;
using document::Text;

void read_simulation(const Context& context, const Entry* section, NetworkSpec& network) {
    if (!section) return;
    network.simulation_span = section->key_span;
    const Table* table = document::as_table(context, section->node, "simulation");
    if (!table) return;
    Fields fields(context, *table, section->key_span, "[simulation]");
    const Node* duration = fields.need("duration", "duration = \"1 s\"");
    const Node* dt = fields.find("dt");
    if (duration)
        network.duration =
            read_positive(context, *duration, {"duration", dimension_time(), "\"1 s\"", false, false, {}})
                .value_or(0.0);
    if (dt)
        network.dt = read_positive(context, *dt, {"dt", dimension_time(), "\"0.1 ms\"", false, false, {}})
                         .value_or(0.0);
    if (duration && network.duration > 0.0 && network.dt > 0.0) {
        const double steps = network.duration / network.dt;
        if (!(steps >= 0.5)) context.error(Code::E306, duration->span, "'duration' is shorter than a step");
        if (!(steps <= kMostSteps))
            context.error(Code::E306, duration->span, "'duration' holds too many steps",
                          "a run has at most 2^48 of them: 892 years at dt = 0.1 ms");
    }
    if (const Node* seed = fields.find("seed"))
        network.seed = static_cast<std::uint64_t>(
            document::as_integer(context, *seed, "seed", 0, INT64_MAX).value_or(0));
    if (const Node* precision = fields.find("precision")) {
        const Text* text = document::as_text(context, *precision, "precision");
        const std::string_view name = text ? std::string_view(text->source->text) : "double";
        if (name == "float") network.precision = PrecisionChoice::f32;
        if (name != "float" && name != "double")
            context.error(Code::E315, document::content_span(*text),
                          "there is no precision " + document::in_quotes(name),
                          "it is \"double\" or \"float\"");
    }
    fields.finish();
}

}  // namespace bouton::model

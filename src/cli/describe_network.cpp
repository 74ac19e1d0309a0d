// SPDX-License-Identifier: BSD-3-Clause
#include "cli/describe_network.hpp"

#include "cli/describe_model.hpp"
#include "cli/progress.hpp"
#include "cli/text_layout.hpp"
#include "lang/printer.hpp"
#include "sim/build/memory.hpp"

#include <fmt/format.h>

#include <cmath>

namespace bouton::cli {
namespace {

constexpr std::string_view kMargin = "        ";

std::string describe_inputs(const model::NetworkSpec& spec) {
    std::string page;
    for (const auto& input : spec.inputs) {
        page += fmt::format("\ninput {}: Poisson, {} into {} of {}, each event {}\n", input.name,
                            text_of(input.rate.span), input.target, text_of(input.to.span),
                            text_of(input.weight.span));
    }
    for (const auto& signal : spec.signals) {
        page += fmt::format("\nsignal {}: {} samples of {} columns, every {}, in {}\n", signal.name,
                            signal.samples, signal.columns, spell_seconds(signal.dt),
                            signal.dimension.to_string());
    }
    return page;
}

std::string describe_regular(const model::NetworkSpec& spec) {
    std::string page;
    for (const auto& regular : spec.regular) {
        page += fmt::format("\nrun_regularly of {}, every {}\n", regular.of, spell_seconds(regular.every));
        for (const auto& statement : regular.statements)
            page += fmt::format("{}{}\n", kMargin, to_string(statement));
    }
    return page;
}

std::string describe_record(const model::RecordSpec& record) {
    using model::RecordKind;
    const std::string of =
        record.slice ? fmt::format("{}[{}:{}]", record.of, record.slice->first, record.slice->second)
                     : record.of;
    if (record.kind == RecordKind::spikes) return fmt::format("spikes of {}", of);
    if (record.kind == RecordKind::rate)
        return fmt::format("rate of {} in bins of {}", of, spell_seconds(record.bin));
    std::string names;
    for (const auto& [name, span] : record.variables) names += (names.empty() ? "" : ", ") + name;
    const std::string when = !record.at.empty()   ? "just after each event of " + base::escape(record.at)
                             : record.every > 0.0 ? "every " + spell_seconds(record.every)
                                                  : "each step";
    const std::string which =
        record.indices ? fmt::format("{} elements", record.indices->size()) : "all elements";
    return fmt::format("{} of {}, {}, {}{}", names, of, which, when, record.single ? ", as float32" : "");
}

std::string describe_records(const model::NetworkSpec& spec) {
    if (spec.records.empty()) return "\nnothing is recorded beside the final state\n";
    std::string page = "\nrecords\n";
    for (const auto& record : spec.records) page += fmt::format("{}{}\n", kMargin, describe_record(record));
    return page;
}

}  // namespace

std::string describe_network(const model::NetworkSpec& spec, const codegen::Plan& plan) {
    const bool single = spec.precision == model::PrecisionChoice::f32;
    std::string page =
        fmt::format("{}: {} in steps of {} ({} steps), seed {}, {} precision\n", spec.file,
                    spell_seconds(spec.duration), spell_seconds(spec.dt),
                    spell_count(std::round(spec.duration / spec.dt)), spec.seed, single ? "float" : "double");
    double memory = 0.0;
    bool open = false;
    for (std::size_t k = 0; k < spec.neurons.size(); ++k) {
        page += "\n" + describe_neurons(spec.neurons[k], plan.neurons[k], plan.precision, memory);
    }
    page += describe_inputs(spec);
    for (std::size_t k = 0; k < spec.synapses.size(); ++k) {
        page += "\n" + describe_synapses(plan, spec.synapses[k], plan.synapses[k], memory, open);
    }
    page += describe_regular(spec) + describe_records(spec);
    memory += static_cast<double>(sim::memory_of_signals(plan));
    page += fmt::format("\nmemory of the network: {} {}\n", open ? "at least" : "about", spell_bytes(memory));
    return page;
}

}  // namespace bouton::cli

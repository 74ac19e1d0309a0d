// SPDX-License-Identifier: BSD-3-Clause
#include "tests/sim/running.hpp"

#include "model/loader.hpp"

#include <gtest/gtest.h>

namespace bouton::test {

std::unique_ptr<sim::Simulation> simulate_with(const std::string& toml, sim::Options options) {
    base::Diagnostics diagnostics;
    auto spec = model::load_text("test.toml", toml, {}, diagnostics);
    if (diagnostics.has_errors()) throw base::DiagnosticError(diagnostics);
    auto plan = codegen::make_plan(spec, diagnostics);
    if (diagnostics.has_errors()) throw base::DiagnosticError(diagnostics);
    return std::make_unique<sim::Simulation>(std::move(plan), std::move(options));
}

std::unique_ptr<sim::Simulation> simulate(const std::string& toml, int blocks, sim::Recorder* recorder,
                                          sim::Backend backend, int threads) {
    sim::Options options;
    options.backend = backend;
    options.blocks = blocks;
    options.threads = threads;
    options.recorder = recorder;
    return simulate_with(toml, std::move(options));
}

void finish(sim::Simulation& simulation) {
    while (simulation.now() < simulation.steps()) simulation.step();
}

std::string failure_of(sim::Simulation& simulation) {
    try {
        simulation.run();
    } catch (const base::Error& error) {
        return error.what();
    }
    ADD_FAILURE() << "nothing failed";
    return {};
}

void Kept::begin(const sim::RunInfo& run, const sim::Streams& all) {
    info = run;
    streams = all;
}

void Kept::spikes(std::size_t, std::int64_t step, std::span<const std::uint32_t> neurons) {
    for (const std::uint32_t n : neurons) spiked.push_back({step, n});
}

void Kept::rate(std::size_t, std::int64_t, std::int64_t, double rate) { rates.push_back(rate); }

void Kept::sample(std::size_t stream, std::int64_t step, std::span<const std::span<const double>> values) {
    Row& row = rows.emplace_back(Row{stream, step, {}, columns_added.size()});
    for (const auto& of : values) row.values.emplace_back(of.begin(), of.end());
}

void Kept::events(std::size_t stream, std::int64_t step, std::span<const std::int64_t> synapses,
                  std::span<const std::span<const double>> values) {
    for (std::size_t k = 0; k < synapses.size(); ++k) {
        Event& event = happened.emplace_back(Event{stream, step, synapses[k], {}});
        for (const auto& of : values) event.values.push_back(of[k]);
    }
}

void Kept::new_columns(std::size_t, std::span<const std::int64_t> indices) {
    columns_added.insert(columns_added.end(), indices.begin(), indices.end());
}

void Kept::synapses(const sim::FinalSynapses& part) {
    if (part.first == 0) groups.emplace_back(part.name, Synapses{});
    Synapses& kept = groups.back().second;
    const auto append = [](auto& to, const auto& from) { to.insert(to.end(), from.begin(), from.end()); };
    append(kept.source, part.source);
    append(kept.target, part.target);
    append(kept.delay, part.delay);
    if (part.id) append(kept.id, *part.id);
    kept.variables.resize(part.variables.size());
    for (std::size_t v = 0; v < part.variables.size(); ++v) {
        kept.variables[v].first = part.variables[v].name;
        append(kept.variables[v].second, std::get<std::span<const double>>(part.variables[v].values));
    }
}

void Kept::end(std::optional<std::int64_t> step) {
    ended = true;
    stopped_at = step;
}

}  // namespace bouton::test

// SPDX-License-Identifier: BSD-3-Clause
#include "bouton/simulation.hpp"

#include "api/find_name.hpp"
#include "api/network_state.hpp"
#include "api/translate.hpp"
#include "base/numbers.hpp"
#include "base/stop.hpp"
#include "session/session.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <utility>

namespace bouton {

struct Simulation::State {
    explicit State(std::unique_ptr<session::Session> open) : session(std::move(open)) {}

    std::unique_ptr<session::Session> session;
    base::Stop stop;
};

namespace {

using api::find_named;
using api::translated;

session::Options session_options(SimulationOptions options) {
    session::Options to;
    switch (options.backend) {
        case Backend::automatic: to.backend = sim::Backend::automatic; break;
        case Backend::compiled: to.backend = sim::Backend::compiled; break;
        case Backend::interpreted: to.backend = sim::Backend::interpreted; break;
    }
    if (options.threads < 1) throw base::Error("threads: must be at least 1", 2);
    if (options.memory && !(*options.memory >= 0.0))
        throw base::Error("memory: must be a number of bytes", 2);
    to.threads = options.threads;
    to.memory = options.memory;
    to.warn = std::move(options.warn);
    return to;
}

Kind kind_of(codegen::Stored stored) {
    switch (stored) {
        case codegen::Stored::real:
        case codegen::Stored::f64: return Kind::real;
        case codegen::Stored::u8: return Kind::boolean;
        default: return Kind::integer;
    }
}

Group described(const session::GroupInfo& from) {
    Group to{from.name, from.of_synapses, from.size, {}};
    for (const session::VariableInfo& variable : from.variables)
        to.variables.push_back(
            {variable.name, variable.dimension.to_string(), kind_of(variable.stored), variable.constant});
    return to;
}

std::int64_t steps_of(double seconds, double dt) {
    if (!std::isfinite(seconds)) throw base::Error("a run of a time that is not finite", 2);
    const double steps = std::round(seconds / dt);
    if (std::fabs(steps) > 0x1p62) throw base::Error("a run of more than 2^48 steps", 2);
    return static_cast<std::int64_t>(steps);
}

std::int64_t run(Simulation::State& state, std::int64_t steps) {
    const base::StopScope scope(&state.stop);
    const std::int64_t done = state.session->run(steps);
    state.stop.clear();
    return done;
}

/// The group of that name.
session::GroupInfo group_of(const session::Session& session, std::string_view name) {
    const auto groups = session.groups();
    return find_named(groups, name, "there is no group", [](const auto& group) { return group.name; });
}

}  // namespace

Simulation::Simulation(std::unique_ptr<State> state) noexcept : state_(std::move(state)) {}
Simulation::Simulation(Simulation&&) noexcept = default;
Simulation& Simulation::operator=(Simulation&&) noexcept = default;
Simulation::~Simulation() = default;

Simulation::Simulation(const Network& network, SimulationOptions options)
    : state_(translated([&] {
          const Network::State& from = *network.state_;
          return std::make_unique<State>(std::make_unique<session::Session>(
              from.checked, from.source, session_options(std::move(options))));
      })) {}

Simulation Simulation::resume(const std::filesystem::path& file, SimulationOptions options) {
    return Simulation(translated([&] {
        return std::make_unique<State>(session::Session::resume(file, session_options(std::move(options))));
    }));
}

double Simulation::dt() const { return state_->session->dt(); }
double Simulation::t() const { return state_->session->t(); }
std::int64_t Simulation::step() const { return state_->session->step(); }
std::string_view Simulation::backend() const { return state_->session->backend(); }

std::int64_t Simulation::run(std::chrono::duration<double> time) {
    return translated([&] { return bouton::run(*state_, steps_of(time.count(), dt())); });
}

std::int64_t Simulation::run_steps(std::int64_t steps) {
    return translated([&] { return bouton::run(*state_, steps); });
}

std::int64_t Simulation::run_to_end() {
    const std::int64_t left = state_->session->described_steps() - step();
    return run_steps(std::max<std::int64_t>(0, left));
}

void Simulation::request_stop() noexcept { state_->stop.request(); }

std::vector<Group> Simulation::groups() const {
    return translated([&] {
        std::vector<Group> groups;
        for (const session::GroupInfo& group : state_->session->groups()) groups.push_back(described(group));
        return groups;
    });
}

std::vector<double> Simulation::read(std::string_view group, std::string_view variable) const {
    return translated([&] {
        const session::GroupInfo found = group_of(*state_->session, group);
        const std::string name(variable);
        try {
            return found.of_synapses ? state_->session->read_synapses(found.name, name)
                                     : state_->session->read_neurons(found.name, name);
        } catch (const std::out_of_range&) {
            throw sim::UnknownName(api::unknown(found.variables, variable,
                                                "'" + found.name + "' has no variable",
                                                [](const auto& of) { return of.name; }));
        }
    });
}

namespace {

void write_chosen(session::Session& session, std::string_view group, std::string_view variable,
                  const sim::Chosen& chosen, std::span<const double> values) {
    translated([&] {
        const session::GroupInfo found = group_of(session, group);
        const std::string name(variable);
        if (found.of_synapses)
            session.write_synapses(found.name, name, chosen, values);
        else
            session.write_neurons(found.name, name, chosen, values);
    });
}

}  // namespace

void Simulation::write(std::string_view group, std::string_view variable, std::span<const double> values) {
    write_chosen(*state_->session, group, variable, std::nullopt, values);
}

void Simulation::write(std::string_view group, std::string_view variable, double value) {
    write_chosen(*state_->session, group, variable, std::nullopt, {&value, 1});
}

void Simulation::write(std::string_view group, std::string_view variable,
                       std::span<const std::int64_t> elements, std::span<const double> values) {
    write_chosen(*state_->session, group, variable, std::vector(elements.begin(), elements.end()), values);
}

std::vector<std::int64_t> Simulation::add_synapses(std::string_view group,
                                                   std::span<const std::int64_t> sources,
                                                   std::span<const std::int64_t> targets,
                                                   std::span<const SynapseValues> values) {
    return translated([&] {
        sim::NewSynapses wanted{sources, targets, {}};
        for (const SynapseValues& of : values) wanted.given.push_back({of.name, of.values});
        return state_->session->add_synapses(std::string(group), wanted);
    });
}

void Simulation::remove_synapses(std::string_view group, std::span<const std::int64_t> ids) {
    translated([&] { state_->session->remove_synapses(std::string(group), ids); });
}

void Simulation::change(const std::string& parameter, const std::string& value) {
    translated([&] { state_->session->change(parameter, value); });
}

void Simulation::add_spikes(std::string_view group, std::span<const std::int64_t> neurons,
                            std::span<const std::int64_t> steps) {
    translated([&] {
        if (neurons.size() != steps.size())
            throw base::Error("'" + base::escape(group) + "': " + std::to_string(neurons.size()) +
                                  " neurons for spikes in " + std::to_string(steps.size()) +
                                  " steps; give one step for each",
                              2);
        state_->session->add_spikes(group_of(*state_->session, group).name, neurons, steps);
    });
}

Spikes Simulation::spikes(std::string_view record) const {
    return translated([&] {
        const auto& found = find_named(state_->session->records().spikes(), record,
                                       "no spikes are recorded of", [](const auto& of) { return of.name; });
        return Spikes{found.size, found.steps, found.neurons};
    });
}

Rates Simulation::rates(std::string_view record) const {
    return translated([&] {
        const auto& found =
            find_named(state_->session->records().rates(), record, "there is no record of a rate named",
                       [](const auto& of) { return of.name; });
        return Rates{found.bin_steps, found.steps, found.values};
    });
}

Samples Simulation::samples(std::string_view record, std::string_view variable) const {
    return translated([&] {
        const auto& found =
            find_named(state_->session->records().samples(), record, "there is no record of variables named",
                       [](const auto& of) { return of.stream.name; });
        const auto& variables = found.stream.variables;
        const auto& of = find_named(variables, variable, "'" + found.stream.name + "' does not record",
                                    [](const auto& one) { return one.name; });
        return Samples{of.dimension.to_string(), found.steps, found.stream.indices, found.columns,
                       found.values[static_cast<std::size_t>(&of - variables.data())]};
    });
}

Events Simulation::events(std::string_view record, std::string_view variable) const {
    return translated([&] {
        const auto& found =
            find_named(state_->session->records().events(), record, "there is no record at events named",
                       [](const auto& of) { return of.stream.name; });
        const auto& variables = found.stream.variables;
        const auto& of = find_named(variables, variable, "'" + found.stream.name + "' does not record",
                                    [](const auto& one) { return one.name; });
        return Events{of.dimension.to_string(), found.stream.at, found.steps, found.synapses,
                      found.values[static_cast<std::size_t>(&of - variables.data())]};
    });
}

void Simulation::clear_records() { state_->session->clear_records(); }

void Simulation::store(const std::string& name) {
    translated([&] { state_->session->store(name); });
}

void Simulation::restore(const std::string& name) {
    translated([&] { state_->session->restore(name); });
}

Simulation Simulation::copy() const {
    return Simulation(translated([&] { return std::make_unique<State>(state_->session->copy()); }));
}

void Simulation::save(const std::filesystem::path& file) const {
    translated([&] { state_->session->save(file); });
}

}  // namespace bouton

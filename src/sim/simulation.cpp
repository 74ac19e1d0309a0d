// SPDX-License-Identifier: BSD-3-Clause
// The order of a step stands here, for the whole network and for a part of it, and nowhere else.
#include "sim/simulation.hpp"

#include "base/diagnostics.hpp"
#include "base/flush_to_zero.hpp"
#include "base/stop.hpp"
#include "codegen/lower/builder.hpp"
#include "sim/build/memory.hpp"
#include "sim/record/query.hpp"
#include "sim/simulation_state.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace bouton::sim {

using codegen::Side;

namespace {

void sum_up(Simulation::State& s) {
    for (state::StateArray* array : s.summed) array->clear();
    for (auto& group : s.synapses) group->accumulate_summed(s.clock);
}

// What comes before anything moves, and before anybody looks at the network.
void begin_head(Simulation::State& s) {
    const Clock& clock = s.clock;
    s.advance_traces();
    for (auto& group : s.synapses) group->begin_step(clock);
    s.each_group_part([&](NeuronGroup& group, std::size_t part) { group.begin(clock, part); });
    if (s.plan.sums_come_first && clock.step == s.options.first_step) sum_up(s);
    for (Regular& regular : s.regular) {
        if (regular.due(clock.step)) regular.run(clock);
    }
}

void begin_step(Simulation::State& s) {
    if (!s.begun) begin_head(s);
    s.begun = false;
    s.recording->sample(s.clock);
}

// A step of the whole network.
void step_whole(Simulation::State& s) {
    const Clock& clock = s.clock;
    begin_step(s);
    sum_up(s);
    s.each_group_part([&](NeuronGroup& group, std::size_t part) {
        group.integrate(clock, part);
        group.emit(clock, part);
    });
    for (auto& group : s.neurons) group->gather(clock.step, clock.step + 1);
    for (auto& group : s.synapses) group->run_clock_driven(clock);
    s.recording->spikes(clock.step, clock.step + 1);
    s.each_input_part([&](Input& input, std::size_t part) { input.run(clock, part); });
    for (auto& group : s.synapses) s.event_count += group->run_events(clock, Side::pre);
    for (auto& group : s.synapses) group->deliver(clock);
    for (auto& group : s.synapses) s.event_count += group->run_events(clock, Side::post);
    s.each_group_part([&](NeuronGroup& group, std::size_t part) { group.reset(clock, part); });
    s.edit_structure();
    if (s.are_neurons_checked(clock.step, clock.step + 1)) s.check_neurons();
    if (s.are_synapses_checked(clock.step, clock.step + 1)) s.check_synapses();
    ++s.clock.step;
}

// The same step of one part of the neurons and the synapses onto it; State::run_sources has been there. `begun`: begin_step has.
// Returns how many synapses were met.
std::int64_t step_part(Simulation::State& s, const Clock& clock, std::size_t part, bool begun) {
    const Simulation::State::Round& round = s.round;
    if (clock.step != s.traces_step)
        for (SynapseGroup* group : round.traced) group->advance_targets(clock, part);
    std::int64_t met = 0;
    for (NeuronGroup* group : s.stateful_groups) {
        if (!begun) group->begin(clock, part);
        group->integrate(clock, part);
        group->emit(clock, part);
    }
    for (Input& input : s.inputs) input.run(clock, part);
    for (const auto& [pathway, store] : round.pathways) met += pathway->run_part(clock, *store, part);
    for (NeuronGroup* group : round.reset) group->reset(clock, part);
    return met;
}

// By the thread that has the values in its cache.
bool is_part_finite(const Simulation::State& s, std::size_t part) {
    return std::all_of(s.neurons.begin(), s.neurons.end(),
                       [part](const auto& group) { return group->is_finite(part); });
}

}  // namespace

Simulation::Simulation(codegen::Plan plan, Options options)
    : state_(std::make_unique<State>(std::move(plan), std::move(options))) {}

Simulation::~Simulation() = default;

std::int64_t Simulation::now() const { return state_->clock.step; }
std::int64_t Simulation::steps() const { return state_->steps; }
std::int64_t Simulation::longest_stride() const { return state_->longest_stride; }

void Simulation::step() { advance(1); }

void Simulation::begin() {
    State& s = *state_;
    if (s.begun) return;
    const base::FlushToZero flush;
    s.record_spikes();
    for (auto& group : s.neurons) group->store.begin_epochs(s.clock.step);
    for (auto& group : s.synapses) group->store.begin_epochs(s.clock.step);
    begin_head(s);
    s.begun = true;
}

std::int64_t Simulation::advance(std::int64_t most) {
    State& s = *state_;
    const base::FlushToZero flush;
    for (auto& group : s.neurons) group->store.begin_epochs(s.clock.step);
    for (auto& group : s.synapses) group->store.begin_epochs(s.clock.step);
    if (s.longest_stride == 0) {
        s.record_spikes();
        step_whole(s);
        s.context.signals.check(1);
        return 1;
    }
    // The head of the first step, if anything looks at the network there.
    const bool looked_at = s.begun || s.is_looked_at();
    if (looked_at) begin_step(s);
    const std::int64_t count = s.stride(most);
    const std::int64_t begin = s.clock.step, end = begin + count;
    s.run_sources(count);
    s.each_part(count, [&](std::size_t part) {
        Clock clock = s.clock;
        clock.pool = nullptr;
        std::int64_t met = 0;
        try {
            for (bool begun = looked_at; clock.step < end; ++clock.step, begun = false)
                met += step_part(s, clock, part, begun);
            if (s.are_neurons_checked(begin, end)) s.outcomes[part].is_finite = is_part_finite(s, part);
        } catch (...) {
            s.outcomes[part].failure = std::current_exception();
            s.outcomes[part].failed_at = clock.step;
        }
        return met;
    });
    s.rethrow_first();
    s.traces_step = end - 1;
    for (auto& group : s.neurons) group->gather(begin, end);
    if (s.recording->takes_spikes()) s.unrecorded = {begin, end};
    // A single part would add to the spikes that are being recorded; several keep theirs until they are gathered.
    if (s.outcomes.size() == 1) s.record_spikes();
    s.clock.step = end - 1;
    s.edit_structure();
    if (!std::all_of(s.outcomes.begin(), s.outcomes.end(),
                     [](const auto& outcome) { return outcome.is_finite; }))
        s.check_neurons();
    if (s.are_synapses_checked(begin, end)) s.check_synapses();
    s.context.signals.check(1);
    ++s.clock.step;
    return count;
}

bool Simulation::go_on(Pulse& pulse, std::int64_t end) {
    State& s = *state_;
    const base::WholeSteps steps;
    std::int64_t most = end;
    while (s.clock.step < end) {
        if (steps.stop_requested()) return false;
        const std::int64_t taken = advance(std::min(most, end - s.clock.step));
        if (!pulse.due()) continue;
        s.report(pulse);
        // A stride of slow steps would keep a request waiting.
        if (pulse.since_last_seconds() > 0.25) most = std::max<std::int64_t>(1, taken / 2);
    }
    return true;
}

bool Simulation::go_to_end(std::chrono::steady_clock::time_point begin) {
    State& s = *state_;
    const std::int64_t every = s.options.pause_steps;
    Pulse pulse(begin);
    for (;;) {
        const std::int64_t first = s.clock.step;
        const std::int64_t end = every > 0 ? std::min(s.steps, (first / every + 1) * every) : s.steps;
        const bool arrived = go_on(pulse, end);
        if (every > 0 && s.clock.step > first && (!arrived || s.clock.step % every == 0)) {
            const base::StopScope deaf(nullptr);  // what is written at a pause is written whole
            s.record_spikes();
            s.options.at_pause();
        }
        if (!arrived || s.clock.step >= s.steps) return arrived;
    }
}

std::int64_t Simulation::go(std::int64_t steps) {
    State& s = *state_;
    const std::int64_t first = s.clock.step;
    Pulse pulse(std::chrono::steady_clock::now());
    s.stopped = !go_on(pulse, first + steps);
    s.record_spikes();
    return s.clock.step - first;
}

void Simulation::draw_gaps_anew(const std::string& group) { state_->find_neurons(group)->draw_gaps_anew(); }

void Simulation::begin_records() {
    State& s = *state_;
    if (s.options.recorder != nullptr) s.recording->begin(s.run_info());
}

void Simulation::rebase() {
    State& s = *state_;
    const base::FlushToZero flush;
    s.advance_traces();
    for (auto& group : s.neurons) group->rebase(s.clock);
    for (auto& group : s.synapses) group->rebase(s.clock);
}

void Simulation::evaluate_constants(const std::function<bool(const std::string&, const std::string&)>& keep) {
    const base::FlushToZero flush;
    for (auto& group : state_->neurons)
        group->evaluate_constants([&](const std::string& name) { return keep(group->plan.group, name); });
    for (auto& group : state_->synapses)
        group->evaluate_constants([&](const std::string& name) { return keep(group->plan.name, name); });
    state_->bind();
}

void Simulation::archive(base::Archive& archive) {
    const base::FlushToZero flush;
    state_->record_spikes();
    state_->archive(archive);
}

Summary Simulation::run() {
    State& s = *state_;
    const base::FlushToZero flush;
    const auto begin = std::chrono::steady_clock::now();
    Recorder* recorder = s.options.recorder;
    if (s.clock.step == 0) base::check_stop();
    begin_records();
    s.stopped = !go_to_end(begin);
    if (s.stopped && s.clock.step == 0) throw base::Stopped();
    const base::StopScope deaf(s.stopped ? nullptr
                                         : base::current_stop());  // a stopped run is written all the same
    s.record_spikes();
    s.recording->end(s.clock.step);
    s.check_neurons();
    if (!s.records_synapses()) s.check_synapses();
    s.run_seconds = seconds_since(begin);
    if (recorder != nullptr) s.record_end();
    s.write_seconds = seconds_since(begin) - s.run_seconds;
    return summary();
}

Summary Simulation::summary() const {
    const State& s = *state_;
    Summary result;
    result.steps = s.clock.step;
    result.events = s.event_count;
    for (const auto& group : s.neurons) {
        result.spikes += static_cast<std::int64_t>(group->history.total());
    }
    for (const auto& group : s.synapses) result.synapses += group->store.size();
    result.bytes = s.bytes() + memory_of_signals(s.plan);
    result.compile_seconds = s.callables.compile_seconds();
    result.build_seconds = s.build_seconds;
    result.run_seconds = s.run_seconds;
    result.write_seconds = s.write_seconds;
    result.backend = s.callables.used() == Backend::interpreted ? "interpreted" : "compiled";
    result.stopped = s.stopped;
    return result;
}

std::vector<std::pair<std::string, std::size_t>> Simulation::state_bytes() const {
    std::vector<std::pair<std::string, std::size_t>> bytes;
    const auto add = [&](const std::string& name, auto& group) {
        base::CountingArchive counted;
        group.archive(counted);
        bytes.emplace_back(name, counted.sum());
    };
    for (auto& group : state_->neurons) add(group->plan.group, *group);
    for (auto& group : state_->synapses) add(group->plan.name, *group);
    return bytes;
}

namespace {

template <class Groups>
[[noreturn]] void refuse_group(const std::string& kind, const std::string& name, const Groups& groups) {
    std::vector<std::string> names;
    for (const auto& group : groups) {
        if constexpr (requires { group->plan.group; })
            names.push_back(group->plan.group);
        else
            names.push_back(group->plan.name);
    }
    const std::string near = base::nearest(name, names);
    throw UnknownName("there is no " + kind + " group '" + base::escape(name) + "'" +
                      (near.empty() ? "" : "; did you mean '" + near + "'?"));
}

NeuronGroup& neurons_called(const std::string& name, Simulation::State& state) {
    NeuronGroup* found = state.find_neurons(name);
    if (found == nullptr) refuse_group("neuron", name, state.neurons);
    return *found;
}

SynapseGroup& synapses_called(const std::string& name, Simulation::State& state) {
    SynapseGroup* found = state.find_synapses(name);
    if (found == nullptr) refuse_group("synapse", name, state.synapses);
    return *found;
}

/// What can be read of a variable that is stored; -1: there is none of this name that users may see.
int find_open(const std::vector<codegen::Variable>& variables, const std::string& name) {
    const int v = state::find_variable(variables, codegen::Name::user(name));
    return v >= 0 && !variables[static_cast<std::size_t>(v)].internal() ? v : -1;
}

}  // namespace

std::vector<double> Simulation::neurons(const std::string& group, const std::string& variable) const {
    const base::FlushToZero flush;
    NeuronGroup& found = neurons_called(group, *state_);
    const int v = find_open(found.plan.variables, variable);
    if (v < 0) refuse_variable(group, variable, found.plan.variables);
    const codegen::RecordVariable stored{
        variable, {}, found.store.variables[static_cast<std::size_t>(v)].placement, {}};
    std::vector<std::int64_t> all(static_cast<std::size_t>(found.plan.size));
    std::iota(all.begin(), all.end(), std::int64_t{0});
    std::vector<double> values;
    VariableSampler(stored, &found, nullptr, state_->context, When::once).pick_neurons(all, values);
    return values;
}

std::vector<double> Simulation::synapses(const std::string& group, const std::string& variable) const {
    const base::FlushToZero flush;
    SynapseGroup& found = synapses_called(group, *state_);
    found.flush(state_->clock.step);
    const SynapseColumns columns = columns_of(found.store, state::in_order(found.store));
    if (variable == "source") return {columns.source.begin(), columns.source.end()};
    if (variable == "target") return {columns.target.begin(), columns.target.end()};
    if (variable == "id") {
        std::vector<double> ids(columns.location.size());
        std::iota(ids.begin(), ids.end(), 0.0);
        if (found.store.has_ids)
            std::ranges::transform(columns.location, ids.begin(), [&](const state::Location& at) {
                return static_cast<double>(
                    found.store.blocks[at.block].id[static_cast<std::size_t>(at.position)]);
            });
        return ids;
    }
    std::vector<std::string> others{"source", "target", "id"};
    for (const auto& [delay, name] : named_delays(found)) {
        if (name == variable) return delay_seconds(found, columns, delay, state_->clock.dt);
        others.push_back(name);
    }
    const int v = find_open(found.plan.variables, variable);
    if (v < 0) refuse_variable(group, variable, found.plan.variables, others);
    const codegen::RecordVariable stored{
        variable, {}, found.store.variables[static_cast<std::size_t>(v)].placement, {}};
    const auto& exact = found.plan.final_values;
    const auto it =
        std::find_if(exact.begin(), exact.end(), [&](const auto& of) { return of.name == variable; });
    state_->advance_traces();
    VariableSampler sampler(it == exact.end() ? stored : *it, nullptr, &found, state_->context, When::once);
    sampler.bind();
    sampler.evaluate(state_->clock);
    std::vector<double> values(columns.location.size());
    sampler.pick_synapses(columns, values);
    return values;
}

namespace {

std::vector<std::vector<double>> ask(const codegen::QueryPlan& query, Simulation::State& s,
                                     const Clock& clock) {
    const base::FlushToZero flush;
    if (!query.of_synapses) return evaluate(query, &neurons_called(query.of, s), nullptr, s.context, clock);
    SynapseGroup& group = synapses_called(query.of, s);
    group.flush(s.clock.step);
    s.advance_traces();
    return evaluate(query, nullptr, &group, s.context, clock);
}

}  // namespace

std::vector<double> Simulation::evaluate(const codegen::QueryPlan& query, bool anew) const {
    Clock clock = state_->clock;
    if (anew) clock.seed = codegen::mix_stream(clock.seed, state_->write_count);
    return ask(query, *state_, clock).front();
}

bool Simulation::holds(const codegen::QueryPlan& query) const {
    const auto values = ask(query, *state_, state_->clock);
    std::vector<double> gathered;
    for (std::size_t k = 0; k < values.size(); ++k) gathered.push_back(gather(query.gathered[k], values[k]));
    return query.holds(gathered, state_->clock.t(), state_->clock.dt);
}

void Simulation::write_neurons(const std::string& group, const std::string& variable, const Chosen& chosen,
                               std::span<const double> values) {
    const base::FlushToZero flush;
    NeuronGroup& found = neurons_called(group, *state_);
    sim::write_neurons(found, state_->clock, variable, chosen, values);
    ++state_->write_count;
}

void Simulation::write_synapses(const std::string& group, const std::string& variable, const Chosen& chosen,
                                std::span<const double> values) {
    const base::FlushToZero flush;
    SynapseGroup& found = synapses_called(group, *state_);
    state_->advance_traces();
    try {
        sim::write_synapses(found, state_->clock, variable, state::in_order(found.store), chosen, values);
    } catch (...) {
        state_->bind();  // what was taken back may lie elsewhere
        throw;
    }
    ++state_->write_count;
}

void Simulation::edit_synapses(const std::string& group, const std::function<void(SynapseGroup&)>& edit) {
    const base::FlushToZero flush;
    State& s = *state_;
    SynapseGroup& found = synapses_called(group, s);
    s.record_spikes();
    s.advance_traces();
    const auto is_found = [&](const auto& of) { return of.get() == &found; };
    s.make_room(static_cast<std::size_t>(std::ranges::find_if(s.synapses, is_found) - s.synapses.begin()),
                static_cast<double>(s.bytes() - found.bytes()));
    const auto done = [&] {  // arrays may have moved, whether or not anything has come or gone
        s.clock.before_run = false;
        s.choose_stride();
        s.bind();
    };
    s.clock.before_run = true;  // what cannot be computed is a mistake in what is given
    try {
        edit(found);
    } catch (...) {
        done();
        throw;
    }
    done();
}

std::vector<std::int64_t> Simulation::add_synapses(const std::string& group, const NewSynapses& wanted) {
    std::vector<std::int64_t> ids;
    edit_synapses(group, [&](SynapseGroup& found) { ids = found.add(state_->clock, wanted); });
    return ids;
}

void Simulation::remove_synapses(const std::string& group, std::span<const std::int64_t> ids) {
    edit_synapses(group, [&](SynapseGroup& found) { found.remove(ids); });
}

std::int64_t Simulation::synapse_count(const std::string& group) const {
    SynapseGroup& found = synapses_called(group, *state_);
    return found.store.size();
}

void Simulation::add_spikes(const std::string& group, std::span<const std::int64_t> neurons,
                            std::span<const std::int64_t> steps) {
    NeuronGroup& found = neurons_called(group, *state_);
    found.add_spikes(state_->clock, neurons, steps);
}

namespace {

std::size_t number_of_signal(const std::string& name, const Simulation::State& s) {
    std::vector<std::string> names;
    for (const auto& [known, signal] : s.context.signals.signals) {
        if (known == name) return names.size();
        names.push_back(known);
    }
    const std::string near = base::nearest(name, names);
    throw UnknownName("there is no signal '" + base::escape(name) + "'" +
                      (near.empty() ? "" : "; did you mean '" + near + "'?"));
}

}  // namespace

Simulation::Signal Simulation::signal(const std::string& name) const {
    const bn_signal& of = state_->context.signals.signals[number_of_signal(name, *state_)].second;
    return {{of.values, of.values + of.samples * of.columns}, of.columns, of.begin};
}

void Simulation::set_signal(const std::string& name, std::span<const double> values) {
    State& s = *state_;
    const base::FlushToZero flush;
    const std::size_t number = number_of_signal(name, s);
    const std::int64_t columns = s.context.signals.signals[number].second.columns;
    const auto refuse = [&](const std::string& what) {
        throw base::Error("the signal '" + name + "': " + what, 2);
    };
    if (values.empty()) refuse("expected one sample at least");
    if (std::ssize(values) % columns != 0)
        refuse(std::to_string(values.size()) + " values are no whole rows of " + std::to_string(columns));
    for (std::size_t k = 0; k < values.size(); ++k)
        if (!std::isfinite(values[k]))
            refuse("sample " + std::to_string(static_cast<std::int64_t>(k) / columns) + " is not finite");
    s.context.signals.replace(number, {values.begin(), values.end()}, s.clock.t());
    s.bind();
}

std::vector<std::uint32_t> Simulation::spikes(const std::string& group) const {
    NeuronGroup& found = neurons_called(group, *state_);
    const auto last = found.spikes(state_->clock.step - 1);
    return {last.begin(), last.end()};
}

}  // namespace bouton::sim

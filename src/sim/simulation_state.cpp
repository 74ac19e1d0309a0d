// SPDX-License-Identifier: BSD-3-Clause
#include "sim/simulation_state.hpp"

#include "base/diagnostics.hpp"
#include "base/flush_to_zero.hpp"
#include "base/stop.hpp"
#include "base/thread_pool.hpp"
#include "sim/build/numbering.hpp"
#include "sim/step/strides.hpp"

#include <algorithm>
#include <cmath>
#include <new>
#include <numeric>
#include <stdexcept>

namespace bouton::sim {

using state::NeuronState;
using state::SynapseState;
using std::chrono::steady_clock;

void Input::run(const Clock& clock, std::size_t part) {
    BoundKernel& kernel = kernels[part];
    if (list.empty()) return group->run(kernel, clock, part);
    const auto [first, last] = group->among(list, part);
    kernel.run_listed(clock, list.data() + first, last - first);
}

double seconds_since(steady_clock::time_point begin) {
    return std::chrono::duration<double>(steady_clock::now() - begin).count();
}

bool Pulse::due() {
    if (--left_ > 0) return false;
    const auto now = steady_clock::now();
    const double elapsed = std::chrono::duration<double>(now - last_).count();
    if (elapsed < 0.002) wait_ = std::min(wait_ * 2, 1 << 16);
    if (elapsed > 0.010) wait_ = std::max(wait_ / 2, 1);
    left_ = wait_;
    last_ = now;
    since_last_ = elapsed;
    return true;
}

Simulation::State::State(codegen::Plan made, Options chosen)
    : plan(std::move(made)),
      options(std::move(chosen)),
      callables(plan.precision, options.backend, options.native),
      clock(context.clock) {
    const auto begin = steady_clock::now();
    const base::FlushToZero flush;
    context.precision = plan.precision;
    context.callables = &callables;
    clock.dt = plan.dt;
    clock.before_run = true;
    clock.step = traces_step = options.first_step;
    context.count_anew_every = options.count_anew_every;
    clock.seed = plan.seed;
    if (options.threads > 1) {
        pool = std::make_unique<base::ThreadPool>(static_cast<std::size_t>(options.threads));
        if (const std::string shortage = pool->shortage(); !shortage.empty() && options.native.warn)
            options.native.warn(shortage);
        clock.pool = pool.get();
    }
    strides = may_stride(plan);
    if (options.blocks == 0) {
        const int threads = std::max(1, options.threads);
        const int wanted = strides ? parts_for_strides(plan, threads) : threads;
        options.blocks = static_cast<int>(std::max<std::int64_t>(wanted, fewest_blocks(plan)));
    }
    steps = options.first_step + std::llround(plan.duration / plan.dt);
    for (const auto& signal : plan.signals) {
        context.signals.add(signal.name, bn_signal{signal.values->data(), signal.samples, signal.columns,
                                                   signal.dt, 0.0, 0, nullptr});
    }
    memory = base::memory_limit(options.memory);
    least = least_memory(plan);
    refuse_too_large(least, memory);
    refuse_uncountable(plan);
    try {
        make_groups();
        callables.build(codegen::modules_of(plan, options.recorder != nullptr));
        if (options.state == nullptr) {
            divide();
            bind();
        } else {
            archive(*options.state);
            options.state = nullptr;
        }
        context.signals.check(2);
        clock.before_run = false;
    } catch (const std::bad_alloc&) {
        refuse_out_of_memory();
    } catch (const std::length_error&) {
        refuse_out_of_memory();
    }
    build_seconds = seconds_since(begin) - callables.compile_seconds();
}

NeuronGroup* Simulation::State::find_neurons(const std::string& name) {
    for (auto& group : neurons) {
        if (group->plan.group == name) return group.get();
    }
    return nullptr;
}

SynapseGroup* Simulation::State::find_synapses(const std::string& name) {
    for (auto& group : synapses) {
        if (group->plan.name == name) return group.get();
    }
    return nullptr;
}

void Simulation::State::refuse_out_of_memory() const {
    const base::MemoryLimit left = base::free_memory();
    throw base::OutOfMemory("there is not enough memory for this network: what was built of it takes " +
                            base::spell_bytes(static_cast<double>(bytes())) + ", and all " + left.whose +
                            " is " + base::spell_bytes(left.bytes));
}

std::size_t Simulation::State::bytes() const {
    std::size_t sum = 0;
    for (const auto& group : neurons) sum += group->bytes();
    for (const auto& group : synapses) sum += group->bytes();
    return sum;
}

void Simulation::State::make_room(std::size_t group, double others) {
    const MemoryPart& part = least[plan.neurons.size() + group];
    context.room = {memory, part.bytes_per_synapse};
    context.room.limit.bytes -= others;
}

void Simulation::State::make_groups() {
    // What the groups take that are not built yet, at least.
    const auto to_come = [this](std::size_t first) {
        double sum = 0.0;
        for (std::size_t k = first; k < least.size(); ++k) sum += least[k].bytes;
        return sum;
    };
    for (std::size_t g = 0; g < plan.neurons.size(); ++g) {
        neuron_states.push_back(std::make_unique<NeuronState>(plan.neurons[g], context.precision));
        neurons.push_back(std::make_unique<NeuronGroup>(plan.neurons[g], *neuron_states.back(), context));
    }
    for (auto& group : neurons) group->initialise();
    for (std::size_t g = 0; g < plan.synapses.size(); ++g) {
        const auto& described = plan.synapses[g];
        NeuronGroup& post = *find_neurons(described.to.group);
        synapse_states.push_back(std::make_unique<SynapseState>(
            described, context.precision, described.from.size(), target_bounds(post, described.to)));
        synapses.push_back(std::make_unique<SynapseGroup>(
            described, *synapse_states.back(), *find_neurons(described.from.group), post, context));
        make_room(g, static_cast<double>(bytes()) + to_come(plan.neurons.size() + g + 1));
        if (options.state == nullptr)
            synapses.back()->build();
        else
            synapses.back()->expect();
    }
    for (const auto& described : plan.synapses) {
        for (const auto& sum : described.summed) {
            state::NeuronStore& store = find_neurons(sum.target_group)->store;
            state::StateArray* array =
                &store.arrays.at(static_cast<std::size_t>(store.find(codegen::Name::user(sum.variable))));
            if (std::find(summed.begin(), summed.end(), array) == summed.end()) summed.push_back(array);
        }
    }
    for (const auto& described : plan.regular) {
        regular.emplace_back(described, described.of_synapses ? nullptr : find_neurons(described.of),
                             described.of_synapses ? find_synapses(described.of) : nullptr, context);
    }
    for (auto& group : neurons)
        if (!group->only_emits()) stateful_groups.push_back(group.get());
    make_inputs();
    recording = std::make_unique<Recording>(
        plan, [this](const std::string& name) { return find_neurons(name); },
        [this](const std::string& name) { return find_synapses(name); }, context, options.recorder);
}

// Synapses come first: their delays tell how the neurons are divided.
void Simulation::State::archive(base::Archive& archive) {
    archive.piece("clock");
    archive.same(clock.dt, "dt");
    archive.same(clock.seed, "the seed");
    archive.value(clock.step);
    archive.value(traces_step);
    archive.value(event_count);
    archive.value(write_count);
    archive.value(begun);
    for (auto& group : synapses) group->archive(archive);
    if (archive.reads()) {
        if (options.state != nullptr)
            divide();
        else
            choose_stride();
    }
    for (auto& group : neurons) group->archive(archive);
    recording->archive(archive);
    context.signals.archive(archive);
    archive.piece("end");
    if (archive.reads()) bind();
}

void Simulation::State::make_inputs() {
    for (const auto& described : plan.inputs) {
        NeuronGroup& group = *find_neurons(described.group);
        Input& input = inputs.emplace_back();
        input.group = &group;
        if (described.kernel.domain == codegen::Domain::listed) {
            input.list.resize(static_cast<std::size_t>(described.end - described.begin));
            std::iota(input.list.begin(), input.list.end(), static_cast<std::uint32_t>(described.begin));
        }
        evaluate_scalars(described.scalars, group.scope(), context, input.scalars);
    }
}

void Simulation::State::bind() {
    for (auto& group : neurons) group->bind();
    for (auto& group : synapses) group->bind(longest_stride > 0);
    for (std::size_t k = 0; k < inputs.size(); ++k) {
        const auto& described = plan.inputs[k];
        Scope scope = find_neurons(described.group)->scope();
        scope.scalars.insert(scope.scalars.begin(), &inputs[k].scalars);
        scope.input = &described;
        inputs[k].kernels.clear();
        for (std::size_t part = 0; part < inputs[k].group->parts(); ++part)
            inputs[k].kernels.emplace_back(described.kernel, callables.of(described.kernel), scope);
    }
    for (Regular& statements : regular) statements.bind();
    recording->bind();
    find_round();
}

void Simulation::State::find_round() {
    round = {};
    for (auto& group : synapses)
        if (!group->plan.traces_target.empty()) round.traced.push_back(group.get());
    for (const codegen::Side side : {codegen::Side::pre, codegen::Side::post}) {
        for (auto& group : synapses)
            for (Pathway& pathway : group->pathways(side))
                if (pathway.runs_in_parts()) round.pathways.emplace_back(&pathway, &group->store);
    }
    for (auto& group : neurons)
        if (group->plan.reset && !group->plan.reset->empty()) round.reset.push_back(group.get());
}

// At the end of a step whose end is a multiple of `every`.
void Simulation::State::edit_structure() {
    bool changed = false;
    for (std::size_t g = 0; g < synapses.size(); ++g) {
        const auto& group = synapses[g];
        if (!group->plan.structure || group->plan.halted) continue;
        if ((clock.step + 1) % structure_steps(*group) != 0) continue;
        make_room(g, static_cast<double>(bytes() - group->bytes()));
        try {
            changed = group->edit(clock) || changed;
        } catch (...) {
            bind();  // whoever looks at what failed finds a whole network
            throw;
        }
    }
    if (!changed) return;
    choose_stride();
    bind();
}

std::int64_t Simulation::State::structure_steps(const SynapseGroup& group) const {
    return std::max<std::int64_t>(1, std::llround(group.plan.structure->every / clock.dt));
}

void Simulation::State::check_neurons() const {
    for (const auto& group : neurons) group->check_finite(clock);
}

void Simulation::State::check_synapses() const {
    for (const auto& group : synapses) group->check_finite(clock);
}

RunInfo Simulation::State::run_info() const {
    RunInfo info;
    info.network_file = plan.file;
    info.network = plan.resolved;
    info.seed = plan.seed;
    info.dt = plan.dt;
    info.duration = plan.duration;
    info.precision = plan.precision == codegen::Precision::f32 ? "float" : "double";
    info.final_synapses = options.final_synapses;
    info.backend = callables.used() == Backend::interpreted ? "interpreted" : "compiled";
    return info;
}

void Simulation::State::report(const Pulse& pulse) {
    if (options.recorder != nullptr) options.recorder->pulse();
    if (!options.progress || pulse.real_seconds() - last_progress < 0.1) return;
    last_progress = pulse.real_seconds();
    options.progress(
        {clock.t(), static_cast<double>(clock.step) / static_cast<double>(steps), last_progress});
}

void Simulation::State::advance_traces() {
    if (clock.step == traces_step) return;
    for (auto& group : synapses) group->advance_traces(clock);
    traces_step = clock.step;
}

void Simulation::State::record_spikes() {
    if (!unrecorded.any()) return;
    recording->spikes(unrecorded.first, unrecorded.end);
    unrecorded = {};
}

void Simulation::State::record_end() {
    Recorder& recorder = *options.recorder;
    try {
        advance_traces();  // all final values are those of the end, wherever they are kept
        if (records_synapses()) {
            for (auto& group : synapses) group->flush(clock.step);
            check_synapses();
        }
        for (auto& group : neurons) record_state(*group, context, recorder);
        if (records_synapses()) {
            for (auto& group : synapses) record_synapses(*group, context, clock, recorder);
        }
    } catch (const base::Stopped&) {
        stopped = true;  // after the last step, which tells that what was handed over is not whole
    }
    recorder.end(stopped ? std::optional<std::int64_t>(clock.step) : std::nullopt);
}

}  // namespace bouton::sim

// SPDX-License-Identifier: BSD-3-Clause
#include "session/session.hpp"

#include "base/memory.hpp"
#include "base/numbers.hpp"
#include "base/thread_pool.hpp"
#include "session/state_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <regex>

namespace bouton::session {

namespace fs = std::filesystem;

Session::Session(const CheckedNetwork& network, const NetworkSource& source, Options options)
    : Session(network, source, std::move(options), nullptr) {}

Session::Session(const CheckedNetwork& network, const NetworkSource& source, Options options,
                 base::Archive* state)
    : network_(network), source_(source), options_(std::move(options)) {
    simulation_ = std::make_unique<sim::Simulation>(network_.plan, simulation_options(state));
    simulation_->begin_records();
    backend_ = simulation_->summary().backend;
}

Session::~Session() = default;

sim::Options Session::simulation_options(base::Archive* state) {
    sim::Options options;
    options.backend = options_.backend;
    options.threads = static_cast<int>(
        base::usable_threads(static_cast<std::size_t>(std::max(1, options_.threads)), options_.warn));
    options.memory = options_.memory;
    options.native.warn = options_.warn;
    options.recorder = &records_;
    options.final_synapses = false;
    options.state = state;
    options.progress = [this](const sim::Progress& now) {
        if (progress_) progress_(now);
    };
    return options;
}

double Session::dt() const { return network_.spec.dt; }
double Session::t() const { return static_cast<double>(step()) * dt(); }

void Session::refuse_run(std::int64_t steps) const {
    if (steps < 0) throw base::Error("a run of a negative duration", 2);
    if (steps > static_cast<std::int64_t>(model::kMostSteps) - step())
        throw base::Error("a run of more than 2^48 steps", 2);
}

void Session::refuse_failed() const {
    if (failure_.empty()) return;
    throw base::Error("the simulation stands amid a step that failed (" + failure_ +
                          "); its values can be read, and restore() goes back to a state that was stored",
                      1);
}

template <class Steps>
auto Session::attempt(const Steps& steps) {
    refuse_failed();
    try {
        return steps();
    } catch (const base::Error& error) {
        failure_ = error.what();
        throw;
    } catch (...) {
        failure_ = "out of memory";  // so short that it takes none
        throw;
    }
}

std::int64_t Session::run(std::int64_t steps, std::function<void(const sim::Progress&)> progress) {
    refuse_run(steps);
    progress_ = std::move(progress);
    struct Forget {
        Session& session;
        ~Forget() { session.progress_ = {}; }
    } const forget{*this};
    return attempt([&] { return simulation_->go(steps); });
}

void Session::begin_step() {
    attempt([&] { simulation_->begin(); });
}

void Session::note_written(const std::string& name) {
    if (std::find(written_.begin(), written_.end(), name) == written_.end()) written_.push_back(name);
}

std::vector<GroupInfo> Session::groups() const {
    std::vector<GroupInfo> groups;
    const auto add = [&](const std::string& name, bool of_synapses, std::int64_t size,
                         const std::vector<codegen::Variable>& variables) {
        GroupInfo& group = groups.emplace_back();
        group.name = name;
        group.of_synapses = of_synapses;
        group.size = size;
        for (const codegen::Variable* variable : sim::open_variables(variables))
            group.variables.push_back({variable->name.word(), variable->dimension, variable->stored,
                                       variable->constant,
                                       variable->placement == codegen::Placement::shared});
    };
    for (const auto& group : network_.plan.neurons) add(group.group, false, group.size, group.variables);
    for (const auto& group : network_.plan.synapses) {
        add(group.name, true, simulation_->synapse_count(group.name), group.variables);
        for (const auto& spec : network_.spec.synapses) {
            if (spec.name != group.name) continue;
            groups.back().source = spec.from.group;
            groups.back().target = spec.to.group;
        }
    }
    return groups;
}

std::vector<double> Session::read_neurons(const std::string& group, const std::string& variable) const {
    try {
        return simulation_->neurons(group, variable);
    } catch (const sim::UnknownName&) {
        if (const auto asked = named(false, group, variable)) return simulation_->evaluate(*asked, false);
        throw;
    }
}

std::vector<double> Session::read_synapses(const std::string& group, const std::string& variable) const {
    std::vector<double> values;
    try {
        values = simulation_->synapses(group, variable);
    } catch (const sim::UnknownName&) {
        if (const auto asked = named(true, group, variable)) return simulation_->evaluate(*asked, false);
        throw;
    }
    if (variable != "source" && variable != "target") return values;
    for (const auto& spec : network_.spec.synapses) {
        if (spec.name != group) continue;
        const auto begin = static_cast<double>(variable == "source" ? spec.from.begin : spec.to.begin);
        for (double& number : values) number += begin;
    }
    return values;
}

namespace {

const std::string& name_of(const codegen::NeuronPlan& plan) { return plan.group; }
const std::string& name_of(const codegen::SynapsePlan& plan) { return plan.name; }

bool gives(const std::vector<model::Assignment>& assignments, const std::string& name) {
    return std::any_of(assignments.begin(), assignments.end(), [&](const auto& a) { return a.name == name; });
}

/// Where the network file gives a variable that has one value for the whole group.
std::string key_of(const model::NetworkSpec& spec, const codegen::NeuronPlan& plan,
                   const std::string& variable) {
    for (const model::NeuronSpec& of : spec.neurons)
        if (of.name == plan.group &&
            (gives(of.model.initial, variable) || gives(of.model.default_initial, variable)))
            return "neurons." + plan.group + ".initial." + variable;
    return "neurons." + plan.group + ".parameters." + variable;
}

std::string key_of(const model::NetworkSpec& spec, const codegen::SynapsePlan& plan,
                   const std::string& variable) {
    const std::string group = "synapses." + plan.name + ".";
    for (const model::SynapseSpec& of : spec.synapses)
        if (of.name == plan.name && (gives(of.initial, variable) || gives(of.whole.initial, variable) ||
                                     gives(of.whole.default_initial, variable)))
            return group + "initial." + variable;
    const auto dot = variable.find('.');
    if (dot == std::string::npos) return group + "parameters." + variable;
    return group + variable.substr(0, dot) + ".parameters." + variable.substr(dot + 1);
}

}  // namespace

// Kernels know such a value before they run, and more was derived from it: the network is to say another one.
template <class Plans>
bool Session::write_shared(const Plans& plans, const std::string& group, const std::string& variable,
                           const sim::Chosen& chosen, std::span<const double> values) {
    for (const auto& plan : plans) {
        if (name_of(plan) != group) continue;
        const int v = state::find_variable(plan.variables, codegen::Name::user(variable));
        if (v < 0) return false;
        const codegen::Variable& of = plan.variables[static_cast<std::size_t>(v)];
        if (of.internal() || !of.constant || of.placement != codegen::Placement::shared) return false;
        const auto refuse = [&](const std::string& what) {
            throw base::Error("'" + variable + "' of '" + group + "': " + what, 2);
        };
        const auto elements = static_cast<std::size_t>(element_count(plan));
        if (chosen && chosen->size() != elements)
            refuse("all share one value, so that all are to be written");
        if (values.size() != 1 && values.size() != elements)
            refuse(std::to_string(values.size()) + " values, but there are " + std::to_string(elements));
        for (const double value : values) {
            if (!std::isfinite(value)) refuse("a value is not finite");
            if (value != values[0]) refuse("all share one value; give one");
        }
        if (values.empty()) return true;
        const std::string unit = of.dimension.is_dimensionless() ? "" : "*" + of.dimension.to_expression();
        replace(key_of(network_.spec, plan, variable), base::shortest(values[0]) + unit);
        return true;
    }
    return false;
}

std::int64_t Session::element_count(const codegen::NeuronPlan& plan) const { return plan.size; }
std::int64_t Session::element_count(const codegen::SynapsePlan& plan) const {
    return simulation_->synapse_count(plan.name);
}

void Session::write_neurons(const std::string& group, const std::string& variable, const sim::Chosen& chosen,
                            std::span<const double> values) {
    refuse_failed();
    if (write_shared(network_.plan.neurons, group, variable, chosen, values)) return;
    simulation_->write_neurons(group, variable, chosen, values);
    note_written(group + "." + variable);
}

void Session::write_synapses(const std::string& group, const std::string& variable, const sim::Chosen& chosen,
                             std::span<const double> values) {
    refuse_failed();
    if (write_shared(network_.plan.synapses, group, variable, chosen, values)) return;
    simulation_->write_synapses(group, variable, chosen, values);
    note_written(group + "." + variable);
}

namespace {

bool is_parameter(const std::string& key) {
    static const std::regex parameters(
        "neurons\\.\\w+\\.parameters\\.\\w+|input\\.\\w+\\.(rate|weight)|"
        "synapses\\.\\w+\\.((release|plasticity|structure)\\.)?parameters\\.\\w+");
    return std::regex_match(key, parameters);
}

bool same_storage(const std::vector<codegen::Variable>& a, const std::vector<codegen::Variable>& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](const codegen::Variable& x, const codegen::Variable& y) {
                          return x.name == y.name && x.stored == y.stored && x.placement == y.placement &&
                                 x.constant == y.constant;
                      });
}

bool same_storage(const codegen::Plan& a, const codegen::Plan& b) {
    for (std::size_t g = 0; g < a.neurons.size(); ++g)
        if (!same_storage(a.neurons[g].variables, b.neurons[g].variables)) return false;
    for (std::size_t g = 0; g < a.synapses.size(); ++g)
        if (!same_storage(a.synapses[g].variables, b.synapses[g].variables)) return false;
    return true;
}

}  // namespace

void Session::change(const std::string& key, const std::string& value) {
    if (!is_parameter(key))
        throw base::Error(fmt::format("'{}' does not change while a network runs; parameters do, as in "
                                      "'neurons.NAME.parameters.tau' or 'input.NAME.rate'",
                                      base::escape(key)),
                          2);
    replace(key, value);
}

void Session::replace(const std::string& key, const std::string& value) {
    refuse_failed();
    NetworkSource source = source_;
    std::erase_if(source.sets, [&](const std::string& set) { return set.starts_with(key + "="); });
    source.sets.push_back(key + "=" + value);
    replace(std::move(source), key + " = " + base::escape(value));
}

void Session::set_plastic(const std::string& group, bool plastic) {
    const bool halted = !is_plastic(group);
    if (halted == !plastic) return;
    const auto refuse = [&](const std::string& what) {
        throw base::Error("plastic: '" + group + "' " + what, 2);
    };
    for (const model::SynapseSpec& spec : network_.spec.synapses) {
        if (spec.name != group) continue;
        if (!spec.is_chain)
            refuse(
                "is written whole, so that nobody knows what its plasticity is; split it into release, "
                "plasticity and target");
        for (const auto* link : {&spec.release, &spec.plasticity})
            for (const lang::Equation& equation : *link ? (*link)->equations : std::vector<lang::Equation>{})
                if (equation.name == "w" && equation.kind == lang::EquationKind::differential)
                    refuse("has a weight that follows an equation of its own, which cannot be halted");
    }
    NetworkSource source = source_;
    std::erase(source.halted, group);
    if (!plastic) source.halted.push_back(group);
    replace(std::move(source), "plastic of '" + group + "'");
}

bool Session::is_plastic(const std::string& group) const {
    (void)simulation_->synapse_count(group);  // tells which there are
    return std::find(source_.halted.begin(), source_.halted.end(), group) == source_.halted.end();
}

void Session::replace(NetworkSource source, const std::string& what) {
    const auto refuse = [&] {
        throw base::Error(what +
                              ": with this the network would be stored in another way, which a network "
                              "that runs cannot; begin a new one with it",
                          2);
    };
    CheckedNetwork network = check_network(source, {});
    if (!same_storage(network_.plan, network.plan)) refuse();
    const auto before = base::archived(*simulation_);
    const auto take_back = [&] {
        base::MemoryReader reader(before);
        simulation_->archive(reader);
    };
    try {
        simulation_->rebase();
        const auto state = base::archived(*simulation_);
        base::MemoryReader reader(state);
        auto changed = std::make_unique<sim::Simulation>(network.plan, simulation_options(&reader));
        changed->evaluate_constants([this](const std::string& group, const std::string& variable) {
            return std::find(written_.begin(), written_.end(), group + "." + variable) != written_.end();
        });
        for (std::size_t g = 0; g < network.plan.neurons.size(); ++g)
            if (network.plan.neurons[g].spike_probability != network_.plan.neurons[g].spike_probability)
                changed->draw_gaps_anew(network.plan.neurons[g].group);
        changed->begin_records();
        simulation_ = std::move(changed);
    } catch (const base::ArchiveError&) {
        take_back();
        refuse();
    } catch (...) {
        take_back();
        throw;
    }
    network_ = std::move(network);
    source_ = std::move(source);
    asked_.clear();
}

std::vector<Session::SignalInfo> Session::signals() const {
    std::vector<SignalInfo> signals;
    for (const model::SignalSpec& spec : network_.plan.signals)
        signals.push_back({spec.name, spec.dimension, spec.dt, spec.columns});
    return signals;
}

void Session::add_spikes(const std::string& group, std::span<const std::int64_t> neurons,
                         std::span<const std::int64_t> steps) {
    between_steps().add_spikes(group, neurons, steps);
}

void Session::refuse_no_room(const std::string& name) const {
    base::CountingArchive counted;
    simulation_->archive(counted);
    auto needed = static_cast<double>(counted.sum());
    const std::string of_state = base::spell_bytes(needed);
    if (options_.memory) {  // it holds for all together; else what is there already is not free any more
        needed += static_cast<double>(simulation_->summary().bytes);
        for (const auto& [known, kept] : kept_)
            if (known != name) needed += static_cast<double>(kept.state.size());
    }
    const base::MemoryLimit limit = base::memory_limit(options_.memory);
    if (needed <= limit.bytes) return;
    throw base::OutOfMemory("out of memory: a stored state takes " + of_state +
                            (options_.memory ? ", with all there is " + base::spell_bytes(needed) : "") +
                            ", more than the " + base::spell_bytes(limit.bytes) + " " + limit.whose);
}

void Session::store(const std::string& name) {
    refuse_failed();
    refuse_no_room(name);
    kept_[name] = {base::archived(*simulation_), records_.mark(), source_, written_};
}

void Session::restore(const std::string& name) {
    const auto kept = kept_.find(name);
    if (kept == kept_.end()) {
        std::vector<std::string> names;
        for (const auto& [known, state] : kept_) names.push_back(known);
        const std::string near = base::nearest(name, names);
        throw sim::UnknownName(fmt::format("no state was stored as '{}'{}", base::escape(name),
                                           near.empty() ? "" : "; did you mean '" + near + "'?"));
    }
    const Kept& then = kept->second;
    base::MemoryReader reader(then.state);
    if (then.source.sets == source_.sets && then.source.halted == source_.halted) {
        simulation_->archive(reader);
    } else {
        CheckedNetwork network = check_network(then.source, {});
        auto simulation = std::make_unique<sim::Simulation>(network.plan, simulation_options(&reader));
        simulation->begin_records();
        simulation_ = std::move(simulation);
        network_ = std::move(network);
        source_ = then.source;
        asked_.clear();
    }
    written_ = then.written;
    records_.go_back(then.mark);
    failure_.clear();
}

std::unique_ptr<Session> Session::copy() const {
    refuse_failed();
    const auto state = base::archived(*simulation_);
    base::MemoryReader reader(state);
    std::unique_ptr<Session> other(new Session(network_, source_, options_, &reader));
    other->records_ = records_;
    other->kept_ = kept_;
    other->written_ = written_;
    return other;
}

void Session::save(const fs::path& path) const {
    refuse_failed();
    const fs::path folder = source_.text ? source_.base_folder : fs::path(source_.file).parent_path();
    SavedRun saved = saved_run(source_.file, folder, network_.plan, network_.files);
    note_present(saved, *simulation_);
    saved.network.arrays = source_.arrays;
    saved.network.written = written_;
    saved.network.writable = source_.writable;
    saved.network.halted = source_.halted;
    write_state_file(path, network_.files, std::move(saved),
                     [&](base::Archive& archive) { simulation_->archive(archive); });
}

std::unique_ptr<Session> Session::resume(const fs::path& path, Options options) {
    StateFile file(path);
    const SavedNetwork& saved = file.run().network;
    for (const SavedNetwork::File& input : saved.files) {
        const std::string now = sha256_of_file(input.path);
        if (now == input.sha256) continue;
        throw base::Error(
            fmt::format("'{}' was saved with '{}', which {} since", base::escape(path.string()),
                        base::escape(input.path), now.empty() ? "cannot be read any more" : "has changed"),
            2);
    }
    NetworkSource source;
    source.file = saved.name;
    source.text = saved.text;
    source.base_folder = saved.folder;
    source.arrays = saved.arrays;
    source.writable = saved.writable;
    source.halted = saved.halted;
    const CheckedNetwork network = check_network(source, options.warn);
    std::unique_ptr<Session> session(new Session(network, source, std::move(options), &file.state()));
    session->written_ = saved.written;
    return session;
}

}  // namespace bouton::session

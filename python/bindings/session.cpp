// SPDX-License-Identifier: BSD-3-Clause
// _core.Session: an open session (session/session.hpp) for bouton.Simulation. Arrays go in and come out without text. The GIL is
// free while a session works; every call but of the thread whose call goes on is refused until then.
#include "attention.hpp"
#include "bindings.hpp"

#include "base/diagnostics.hpp"
#include "session/session.hpp"

#include <unistd.h>

#include <nanobind/ndarray.h>
#include <nanobind/stl/pair.h>

#include <algorithm>
#include <atomic>
#include <limits>
#include <memory>
#include <new>
#include <stdexcept>
#include <utility>

namespace bouton::bindings {
namespace {

namespace nb = nanobind;

template <class Value>
using Array = nb::ndarray<nb::numpy, Value, nb::ndim<1>>;
template <class Value>
using Input = nb::ndarray<const Value, nb::ndim<1>, nb::c_contig, nb::device::cpu>;

template <class Value>
Array<Value> to_array(std::vector<Value> values) {
    auto* kept = new std::vector<Value>(std::move(values));
    const nb::capsule owner(kept, [](void* p) noexcept { delete static_cast<std::vector<Value>*>(p); });
    return Array<Value>(kept->data(), {kept->size()}, owner);
}

template <class Value>
std::span<const Value> view(const Input<Value>& input) {
    return {input.data(), input.size()};
}

int thread_count(std::int64_t threads) {
    if (threads < 1) throw base::Error("threads: at least one, not " + std::to_string(threads), 2);
    return static_cast<int>(std::min<std::int64_t>(threads, std::numeric_limits<int>::max()));
}

session::Options options_of(const std::string& backend, std::int64_t threads, const nb::object& memory) {
    session::Options options;
    options.backend = backend_of(backend);
    options.threads = thread_count(threads);
    options.memory = bytes_of(memory);
    options.warn = warn;
    return options;
}

const char* kind_of(codegen::Stored stored) {
    switch (stored) {
        case codegen::Stored::u8: return "truth";
        case codegen::Stored::i64: return "whole";
        default: return "real";
    }
}

/// A session, and who may use it when.
class Face {
    /// One call. Refused after close, in a child process without the threads, and while another call goes on.
    class Use {
    public:
        explicit Use(Face& face) : face_(face) {
            if (face.session_ == nullptr) throw base::Error("the simulation is closed", 2);
            if (face.is_in_child() && face.threads_ > 1) {
                throw base::Error("this simulation was made with threads=" + std::to_string(face.threads_) +
                                      " before the process forked, and its threads stayed behind; make it "
                                      "with threads=1, or "
                                      "save it and resume it in this process",
                                  2);
            }
            if (face.busy_.exchange(true))
                throw base::Error(
                    "another thread is inside this simulation; give each thread its own, with copy()", 2);
        }
        ~Use() { face_.busy_.store(false); }
        Use(const Use&) = delete;
        Use& operator=(const Use&) = delete;

    private:
        Face& face_;
    };

    template <class Question>
    auto ask(const Question& question) {
        const Use use(*this);
        const nb::gil_scoped_release free;
        return question(std::as_const(*session_));
    }

    template <class Change>
    auto change(const Change& what) {
        const Use use(*this);
        const nb::gil_scoped_release free;
        return what(*session_);
    }

    bool is_in_child() const { return process_ != ::getpid(); }

public:
    Face(std::unique_ptr<session::Session> session, int threads)
        : session_(std::move(session)), threads_(threads) {}
    /// The threads of a session are not in a child process, so that it cannot wait for their end.
    ~Face() {
        if (is_in_child() && threads_ > 1) (void)session_.release();
    }
    Face(const Face&) = delete;
    Face& operator=(const Face&) = delete;

    static Face* open(const std::optional<std::filesystem::path>& path,
                      const std::optional<std::string>& text, const std::string& name,
                      const std::optional<std::filesystem::path>& folder,
                      const std::vector<std::string>& sets, std::optional<std::int64_t> seed,
                      const std::string& backend, std::int64_t threads, const nb::object& memory,
                      const GivenArrays& arrays, const std::vector<std::string>& writable) {
        auto source = network_source(path, text, name, folder, sets, seed, arrays);
        source.writable = writable;
        const auto options = options_of(backend, threads, memory);
        return new Face(Attention().run([&] {
            return std::make_unique<session::Session>(session::check_network(source, warn), source, options);
        }),
                        options.threads);
    }

    static Face* resume(const std::filesystem::path& path, const std::string& backend, std::int64_t threads,
                        const nb::object& memory) {
        const auto options = options_of(backend, threads, memory);
        return new Face(Attention().run([&] { return session::Session::resume(path, options); }),
                        options.threads);
    }

    std::int64_t run(std::int64_t steps, const nb::object& progress) {
        const Use use(*this);
        session_->refuse_failed();
        session_->refuse_run(steps);
        Attention attention;
        std::function<void(const sim::Progress&)> tell;
        if (!progress.is_none())
            tell = [&](const sim::Progress& now) { attention.call([&] { progress(now.t); }); };
        return attention.run([&] { return session_->run(steps, tell); });
    }

    void begin_step() {
        change([](session::Session& session) { session.begin_step(); });
    }

    double dt() {
        return ask([](const auto& session) { return session.dt(); });
    }
    double t() {
        return ask([](const auto& session) { return session.t(); });
    }
    std::int64_t step() {
        return ask([](const auto& session) { return session.step(); });
    }
    std::int64_t described_steps() {
        return ask([](const auto& session) { return session.described_steps(); });
    }
    std::string backend() {
        return ask([](const auto& session) { return session.backend(); });
    }
    std::vector<session::GroupInfo> infos() {
        return ask([](const auto& session) { return session.groups(); });
    }

    nb::list groups() {
        nb::list list;
        for (const session::GroupInfo& group : infos()) {
            nb::dict entry;
            entry["name"] = group.name;
            entry["of_synapses"] = group.of_synapses;
            entry["size"] = group.size;
            entry["source"] = group.source;
            entry["target"] = group.target;
            nb::list variables;
            for (const session::VariableInfo& variable : group.variables) {
                nb::dict one;
                one["name"] = variable.name;
                one["unit"] = variable.dimension.to_string();
                one["kind"] = kind_of(variable.stored);
                one["constant"] = variable.constant;
                variables.append(one);
            }
            entry["variables"] = variables;
            list.append(entry);
        }
        return list;
    }

    Array<double> read(bool of_synapses, const std::string& group, const std::string& variable) {
        return to_array(ask([&](const session::Session& session) {
            return of_synapses ? session.read_synapses(group, variable)
                               : session.read_neurons(group, variable);
        }));
    }

    void write(bool of_synapses, const std::string& group, const std::string& variable,
               const std::optional<Input<std::int64_t>>& where, const Input<double>& values) {
        change([&](session::Session& session) {
            sim::Chosen chosen;
            if (where) chosen.emplace(where->data(), where->data() + where->size());
            if (of_synapses)
                session.write_synapses(group, variable, chosen, view(values));
            else
                session.write_neurons(group, variable, chosen, view(values));
        });
    }

    void set_plastic(const std::string& group, bool plastic) {
        change([&](session::Session& session) { session.set_plastic(group, plastic); });
    }

    bool is_plastic(const std::string& group) {
        return ask([&](const session::Session& session) { return session.is_plastic(group); });
    }

    void set_parameter(const std::string& key, const std::string& value) {
        change([&](session::Session& session) { session.change(key, value); });
    }

    /// What a text is as value of a variable: one number, or one per element.
    Array<double> evaluate(bool of_synapses, const std::string& group, const std::string& variable,
                           const std::string& text) {
        return to_array(ask([&](const session::Session& session) {
            return session.evaluate(of_synapses, group, variable, text);
        }));
    }

    Array<std::int64_t> choose(bool of_synapses, const std::string& group, const std::string& condition) {
        return to_array(ask(
            [&](const session::Session& session) { return session.choose(of_synapses, group, condition); }));
    }

    bool holds(bool of_synapses, const std::string& group, const std::string& condition) {
        return ask(
            [&](const session::Session& session) { return session.holds(of_synapses, group, condition); });
    }

    /// A text as a value of a variable, in SI base units.
    double value_of(bool of_synapses, const std::string& group, const std::string& variable,
                    const std::string& text) {
        for (const session::GroupInfo& info : infos()) {
            if (info.of_synapses != of_synapses || info.name != group) continue;
            for (const session::VariableInfo& known : info.variables)
                if (known.name == variable)
                    return session::quantity(text, group + "." + variable, known.dimension);
        }
        throw sim::UnknownName("'" + group + "' has no variable '" + base::escape(variable) + "'");
    }

    void add_spikes(const std::string& group, const Input<std::int64_t>& neurons,
                    const Input<std::int64_t>& steps) {
        change([&](session::Session& session) { session.add_spikes(group, view(neurons), view(steps)); });
    }

    /// `names` and `values` say what is given beside.
    Array<std::int64_t> add_synapses(const std::string& group, const Input<std::int64_t>& sources,
                                     const Input<std::int64_t>& targets,
                                     const std::vector<std::string>& names,
                                     const std::vector<Input<double>>& values) {
        return to_array(change([&](session::Session& session) {
            sim::NewSynapses wanted{view(sources), view(targets), {}};
            for (std::size_t k = 0; k < names.size(); ++k)
                wanted.given.push_back({names[k], view(values.at(k))});
            return session.add_synapses(group, wanted);
        }));
    }

    void remove_synapses(const std::string& group, const Input<std::int64_t>& ids) {
        change([&](session::Session& session) { session.remove_synapses(group, view(ids)); });
    }

    nb::list signals() {
        nb::list list;
        for (const auto& signal : ask([](const session::Session& session) { return session.signals(); }))
            list.append(nb::make_tuple(signal.name, signal.dimension.to_string(), signal.dt, signal.columns));
        return list;
    }

    Array<double> signal(const std::string& name) {
        return to_array(ask([&](const session::Session& session) { return session.signal(name).values; }));
    }

    void set_signal(const std::string& name, const Input<double>& values) {
        change([&](session::Session& session) { session.set_signal(name, view(values)); });
    }

    /// How many of a signal's own unit a unit is.
    double signal_unit(const std::string& name, const std::string& unit) {
        for (const auto& signal : ask([](const session::Session& session) { return session.signals(); }))
            if (signal.name == name) return session::quantity(unit, name, signal.dimension);
        throw sim::UnknownName("there is no signal '" + base::escape(name) + "'");
    }

    void store(const std::string& name) {
        change([&](session::Session& session) { session.store(name); });
    }

    void restore(const std::string& name) {
        const Use use(*this);
        const nb::gil_scoped_release free;
        session_->restore(name);
    }

    Face* copy() {
        return change([&](session::Session& session) { return new Face(session.copy(), threads_); });
    }

    void save(const std::filesystem::path& path) {
        change([&](session::Session& session) { session.save(path); });
    }

    /// The names of what is recorded: spikes, rates, samples, events.
    nb::tuple record_names() {
        const Use use(*this);
        const session::Records& records = session_->records();
        nb::list spikes, rates, samples, events;
        for (const auto& of : records.spikes()) spikes.append(of.name);
        for (const auto& of : records.rates()) rates.append(of.name);
        for (const auto& of : records.samples()) samples.append(of.stream.name);
        for (const auto& of : records.events()) events.append(of.stream.name);
        return nb::make_tuple(spikes, rates, samples, events);
    }

    nb::tuple spikes(std::size_t number) {
        const Use use(*this);
        const session::Records::Spikes& of = session_->records().spikes().at(number);
        return nb::make_tuple(of.size, to_array(of.steps),
                              to_array(std::vector<std::int64_t>(of.neurons.begin(), of.neurons.end())));
    }

    nb::tuple rate(std::size_t number) {
        const Use use(*this);
        const session::Records::Rate& of = session_->records().rates().at(number);
        return nb::make_tuple(of.bin_steps, to_array(of.steps), to_array(of.values));
    }

    /// (name, unit, values) of each variable of a stream.
    template <class Of>
    static nb::list variables_of(const Of& of) {
        nb::list variables;
        for (std::size_t v = 0; v < of.values.size(); ++v) {
            const sim::StreamVariable& variable = of.stream.variables[v];
            variables.append(
                nb::make_tuple(variable.name, variable.dimension.to_string(), to_array(of.values[v])));
        }
        return variables;
    }

    nb::dict samples(std::size_t number) {
        const Use use(*this);
        const session::Records::Samples& of = session_->records().samples().at(number);
        nb::dict entry;
        entry["single"] = of.stream.single;
        entry["indices"] = to_array(of.stream.indices);
        entry["steps"] = to_array(of.steps);
        entry["columns"] = to_array(std::vector<std::int64_t>(of.columns.begin(), of.columns.end()));
        entry["variables"] = variables_of(of);
        return entry;
    }

    nb::dict events(std::size_t number) {
        const Use use(*this);
        const session::Records::Events& of = session_->records().events().at(number);
        nb::dict entry;
        entry["at"] = of.stream.at;
        entry["single"] = of.stream.single;
        entry["steps"] = to_array(of.steps);
        entry["synapses"] = to_array(of.synapses);
        entry["variables"] = variables_of(of);
        return entry;
    }

    std::int64_t synapse_count(const std::string& group) {
        return ask([&](const auto& session) { return session.synapse_count(group); });
    }

    void clear_records() {
        const Use use(*this);
        session_->clear_records();
    }

    void close() {
        if (session_ == nullptr) return;
        if (is_in_child() && threads_ > 1) return void(session_.release());
        const Use use(*this);
        session_.reset();
    }

private:
    std::unique_ptr<session::Session> session_;
    int threads_;
    pid_t process_ = ::getpid();
    std::atomic<bool> busy_{false};
};

constexpr const char* kDoc =
    "A network that runs as far as it is told, is read and changed between steps, stored, copied and saved. "
    "Use\n"
    "bouton.Simulation instead.\n\n"
    "All values are in SI base units, one per neuron or synapse. Errors: UnknownName for names that do not "
    "exist, Error\n"
    "for everything else. One thread at a time may be inside.";

}  // namespace

void bind_session(nb::module_& core) {
    using namespace nb::literals;
    nb::class_<Face>(core, "Session", kDoc)
        .def_static("open", &Face::open, nb::rv_policy::take_ownership, "path"_a = nb::none(), nb::kw_only(),
                    "text"_a = nb::none(), "name"_a = "network.toml", "folder"_a = nb::none(),
                    "sets"_a = nb::list(), "seed"_a = nb::none(), "backend"_a = "auto", "threads"_a = 1,
                    "memory"_a = nb::none(), "arrays"_a = nb::list(), "writable"_a = nb::list(),
                    "Build a network. Arguments as of `run`.")
        .def_static("resume", &Face::resume, nb::rv_policy::take_ownership, "path"_a, nb::kw_only(),
                    "backend"_a = "auto", "threads"_a = 1, "memory"_a = nb::none(),
                    "Go on with a saved session.")
        .def(
            "run", &Face::run, "steps"_a, "progress"_a = nb::none(),
            "Run so many steps; `progress` is called about ten times a second with the simulated time (s). "
            "Return how many\nwere run: fewer if something was raised, which ends the run between two steps.")
        .def("begin_step", &Face::begin_step,
             "Do the head of the present step, up to what is recorded; the next run goes on from there.")
        .def_prop_ro("dt", &Face::dt, "s")
        .def_prop_ro("t", &Face::t, "The start of the next step, s.")
        .def_prop_ro("step", &Face::step, "Steps done.")
        .def_prop_ro("described_steps", &Face::described_steps, "Steps of the network's duration.")
        .def_prop_ro("backend", &Face::backend, "\"compiled\" or \"interpreted\".")
        .def("groups", &Face::groups,
             "Return a dict per group: name, of_synapses, size, source, target, variables (dicts of name, "
             "unit, kind, "
             "constant).")
        .def("synapse_count", &Face::synapse_count, "group"_a, "Synapses at present.")
        .def("read", &Face::read, "of_synapses"_a, "group"_a, "variable"_a)
        .def("write", &Face::write, "of_synapses"_a, "group"_a, "variable"_a, "where"_a.none(), "values"_a)
        .def("set_parameter", &Face::set_parameter, "key"_a, "value"_a,
             "Change a parameter, named by its place in the network file; `value` is what --set takes.")
        .def("evaluate", &Face::evaluate, "of_synapses"_a, "group"_a, "variable"_a, "text"_a,
             "A text as values of a variable: one number for a quantity, one per element for an expression.")
        .def("choose", &Face::choose, "of_synapses"_a, "group"_a, "condition"_a,
             "The numbers of the elements for which a condition holds.")
        .def("holds", &Face::holds, "of_synapses"_a, "group"_a, "condition"_a,
             "Whether a condition on the whole group holds.")
        .def("value_of", &Face::value_of, "of_synapses"_a, "group"_a, "variable"_a, "text"_a,
             "Return a text such as \"-70 mV\" as a value of the variable.")
        .def("set_plastic", &Face::set_plastic, "group"_a, "plastic"_a,
             "Halt plasticity and structure, or let them go on.")
        .def("is_plastic", &Face::is_plastic, "group"_a)
        .def("signals", &Face::signals, "A tuple per signal: name, unit, dt (s), columns.")
        .def("signal", &Face::signal, "name"_a, "The samples, row by row.")
        .def("set_signal", &Face::set_signal, "name"_a, "values"_a,
             "New samples from the present step on, row by row.")
        .def("signal_unit", &Face::signal_unit, "name"_a, "unit"_a, "What \"1 mA\" is of a signal.")
        .def("add_spikes", &Face::add_spikes, "group"_a, "neurons"_a, "steps"_a)
        .def("add_synapses", &Face::add_synapses, "group"_a, "sources"_a, "targets"_a, "names"_a, "values"_a,
             "Return the ids of the new synapses. `values`: per name an array of one value, or of one per "
             "synapse.")
        .def("remove_synapses", &Face::remove_synapses, "group"_a, "ids"_a)
        .def("store", &Face::store, "name"_a)
        .def("restore", &Face::restore, "name"_a)
        .def("copy", &Face::copy, nb::rv_policy::take_ownership)
        .def("save", &Face::save, "path"_a)
        .def("record_names", &Face::record_names,
             "Return the names of what is recorded: spikes, rates, samples and events, a list each.")
        .def("spikes", &Face::spikes, "number"_a, "Return size, steps and neurons.")
        .def("rate", &Face::rate, "number"_a, "Return the steps of a bin, steps and Hz.")
        .def("samples", &Face::samples, "number"_a,
             "Return a dict: single, indices, steps, columns (by sample), variables [(name, unit, values)].")
        .def("events", &Face::events, "number"_a,
             "Return a dict: at, single, steps, synapses, variables [(name, unit, values)].")
        .def("clear_records", &Face::clear_records)
        .def("close", &Face::close);
    core.def(
        "seconds",
        [](const std::string& text, const std::string& name) {
            return session::quantity(text, name, base::Dimension::of(base::Dimension::time));
        },
        "text"_a, "name"_a, "Return a text such as \"20 ms\" in seconds. `name`: what messages call it.");
}

}  // namespace bouton::bindings

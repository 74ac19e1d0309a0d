// SPDX-License-Identifier: BSD-3-Clause
// _core.run: the GIL is free while the simulation works; it is taken for each progress report, which is also when
// Ctrl-C is looked for. Whatever Python raises there stops the run, keeps its results, and is raised when it is over.
#include "bindings.hpp"

#include "base/diagnostics.hpp"

#include <atomic>

namespace bouton::bindings {
namespace {

namespace nb = nanobind;

sim::Backend backend_of(const std::string& name) {
    if (name == "auto") return sim::Backend::automatic;
    if (name == "compiled") return sim::Backend::compiled;
    if (name == "interpreted") return sim::Backend::interpreted;
    throw base::Error("backend must be 'auto', 'compiled' or 'interpreted', not '" + base::escape(name) + "'",
                      2);
}

nb::dict to_dict(const sim::Summary& summary) {
    nb::dict dict;
    dict["steps"] = summary.steps;
    dict["spikes"] = summary.spikes;
    dict["events"] = summary.events;
    dict["synapses"] = summary.synapses;
    dict["bytes"] = summary.bytes;
    dict["compile_seconds"] = summary.compile_seconds;
    dict["build_seconds"] = summary.build_seconds;
    dict["run_seconds"] = summary.run_seconds;
    dict["write_seconds"] = summary.write_seconds;
    dict["backend"] = summary.backend;
    dict["stopped"] = summary.stopped;
    return dict;
}

/// Takes what Python raises during a report and asks the run to stop.
class Reporter {
public:
    explicit Reporter(nb::object progress) : progress_(std::move(progress)) {}

    void report(const sim::Progress& now) {
        const nb::gil_scoped_acquire gil;
        if (raised_) return;
        try {
            if (PyErr_CheckSignals() != 0) throw nb::python_error();
            if (!progress_.is_none()) progress_(now.t, now.fraction, now.real_seconds);
        } catch (nb::python_error& error) {
            raised_.emplace(std::move(error));
            stop_ = true;
        }
    }

    const std::atomic<bool>& stop() const { return stop_; }
    /// To be called with the GIL.
    void raise_again() {
        if (raised_) throw nb::python_error(std::move(*raised_));
    }

private:
    nb::object progress_;
    std::optional<nb::python_error> raised_;
    std::atomic<bool> stop_{false};
};

nb::dict run(const std::optional<std::filesystem::path>& path, const std::optional<std::string>& text,
             const std::string& name, const std::optional<std::filesystem::path>& folder,
             const std::vector<std::string>& sets, std::optional<std::int64_t> seed,
             const std::string& backend, const std::optional<std::filesystem::path>& output,
             nb::object progress, std::int64_t threads, bool synapses) {
    if (threads < 1) throw base::Error("threads: at least one, not " + std::to_string(threads), 2);
    cli::RunRequest request;
    request.network = network_source(path, text, name, folder, sets, seed);
    request.backend = backend_of(backend);
    request.threads = static_cast<int>(usable_threads(static_cast<std::size_t>(threads)));
    request.final_synapses = synapses;
    request.output = output.value_or(std::filesystem::path());
    request.version = BOUTON_VERSION;
    request.warn = warn;
    Reporter reporter(std::move(progress));
    request.progress = [&reporter](const sim::Progress& now) { reporter.report(now); };
    request.stop = &reporter.stop();

    sim::Summary summary;
    {
        const nb::gil_scoped_release free;
        summary = cli::run_network(request);
    }
    reporter.raise_again();
    return to_dict(summary);
}

constexpr const char* kDoc =
    "Run a network.\n\n"
    "Parameters\n----------\n"
    "path : str or Path, optional\n    The network file; or else\n"
    "text : str, optional\n    its text.\n"
    "name : str\n    What messages call the text.\n"
    "folder : str or Path, optional\n    Where files that the text names are looked for.\n"
    "sets : list of str\n    Changes, \"PATH=VALUE\"; the last one wins.\n"
    "seed : int, optional\n    Instead of the network file's.\n"
    "backend : {\"auto\", \"compiled\", \"interpreted\"}\n"
    "output : str or Path, optional\n    The results file; without one nothing is recorded.\n"
    "progress : callable, optional\n"
    "    Called about ten times a second with the simulated time (s), the fraction done and the seconds "
    "spent.\n"
    "    What it raises, like Ctrl-C, stops the run; the results until then are kept.\n"
    "threads : int\n    At most so many; results do not depend on it.\n"
    "synapses : bool\n    Whether the results hold the synapses at the end.\n\n"
    "Returns\n-------\n"
    "dict\n    steps, spikes, events, synapses, bytes, compile_seconds, build_seconds, run_seconds, "
    "write_seconds, "
    "backend, stopped.\n\n"
    "Raises\n------\nError";

}  // namespace

void bind_run(nb::module_& core) {
    using namespace nb::literals;
    core.def("run", run, "path"_a = nb::none(), nb::kw_only(), "text"_a = nb::none(),
             "name"_a = "network.toml", "folder"_a = nb::none(), "sets"_a = nb::list(), "seed"_a = nb::none(),
             "backend"_a = "auto", "output"_a = nb::none(), "progress"_a = nb::none(), "threads"_a = 1,
             "synapses"_a = true, kDoc);
}

}  // namespace bouton::bindings

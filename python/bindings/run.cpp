// SPDX-License-Identifier: BSD-3-Clause
// _core.run. What Python raises while it runs (attention.hpp) stops it and keeps its results.
#include "attention.hpp"
#include "bindings.hpp"

#include "base/diagnostics.hpp"
#include "base/memory.hpp"

#include <algorithm>
#include <limits>

namespace bouton::bindings {
namespace {

namespace nb = nanobind;

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

nb::dict run(const std::optional<std::filesystem::path>& path, const std::optional<std::string>& text,
             const std::string& name, const std::optional<std::filesystem::path>& folder,
             const std::vector<std::string>& sets, std::optional<std::int64_t> seed,
             const std::string& backend, const std::optional<std::filesystem::path>& output,
             nb::object progress, std::int64_t threads, bool synapses, const nb::object& memory,
             const std::vector<std::filesystem::path>& inputs, const GivenArrays& arrays) {
    if (threads < 1) throw base::Error("threads: at least one, not " + std::to_string(threads), 2);
    cli::RunRequest request;
    request.network = network_source(path, text, name, folder, sets, seed, arrays);
    request.backend = backend_of(backend);
    request.threads = static_cast<int>(std::min<std::int64_t>(threads, std::numeric_limits<int>::max()));
    request.memory = bytes_of(memory);
    request.final_synapses = synapses;
    request.output = output;
    for (const auto& input : inputs) base::note_input(request.inputs, input);
    request.version = BOUTON_VERSION;
    request.warn = warn;
    Attention attention;
    if (!progress.is_none()) {
        request.progress = [&](const sim::Progress& now) {
            attention.call([&] { progress(now.t, now.fraction, now.real_seconds); });
        };
    }
    return to_dict(attention.run([&] { return cli::run_network(request); }));
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
    "synapses : bool\n    Whether the results hold the synapses at the end.\n"
    "memory : int or str, optional\n    Bytes that the network may take, or \"8GB\"; by default what is "
    "free.\n"
    "inputs : list of str or Path\n    Files that were read for the text; the results file is none of "
    "them.\n"
    "arrays : list of ndarray of float64 or int32\n    That the text names by their number, {\"array in "
    "memory\" = "
    "0}.\n\n"
    "Returns\n-------\n"
    "dict\n    steps, spikes, events, synapses, bytes, compile_seconds, build_seconds, run_seconds, "
    "write_seconds, "
    "backend, stopped.\n\n"
    "Raises\n------\nError";

}  // namespace

sim::Backend backend_of(const std::string& name) {
    if (name == "auto") return sim::Backend::automatic;
    if (name == "compiled") return sim::Backend::compiled;
    if (name == "interpreted") return sim::Backend::interpreted;
    throw base::Error("backend must be 'auto', 'compiled' or 'interpreted', not '" + base::escape(name) + "'",
                      2);
}

std::optional<double> bytes_of(const nb::object& memory) {
    if (memory.is_none()) return std::nullopt;
    const auto text = nb::cast<std::string>(nb::str(memory));
    if (const auto bytes = base::read_bytes(text)) return bytes;
    throw base::Error("memory: a number of bytes or a text such as '8GB', not '" + base::escape(text) + "'",
                      2);
}

void bind_run(nb::module_& core) {
    using namespace nb::literals;
    core.def("run", run, "path"_a = nb::none(), nb::kw_only(), "text"_a = nb::none(),
             "name"_a = "network.toml", "folder"_a = nb::none(), "sets"_a = nb::list(), "seed"_a = nb::none(),
             "backend"_a = "auto", "output"_a = nb::none(), "progress"_a = nb::none(), "threads"_a = 1,
             "synapses"_a = true, "memory"_a = nb::none(), "inputs"_a = nb::list(), "arrays"_a = nb::list(),
             kDoc);
}

}  // namespace bouton::bindings

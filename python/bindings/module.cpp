// SPDX-License-Identifier: BSD-3-Clause
// The extension module bouton._core: the engine for the Python package, which is thin and typed.
#include "bindings.hpp"

#include "base/diagnostics.hpp"

namespace bouton::bindings {

namespace nb = nanobind;

namespace {

document::GivenArray copied(const nb::ndarray<nb::ro, nb::c_contig, nb::device::cpu>& array) {
    if (array.ndim() != 1 && array.ndim() != 2)
        throw base::Error("arrays: one axis or two, not " + std::to_string(array.ndim()), 2);
    document::GivenArray copy;
    copy.columns = array.ndim() == 2 ? array.shape(1) : 0;
    if (array.dtype() == nb::dtype<double>()) {
        const auto* data = static_cast<const double*>(array.data());
        copy.values = std::make_shared<std::vector<double>>(data, data + array.size());
    } else if (array.dtype() == nb::dtype<std::int32_t>()) {
        const auto* data = static_cast<const std::int32_t*>(array.data());
        copy.whole = std::make_shared<std::vector<std::int32_t>>(data, data + array.size());
    } else {
        throw base::Error("arrays: float64 or int32", 2);
    }
    return copy;
}

}  // namespace

cli::NetworkSource network_source(const std::optional<std::filesystem::path>& path,
                                  const std::optional<std::string>& text, const std::string& name,
                                  const std::optional<std::filesystem::path>& folder,
                                  const std::vector<std::string>& sets, std::optional<std::int64_t> seed,
                                  const GivenArrays& arrays) {
    if (path.has_value() == text.has_value())
        throw base::Error("give either the path of a network file or its text", 2);
    if (seed && *seed < 0) throw base::Error("a seed is a whole number from 0 to 9223372036854775807", 2);
    cli::NetworkSource source;
    source.file = path ? path->string() : name;
    source.text = text;
    source.base_folder = folder.value_or(std::filesystem::path());
    source.sets = sets;
    if (seed) source.seed = static_cast<std::uint64_t>(*seed);
    for (const auto& array : arrays) source.arrays.push_back(copied(array));
    return source;
}

void warn(const std::string& message) {
    const nb::gil_scoped_acquire gil;
    if (PyErr_WarnEx(PyExc_UserWarning, message.c_str(), 1) < 0) throw nb::python_error();
}

}  // namespace bouton::bindings

NB_MODULE(_core, core) {
    core.doc() = "The engine of bouton. Use the functions of the package `bouton` instead.";
    core.def(
        "version", [] { return std::string(BOUTON_VERSION); }, "Return bouton's version.");
    bouton::bindings::bind_errors(core);
    bouton::bindings::bind_run(core);
    bouton::bindings::bind_inspect(core);
    bouton::bindings::bind_ann(core);
    bouton::bindings::bind_session(core);
}

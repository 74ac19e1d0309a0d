// SPDX-License-Identifier: BSD-3-Clause
// Which network: from what the user gives to a checked description with its plan.
#pragma once

#include "base/input_file.hpp"
#include "codegen/plan/plan.hpp"
#include "document/given_arrays.hpp"
#include "model/spec.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace bouton::session {

/// Receives warnings, one rendered text each.
using Warn = std::function<void(const std::string&)>;

/// A file, or a text that stands for one.
struct NetworkSource {
    std::string file;  ///< path; with `text`, the name to show in messages
    std::optional<std::string> text;
    std::filesystem::path base_folder;  ///< with `text`: where the files it names are looked for
    std::vector<std::string> sets;      ///< PATH=VALUE, in order
    std::optional<std::uint64_t> seed;
    /// GROUP.VARIABLE that are to be kept per neuron, or per synapse, whatever they start from: each can be given a value of its own.
    std::vector<std::string> writable = {};
    std::vector<std::string> halted = {};  ///< synapse groups whose plasticity and structure stand still
    std::vector<document::GivenArray> arrays = {};  ///< of `text`, which names them by their number
};

struct CheckedNetwork {
    model::NetworkSpec spec;
    codegen::Plan plan;
    base::InputFiles files;  ///< what was read for it
};

/// Reads and analyses. Throws base::DiagnosticError with everything that is wrong.
CheckedNetwork check_network(const NetworkSource& source, const Warn& warn);

/// A number with its unit, such as "-70 mV", in SI base units, or an expression; `name` is what messages call it. Throws
/// base::DiagnosticError for another dimension and for what is neither.
std::variant<double, lang::ExprPtr> read_text(const std::string& text, const std::string& name,
                                              const base::Dimension& dimension);
/// The same for a number; throws base::Error (status 2) for an expression.
double quantity(const std::string& text, const std::string& name, const base::Dimension& dimension);

}  // namespace bouton::session

// SPDX-License-Identifier: BSD-3-Clause
// The words of a training, wherever they stand: a TOML file's keys, and over them the options of the command line,
// as one table. A complaint about an option points at that option.
#pragma once

#include "base/diagnostics.hpp"
#include "base/input_file.hpp"
#include "document/tree.hpp"

#include <span>
#include <string>
#include <vector>

namespace bouton::cli {

/// A key as an option, --learning-rate 0.1 for learning_rate.
struct TrainOption {
    std::string key;
    std::string text;
};

struct TrainKey {
    const char* key;
    const char* type;  ///< of its value, for --help; empty: a flag
    const char* help;
    const char* group;
};
/// Every key that is an option as well, in the order of --help.
std::span<const TrainKey> train_keys();

/// "--learning-rate"
std::string option_name(const std::string& key);

/// The file's table, empty for no file, with the options over it. Notes the file in `opened`. Throws DiagnosticError if the file cannot be read.
document::Table train_document(const std::string& file, const std::vector<TrainOption>& options,
                               base::InputFiles& opened);

}  // namespace bouton::cli

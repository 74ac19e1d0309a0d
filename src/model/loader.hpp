// SPDX-License-Identifier: BSD-3-Clause
// From a network file to the description of a network. Every mistake in the file is reported, none throws. After an error
// the description is incomplete: it may be checked, so that mistakes in what was read are told as well, but not run.
#pragma once

#include "base/diagnostics.hpp"
#include "base/input_file.hpp"
#include "document/given_arrays.hpp"
#include "model/library.hpp"
#include "model/spec.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace bouton::model {

struct LoadOptions {
    std::vector<std::string> sets;              ///< PATH=VALUE, applied in order; the last one wins
    std::optional<std::uint64_t> seed;          ///< wins over the file and over `sets`
    std::filesystem::path base_directory = {};  ///< load_text: where files named in the text are looked for
    std::vector<document::GivenArray> arrays = {};  ///< which the text names by their number
    base::InputFiles* opened =
        nullptr;  ///< borrowed; notes what is read: the network file, model files, data
};

NetworkSpec load_file(const std::filesystem::path& path, const LoadOptions& options,
                      base::Diagnostics& diagnostics);

/// `name` stands for the text in messages.
NetworkSpec load_text(std::string name, std::string toml, const LoadOptions& options,
                      base::Diagnostics& diagnostics);

}  // namespace bouton::model

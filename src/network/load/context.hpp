// SPDX-License-Identifier: BSD-3-Clause
// What every reader of a part of a network file needs: where to complain and where to look for files.
#pragma once

#include "base/diagnostics.hpp"
#include "base/input_file.hpp"

#include <filesystem>
#include <string>

namespace bouton::network {

struct Context {
    base::Diagnostics& diagnostics;
    std::filesystem::path directory;     ///< of the file whose text is read; names in it are relative to this
    base::InputFiles* opened = nullptr;  ///< borrowed; every file that is read is noted there

    void error(base::Code code, base::Span span, std::string message, std::string hint = {}) const {
        diagnostics.error(code, std::move(span), std::move(message), std::move(hint));
    }
};

/// "did you mean 'x'?" or nothing.
std::string did_you_mean(std::string_view name, const std::vector<std::string>& candidates);

/// The name as messages show it, in quotes, with control characters escaped.
std::string in_quotes(std::string_view name);

}  // namespace bouton::network

// SPDX-License-Identifier: BSD-3-Clause
// What every reader of a part of a network file needs: where to complain and where to look for files.
#pragma once

#include "base/diagnostics.hpp"
#include "base/input_file.hpp"

#include <filesystem>
#include <string>

namespace bouton::document {

struct Context {
    base::Diagnostics& diagnostics;
    std::filesystem::path directory;     ///< of the file whose text is read; names in it are relative to this
    base::InputFiles* opened = nullptr;  ///< borrowed; every file that is read is noted there

    /// "did you mean 'x'?" or nothing. `candidates`: a list, or a function that makes one.
    template <class Candidates>
    std::string did_you_mean(std::string_view name, const Candidates& candidates) const {
        const std::string near = diagnostics.suggestions().nearest(name, candidates);
        return near.empty() ? near : "did you mean '" + near + "'?";
    }

    void error(base::Code code, base::Span span, std::string message, std::string hint = {}) const {
        diagnostics.error(code, std::move(span), std::move(message), std::move(hint));
    }
};

/// The name as messages show it, in quotes, with control characters escaped.
std::string in_quotes(std::string_view name);

}  // namespace bouton::document

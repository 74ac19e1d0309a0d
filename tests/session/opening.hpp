// SPDX-License-Identifier: BSD-3-Clause
// Opens sessions of networks that stand in the tests.
#pragma once

#include "session/session.hpp"

#include <filesystem>
#include <memory>
#include <string>
#include <utility>

namespace bouton::session {

/// On the interpreter. `precision` stands where the text says PRECISION, if it does.
inline std::unique_ptr<Session> open_text(std::string text, int threads = 1,
                                          const std::string& precision = "") {
    if (const auto at = text.find("PRECISION"); at != std::string::npos) text.replace(at, 9, precision);
    NetworkSource source;
    source.file = "test.toml";
    source.text = std::move(text);
    source.base_folder = std::filesystem::temp_directory_path();
    Options options;
    options.backend = sim::Backend::interpreted;
    options.threads = threads;
    return std::make_unique<Session>(check_network(source, {}), source, options);
}

}  // namespace bouton::session

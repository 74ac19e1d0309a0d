// SPDX-License-Identifier: BSD-3-Clause
// What bouton throws. All of it derives from std::exception; beside the classes here only std::bad_alloc and std::length_error
// (no memory), and whatever a function of yours throws that bouton calls.
#pragma once

#include "bouton/version.hpp"

#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

namespace bouton {

/// One mistake in a text, and where it stands.
struct Diagnostic {
    std::string code;  ///< such as "E203", for ever the same for this kind of mistake; see the manual
    bool is_warning = false;
    std::string file;  ///< as it was named; empty if the mistake stands in no text
    std::uint32_t line = 1;
    std::uint32_t column = 1;  ///< in characters; both count from 1
    std::string message;
    std::string hint;  ///< a way out; may be empty
};

/// A mistake that the caller can mend, or a run that failed. what() is the whole message as the program `bouton` prints it: with
/// several mistakes in a network it names each, with its line and a caret. An exception owns what it tells.
class BOUTON_API Error : public std::runtime_error {
public:
    Error(const std::string& message, int status, std::vector<Diagnostic> diagnostics = {});
    ~Error() override;

    /// 2: something wrong was given and nothing has happened; 1: the work failed.
    int status() const noexcept { return status_; }
    /// Each mistake in a network, sorted by file and place; empty for mistakes that stand in no text.
    const std::vector<Diagnostic>& diagnostics() const noexcept { return diagnostics_; }

private:
    int status_;
    std::vector<Diagnostic> diagnostics_;
};

/// There is no group, variable, record or stored state of that name. The message names those that there are, or the nearest.
class BOUTON_API UnknownName : public Error {
public:
    explicit UnknownName(const std::string& message);
    ~UnknownName() override;
};

/// A fault of bouton itself, never the caller's: please report it.
class BOUTON_API InternalError : public std::logic_error {
public:
    explicit InternalError(const std::string& message);
    ~InternalError() override;
};

}  // namespace bouton

// SPDX-License-Identifier: BSD-3-Clause
// Mistakes in what the user wrote: collected, sorted by place, shown together. Nothing here prints or throws
// by itself; DiagnosticError carries the whole collection to the caller.
#pragma once

#include "base/codes.hpp"
#include "base/source.hpp"

#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace bouton::base {

enum class Severity { error, warning };

struct Diagnostic {
    Code code;
    Severity severity = Severity::error;
    Span span;
    std::string message;
    std::string hint;  ///< a way out; may be empty
    Span used = {};    ///< where another file makes use of what is wrong here, if one does
};

/// "Did you mean": the name nearest to a misspelt one, with bounded work. After kMostCompared candidates were looked at
/// nothing is suggested any more, and lists of candidates are not even made.
class Suggestions {
public:
    using Names = std::function<std::vector<std::string>()>;
    static constexpr std::size_t kMostCompared = 500'000;

    /// An empty string if no name is near.
    std::string nearest(std::string_view name, const std::vector<std::string>& candidates);
    std::string nearest(std::string_view name, const Names& candidates);
    std::size_t compared() const { return compared_; }
    /// For a collection that nobody reads.
    void give_none() { compared_ = kMostCompared; }

private:
    std::size_t compared_ = 0;
};

/// Keeps the first kMostKept errors and as many warnings, and counts the others.
class Diagnostics {
public:
    static constexpr std::size_t kMostKept = 1000;

    void error(Code code, Span span, std::string message, std::string hint = {});
    void warning(Code code, Span span, std::string message, std::string hint = {});

    /// Says of the diagnostics in a file, from number `first` on, where that file is made use of.
    void used_at(std::size_t first, std::string_view file, const Span& place);

    bool has_errors() const { return errors_ > 0; }
    std::size_t error_count() const { return errors_; }
    const std::vector<Diagnostic>& all() const { return list_; }

    /// The diagnostics sorted by file and place, each with its source line, a caret and its hint; of more than a hundred
    /// the number of the others.
    std::string render() const;

    /// What misspelt names may have meant; all readers and checks that share this collection share its bound.
    Suggestions& suggestions() { return suggestions_; }

private:
    std::vector<Diagnostic> list_;
    std::size_t errors_ = 0;
    std::size_t warnings_ = 0;
    Suggestions suggestions_;
};

/// One diagnostic as `file:line:column: error[E203]: message`, the source line, a caret line with the hint; below that, the
/// place that makes use of it. Control characters in anything that is quoted are escaped.
std::string render(const Diagnostic& diagnostic);

/// `text` with control characters and invalid UTF-8 escaped as \xNN, for messages.
std::string escape(std::string_view text);

/// The candidate nearest to `name` in edit distance, or an empty string if none is near. For few candidates.
std::string nearest(std::string_view name, const std::vector<std::string>& candidates);

/// Base of all errors that are the user's to mend. `status` is the exit status of the command line.
class Error : public std::runtime_error {
public:
    explicit Error(const std::string& message, int status = 1)
        : std::runtime_error(message), status_(status) {}
    int status() const { return status_; }

private:
    int status_;
};

/// The input is wrong (status 2); what() is the full rendering.
class DiagnosticError : public Error {
public:
    explicit DiagnosticError(Diagnostics diagnostics)
        : Error(diagnostics.render(), 2), diagnostics_(std::move(diagnostics)) {}
    const Diagnostics& diagnostics() const { return diagnostics_; }

private:
    Diagnostics diagnostics_;
};

/// A broken invariant of ours, never the user's mistake.
class InternalError : public std::logic_error {
public:
    explicit InternalError(const std::string& message)
        : std::logic_error("internal error: " + message + " (please report this)") {}
};

}  // namespace bouton::base

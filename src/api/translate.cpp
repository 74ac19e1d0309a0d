// SPDX-License-Identifier: BSD-3-Clause
#include "api/translate.hpp"

#include "base/diagnostics.hpp"
#include "bouton/error.hpp"
#include "sim/record/writing.hpp"

#include <algorithm>
#include <tuple>
#include <vector>

namespace bouton::api {
namespace {

Diagnostic translated_diagnostic(const base::Diagnostic& from) {
    Diagnostic to;
    to.code = base::code_name(from.code);
    to.is_warning = from.severity == base::Severity::warning;
    if (from.span.source && from.span.source->file) {
        const base::SourceFile& file = *from.span.source->file;
        const base::Position place = base::position_of(file, from.span.source->file_offset(from.span.begin));
        to.file = file.name;
        to.line = place.line;
        to.column = place.column;
    }
    to.message = from.message;
    to.hint = from.hint;
    return to;
}

std::vector<Diagnostic> translated_diagnostics(const base::Diagnostics& from) {
    std::vector<Diagnostic> to;
    for (const base::Diagnostic& diagnostic : from.all()) to.push_back(translated_diagnostic(diagnostic));
    std::stable_sort(to.begin(), to.end(), [](const Diagnostic& a, const Diagnostic& b) {
        return std::tie(a.file, a.line, a.column) < std::tie(b.file, b.line, b.column);
    });
    return to;
}

}  // namespace

void rethrow_translated() {
    try {
        throw;
    } catch (const base::DiagnosticError& error) {
        throw Error(error.what(), error.status(), translated_diagnostics(error.diagnostics()));
    } catch (const sim::UnknownName& error) {
        throw UnknownName(error.what());
    } catch (const base::Error& error) {
        throw Error(error.what(), error.status());
    } catch (const base::InternalError& error) {
        throw InternalError(error.what());
    }
}

}  // namespace bouton::api

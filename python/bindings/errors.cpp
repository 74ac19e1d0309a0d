// SPDX-License-Identifier: BSD-3-Clause
// The engine's exceptions in Python: Error with the exit status and every diagnostic, InternalError for faults of
// bouton itself.
#include "bindings.hpp"

#include "base/diagnostics.hpp"
#include "base/memory.hpp"
#include "sim/record/writing.hpp"

#include <algorithm>
#include <exception>
#include <new>
#include <stdexcept>
#include <tuple>

namespace bouton::bindings {
namespace {

namespace nb = nanobind;

// They live as long as the interpreter: a translator has no other way to reach them.
PyObject* g_error = nullptr;
PyObject* g_internal_error = nullptr;
PyObject* g_out_of_memory = nullptr;
PyObject* g_unknown_name = nullptr;

struct Place {
    std::string file;
    base::Position position;
};

Place place_of(const base::Span& span) {
    Place place;
    if (span.source && span.source->file) {
        place.file = span.source->file->name;
        place.position = base::position_of(*span.source->file, span.source->file_offset(span.begin));
    }
    return place;
}

nb::list diagnostics_of(const base::DiagnosticError& error) {
    std::vector<std::pair<Place, const base::Diagnostic*>> sorted;
    for (const auto& diagnostic : error.diagnostics().all())
        sorted.emplace_back(place_of(diagnostic.span), &diagnostic);
    std::stable_sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) {
        return std::tie(a.first.file, a.first.position.line, a.first.position.column) <
               std::tie(b.first.file, b.first.position.line, b.first.position.column);
    });
    nb::list list;
    for (const auto& [place, diagnostic] : sorted) {
        nb::dict entry;
        entry["code"] = base::code_name(diagnostic->code);
        entry["severity"] = diagnostic->severity == base::Severity::error ? "error" : "warning";
        entry["file"] = place.file;
        entry["line"] = place.position.line;
        entry["column"] = place.position.column;
        entry["message"] = diagnostic->message;
        entry["hint"] = diagnostic->hint;
        list.append(entry);
    }
    return list;
}

void raise_error(PyObject* type, const std::string& message, int status, const nb::list& diagnostics) {
    nb::object error = nb::handle(type)(nb::str(message.c_str(), message.size()));
    error.attr("status") = status;
    error.attr("diagnostics") = diagnostics;
    for (const char* name : {"code", "line", "column"}) {
        error.attr(name) = nb::none();
        for (nb::handle entry : diagnostics) {
            if (nb::cast<std::string>(entry["severity"]) != "error") continue;
            error.attr(name) = entry[name];
            break;
        }
    }
    PyErr_SetObject(type, error.ptr());
}

void translate(const std::exception_ptr& thrown, void*) {
    try {
        std::rethrow_exception(thrown);
    } catch (const base::TooLarge& error) {
        raise_error(g_out_of_memory, error.what(), error.status(), diagnostics_of(error));
    } catch (const base::DiagnosticError& error) {
        raise_error(g_error, error.what(), error.status(), diagnostics_of(error));
    } catch (const base::OutOfMemory& error) {
        raise_error(g_out_of_memory, error.what(), error.status(), nb::list());
    } catch (const std::bad_alloc&) {
        raise_error(g_out_of_memory, "not enough memory", 1, nb::list());
    } catch (const std::length_error&) {
        raise_error(g_out_of_memory, "not enough memory", 1, nb::list());
    } catch (const sim::UnknownName& error) {
        raise_error(g_unknown_name, error.what(), error.status(), nb::list());
    } catch (const base::Error& error) {
        raise_error(g_error, error.what(), error.status(), nb::list());
    } catch (const base::InternalError& error) {
        PyErr_SetString(g_internal_error, error.what());
    }
}

PyObject* make_exception(nb::module_& core, const char* name, const char* doc, PyObject* parent) {
    const std::string full = std::string("bouton._core.") + name;
    PyObject* type = PyErr_NewExceptionWithDoc(full.c_str(), doc, parent, nullptr);
    if (type == nullptr) throw nb::python_error();
    core.attr(name) = nb::handle(type);
    return type;
}

}  // namespace

void bind_errors(nb::module_& core) {
    g_error = make_exception(
        core, "Error",
        "A network, a file or a run is at fault; the text is what the command line prints.\n\n"
        "Attributes\n----------\n"
        "status : int\n    2 if the input is wrong, 1 if the run failed.\n"
        "diagnostics : list of dict\n"
        "    Every mistake in the order of the text: code, severity, file, line, column, message, hint.\n"
        "code, line, column\n    Those of the first error; None without one.",
        PyExc_Exception);
    const nb::tuple parents = nb::make_tuple(nb::handle(g_error), nb::handle(PyExc_MemoryError));
    g_out_of_memory = make_exception(
        core, "OutOfMemory", "More memory is needed than there is, or than is allowed.", parents.ptr());
    const nb::tuple of_names = nb::make_tuple(nb::handle(g_error), nb::handle(PyExc_KeyError));
    g_unknown_name = make_exception(core, "UnknownName", "There is no group, variable or state of that name.",
                                    of_names.ptr());
    g_internal_error = make_exception(core, "InternalError", "A fault of bouton itself, worth a report.",
                                      PyExc_RuntimeError);
    nb::register_exception_translator(translate);
}

}  // namespace bouton::bindings

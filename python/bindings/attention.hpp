// SPDX-License-Identifier: BSD-3-Clause
// Work of the engine on behalf of Python: the GIL is free while it goes on and is taken about twenty times a second to look
// for Ctrl-C and for exceptions that other threads send to this one. What Python raises there, or in a callback, stops the
// work and is raised when it is over.
#pragma once

#include "base/stop.hpp"

#include <nanobind/nanobind.h>

#include <optional>
#include <type_traits>
#include <utility>

namespace bouton::bindings {

class Attention {
public:
    /// Needs the GIL.
    Attention();

    /// Runs `work` and returns what it returns. Needs the GIL and has it again afterwards.
    template <class Work>
    auto run(const Work& work) {
        std::optional<decltype(work())> result;
        try {
            const nanobind::gil_scoped_release free;
            const base::StopScope scope(&stop_);
            result.emplace(work());
        } catch (const base::Stopped&) {
            raise_again();
            throw;
        }
        raise_again();
        return std::move(*result);
    }

    /// To be called by the work: takes the GIL and calls `callback`, unless something was raised already.
    template <class Callback>
    void call(const Callback& callback) {
        const nanobind::gil_scoped_acquire gil;
        if (raised_) return;
        try {
            callback();
        } catch (nanobind::python_error& error) {
            raised_.emplace(std::move(error));
            stop_.request();
        }
    }

private:
    void look();
    void raise_again() {
        if (raised_) throw nanobind::python_error(std::move(*raised_));
    }

    nanobind::object
        nothing_;  ///< a function of Python's: entering it is where an exception for this thread is raised
    std::optional<nanobind::python_error> raised_;
    base::Stop stop_{[this] { look(); }};
};

}  // namespace bouton::bindings

// SPDX-License-Identifier: BSD-3-Clause
// Owners of HDF5 identifiers, and HDF5's failures as exceptions. HDF5 itself prints nothing: its error stack is
// read here and becomes the text of a WriteError.
#pragma once

#include "base/diagnostics.hpp"

#include <hdf5.h>

#include <string>
#include <utility>

namespace bouton::io {

/// Writing results failed while running: a full disk, a quota, a lost network drive. Status 1.
class WriteError : public base::Error {
public:
    explicit WriteError(const std::string& message) : base::Error(message, 1) {}
};

/// An open HDF5 object; closed with it. Move only.
class Handle {
public:
    using Close = herr_t (*)(hid_t);

    Handle() = default;
    Handle(hid_t id, Close close) : id_(id), close_(close) {}
    Handle(Handle&& other) noexcept : id_(std::exchange(other.id_, -1)), close_(other.close_) {}
    Handle& operator=(Handle&& other) noexcept;
    ~Handle() { reset(); }

    hid_t get() const { return id_; }
    explicit operator bool() const { return id_ >= 0; }
    /// Closes now; false if HDF5 says that it failed.
    bool reset();

private:
    hid_t id_ = -1;
    Close close_ = nullptr;
};

/// `id` if it is one; otherwise throws WriteError("cannot " + what + the cause that HDF5 names).
hid_t checked(hid_t id, const std::string& what);
void check(herr_t result, const std::string& what);

/// The cause of HDF5's last failure in a few words ("No space left on device"), or an empty string.
std::string last_cause();

/// Turns off HDF5's printing and its clean-up at exit. Before any other call; more than once does no harm.
void quiet_hdf5();

}  // namespace bouton::io

// SPDX-License-Identifier: BSD-3-Clause
// Owners of HDF5 identifiers, and HDF5's failures as exceptions. HDF5 itself prints nothing: its error stack is
// read here and becomes the text of a WriteError.
#pragma once

#include "base/diagnostics.hpp"

#include <hdf5.h>

#include <filesystem>
#include <string>
#include <utility>

namespace bouton::io {

/// Writing failed while running: a full disk, a quota, a lost network drive. Status 1.
class WriteError : public base::Error {
public:
    /// `what` was being done, "write 'delay'"; `cause` may be empty. A verb alone is meant of the whole file.
    WriteError(const std::string& what, const std::string& cause) : WriteError(what, cause, {}) {}
    /// The same with the name of the file, unless it has one.
    WriteError in(const std::filesystem::path& file) const;

private:
    WriteError(const std::string& what, const std::string& cause, const std::filesystem::path& file);

    std::string what_, cause_;
    std::filesystem::path file_;
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

/// `id` if it is one; otherwise throws WriteError(what, the cause that HDF5 names). OutputFile::write adds the file.
hid_t checked(hid_t id, const std::string& what);
void check(herr_t result, const std::string& what);

/// The cause of HDF5's last failure in a few words ("No space left on device"), or an empty string.
std::string last_cause();

/// Turns off HDF5's printing and its clean-up at exit. Before any other call; more than once does no harm.
void quiet_hdf5();

}  // namespace bouton::io

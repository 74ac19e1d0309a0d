// SPDX-License-Identifier: BSD-3-Clause
// The error stack of HDF5 holds one entry per function passed; the innermost knows the cause, and where the
// operating system refused, its text stands there as: error message = 'No space left on device'.
#include "io/hdf5/handle.hpp"

#include <string_view>

namespace bouton::io {
namespace {

herr_t keep_cause(unsigned, const H5E_error2_t* entry, void* out) {
    if (entry->desc == nullptr) return 0;
    const std::string_view text = entry->desc;
    constexpr std::string_view kMarker = "error message = '";
    auto& cause = *static_cast<std::string*>(out);
    const auto begin = text.find(kMarker);
    if (begin == std::string_view::npos) {
        if (cause.empty()) cause = text;
        return 0;
    }
    const auto message = text.substr(begin + kMarker.size());
    cause = message.substr(0, message.find('\''));
    return 1;
}

[[noreturn]] void fail(const std::string& what) { throw WriteError(what, last_cause()); }

std::string message_of(const std::string& what, const std::string& cause, const std::filesystem::path& file) {
    std::string message = "cannot " + what;
    if (!file.empty()) {
        const bool is_verb = what.find(' ') == std::string::npos;
        message += (is_verb ? " '" : " in '") + base::escape(file.string()) + "'";
    }
    return cause.empty() ? message : message + ": " + cause;
}

}  // namespace

WriteError::WriteError(const std::string& what, const std::string& cause, const std::filesystem::path& file)
    : base::Error(message_of(what, cause, file), 1), what_(what), cause_(cause), file_(file) {}

WriteError WriteError::in(const std::filesystem::path& file) const {
    return file_.empty() ? WriteError(what_, cause_, file) : *this;
}

Handle& Handle::operator=(Handle&& other) noexcept {
    if (this != &other) {
        reset();
        id_ = std::exchange(other.id_, -1);
        close_ = other.close_;
    }
    return *this;
}

bool Handle::reset() {
    if (id_ < 0) return true;
    return close_(std::exchange(id_, -1)) >= 0;
}

hid_t checked(hid_t id, const std::string& what) {
    if (id < 0) fail(what);
    return id;
}

void check(herr_t result, const std::string& what) {
    if (result < 0) fail(what);
}

std::string last_cause() {
    std::string cause;
    H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, keep_cause, &cause);
    return cause;
}

void quiet_hdf5() {
    // After a failed write HDF5 would try again at exit; everything is closed by its owner before.
    static const bool done = (H5dont_atexit(), true);
    static_cast<void>(done);
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
}

}  // namespace bouton::io

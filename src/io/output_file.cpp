// SPDX-License-Identifier: BSD-3-Clause
// The lock is one of an open file description (fcntl): it ends with the process however that ends, and it does
// not keep readers away who use flock, as HDF5 does.
#include "io/output_file.hpp"

#include "base/diagnostics.hpp"
#include "io/hdf5/handle.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace bouton::io {
namespace {

namespace fs = std::filesystem;

std::string cause() { return std::generic_category().message(errno); }

[[noreturn]] void refuse(const fs::path& path, const std::string& why) {
    throw base::Error("cannot open the output '" + base::escape(path.string()) + "': " + why, 2);
}

bool lock_whole(int descriptor) {
    struct flock lock = {};
    lock.l_type = F_WRLCK;
    lock.l_whence = SEEK_SET;
    return ::fcntl(descriptor, F_OFD_SETLK, &lock) == 0 || (errno != EAGAIN && errno != EACCES);
}

void sync_path(const fs::path& path, int flags) {
    const int descriptor = ::open(path.c_str(), flags | O_CLOEXEC);
    const bool done = descriptor >= 0 && (::fsync(descriptor) == 0 || errno == EINVAL);
    const std::string why = cause();
    if (descriptor >= 0) ::close(descriptor);
    if (!done) throw WriteError("cannot finish writing '" + base::escape(path.string()) + "': " + why);
}

}  // namespace

OutputFile::OutputFile(fs::path path) : path_(std::move(path)), partial_(path_) {
    partial_ += ".partial";
    std::error_code ignored;
    if (!path_.has_filename()) refuse(path_, "it names no file");
    const auto status = fs::status(path_, ignored);
    if (fs::exists(status) && !fs::is_regular_file(status)) {
        refuse(path_, fs::is_directory(status) ? "it is a folder" : "it is not an ordinary file");
    }
    if (fs::exists(status) && ::access(path_.c_str(), W_OK) != 0) refuse(path_, cause());
    lock_ = ::open(partial_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (lock_ < 0) refuse(path_, cause());
    if (!lock_whole(lock_)) {
        ::close(lock_);
        refuse(path_, "another run is writing '" + base::escape(partial_.string()) + "'");
    }
}

OutputFile::~OutputFile() {
    if (lock_ >= 0) ::close(lock_);
}

void OutputFile::commit() {
    sync_path(partial_, O_RDWR);
    std::error_code error;
    fs::rename(partial_, path_, error);
    if (error) {
        throw WriteError("cannot rename '" + base::escape(partial_.string()) + "' to '" +
                         base::escape(path_.string()) + "': " + error.message());
    }
    const fs::path folder = path_.parent_path();
    sync_path(folder.empty() ? fs::path(".") : folder, O_RDONLY | O_DIRECTORY);
}

void OutputFile::discard() {
    std::error_code ignored;
    fs::remove(partial_, ignored);
}

void refuse_same_file(const fs::path& output, const fs::path& input, const std::string& what) {
    fs::path partial = output;
    partial += ".partial";
    for (const auto& written : {output, partial}) {
        std::error_code error;
        if (fs::equivalent(written, input, error) && !error) {
            throw base::Error("the output '" + base::escape(written.string()) + "' is the same file as " +
                                  what + " '" + base::escape(input.string()) + "'",
                              2);
        }
    }
}

}  // namespace bouton::io

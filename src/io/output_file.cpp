// SPDX-License-Identifier: BSD-3-Clause
// The lock is one of an open file description (fcntl): it ends with the process however that ends, and it does
// not keep readers away who use flock, as HDF5 does.
#include "io/output_file.hpp"

#include "base/diagnostics.hpp"
#include "io/seal.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>
#include <system_error>

namespace bouton::io {
namespace {

namespace fs = std::filesystem;

constexpr int kMostLinks = 40;

std::string cause() { return std::generic_category().message(errno); }

std::string quoted(const fs::path& path) { return "'" + base::escape(path.string()) + "'"; }

[[noreturn]] void refuse(const fs::path& path, const std::string& why) {
    throw base::Error("cannot open the output " + quoted(path) + ": " + why, 2);
}

/// The file that `path` leads to, which need not exist.
fs::path follow_links(const fs::path& path) {
    fs::path file = path;
    std::error_code error;
    for (int links = 0; fs::is_symlink(fs::symlink_status(file, error)); ++links) {
        if (links == kMostLinks) refuse(path, "too many symbolic links");
        file = file.parent_path() / fs::read_symlink(file, error);  // an absolute one replaces the folder
        if (error) refuse(path, error.message());
    }
    return file;
}

void refuse_inputs(const fs::path& file, const base::InputFiles& inputs) {
    const auto identity = base::identity_of(file);
    if (!identity) return;
    for (const base::InputFile& input : inputs) {
        if (input.identity != *identity) continue;
        throw base::Error("the output " + quoted(file) + " is the same file as the input " +
                              quoted(input.path) + ": name another output",
                          2);
    }
}

void refuse_irreplaceable(const fs::path& path, const fs::path& target) {
    std::error_code ignored;
    const auto status = fs::status(target, ignored);
    if (!fs::exists(status)) return;
    if (!fs::is_regular_file(status))
        refuse(path, fs::is_directory(status) ? "it is a folder" : "it is not an ordinary file");
    if (::access(target.c_str(), W_OK) != 0) refuse(path, cause());
}

bool lock_whole(int descriptor) {
    struct flock lock = {};
    lock.l_type = F_WRLCK;
    lock.l_whence = SEEK_SET;
    return ::fcntl(descriptor, F_OFD_SETLK, &lock) == 0 || (errno != EAGAIN && errno != EACCES);
}

/// Whether an older partial file is one that bouton left behind: empty, HDF5, with a head of ours or without, that names
/// bouton's version near its beginning (create_file writes it before anything else), or the beginning of predictions or of
/// the state of a run.
bool is_left_behind(int descriptor) {
    std::string head(std::size_t{1} << 22, '\0');
    const ssize_t size = ::pread(descriptor, head.data(), head.size(), 0);
    if (size < 0) return false;
    head.resize(static_cast<std::size_t>(size));
    if (head.empty()) return true;
    constexpr std::string_view kHdf5 = "\x89HDF\r\n\x1a\n";
    const bool is_hdf5 =
        head.starts_with(kHdf5) ||
        (head.size() > kSealBytes && std::string_view(head).substr(kSealBytes).starts_with(kHdf5));
    return (is_hdf5 && head.find("bouton_version") != std::string::npos) ||
           head.starts_with("example,label,prediction,") || head.starts_with("bouton state, ");
}

}  // namespace

void sync_folder(const fs::path& folder) {
    const int descriptor = ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const bool done = descriptor >= 0 && (::fsync(descriptor) == 0 || errno == EINVAL);
    const std::string why = cause();
    if (descriptor >= 0) ::close(descriptor);
    if (!done) throw WriteError("finish", why).in(folder);
}

OutputFile::OutputFile(fs::path path, const base::InputFiles& inputs) : path_(std::move(path)) {
    if (path_.empty()) refuse(path_, "the name is empty");
    if (!path_.has_filename()) refuse(path_, "it names no file");
    target_ = follow_links(path_);
    partial_ = target_;
    partial_ += ".partial";
    refuse_inputs(target_, inputs);
    refuse_inputs(partial_, inputs);
    refuse_irreplaceable(path_, target_);
    try {
        open_partial();
    } catch (...) {
        if (lock_ >= 0) ::close(lock_);
        throw;
    }
}

OutputFile::~OutputFile() {
    struct stat info {};
    if (::fstat(lock_, &info) == 0 && info.st_size == 0) discard();
    ::close(lock_);
}

void OutputFile::open_partial() {
    const auto refuse_partial = [this](const std::string& what) {
        refuse(path_,
               quoted(partial_) + " " + what + ", not what a run left behind: move it away or delete it");
    };
    // A run that ends between two of these lines takes the file away under its name.
    for (int tries = 0; tries < 100; ++tries) {
        lock_ = ::open(partial_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0666);
        if (lock_ < 0 && errno == ELOOP) refuse_partial("is a symbolic link");
        if (lock_ < 0) refuse(path_, cause());
        struct stat info {};
        if (::fstat(lock_, &info) != 0) refuse(path_, cause());
        if (!S_ISREG(info.st_mode)) refuse_partial("is not an ordinary file");
        if (!lock_whole(lock_)) refuse(path_, "another run is writing " + quoted(partial_));
        if (is_own()) {
            if (info.st_nlink > 1) refuse_partial("has another name too");
            if (info.st_uid != ::geteuid()) refuse_partial("belongs to another user");
            if (!is_left_behind(lock_)) refuse_partial("is a file of another kind");
            return;
        }
        ::close(lock_);
        lock_ = -1;
    }
    refuse(path_, "other runs are writing " + quoted(partial_));
}

/// Whether the partial file's name leads to the file that is locked.
bool OutputFile::is_own() const {
    struct stat named {};
    const auto locked = base::identity_of(lock_);
    return locked && ::lstat(partial_.c_str(), &named) == 0 &&
           *locked == base::FileIdentity{named.st_dev, named.st_ino};
}

int OutputFile::descriptor() const {
    const int copy = ::fcntl(lock_, F_DUPFD_CLOEXEC, 0);
    if (copy < 0) throw WriteError("open", cause()).in(partial_);
    return copy;
}

void OutputFile::sync() {
    if (!is_own()) throw WriteError("finish", "it was removed or replaced while it was written").in(partial_);
    if (::fsync(lock_) != 0 && errno != EINVAL) throw WriteError("finish", cause()).in(partial_);
}

void OutputFile::commit() {
    sync();
    if (::rename(partial_.c_str(), target_.c_str()) != 0)
        throw WriteError("rename", cause() + " (to " + quoted(target_) + ")").in(partial_);
    sync_folder(target_.parent_path());
}

void OutputFile::discard() noexcept {
    if (is_own()) ::unlink(partial_.c_str());
}

}  // namespace bouton::io

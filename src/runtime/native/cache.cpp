// SPDX-License-Identifier: BSD-3-Clause
// The cache on disk.
#include "runtime/native/cache.hpp"

#include "base/diagnostics.hpp"
#include "runtime/native/hash.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <system_error>

namespace bouton::runtime {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kMark = "\nbouton-module ";
constexpr std::size_t kTrailer = kMark.size() + 32;
constexpr const char* kPrefix = "build-";
constexpr const char* kLock = "lock";
constexpr std::chrono::hours kStale{1};

/// The absolute path in an environment variable, so that none looks like an option to a compiler; empty if there is
/// none.
fs::path variable(const char* name) {
    const char* value = std::getenv(name);
    if (value == nullptr || *value == '\0') return {};
    std::error_code error;
    const fs::path path = fs::absolute(value, error);
    return error ? fs::path() : path;
}

std::string reason() { return std::generic_category().message(errno); }

/// An open descriptor that holds the lock of a build folder, or -1 if another process holds it.
int lock_folder(const fs::path& folder) {
    const int lock = open((folder / kLock).c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (lock < 0 || flock(lock, LOCK_EX | LOCK_NB) == 0) return lock;
    close(lock);
    return -1;
}

/// Folders of compilations that were killed.
void remove_stale(const fs::path& parent) {
    std::error_code error;
    for (fs::directory_iterator entry(parent, error), end; !error && entry != end; entry.increment(error)) {
        std::error_code unknown;
        const fs::path folder = entry->path();
        if (!folder.filename().string().starts_with(kPrefix) || entry->is_symlink(unknown) ||
            !entry->is_directory(unknown))
            continue;
        const auto changed = fs::last_write_time(folder, unknown);
        if (unknown || fs::file_time_type::clock::now() - changed < kStale) continue;
        const int lock = lock_folder(folder);
        if (lock < 0) continue;
        fs::remove_all(folder, unknown);
        close(lock);
    }
}

}  // namespace

fs::path cache_folder(const NativeOptions& options) {
    std::error_code error;
    if (!options.cache.empty()) return fs::absolute(options.cache, error);
    if (const fs::path own = variable("BOUTON_CACHE"); !own.empty()) return own;
    const char* shared = std::getenv("XDG_CACHE_HOME");  // its specification ignores relative ones
    if (shared != nullptr && fs::path(shared).is_absolute()) return fs::path(shared) / "bouton";
    if (const fs::path home = variable("HOME"); !home.empty()) return home / ".cache" / "bouton";
    return {};
}

fs::path temporary_folder() {
    std::error_code error;
    const fs::path wanted = variable("TMPDIR");
    return fs::is_directory(wanted, error) ? wanted : fs::path("/tmp");
}

BuildFolder::BuildFolder(const fs::path& parent) {
    std::error_code error;
    fs::create_directories(parent, error);
    std::string name = (parent / kPrefix).string() + "XXXXXX";
    if (mkdtemp(name.data()) == nullptr)
        throw PlaceError(error ? error.message() : reason());  // the first failure tells more
    path_ = name;
    lock_ = lock_folder(path_);
    remove_stale(parent);
}

BuildFolder::~BuildFolder() {
    std::error_code error;
    if (!kept_) fs::remove_all(path_, error);
    if (lock_ >= 0) close(lock_);
}

void BuildFolder::check_usable() const {
    constexpr std::size_t kRoom = 4 << 20;  // a few modules
    const fs::path probe = path_ / "probe";
    write_file(probe, std::string(kRoom, '.'));
    std::error_code error;
    fs::remove(probe, error);
}

fs::path BuildFolder::keep_as(const std::string& name) {
    kept_ = true;
    std::error_code error;
    const fs::path target = path_.parent_path() / name;
    fs::remove(path_ / kLock, error);
    fs::remove_all(target, error);
    fs::rename(path_, target, error);
    return error ? path_ : target;
}

std::string read_file(const fs::path& file) {
    const int descriptor = open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);  // a pipe must not block
    if (descriptor < 0) return {};
    struct stat info {};
    std::string content;
    if (fstat(descriptor, &info) == 0 && S_ISREG(info.st_mode)) {
        std::array<char, 1 << 16> buffer;
        for (ssize_t count = 0; (count = read(descriptor, buffer.data(), buffer.size())) > 0;)
            content.append(buffer.data(), static_cast<std::size_t>(count));
    }
    close(descriptor);
    return content;
}

void seal(const fs::path& file) {
    const std::string content = read_file(file);
    errno = 0;
    std::ofstream stream(file, std::ios::binary | std::ios::app);
    stream << kMark << hash_of(content);
    if (!stream.flush()) throw PlaceError(reason());
}

bool is_intact(const fs::path& file) {
    const std::string content = read_file(file);
    if (content.size() <= kTrailer) return false;
    const std::size_t end = content.size() - kTrailer;
    return content.compare(end, kMark.size(), kMark) == 0 &&
           content.compare(end + kMark.size(), 32, hash_of(std::string_view(content).substr(0, end))) == 0;
}

void write_file(const fs::path& file, std::string_view text) {
    errno = 0;
    std::ofstream stream(file, std::ios::binary);
    stream << text;
    if (!stream.flush()) throw PlaceError(reason());
}

}  // namespace bouton::runtime

// SPDX-License-Identifier: BSD-3-Clause
// The cache on disk.
#include "runtime/native/cache.hpp"

#include "base/diagnostics.hpp"
#include "runtime/native/hash.hpp"

#include <unistd.h>
#include <cstdlib>
#include <fstream>
#include <iterator>

namespace bouton::runtime {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kMark = "\nbouton-module ";
constexpr std::size_t kTrailer = kMark.size() + 32;

fs::path variable(const char* name) {
    const char* value = std::getenv(name);
    return value ? fs::path(value) : fs::path();
}

std::string read_file(const fs::path& file) {
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

/// A new folder that only the user can enter; empty if it cannot be made.
fs::path make_folder_in(const fs::path& parent, const char* prefix) {
    std::error_code error;
    if (parent.empty()) return {};
    fs::create_directories(parent, error);
    std::string name = (parent / prefix).string() + "XXXXXX";
    return mkdtemp(name.data()) ? fs::path(name) : fs::path();
}

}  // namespace

fs::path cache_folder(const NativeOptions& options) {
    if (!options.cache.empty()) return options.cache;
    if (fs::path own = variable("BOUTON_CACHE"); !own.empty()) return own;
    if (const fs::path shared = variable("XDG_CACHE_HOME"); shared.is_absolute()) return shared / "bouton";
    if (const fs::path home = variable("HOME"); !home.empty()) return home / ".cache" / "bouton";
    return {};
}

BuildFolder::BuildFolder(const NativeOptions& options) {
    const fs::path cache = cache_folder(options);
    path_ = make_folder_in(cache, "build-");
    if (!path_.empty()) return;
    in_cache_ = false;
    std::error_code error;
    path_ = make_folder_in(fs::temp_directory_path(error), "bouton-");
    if (path_.empty())
        throw base::Error("cannot write the kernel cache " + cache.string() + " nor a temporary folder");
    options.warn(cache.empty() ? "no folder for the kernel cache: neither BOUTON_CACHE nor HOME is set"
                               : "cannot write the kernel cache " + cache.string() +
                                     ": kernels are compiled again each time");
}

BuildFolder::~BuildFolder() {
    std::error_code error;
    if (!kept_) fs::remove_all(path_, error);
}

fs::path BuildFolder::keep_as(const std::string& name) {
    kept_ = true;
    std::error_code error;
    const fs::path target = path_.parent_path() / name;
    fs::remove_all(target, error);
    fs::rename(path_, target, error);
    return error ? path_ : target;
}

void seal(const fs::path& file) {
    const std::string content = read_file(file);
    std::ofstream stream(file, std::ios::binary | std::ios::app);
    stream << kMark << hash_of(content);
    if (!stream.flush()) throw base::Error("cannot write " + file.string());
}

bool is_intact(const fs::path& file) {
    const std::string content = read_file(file);
    if (content.size() <= kTrailer) return false;
    const std::size_t end = content.size() - kTrailer;
    return content.compare(end, kMark.size(), kMark) == 0 &&
           content.compare(end + kMark.size(), 32, hash_of(std::string_view(content).substr(0, end))) == 0;
}

void write_file(const fs::path& file, std::string_view text) {
    std::ofstream stream(file, std::ios::binary);
    stream << text;
    if (!stream.flush()) throw base::Error("cannot write " + file.string());
}

}  // namespace bouton::runtime

// SPDX-License-Identifier: BSD-3-Clause
// Where Linux keeps the numbers: /proc/meminfo (proc(5)); memory.max, memory.current and memory.stat of control groups
// version 2, memory.limit_in_bytes and memory.usage_in_bytes of version 1 (Documentation/admin-guide/cgroup-v2.rst).
#include "base/memory.hpp"

#include <sys/resource.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <fstream>
#include <sstream>
#include <system_error>
#include <utility>

namespace bouton::base {
namespace {

namespace fs = std::filesystem;

void take_less(MemoryLimit& limit, double bytes, const char* whose) {
    if (bytes < limit.bytes) limit = {std::max(bytes, 0.0), whose};
}

/// The number behind a name in lines of "NAME NUMBER ..." or "NAME: NUMBER ...".
std::optional<double> number_of(const fs::path& file, const std::string& name) {
    std::ifstream stream(file);
    for (std::string line; std::getline(stream, line);) {
        std::istringstream words(line);
        std::string word;
        double number = 0.0;
        if (words >> word && (word == name || word == name + ":") && words >> number) return number;
    }
    return std::nullopt;
}

/// The number that a file holds; none for "max".
std::optional<double> number_in(const fs::path& file) {
    std::ifstream stream(file);
    double number = 0.0;
    if (stream >> number) return number;
    return std::nullopt;
}

void look_at_machine(const fs::path& root, MemoryLimit& limit) {
    const fs::path file = root / "proc/meminfo";
    const auto available = number_of(file, "MemAvailable");
    if (!available) return;
    take_less(limit, 1024.0 * (*available + number_of(file, "SwapFree").value_or(0.0)),
              "that the machine has free");
}

/// What one control group leaves. Caches of files are given back when memory gets short.
void look_at_group(const fs::path& folder, bool second_version, MemoryLimit& limit) {
    const auto most = number_in(folder / (second_version ? "memory.max" : "memory.limit_in_bytes"));
    const auto used = number_in(folder / (second_version ? "memory.current" : "memory.usage_in_bytes"));
    if (!most || !used) return;
    const fs::path details = folder / "memory.stat";
    const std::string prefix = second_version ? "" : "total_";
    const double caches = number_of(details, prefix + "inactive_file").value_or(0.0) +
                          number_of(details, prefix + "active_file").value_or(0.0);
    take_less(limit, *most - *used + caches, "that the control group leaves");
}

/// Where a hierarchy of control groups stands: its root there, and the folder that shows it.
struct Mount {
    fs::path root, folder;
};

std::optional<Mount> find_mount(const fs::path& root, bool second_version) {
    std::ifstream stream(root / "proc/self/mountinfo");
    for (std::string line; std::getline(stream, line);) {
        const std::size_t dash = line.find(" - ");
        if (dash == std::string::npos) continue;
        std::istringstream first(line.substr(0, dash)), second(line.substr(dash + 3));
        std::string number, parent, device, group_root, folder, type, source, options;
        first >> number >> parent >> device >> group_root >> folder;
        second >> type >> source >> options;
        const bool fits =
            second_version ? type == "cgroup2"
                           : type == "cgroup" && ("," + options + ",").find(",memory,") != std::string::npos;
        if (fits) return Mount{group_root, root / fs::path(folder).relative_path()};
    }
    return std::nullopt;
}

/// The group of this process in the hierarchy.
std::optional<fs::path> own_group(const fs::path& root, bool second_version) {
    std::ifstream stream(root / "proc/self/cgroup");
    for (std::string line; std::getline(stream, line);) {
        const std::size_t first = line.find(':'), second = line.find(':', first + 1);
        if (second == std::string::npos) continue;
        const std::string controllers = "," + line.substr(first + 1, second - first - 1) + ",";
        if (second_version ? controllers == ",," : controllers.find(",memory,") != std::string::npos)
            return fs::path(line.substr(second + 1));
    }
    return std::nullopt;
}

/// The group of this process and those above it, as far as they can be seen.
void look_at_groups(const fs::path& root, bool second_version, MemoryLimit& limit) {
    const auto mount = find_mount(root, second_version);
    const auto group = own_group(root, second_version);
    if (!mount || !group) return;
    fs::path below = group->lexically_relative(mount->root);
    if (below.empty() || below.string().starts_with("..")) below = ".";
    for (;;) {
        look_at_group(mount->folder / below, second_version, limit);
        if (below.empty() || below == ".") break;
        below = below.parent_path();
    }
}

void look_at_resource(const fs::path& root, int resource, std::size_t field, const char* whose,
                      MemoryLimit& limit) {
    rlimit own{};
    if (getrlimit(static_cast<decltype(RLIMIT_AS)>(resource), &own) != 0 || own.rlim_cur == RLIM_INFINITY)
        return;
    std::ifstream stream(root / "proc/self/statm");
    double pages = 0.0;
    for (std::size_t k = 0; k <= field; ++k) stream >> pages;
    if (!stream) pages = 0.0;
    take_less(limit, static_cast<double>(own.rlim_cur) - pages * static_cast<double>(sysconf(_SC_PAGESIZE)),
              whose);
}

}  // namespace

MemoryLimit free_memory(const fs::path& root) {
    MemoryLimit limit;
    look_at_machine(root, limit);
    look_at_groups(root, true, limit);
    look_at_groups(root, false, limit);
    look_at_resource(root, RLIMIT_AS, 0, "that ulimit -v leaves", limit);
    look_at_resource(root, RLIMIT_DATA, 5, "that ulimit -d leaves", limit);
    return limit;
}

MemoryLimit memory_limit(std::optional<double> allowed) {
    return allowed ? MemoryLimit{*allowed, kAllowedMemory} : free_memory();
}

std::optional<double> read_bytes(std::string_view text) {
    double number = 0.0;
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || !std::isfinite(number)) return std::nullopt;
    std::string unit(stop, text.data() + text.size());
    while (!unit.empty() && unit.front() == ' ') unit.erase(0, 1);
    for (char& c : unit)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    constexpr std::pair<std::string_view, double> kUnits[] = {
        {"", 1.0},    {"b", 1.0},      {"bytes", 1.0},  {"kb", 1e3},     {"mb", 1e6},     {"gb", 1e9},
        {"tb", 1e12}, {"kib", 0x1p10}, {"mib", 0x1p20}, {"gib", 0x1p30}, {"tib", 0x1p40},
    };
    for (const auto& [name, bytes] : kUnits)
        if (unit == name && number * bytes >= 1.0) return number * bytes;
    return std::nullopt;
}

std::string spell_bytes(double bytes) {
    if (!std::isfinite(bytes)) return "unlimited memory";
    constexpr std::array kUnits = {"bytes", "kB", "MB", "GB", "TB", "PB", "EB"};
    std::size_t unit = 0;
    for (; bytes >= 999.5 && unit + 1 < kUnits.size(); ++unit) bytes /= 1000.0;
    std::array<char, 32> text;
    const bool whole = unit == 0 || bytes >= 999.5;
    const auto end =
        whole ? std::to_chars(text.data(), text.data() + text.size(), bytes, std::chars_format::fixed, 0)
              : std::to_chars(text.data(), text.data() + text.size(), bytes, std::chars_format::general, 3);
    return std::string(text.data(), end.ptr) + " " + kUnits[unit];
}

}  // namespace bouton::base

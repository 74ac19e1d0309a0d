// SPDX-License-Identifier: BSD-3-Clause
// The embedded files are those of the repository, letter for letter.
#include "base/embedded.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>

namespace bouton::base {
namespace {
namespace fs = std::filesystem;
using Files = std::map<std::string, std::string>;

Files on_disk(const fs::path& folder, const fs::path& root, const std::string& extension) {
    Files files;
    if (!fs::exists(folder)) return files;
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
        if (entry.path().extension() != extension) continue;
        std::ifstream in(entry.path(), std::ios::binary);
        files[fs::relative(entry.path(), root).string()] =
            std::string(std::istreambuf_iterator<char>(in), {});
    }
    return files;
}

Files embedded(std::span<const EmbeddedFile> list) {
    Files files;
    for (const auto& file : list) files[std::string(file.name)] = std::string(file.text);
    return files;
}

bool sorted(std::span<const EmbeddedFile> list) {
    return std::is_sorted(list.begin(), list.end(),
                          [](const auto& a, const auto& b) { return a.name < b.name; });
}

TEST(Embedded, KernelHeadersAreThoseOnDisk) {
    const fs::path folder = fs::path(BOUTON_SOURCE_DIR) / "src/kernel";
    EXPECT_EQ(embedded(embedded_kernel_headers()), on_disk(folder, folder, ".h"));
    EXPECT_TRUE(sorted(embedded_kernel_headers()));
    EXPECT_FALSE(embedded_kernel_headers().empty());
}

TEST(Embedded, ModelsAreThoseOnDisk) {
    const fs::path root = BOUTON_SOURCE_DIR;
    EXPECT_EQ(embedded(embedded_models()), on_disk(root / "models", root, ".toml"));
    EXPECT_TRUE(sorted(embedded_models()));
}

}  // namespace
}  // namespace bouton::base

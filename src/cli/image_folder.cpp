// SPDX-License-Identifier: BSD-3-Clause
#include "cli/image_folder.hpp"

#include "base/diagnostics.hpp"

#include <fmt/format.h>

#include <cstdlib>

namespace bouton::cli {

std::filesystem::path data_folder(const std::filesystem::path& named) {
    if (!named.empty()) return named;
    const char* folder = std::getenv("BOUTON_DATA");
    if (folder != nullptr && *folder != '\0') return folder;
    throw base::Error(
        "no data: name the folder with MNIST's four files by --data DIR or in the environment variable "
        "BOUTON_DATA",
        2);
}

void keep_first(ann::Dataset& data, std::size_t count) {
    if (count == 0) return;
    if (count > data.size()) {
        throw base::Error(fmt::format("the first {} examples are asked for, but {} has {}", count,
                                      base::escape(data.name), data.size()),
                          2);
    }
    data.labels.resize(count);
    if (!data.bytes.empty()) data.bytes.resize(count * data.features());
    if (!data.values.empty()) data.values.resize(count * data.features());
}

}  // namespace bouton::cli

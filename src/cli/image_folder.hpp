// SPDX-License-Identifier: BSD-3-Clause
// The folder of labelled images that a training or an evaluation works on.
#pragma once

#include "ann/dataset.hpp"
#include "ann/idx.hpp"

#include <filesystem>

namespace bouton::cli {

/// The folder that the user named, else the one that BOUTON_DATA names. Throws base::Error (status 2) if neither is.
std::filesystem::path data_folder(const std::filesystem::path& named);

/// The first `count` examples, all for 0. Throws base::Error (status 2) if there are fewer.
void keep_first(ann::Dataset& data, std::size_t count);

}  // namespace bouton::cli

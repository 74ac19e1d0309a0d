// SPDX-License-Identifier: BSD-3-Clause
// What a model says of each example, as CSV (a name ending in .csv) or HDF5.
#pragma once

#include "ann/dataset.hpp"
#include "ann/matrix.hpp"

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace bouton::cli {

/// The header of the file: what was predicted how.
using PredictionNotes = std::vector<std::pair<std::string, std::string>>;

/// CSV: example,label,prediction,p0,p1,... HDF5: /probabilities [example, class], /labels, /predictions, and the
/// notes as attributes. Replaces an older file when it is whole.
void write_predictions(const std::filesystem::path& path, const ann::Matrix& probabilities,
                       const ann::Dataset& data, const PredictionNotes& notes);

}  // namespace bouton::cli

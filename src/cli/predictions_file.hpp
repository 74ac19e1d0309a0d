// SPDX-License-Identifier: BSD-3-Clause
// What a model says of each example, as CSV (a name ending in .csv) or HDF5.
#pragma once

#include "ann/dataset.hpp"
#include "ann/matrix.hpp"
#include "io/output_file.hpp"

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace bouton::cli {

/// The header of the file: what was predicted how.
using PredictionNotes = std::vector<std::pair<std::string, std::string>>;

/// Held from before the predictions are computed, so that an output that cannot be costs nothing.
class PredictionsFile {
public:
    /// `inputs`: files that it must not be. Throws base::Error (status 2).
    PredictionsFile(std::filesystem::path path, const base::InputFiles& inputs, std::string version)
        : version_(std::move(version)), output_(std::move(path), inputs) {}
    ~PredictionsFile() { output_.discard(); }

    /// CSV: example,label,prediction,p0,p1,... HDF5: /probabilities [example, class], /labels, /predictions, and the
    /// notes as attributes. Replaces an older file when it is whole. Throws io::WriteError.
    void write(const ann::Matrix& probabilities, const ann::Dataset& data, const PredictionNotes& notes);

private:
    void write_csv(const ann::Matrix& probabilities, const ann::Dataset& data) const;
    void write_hdf5(const ann::Matrix& probabilities, const ann::Dataset& data,
                    const PredictionNotes& notes) const;

    std::string version_;
    io::OutputFile output_;
};

}  // namespace bouton::cli

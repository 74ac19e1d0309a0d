// SPDX-License-Identifier: BSD-3-Clause
// A network with everything its training needs to go on, as a sealed HDF5 file (seal.hpp; docs/artificial-networks.md).
// What is read back is what was saved, bit for bit.
#pragma once

#include "ann/trainer.hpp"
#include "io/output_file.hpp"

#include <filesystem>
#include <optional>
#include <string>

namespace bouton::io {

/// Saves a training as it goes on. Each time the model is written to PATH.partial and takes its name when it is
/// whole: PATH is at any time the last model that was saved. Holds PATH.partial, so that no other run writes there.
class ModelWriter {
public:
    /// `inputs`: files that it must not be. `version`: of bouton. Throws base::Error (status 2) if the file cannot be written.
    ModelWriter(std::filesystem::path path, base::InputFiles inputs, std::string version);
    ~ModelWriter();

    /// What was written is read back before it takes the name: whatever is at PATH can be read. Throws WriteError; PATH is
    /// then as it was.
    void save(const ann::TrainingState& state);

    const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
    base::InputFiles inputs_;
    std::string version_;
    std::optional<OutputFile> output_;
};

/// Throws base::Error (status 2) that names the file and what is wrong with it.
ann::TrainingState load_model(const std::filesystem::path& path);

}  // namespace bouton::io

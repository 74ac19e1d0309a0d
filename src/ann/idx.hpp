// SPDX-License-Identifier: BSD-3-Clause
// Labelled images from a folder with MNIST's four files, or others of the same names and format: IDX, raw or gzip.
#pragma once

#include "ann/dataset.hpp"
#include "base/input_file.hpp"

#include <filesystem>

namespace bouton::ann {

enum class Part { train, test };

struct IdxOptions {
    /// The folder may hold another data set of MNIST's size under MNIST's names (Fashion-MNIST, KMNIST).
    bool any_data = false;
    std::size_t classes = 10;            ///< 1 to 256; every label must lie below
    base::InputFiles* opened = nullptr;  ///< borrowed; notes the files that are read
};

/// Reads train-images-idx3-ubyte and train-labels-idx1-ubyte, or t10k-..., each with .gz behind its name or not; the
/// packed one is taken where both are there. Every byte is looked at: what is missing, damaged, of another format or
/// length, or does not fit together is refused, and so is MNIST with another SHA-256 than the original.
/// The data set is named "MNIST" if it is the original, else after its file and its SHA-256.
/// Throws base::DiagnosticError (status 2), codes E701 to E705. Takes 47 MB and about 0.2 s for MNIST's train part.
Dataset load_mnist_part(const std::filesystem::path& folder, Part part, const IdxOptions& options = {});

}  // namespace bouton::ann

// SPDX-License-Identifier: BSD-3-Clause
// The model library that is part of the program, and model files of the user's, which work the same way.
#pragma once

#include "model/spec.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bouton::model {

struct LibraryModel {
    std::string kind;  ///< "neurons", "release", "plasticity" or "structure"
    std::string name;
    std::string file;  ///< "models/plasticity/stdp_pair.toml"
    std::string summary;
    std::string source;  ///< authors, year, DOI
    std::string notes;
    ModelText text;      ///< parameters are in `default_parameters`, initial values in `default_initial`
    double every = 0.0;  ///< structure: the default period in s; 0: none
    std::string raw;     ///< the whole file
};

/// All models of the library, sorted by kind and name. Parses them anew at each call.
std::vector<LibraryModel> library_models();

/// One model of the library; nothing if there is none of that name.
std::optional<LibraryModel> find_model(std::string_view kind, std::string_view name);

}  // namespace bouton::model

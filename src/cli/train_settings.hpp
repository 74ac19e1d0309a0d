// SPDX-License-Identifier: BSD-3-Clause
// What a training is asked to do, read from the keys of a table: those of a TOML file with the command line's put
// over them. Every mistake is reported with its place.
#pragma once

#include "ann/spec.hpp"
#include "document/fields.hpp"

#include <cstddef>
#include <filesystem>

namespace bouton::cli {

struct TrainSettings {
    ann::NetworkSpec network;  ///< inputs and the last layer's units are 0 until the data are known
    ann::TrainingSpec training;
    std::filesystem::path data;  ///< folder; empty: not named
    bool other_data = false;
    std::size_t classes = 10;
    std::size_t examples = 0;    ///< the first so many of the training set; 0: all
    std::size_t threads = 0;     ///< 0: as many as the machine runs at once
    std::size_t save_every = 1;  ///< epochs
    bool train_error = false;
};

/// 800-800, relu, without masks, trained as Wan et al. 2013 do, for 20 epochs.
TrainSettings default_settings();

/// Changes `settings` by what the table says; keys that it does not have leave them as they are.
void read_train_settings(const document::Context& context, document::Fields& fields, TrainSettings& settings);

/// The keys that make the layers: layers, activation, mask, keep.
void read_layers(const document::Context& context, document::Fields& fields, ann::NetworkSpec& network);

/// The keys `epochs` and `schedule`.
void read_schedule(const document::Context& context, document::Fields& fields, ann::TrainingSpec& training);

}  // namespace bouton::cli

// SPDX-License-Identifier: BSD-3-Clause
// What may change when a training goes on from its model: the number of epochs and the schedule. All else must be
// as it was, or the model would not be the one that a single run gives.
#pragma once

#include "cli/train_settings.hpp"

#include <string>

namespace bouton::cli {

/// Throws base::Error (status 2) that lists what is asked for but differs in the model. `model`: its file.
void refuse_changes(const TrainSettings& asked, const TrainSettings& trained, std::size_t finished_epochs,
                    const std::string& model);

}  // namespace bouton::cli

// SPDX-License-Identifier: BSD-3-Clause
// Training by stochastic gradient descent with momentum, epoch by epoch; what it needs to go on is plain data.
#pragma once

#include "ann/dataset.hpp"
#include "ann/network.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace bouton::base {
class ThreadPool;
}

namespace bouton::ann {

struct EpochRecord {
    std::size_t epoch = 0;  ///< from 1
    double learning_rate = 0.0;
    double loss = 0.0;          ///< mean over the epoch's batches, with masks, nats
    double masked_error = 0.0;  ///< share of training examples wrong while training (with masks), 0 to 1
    double train_error = 0.0;  ///< share wrong after the epoch by mean inference; NaN if it was not asked for
    double test_error = 0.0;   ///< the same on the test set; NaN without one
    double seconds = 0.0;      ///< of training alone
};

/// Everything from which training goes on bit for bit.
struct TrainingState {
    Network network;
    std::vector<Matrix> velocities;
    TrainingSpec training;
    std::size_t epoch = 0;   ///< finished epochs
    std::uint64_t step = 0;  ///< finished steps
    std::vector<EpochRecord> history;
    std::string data;  ///< the training set's name and size, to tell another one
};

/// Throws base::OutOfMemory (status 2) if the training takes more than `memory` bytes, or than what is free beside the
/// `held` bytes that it has already.
void refuse_large_training(const NetworkSpec& network, const TrainingSpec& training,
                           std::optional<double> memory, double held = 0.0);

/// The bytes of the weights and velocities of a training that has begun.
double held_bytes(const TrainingState& state);

/// Draws the weights, unless refuse_large_training refuses.
TrainingState begin_training(const NetworkSpec& network, const TrainingSpec& training,
                             std::optional<double> memory = {});

struct TrainingOptions {
    bool train_error = false;  ///< evaluate the training set after each epoch
    /// After each batch: epoch (from 0), share of it done, mean loss so far.
    std::function<void(std::size_t epoch, double share, double loss)> progress = {};
    /// After each epoch; the state may be saved here.
    std::function<void(const TrainingState&, const EpochRecord&)> epoch_done = {};
};

struct TrainingSummary {
    std::size_t steps = 0;
    double seconds = 0.0;        ///< in steps
    double multiply_adds = 0.0;  ///< of all steps: forward, gradient, backward, of all weights, kept or not
    bool stopped = false;        ///< the state is that of the last finished epoch
};

/// Trains until training.epochs, or a request to stop (base/stop.hpp), which gives up the epoch that is under way. A loss or weight that is not finite throws base::Error (status 1) that names epoch
/// and layer; the state is then that of the last finished epoch.
TrainingSummary train(TrainingState& state, const Dataset& train, const Dataset* test, base::ThreadPool& pool,
                      const TrainingOptions& options = {});

}  // namespace bouton::ann

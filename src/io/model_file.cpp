// SPDX-License-Identifier: BSD-3-Clause
// One function writes and one reads each part of the file; they stand beside each other. The settings are in
// model_spec.cpp.
#include "io/model_file.hpp"

#include "io/hdf5/objects.hpp"
#include "io/hdf5/readers.hpp"
#include "io/model_spec.hpp"
#include "io/seal.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>

namespace bouton::io {
namespace {

using ann::EpochRecord;
using ann::Matrix;
using ann::TrainingState;

constexpr const char* kFormat = "bouton model";
constexpr SealKind kSeal{"bouton model", 2};  // the attribute format_version is the seal's format

// Weights and what momentum keeps of them: the biases, the last row in memory, stand by themselves in the file.

void write_matrix(const Handle& group, const std::string& rows, const std::string& last_row,
                  const Matrix& matrix) {
    std::vector<float> values;
    values.reserve((matrix.rows() - 1) * matrix.columns());
    for (std::size_t i = 0; i + 1 < matrix.rows(); ++i)
        values.insert(values.end(), matrix.values(i).begin(), matrix.values(i).end());
    write_rows(group, rows, values, matrix.columns());
    write_dataset(group, last_row, matrix.values(matrix.rows() - 1));
}

void check_finite(const std::string& where, std::span<const float> values) {
    if (!std::all_of(values.begin(), values.end(), [](float x) { return std::isfinite(x); }))
        throw ReadError(where + " holds values that are not finite");
}

Matrix read_matrix(const Handle& group, const std::string& where, const std::string& rows,
                   const std::string& last_row, std::size_t inputs, std::size_t units) {
    const std::vector<float> values = read_floats(group, rows, {inputs, units});
    check_finite(where + rows, values);
    const std::vector<float> last = read_floats(group, last_row, {units});
    check_finite(where + last_row, last);
    Matrix matrix(inputs + 1, units);
    for (std::size_t i = 0; i < inputs; ++i) std::copy_n(values.data() + i * units, units, matrix.row(i));
    std::copy(last.begin(), last.end(), matrix.row(inputs));
    return matrix;
}

void write_layers(const Handle& root, const TrainingState& state) {
    const Handle all = make_group(root, "layers");
    for (std::size_t k = 0; k < state.network.weights.size(); ++k) {
        const Handle layer = make_group(all, std::to_string(k));
        write_matrix(layer, "weights", "biases", state.network.weights[k]);
        write_matrix(layer, "weight_velocity", "bias_velocity", state.velocities[k]);
    }
}

void read_layers(const Handle& root, TrainingState& state) {
    const Handle all = open_group(root, "layers");
    auto& network = state.network;
    for (std::size_t k = 0; k < network.spec.layers.size(); ++k) {
        const Handle layer = open_group(all, std::to_string(k));
        const std::string where = fmt::format("/layers/{}/", k);
        const std::size_t units = network.spec.layers[k].units;
        const std::size_t inputs = network.inputs(k);
        network.weights.push_back(read_matrix(layer, where, "weights", "biases", inputs, units));
        state.velocities.push_back(
            read_matrix(layer, where, "weight_velocity", "bias_velocity", inputs, units));
    }
}

// The history: a column each.

struct Column {
    const char* name;
    double EpochRecord::*value;
};
constexpr Column kColumns[] = {
    {"learning_rate", &EpochRecord::learning_rate}, {"loss", &EpochRecord::loss},
    {"masked_error", &EpochRecord::masked_error},   {"train_error", &EpochRecord::train_error},
    {"test_error", &EpochRecord::test_error},       {"seconds", &EpochRecord::seconds},
};

void write_history(const Handle& group, const std::vector<EpochRecord>& history) {
    std::vector<std::int64_t> epochs;
    for (const auto& record : history) epochs.push_back(static_cast<std::int64_t>(record.epoch));
    write_dataset(group, "epoch", epochs);
    for (const auto& [name, value] : kColumns) {
        std::vector<double> values;
        for (const auto& record : history) values.push_back(record.*value);
        write_dataset(group, name, values);
    }
}

std::vector<EpochRecord> read_history(const Handle& group) {
    const auto epochs = read_counts(group, "epoch");
    std::vector<EpochRecord> history(epochs.size());
    for (std::size_t k = 0; k < epochs.size(); ++k) history[k].epoch = epochs[k];
    for (const auto& [name, value] : kColumns) {
        const auto values = read_numbers(group, name);
        if (values.size() != history.size())
            throw ReadError(fmt::format("/history/{} and /history/epoch are not equally long", name));
        for (std::size_t k = 0; k < values.size(); ++k) history[k].*value = values[k];
    }
    return history;
}

void write_model(const std::filesystem::path& path, const TrainingState& state, const std::string& version) {
    Handle file = create_file(path, version, kSealBytes);
    write_attribute(file, "format", kFormat);
    write_attribute(file, "format_version", std::uint64_t{kSeal.format});
    write_attribute(file, "data", state.data);
    write_attribute(file, "epoch", std::uint64_t{state.epoch});
    write_attribute(file, "step", state.step);
    write_network_spec(file, state.network.spec);
    write_training_spec(make_group(file, "training"), state.training);
    write_layers(file, state);
    write_history(make_group(file, "history"), state.history);
    flush_file(file);
    if (!file.reset()) throw WriteError("finish", last_cause());
    write_seal(path, kSeal);
}

/// Files of format 1 are HDF5 from their first byte on: nothing in them tells whether they are whole.
bool begins_as_hdf5(const std::filesystem::path& path) {
    std::array<char, 8> found{};
    std::ifstream(path, std::ios::binary).read(found.data(), found.size());
    return found == std::array<char, 8>{'\x89', 'H', 'D', 'F', '\r', '\n', '\x1a', '\n'};
}

void check_format(const Handle& file, bool sealed) {
    if (!has_attribute(file, "format") || read_text(file, "format") != kFormat)
        throw ReadError("it is an HDF5 file, but not a model of bouton");
    const auto version = read_count(file, "format_version");
    if (version > kSeal.format)
        throw ReadError(fmt::format("a later bouton wrote it, in format {}; this one reads format {}",
                                    version, kSeal.format));
    if (version == kSeal.format && !sealed)
        throw ReadError(fmt::format("its first {} bytes, which hold its checksum, are missing", kSealBytes));
}

void check_whole(const TrainingState& state) {
    for (const auto& problem : ann::check_spec(state.network.spec, state.training)) throw ReadError(problem);
    if (state.history.size() != state.epoch)
        throw ReadError(
            fmt::format("{} epochs are finished, but /history has {}", state.epoch, state.history.size()));
}

TrainingState read_model(const std::filesystem::path& path) {
    check_ordinary(path);
    const bool sealed = !begins_as_hdf5(path);
    if (sealed) check_seal(path, kSeal);
    const Handle file = open_file(path);
    check_format(file, sealed);
    TrainingState state;
    state.data = read_text(file, "data");
    state.epoch = read_count(file, "epoch");
    state.step = read_count(file, "step");
    state.network.spec = read_network_spec(file);
    state.training = read_training_spec(open_group(file, "training"));
    state.history = read_history(open_group(file, "history"));
    check_whole(state);
    read_layers(file, state);
    return state;
}

}  // namespace

ModelWriter::ModelWriter(std::filesystem::path path, base::InputFiles inputs, std::string version)
    : path_(std::move(path)),
      inputs_(std::move(inputs)),
      version_(std::move(version)),
      output_(std::in_place, path_, inputs_) {}

ModelWriter::~ModelWriter() {
    if (output_) output_->discard();
}

void ModelWriter::save(const ann::TrainingState& state) {
    if (!output_) output_.emplace(path_, inputs_);
    output_->write([&] { write_model(output_->partial(), state, version_); });
    try {
        read_model(output_->partial());
    } catch (const ReadError& error) {
        throw WriteError("save the model '" + base::escape(path_.string()) + "'",
                         std::string(error.what()) + "; an older file stays as it was");
    }
    output_->commit();
    output_.reset();
    output_.emplace(path_, inputs_);
}

ann::TrainingState load_model(const std::filesystem::path& path) {
    try {
        return read_model(path);
    } catch (const ReadError& error) {
        throw base::Error(
            fmt::format("cannot read the model '{}': {} (models are what 'bouton train' writes)",
                        base::escape(path.string()), error.what()),
            2);
    }
}

}  // namespace bouton::io

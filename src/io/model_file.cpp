// SPDX-License-Identifier: BSD-3-Clause
// One function writes and one reads each part of the file; they stand beside each other.
#include "io/model_file.hpp"

#include "ann/names.hpp"
#include "io/hdf5/objects.hpp"
#include "io/hdf5/readers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace bouton::io {
namespace {

using ann::EpochRecord;
using ann::LayerSpec;
using ann::Matrix;
using ann::NetworkSpec;
using ann::TrainingSpec;
using ann::TrainingState;

constexpr const char* kFormat = "bouton model";
constexpr std::uint64_t kFormatVersion = 1;
constexpr std::uint64_t kMostLayers = 1000;
constexpr std::uint64_t kMostUnits = std::uint64_t{1} << 30;

std::uint64_t count(std::size_t n) { return n; }

template <class Choice, std::size_t N>
void write_choice(const Handle& object, const std::string& name, const ann::Names<Choice, N>& names,
                  Choice choice) {
    write_attribute(object, name, ann::name_of(names, choice));
}

template <class Choice, std::size_t N>
Choice read_choice(const Handle& object, const std::string& name, const ann::Names<Choice, N>& names) {
    const std::string text = read_text(object, name);
    if (const auto choice = ann::find_named(names, text)) return *choice;
    throw ReadError(fmt::format("the attribute '{}' is '{}', which this version does not know", name,
                                base::escape(text)));
}

std::uint64_t read_size(const Handle& object, const std::string& name, std::uint64_t most) {
    const auto size = read_count(object, name);
    if (size <= most) return size;
    throw ReadError(fmt::format("the attribute '{}' is {}, which is too much", name, size));
}

// The shape: attributes of the root and of each layer.

void write_layer_spec(const Handle& group, const LayerSpec& layer) {
    write_attribute(group, "units", count(layer.units));
    write_choice(group, "activation", ann::kActivations, layer.activation);
    write_choice(group, "mask", ann::kMaskKinds, layer.mask);
    write_attribute(group, "keep", layer.keep);
    write_attribute(group, "keep_realised", ann::Keep(layer.keep).value());
}

LayerSpec read_layer_spec(const Handle& group) {
    LayerSpec layer;
    layer.units = read_size(group, "units", kMostUnits);
    layer.activation = read_choice(group, "activation", ann::kActivations);
    layer.mask = read_choice(group, "mask", ann::kMaskKinds);
    layer.keep = read_number(group, "keep");
    return layer;
}

void write_network_spec(const Handle& root, const NetworkSpec& network) {
    write_attribute(root, "inputs", count(network.inputs));
    write_attribute(root, "layers", count(network.layers.size()));
    write_choice(root, "scaling", ann::kScalings, network.scaling);
    write_attribute(root, "input_shift", network.input_shift);
    write_attribute(root, "input_scale", network.input_scale);
}

NetworkSpec read_network_spec(const Handle& root) {
    NetworkSpec network;
    network.inputs = read_size(root, "inputs", kMostUnits);
    network.scaling = read_choice(root, "scaling", ann::kScalings);
    network.input_shift = read_number(root, "input_shift");
    network.input_scale = read_number(root, "input_scale");
    const auto layers = read_size(root, "layers", kMostLayers);
    const Handle all = open_group(root, "layers");
    for (std::uint64_t k = 0; k < layers; ++k)
        network.layers.push_back(read_layer_spec(open_group(all, std::to_string(k))));
    return network;
}

// How it is trained: attributes of /training.

void write_training_spec(const Handle& group, const TrainingSpec& training) {
    write_attribute(group, "batch", count(training.batch));
    write_attribute(group, "epochs", count(training.epochs));
    write_attribute(group, "learning_rate", training.learning_rate);
    write_attribute(group, "momentum", training.momentum);
    write_attribute(group, "weight_decay", training.weight_decay);
    write_attribute(group, "bias_rate", training.bias_rate);
    write_choice(group, "decay", ann::kDecays, training.decay);
    write_choice(group, "initial", ann::kInitials, training.initial);
    write_attribute(group, "initial_scale", training.initial_scale);
    write_attribute(group, "shift", training.augmentation.shift);
    write_attribute(group, "rotation", training.augmentation.rotation);
    write_attribute(group, "scale", training.augmentation.scale);
    write_attribute(group, "seed", training.seed);
    std::vector<std::int64_t> epochs;
    std::vector<double> factors;
    for (const auto& stage : training.stages) {
        epochs.push_back(static_cast<std::int64_t>(stage.epochs));
        factors.push_back(stage.factor);
    }
    write_dataset(group, "stage_epochs", epochs);
    write_dataset(group, "stage_factors", factors);
}

TrainingSpec read_training_spec(const Handle& group) {
    TrainingSpec training;
    training.batch = read_count(group, "batch");
    training.epochs = read_count(group, "epochs");
    training.learning_rate = read_number(group, "learning_rate");
    training.momentum = read_number(group, "momentum");
    training.weight_decay = read_number(group, "weight_decay");
    training.bias_rate = read_number(group, "bias_rate");
    training.decay = read_choice(group, "decay", ann::kDecays);
    training.initial = read_choice(group, "initial", ann::kInitials);
    training.initial_scale = read_number(group, "initial_scale");
    training.augmentation.shift = read_number(group, "shift");
    training.augmentation.rotation = read_number(group, "rotation");
    training.augmentation.scale = read_number(group, "scale");
    training.seed = read_count(group, "seed");
    const auto epochs = read_counts(group, "stage_epochs");
    const auto factors = read_numbers(group, "stage_factors");
    if (epochs.size() != factors.size())
        throw ReadError("/training/stage_epochs and /training/stage_factors are not equally long");
    for (std::size_t k = 0; k < epochs.size(); ++k) training.stages.push_back({epochs[k], factors[k]});
    return training;
}

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
    Matrix matrix(inputs + 1, units);
    std::vector<float> values(inputs * units);
    read_floats(group, rows, values, units);
    check_finite(where + rows, values);
    for (std::size_t i = 0; i < inputs; ++i) std::copy_n(values.data() + i * units, units, matrix.row(i));
    read_floats(group, last_row, matrix.values(inputs));
    check_finite(where + last_row, matrix.values(inputs));
    return matrix;
}

void write_layers(const Handle& root, const TrainingState& state) {
    const Handle all = make_group(root, "layers");
    for (std::size_t k = 0; k < state.network.weights.size(); ++k) {
        const Handle layer = make_group(all, std::to_string(k));
        write_layer_spec(layer, state.network.spec.layers[k]);
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
    Handle file = create_file(path);
    write_attribute(file, "format", kFormat);
    write_attribute(file, "format_version", kFormatVersion);
    write_attribute(file, "bouton_version", version);
    write_attribute(file, "data", state.data);
    write_attribute(file, "epoch", count(state.epoch));
    write_attribute(file, "step", state.step);
    write_network_spec(file, state.network.spec);
    write_training_spec(make_group(file, "training"), state.training);
    write_layers(file, state);
    write_history(make_group(file, "history"), state.history);
    flush_file(file);
    if (!file.reset()) throw WriteError("cannot finish writing the model: " + last_cause());
}

void check_format(const Handle& file) {
    if (!has_attribute(file, "format") || read_text(file, "format") != kFormat)
        throw ReadError("it is an HDF5 file, but not a model of bouton");
    const auto version = read_count(file, "format_version");
    if (version > kFormatVersion)
        throw ReadError(fmt::format("a later bouton wrote it, in format {}; this one reads format {}",
                                    version, kFormatVersion));
}

void check_whole(const TrainingState& state) {
    for (const auto& problem : ann::check_spec(state.network.spec, state.training)) throw ReadError(problem);
    if (state.history.size() != state.epoch)
        throw ReadError(
            fmt::format("{} epochs are finished, but /history has {}", state.epoch, state.history.size()));
}

TrainingState read_model(const std::filesystem::path& path) {
    const Handle file = open_file(path);
    check_format(file);
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

ModelWriter::ModelWriter(std::filesystem::path path, std::string version)
    : path_(std::move(path)), version_(std::move(version)), output_(std::in_place, path_) {}

ModelWriter::~ModelWriter() {
    if (output_) output_->discard();
}

void ModelWriter::save(const ann::TrainingState& state) {
    if (!output_) output_.emplace(path_);
    write_model(output_->partial(), state, version_);
    output_->commit();
    output_.reset();
    output_.emplace(path_);
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

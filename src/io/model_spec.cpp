// SPDX-License-Identifier: BSD-3-Clause
// Writing and reading of each part stand beside each other.
#include "io/model_spec.hpp"

#include "ann/names.hpp"
#include "io/hdf5/objects.hpp"
#include "io/hdf5/readers.hpp"

#include <fmt/format.h>

namespace bouton::io {
namespace {

using ann::LayerSpec;
using ann::NetworkSpec;
using ann::TrainingSpec;

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

void write_layer_spec(const Handle& group, const LayerSpec& layer) {
    write_attribute(group, "units", count(layer.units));
    write_choice(group, "activation", ann::kActivations, layer.activation);
    write_choice(group, "mask", ann::kMaskKinds, layer.mask);
    write_attribute(group, "keep", layer.keep);
    write_attribute(group, "keep_realised", ann::Keep(layer.keep).value());
}

LayerSpec read_layer_spec(const Handle& group) {
    LayerSpec layer;
    layer.units = read_size(group, "units", ann::kWidest);
    layer.activation = read_choice(group, "activation", ann::kActivations);
    layer.mask = read_choice(group, "mask", ann::kMaskKinds);
    layer.keep = read_number(group, "keep");
    return layer;
}

}  // namespace

void write_network_spec(const Handle& root, const NetworkSpec& network) {
    write_attribute(root, "inputs", count(network.inputs));
    write_attribute(root, "layers", count(network.layers.size()));
    write_choice(root, "scaling", ann::kScalings, network.scaling);
    write_attribute(root, "input_shift", network.input_shift);
    write_attribute(root, "input_scale", network.input_scale);
    const Handle all = make_group(root, "layers");
    for (std::size_t k = 0; k < network.layers.size(); ++k)
        write_layer_spec(make_group(all, std::to_string(k)), network.layers[k]);
}

NetworkSpec read_network_spec(const Handle& root) {
    NetworkSpec network;
    network.inputs = read_size(root, "inputs", ann::kWidest);
    network.scaling = read_choice(root, "scaling", ann::kScalings);
    network.input_shift = read_number(root, "input_shift");
    network.input_scale = read_number(root, "input_scale");
    const auto layers = read_size(root, "layers", ann::kMostLayers);
    const Handle all = open_group(root, "layers");
    for (std::uint64_t k = 0; k < layers; ++k)
        network.layers.push_back(read_layer_spec(open_group(all, std::to_string(k))));
    return network;
}

// How it is trained.

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

}  // namespace bouton::io

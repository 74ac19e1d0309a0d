// SPDX-License-Identifier: BSD-3-Clause
#include "ann.hpp"

#include "ann/names.hpp"
#include "base/diagnostics.hpp"

#include <algorithm>
#include <typeinfo>

namespace bouton::bindings {
namespace {

namespace nb = nanobind;

/// What C++ cannot hold (-1 as a count, text as a number) is the caller's mistake.
template <class Value>
Value take(const nb::dict& from, const char* key) {
    try {
        return nb::cast<Value>(from[key]);
    } catch (const std::bad_cast&) {
        throw base::Error(std::string(key) + ": cannot be " + base::escape(nb::repr(from[key]).c_str()), 2);
    }
}

template <class Choice, std::size_t N>
Choice choose(const ann::Names<Choice, N>& names, const nb::dict& from, const char* key) {
    const auto word = take<std::string>(from, key);
    if (const auto found = ann::find_named(names, word)) return *found;
    std::string known;
    for (const auto& [name, value] : names) known += (known.empty() ? "'" : ", '") + std::string(name) + "'";
    throw base::Error(std::string(key) + " '" + base::escape(word) + "': must be one of " + known, 2);
}

template <class Choice, std::size_t N>
nb::str word(const ann::Names<Choice, N>& names, Choice choice) {
    const auto name = ann::name_of(names, choice);
    return nb::str(name.data(), name.size());
}

template <class Input>
ann::Dataset examples(const Input& inputs, const LabelInput& labels, std::size_t height, std::size_t width,
                      std::size_t classes, const std::string& name) {
    if (inputs.shape(0) != labels.shape(0) || inputs.shape(1) != height * width) {
        throw base::InternalError("examples of another shape");
    }
    ann::Dataset data;
    data.name = name;
    data.height = height;
    data.width = width;
    data.classes = classes;
    data.labels.assign(labels.data(), labels.data() + labels.size());
    return data;
}

}  // namespace

ann::NetworkSpec network_spec(const nb::dict& from) {
    ann::NetworkSpec spec;
    spec.inputs = take<std::size_t>(from, "inputs");
    for (nb::handle entry : take<nb::list>(from, "layers")) {
        const auto layer = nb::cast<nb::dict>(entry);
        spec.layers.push_back({take<std::size_t>(layer, "units"),
                               choose(ann::kActivations, layer, "activation"),
                               choose(ann::kMaskKinds, layer, "mask"), take<double>(layer, "keep")});
    }
    spec.scaling = choose(ann::kScalings, from, "scaling");
    spec.input_shift = take<double>(from, "input_shift");
    spec.input_scale = take<double>(from, "input_scale");
    return spec;
}

ann::TrainingSpec training_spec(const nb::dict& from) {
    ann::TrainingSpec spec;
    spec.batch = take<std::size_t>(from, "batch");
    spec.epochs = take<std::size_t>(from, "epochs");
    spec.learning_rate = take<double>(from, "learning_rate");
    spec.momentum = take<double>(from, "momentum");
    spec.weight_decay = take<double>(from, "weight_decay");
    spec.bias_rate = take<double>(from, "bias_rate");
    spec.decay = choose(ann::kDecays, from, "decay");
    for (const auto& [epochs, factor] : take<std::vector<std::pair<std::size_t, double>>>(from, "stages")) {
        spec.stages.push_back({epochs, factor});
    }
    spec.initial = choose(ann::kInitials, from, "initial");
    spec.initial_scale = take<double>(from, "initial_scale");
    spec.augmentation = {take<double>(from, "shift"), take<double>(from, "rotation"),
                         take<double>(from, "scale")};
    spec.seed = take<std::uint64_t>(from, "seed");
    return spec;
}

nb::dict to_dict(const ann::NetworkSpec& spec) {
    nb::dict dict;
    dict["inputs"] = spec.inputs;
    nb::list layers;
    for (const ann::LayerSpec& layer : spec.layers) {
        nb::dict entry;
        entry["units"] = layer.units;
        entry["activation"] = word(ann::kActivations, layer.activation);
        entry["mask"] = word(ann::kMaskKinds, layer.mask);
        entry["keep"] = layer.keep;
        layers.append(entry);
    }
    dict["layers"] = layers;
    dict["scaling"] = word(ann::kScalings, spec.scaling);
    dict["input_shift"] = spec.input_shift;
    dict["input_scale"] = spec.input_scale;
    return dict;
}

nb::dict to_dict(const ann::TrainingSpec& spec) {
    nb::dict dict;
    dict["batch"] = spec.batch;
    dict["epochs"] = spec.epochs;
    dict["learning_rate"] = spec.learning_rate;
    dict["momentum"] = spec.momentum;
    dict["weight_decay"] = spec.weight_decay;
    dict["bias_rate"] = spec.bias_rate;
    dict["decay"] = word(ann::kDecays, spec.decay);
    nb::list stages;
    for (const ann::Stage& stage : spec.stages) stages.append(nb::make_tuple(stage.epochs, stage.factor));
    dict["stages"] = stages;
    dict["initial"] = word(ann::kInitials, spec.initial);
    dict["initial_scale"] = spec.initial_scale;
    dict["shift"] = spec.augmentation.shift;
    dict["rotation"] = spec.augmentation.rotation;
    dict["scale"] = spec.augmentation.scale;
    dict["seed"] = spec.seed;
    return dict;
}

ann::Dataset byte_examples(const ByteInput& inputs, const LabelInput& labels, std::size_t height,
                           std::size_t width, std::size_t classes, const std::string& name) {
    ann::Dataset data = examples(inputs, labels, height, width, classes, name);
    data.bytes.assign(inputs.data(), inputs.data() + inputs.size());
    return data;
}

ann::Dataset float_examples(const FloatInput& inputs, const LabelInput& labels, std::size_t height,
                            std::size_t width, std::size_t classes, const std::string& name) {
    ann::Dataset data = examples(inputs, labels, height, width, classes, name);
    data.values.assign(inputs.data(), inputs.data() + inputs.size());
    return data;
}

FloatArray to_array(const ann::Matrix& matrix) {
    auto* values = new float[matrix.rows() * matrix.columns()];
    const nb::capsule owner(values, [](void* p) noexcept { delete[] static_cast<float*>(p); });
    for (std::size_t i = 0; i < matrix.rows(); ++i) {
        std::copy_n(matrix.row(i), matrix.columns(), values + i * matrix.columns());
    }
    return FloatArray(values, {matrix.rows(), matrix.columns()}, owner);
}

void refuse_wrong(const ann::NetworkSpec& network, const ann::TrainingSpec& training) {
    std::string text;
    for (const std::string& complaint : ann::check_spec(network, training)) {
        text += (text.empty() ? "" : "\n") + complaint;
    }
    if (!text.empty()) throw base::Error(text, 2);
}

}  // namespace bouton::bindings

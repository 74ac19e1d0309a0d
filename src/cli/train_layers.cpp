// SPDX-License-Identifier: BSD-3-Clause
// layers, activation, mask, keep: one value for all hidden layers or one for each; masks may go on to the last.
#include "cli/train_settings.hpp"
#include "cli/train_values.hpp"

namespace bouton::cli {
namespace {

using ann::LayerSpec;
using ann::MaskKind;
using base::Code;
using document::Context;
using document::Node;

constexpr double kUsualKeep = 0.5;  // of Wan et al. 2013, where a mask is asked for without a p

std::vector<LayerSpec> read_widths(const Context& context, const Node& node) {
    std::vector<LayerSpec> layers;
    const auto given = one_or_many(node);
    if (given.items.size() >= ann::kMostLayers) {
        context.error(Code::E405, node.span,
                      fmt::format("'layers' has {} hidden layers; there may be {}", given.items.size(),
                                  ann::kMostLayers - 1),
                      "give fewer layers");
    }
    for (const Node* item : given.items) {
        const auto units = document::as_integer(context, *item, "layers", 1, kMostUnits);
        layers.push_back({units ? static_cast<std::size_t>(*units) : 1});
    }
    layers.push_back({0, ann::Activation::softmax});
    return layers;
}

/// Calls set(layer, value) for the layers that the value, or list of values, is for. A list has one value for each
/// hidden layer and, where `with_last`, perhaps one more.
template <class Read, class Set>
void each_layer(const Context& context, const Node& node, std::string_view key,
                std::vector<LayerSpec>& layers, bool with_last, Read read, Set set) {
    const auto given = one_or_many(node);
    const std::size_t hidden = layers.size() - 1;
    if (given.list && given.items.size() != hidden && !(with_last && given.items.size() == hidden + 1)) {
        context.error(Code::E405, node.span,
                      fmt::format("'{}' has {} {}, but there {} {} hidden {}", key, given.items.size(),
                                  given.items.size() == 1 ? "value" : "values", hidden == 1 ? "is" : "are",
                                  hidden, hidden == 1 ? "layer" : "layers"),
                      with_last ? "one value for all of them, or one each, or one more for the last layer"
                                : "one value for all of them, or one each");
        return;
    }
    for (std::size_t k = 0; k < given.items.size(); ++k) {
        const auto value = read(*given.items[k]);
        if (!value) continue;
        if (given.list) {
            set(layers[k], *value, *given.items[k]);
        } else {
            for (std::size_t layer = 0; layer < hidden; ++layer) set(layers[layer], *value, *given.items[k]);
        }
    }
}

void read_masks(const Context& context, const Node& node, std::vector<LayerSpec>& layers) {
    each_layer(
        context, node, "mask", layers, true,
        [&](const Node& item) { return read_choice(context, item, "mask", ann::kMaskKinds); },
        [&](LayerSpec& layer, MaskKind mask, const Node& item) {
            if (mask == MaskKind::dropout && &layer == &layers.back()) {
                context.error(Code::E315, item.span,
                              "the last layer cannot drop its units: they are the classes",
                              "\"dropconnect\" or \"none\"");
            }
            if (mask != layer.mask) layer.keep = mask == MaskKind::none ? 1.0 : kUsualKeep;
            layer.mask = mask;
        });
}

void read_keeps(const Context& context, const Node& node, std::vector<LayerSpec>& layers) {
    each_layer(
        context, node, "keep", layers, true,
        [&](const Node& item) {
            return read_number(context, item, "keep", {0.0, 1.0, false, true});
        },
        [](LayerSpec& layer, double keep, const Node&) {
            if (layer.mask != MaskKind::none) layer.keep = keep;
        });
}

bool any_mask(const std::vector<LayerSpec>& layers) {
    for (const auto& layer : layers)
        if (layer.mask != MaskKind::none) return true;
    return false;
}

}  // namespace

void read_layers(const Context& context, document::Fields& fields, ann::NetworkSpec& spec) {
    if (const Node* node = fields.find("layers")) {
        auto layers = read_widths(context, *node);
        // Of a model that goes on the other keys need not be said again.
        for (std::size_t k = 0; k < layers.size() && layers.size() == spec.layers.size(); ++k) {
            const std::size_t units = k + 1 < layers.size() ? layers[k].units : spec.layers[k].units;
            layers[k] = spec.layers[k];
            layers[k].units = units;
        }
        spec.layers = std::move(layers);
    }
    if (const Node* node = fields.find("activation")) {
        each_layer(
            context, *node, "activation", spec.layers, false,
            [&](const Node& item) {
                return read_choice(context, item, "activation", ann::kHiddenActivations);
            },
            [](LayerSpec& layer, ann::Activation activation, const Node&) { layer.activation = activation; });
    }
    const Node* mask = fields.find("mask");
    if (mask) read_masks(context, *mask, spec.layers);
    if (const Node* keep = fields.find("keep")) {
        read_keeps(context, *keep, spec.layers);
        if (!mask && !any_mask(spec.layers)) {
            context.error(Code::E304, fields.key_span("keep"),
                          "'keep' says how much, but no 'mask' says of what",
                          "mask \"dropconnect\" or \"dropout\"");
        }
    }
}

}  // namespace bouton::cli

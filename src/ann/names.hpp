// SPDX-License-Identifier: BSD-3-Clause
// The words by which options, TOML files, model files and Python name the choices of a spec: "relu", "dropconnect".
#pragma once

#include "ann/inference.hpp"
#include "ann/spec.hpp"

#include <array>
#include <optional>
#include <string_view>
#include <utility>

namespace bouton::ann {

template <class Choice, std::size_t N>
using Names = std::array<std::pair<std::string_view, Choice>, N>;

inline constexpr Names<Activation, 4> kActivations = {{{"relu", Activation::relu},
                                                       {"tanh", Activation::tanh},
                                                       {"sigmoid", Activation::sigmoid},
                                                       {"softmax", Activation::softmax}}};
/// What a hidden layer may have.
inline constexpr Names<Activation, 3> kHiddenActivations = {
    {{"relu", Activation::relu}, {"tanh", Activation::tanh}, {"sigmoid", Activation::sigmoid}}};
inline constexpr Names<MaskKind, 3> kMaskKinds = {
    {{"none", MaskKind::none}, {"dropout", MaskKind::dropout}, {"dropconnect", MaskKind::dropconnect}}};
inline constexpr Names<Scaling, 2> kScalings = {
    {{"unscaled", Scaling::unscaled}, {"inverted", Scaling::inverted}}};
inline constexpr Names<Initial, 2> kInitials = {{{"normal", Initial::normal}, {"he", Initial::he}}};
inline constexpr Names<Decay, 2> kDecays = {{{"stages", Decay::stages}, {"cosine", Decay::cosine}}};
inline constexpr Names<Inference, 3> kInferences = {
    {{"mean", Inference::mean}, {"gaussian", Inference::gaussian}, {"sampled", Inference::sampled}}};

template <class Choice, std::size_t N>
constexpr std::string_view name_of(const Names<Choice, N>& names, Choice choice) {
    for (const auto& [name, value] : names)
        if (value == choice) return name;
    return "?";
}

template <class Choice, std::size_t N>
constexpr std::optional<Choice> find_named(const Names<Choice, N>& names, std::string_view name) {
    for (const auto& [known, value] : names)
        if (known == name) return value;
    return std::nullopt;
}

}  // namespace bouton::ann

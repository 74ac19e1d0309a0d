// SPDX-License-Identifier: BSD-3-Clause
// The artificial networks between Python and C++: descriptions as dictionaries, examples and weights as arrays.
#pragma once

#include "bindings.hpp"

#include "ann/dataset.hpp"
#include "ann/matrix.hpp"
#include "ann/spec.hpp"

#include <nanobind/ndarray.h>
#include <nanobind/stl/pair.h>

namespace bouton::bindings {

using FloatArray = nanobind::ndarray<nanobind::numpy, float, nanobind::ndim<2>>;
using FloatInput =
    nanobind::ndarray<const float, nanobind::ndim<2>, nanobind::c_contig, nanobind::device::cpu>;
using ByteInput =
    nanobind::ndarray<const std::uint8_t, nanobind::ndim<2>, nanobind::c_contig, nanobind::device::cpu>;
using LabelInput =
    nanobind::ndarray<const std::uint8_t, nanobind::ndim<1>, nanobind::c_contig, nanobind::device::cpu>;

/// Whole descriptions: every key must be there, the Python side fills in what the user left out. Throws base::Error
/// (status 2) for words that are none of the choices.
ann::NetworkSpec network_spec(const nanobind::dict& from);
ann::TrainingSpec training_spec(const nanobind::dict& from);
nanobind::dict to_dict(const ann::NetworkSpec& spec);
nanobind::dict to_dict(const ann::TrainingSpec& spec);

/// Copies. The number of rows must be that of the labels.
ann::Dataset byte_examples(const ByteInput& inputs, const LabelInput& labels, std::size_t height,
                           std::size_t width, std::size_t classes, const std::string& name);
ann::Dataset float_examples(const FloatInput& inputs, const LabelInput& labels, std::size_t height,
                            std::size_t width, std::size_t classes, const std::string& name);
FloatArray to_array(const ann::Matrix& matrix);

/// Throws base::Error (status 2) with everything that is wrong.
void refuse_wrong(const ann::NetworkSpec& network, const ann::TrainingSpec& training);

}  // namespace bouton::bindings

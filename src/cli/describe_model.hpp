// SPDX-License-Identifier: BSD-3-Clause
// A model of the library as a page of text: what it is, where it comes from, its equations and parameters.
#pragma once

#include "model/library.hpp"

#include <string>
#include <vector>

namespace bouton::cli {

std::string describe_model(const model::LibraryModel& model);

/// All models by kind, a line each.
std::string list_models(const std::vector<model::LibraryModel>& models);

/// An expression, value or piece of code as its file has it.
std::string text_of(const base::Span& span);
/// The whole text that a piece of code stands in, with the author's comments.
std::string whole_text(const base::Span& span);

}  // namespace bouton::cli

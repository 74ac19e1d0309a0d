// SPDX-License-Identifier: BSD-3-Clause
// Models by name or by path, as `model = "..."` names them, and the links of a chain, which are a name or a table.
#pragma once

#include "model/library.hpp"
#include "model/model_text.hpp"

namespace bouton::model {

/// The text of one model file. Nothing where one of its texts cannot be read; other mistakes are only reported.
std::optional<LibraryModel> parse_model(const document::Context& context, std::string file, std::string text,
                                        ModelKind kind);

/// What a network file names: "stdp_pair" in the library, "./my_rule.toml" beside the naming file.
std::optional<LibraryModel> load_model(const document::Context& context, const document::Text& name,
                                       ModelKind kind);

/// A model that stands in a table: `model` and `parameters` and `initial`, or its texts instead of `model`.
/// `count`: of elements, where known. The caller's keys beside them are left to the caller.
struct PlacedModel {
    ModelText text;
    double every = 0.0;  ///< structure: the model's own period, or 0
};
std::optional<PlacedModel> place_model(const document::Context& context, document::Fields& fields,
                                       ModelKind kind, std::optional<std::int64_t> count);

}  // namespace bouton::model

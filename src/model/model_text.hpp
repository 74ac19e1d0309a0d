// SPDX-License-Identifier: BSD-3-Clause
// The keys that make a model (equations, threshold, on_pre, prune, ...), the same in a library file, a user's
// file and inline in a network.
#pragma once

#include "document/fields.hpp"
#include "model/spec.hpp"

namespace bouton::model {

enum class ModelKind {
    neurons,
    release,
    plasticity,
    structure,
    synapse
};  // synapse: written whole, no library

/// The folder of the library: "neurons", "release", ...
const char* kind_name(ModelKind kind);

/// Reads the texts that the kind knows, and `method`. `first` is the place of the first text key that is there.
struct TextKeys {
    bool any = false;
    base::Span first;
};
TextKeys read_texts(const document::Context& context, document::Fields& fields, ModelKind kind,
                    ModelText& text);

/// One expression or one block of statements from a string; empty where the string is of the wrong kind.
lang::ExprPtr read_expression(const document::Context& context, const document::Node& node,
                              std::string_view key);
std::vector<lang::Statement> read_statements(const document::Context& context, const document::Node& node,
                                             std::string_view key);

}  // namespace bouton::model

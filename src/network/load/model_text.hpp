// SPDX-License-Identifier: BSD-3-Clause
// The keys that make a model (equations, threshold, on_pre, prune, ...), the same in a library file, a user's
// file and inline in a network.
#pragma once

#include "analysis/spec.hpp"
#include "network/load/fields.hpp"

namespace bouton::network {

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
TextKeys read_texts(const Context& context, Fields& fields, ModelKind kind, analysis::ModelText& text);

/// One expression or one block of statements from a string; empty where the string is of the wrong kind.
lang::ExprPtr read_expression(const Context& context, const Node& node, std::string_view key);
std::vector<lang::Statement> read_statements(const Context& context, const Node& node, std::string_view key);

}  // namespace bouton::network

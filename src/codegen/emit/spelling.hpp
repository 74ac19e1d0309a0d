// SPDX-License-Identifier: BSD-3-Clause
// Numbers, names and comments as C++ text that always compiles and never holds what a user wrote unchanged.
#pragma once

#include "codegen/ir/ir.hpp"

#include <string>
#include <string_view>

namespace bouton::codegen {

/// The constant as an atom of `type`: shortest text that reads back as the same value; negative ones in brackets.
std::string literal(double number, Type type, Precision precision);

/// "a3_w" for ('a', 3, "w"): unique by its number; characters that C++ does not have in names are replaced.
std::string mangle(char kind, std::uint32_t number, std::string_view name);
/// "a3_w" where the user's word is w, "a3own_active" where the engine gives the name.
std::string mangle(char kind, std::uint32_t number, const Name& name);

/// The text after "//" of one comment line: printable ASCII without backslash, trigraph or line end.
std::string comment(std::string_view text);

const char* cpp_type(Type type);
const char* cpp_type(Stored stored);

}  // namespace bouton::codegen

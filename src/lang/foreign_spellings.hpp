// SPDX-License-Identifier: BSD-3-Clause
// What other languages, papers and word processors write instead of our signs, and what to write here. The
// lexer looks for these before its own signs, in this order.
#pragma once

#include "base/codes.hpp"

#include <string_view>

namespace bouton::lang {

/// Spellings of other languages, and what to write instead. Longer ones first.
struct ForeignSpelling {
    std::string_view text;
    base::Code code;
    std::string_view hint;
};
inline constexpr ForeignSpelling kForeignSpellings[] = {
    {"**=", base::Code::E103, "write x = x**..."},
    {"//=", base::Code::E103, "write x = x//..."},
    {"%=", base::Code::E103, "write x = x % ..."},
    {"&&", base::Code::E103, "write 'and'"},
    {"||", base::Code::E103, "write 'or'"},
    {"<>", base::Code::E103, "write '!='"},
    {"&", base::Code::E103, "write 'and'"},
    {"|", base::Code::E103, "write 'or'"},
    {"!", base::Code::E103, "write 'not'"},
    {"~", base::Code::E103, "write 'not'"},
    {"^", base::Code::E103, "a power is written '**'"},
    {"[", base::Code::E103,
     "there is no indexing: a name stands for the value of the neuron or synapse itself"},
    {"]", base::Code::E103,
     "there is no indexing: a name stands for the value of the neuron or synapse itself"},
    {".", base::Code::E103, "names have no dots: write exp(x), not np.exp(x)"},
    {"'", base::Code::E101, "texts have no place here; a derivative is written dx/dt"},
    {"\"", base::Code::E101, "texts have no place here"},
    {"\\", base::Code::E101, "a backslash may only end a line"},
    // What papers and word processors make of ASCII.
    {"\xe2\x88\x92", base::Code::E101, "write '-'"},        // minus sign
    {"\xe2\x80\x93", base::Code::E101, "write '-'"},        // en dash
    {"\xe2\x80\x94", base::Code::E101, "write '-'"},        // em dash
    {"\xc2\xb7", base::Code::E101, "write '*'"},            // middle dot
    {"\xe2\x8b\x85", base::Code::E101, "write '*'"},        // dot operator
    {"\xc3\x97", base::Code::E101, "write '*'"},            // multiplication sign
    {"\xc3\xb7", base::Code::E101, "write '/'"},            // division sign
    {"\xc2\xb2", base::Code::E101, "write '**2'"},          // superscript two
    {"\xc2\xb3", base::Code::E101, "write '**3'"},          // superscript three
    {"\xe2\x89\xa4", base::Code::E101, "write '<='"},       // less or equal
    {"\xe2\x89\xa5", base::Code::E101, "write '>='"},       // greater or equal
    {"\xe2\x89\xa0", base::Code::E101, "write '!='"},       // not equal
    {"\xc2\xb5", base::Code::E110, "write 'u' for micro"},  // micro sign
    {"\xce\xbc", base::Code::E110, "write 'u' for micro"},  // Greek mu
    {"\xe2\x84\xa6", base::Code::E110, "write 'ohm'"},      // ohm sign
    {"\xce\xa9", base::Code::E110, "write 'ohm'"},          // Greek Omega
    {"\xc2\xa0", base::Code::E101, "this is a no-break space; write a plain one"},
};

}  // namespace bouton::lang

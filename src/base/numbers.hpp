// SPDX-License-Identifier: BSD-3-Clause
// Numbers to text and back, without the locale: the shortest text that reads as the same number, and the number nearest to
// a text.
#pragma once

#include <string>

namespace bouton::base {

/// "0.1", "1e+300", "-0", "nan": how every message shows a number.
std::string shortest(double number);

struct ParsedNumber {
    double value = 0.0;
    const char* end = nullptr;  ///< behind the number; the beginning where there is none
    bool too_large = false;     ///< beyond the largest double; what is too small is 0, as in Python
};
/// The number at the beginning of a text, as std::from_chars reads it.
ParsedNumber parse_number(const char* first, const char* last);

}  // namespace bouton::base

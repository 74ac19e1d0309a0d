// SPDX-License-Identifier: BSD-3-Clause
// Whether a file that a compiler left can be given to the dynamic loader, which trusts what it gets: a file that is
// cut off ends the program by a signal.
#pragma once

#include <string>
#include <string_view>

namespace bouton::runtime {

/// What is wrong with the content of a shared object: it is empty, of another kind, for another machine or cut off.
/// Empty if nothing is, and on systems whose format is not ELF.
std::string fault_of_object(std::string_view content);

}  // namespace bouton::runtime

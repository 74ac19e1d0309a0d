// SPDX-License-Identifier: BSD-3-Clause
#include "bouton/version.hpp"

namespace bouton {
namespace {

// The number stands in CMakeLists.txt, and in the header for those who compile with it.
#define BOUTON_TEXT_OF(number) #number
#define BOUTON_TEXT(number) BOUTON_TEXT_OF(number)
constexpr std::string_view kOfHeader = BOUTON_TEXT(BOUTON_VERSION_MAJOR) "." BOUTON_TEXT(
    BOUTON_VERSION_MINOR) "." BOUTON_TEXT(BOUTON_VERSION_PATCH);
static_assert(kOfHeader == BOUTON_VERSION,
              "include/bouton/version.hpp names another version than CMakeLists.txt");

}  // namespace

std::string_view version() noexcept { return BOUTON_VERSION; }

}  // namespace bouton

# SPDX-License-Identifier: BSD-3-Clause
# Language level, warnings and sanitizers for everything that is built here.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
include(GNUInstallDirs)

if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Kind of build" FORCE)
endif()

find_program(BOUTON_CCACHE ccache)
if(BOUTON_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # Paths in the tree count as relative, so that every clone profits from the others' work.
  set(CMAKE_CXX_COMPILER_LAUNCHER "${CMAKE_COMMAND}" -E env "CCACHE_BASEDIR=${CMAKE_CURRENT_SOURCE_DIR}"
    CCACHE_NOHASHDIR=1 CCACHE_ABSSTDERR=1 "${BOUTON_CCACHE}")
endif()

set(BOUTON_SANITIZE "" CACHE STRING "Sanitizers, separated by commas: address,undefined or thread")

# Interpreter and compiled kernels agree bit for bit only if no compiler fuses a*b+c on its own.
add_library(bouton_settings INTERFACE)
target_compile_options(bouton_settings INTERFACE -Wall -Wextra -Wpedantic -ffp-contract=off)
target_include_directories(bouton_settings INTERFACE
  "${CMAKE_CURRENT_SOURCE_DIR}/include" "${CMAKE_CURRENT_SOURCE_DIR}/src")
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # GCC 12 warns of overlapping copies inside std::string's operator+ where there are none (GCC bug 105651).
  target_compile_options(bouton_settings INTERFACE -Wno-restrict)
endif()
if(BOUTON_WERROR)
  target_compile_options(bouton_settings INTERFACE -Werror)
endif()
if(BOUTON_SANITIZE)
  target_compile_options(bouton_settings INTERFACE
    -fsanitize=${BOUTON_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(bouton_settings INTERFACE -fsanitize=${BOUTON_SANITIZE})
endif()

# SPDX-License-Identifier: BSD-3-Clause
# bouton_module(NAME DEPS ...): src/NAME/**/*.cpp become the static library bouton_NAME.
# A folder that holds no source yet is an interface library, so that the rest can be built.
function(bouton_module name)
  cmake_parse_arguments(ARG "" "" "DEPS" ${ARGN})
  set(folder "${CMAKE_CURRENT_SOURCE_DIR}/src/${name}")
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS "${folder}/*.cpp")
  list(REMOVE_ITEM sources "${folder}/main.cpp")
  if(sources OR name STREQUAL "base")
    add_library(bouton_${name} STATIC ${sources})
    target_link_libraries(bouton_${name} PUBLIC bouton_settings ${ARG_DEPS})
  else()
    add_library(bouton_${name} INTERFACE)
    target_link_libraries(bouton_${name} INTERFACE bouton_settings ${ARG_DEPS})
  endif()
  set_property(GLOBAL APPEND PROPERTY bouton_modules bouton_${name})
endfunction()

# The program build/bouton, once src/cli/main.cpp is there.
function(bouton_program)
  file(GLOB main CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/src/cli/main.cpp")
  if(main)
    add_executable(bouton ${main})
    target_link_libraries(bouton PRIVATE bouton_cli)
    target_compile_definitions(bouton PRIVATE BOUTON_VERSION="${PROJECT_VERSION}")
    set_target_properties(bouton PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}")
    install(TARGETS bouton RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}" COMPONENT program)
  endif()
endfunction()

# Kernels of the artificial networks for CPUs that have more than the compiler may take for granted.
function(bouton_simd_sources)
  # A comparison might raise a floating-point flag, which nobody reads but for which GCC keeps a loop scalar.
  set_source_files_properties(src/ann/activation.cpp src/ann/gaussian.cpp PROPERTIES COMPILE_OPTIONS
    "-fno-trapping-math;-fno-math-errno")
  if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
    set_source_files_properties(src/ann/kernels/avx512.cpp PROPERTIES COMPILE_OPTIONS
      "-mavx512f;-mavx512bw;-mavx512dq;-mavx512vl;-mfma;-Wno-maybe-uninitialized")  # GCC 12 of its own header
    set_source_files_properties(src/ann/kernels/avx2.cpp PROPERTIES COMPILE_OPTIONS
      "-mavx2;-mfma;-ffp-contract=fast")
  else()
    set_source_files_properties(src/ann/kernels/avx512.cpp src/ann/kernels/avx2.cpp PROPERTIES HEADER_FILE_ONLY ON)
  endif()
endfunction()

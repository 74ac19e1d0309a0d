# SPDX-License-Identifier: BSD-3-Clause
# Each tests/fuzz/NAME_fuzz.cpp becomes the libFuzzer program fuzz/NAME_fuzz.
if(NOT CMAKE_CXX_COMPILER_ID MATCHES "Clang")
  message(FATAL_ERROR "BOUTON_FUZZ needs clang: configure with the preset 'fuzz'")
endif()
target_compile_options(bouton_settings INTERFACE -fsanitize=fuzzer-no-link)

file(GLOB fuzz_files CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/tests/fuzz/*_fuzz.cpp")
foreach(file IN LISTS fuzz_files)
  get_filename_component(name "${file}" NAME_WE)
  add_executable(${name} "${file}")
  target_include_directories(${name} PRIVATE "${CMAKE_CURRENT_SOURCE_DIR}")
  target_link_libraries(${name} PRIVATE bouton_sim)
  target_link_options(${name} PRIVATE -fsanitize=fuzzer)
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/fuzz")
endforeach()

# SPDX-License-Identifier: BSD-3-Clause
# Each benchmarks/NAME.cpp becomes the Google Benchmark program benchmarks/NAME.
find_package(benchmark REQUIRED)
get_property(modules GLOBAL PROPERTY bouton_modules)

file(GLOB benchmark_files CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/benchmarks/*.cpp")
foreach(file IN LISTS benchmark_files)
  get_filename_component(name "${file}" NAME_WE)
  add_executable(benchmark_${name} "${file}")
  target_link_libraries(benchmark_${name} PRIVATE ${modules} benchmark::benchmark_main)
  set_target_properties(benchmark_${name} PROPERTIES
    OUTPUT_NAME ${name} RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/benchmarks")
endforeach()

# SPDX-License-Identifier: BSD-3-Clause
# Each folder tests/NAME with *_test.cpp files becomes the program test_NAME, one ctest entry per test. It is
# linked with the module NAME and those below; folders that mirror no module (tests/backends) get them all.
# Tests run in the repository's root; helpers shared between folders are included as "tests/...".
enable_testing()
find_package(GTest REQUIRED)
include(GoogleTest)
get_property(modules GLOBAL PROPERTY bouton_modules)
# Folders that need another choice.
set(links_api bouton_library bouton_io)  # what programs link with, and what writes model files
set(links_model bouton_codegen)  # mistakes are told by the readers and by what checks after them

file(GLOB test_files CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/tests/*/*_test.cpp")
set(folders "")
foreach(file IN LISTS test_files)
  get_filename_component(folder "${file}" DIRECTORY)
  list(APPEND folders "${folder}")
endforeach()
list(REMOVE_DUPLICATES folders)

foreach(folder IN LISTS folders)
  get_filename_component(name "${folder}" NAME)
  file(GLOB sources CONFIGURE_DEPENDS "${folder}/*.cpp")
  add_executable(test_${name} ${sources})
  target_include_directories(test_${name} PRIVATE "${CMAKE_CURRENT_SOURCE_DIR}")
  target_compile_definitions(test_${name} PRIVATE BOUTON_SOURCE_DIR="${CMAKE_CURRENT_SOURCE_DIR}")
  target_link_libraries(test_${name} PRIVATE GTest::gmock GTest::gtest_main)
  if(DEFINED links_${name})
    target_link_libraries(test_${name} PRIVATE ${links_${name}})
  elseif(TARGET bouton_${name})
    target_link_libraries(test_${name} PRIVATE bouton_${name})
  else()
    target_link_libraries(test_${name} PRIVATE ${modules})
  endif()
  set_target_properties(test_${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/tests")
  gtest_discover_tests(test_${name} TEST_PREFIX "${name}." NO_PRETTY_VALUES
    DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 60 WORKING_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}"
    PROPERTIES TIMEOUT 600)
endforeach()

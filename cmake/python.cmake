# SPDX-License-Identifier: BSD-3-Clause
# The extension module bouton._core (nanobind). In the build tree build/python/bouton is a whole package:
# links to the Python sources beside the module, so that editing a .py file needs no build.
find_package(Python 3.10 REQUIRED COMPONENTS Interpreter Development.Module)
execute_process(COMMAND "${Python_EXECUTABLE}" -m nanobind --cmake_dir
  OUTPUT_STRIP_TRAILING_WHITESPACE OUTPUT_VARIABLE nanobind_ROOT COMMAND_ERROR_IS_FATAL ANY)
find_package(nanobind CONFIG REQUIRED)

file(GLOB bindings CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/python/bindings/*.cpp")
set(package "${CMAKE_BINARY_DIR}/python/bouton")
file(GLOB entries CONFIGURE_DEPENDS LIST_DIRECTORIES true "${CMAKE_CURRENT_SOURCE_DIR}/python/bouton/*")
file(MAKE_DIRECTORY "${package}")
foreach(entry IN LISTS entries)
  get_filename_component(name "${entry}" NAME)
  if(NOT name STREQUAL "__pycache__")
    file(CREATE_LINK "${entry}" "${package}/${name}" SYMBOLIC)
  endif()
endforeach()

if(bindings)
  get_property(modules GLOBAL PROPERTY bouton_modules)
  nanobind_add_module(_core NB_STATIC ${bindings})
  target_link_libraries(_core PRIVATE ${modules})
  target_compile_definitions(_core PRIVATE BOUTON_VERSION="${PROJECT_VERSION}")
  set_target_properties(_core PROPERTIES LIBRARY_OUTPUT_DIRECTORY "${package}")
  # Into a wheel only: `cmake --install` of the whole tree leaves Python alone.
  install(TARGETS _core LIBRARY DESTINATION bouton COMPONENT python EXCLUDE_FROM_ALL)
endif()

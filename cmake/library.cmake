# SPDX-License-Identifier: BSD-3-Clause
# The library that programs use: libbouton, headers of include/bouton, and what CMake and pkg-config have to know.
# It is shared, whatever BUILD_SHARED_LIBS says: the modules and what they need (HDF5, fmt, OpenSSL, zlib) stay its own
# affair and are linked into it, so that a program needs none of their headers and no list of libraries that fits this build.
include(CMakePackageConfigHelpers)

set_target_properties(bouton_api PROPERTIES CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON)
set_source_files_properties(src/api/version.cpp PROPERTIES COMPILE_DEFINITIONS BOUTON_VERSION="${PROJECT_VERSION}")

set(exports "${CMAKE_CURRENT_SOURCE_DIR}/cmake/exports.map")
add_library(bouton_library SHARED $<TARGET_OBJECTS:bouton_api>)
add_library(bouton::bouton ALIAS bouton_library)
target_compile_features(bouton_library INTERFACE cxx_std_20)
target_include_directories(bouton_library INTERFACE
  "$<BUILD_INTERFACE:${CMAKE_CURRENT_SOURCE_DIR}/include>" "$<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>")
target_link_libraries(bouton_library PRIVATE bouton_session)
target_link_options(bouton_library PRIVATE "-Wl,--version-script=${exports}")
# Until version 1 programs have to be compiled anew for each second number.
set_target_properties(bouton_library PROPERTIES
  OUTPUT_NAME bouton EXPORT_NAME bouton LINK_DEPENDS "${exports}"
  VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})

set(package "${CMAKE_INSTALL_LIBDIR}/cmake/bouton")
install(TARGETS bouton_library EXPORT bouton
  LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT library NAMELINK_COMPONENT development)
install(DIRECTORY include/bouton DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}" COMPONENT development FILES_MATCHING PATTERN "*.hpp")
install(EXPORT bouton NAMESPACE bouton:: FILE boutonConfig.cmake DESTINATION "${package}" COMPONENT development)
set(version_file "${CMAKE_CURRENT_BINARY_DIR}/generated/boutonConfigVersion.cmake")
write_basic_package_version_file("${version_file}" COMPATIBILITY SameMinorVersion)
install(FILES "${version_file}" DESTINATION "${package}" COMPONENT development)

# pkg-config finds the prefix from where bouton.pc lies, so that a copy may be installed anywhere.
file(RELATIVE_PATH to_prefix "/${CMAKE_INSTALL_LIBDIR}/pkgconfig" "/")
configure_file(cmake/bouton.pc.in generated/bouton.pc @ONLY)
install(FILES "${CMAKE_CURRENT_BINARY_DIR}/generated/bouton.pc"
  DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig" COMPONENT development)

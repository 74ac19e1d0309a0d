# SPDX-License-Identifier: BSD-3-Clause
# bouton_embed(NAME ROOT folder PATTERN glob): the matching text files become part of bouton_base as
# embedded_NAME(), named relative to ROOT. Written anew when a file changes, comes or goes.
function(bouton_embed name)
  cmake_parse_arguments(ARG "" "ROOT;PATTERN" "" ${ARGN})
  get_filename_component(root "${CMAKE_CURRENT_SOURCE_DIR}/${ARG_ROOT}" ABSOLUTE)
  file(GLOB_RECURSE files CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/${ARG_PATTERN}")
  list(SORT files)

  set(list_file "${CMAKE_CURRENT_BINARY_DIR}/generated/${name}.list")
  set(output "${CMAKE_CURRENT_BINARY_DIR}/generated/embedded_${name}.cpp")
  list(JOIN files "\n" lines)
  file(CONFIGURE OUTPUT "${list_file}" CONTENT "${lines}" @ONLY)
  set(script "${CMAKE_CURRENT_SOURCE_DIR}/cmake/write_embedded.cmake")
  add_custom_command(OUTPUT "${output}"
    COMMAND "${CMAKE_COMMAND}" -DNAME=${name} -DROOT=${root} -DLIST=${list_file} -DOUTPUT=${output} -P ${script}
    DEPENDS ${files} "${list_file}" "${script}"
    COMMENT "Embedding ${name}" VERBATIM)
  target_sources(bouton_base PRIVATE "${output}")
endfunction()

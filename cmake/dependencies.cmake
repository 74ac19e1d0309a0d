# SPDX-License-Identifier: BSD-3-Clause
# The libraries that bouton uses, all of them Debian packages (see tools/debian-packages.txt).
set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)
find_package(fmt REQUIRED)
find_package(Eigen3 REQUIRED NO_MODULE)
find_package(tomlplusplus REQUIRED)
find_package(CLI11 REQUIRED)
find_package(ZLIB REQUIRED)
find_package(OpenSSL REQUIRED COMPONENTS Crypto)
find_package(HDF5 REQUIRED COMPONENTS C)

add_library(bouton_hdf5 INTERFACE)
target_include_directories(bouton_hdf5 SYSTEM INTERFACE ${HDF5_C_INCLUDE_DIRS})
target_compile_definitions(bouton_hdf5 INTERFACE ${HDF5_C_DEFINITIONS})
target_link_libraries(bouton_hdf5 INTERFACE ${HDF5_C_LIBRARIES})

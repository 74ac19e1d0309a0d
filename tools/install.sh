#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Builds the program and the C++ library without tests (build-install) and installs them under PREFIX, by default
# /usr/local; DESTDIR stages as usual. Python is left alone. BUILD names another folder.
set -euo pipefail
cd "$(dirname "$0")/.."
build=${BUILD:-build-install}

cmake --preset release -B "$build" -DBOUTON_TESTS=OFF -DCMAKE_INSTALL_PREFIX="${PREFIX:-/usr/local}" > /dev/null
cmake --build "$build" --parallel "${JOBS:-$(nproc)}"
cmake --install "$build"

#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Builds the program and the C++ library without tests (build-install) and installs them under PREFIX, by default
# /usr/local, with sudo if only root may write there; DESTDIR stages as usual. Python is left alone. BUILD names
# another folder.
set -euo pipefail
cd "$(dirname "$0")/.."
build=${BUILD:-build-install}
prefix=$(realpath -m "${PREFIX:-/usr/local}")

cmake --preset release -B "$build" -DBOUTON_TESTS=OFF -DCMAKE_INSTALL_PREFIX="$prefix" > /dev/null
cmake --build "$build" --parallel "${JOBS:-$(nproc)}"

place=${DESTDIR:-}$prefix
while [[ ! -e $place ]]; do place=$(dirname "$place"); done
as_root=()
if [[ ! -w $place ]]; then as_root=(sudo --preserve-env=DESTDIR); fi
"${as_root[@]}" cmake --install "$build"

#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Builds the program (build/bouton) and the Python package, and makes the package known to .venv.
# BUILD names another folder, further arguments go to cmake's configuration.
set -euo pipefail
cd "$(dirname "$0")/.."
build=${BUILD:-build}

cmake --preset release -B "$build" -DBOUTON_PYTHON=ON -DPython_EXECUTABLE="$PWD/.venv/bin/python" \
    "$@" > /dev/null
cmake --build "$build" --parallel "${JOBS:-$(nproc)}"

# build/python/bouton holds the extension module and links to python/bouton: nothing is compiled or copied twice.
site=$(.venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
realpath "$build/python" > "$site/bouton.pth"

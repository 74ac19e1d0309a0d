#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Checks that change nothing: format, layout, clang-tidy. Files named as arguments limit clang-tidy to them.
set -euo pipefail
cd "$(dirname "$0")/.."
build=${BUILD:-build}

mapfile -t files < <(tools/cpp_files.sh)
"${CLANG_FORMAT:-clang-format-14}" --dry-run --Werror "${files[@]}"
python3 tools/check_layers.py

if (( $# > 0 )); then
    sources=("$@")
else
    mapfile -t sources < <(tools/cpp_files.sh | grep '^src/.*\.cpp$')
fi
printf '%s\n' "${sources[@]}" |
    xargs -P "${JOBS:-$(nproc)}" -n 1 "${CLANG_TIDY:-clang-tidy-14}" -p "$build" --quiet --warnings-as-errors='*'

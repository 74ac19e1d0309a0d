#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Lists the C++ files of the repository, one a line.
set -euo pipefail
cd "$(dirname "$0")/.."
folders=()
for folder in include src python tests benchmarks examples; do
    if [[ -d $folder ]]; then folders+=("$folder"); fi
done
find "${folders[@]}" -type f \( -name '*.cpp' -o -name '*.hpp' -o -name '*.h' \) | sort

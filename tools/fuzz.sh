#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Builds the libFuzzer programs of tests/fuzz and runs each for so many seconds (default 60), as many at once
# as there are cores. tests/fuzz/seeds/NAME/ starts NAME_fuzz off, tests/fuzz/NAME.dict helps it along; what it
# finds is kept in build-fuzz/corpus/NAME, an input that fails in build-fuzz/failures.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:-60}
export build=${FUZZ_BUILD:-build-fuzz} seconds

cmake --preset fuzz -B "$build" > /dev/null
mapfile -t programs < <(find tests/fuzz -maxdepth 1 -name '*_fuzz.cpp' -printf '%f\n' | sort | sed 's/\.cpp$//')
cmake --build "$build" --parallel "${JOBS:-$(nproc)}" --target "${programs[@]}"

fuzz_one() {
    local program=$1 name=${1%_fuzz} folders options log
    log="$build/$program.log"
    folders=("$build/corpus/$name")
    options=(-max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -max_len=4096 -print_final_stats=1
             -artifact_prefix="$build/failures/$name-")
    mkdir -p "$build/failures" "${folders[0]}"
    if [[ -d tests/fuzz/seeds/$name ]]; then folders+=("tests/fuzz/seeds/$name"); fi
    if [[ -f tests/fuzz/$name.dict ]]; then options+=(-dict="tests/fuzz/$name.dict"); fi
    if "$build/fuzz/$program" "${options[@]}" "${folders[@]}" > "$log" 2>&1; then
        printf '%s: %s inputs in %s s, no failure\n' "$program" \
            "$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")" "$seconds"
    else
        printf '%s: FAILED\n' "$program"
        tail -n 40 "$log"
        return 1
    fi
}
export -f fuzz_one
printf '%s\n' "${programs[@]}" | xargs -P "${JOBS:-$(nproc)}" -I{} bash -euo pipefail -c 'fuzz_one {}'

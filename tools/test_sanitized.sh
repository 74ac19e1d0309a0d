#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Builds with sanitizers and runs the C++ tests: all of them and the command line's tests of hostile input under address and
# undefined behaviour, those of code with threads under thread. SHORT=1 takes the folders in which most has gone wrong;
# JOBS is the parallelism. Everything runs, whatever fails.
set -uo pipefail
cd "$(dirname "$0")/.."
jobs=${JOBS:-$(nproc)}
failed=()

# Kernels that the tests compile are not instrumented, and nothing of ours leaks on purpose.
export ASAN_OPTIONS=detect_leaks=1:abort_on_error=1 UBSAN_OPTIONS=print_stacktrace=1
export TSAN_OPTIONS=halt_on_error=1:second_deadlock_stack=1

folders() { compgen -G 'tests/*/*_test.cpp' | cut -d / -f 2 | sort -u; }

# check PRESET FOLDER...: builds these test programs, and runs them
check() {
    local preset=$1 name targets=()
    shift
    for name in "$@"; do targets+=("test_$name"); done
    if [[ $preset == asan && -z ${SHORT:-} ]]; then targets+=(bouton); fi
    printf '\n-- %s: %s\n' "$preset" "$*"
    if ! { cmake --preset "$preset" > /dev/null && cmake --build "build-$preset" --parallel "$jobs" --target "${targets[@]}"; }; then
        failed+=("$preset build")
        return
    fi
    ctest --test-dir "build-$preset" --output-on-failure --no-tests=error --parallel "$jobs" \
        -R "^($(IFS='|'; echo "$*"))\\." || failed+=("$preset ctest")
}

# hostile PYTEST-ARGUMENTS: the program itself on input that is wrong
hostile() {
    printf '\n-- asan: %s\n' "$*"
    BOUTON_EXE="$PWD/build-asan/bouton" .venv/bin/python -m pytest --numprocesses "$jobs" "$@" || failed+=("asan pytest")
}

if [[ -n ${SHORT:-} ]]; then
    check asan lang model connect state
    check tsan sim
else
    mapfile -t all < <(folders)
    check asan "${all[@]}"
    hostile tests/cli
    check tsan sim ann api
fi

if (( ${#failed[@]} > 0 )); then
    printf 'failed: %s\n' "${failed[*]}" >&2
    exit 1
fi

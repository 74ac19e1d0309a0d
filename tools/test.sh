#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Runs every test of a built tree: layout, whether the mutants apply, fuzzing, C++ tests, Python tests. All of them
# run, whatever fails; the exit status is 0 only if all pass. FUZZ_SECONDS=0 leaves fuzzing out, JOBS is the parallelism.
set -uo pipefail
cd "$(dirname "$0")/.."
build=${BUILD:-build}
jobs=${JOBS:-$(nproc)}
failed=()

run() {
    local name=$1
    shift
    printf '\n-- %s\n' "$name"
    "$@" || failed+=("$name")
}

has_tests() { compgen -G "tests/*/$1" > /dev/null; }

run layout .venv/bin/python tools/check_layers.py
run mutants .venv/bin/python tools/mutants.py --check
if (( ${FUZZ_SECONDS:-60} > 0 )) && compgen -G 'tests/fuzz/*_fuzz.cpp' > /dev/null; then
    run fuzz tools/fuzz.sh "${FUZZ_SECONDS:-60}"
fi
if has_tests '*_test.cpp'; then
    run ctest ctest --test-dir "$build" --output-on-failure --no-tests=error --parallel "$jobs"
fi
if has_tests 'test_*.py'; then
    run pytest .venv/bin/python -m pytest --numprocesses "$jobs"
fi

if (( ${#failed[@]} > 0 )); then
    printf 'failed: %s\n' "${failed[*]}" >&2
    exit 1
fi

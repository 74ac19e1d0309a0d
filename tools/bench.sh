#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Builds and runs everything in benchmarks/: C++ programs (Google Benchmark) first, then the Python scripts,
# which compare bouton with others. Arguments name the benchmarks to run (default: all but bench_large, which takes
# 9 GB of memory). The peers have environments of their own: .venv-bench for bench_ann, in which PyTorch takes 5 GB,
# .venv-bench-peers for the others.
set -euo pipefail
cd "$(dirname "$0")/.."
build=${BUILD:-build}
tools/build.sh -DBOUTON_BENCHMARKS=ON

wanted() { (( $# == 1 )) || [[ " ${*:2} " == *" $1 "* ]]; }

for source in benchmarks/*.cpp benchmarks/bench_*.py; do
    if [[ ! -e $source ]]; then continue; fi
    name=$(basename "${source%.*}")
    wanted "$name" "$@" || continue
    if [[ $name == bench_large ]] && (( $# == 0 )); then continue; fi
    printf '\n-- %s\n' "$name"
    case $source in
        *.cpp) "$build/benchmarks/$name" ;;
        *bench_large.py) .venv/bin/python "$source" ;;
        *bench_ann.py) tools/setup.sh bench; .venv-bench/bin/python "$source" ;;
        *.py) tools/setup.sh bench-peers; .venv/bin/python "$source" ;;
    esac
done

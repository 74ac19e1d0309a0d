# SPDX-License-Identifier: BSD-3-Clause
# What a user or developer asks for; each target hands over to cmake or to a script of tools/.
.DEFAULT_GOAL := help
.PHONY: help setup build install test test-sanitized mutants report figure-full format lint bench bench-large clean

PYTHON := .venv/bin/python
CLANG_FORMAT ?= clang-format-14
PREFIX ?= /usr/local

help: ## show this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1\t\2/p' Makefile | expand -t 16

setup: ## install missing Debian packages and make the Python environment .venv
	@tools/setup.sh

build: setup ## build the program (build/bouton) and the Python package (in .venv)
	@tools/build.sh

install: setup ## install the program and the C++ library (PREFIX=/usr/local)
	@PREFIX="$(PREFIX)" tools/install.sh

test: build ## run all tests (FUZZ_SECONDS=0 leaves the fuzzing out)
	@tools/test.sh

test-sanitized: build ## run the tests under sanitizers (SHORT=1: some of them)
	@tools/test_sanitized.sh

mutants: setup ## plant each mistake of tests/mutants in a copy and see a test fail (hours; MUTANTS="NAME ..." or "--random 3")
	@$(PYTHON) tools/mutants.py $(MUTANTS)

report: build ## make the lecture's report: report/index.html
	@$(PYTHON) -m bouton.lecture -o report

figure-full: build ## train what docs/results/dropconnect.jsonl lacks (hours; may be stopped and goes on)
	@$(PYTHON) -m bouton.lecture.study -o docs/results/dropconnect.jsonl $(STUDY)

format: ## format the C++ files in place
	@tools/cpp_files.sh | xargs $(CLANG_FORMAT) -i

lint: build ## check format, layout and clang-tidy's findings
	@tools/lint.sh

bench: setup ## build and run the benchmarks (BENCH="bench_networks ..." runs these alone)
	@tools/bench.sh $(BENCH)

bench-large: build ## build and run networks of 10^6 to 10^9 plastic synapses (9 GB; LARGE="--synapses 1e8": less)
	@$(PYTHON) benchmarks/bench_large.py $(LARGE)

clean: ## remove what was built (.venv stays)
	@rm -rf build build-* report

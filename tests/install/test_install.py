# SPDX-License-Identifier: BSD-3-Clause
"""Other projects build with an installed bouton, by CMake and by pkg-config, and run away from the source tree.

BOUTON_BUILD names another build tree than build.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FLAGS = ["-std=c++20", "-Wall", "-Wextra", "-Wpedantic", "-Werror"]


def run(command: Sequence[str | Path], cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command that has to succeed, and return what it printed."""
    done = subprocess.run([str(word) for word in command], cwd=cwd, env={**os.environ, **environment},
                          capture_output=True, text=True, check=False)
    if done.returncode != 0:
        pytest.fail(f"{command}: status {done.returncode}\n{done.stdout}{done.stderr}", pytrace=False)
    return done


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the prefix of an installed copy."""
    prefix = tmp_path_factory.mktemp("installed") / "a prefix"
    build = Path(os.environ.get("BOUTON_BUILD", ROOT / "build"))
    run(["cmake", "--install", build, "--prefix", prefix], ROOT)
    return prefix


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return an empty folder for kernels, so that they are compiled from what the installed library carries."""
    return str(tmp_path_factory.mktemp("kernels"))


def library(installed: Path) -> Path:
    """Return the folder of libbouton."""
    return next(installed.rglob("libbouton.so")).parent


def project(tmp_path: Path) -> Path:
    """Copy examples/cpp to where nothing else of the source tree is."""
    return Path(shutil.copytree(ROOT / "examples" / "cpp", tmp_path / "project"))


def test_find_package_builds_the_examples(installed: Path, cache: str, tmp_path: Path):
    source = project(tmp_path)
    build = tmp_path / "build"
    run(["cmake", "-S", source, "-B", build, f"-DCMAKE_PREFIX_PATH={installed}", "-DCMAKE_BUILD_TYPE=Release",
         f"-DCMAKE_CXX_FLAGS={' '.join(FLAGS[1:])}"], tmp_path)
    run(["cmake", "--build", build], tmp_path)

    told = run([build / "learn", source / "stimuli.toml"], tmp_path, BOUTON_CACHE=cache).stdout
    lines = re.findall(r"t = ([\d.]+) s +(\d+) spikes  mean weight +([\d.]+) pA", told)
    assert [float(t) for t, _, _ in lines] == pytest.approx([0.6 * k for k in range(1, 11)])
    assert all(int(spikes) > 10 for _, spikes, _ in lines), told
    assert len({mean for _, _, mean in lines}) == 1, f"scaling keeps the mean:\n{told}"

    told = run([build / "resume", source / "stimuli.toml", tmp_path / "state"], tmp_path, BOUTON_CACHE=cache).stdout
    assert "compiled: saved and resumed at t = 2 s" in told
    assert "at t = 4 s the weights are the same" in told


def test_find_package_refuses_another_version(installed: Path, tmp_path: Path):
    source = project(tmp_path)
    lists = source / "CMakeLists.txt"
    lists.write_text(lists.read_text().replace("find_package(bouton 0.1 REQUIRED)",
                                               "find_package(bouton 0.0 QUIET)\nmessage(\"found: ${bouton_FOUND}\")\nreturn()"))
    done = run(["cmake", "-S", source, "-B", tmp_path / "build", f"-DCMAKE_PREFIX_PATH={installed}"], tmp_path)
    assert "found: 0" in done.stdout + done.stderr


def test_pkg_config_builds_an_example(installed: Path, cache: str, tmp_path: Path):
    place = library(installed)
    environment = {"PKG_CONFIG_PATH": str(place / "pkgconfig")}
    header = (installed / "include" / "bouton" / "version.hpp").read_text()
    version = ".".join(re.findall(r"#define BOUTON_VERSION_\w+ (\d+)", header))
    assert run(["pkg-config", "--modversion", "bouton"], tmp_path, **environment).stdout.strip() == version
    source = project(tmp_path)
    command = f"g++ {' '.join(FLAGS)} '{source}/resume.cpp' -o resume $(pkg-config --cflags --libs bouton)"
    # A prefix with a space in it comes out of pkg-config with backslashes, which make undoes and $() does not.
    run(["bash", "-c", f"eval \"{command}\""], tmp_path, **environment)
    told = run([tmp_path / "resume", source / "stimuli.toml", "state"], tmp_path, BOUTON_CACHE=cache,
               LD_LIBRARY_PATH=str(place)).stdout
    assert f"bouton {version}, compiled" in told
    assert "the weights are the same" in told


def test_each_header_compiles_by_itself(installed: Path, tmp_path: Path):
    headers = sorted((installed / "include" / "bouton").iterdir())
    assert [header.name for header in headers] == ["ann.hpp", "error.hpp", "network.hpp", "simulation.hpp", "version.hpp"]
    for header in headers:
        text = f"#include <bouton/{header.name}>\n"
        (tmp_path / "twice.cpp").write_text(text + text)
        run(["g++", *FLAGS, f"-I{installed / 'include'}", "-fsyntax-only", "twice.cpp"], tmp_path)
        included = re.findall(r"#include (\S+)", header.read_text())
        assert all(re.fullmatch(r'"bouton/\w+\.hpp"|<\w+>', name) for name in included), included


def test_the_library_exports_nothing_but_the_interface(installed: Path):
    listed = run(["nm", "--dynamic", "--defined-only", "--demangle", library(installed) / "libbouton.so"], ROOT).stdout
    names = [line.split(maxsplit=2)[2] for line in listed.splitlines()]
    public = re.compile(r"((typeinfo|typeinfo name|vtable) for )?bouton::((Classifier|Error|InternalError|Network|"
                        r"Simulation|UnknownName)(::|$)|version\(\))")
    assert [name for name in names if not public.match(name)] == []
    assert "typeinfo for bouton::UnknownName" in names


def test_the_installed_program_runs(installed: Path, cache: str, tmp_path: Path):
    network = project(tmp_path) / "stimuli.toml"
    program = installed / "bin" / "bouton"
    run([program, "run", network, "--set", "simulation.duration=10 ms", "-o", "out.h5", "--backend", "compiled"],
        tmp_path, BOUTON_CACHE=cache)
    assert "tsodyks_markram" in run([program, "models"], tmp_path).stdout
    assert not list(installed.rglob("*.py")) and not list(installed.rglob("_core*")), "Python is installed by pip alone"
    stray = [path for path in installed.rglob("*") if path.is_file() and path.suffix in {".a", ".cpp", ".h"}]
    assert stray == []


def test_mistakes_reach_the_caller(installed: Path, tmp_path: Path):
    """A program compiled with hidden symbols catches what the library throws, by its type."""
    place = library(installed)
    (tmp_path / "mistake.cpp").write_text("""
#include <bouton/error.hpp>
#include <bouton/network.hpp>
#include <cstdio>
int main() {
    try {
        bouton::Network::from_text("simulation = { duratoin = 1 }");
    } catch (const bouton::Error& error) {
        std::puts(error.diagnostics().front().code.c_str());
        return error.status();
    }
    return 0;
}
""")
    run(["g++", *FLAGS, "-fvisibility=hidden", f"-I{installed / 'include'}", "mistake.cpp", f"-L{place}", "-lbouton",
         f"-Wl,-rpath,{place}", "-o", "mistake"], tmp_path)
    run(["bash", "-c", "set +e; out=$(./mistake); [[ $? == 2 && $out == E30* ]]"], tmp_path)


def test_the_manual_compiles(installed: Path, tmp_path: Path):
    blocks = re.findall(r"```cpp\n(.*?)```", (ROOT / "docs" / "cpp.md").read_text(), re.S)
    assert len(blocks) == 2
    headers = ["#include <bouton/ann.hpp>", "#include <bouton/error.hpp>", "#include <bouton/network.hpp>", "#include <iostream>"]
    bodies = []
    for number, block in enumerate(blocks):
        lines = block.splitlines()
        headers += [line for line in lines if line.startswith("#")]
        body = "\n".join(line for line in lines if not line.startswith("#"))
        bodies.append(f"void f{number}(const std::vector<std::int64_t>& neurons, const std::vector<std::int64_t>& steps) {{\n"
                      f"(void)neurons; (void)steps;\n{body}\n}}\n")
    (tmp_path / "manual.cpp").write_text("\n".join(headers + bodies))
    run(["g++", *FLAGS, f"-I{installed / 'include'}", "-fsyntax-only", "manual.cpp"], tmp_path)

# SPDX-License-Identifier: BSD-3-Clause
"""Check what the compiler does not: who includes whom, file sizes, ASCII (but in Python), the licence line.

Run in the repository's root, or with its path as the argument; prints one line per finding and
exits with 1 if there is any.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

# A folder of src includes only itself and folders before it. `kernel` is what generated code includes as well: its headers
# include nothing else of ours.
LAYERS = ["kernel", "base", "lang", "document", "model", "analysis", "codegen", "runtime", "state", "connect", "sim", "ann", "io",
          "session", "api", "cli"]
# What needs less than stands before it.
NEEDS_ONLY = {"ann": {"kernel", "base"}, "document": {"base"}}
# What obeys the plan, which is the whole order: of the description it sees what the plan takes over.
OBEYS_THE_PLAN = {"runtime", "state", "connect", "sim", "io"}
TAKEN_OVER = "model/data.hpp"

FOLDERS = ["include", "src", "python", "models", "tests", "benchmarks", "examples", "cmake", "tools"]
MAX_LINES = 800
CPP = {".cpp", ".hpp", ".h"}
SOURCES = CPP | {".py", ".pyi", ".sh", ".cmake", ".toml"}
LICENCE = "SPDX-License-Identifier: BSD-3-Clause"
LICENCE_EXEMPT = {".toml"}
INCLUDE = re.compile(r'^\s*#\s*include\s*"([^"]+)"')


def may_include(path: str, included: str) -> bool:
    """Whether the file `path` (relative to the root) may include "`included`"."""
    owner = path.split("/")
    target = included.split("/")[0]
    if path.startswith("include/"):
        return target == "bouton"
    if owner[0] != "src":
        return True
    if target == "bouton":
        return True
    if target not in LAYERS or owner[1] not in LAYERS:
        return "/" not in included
    if owner[1] in OBEYS_THE_PLAN and target in ("model", "analysis"):
        return included == TAKEN_OVER
    if owner[1] in NEEDS_ONLY:
        return target == owner[1] or target in NEEDS_ONLY[owner[1]]
    return LAYERS.index(target) <= LAYERS.index(owner[1])


def reason(path: str, included: str) -> str:
    """Why the file `path` may not include "`included`"."""
    folder = path.split("/")[1]
    if path.startswith("src/") and folder in NEEDS_ONLY:
        return f"{folder} includes only {' and '.join(sorted(NEEDS_ONLY[folder]))}"
    if path.startswith("src/") and folder in OBEYS_THE_PLAN and included.split("/")[0] in ("model", "analysis"):
        return f"the plan is the whole order; of the description {folder} includes {TAKEN_OVER} alone"
    return f'it stands later in {" < ".join(LAYERS)}'


def check_file(root: Path, path: str) -> Iterator[str]:
    """Yield the findings in one file."""
    raw = (root / path).read_bytes()
    text = raw.decode("utf-8", errors="replace")
    lines = text.splitlines()
    suffix = Path(path).suffix

    if len(lines) > MAX_LINES:
        yield f"{path}:{MAX_LINES + 1}: {len(lines)} lines, more than {MAX_LINES}: split the file by idea"
    if suffix not in LICENCE_EXEMPT and lines and not any(LICENCE in line for line in lines[:5]):
        yield f"{path}:1: the licence line is missing: {LICENCE}"
    if suffix == ".hpp" and "#pragma once" not in lines:
        yield f"{path}:1: '#pragma once' is missing"
    for number, line in enumerate(lines, 1):
        if suffix != ".py" and not line.isascii():  # Python writes for readers: captions, axes
            column = next(k for k, letter in enumerate(line, 1) if not letter.isascii())
            yield f"{path}:{number}:{column}: a letter beyond ASCII"
        if suffix in CPP and (match := INCLUDE.match(line)) and not may_include(path, match[1]):
            yield f'{path}:{number}: must not include "{match[1]}": {reason(path, match[1])}'


def sources(root: Path) -> list[str]:
    """The files to check, relative to the root."""
    files = [name for name in ("CMakeLists.txt", "Makefile", "pyproject.toml") if (root / name).is_file()]
    for top in FOLDERS:
        for folder, _, names in os.walk(root / top):
            files += [(Path(folder) / name).relative_to(root).as_posix() for name in names]
    # Texts that must fail may hold any bytes.
    wanted = (name for name in files if not name.startswith("tests/models/invalid/"))
    return sorted(name for name in wanted if Path(name).suffix in SOURCES or "/" not in name)


def main(arguments: list[str]) -> int:
    root = Path(arguments[0] if arguments else ".")
    files = sources(root)
    findings = [finding for path in files for finding in check_file(root, path)]
    for finding in findings:
        print(finding)
    print(f"check_layers: {len(files)} files, {len(findings)} findings")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

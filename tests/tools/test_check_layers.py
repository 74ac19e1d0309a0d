# SPDX-License-Identifier: BSD-3-Clause
"""tools/check_layers.py on small trees made up for the purpose."""

import subprocess
import sys
from pathlib import Path

import pytest

TOOL = Path(__file__).parents[2] / "tools" / "check_layers.py"
SPDX = "// SPDX-License-Identifier: BSD-3-Clause\n"


def findings(root: Path, files: dict[str, str]) -> list[str]:
    """Write the files, run the tool, return what it found; its exit status must agree."""
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    done = subprocess.run([sys.executable, str(TOOL), str(root)], capture_output=True, text=True, check=False)
    *found, summary = done.stdout.splitlines()
    assert summary == f"check_layers: {len(files)} files, {len(found)} findings"
    assert done.returncode == (1 if found else 0)
    return found


@pytest.mark.parametrize(
    ("path", "included"),
    [
        ("src/lang/a.cpp", "base/span.hpp"),
        ("src/lang/deep/a.cpp", "lang/b.hpp"),
        ("src/lang/a.cpp", "kernel/random.h"),
        ("src/model/sections/a.cpp", "document/a.hpp"),
        ("src/kernel/a.h", "kernel/b.h"),
        ("src/kernel/a.h", "b.h"),
        ("src/cli/a.cpp", "io/a.hpp"),
        ("src/ann/a.cpp", "base/a.hpp"),
        ("src/ann/a.cpp", "kernel/a.h"),
        ("src/sim/a.cpp", "bouton/error.hpp"),
        ("src/sim/a.cpp", "model/data.hpp"),
        ("src/session/a.cpp", "model/spec.hpp"),
        ("tests/lang/a_test.cpp", "sim/a.hpp"),
    ],
)
def test_allowed_include(tmp_path, path, included):
    assert findings(tmp_path, {path: f'{SPDX}#include "{included}"\n'}) == []


@pytest.mark.parametrize(
    ("path", "included"),
    [
        ("src/lang/a.cpp", "analysis/a.hpp"),
        ("src/base/a.cpp", "lang/a.hpp"),
        ("src/io/a.cpp", "cli/a.hpp"),
        ("src/ann/a.cpp", "io/a.hpp"),
        ("src/kernel/a.h", "runtime/engine.hpp"),
        ("src/kernel/a.h", "base/a.hpp"),
        ("src/document/a.cpp", "lang/a.hpp"),
        ("src/model/a.cpp", "analysis/a.hpp"),
        ("src/state/a.cpp", "sim/a.hpp"),
        ("src/state/a.cpp", "connect/a.hpp"),
        ("src/ann/a.cpp", "sim/a.hpp"),
        ("src/sim/a.cpp", "model/spec.hpp"),
        ("src/connect/a.cpp", "analysis/checked.hpp"),
        ("src/lang/a.cpp", "runtime/engine.hpp"),
        ("src/lang/a.cpp", "nowhere/a.hpp"),
        ("include/bouton/a.h", "base/a.hpp"),
    ],
)
def test_refused_include(tmp_path, path, included):
    found = findings(tmp_path, {path: f'{SPDX}\n  #  include "{included}"\n'})
    assert len(found) == 1
    assert found[0].startswith(f'{path}:3: must not include "{included}"')


def test_long_file(tmp_path):
    files = {"src/base/a.cpp": SPDX + "\n" * 799, "src/base/b.cpp": SPDX + "\n" * 800}
    assert findings(tmp_path, files) == ["src/base/b.cpp:801: 801 lines, more than 800: split the file by idea"]


def test_licence_line(tmp_path):
    files = {"tools/a.py": "x = 1\n", "tools/b.py": "# SPDX-License-Identifier: BSD-3-Clause\n", "tools/c.py": ""}
    found = findings(tmp_path, files)
    assert found == ["tools/a.py:1: the licence line is missing: SPDX-License-Identifier: BSD-3-Clause"]


def test_letters_beyond_ascii(tmp_path):
    files = {"src/base/a.cpp": SPDX + "// tau \u2264 1\n", "models/a.toml": "# caf\u00e9\n", "python/a.py": SPDX.replace("//", "#") + "# \u03c4\n"}
    found = findings(tmp_path, files)
    assert found == ["models/a.toml:1:6: a letter beyond ASCII", "src/base/a.cpp:2:8: a letter beyond ASCII"]


def test_header_without_pragma_once(tmp_path):
    files = {"src/base/a.hpp": SPDX, "src/base/b.hpp": SPDX + "#pragma once\n"}
    assert findings(tmp_path, files) == ["src/base/a.hpp:1: '#pragma once' is missing"]

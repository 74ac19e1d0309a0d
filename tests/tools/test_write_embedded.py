# SPDX-License-Identifier: BSD-3-Clause
"""cmake/write_embedded.cmake: text with every awkward letter comes back unchanged from the compiled program."""

import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROGRAM = """
#include <cstdio>
#include "base/embedded.hpp"
int main() {
    for (const auto& file : bouton::base::embedded_models()) {
        std::fwrite(file.name.data(), 1, file.name.size(), stdout);
        std::putchar('=');
        std::fwrite(file.text.data(), 1, file.text.size(), stdout);
        std::putchar('|');
    }
}
"""


def embed(folder: Path, texts: dict[str, str]) -> dict[str, str]:
    """Embed the texts as files of `folder`, compile, run, and return what the program holds."""
    for name, text in texts.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="ascii")
    (folder / "list").write_text("\n".join(str(folder / name) for name in sorted(texts)))
    (folder / "main.cpp").write_text(PROGRAM)
    define = [f"-DROOT={folder}", "-DNAME=models", f"-DLIST={folder}/list", f"-DOUTPUT={folder}/out.cpp"]
    subprocess.run(["cmake", *define, "-P", ROOT / "cmake" / "write_embedded.cmake"], check=True)
    compiler = ["g++", "-std=c++20", "-I", ROOT / "src", "out.cpp", "main.cpp", "-o", "program"]
    subprocess.run(compiler, check=True, cwd=folder)
    held = subprocess.run([folder / "program"], check=True, capture_output=True, text=True).stdout
    return dict(item.split("=", 1) for item in held.split("|")[:-1])


def test_awkward_text(tmp_path):
    texts = {
        "a/quotes.toml": 'x = "a \\"b\\" \\n"\n??= ??/\n',
        "a/cmake.toml": "${ROOT} @NAME@ $<X> ; [ ]] [[ ; a;b;;c\n#define X(a) a\\\n  b\n",
        "b/no_last_newline.toml": "\n\n  x",
        "empty.toml": "",
        "long.toml": "0123456789abcdef;\n" * 10_000,
    }
    assert embed(tmp_path, texts) == texts


def test_no_file(tmp_path):
    assert embed(tmp_path, {}) == {}

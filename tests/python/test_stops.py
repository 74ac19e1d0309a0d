# SPDX-License-Identifier: BSD-3-Clause
"""KeyboardInterrupt while the engine works, in the main thread and in another one; and files that it must not cost."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import bouton
from bouton.whole_file import whole_file

SCRIPT = '''\
import ctypes, os, pathlib, sys, tempfile, threading, time
import bouton

out, partial = pathlib.Path("out.h5"), pathlib.Path("out.h5.partial")
out.write_text("older")

def when_begun(interrupt):
    while not partial.exists():
        time.sleep(0.01)
    interrupt()

def run():
    try:
        bouton.run("net.toml", out, backend="interpreted", progress=False, threads=THREADS)
    except KeyboardInterrupt:
        print("interrupted")

if WHERE == "main":
    import _thread
    threading.Thread(target=when_begun, args=(_thread.interrupt_main,), daemon=True).start()
    run()
else:
    worker = threading.Thread(target=run)
    worker.start()
    when_begun(lambda: ctypes.pythonapi.PyThreadState_SetAsyncExc(
        ctypes.c_ulong(worker.ident), ctypes.py_object(KeyboardInterrupt)))
    worker.join()
# A thread that has been joined may stand in the list for a moment.
latest = time.monotonic() + 60
while len(os.listdir("/proc/self/task")) > 2 and time.monotonic() < latest:
    time.sleep(0.01)
print(out.read_text(), partial.exists(), len(os.listdir("/proc/self/task")))
'''

# It would be built for minutes.
NETWORK = """\
[simulation]
duration = "1 s"
[neurons.cells]
size = 60000
equations = "dv/dt = -v/(10*ms) : 1"
threshold = "v > 1"
[synapses.all]
from = "cells"
to = "cells"
connect = { condition = "sin(i*0.1)*cos(j*0.1) > 2" }
on_pre = "v_post += 1"
"""


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("where", ["main", "other"])
def test_an_interrupt_is_heard_while_a_network_is_built(tmp_path: Path, where: str, threads: int) -> None:
    (tmp_path / "net.toml").write_text(NETWORK)
    script = f"WHERE = {where!r}\nTHREADS = {threads}\n" + SCRIPT
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", script], cwd=tmp_path, capture_output=True, text=True, timeout=100,
                          check=False)
    assert done.returncode == 0, done.stderr
    said, left = done.stdout.splitlines()
    assert said == "interrupted"
    older, partial, tasks = left.split()
    assert (older, partial) == ("older", "False")
    assert int(tasks) <= 2, "threads of the engine are left"


def test_a_network_is_not_replaced_by_its_results(tmp_path: Path) -> None:
    file = tmp_path / "net.toml"
    file.write_text(NETWORK)
    network = bouton.load(file)
    (tmp_path / "link.h5").symlink_to(file)
    for output in (file, tmp_path / "link.h5"):
        with pytest.raises(bouton.Error, match="is the same file as the input"):
            network.run(output)
        with pytest.raises(bouton.Error, match="is the same file as the input"):
            bouton.run(file, output)
    assert file.read_text() == NETWORK


def test_a_network_that_cannot_be_written_leaves_the_older_file(tmp_path: Path) -> None:
    file = tmp_path / "net.toml"
    network = bouton.Network(duration="1 ms")
    network.add_neurons("cells", size=1, equations="v : 1")
    network.save(file)
    older = file.read_text()
    with pytest.raises(RuntimeError), whole_file(file) as out:
        out.write("half")
        raise RuntimeError
    assert file.read_text() == older
    assert [entry.name for entry in tmp_path.iterdir()] == ["net.toml"]

# SPDX-License-Identifier: BSD-3-Clause
"""`bouton train`: the model, what is said, resuming, and ends before the end."""

from __future__ import annotations

import contextlib
import os
import pty
import re
import resource
import signal
import subprocess

import h5py
import numpy as np
import pytest

SMALL = ("--layers", "24,16", "--batch", "32", "--learning-rate", "0.05")
COLUMNS = ["epoch", "learning_rate", "loss", "masked_error", "train_error", "test_error"]


@pytest.fixture
def place(place):
    """Return a folder with images in data/."""
    place.write_stripes("data")
    return place


def train(place, *arguments, output="m.h5", **options):
    return place.run("train", "--data", "data", "-o", output, *arguments, **options)


def contents(path):
    """All datasets but the seconds, and all attributes, of a model file."""
    found = {}

    def take(name, item):
        for key, value in item.attrs.items():
            found[f"{name}@{key}"] = value
        if isinstance(item, h5py.Dataset) and name != "history/seconds":
            found[name] = item[()].tobytes()

    with h5py.File(path) as file:
        take("", file)
        file.visititems(take)
    return found


def test_trains_and_tells(place):
    done = train(place, *SMALL, "--epochs", "3", "--train-error", "--threads", "2")
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[0] == ("64-24-16-10, relu, no mask; 2,130 weights; train-images-idx3-ubyte "
                        + lines[0].split("train-images-idx3-ubyte ")[1])
    assert re.search(r"600 examples; 2 threads, (avx512|avx2|portable)$", lines[0])
    assert lines[1].split() == ["epoch", "rate", "loss", "masked", "error", "train", "error", "test", "error", "seconds"]
    assert re.fullmatch(r" +1 +0\.05 +\d\.\d{6} +\d+\.\d\d % +\d+\.\d\d % +\d+\.\d\d % +\d+\.\d\d", lines[2])
    assert len(lines) == 6
    assert re.fullmatch(r"57 steps in .+ per step, \S+ multiply-adds per second; test error \d+\.\d\d %; "
                        r"model in m\.h5", lines[5])
    assert sorted(os.listdir(place.folder)) == ["data", "m.h5", "net.toml"]

    with h5py.File(place.folder / "m.h5") as model:
        assert model.attrs["format"] == "bouton model" and model.attrs["epoch"] == 3 and model.attrs["step"] == 57
        assert model["layers/0/weights"].shape == (64, 24) and model["layers/2/biases"].shape == (10,)
        assert model["layers/1"].attrs["activation"] == "relu" and model["layers/2"].attrs["activation"] == "softmax"
        history = {name: model["history"][name][:] for name in COLUMNS}
        assert history["epoch"].tolist() == [1, 2, 3] and np.all(history["learning_rate"] == 0.05)
        assert history["loss"][2] < history["loss"][0]
        assert f"test error {100 * history['test_error'][2]:.2f} %" in lines[5]


def test_learns_the_stripes_with_and_without_masks(place):
    for mask in ("none", "dropout", "dropconnect"):
        done = train(place, "--layers", "64", "--batch", "32", "--epochs", "40", "--mask", mask, output=f"{mask}.h5")
        assert done.returncode == 0, done.stderr
        with h5py.File(place.folder / f"{mask}.h5") as model:
            assert model["layers/0"].attrs["mask"] == mask
            assert model["layers/0"].attrs["keep"] == (1.0 if mask == "none" else 0.5)
            assert model["layers/1"].attrs["mask"] == "none"
            # By chance 0.75.
            assert model["history/test_error"][-1] < 0.1, (mask, model["history/test_error"][:])


def test_the_model_does_not_depend_on_the_threads(place):
    for threads in ("1", "2", "3"):
        done = train(place, *SMALL, "--epochs", "2", "--mask", "dropconnect", "--threads", threads,
                     output=f"{threads}.h5")
        assert done.returncode == 0
    first = contents(place.folder / "1.h5")
    assert contents(place.folder / "2.h5") == first
    assert contents(place.folder / "3.h5") == first


TRAINING = """\
layers = [24, 16]
activation = ["tanh", "sigmoid"]
mask = ["dropout", "dropconnect", "dropconnect"]
keep = [0.8, 0.5, 0.9]
scaling = "inverted"
input_shift = 0.5
input_scale = 2
initial = "he"
batch = 32
schedule = "2x1, 1x0.5, 1x0.1"
learning_rate = 0.02
momentum = 0.5
weight_decay = 1e-4
bias_rate = 2
shift = 1
rotation = 5.5
scale = 0.1
seed = 9
data = "data"
train = 500
threads = 1
train_error = true
save_every = 2
"""


def test_a_file_and_options_say_the_same(place):
    (place.folder / "sub").mkdir()
    (place.folder / "data").rename(place.folder / "sub" / "data")
    place.write("sub/t.toml", TRAINING)
    done = place.run("train", "sub/t.toml")
    assert done.returncode == 0, done.stderr
    assert "model in t.h5" in done.stdout
    options = ["--layers", "24,16", "--activation", "tanh,sigmoid", "--mask", "dropout,dropconnect,dropconnect",
               "--keep", "0.8,.5,0.9", "--scaling", "inverted", "--input-shift", "0.5", "--input-scale", "2",
               "--initial", "he", "--batch", "32", "--schedule", "2x1,1x0.5,1x0.1", "--learning-rate", "0.02",
               "--momentum", "0.5", "--weight-decay", "1e-4", "--bias-rate", "2", "--shift", "1", "--rotation", "5.5",
               "--scale", "0.1", "--seed", "9", "--data", "sub/data", "--train", "500", "--train-error", "-o", "o.h5"]
    done = place.run("train", *options)
    assert done.returncode == 0, done.stderr
    assert "layer 1: keep 0.8 becomes 205/256 = 0.80078125" in done.stderr
    assert "layer 2" not in done.stderr and "layer 3: keep 0.9" in done.stderr
    assert contents(place.folder / "t.h5") == contents(place.folder / "o.h5")
    with h5py.File(place.folder / "o.h5") as model:
        assert model["history/learning_rate"][:].tolist() == [0.02, 0.02, 0.01, 0.002]
        assert [model[f"layers/{k}"].attrs["keep"] for k in range(3)] == [0.8, 0.5, 0.9]
        assert model["layers/0"].attrs["keep_realised"] == 205 / 256
        assert model["training"].attrs["rotation"] == 5.5 and model["training"].attrs["seed"] == 9


def test_options_win_over_the_file(place):
    place.write("t.toml", 'layers = [24]\nmask = "dropout"\nkeep = 0.25\nepochs = 9\nlearning_rate = 7\n')
    done = place.run("train", "t.toml", "--data", "data", "--epochs", "1", "--learning-rate", "0.01", "--keep", "0.75")
    assert done.returncode == 0, done.stderr
    with h5py.File(place.folder / "t.h5") as model:
        assert model["history/epoch"][:].tolist() == [1]
        assert model["layers/0"].attrs["keep"] == 0.75 and model["training"].attrs["learning_rate"] == 0.01


@pytest.mark.parametrize(("schedule", "epochs", "factors"), [
    ("constant", 3, [1, 1, 1]),
    ("cosine", 4, [1, 0.5 + 0.5 * 0.5**0.5, 0.5, 0.5 - 0.5 * 0.5**0.5]),
    ("2-1-1", None, [1, 1, 0.5, 0.1, 0.05, 0.01, 0.005, 0.001]),
    ("1x2,2x0.25", None, [2, 0.25, 0.25]),
])
def test_schedules(place, schedule, epochs, factors):
    more = () if epochs is None else ("--epochs", str(epochs))
    done = train(place, "--layers", "4", "--schedule", schedule, "--learning-rate", "0.01", *more)
    assert done.returncode == 0, done.stderr
    with h5py.File(place.folder / "m.h5") as model:
        assert model["history/learning_rate"][:] == pytest.approx(0.01 * np.array(factors), rel=1e-12)


def test_the_data_folder_may_come_from_the_environment(place):
    place.environment["BOUTON_DATA"] = str(place.folder / "data")
    assert place.run("train", "--layers", "4", "--epochs", "1", "-o", "m.h5").returncode == 0


def test_a_terminal_shows_how_far_it_is(place):
    controller, terminal = pty.openpty()
    process = subprocess.Popen(place.command("train", "--data", "data", "-o", "m.h5", *SMALL, "--epochs", "3"),
                               cwd=place.folder, stdout=subprocess.DEVNULL, stderr=terminal)
    os.close(terminal)
    shown = b""
    with contextlib.suppress(OSError):  # how a terminal says that nobody writes to it any more
        while read := os.read(controller, 4096):
            shown += read
    os.close(controller)
    assert process.wait() == 0
    line = rb"\r\x1b\[K +\d+ % \[=*>? *\] epoch 1 of 3, +\d+ % of it, loss \d\.\d{4}, .+ left"
    assert re.search(line, shown), shown
    assert shown.endswith(b"\r\x1b[K")


def test_no_hidden_layer_is_a_network_too(place):
    place.write("t.toml", "layers = []\nepochs = 1\n")
    done = place.run("train", "t.toml", "--data", "data")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("64-10, no mask; 650 weights")


RESUMED = (*SMALL, "--mask", "dropconnect,dropout", "--keep", "0.5,0.8", "--shift", "1")


@pytest.mark.parametrize("schedule", [True, False])
def test_resuming_after_an_interrupt_equals_a_straight_run(place, schedule):
    def length(epochs):
        return ("--schedule", f"3x1,{epochs - 3}x0.1") if schedule else ("--epochs", str(epochs))

    # More epochs than anybody waits for; --save-every: what is saved at the interrupt is saved because of it.
    process = place.start("train", "--data", "data", "-o", "m.h5", *RESUMED, *length(100_000), "--save-every", "100000")
    for line in process.stdout:
        if line.split()[0] in {"2", "3"}:
            process.send_signal(signal.SIGINT)
            break
    out, error = process.communicate(timeout=60)
    stopped = re.search(r"stopped; the model is that of epoch (\d+) ", error)
    assert process.returncode == 1 and stopped, error
    assert "steps in" in out
    epochs = int(stopped[1]) + 2
    done = train(place, *RESUMED, *length(epochs), "--resume")
    assert done.returncode == 0, done.stderr
    assert train(place, *RESUMED, *length(epochs), output="straight.h5").returncode == 0
    assert contents(place.folder / "m.h5") == contents(place.folder / "straight.h5")


def test_more_epochs_can_be_asked_for(place):
    assert train(place, *RESUMED, "--epochs", "5", output="straight.h5").returncode == 0
    assert train(place, *RESUMED, "--epochs", "2").returncode == 0
    done = train(place, *RESUMED, "--epochs", "5", "--resume")
    assert done.returncode == 0, done.stderr
    assert [line.split()[0] for line in done.stdout.splitlines()[2:5]] == ["3", "4", "5"]
    assert contents(place.folder / "m.h5") == contents(place.folder / "straight.h5")


def test_what_is_done_is_not_done_again(place):
    assert train(place, *SMALL, "--epochs", "2").returncode == 0
    before = (place.folder / "m.h5").read_bytes()
    done = train(place, "--resume")
    assert done.returncode == 0 and "0 steps in 0 s; test error" in done.stdout
    assert (place.folder / "m.h5").read_bytes() == before
    done = train(place, "--resume", "--epochs", "1")
    assert done.returncode == 2 and "has been trained for 2 epochs already" in done.stderr


def test_resuming_refuses_another_network_or_training(place):
    assert train(place, *SMALL, "--epochs", "1").returncode == 0
    before = (place.folder / "m.h5").read_bytes()
    done = train(place, "--resume", "--epochs", "3", "--layers", "24,17", "--momentum", "0.5")
    assert done.returncode == 2
    assert "layers = [24, 17] is asked for, but the model has [24, 16]" in done.stderr
    assert "momentum = 0.5 is asked for, but the model has 0.9" in done.stderr
    done = train(place, "--resume", "--epochs", "3", "--mask", "dropout")
    assert done.returncode == 2
    assert 'mask = ["dropout", "dropout", "none"] is asked for' in done.stderr
    assert (place.folder / "m.h5").read_bytes() == before


def test_resuming_refuses_other_data(place):
    assert train(place, *SMALL, "--epochs", "1").returncode == 0
    done = train(place, "--resume", "--epochs", "2", "--train", "500")
    assert done.returncode == 2 and "the training began on other data" in done.stderr
    place.write_stripes("other", seed=2)
    done = place.run("train", "-o", "m.h5", "--data", "other", "--resume", "--epochs", "2")
    assert done.returncode == 2 and "the training began on other data" in done.stderr
    assert h5py.File(place.folder / "m.h5").attrs["epoch"] == 1


def test_resuming_needs_a_model(place):
    done = train(place, "--resume")
    assert done.returncode == 2 and "cannot read the model 'm.h5': there is no such file" in done.stderr
    place.write("m.h5", "something else")
    done = train(place, "--resume")
    assert done.returncode == 2 and "cannot read the model 'm.h5': it does not begin as a bouton model does" in done.stderr
    assert (place.folder / "m.h5").read_text() == "something else"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_before_the_first_epoch_leaves_the_older_file(place, number):
    place.write_stripes("data", train=60000)
    place.write("m.h5", "older")
    process = place.start("train", "--data", "data", "-o", "m.h5", "--layers", "3000,3000", "--mask", "dropconnect",
                          "--batch", "8")
    assert process.stdout.readline()  # the training has begun
    process.send_signal(number)
    _, error = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "stopped before the first epoch was done; there is no model" in error
    assert (place.folder / "m.h5").read_text() == "older"
    assert not (place.folder / "m.h5.partial").exists()


def test_a_loss_that_is_not_finite_names_epoch_and_layer_and_keeps_the_good_model(place):
    assert train(place, *SMALL, "--epochs", "1").returncode == 0
    good = contents(place.folder / "m.h5")
    done = train(place, "--layers", "24,16", "--learning-rate", "1e30", output="n.h5")
    assert done.returncode == 1
    assert re.search(r"diverged in epoch 1, batch \d+: .*layer \d", done.stderr), done.stderr
    assert not (place.folder / "n.h5").exists() and not (place.folder / "n.h5.partial").exists()
    done = train(place, "--resume", "--schedule", "1x1,1x1,2x1e30", "--save-every", "50")
    assert done.returncode == 1 and re.search(r"diverged in epoch 3, ", done.stderr), done.stderr
    now = contents(place.folder / "m.h5")
    assert now["@epoch"] == 2 and good["@epoch"] == 1
    with h5py.File(place.folder / "m.h5") as model:
        assert np.all(np.isfinite(model["layers/0/weights"][:]))


def test_a_full_disk_is_told_and_keeps_the_last_good_model(place):
    assert train(place, *SMALL, "--epochs", "1").returncode == 0
    good = (place.folder / "m.h5").read_bytes()

    def small_files():
        resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))

    done = train(place, "--layers", "400,400", "--epochs", "2", preexec_fn=small_files)
    assert done.returncode == 1, done.stdout
    assert "cannot" in done.stderr and "File too large" in done.stderr
    assert (place.folder / "m.h5").read_bytes() == good
    assert not (place.folder / "m.h5.partial").exists()


def test_two_trainings_onto_one_file_are_refused(place):
    place.write_stripes("data", train=20000)
    process = place.start("train", "--data", "data", "-o", "m.h5", "--layers", "2000,2000", "--batch", "8")
    try:
        assert process.stdout.readline()
        second = train(place, *SMALL)
        assert second.returncode == 2 and "another run is writing" in second.stderr
        assert process.poll() is None
    finally:
        process.kill()
        process.communicate()

"""The stored weights from one command: killed and resumed, the same to the byte."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from d2l_ssd.anchors import SIZES
from d2l_ssd.checkpoints import ModelSettings
from d2l_ssd.datasets import open_dataset
from d2l_ssd.results import load_results
from d2l_ssd.results.sums import read_sums
from d2l_ssd.toy import make_toy_voc

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.speed import step_shares, time_to_accuracy  # noqa: E402
from benchmarks.weights import (  # noqa: E402
    anchors,
    launching,
    storing,
    sweep,
)
from benchmarks.weights.recipe import Recipe  # noqa: E402
from d2l_ssd.torch import Processes  # noqa: E402

RUN = "build/weights/run"
LENGTH = "--num-train 16 --epochs 3 --batch-size 8 --image-size 64".split()
# What depends on the clock; all else is the same to the byte
TIMED = re.compile(r"^- \*\*(Time|Images per second|Drawing)\*\*.*$", re.M)


def start(folder, *args):
    """Start the command in a folder, with data beside it."""
    folder.mkdir(exist_ok=True)
    return subprocess.Popen(
        [
            *(sys.executable, "-m", "benchmarks.weights.weights", *LENGTH),
            *("--data", "../train", "--judged", "../judged"),
            *("--processes", "1", *args),
        ],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        start_new_session=True,
        stdout=subprocess.DEVNULL,
    )


def kill_after_an_epoch(process, folder):
    """Kill a command and all its processes once an epoch is stored."""
    while not (folder / RUN / "gallery-0001.npz").exists():
        assert process.poll() is None, "it has ended"
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The folders of a run at one go, and of one that was killed and resumed."""
    base = tmp_path_factory.mktemp("weights")
    make_toy_voc(base / "judged", 2, 3, seed=5)
    whole, killed = base / "whole", base / "killed"
    assert start(whole).wait() == 0
    kill_after_an_epoch(start(killed), killed)
    assert not (killed / "build/weights/results").exists()
    assert start(killed).wait() == 0
    return whole, killed


def results_of(folder):
    """Return the content of each file of results, by name."""
    folder = folder / "build/weights/results"
    return {path.name: path.read_bytes() for path in folder.iterdir()}


class TestCommand:
    def test_killed_and_resumed_is_the_same_to_the_byte(self, made):
        whole, killed = map(results_of, made)
        assert whole.keys() == killed.keys()
        for name in whole:
            if name.endswith(".npz"):
                assert whole[name] == killed[name], name

    def test_card_and_history_differ_in_times_alone(self, made):
        cards = [
            TIMED.sub("", results_of(folder)["card.md"].decode())
            for folder in made
        ]
        assert cards[0] == cards[1]
        histories = [
            [
                {k: v for k, v in row.items() if "second" not in k}
                for row in json.loads(results_of(folder)["history.json"])
            ]
            for folder in made
        ]
        assert histories[0] == histories[1] and len(histories[0]) == 3

    def test_makes_what_the_package_stores(self, made):
        results = load_results(made[0] / "build/weights/results")
        assert len(results.predictions.ids) == len(results.test.ids) == 3
        assert len(results.replay) == len(results.history) == 3
        assert results.weights["output.class_heads.0.weight"].ndim == 4
        for text in (
            "--num-train 16",
            "25% on clutter",
            f"{os.cpu_count()} cores",
        ):
            assert text in results.card

    def test_is_stored_when_all_files_are(self, made, tmp_path):
        source = made[0] / "build/weights/results"
        assert storing.is_stored(source) and not storing.is_stored(tmp_path)
        lines = (source / "SHA256SUMS").read_text().splitlines()
        kept = [line for line in lines if "test_predictions" not in line]
        (tmp_path / "SHA256SUMS").write_text("\n".join(kept) + "\n")
        assert not storing.is_stored(tmp_path)

    def test_another_length_is_another_training(self, made, capfd):
        assert start(made[0], "--epochs", "4").wait() != 0
        assert "is of another training" in capfd.readouterr().err

    def test_copies_into_a_folder_with_tables(self, made, tmp_path):
        (tmp_path / "SHA256SUMS").write_text(f"{'0' * 64}  ablation.json\n")
        source = made[0] / "build/weights/results"
        with pytest.raises(ValueError, match="anchors are not those"):
            storing.copy_results(source, tmp_path)

    def test_copy_keeps_the_hashes_of_tables(self, made, tmp_path, monkeypatch):
        (tmp_path / "SHA256SUMS").write_text(f"{'0' * 64}  ablation.json\n")
        settings = ModelSettings(64)
        monkeypatch.setattr(storing, "ModelSettings", lambda: settings)
        storing.copy_results(made[0] / "build/weights/results", tmp_path)
        assert len(load_results(tmp_path).history) == 3
        assert read_sums(tmp_path)["ablation.json"] == "0" * 64


class TestRecipe:
    def test_survives_json(self):
        recipe = replace(Recipe(), sizes=((0.1, 0.2), (0.3, 0.4)), num_train=5)
        values = json.loads(json.dumps(recipe.as_dict()))
        assert Recipe.from_dict(values) == recipe

    def test_is_the_packages_but_for_its_length(self):
        options = Recipe().train_options()
        assert (options.num_epochs, options.batch_size) == (20, 16)
        assert options == replace(type(options)(), num_epochs=20, batch_size=16)

    def test_a_quarter_is_on_clutter(self, made):
        """Of other pixels than the same images without it."""
        train = open_dataset(made[0].parent / "train", "train")
        bare = make_toy_voc(made[0].parent / "bare", 16, 0, seed=1)
        bare = open_dataset(bare, "train")
        same = [
            a[0].shape == b[0].shape and np.array_equal(a[0], b[0])
            for a, b in zip(train, bare, strict=True)
        ]
        assert [i for i, equal in enumerate(same) if not equal] == [
            3,
            7,
            11,
            15,
        ]


class TestLaunching:
    @pytest.mark.parametrize("processes, threads", [(1, 4), (2, 2), (8, 1)])
    def test_no_more_threads_than_cores(self, monkeypatch, processes, threads):
        monkeypatch.setattr(os, "cpu_count", lambda: 4)
        values = launching.environment(processes)
        assert values["OMP_NUM_THREADS"] == str(threads)

    def test_memory_may_be_given_back(self, monkeypatch):
        monkeypatch.setattr(sys, "platform", "linux")
        assert launching.KEEP_MEMORY.items() <= launching.environment(1).items()
        values = launching.environment(1, keep_memory=False)
        assert not launching.KEEP_MEMORY.keys() & values.keys()

    def test_writes_once(self, tmp_path):
        for _ in range(2):
            launching.write_once(tmp_path / "recipe.json", "one")
        with pytest.raises(ValueError, match="another training"):
            launching.write_once(tmp_path / "recipe.json", "two")


class TestSteps:
    """The fewest steps that cost less than a limit."""

    @pytest.mark.parametrize(
        "aps, steps",
        [((0.5, 0.4, 0.499), 15), ((0.5, 0.4, 0.4, 0.4, 0.4), 127)],
    )
    def test_chooses_the_first_that_costs_little(
        self, made, tmp_path, monkeypatch, aps, steps
    ):
        (tmp_path / "run").symlink_to(made[0] / RUN)
        values = iter(aps)

        class Judged:
            @property
            def mean_ap(self):
                return next(values)

        monkeypatch.setattr(
            storing, "evaluate", lambda *_, **__: (None, Judged())
        )
        assert storing.choose_steps(tmp_path, []) == (steps, aps[0])
        # Kept: nothing is left to measure
        assert storing.choose_steps(tmp_path, []) == (steps, aps[0])


def test_fit_of_small_objects_stands_apart():
    boxes = [np.array([[0.4, 0.4, 0.48, 0.48], [0.1, 0.1, 0.65, 0.65]])]
    text = anchors.measure_fit(boxes, ModelSettings(256))
    every, small = text.split("; ")
    assert every.startswith("objects: ") and small.startswith("small ones: ")
    assert every != small.replace("small ones", "objects")


class TestSweep:
    @pytest.mark.parametrize("name", sweep.VARIANTS)
    def test_every_variant_is_a_training(self, made, name):
        data = str(made[0].parent / "train")
        base = Recipe(data=data, num_train=16, options={"image_sizes": [128]})
        options = sweep.recipe_of(name, base, 48).train_options()
        assert options.num_epochs == 3
        assert options.image_sizes[-1] == 128

    def test_variants_differ_in_what_they_say(self):
        base = Recipe(options={"image_sizes": [256]})
        grown = [
            sweep.recipe_of(f"growing, {unit}", base, 0).train_options()
            for unit in ("fractions", "pixels")
        ]
        assert [o.scale_anchors for o in grown] == [True, False]
        assert all(o.image_sizes == [128, 192, 256] for o in grown)
        assert grown[0].sizes == SIZES

    def test_gathers_what_is_there(self, tmp_path):
        row = {"name": "base", "ap": 0.5}
        sweep.row_path(tmp_path, "base").write_text(json.dumps(row))
        assert sweep.gather(tmp_path, tmp_path) == [row]
        text = (tmp_path / sweep.SWEEP).read_text()
        assert json.loads(text) == {"rows": [row]}


class TestTimeToAccuracy:
    def test_shortest_training_counts(self):
        rows = [
            {"minutes": 10, "ap50": 0.7},
            {"minutes": 20, "ap50": 0.85},
            {"minutes": 30, "ap50": 0.88},
        ]
        assert time_to_accuracy.minutes_to(0.8, rows) == 20
        assert time_to_accuracy.minutes_to(0.9, rows) is None

    def test_stages_of_a_step(self, made):
        setting = {
            "name": "tiny", "precision": "float32", "batch_size": 2, "steps": 1,
            "channels_last": True, "image_size": 64,
            "data": str(made[0].parent / "train"),
        }  # fmt: skip
        row = step_shares.measure(setting, Processes())
        assert [*row["seconds"]] == [*step_shares.STAGES]
        assert min(row["seconds"].values()) > 0
        whole = sum(row["seconds"].values())
        assert row["images_per_second"] == pytest.approx(2 / whole, rel=0.01)
        assert 0 < row["share_of_matrix_rate"] < 1

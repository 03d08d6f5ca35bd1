"""Ablation and baselines: what they train, and how their tables are kept."""

import dataclasses
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from helpers.javascript import node

from d2l_ssd import results
from d2l_ssd.data import VOCDetection
from d2l_ssd.torch import (
    Run,
    TrainOptions,
    get_weights,
    new_network,
    train_detection,
)
from d2l_ssd.toy import make_toy_voc

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.ablation import measuring, naive  # noqa: E402
from benchmarks.ablation.settings import (  # noqa: E402
    SETTINGS,
    Setting,
    book_network,
)
from benchmarks.baselines import networks  # noqa: E402
from benchmarks.baselines.baselines import BASELINES  # noqa: E402

SMALL = measuring.Budget(image_size=64, num_epochs=1, batch_size=4)
ALL = {**SETTINGS, **BASELINES}


@pytest.fixture(scope="module", autouse=True)
def one_thread():
    torch.set_num_threads(1)


@pytest.fixture(scope="module")
def toy(tmp_path_factory):
    root = make_toy_voc(tmp_path_factory.mktemp("data") / "toy", 8, 4, seed=3)
    return [VOCDetection(root, s, all_images=True) for s in ("train", "val")]


def first_batch(images):
    """Load inputs and targets of four images in their order."""
    keys = [(0, i) for i in range(4)]
    *batch, _ = next(iter(torch.utils.data.DataLoader(images, 4, sampler=keys)))
    return batch


def losses_of(setting, net, batch):
    """Compute a setting's two losses on a batch, as its training does."""
    X, *targets = batch
    predictions = (part.float() for part in net.train()(X))
    return measuring.loss_of(setting, X.shape[-1])(*predictions, *targets)


def fields(setting):
    """What a setting consists of, but for its texts."""
    names = [f.name for f in dataclasses.fields(setting)]
    parts = {name: getattr(setting, name) for name in names}
    return {k: v for k, v in parts.items() if k not in ("name", "change")}


class TestSettings:
    def test_each_changes_one_part_of_the_one_before(self):
        settings = list(SETTINGS.values())
        assert settings[0] == Setting("naive", settings[0].change)
        for before, after in zip(settings, settings[1:]):
            a, b = fields(before), fields(after)
            assert sum(a[name] != b[name] for name in a) == 1, after.name
            assert before.change != after.change

    @pytest.mark.parametrize("name", ALL)
    def test_makes_a_step(self, toy, name):
        setting = ALL[name]
        images = measuring.targets_of(toy[0], setting, SMALL)
        batch = first_batch(images)
        torch.manual_seed(0)
        net = setting.network()
        losses = losses_of(setting, net, batch)
        sum(losses).backward()
        assert all(loss.item() > 0 for loss in losses)
        for parameter in net.parameters():
            assert torch.isfinite(parameter.grad).all()
        assert len(net(batch[0])[0][0]) == len(images.anchors)

    def test_the_last_is_the_books_training(self, toy, tmp_path):
        """Two steps end at the same weights."""
        net, _ = measuring.train(SETTINGS["augmentation"], toy[0], SMALL)
        options = TrainOptions(
            num_epochs=1,
            batch_size=4,
            image_sizes=[64],
            augmentation="ssd",
            localization_weight=1.0,
            average=0.0,
        )
        other = new_network(2, options.seed)
        train_detection(other, Run(*toy, tmp_path, options, num_workers=0))
        wanted = get_weights(other)
        for weight, array in get_weights(net).items():
            np.testing.assert_allclose(array, wanted[weight], atol=1e-6)


class TestDraft:
    def test_order_permutes_all_but_single_images(self):
        """2 images of 64 x 64: maps of 8 x 8, 4 x 4, 2 x 2 and 1 x 1 cells."""
        rows = torch.arange(2 * 340).reshape(2, 340, 1)
        mixed = naive.map_first(rows, 64)
        assert mixed.flatten().sort().values.tolist() == list(range(680))
        # The first map of the first image, then of the second
        assert mixed[0, :256].equal(rows[0, :256])
        assert mixed[0, 256:].equal(rows[1, :84])
        assert mixed[1, -4:].equal(rows[1, -4:])
        assert naive.map_first(rows[:1], 64).equal(rows[:1])

    def test_order_is_what_is_trained(self, toy):
        setting = SETTINGS["naive"]
        batch = first_batch(measuring.targets_of(toy[0], setting, SMALL))
        net = naive.naive_network()
        localization_losses = [
            losses_of(SETTINGS[name], net, batch)[1].item()
            for name in ("naive", "order")
        ]
        assert localization_losses[0] != pytest.approx(
            localization_losses[1], rel=1e-3
        )

    def test_network_lacks_norms_and_a_relu(self):
        maps = naive.naive_network().backbone(torch.randn(2, 3, 64, 64))
        assert all((m < 0).any() for m in maps[:3])
        maps = book_network().backbone(torch.randn(2, 3, 64, 64))
        assert all((m >= 0).all() for m in maps)

    def test_sees_one_class(self):
        targets = torch.tensor([[-1, 0, 1, 2]])
        assert naive.one_class(targets).tolist() == [[-1, 0, 1, 1]]

    def test_negatives_are_random_and_five_per_positive(self):
        targets = torch.zeros(2, 100, dtype=torch.long)
        targets[0, :3], targets[0, 3:6] = 1, -1
        torch.manual_seed(0)
        masks = [
            naive.random_negatives(torch.zeros(2, 100, 3), targets)
            for _ in range(2)
        ]
        assert not masks[0].equal(masks[1])
        for mask in masks:
            assert mask.sum(dim=1).tolist() == [15, 0]
            assert not mask[0, :6].any()

    def test_loss_by_hand(self):
        """Of three anchors one is positive, one a negative that is chosen."""
        probs = torch.tensor([[[0.5, 0.5], [0.8, 0.2], [0.1, 0.9]]])
        targets = torch.tensor([[1, 0, 0]])
        wanted = torch.zeros(1, 3, 4)
        wanted[0, 0] = torch.tensor([0.5, -2, 0, 1])
        class_loss, localization_loss = naive.mean_loss(
            lambda logits, targets: torch.tensor([[False, True, False]]),
            probs.log(),
            torch.zeros(1, 3, 4),
            targets,
            wanted,
        )
        assert class_loss.item() == pytest.approx(
            -(np.log(0.5) + np.log(0.8)) / 2
        )
        assert localization_loss.item() == pytest.approx(3.5 / 4)


class TestBaselines:
    def test_tiny_ssd_is_d2ls(self):
        """The chapter counts 5,444 anchors at 256 x 256."""
        assert len(networks.tiny_anchors(256)) == 5444
        anchors = networks.tiny_anchors(256)
        np.testing.assert_allclose(
            anchors[:2, 2] - anchors[:2, 0], [0.2, 0.2 * 2**0.5], rtol=1e-5
        )

    def test_gluon_ssd_is_gluoncvs(self):
        """As gluoncv 0.10.5 says of ssd_512_resnet18_v1 with two classes."""
        net = networks.gluon_ssd()
        count = sum(p.numel() for p in net.parameters())
        assert count == 18_576_146
        assert len(networks.gluon_anchors(512)) == 6132

    def test_tiny_loss_by_hand(self):
        probs = torch.tensor([[[0.5, 0.5], [0.8, 0.2]]])
        wanted = torch.ones(1, 2, 4)
        parts = networks.tiny_loss(
            probs.log(), torch.zeros(1, 2, 4), torch.tensor([[1, 0]]), wanted
        )
        assert parts[0].item() == pytest.approx(
            -(np.log(0.5) + np.log(0.8)) / 2
        )
        assert parts[1].item() == pytest.approx(0.5)


def row(name, **changes):
    return {"name": name, "change": "", "ap50": 0.5, "ap": 0.25, **changes}


def row_of(setting):
    return row(setting.name)


def fill(folder, names, made="a budget", measure=row_of):
    """Measure settings for the table of a folder."""
    return measuring.measure_all(
        SETTINGS, names, folder, "ablation", {"with": made}, measure
    )


KILLED = """
import os, signal, sys
sys.path[:0] = sys.argv[1:3]
from test_benchmarks import SETTINGS, fill, row_of

def measure(setting):
    if setting.name == "classes":
        os.kill(os.getpid(), signal.SIGKILL)
    return row_of(setting)

fill(sys.argv[3], SETTINGS, measure=measure)
"""


class TestTable:
    def test_killed_ablation_goes_on(self, tmp_path):
        paths = ROOT, ROOT / "tests", tmp_path
        done = subprocess.run([sys.executable, "-c", KILLED, *map(str, paths)])
        assert done.returncode == -signal.SIGKILL
        trained = []

        def measure(setting):
            trained.append(setting.name)
            return row(setting.name, ap=0.75)

        table = fill(tmp_path, ["classes", "naive"], measure=measure)
        assert trained == ["classes"]
        names = [(r["name"], r["ap"]) for r in table["rows"]]
        assert names == [("naive", 0.25), ("order", 0.25), ("classes", 0.75)]
        assert results.read_table(tmp_path, "ablation") == table

    def test_rows_keep_the_settings_order(self, tmp_path):
        table = fill(tmp_path, ["anchors", "naive"])
        assert [r["name"] for r in table["rows"]] == ["naive", "anchors"]

    def test_another_budget_is_refused(self, tmp_path):
        fill(tmp_path, ["naive"])
        with pytest.raises(ValueError, match="ablation.json was made with"):
            fill(tmp_path, ["order"], made="another budget")

    def test_damaged_table_is_named(self, tmp_path):
        (tmp_path / "ablation.json").write_text('{"made"')
        with pytest.raises(ValueError, match="ablation.json is damaged"):
            fill(tmp_path, ["naive"])

    def test_measures(self, toy):
        measured = measuring.measure(SETTINGS["order"], *toy, SMALL)
        assert measured["name"] == "order"
        assert 0 <= measured["ap"] <= measured["ap50"] <= 1
        assert measured["images_per_second"] > 0

    @pytest.mark.parametrize("name", ["ablation", "baselines"])
    def test_command_line(self, name):
        done = subprocess.run(
            [sys.executable, "-m", f"benchmarks.{name}.{name}", "--help"],
            capture_output=True,
            text=True,
            cwd=ROOT,
        )
        assert done.returncode == 0, done.stderr
        assert "--setting" in done.stdout and "--num-epochs" in done.stdout


class TestStoredTables:
    def test_all_rows_are_stored(self):
        loaded = results.load_results()
        for table, settings in (
            (loaded.ablation, SETTINGS),
            (loaded.baselines, BASELINES),
        ):
            names = [(r["name"], r["change"]) for r in table["rows"]]
            assert names == [(s.name, s.change) for s in settings.values()]
        assert loaded.baselines["made"] == loaded.ablation["made"]
        for table in (loaded.longer_training, loaded.larger_images):
            changes = {r["name"]: r["change"] for r in table["rows"]}
            assert changes == {name: ALL[name].change for name in changes}


def test_playground_is_timed():
    """A short run of two seeds: their rows, and the mean of both."""
    script = ROOT / "benchmarks" / "speed" / "playground.mjs"
    call = [node(), script, "--seeds", "2", "--scenes", "504"]
    done = subprocess.run(call, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    rows = [line.split() for line in done.stdout.splitlines()[2:]]
    assert [cells[0] for cells in rows] == ["1", "2", "mean"]
    ap50 = [float(cells[-3]) for cells in rows]
    assert ap50[2] == pytest.approx(sum(ap50[:2]) / 2, abs=0.001)
    assert rows[0][1:4] == ["never"] * 3

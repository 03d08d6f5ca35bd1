"""The ladder and the peers: what they train, and how their tables are kept."""

import dataclasses
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from d2l_ssd import results
from d2l_ssd import torch_ssd as port
from d2l_ssd.data import VOCDetection
from d2l_ssd.toy import make_toy_voc

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "benchmarks"))

import ladder  # noqa: E402
import peers  # noqa: E402

SMALL = ladder.Budget(image_size=64, epochs=1, batch_size=4)
ALL = {**ladder.RUNGS, **peers.PEERS}


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


def fields(rung):
    """What a rung consists of, but for its texts."""
    parts = {f.name: getattr(rung, f.name) for f in dataclasses.fields(rung)}
    return {k: v for k, v in parts.items() if k not in ("name", "change")}


class TestRungs:
    def test_each_changes_one_part_of_the_one_before(self):
        rungs = list(ladder.RUNGS.values())
        assert rungs[0] == ladder.Rung("draft", rungs[0].change)
        for below, above in zip(rungs, rungs[1:]):
            a, b = fields(below), fields(above)
            assert sum(a[name] != b[name] for name in a) == 1, above.name
            assert below.change != above.change

    @pytest.mark.parametrize("name", ALL)
    def test_makes_a_step(self, toy, name):
        rung, images = ALL[name], ladder.targets_of(toy[0], ALL[name], SMALL)
        batch = first_batch(images)
        torch.manual_seed(0)
        net = rung.network()
        losses = ladder.losses_of(rung, net, batch)
        sum(losses).backward()
        assert all(loss.item() > 0 for loss in losses)
        for parameter in net.parameters():
            assert torch.isfinite(parameter.grad).all()
        assert len(net(batch[0])[0][0]) == len(images.anchors)

    def test_top_is_chapter_8s_training(self, toy, tmp_path):
        """Two steps end at the same weights."""
        rung = ladder.RUNGS["augmentation"]
        net, _ = ladder.train(rung, toy[0], SMALL)
        options = port.TrainOptions(epochs=1, batch_size=4, image_sizes=[64])
        trainer = port.TorchTrainer(*toy, tmp_path, options, num_workers=0)
        trainer.train_epoch()
        wanted = port.get_torch_weights(trainer.net)
        for weight, array in port.get_torch_weights(net).items():
            np.testing.assert_allclose(array, wanted[weight], atol=1e-6)


class TestDraft:
    def test_order_permutes_all_but_single_images(self):
        """2 images of 64 x 64: maps of 8 x 8, 4 x 4, 2 x 2 and 1 x 1 cells."""
        rows = torch.arange(2 * 340).reshape(2, 340, 1)
        mixed = ladder.map_first(rows, 64)
        assert mixed.flatten().sort().values.tolist() == list(range(680))
        # The first map of the first image, then of the second
        assert mixed[0, :256].equal(rows[0, :256])
        assert mixed[0, 256:].equal(rows[1, :84])
        assert mixed[1, -4:].equal(rows[1, -4:])
        assert ladder.map_first(rows[:1], 64).equal(rows[:1])

    def test_order_is_what_is_trained(self, toy):
        rung = ladder.RUNGS["draft"]
        batch = first_batch(ladder.targets_of(toy[0], rung, SMALL))
        net = ladder.draft_network()
        offset_losses = [
            ladder.losses_of(ladder.RUNGS[name], net, batch)[1].item()
            for name in ("draft", "order")
        ]
        assert offset_losses[0] != pytest.approx(offset_losses[1], rel=1e-3)

    def test_network_lacks_norms_and_a_relu(self):
        maps = ladder.draft_network().backbone(torch.randn(2, 3, 64, 64))
        assert all((m < 0).any() for m in maps[:3])
        maps = ladder.book_network().backbone(torch.randn(2, 3, 64, 64))
        assert all((m >= 0).all() for m in maps)

    def test_sees_one_class(self):
        targets = torch.tensor([[-1, 0, 1, 2]])
        assert ladder.one_class(targets).tolist() == [[-1, 0, 1, 1]]

    def test_negatives_are_random_and_five_per_positive(self):
        targets = torch.zeros(2, 100, dtype=torch.long)
        targets[0, :3], targets[0, 3:6] = 1, -1
        torch.manual_seed(0)
        masks = [
            ladder.random_negatives(torch.zeros(2, 100, 3), targets)
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
        class_loss, offset_loss = ladder.mean_loss(
            lambda logits, targets: torch.tensor([[False, True, False]]),
            probs.log(),
            torch.zeros(1, 3, 4),
            targets,
            wanted,
        )
        assert class_loss.item() == pytest.approx(
            -(np.log(0.5) + np.log(0.8)) / 2
        )
        assert offset_loss.item() == pytest.approx(3.5 / 4)


class TestPeers:
    def test_tiny_ssd_is_d2ls(self):
        """The chapter counts 5,444 anchors at 256 x 256."""
        assert len(peers.tiny_anchors(256)) == 5444
        anchors = peers.tiny_anchors(256)
        np.testing.assert_allclose(
            anchors[:2, 2] - anchors[:2, 0], [0.2, 0.2 * 2**0.5], rtol=1e-5
        )

    def test_gluon_ssd_is_gluoncvs(self):
        """As gluoncv 0.10.5 says of ssd_512_resnet18_v1 with two classes."""
        net = peers.gluon_ssd()
        count = sum(p.numel() for p in net.parameters())
        assert count == 18_576_146
        assert len(peers.gluon_anchors(512)) == 6132

    def test_tiny_loss_by_hand(self):
        probs = torch.tensor([[[0.5, 0.5], [0.8, 0.2]]])
        wanted = torch.ones(1, 2, 4)
        parts = peers.tiny_loss(
            probs.log(), torch.zeros(1, 2, 4), torch.tensor([[1, 0]]), wanted
        )
        assert parts[0].item() == pytest.approx(
            -(np.log(0.5) + np.log(0.8)) / 2
        )
        assert parts[1].item() == pytest.approx(0.5)


def row(name, **changes):
    return {"name": name, "change": "", "map50": 0.5, "map": 0.25, **changes}


def climb(folder, names, budget=SMALL):
    """Climb two rungs on data sets of which only the length counts."""
    return ladder.climb(
        ladder.RUNGS, names, folder, "ladder", budget, {}, ([0] * 8, [0] * 4)
    )


KILLED = """
import os, signal, sys
sys.path[:0] = sys.argv[1:3]
import ladder
from test_ladder import climb, row

def measure(rung, *_):
    if rung.name == "classes":
        os.kill(os.getpid(), signal.SIGKILL)
    return row(rung.name)

ladder.measure = measure
climb(sys.argv[3], list(ladder.RUNGS))
"""


class TestTable:
    def test_killed_ladder_goes_on(self, tmp_path, monkeypatch):
        paths = ROOT / "benchmarks", ROOT / "tests", tmp_path
        done = subprocess.run([sys.executable, "-c", KILLED, *map(str, paths)])
        assert done.returncode == -signal.SIGKILL
        trained = []

        def measure(rung, *_):
            trained.append(rung.name)
            return row(rung.name, map=0.75)

        monkeypatch.setattr(ladder, "measure", measure)
        table = climb(tmp_path, ["classes", "draft"])
        assert trained == ["classes"]
        names = [(r["name"], r["map"]) for r in table["rows"]]
        assert names == [("draft", 0.25), ("order", 0.25), ("classes", 0.75)]
        assert results.read_table(tmp_path, "ladder") == table

    def test_rows_keep_the_ladders_order(self, tmp_path, monkeypatch):
        monkeypatch.setattr(ladder, "measure", lambda rung, *_: row(rung.name))
        table = climb(tmp_path, ["anchors", "draft"])
        assert [r["name"] for r in table["rows"]] == ["draft", "anchors"]

    def test_another_budget_is_refused(self, tmp_path, monkeypatch):
        monkeypatch.setattr(ladder, "measure", lambda rung, *_: row(rung.name))
        climb(tmp_path, ["draft"])
        longer = dataclasses.replace(SMALL, epochs=2)
        with pytest.raises(ValueError, match="ladder.json was made with"):
            climb(tmp_path, ["order"], longer)

    def test_damaged_table_is_named(self, tmp_path):
        (tmp_path / "ladder.json").write_text('{"made"')
        with pytest.raises(ValueError, match="ladder.json is damaged"):
            climb(tmp_path, ["draft"])

    def test_measures(self, toy):
        measured = ladder.measure(ladder.RUNGS["order"], *toy, SMALL)
        assert measured["name"] == "order"
        assert 0 <= measured["map"] <= measured["map50"] <= 1
        assert measured["images_per_second"] > 0


class TestStoredTables:
    def test_all_rows_are_stored(self):
        loaded = results.load_results()
        for table, rungs in (
            (loaded.ablation, ladder.RUNGS),
            (loaded.baselines, peers.PEERS),
        ):
            names = [(r["name"], r["change"]) for r in table["rows"]]
            assert names == [(r.name, r.change) for r in rungs.values()]
        assert loaded.baselines["made"] == loaded.ablation["made"]
        for table in (loaded.longer_training, loaded.larger_images):
            changes = {r["name"]: r["change"] for r in table["rows"]}
            assert changes == {name: ALL[name].change for name in changes}

"""The ablation: what its rows train, run by run, and the table they make."""

import dataclasses
import json
import pickle
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch

from d2l_ssd.data import VOCDetection, random_flip
from d2l_ssd.inspection.anchor_fit import measure_anchors, suggest_sizes
from d2l_ssd.results import load_results
from d2l_ssd.torch import (
    SSD,
    DetectionLoss,
    Run,
    TrainOptions,
    get_weights,
    new_network,
    train_detection,
)
from d2l_ssd.toy import scenes
from d2l_ssd.zooming import Augmentation

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.ablation import (  # noqa: E402
    data,
    measuring,
    naive,
    replacements,
    runs,
    settings,
)
from benchmarks.ablation.ablation import made_with  # noqa: E402
from benchmarks.ablation.network import NUM_CLASSES, thin_network  # noqa: E402
from benchmarks.ablation.recipe import FULL, ssd_losses  # noqa: E402
from benchmarks.ablation.settings import PARTS, ROWS  # noqa: E402
from benchmarks.baselines.baselines import BASELINES  # noqa: E402

SMALL = data.Budget(
    image_size=64, num_epochs=1, batch_size=4, num_train=8, num_test=4
)
ARGS = [
    *("--image-size", "64", "--num-epochs", "1", "--batch-size", "4"),
    *("--num-train", "8", "--num-test", "4", "--seeds", "2"),
]
KINDS = {
    kind: [row for row in ROWS.values() if row.kind == kind]
    for kind in ("way", "without", "instead", "longer")
}


@pytest.fixture(scope="module", autouse=True)
def one_thread():
    torch.set_num_threads(1)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="module")
def images(folder):
    root = data.draw(SMALL, folder)
    return [data.open_images(root, s, 64) for s in ("train", "test")]


def first_batch(samples):
    """Load inputs and targets of four images in their order."""
    keys = [(0, i) for i in range(4)]
    loader = torch.utils.data.DataLoader(samples, 4, sampler=keys)
    *batch, _ = next(iter(loader))
    return batch


def losses_of(setting, net, batch):
    """Compute a setting's two losses on a batch, as its training does."""
    X, *targets = batch
    predictions = (part.float() for part in net.train()(X))
    return measuring.losses_of(setting, X.shape[-1], *predictions, *targets)


def changed(a, b):
    """The fields in which two settings differ."""
    names = [field.name for field in dataclasses.fields(a)]
    return {n for n in names if getattr(a, n) != getattr(b, n)}


class TestRows:
    def test_the_way_adds_one_part_per_row(self):
        way = KINDS["way"]
        assert [way[0].name, way[-1].name] == ["naive", "full"]
        assert way[-1].setting == FULL
        for part, before, after in zip(PARTS, way[:-1], way[1:], strict=True):
            fields = changed(before.setting, after.setting)
            assert fields == set(part.without), part.name
            assert after.part == part.name
            assert (*before.parts, part.name) == after.parts

    def test_without_leaves_out_one_part(self):
        for part, row in zip(PARTS, KINDS["without"], strict=True):
            assert changed(FULL, row.setting) == set(part.without)
            assert {*settings.PART_NAMES} - {*row.parts} == {part.name}

    @pytest.mark.parametrize("row", KINDS["instead"], ids=lambda r: r.name)
    def test_instead_changes_something(self, row):
        assert changed(FULL, row.setting)
        assert row.parts == settings.PART_NAMES
        assert row.part is None or row.part in row.parts

    def test_longer_rows_differ_in_length_only(self):
        for row, name in zip(KINDS["longer"], settings.LONGER, strict=True):
            assert changed(ROWS[name].setting, row.setting) == {"times"}
            assert row.parts == ROWS[name].parts

    def test_the_naive_ssd_has_no_part(self):
        fields = set().union(*(part.without for part in PARTS))
        assert sum(len(part.without) for part in PARTS) == len(fields)
        assert changed(ROWS["naive"].setting, FULL) == fields

    def test_each_says_another_thing_and_goes_to_another_process(self):
        assert len({row.change for row in ROWS.values()}) == len(ROWS)
        # Functions compare by what they are, partial ones do not
        assert {*pickle.loads(pickle.dumps(ROWS))} == {*ROWS}

    @pytest.mark.parametrize(
        "row", [*ROWS.values(), *BASELINES.values()], ids=lambda row: row.name
    )
    def test_makes_a_step(self, images, row):
        setting = row.setting
        size = SMALL.image_size + setting.more
        samples = measuring.Samples(images[0], setting, size, 0)
        batch = first_batch(samples)
        torch.manual_seed(0)
        net = setting.network()
        losses = losses_of(setting, net, batch)
        sum(losses).backward()
        assert all(loss.item() > 0 for loss in losses)
        for parameter in net.parameters():
            assert torch.isfinite(parameter.grad).all()
        assert len(net(batch[0])[0][0]) == len(samples.anchors)
        optimizer = setting.optimizer(net)
        before = [p.detach().clone() for p in net.parameters()]
        optimizer.step()
        assert any(not p.equal(q) for p, q in zip(net.parameters(), before))


class TestRecipe:
    def test_is_the_packages_training(self, images, tmp_path):
        """Two steps of each end at the same average weights."""
        # Of the package's own width
        whole = dataclasses.replace(FULL, network=partial(SSD, NUM_CLASSES))
        net, _ = measuring.train(whole, images[0], SMALL, seed=3)
        options = TrainOptions(
            num_epochs=1,
            batch_size=4,
            image_sizes=[64],
            seed=3,
            sizes=suggest_sizes(images[0].boxes, 64, 64),
        )
        other = new_network(2, options.seed)
        root = data.draw(SMALL, tmp_path)
        stored = VOCDetection(root, "train", all_images=True)
        stored = data.Images(stored, 96)
        run = Run(stored, None, tmp_path / "run", options, num_workers=0)
        train_detection(other, run)
        wanted = get_weights(other)
        for weight, array in get_weights(net).items():
            np.testing.assert_allclose(array, wanted[weight], atol=1e-6)

    def test_losses_are_the_packages(self):
        rng = torch.Generator().manual_seed(0)
        logits = torch.randn(2, 50, 3, generator=rng)
        offsets, wanted = torch.randn(2, 2, 50, 4, generator=rng)
        classes = torch.randint(-1, 3, (2, 50), generator=rng)
        loss = DetectionLoss(TrainOptions().localization_weight)
        ours = ssd_losses(FULL, logits, offsets, classes, wanted)
        theirs = loss(logits, offsets, classes, wanted)
        torch.testing.assert_close(ours, theirs)

    def test_losses_by_hand(self):
        """Of three anchors one is positive, one a negative that is chosen."""
        setting = dataclasses.replace(
            ROWS["naive"].setting,
            negatives=lambda *_: torch.tensor([[False, True, False]]),
        )
        probs = torch.tensor([[[0.5, 0.5], [0.8, 0.2], [0.1, 0.9]]])
        wanted = torch.zeros(1, 3, 4)
        wanted[0, 0] = torch.tensor([0.5, -2, 0, 1])
        class_loss, localization_loss = ssd_losses(
            setting,
            probs.log(),
            torch.zeros(1, 3, 4),
            torch.tensor([[1, 0, 0]]),
            wanted,
        )
        assert class_loss.item() == pytest.approx(
            -(np.log(0.5) + np.log(0.8)) / 2
        )
        assert localization_loss.item() == pytest.approx(3.5 / 4)

    @pytest.mark.parametrize(
        "changes, rates",
        [
            ({}, [0.5, 1.0, 1.0, 0.854, 0.5, 0.030]),
            ({"cosine": False}, [0.5, 1, 1, 1, 1, 1]),
            ({"warmup_steps": 0, "cosine": False}, [1, 1, 1, 1, 1, 1]),
            (
                {"warmup_steps": 0, "cosine": False, "drops": (0.5, 0.8)},
                [1, 1, 1, 1, 0.1, 0.01],
            ),
        ],
        ids=["full", "constant", "no warm-up", "drops"],
    )
    def test_rates(self, changes, rates):
        """Steps of 20, two of them warm-up."""
        setting = dataclasses.replace(FULL, **changes)
        found = [setting.rate(step, 20) for step in (0, 1, 2, 6, 11, 18)]
        np.testing.assert_allclose(found, rates, atol=0.04)

    def test_augmentation_part_by_part(self, images):
        image, labels = images[0][0]
        none = dict(light=None, window=None, flip=None)
        for changes, wanted in (
            ({}, Augmentation()),
            ({"flip": None}, Augmentation(flips="none")),
            ({"light": None, "window": None}, random_flip),
            (none, lambda image, labels, _: (image, labels)),
        ):
            setting = dataclasses.replace(FULL, **changes)
            found = setting.augment(image, labels, np.random.default_rng(5))
            other = wanted(image, labels, np.random.default_rng(5))
            for ours, theirs in zip(found, other, strict=True):
                np.testing.assert_array_equal(ours, theirs)


class TestNaive:
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

    def test_order_is_what_is_trained(self, images):
        setting = ROWS["naive"].setting
        batch = first_batch(measuring.Samples(images[0], setting, 64, 0))
        net = naive.naive_network()
        losses = [
            losses_of(ROWS[name].setting, net, batch)[1].item()
            for name in ("naive", "order")
        ]
        assert losses[0] != pytest.approx(losses[1], rel=1e-3)

    def test_network_lacks_norms_and_a_relu(self):
        maps = naive.naive_network().backbone(torch.randn(2, 3, 64, 64))
        assert all((m < 0).any() for m in maps[:3])
        maps = FULL.network().backbone(torch.randn(2, 3, 64, 64))
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


SECOND = 0.5, 0, 1, 1  # a box
BOXES = np.float32([[0.2, 0.2, 0.6, 0.6]])


class TestNetwork:
    def test_is_the_books_at_its_width(self):
        thin, book = thin_network(64), SSD(NUM_CLASSES)
        assert str(thin) == str(book)
        shapes = {name: w.shape for name, w in book.state_dict().items()}
        assert {n: w.shape for n, w in thin.state_dict().items()} == shapes

    def test_has_half_of_the_channels(self):
        thin = thin_network(32)
        maps = thin.backbone(torch.randn(2, 3, 64, 64))
        assert [m.shape[1] for m in maps] == [64, 128, 256, 256]
        logits, offsets = thin(torch.randn(2, 3, 64, 64))
        assert logits.shape[2] == 3 and offsets.shape[2] == 4


class TestReplacements:
    @pytest.mark.parametrize("size", [64, 96, 128])
    def test_five_maps_have_their_anchors(self, size):
        logits, offsets = replacements.five_maps()(
            torch.randn(2, 3, size, size)
        )
        assert logits.shape == (
            2,
            len(replacements.five_anchors(size, BOXES)),
            3,
        )
        assert offsets.shape[:2] == logits.shape[:2]

    def test_expansion_computes_in_float32(self):
        net = replacements.Expansion(4, 8)
        with torch.autocast("cpu", torch.bfloat16):
            assert net(torch.randn(2, 4, 2, 2)).dtype == torch.float32

    def test_unforced_targets_by_hand(self):
        """IoUs 0.6 and 0.4 with the first object, 0.3 with the second."""
        anchors = np.float32([[0, 0, 0.5, 0.6], [0, 0, 0.5, 0.4], SECOND])
        labels = np.float32([[[0, 0, 0, 0.5, 1, 0], [1, 0.5, 0, 1, 0.3, 0]]])
        forced, _ = FULL.targets(labels, anchors)
        assert forced.tolist() == [[1, 0, 2]]
        unforced, _ = replacements.unforced_targets(labels, anchors)
        assert unforced.tolist() == [[1, 0, 0]]

    def test_difficult_objects_are_background(self):
        anchors = np.float32([[0, 0, 0.5, 1], SECOND])
        labels = np.float32([[[0, 0, 0, 0.5, 1, 1], [1, *SECOND, 0]]])
        assert FULL.targets(labels, anchors)[0].tolist() == [[1, 2]]
        easy, _ = replacements.easy_targets(labels, anchors)
        assert easy.tolist() == [[0, 2]]

    def test_networks(self):
        """Variance of 3 x 3 x 256 to 12 numbers: Xavier's, and PyTorch's."""
        inputs, outputs = 9 * 256, 9 * 12
        for make, variance in (
            (FULL.network, 2 / (inputs + outputs)),
            (replacements.default_init, 1 / (3 * inputs)),
        ):
            weight = make().output.class_heads[-1].weight
            assert weight.var().item() == pytest.approx(variance, rel=0.05)
        X = torch.randn(2, 3, 64, 64)
        nets = replacements.no_input_norm().eval(), FULL.network().eval()
        firsts = [net.backbone.stages[0][0](10 * X + 3) for net in nets]
        assert firsts[0].equal(10 * X + 3)
        assert isinstance(nets[1].backbone.stages[0][0], torch.nn.BatchNorm2d)


class TestData:
    def test_animals_are_as_close_as_the_budget_says(self, folder, images):
        boxes = images[0].boxes
        assert len(boxes) > 8
        sides = (boxes[:, 2:] - boxes[:, :2]).max(axis=1)
        # Some are cut by the image's border, or turned
        assert np.quantile(sides, 0.25) > 0.7 * SMALL.smallest

    def test_chosen_anchors_fit_best(self, images):
        boxes = images[0].boxes
        full, naive, books = (
            ROWS[name].setting.anchors(96, boxes)
            for name in ("full", "naive", "book-anchors")
        )
        positives = [
            measure_anchors(
                [r[:, 1:5] for _, r in images[0].samples], a
            ).positives.mean()
            for a in (full, naive, books)
        ]
        # The naive sizes happen to fit animals as close as these
        assert positives[0] > positives[1] > 4 * positives[2]
        assert len(full) == len(naive) == len(books)

    def test_is_drawn_once(self, folder, images, monkeypatch):
        monkeypatch.setattr(scenes, "compose", None)
        data.draw(SMALL, folder)
        assert len(list(folder.iterdir())) == 1

    def test_images_are_shrunk_not_enlarged(self, images):
        for image, rows in images[0].samples:
            assert min(image.shape[:2]) == 96
            assert (rows[:, 1:5] <= 1).all()
        small = np.zeros((40, 30, 3), np.uint8)
        assert data.shrink(small, 96) is small


class TestMeasuring:
    def test_curve_by_hand(self):
        losses = np.array([[1, 10], [2, 20], [3, 30]], float)
        assert measuring.curve(losses, 4) == {
            "images": [4, 8, 12],
            "class_loss": [1, 2, 3],
            "localization_loss": [10, 20, 30],
        }
        found = measuring.curve(np.repeat(losses, 100, axis=0), 4)
        assert len(found["images"]) == 20 and found["images"][-1] == 1200
        assert found["class_loss"][:6] == [1] * 6

    def test_a_seed_gives_the_same_again(self, images):
        found = [
            measuring.measure(FULL, *images, SMALL, seed)[0]
            for seed in (1, 1, 2)
        ]
        for run in found:
            assert 0 <= run["ap"] <= run["ap50"] <= 1
            assert 0 <= run["ap75"] <= run["ap50"]
            assert run.pop("images_per_second") > 0 and run.pop("seconds") > 0
        assert found[0] == found[1] != found[2]
        assert found[2]["seed"] == 2

    def test_parameters(self, images):
        _, parameters = measuring.measure(ROWS["naive"].setting, *images, SMALL)
        assert parameters == 2_975_568

    def test_length_is_the_settings(self, images):
        runs = [
            measuring.measure(ROWS[name].setting, *images, SMALL)[0]
            for name in ("full", "full-longer")
        ]
        seen = [run["curve"]["images"][-1] for run in runs]
        assert seen[1] == settings.TIMES * seen[0]

    def test_image_size_is_the_settings(self, images, monkeypatch):
        sizes = []
        monkeypatch.setattr(
            measuring,
            "evaluate",
            lambda net, _, size, *rest: sizes.append(size),
        )
        with pytest.raises(TypeError):
            measuring.measure(ROWS["smaller-images"].setting, *images, SMALL)
        assert sizes == [32]


MADE = {"epochs": 3}


def row_named(name):
    return ROWS[name]


def record(run, **scores):
    """What a training returns."""
    found = {"seed": run.seed, "ap50": 0.5, "ap": 0.25, "seconds": 1800}
    return {
        "parameters": 7,
        "machine": {"hardware": "a CPU", "torch": "2.0"},
        "run": {**found, "images_per_second": 10.0, **scores},
    }


def fill(folder, names=("naive", "full", "order"), train=record, seeds=2):
    """Work off runs with a training that takes no time."""
    work = runs.order_of_work([ROWS[name] for name in names], seeds)
    runs.work_off(folder, work, MADE, train)
    return work


class TestRuns:
    def test_order_of_work(self):
        names = [run.name for run in runs.order_of_work(ROWS.values(), 2)]
        assert names[:3] == ["naive-0", "full-0", "order-0"]
        assert names[len(ROWS) : len(ROWS) + 2] == ["naive-1", "full-1"]
        kinds = [ROWS[name[:-2]].kind for name in names[: len(ROWS)]]
        assert kinds == sorted(kinds, key=[*KINDS].index)
        assert len({*names}) == 2 * len(ROWS)

    def test_what_is_done_is_not_repeated(self, tmp_path):
        fill(tmp_path, seeds=1)
        trained = []
        fill(tmp_path, train=lambda run: trained.append(run) or record(run))
        assert [run.name for run in trained] == ["naive-1", "full-1", "order-1"]

    def test_what_another_command_works_on_is_left_to_it(self, tmp_path):
        def train(run):
            if run.name == "naive-0":
                # Another queue, meanwhile
                fill(
                    tmp_path,
                    train=lambda run: others.append(run.name) or record(run),
                )
            return record(run)

        others = []
        fill(tmp_path, train=train)
        assert "naive-0" not in others and len(others) == 5

    def test_an_error_ends_the_work(self, tmp_path):
        def train(run):
            raise ValueError("a bad setting")

        with pytest.raises(ValueError, match="a bad setting"):
            fill(tmp_path, train=train)
        assert not list(tmp_path.glob("*.json"))

    def test_progress(self, tmp_path):
        work = fill(tmp_path, seeds=1)
        work += runs.order_of_work([ROWS["full"]], 3)[1:]
        text = runs.progress(tmp_path, work, num_jobs=2)
        assert text == "3 of 5 runs are done, about 0.5 hours are left"
        assert runs.progress(tmp_path, work[:3], 1) == "3 of 3 runs are done"

    def test_longer_runs_take_longer(self, tmp_path):
        work = fill(tmp_path, seeds=1)
        work += runs.order_of_work([ROWS["full-longer"]], 2)
        text = runs.progress(tmp_path, work, num_jobs=2)
        assert text == "3 of 5 runs are done, about 2.0 hours are left"

    def test_gathers_what_there_is(self, tmp_path):
        fill(tmp_path, ["full", "naive"], partial(record, ap=0.125))
        fill(tmp_path, ["order"], seeds=1)
        every = [runs.Run(row, s) for row in ROWS.values() for s in range(3)]
        table = runs.gather(tmp_path, every, MADE)
        assert table["made"] == {
            "epochs": 3,
            "hardware": "a CPU",
            "torch": "2.0",
        }
        assert [p["name"] for p in table["parts"]] == [*settings.PART_NAMES]
        found = {
            r["name"]: [x["seed"] for x in r["runs"]] for r in table["rows"]
        }
        assert found == {"naive": [0, 1], "order": [0], "full": [0, 1]}
        assert table["rows"][1] == {
            "name": "order",
            "kind": "way",
            "part": "order",
            "parts": ["order"],
            "change": PARTS[0].says,
            "parameters": 7,
            "runs": [record(runs.Run(ROWS["order"], 0))["run"]],
        }

    def test_several_machines_are_named(self, tmp_path):
        fill(tmp_path, ["naive"], seeds=1)
        on_gpu = {"hardware": "a GPU", "torch": "2.0"}
        fill(tmp_path, ["full"], lambda run: {**record(run), "machine": on_gpu})
        every = [
            runs.Run(ROWS[n], s) for n in ("naive", "full") for s in (0, 1)
        ]
        made = runs.gather(tmp_path, every, MADE)["made"]
        assert (made["hardware"], made["torch"]) == ("a CPU; a GPU", "2.0")

    def test_a_table_stands_for_its_runs(self, tmp_path):
        work = fill(tmp_path / "here")
        on_gpu = {"hardware": "a GPU", "torch": "2.0"}
        fill(
            tmp_path / "here",
            ["cosine"],
            lambda run: {**record(run), "machine": on_gpu},
        )
        work += runs.order_of_work([ROWS["cosine"]], 2)
        table = runs.gather(tmp_path / "here", work, MADE)
        runs.scatter(tmp_path / "there", table, MADE)
        trained = []
        fill(tmp_path / "there", train=lambda run: trained.append(run))
        assert not trained
        assert runs.gather(tmp_path / "there", work, MADE) == table
        runs.scatter(tmp_path / "other", table, {"epochs": 4})
        assert not (tmp_path / "other").exists()

    def test_another_budget_is_refused(self, tmp_path):
        work = fill(tmp_path)
        with pytest.raises(ValueError, match="naive-0.json was made with"):
            runs.gather(tmp_path, work, {"epochs": 4})

    def test_a_damaged_file_is_named(self, tmp_path):
        work = fill(tmp_path)
        (tmp_path / "full-1.json").write_text('{"made"')
        with pytest.raises(ValueError, match="full-1.json is damaged"):
            runs.gather(tmp_path, work, MADE)


KILLED = """
import os, signal, sys
from benchmarks.{name} import {name} as benchmark
from benchmarks.ablation import ablation

measure = ablation.measure

def measure_or_die(setting, train_set, test_set, budget, seed, *rest):
    if seed == 1:
        os.kill(os.getpid(), signal.SIGKILL)
    return measure(setting, train_set, test_set, budget, seed, *rest)

ablation.measure = measure_or_die
ablation.main(benchmark.{rows}, "{name}", "")
"""


@pytest.mark.parametrize(
    "name, rows, chosen",
    [
        ("ablation", "ROWS", ("naive", "full")),
        ("baselines", "BASELINES", ("ours", "tinyssd")),
    ],
)
def test_killed_and_started_again(name, rows, chosen, folder, images, tmp_path):
    """Two rows and seeds, killed in the second seed; two jobs make the rest."""
    places = {"data": folder, "folder": tmp_path, "results": tmp_path / "r"}
    options = [t for key, path in places.items() for t in (f"--{key}", path)]
    options += [text for row in chosen for text in ("--setting", row)]
    options += [*ARGS, "--gather"]
    code = KILLED.format(name=name, rows=rows)
    done = subprocess.run([sys.executable, "-c", code, *options], cwd=ROOT)
    assert done.returncode == -signal.SIGKILL
    kept = {path: path.read_bytes() for path in tmp_path.glob("*.json")}
    assert {path.stem for path in kept} == {f"{row}-0" for row in chosen}
    command = [sys.executable, "-m", f"benchmarks.{name}.{name}", *options]
    done = subprocess.run(
        [*command, "--jobs", "2"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert "2 of 4 runs are done" in done.stdout
    assert all(path.read_bytes() == content for path, content in kept.items())
    table = getattr(load_results(tmp_path / "r"), name)
    assert [row["name"] for row in table["rows"]] == [*chosen]
    for row in table["rows"]:
        assert [run["seed"] for run in row["runs"]] == [0, 1]
        assert len(run_images(row)) == 2
    made = {k: table["made"][k] for k in made_with(SMALL)}
    assert made == made_with(SMALL)


def run_images(row):
    """The numbers of images of a row's first curve."""
    return row["runs"][0]["curve"]["images"]


class TestStored:
    def test_tables_are_those_of_todays_rows(self):
        """The first edition's tables, which say no parts, may stay for now."""
        loaded = load_results()
        for table, rows in (
            (loaded.ablation, ROWS),
            (loaded.baselines, BASELINES),
        ):
            if "parts" not in table:
                continue
            for row in table["rows"]:
                told = rows[row["name"]].describe()
                assert {key: row[key] for key in told} == told
                assert json.dumps(row)
            made = made_with(data.Budget())
            assert {key: table["made"][key] for key in made} == made

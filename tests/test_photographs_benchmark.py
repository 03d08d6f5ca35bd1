"""Questions and baselines on photographs: judge, queue, table, one training."""

import json
import signal
import subprocess
import sys
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest
import torch
from helpers.rectangles import draw_rectangles, rectangle_predictor

from d2l_ssd.data import VOCDetection
from d2l_ssd.detections import Detections
from d2l_ssd.evaluation import evaluate_detections
from d2l_ssd.files import locked_folder
from d2l_ssd.results.photographs import read_photographs_tables
from d2l_ssd.toy import make_toy_voc

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.photographs import (  # noqa: E402
    questions,
    runs,
    table,
    tiles,
    yolo,
)
from benchmarks.photographs.data import (  # noqa: E402
    Kept,
    Share,
    open_photographs,
)
from benchmarks.photographs.judging import judge  # noqa: E402
from benchmarks.photographs.ours import record_of  # noqa: E402
from benchmarks.photographs.settings import (  # noqa: E402
    BASE,
    BASELINES,
    QUESTIONS,
    SETTINGS,
)

CLASSES = "cat", "dog"
SMALL = replace(SETTINGS[BASE], width=64, height=64)


@pytest.fixture(scope="module", autouse=True)
def one_thread():
    torch.set_num_threads(1)


@pytest.fixture(scope="module")
def toy(tmp_path_factory):
    root = make_toy_voc(tmp_path_factory.mktemp("data") / "toy", 16, 4, seed=3)
    return [
        VOCDetection(root, split, CLASSES, all_images=True)
        for split in ("train", "val")
    ]


def random_results(rng, num_images=4, num_classes=2):
    """Make ground truth, and detections near it, near nothing or twice."""
    detections, labels = [], []
    for _ in range(num_images):
        corner = rng.uniform(0, 0.6, (6, 2))
        boxes = np.hstack([corner, corner + rng.uniform(0.05, 0.4, (6, 2))])
        classes = rng.integers(0, num_classes, 6)
        rows = np.column_stack([classes, boxes, np.zeros(6)]).astype("f4")
        moved = np.vstack([boxes, boxes[:3]]) + rng.normal(0, 0.02, (9, 4))
        moved = moved.clip(0, 1).astype("f4")
        found = Detections(
            moved,
            rng.random(9).astype("f4"),
            np.append(classes, rng.integers(0, num_classes, 3)),
        )
        labels.append(rows)
        detections.append(found)
    return detections, labels


class TestJudge:
    def test_is_the_books_coco_ap(self):
        detections, labels = random_results(np.random.default_rng(0))
        shapes = [(480, 640)] * 4
        judged = judge(detections, labels, shapes, CLASSES)
        ours = evaluate_detections(
            detections, labels, 2, np.linspace(0.5, 0.95, 10), "coco"
        ).ap
        assert 0.1 < judged["ap"] < 0.9
        assert judged["ap"] == pytest.approx(ours.mean(), abs=1e-6)
        assert judged["ap50"] == pytest.approx(ours[:, 0].mean(), abs=1e-6)
        assert judged["ap75"] == pytest.approx(ours[:, 5].mean(), abs=1e-6)
        for k, name in enumerate(CLASSES):
            expected = {"ap50": ours[k, 0], "ap": ours[k].mean()}
            assert judged["classes"][name] == pytest.approx(expected, abs=1e-6)

    def test_areas_are_those_of_the_original(self):
        """A tenth of 100 pixels is small, of 500 medium, of 1000 large."""
        box = np.float32([[0.1, 0.1, 0.2, 0.2]])
        found = Detections(box, np.float32([0.9]), np.array([0]))
        labels = np.hstack([[[0.0]], box, [[0.0]]])
        for side, size in (100, "small"), (500, "medium"), (1000, "large"):
            judged = judge([found], [labels], [(side, side)], CLASSES)
            assert judged["ap"] == judged[f"ap_{size}"] == pytest.approx(1)
            others = {"small", "medium", "large"} - {size}
            assert [judged[f"ap_{other}"] for other in others] == [None, None]
            assert judged["classes"]["dog"]["ap"] is None

    def test_nothing_found(self):
        nothing = Detections(
            np.zeros((0, 4), "f4"), np.zeros(0, "f4"), np.zeros(0, int)
        )
        labels = np.float32([[0, 0.1, 0.1, 0.5, 0.5, 0]])
        judged = judge([nothing], [labels], [(100, 100)], CLASSES)
        assert judged["ap"] == judged["ap50"] == 0


class TestSettings:
    @pytest.mark.parametrize("name", [n for n in SETTINGS if n != BASE])
    def test_a_row_changes_one_part_of_the_base(self, name):
        changed = {
            field.name
            for field in fields(SMALL)
            if getattr(SETTINGS[name], field.name)
            != getattr(SETTINGS[BASE], field.name)
        } - {"change"}
        if name in ("drawn-30", "drawn-10"):  # beside scratch-30, scratch-10
            changed -= {"share"}
        if QUESTIONS["size"][1].count(name):
            allowed = {"width", "height", "fit"}, {"budget"}
            assert any(changed <= parts for parts in allowed)
        else:
            assert len(changed) == 1

    def test_questions_ask_for_all_rows(self):
        asked = {row for _, rows in QUESTIONS.values() for row in rows}
        assert asked == set(SETTINGS)

    def test_longer_sees_as_many_pixels(self):
        longer, large = SETTINGS["320x256-longer"], SETTINGS["416x320"]
        assert longer.budget * longer.width * longer.height == pytest.approx(
            large.width * large.height
        )


class Numbers(list):
    """A data set without images."""

    classes = CLASSES

    @property
    def ids(self):
        return list(map(str, self))


class TestShare:
    def test_a_smaller_share_is_a_part_of_a_larger_one(self):
        numbers = Numbers(range(205))
        parts = [set(Share(numbers, s, 1).chosen) for s in (0.1, 0.3, 1)]
        assert [len(part) for part in parts] == [20, 62, 205]
        assert parts[0] < parts[1] < parts[2]
        assert parts[0] != set(Share(numbers, 0.1, 2).chosen)

    def test_an_epoch_is_about_as_long(self):
        numbers = Numbers(range(205))
        share = Share(numbers, 0.1, 0)
        assert len(share) == len(share.ids) == len(set(share.ids)) == 200
        assert set(share) == set(share.chosen.tolist())
        assert share.ids[:2] == [f"{i}-0" for i in share.chosen[:2]]
        assert len(Share(numbers, 1, 0)) == 205


def test_photographs_need_a_folder(monkeypatch):
    monkeypatch.delenv("D2L_SSD_BCCD", raising=False)
    with pytest.raises(ValueError, match="--root, or in D2L_SSD_BCCD"):
        open_photographs(None, "train")


def record(ap=0.5, **changes):
    """What a run's file holds besides its row and seed."""
    scores = dict.fromkeys(runs.SCORES, ap)
    return {
        "change": "a change",
        "made": {"num_train": 205},
        "hardware": "a CPU",
        **scores,
        "classes": {"RBC": {"ap50": ap, "ap": None}},
        "minutes": 2.0,
        "images_seen": 4000,
        "num_train": 205,
        "parameters": 11,
        **changes,
    }


RUNS = [runs.Run(row, seed) for seed in (0, 1) for row in (BASE, "drawn-100")]
KILLED = """
import os, signal, sys
sys.path[:0] = sys.argv[1:3]
from test_photographs_benchmark import RUNS, record, runs

def train(run, folder):
    folder.mkdir()
    (folder / "left").touch()
    if run == RUNS[1]:
        os.kill(os.getpid(), signal.SIGKILL)
    return record()

runs.work_off(sys.argv[3], RUNS, train)
"""


class TestQueue:
    def test_killed_queue_goes_on(self, tmp_path):
        paths = ROOT, ROOT / "tests", tmp_path
        done = subprocess.run([sys.executable, "-c", KILLED, *map(str, paths)])
        assert done.returncode == -signal.SIGKILL
        trained = []

        def train(run, folder):
            trained.append((run, (folder / "left").exists()))
            return record(0.75)

        runs.work_off(tmp_path, RUNS[:3], train)
        assert trained == [(RUNS[1], True), (RUNS[2], False)]
        found = [
            (r["row"], r["seed"], r["ap"]) for r in runs.read_runs(tmp_path)
        ]
        assert found == [
            ("drawn-100", 0, 0.75),
            (BASE, 0, 0.5),
            (BASE, 1, 0.75),
        ]
        # What trainings have left is gone
        assert all(path.suffix == ".json" for path in tmp_path.iterdir())

    def test_leaves_what_another_queue_has_begun(self, tmp_path, capsys):
        trained = []

        def train(run, folder):
            trained.append(run)
            return record()

        with locked_folder(tmp_path / RUNS[0].name, "run"):
            runs.work_off(tmp_path, RUNS[:2], train)
        assert trained == [RUNS[1]]
        assert f"{RUNS[0].name}: in work elsewhere" in capsys.readouterr().out

    def test_error_is_the_trainings_own(self, tmp_path):
        def train(run, folder):
            raise ValueError("bad images")

        with pytest.raises(ValueError, match="bad images"):
            runs.work_off(tmp_path, RUNS, train)

    def test_damaged_file_is_named(self, tmp_path):
        (tmp_path / "a-0.json").write_text('{"row"')
        with pytest.raises(ValueError, match="a-0.json is damaged"):
            runs.read_runs(tmp_path)


def write_record(folder, row, seed, **changes):
    folder.mkdir(exist_ok=True)
    text = json.dumps({"row": row, "seed": seed, **record(**changes)})
    (folder / f"{row}-{seed}.json").write_text(text)


class TestTable:
    def test_seeds_of_a_row_stand_together(self, tmp_path):
        asked, compared = tmp_path / "questions", tmp_path / "baselines"
        write_record(asked, BASE, 1, ap=0.75)
        write_record(asked, BASE, 0, ap=0.25)
        write_record(asked, "forgotten", 0)
        write_record(compared, "yolo11n", 0, made={"num_test": 72})
        made = table.make_table(asked, compared)
        assert list(made["rows"]) == [BASE]
        row = made["rows"][BASE]
        assert row["seeds"] == [0, 1] and row["ap"] == [0.25, 0.75]
        assert row["classes"]["RBC"] == {
            "ap50": [0.25, 0.75],
            "ap": [None, None],
        }
        assert list(made["baselines"]) == ["yolo11n"]
        assert made["made"] == {
            "questions": {"num_train": 205},
            "baselines": {"num_test": 72},
        }

    def test_other_budget_is_refused(self, tmp_path):
        write_record(tmp_path, BASE, 0)
        write_record(tmp_path, "drawn-100", 0, made={"num_train": 292})
        with pytest.raises(ValueError, match="drawn-100-0.json was made with"):
            table.make_table(tmp_path, tmp_path)

    def test_no_training_yet(self, tmp_path):
        made = table.make_table(tmp_path, tmp_path)
        assert made["rows"] == made["baselines"] == {}
        assert list(made["questions"]) == list(QUESTIONS)

    def test_command_writes_and_shows(self, tmp_path):
        write_record(tmp_path, BASE, 0)
        write_record(tmp_path, "ssdlite320", 0)
        call = [sys.executable, "-m", "benchmarks.photographs.table"]
        for name in ("questions", "baselines", "folder"):
            call += [f"--{name}", tmp_path]
        done = subprocess.run(call, capture_output=True, text=True, cwd=ROOT)
        assert done.returncode == 0, done.stderr
        assert "| a change | 0.500 | 0.500 |" in done.stdout
        tables = read_photographs_tables(tmp_path / "photographs.json")
        assert tables["rows"][BASE]["ap"].tolist() == [0.5]
        assert list(tables["baselines"]) == ["ssdlite320"]


class TestTraining:
    @pytest.mark.parametrize(
        "changes",
        [
            {"fit": "pad", "share": 0.5},
            {"init_from": "drawn", "class_weights": "balanced"},
            {"suggested_anchors": False, "budget": 2.0},
        ],
        ids=lambda changes: "-".join(changes),
    )
    def test_measures(self, toy, tmp_path, changes):
        setting = replace(SMALL, **changes)
        run = runs.Run("a row", 0)
        folder = tmp_path / "training"
        measured = questions.measure(setting, *map(Kept, toy), 16, run, folder)
        seen = 16 * changes.get("budget", 1)
        assert measured["images_seen"] == seen
        assert measured["num_train"] == 16 * changes.get("share", 1)
        assert 0 <= measured["ap"] <= measured["ap50"] <= 1
        assert 0 < measured["minutes"] < 5
        assert set(measured) >= set(record())
        text = (folder / "history.csv").read_text()
        assert len(text.splitlines()) == 1 + seen // 16

    def test_padding_is_seen_by_the_anchors(self, toy, monkeypatch):
        seen = []

        def suggest(boxes, height, width):
            seen.append(boxes)
            return questions.SIZES

        monkeypatch.setattr(questions, "suggest_sizes", suggest)
        images = Kept(toy[0])
        for fit in ("squeeze", "pad"):
            wide = replace(SMALL, fit=fit, width=256)
            questions.options_of(wide, images, 16, 0)
        squeezed, padded = ((b[:, 2] - b[:, 0]).sum() for b in seen)
        height, width = images[0][0].shape[:2]
        ratio = np.mean(
            [images[i][0].shape[1] / images[i][0].shape[0] for i in range(16)]
        )
        assert padded == pytest.approx(squeezed * ratio / 4, rel=0.15)

    def test_ours_is_judged_by_its_folder(self, toy, tmp_path):
        images, judged = Kept(toy[0]), Kept(toy[1])
        options = questions.options_of(SMALL, images, 16, 7)
        _, took = questions.train(images, options, tmp_path)
        made = record_of(tmp_path, images, judged, 1)
        assert (made["row"], made["seed"]) == ("ours", 7)
        assert made["images_seen"] == made["num_train"] == 16
        assert set(made) >= set(record())
        # Killed when all was done but its file: the history's minutes
        _, again = questions.train(images, options, tmp_path)
        assert again == {"minutes": made["minutes"], "images_seen": 16}
        assert 0 < took["minutes"] < 5
        judged.classes = ("dog", "cat")
        with pytest.raises(ValueError, match="must know dog, cat, in this"):
            record_of(tmp_path, images, judged, 1)


class TestTiles:
    SIZE = 160, 100
    PER_PICTURE = tiles.ROWS * tiles.COLUMNS

    @pytest.fixture
    def photographs(self):
        """Photographs of small objects; the last one fills no picture."""
        rng, samples = np.random.default_rng(0), []
        for n in range(self.PER_PICTURE + 1):
            x, y = rng.integers(10, 30, 2).tolist()
            objects = [(n % 2, x, y, x + 10, y + 10), (0, 99, 60, 109, 70)]
            labels = np.float32([[*row, 0] for row in objects])
            labels[:, 1:5] /= np.tile(self.SIZE, 2)
            samples.append((draw_rectangles(objects, self.SIZE), labels))
        return samples

    def test_labels_are_where_the_objects_are(self, photographs):
        ((image, labels),) = tiles.join_photographs(photographs)
        height, width = image.shape[:2]
        assert (height, width) == (300, 640)
        assert len(labels) == 2 * self.PER_PICTURE
        boxes = (labels[:, 1:5] * np.tile([width, height], 2)).round()
        for label, (left, top, right, bottom) in zip(
            labels[:, 0], boxes.astype(int)
        ):
            inside = image[top:bottom, left:right, [0, 2]]
            assert (inside == ([255, 0], [0, 255])[int(label)]).all()
            around = image[[top - 1, bottom], [left - 1, right]]
            assert (around == 128).all()

    def test_tiles_are_as_good_as_single_photographs(self, photographs):
        whole, *tiled, single = tiles.compare(
            rectangle_predictor(), photographs
        )
        found = [
            tiles.mean_scores(row.classes).errors["correct"]
            for row in (whole, *tiled, single)
        ]
        assert found[0] < 20 and found[1:] == [24] * (len(tiled) + 1)
        views = [row.views for row in (whole, *tiled, single)]
        assert views == [1, 1 + 20, 1 + 30, 1 + 78, 12]

    def test_table(self, photographs):
        rows = tiles.compare(rectangle_predictor(), photographs)
        lines = tiles.head_of(("red", "blue")).splitlines()
        lines += map(tiles.line_of, rows)
        assert len({line.count("|") for line in lines}) == 1
        assert lines[3].startswith("| tiles of 160x100 | 21 | ")
        assert " | 24 of 24 | 0 | 1.000 | 1.000 |" in lines[-1]


def test_yolo_reads_the_same_boxes_from_copies(toy, tmp_path):
    data = yolo.write_images(tmp_path, toy[0])
    assert "names:\n  0: cat\n  1: dog\n" in data.read_text()
    lines = (tmp_path / "train.txt").read_text().splitlines()
    assert lines[3] == "./images/000003.jpg" and len(lines) == 16
    image = tmp_path / lines[3]
    assert not image.is_symlink()
    assert image.read_bytes() == Path(toy[0].image_path(3)).read_bytes()
    rows = np.loadtxt(tmp_path / "labels/000003.txt", ndmin=2)
    labels = toy[0].annotation(3).labels
    corners = np.hstack(
        [rows[:, 1:3] - rows[:, 3:] / 2, rows[:, 1:3] + rows[:, 3:] / 2]
    )
    np.testing.assert_array_equal(rows[:, 0], labels[:, 0])
    np.testing.assert_allclose(corners, labels[:, 1:5], atol=1e-6)


@pytest.mark.parametrize(
    "name, option",
    [
        ("questions", "--folder"),
        ("peers", "--folder"),
        ("ours", "--folder"),
        ("table", "--folder"),
        ("tiles", "--root"),
    ],
)
def test_command_explains_itself(name, option):
    done = subprocess.run(
        [sys.executable, "-m", f"benchmarks.photographs.{name}", "--help"],
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("usage: ") and option in done.stdout


def test_peers_are_the_baselines():
    from benchmarks.photographs.peers import PEERS

    assert ["ours", *PEERS] == list(BASELINES)

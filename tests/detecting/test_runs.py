"""Detecting in folders of images: results, bad images, stops, memory."""

import json
import shutil
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from helpers import killed_detection
from helpers.killed_detection import MOMENTS, make_run
from helpers.rectangles import draw_rectangles, rectangle_predictor
from PIL import Image

from d2l_ssd.detecting.runs import count_done, detect_images, threaded

COUNT = 20
BLANK = draw_rectangles([], (80, 60))


def objects_of(number):
    """Return what is in an image: (class, left, top, right, bottom)."""
    return [(number % 2, 10 + number, 8, 40 + number, 38)]


@pytest.fixture
def images(tmp_path):
    """Return a folder of 20 images with a rectangle each."""
    folder = tmp_path / "images"
    folder.mkdir()
    for number in range(COUNT):
        image = draw_rectangles(objects_of(number), (80, 60))
        Image.fromarray(image).save(folder / f"{number:02d}.png")
    return folder


def files_of(folder):
    """Return the bytes of a folder's files, but for those that are hidden."""
    return {
        path.relative_to(folder): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != ".lock"
    }


def boxes_of(folder):
    """Return the boxes of detections.json by the images' names."""
    content = json.loads((folder / "detections.json").read_text())
    names = {image["id"]: image["file_name"] for image in content["images"]}
    boxes = {name: [] for name in names.values()}
    for row in content["annotations"]:
        boxes[names[row["image_id"]]].append((row["category_id"], row["bbox"]))
    return boxes


def crowd_run(folder, objects, **options):
    """Return a run on one image, whose network finds so many objects."""
    image = Image.fromarray(BLANK)
    (folder / "images").mkdir()
    image.save(folder / "images/crowd.png")
    run = make_run(folder / "images", folder / "found")
    anchors = run.predictor.settings.anchors()
    probs = np.zeros((1, len(anchors), 3), np.float32)
    probs[0, :, 0], probs[0, :objects] = 1, [0.1, 0.9, 0]
    nothing = np.zeros((1, *anchors.shape), np.float32)

    def see(X):
        return probs.repeat(len(X), 0), nothing.repeat(len(X), 0)

    return replace(
        run,
        predictor=replace(run.predictor, run=see),
        options=replace(run.options, nms_iou=1.0, **options),
    )


class TestResults:
    def test_boxes(self, images, tmp_path):
        detect_images(make_run(images, tmp_path / "found"))
        boxes = boxes_of(tmp_path / "found")
        assert list(boxes) == [f"{n:02d}.png" for n in range(COUNT)]
        for number, rows in enumerate(boxes.values()):
            ((label, box),) = rows
            assert label == number % 2 + 1
            np.testing.assert_allclose(box, [10 + number, 8, 30, 30], atol=2)

    def test_pictures(self, images, tmp_path):
        detect_images(make_run(images, tmp_path / "found"))
        for number in range(COUNT):
            path = tmp_path / f"found/pictures/{number:02d}.png"
            assert Image.open(path).size == (80, 60)

    @pytest.mark.parametrize(
        "objects, options, crowded",
        [
            (199, {}, 0),
            (200, {}, 200),
            (250, {"max_detections": 100}, 0),
            # 3 views may have 600 boxes
            (250, {"tiles": True}, 0),
            (250, {"tiles": True, "max_detections": 220}, 220),
        ],
        ids=["few", "many", "no more allowed", "in tiles", "all in tiles"],
    )
    def test_crowded_images_are_named(
        self, objects, options, crowded, tmp_path
    ):
        report = detect_images(crowd_run(tmp_path, objects, **options))
        assert report.crowded == ({"crowd.png": crowded} if crowded else {})

    def test_report(self, images, tmp_path):
        report = detect_images(make_run(images, tmp_path / "found"))
        assert report.images == COUNT and report.before == 0
        assert report.objects == {"red": 10, "blue": 10}
        assert report.views == COUNT and report.crowded == {}
        assert report.path == tmp_path / "found/detections.json"
        assert report.errors == []
        assert count_done(tmp_path / "found") == COUNT

    def test_folders_within_and_odd_names(self, images, tmp_path):
        (images / "tag 1").mkdir()
        shutil.move(images / "00.png", images / "tag 1/größe, 1.png")
        detect_images(make_run(images, tmp_path / "found"))
        assert "tag 1/größe, 1.png" in boxes_of(tmp_path / "found")
        assert (tmp_path / "found/pictures/tag 1/größe, 1.png").exists()

    def test_results_inside_the_images_folder(self, images):
        for _ in range(2):
            report = detect_images(make_run(images, images / "found"))
            assert report.images == COUNT

    def test_turned_gray_and_16_bit_images(self, images, tmp_path):
        exif = Image.Exif()
        exif[0x0112] = 6
        stored = np.rot90(draw_rectangles([(0, 10, 8, 40, 38)], (80, 60)))
        Image.fromarray(stored.copy()).save(
            images / "turned.jpg", exif=exif, quality=95
        )
        Image.fromarray(BLANK[..., 0]).save(images / "gray.png")
        deep = BLANK[..., 0].astype(np.uint16) * 16
        Image.fromarray(deep).save(images / "deep.png")
        detect_images(make_run(images, tmp_path / "found"))
        boxes = boxes_of(tmp_path / "found")
        assert boxes["gray.png"] == boxes["deep.png"] == []
        ((label, box),) = boxes["turned.jpg"]
        assert label == 1
        np.testing.assert_allclose(box, [10, 8, 30, 30], atol=2)
        picture = Image.open(tmp_path / "found/pictures/turned.jpg")
        assert picture.size == (80, 60)

    def test_as_many_threads_after_as_before(self, images, tmp_path):
        before = threading.active_count()
        detect_images(make_run(images, tmp_path / "found"))
        assert threading.active_count() == before


class TestBadImages:
    def test_are_named_and_the_others_done(self, images, tmp_path):
        (images / "03.png").write_bytes(b"no image")
        data = (images / "04.png").read_bytes()
        (images / "04.png").write_bytes(data[: len(data) // 2])
        (images / "99.png").symlink_to(images / "nowhere")
        report = detect_images(make_run(images, tmp_path / "found"))
        assert report.images == COUNT - 2
        names = [str(error) for error in report.errors]
        assert [any(n in e for e in names) for n in ("03", "04", "99")] == [
            True
        ] * 3
        assert len(boxes_of(tmp_path / "found")) == COUNT - 2

    def test_are_tried_again(self, images, tmp_path):
        good = (images / "03.png").read_bytes()
        (images / "03.png").write_bytes(b"no image")
        detect_images(make_run(images, tmp_path / "found"))
        (images / "03.png").write_bytes(good)
        report = detect_images(make_run(images, tmp_path / "found"))
        assert report.before == COUNT - 1 and report.images == COUNT
        assert not report.errors

    def test_one_that_cannot_be_padded(self, images, tmp_path):
        image = Image.fromarray(draw_rectangles([], (1300, 10)))
        image.save(images / "thin.png")
        run = make_run(images, tmp_path / "found")
        run = replace(run, predictor=rectangle_predictor(fit="pad"))
        report = detect_images(run)
        assert report.images == COUNT
        (error,) = report.errors
        assert "thin.png: an image of 1300 x 10" in str(error)

    def test_all_bad(self, images, tmp_path):
        for path in images.iterdir():
            path.write_bytes(b"no image")
        report = detect_images(make_run(images, tmp_path / "found"))
        assert len(report.errors) == COUNT and report.images == 0
        assert boxes_of(tmp_path / "found") == {}


class TestGoingOn:
    @pytest.mark.parametrize("moment", MOMENTS)
    def test_after_a_kill(self, images, tmp_path, moment):
        killed, whole = tmp_path / "killed", tmp_path / "whole"
        program = [sys.executable, killed_detection.__file__]
        done = subprocess.run([*program, images, killed, moment])
        assert done.returncode == -9
        assert not (killed / "detections.json").exists()
        before, seen = count_done(killed), []
        assert (before == COUNT) == (moment == "file")
        report = detect_images(make_run(images, killed, seen))
        assert report.before == before
        assert sum(shape[0] for shape in seen) == COUNT - before
        detect_images(make_run(images, whole))
        assert files_of(killed) == files_of(whole)

    def test_nothing_is_left_to_do(self, images, tmp_path):
        detect_images(make_run(images, tmp_path / "found"))
        before, seen = files_of(tmp_path / "found"), []
        report = detect_images(make_run(images, tmp_path / "found", seen))
        assert seen == [] and report.before == report.images == COUNT
        assert files_of(tmp_path / "found") == before

    def test_another_format_needs_no_network(self, images, tmp_path):
        detect_images(make_run(images, tmp_path / "found"))
        seen = []
        for kind, file in ("csv", "detections.csv"), ("yolo", "labels/00.txt"):
            detect_images(make_run(images, tmp_path / "found", seen, kind))
            assert (tmp_path / "found" / file).exists()
        assert seen == []

    def test_a_changed_image_is_looked_at_again(self, images, tmp_path):
        detect_images(make_run(images, tmp_path / "found"))
        Image.fromarray(BLANK).save(images / "05.png")
        seen = []
        detect_images(make_run(images, tmp_path / "found", seen))
        assert [shape[0] for shape in seen] == [1]
        assert boxes_of(tmp_path / "found")["05.png"] == []

    def test_new_images_are_added(self, images, tmp_path):
        detect_images(make_run(images, tmp_path / "found"))
        Image.fromarray(BLANK).save(images / "00a.png")
        report = detect_images(make_run(images, tmp_path / "found"))
        assert report.images == COUNT + 1
        assert list(boxes_of(tmp_path / "found"))[1] == "00a.png"

    def test_with_other_options(self, images, tmp_path):
        detect_images(make_run(images, tmp_path / "found"))
        other = make_run(images, tmp_path / "found", score_threshold=0.95)
        with pytest.raises(
            ValueError, match="score_threshold 0.3, not 0.95.*--overwrite"
        ):
            detect_images(other)
        report = detect_images(other, overwrite=True)
        assert report.before == 0 and not report.objects

    def test_of_other_images(self, images, tmp_path):
        detect_images(make_run(images, tmp_path / "found"))
        shutil.copytree(images, tmp_path / "others")
        with pytest.raises(
            ValueError, match="images in .*images.*, not .*others"
        ):
            detect_images(make_run(tmp_path / "others", tmp_path / "found"))

    def test_an_interrupt_keeps_what_is_done(
        self, images, tmp_path, monkeypatch
    ):
        run, calls = make_run(images, tmp_path / "found"), []

        def predict(X, inner=run.predictor.run):
            calls.append(X)
            if len(calls) == 3:
                raise KeyboardInterrupt
            return inner(X)

        object.__setattr__(run.predictor, "run", predict)
        before = threading.active_count()
        with pytest.raises(KeyboardInterrupt):
            detect_images(run)
        assert threading.active_count() == before
        assert count_done(tmp_path / "found") >= 12
        report = detect_images(make_run(images, tmp_path / "found"))
        assert report.images == COUNT


class TestFolder:
    def test_of_something_else(self, images, tmp_path):
        (tmp_path / "found").mkdir()
        (tmp_path / "found/thesis.txt").write_text("all of it")
        with pytest.raises(ValueError, match="holds 'thesis.txt'.*--out"):
            detect_images(make_run(images, tmp_path / "found"))

    def test_is_a_file(self, images, tmp_path):
        (tmp_path / "found").write_text("")
        with pytest.raises(FileExistsError, match="must be a folder"):
            detect_images(make_run(images, tmp_path / "found"))

    def test_in_use(self, images, tmp_path):
        run = make_run(images, tmp_path / "found")

        def predict(X, inner=run.predictor.run):
            with pytest.raises(ValueError, match="in use by another"):
                detect_images(make_run(images, tmp_path / "found"))
            return inner(X)

        object.__setattr__(run.predictor, "run", predict)
        assert detect_images(run).images == COUNT

    def test_two_images_of_one_picture(self, images, tmp_path):
        shutil.copy(images / "00.png", images / "a.webp")
        shutil.copy(images / "00.png", images / "a.webp.jpg")
        with pytest.raises(ValueError, match="a.webp and a.webp.jpg"):
            detect_images(make_run(images, tmp_path / "found"))

    def test_two_images_of_one_file_of_labels(self, images, tmp_path):
        shutil.copy(images / "00.png", images / "00.webp")
        run = make_run(images, tmp_path / "found", kind="yolo")
        with pytest.raises(ValueError, match="00.png and 00.webp"):
            detect_images(run)

    def test_a_full_disk(self, images, tmp_path, monkeypatch):
        def full(*_):
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(Path, "write_bytes", full)
        with pytest.raises(OSError, match="No space left on device"):
            detect_images(make_run(images, tmp_path / "found"))
        monkeypatch.undo()
        assert count_done(tmp_path / "found") == 0
        report = detect_images(make_run(images, tmp_path / "found"))
        assert report.images == COUNT

    def test_count_of_none(self, tmp_path):
        assert count_done(tmp_path) == 0


class TestThreaded:
    def test_keeps_the_order(self):
        def work(number):
            time.sleep(0.002 * (5 - number % 5))
            return number**2

        results = threaded(work, range(40), 4, 4)
        assert list(results) == [n**2 for n in range(40)]

    @pytest.mark.parametrize("ahead", [0, 1, 3])
    def test_few_results_wait(self, ahead):
        begun = []
        results = threaded(begun.append, range(100), 2, ahead)
        for number, _ in enumerate(results, 1):
            time.sleep(0.001)
            assert len(begun) <= number + ahead

    def test_as_many_as_the_last_result_says(self):
        begun = []

        def work(number):
            begun.append(number)
            return number

        results = threaded(work, range(20), 2, lambda n: 0 if n < 10 else 4)
        for number in results:
            if 0 < number < 10:
                assert len(begun) <= number + 2

    def test_an_error_ends_it(self):
        def work(number):
            if number == 3:
                raise ValueError("three")
            return number

        before, seen = threading.active_count(), []
        with pytest.raises(ValueError, match="three"):
            for number in threaded(work, range(100), 2, 2):
                seen.append(number)
        assert seen == [0, 1, 2]
        assert threading.active_count() == before

    def test_what_has_not_begun_never_does(self):
        begun = []

        def work(number):
            begun.append(number)
            time.sleep(0.05)

        results = threaded(work, range(100), 1, 10)
        next(results)
        results.close()
        assert len(begun) <= 3

    def test_items_are_taken_one_by_one(self):
        taken = []

        def items():
            for number in range(10):
                taken.append(number)
                yield number

        results = threaded(lambda n: n, items(), 2, 2)
        assert taken == []
        next(results)
        assert len(taken) <= 3
        results.close()

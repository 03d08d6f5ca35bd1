"""Detecting in photographs of any size, whole and in tiles."""

import dataclasses

import numpy as np
import pytest
from helpers.rectangles import draw_rectangles, rectangle_predictor

from d2l_ssd.boxes import box_iou
from d2l_ssd.detecting.detector import DetectOptions, detect
from d2l_ssd.targets import encode_offsets

WHOLE, TILED = DetectOptions(), DetectOptions(tiles=True)


def check_found(found, objects, size, pixels=1.0):
    """Check that each object is found once, within so many pixels."""
    boxes = found.boxes * np.tile(size, 2)
    rows = sorted(zip(found.classes.tolist(), boxes.tolist()))
    expected = sorted((label, list(box)) for label, *box in objects)
    assert [label for label, _ in rows] == [label for label, _ in expected]
    np.testing.assert_allclose(
        [box for _, box in rows], [box for _, box in expected], atol=pixels
    )


class TestWhole:
    OBJECTS = [(0, 20, 10, 60, 50), (1, 90, 50, 140, 90)]

    @pytest.mark.parametrize("fit", ["squeeze", "pad"])
    @pytest.mark.parametrize("input_size", [(64, 64), (64, 96), (128, 64)])
    def test_boxes_are_in_units_of_the_photograph(self, fit, input_size):
        image = draw_rectangles(self.OBJECTS, (160, 100))
        predictor = rectangle_predictor(input_size, fit)
        (found,) = detect(predictor, [image])
        check_found(found, self.OBJECTS, (160, 100), pixels=3)
        assert found.boxes.dtype == np.float32

    def test_several_sizes_in_one_batch(self):
        sizes = [(160, 100), (100, 160), (64, 64), (333, 50)]
        objects = [(0, 10, 10, 40, 40)]
        images = [draw_rectangles(objects, size) for size in sizes]
        seen = []
        results = detect(rectangle_predictor(seen=seen), images)
        assert seen == [(4, 3, 64, 64)]
        for found, size in zip(results, sizes):
            check_found(found, objects, size, pixels=4)

    def test_batches_are_of_eight(self):
        image, seen = draw_rectangles([], (64, 64)), []
        results = detect(rectangle_predictor(seen=seen), [image] * 19)
        assert [shape[0] for shape in seen] == [8, 8, 3]
        assert [len(found.boxes) for found in results] == [0] * 19

    def test_no_image(self):
        assert detect(rectangle_predictor(), []) == []

    def test_score_threshold(self):
        image = draw_rectangles(self.OBJECTS, (160, 100))
        options = DetectOptions(score_threshold=0.95)
        (found,) = detect(rectangle_predictor(), [image], options)
        assert len(found.boxes) == 0

    def test_max_detections(self):
        image = draw_rectangles(self.OBJECTS, (160, 100))
        (found,) = detect(
            rectangle_predictor(), [image], DetectOptions(max_detections=1)
        )
        assert len(found.boxes) == 1

    def test_gray(self):
        gray = np.full((50, 80), 128, np.uint8)
        assert len(detect(rectangle_predictor(), [gray])[0].boxes) == 0

    def test_bad_image(self):
        with pytest.raises(ValueError, match=r"\(H, W, 3\)"):
            detect(rectangle_predictor(), [None])


class TestThinPhotographs:
    OBJECTS = [(0, 100, 2, 112, 9)]

    def test_are_refused_where_they_are_padded(self):
        image = draw_rectangles(self.OBJECTS, (1300, 10))
        with pytest.raises(ValueError, match="1300 x 10 .*64 x 64: cut it"):
            detect(rectangle_predictor(fit="pad"), [image])

    def test_are_seen_in_tiles_alone(self):
        image, seen = draw_rectangles(self.OBJECTS, (1300, 10)), []
        predictor = rectangle_predictor(fit="pad", seen=seen)
        (found,) = detect(predictor, [image], TILED)
        check_found(found, self.OBJECTS, (1300, 10))
        assert sum(shape[0] for shape in seen) == 27

    @pytest.mark.parametrize("size", [(1, 1), (3000, 10), (1, 500)])
    def test_are_squeezed(self, size):
        image = draw_rectangles([(0, 0, 0, *size)], size)
        (found,) = detect(rectangle_predictor(), [image])
        np.testing.assert_allclose(found.boxes, [[0, 0, 1, 1]], atol=0.01)


class TestTiles:
    SIZE = 500, 300

    def test_small_objects_are_found_once_each(self):
        rng = np.random.default_rng(1)
        objects = [
            (int(rng.integers(2)), x + dx, y + dy, x + dx + 12, y + dy + 12)
            for x in range(0, 480, 25)
            for y in range(0, 280, 25)
            for dx, dy in [rng.integers(0, 10, 2).tolist()]
        ]
        image = draw_rectangles(objects, self.SIZE)
        (found,) = detect(rectangle_predictor(), [image], TILED)
        check_found(found, objects, self.SIZE)

    @pytest.mark.parametrize("place", range(0, 430, 13))
    def test_an_object_as_long_as_the_overlap_is_whole_somewhere(self, place):
        objects = [(0, place, 100, place + 14, 114)]
        image = draw_rectangles(objects, self.SIZE)
        (found,) = detect(rectangle_predictor(), [image], TILED)
        check_found(found, objects, self.SIZE)

    def test_an_object_larger_than_a_tile_is_found_in_the_whole(self):
        objects = [(0, 100, 50, 400, 250), (1, 10, 10, 25, 25)]
        image = draw_rectangles(objects, self.SIZE)
        (found,) = detect(rectangle_predictor(), [image], TILED)
        large = found.boxes * np.tile(self.SIZE, 2)
        iou = box_iou(large, np.array([o[1:] for o in objects], dtype=float))
        assert (iou.max(axis=0) > 0.9).all()

    def test_tile_size_and_overlap(self):
        image, seen = draw_rectangles([], self.SIZE), []
        options = DetectOptions(tiles=True, tile_size=(150, 250), overlap=0)
        detect(rectangle_predictor(seen=seen), [image], options)
        assert sum(shape[0] for shape in seen) == 1 + 4

    def test_tiles_are_as_large_as_the_training_photographs(self):
        image, seen = draw_rectangles([], self.SIZE), []
        predictor = rectangle_predictor(seen=seen)
        settings = dataclasses.replace(
            predictor.settings, photograph_size=(150, 250)
        )
        predictor = dataclasses.replace(predictor, settings=settings)
        detect(predictor, [image], DetectOptions(tiles=True, overlap=0))
        assert sum(shape[0] for shape in seen) == 1 + 4

    def test_a_photograph_no_larger_than_a_tile_is_seen_once(self):
        objects, seen = [(0, 10, 10, 30, 30)], []
        image = draw_rectangles(objects, (64, 50))
        (found,) = detect(rectangle_predictor(seen=seen), [image], TILED)
        assert [shape[0] for shape in seen] == [1]
        check_found(found, objects, (64, 50))

    @pytest.mark.parametrize(
        "options, counted", [(TILED, True), (WHOLE, False)]
    )
    def test_progress_is_counted_in_tiles(self, options, counted, monkeypatch):
        bars = []

        class Bar:
            def __init__(self, total, **_):
                self.total, self.steps = total, []
                bars.append(self)

            def __enter__(self):
                return self

            def __exit__(self, *_):
                pass

            def update(self, count):
                self.steps.append(count)

        monkeypatch.setattr("d2l_ssd.detecting.detector.tqdm", Bar)
        image = draw_rectangles([], (160, 112))
        detect(rectangle_predictor(), [image], options)
        shown = [(bar.total, bar.steps) for bar in bars]
        assert shown == ([(7, [7])] if counted else [])

    def test_padded_tiles(self):
        objects = [(0, 30, 30, 50, 45), (1, 300, 200, 320, 220)]
        image = draw_rectangles(objects, self.SIZE)
        options = DetectOptions(tiles=True, tile_size=(80, 120))
        predictor = rectangle_predictor((96, 96), "pad")
        (found,) = detect(predictor, [image], options)
        check_found(found, objects, self.SIZE, pixels=2)

    def test_max_detections_are_those_of_the_photograph(self):
        objects = [(0, x, 20, x + 12, 32) for x in range(10, 450, 30)]
        image = draw_rectangles(objects, self.SIZE)
        options = DetectOptions(tiles=True, max_detections=5)
        (found,) = detect(rectangle_predictor(), [image], options)
        assert len(found.boxes) == 5


class TestOneNms:
    """A tile of its own would keep the part and drop the whole object."""

    PART, WHOLE = (0.4, 0.3, 1, 0.7), (0.45, 0.3, 0.95, 0.7)  # in the 2nd view

    def test_over_all_tiles(self):
        predictor = rectangle_predictor()
        anchors = predictor.settings.anchors()

        def run(X):
            probs = np.zeros((len(X), len(anchors), 3), np.float32)
            probs[..., 0], offsets = 1, np.zeros((len(X), *anchors.shape))
            pairs = zip((self.PART, self.WHOLE), (0.9, 0.6))
            for anchor, (box, score) in enumerate(pairs):
                probs[1, anchor] = 1 - score, score, 0
                offsets[1, anchor] = encode_offsets(
                    anchors[anchor][None], np.array([box])
                )[0]
            return probs, offsets

        predictor = dataclasses.replace(predictor, run=run)
        image = draw_rectangles([], (96, 64))
        (found,) = detect(predictor, [image], TILED)
        np.testing.assert_allclose(found.scores, [0.6])
        box = np.array(self.WHOLE) * [64, 64, 64, 64] / [96, 64, 96, 64]
        np.testing.assert_allclose(found.boxes, [box], rtol=1e-5)


class TestOptions:
    @pytest.mark.parametrize(
        "options, words",
        [
            ({"score_threshold": 30}, "score_threshold"),
            ({"nms_iou": -1}, "nms_iou"),
            ({"max_detections": 0}, "max_detections"),
            ({"overlap": 0.95}, "overlap"),
            ({"tile_size": (0, 10)}, "tile_size"),
        ],
    )
    def test_bad_values(self, options, words):
        with pytest.raises(ValueError, match=words):
            DetectOptions(**options)

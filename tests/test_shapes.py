"""Drawn scenes: the same from a seed, and honest boxes."""

import zlib

import numpy as np
import pytest

from d2l_ssd.anchors import ssd_anchors
from d2l_ssd.boxes import box_iou
from d2l_ssd.detections import Detections
from d2l_ssd.evaluation import evaluate_detections
from d2l_ssd.shapes import CLASSES, HERD, ORDINARY, SIZE, World, draw_shapes
from d2l_ssd.targets import ssd_targets

BARE = World(empty=1)  # the same ground, and nothing on it
LARGE = World(objects=(1, 1), sides=(24, 40))
CROSSES = World(objects=(1, 1), sides=(24, 40), crosses=1)


def boxes_of(labels):
    """Return each scene's boxes in pixels, and their classes."""
    rows = [rows[rows[:, 0] >= 0] for rows in labels]
    return [(SIZE * r[:, 1:5], r[:, 0].astype(int)) for r in rows]


def painted(seed, start, count, world):
    """Tell which pixels (B, SIZE, SIZE) differ from bare ground."""
    images, _ = draw_shapes(seed, start, count, world)
    bare, _ = draw_shapes(seed, start, count, BARE)
    return (images != bare).any(axis=-1)


def test_known_scenes():
    images, labels = draw_shapes(0, 0, 2)
    assert images[0, 0, 0].tolist() == [136, 130, 103]
    assert images[0, 24, 24].tolist() == [150, 201, 239]
    assert zlib.crc32(images) == 3607548974
    (first, kinds), (second, others) = boxes_of(labels)
    assert first.tolist() == [[17.875, 23.375, 34.75, 39.875]]
    assert second.tolist() == [
        [41.125, 9.0, 47.75, 15.25],
        [2.375, 32.875, 10.5, 37.875],
        [28.25, 30.75, 34.625, 43.875],
        [15.75, 32.875, 21.25, 43.5],
    ]
    assert kinds.tolist() == [0] and others.tolist() == [0, 2, 0, 0]


def test_a_scene_depends_on_its_seed_and_number_alone():
    images, labels = draw_shapes(5, 10, 6)
    image, label = draw_shapes(5, 13, 1)
    np.testing.assert_array_equal(image[0], images[3])
    np.testing.assert_array_equal(label[0], labels[3])
    assert (draw_shapes(6, 13, 1)[0] != image).mean() > 0.9
    assert (images[0] != images[1]).mean() > 0.9


@pytest.mark.parametrize("count", [0, 1, 3])
@pytest.mark.parametrize(
    "world, most",
    [
        pytest.param(ORDINARY, 4, id="ordinary"),
        pytest.param(HERD, 10, id="herd"),
        pytest.param(World(objects=(0, 0)), 1, id="no objects"),
    ],
)
def test_shapes_of_arrays(count, world, most):
    images, labels = draw_shapes(0, 0, count, world)
    assert images.shape == (count, SIZE, SIZE, 3)
    assert images.dtype == np.uint8
    assert labels.shape == (count, most, 6)
    assert labels.dtype == np.float32
    padding = labels[..., 0] == -1
    assert (labels[padding] == -1).all()
    assert (labels[~padding][:, 5] == 0).all()


class TestLabels:
    def test_boxes_lie_around_what_is_painted(self):
        world = World(overlap=0, sides=(8, 20))
        _, labels = draw_shapes(2, 0, 200, world)
        masks = painted(2, 0, 200, world)
        for mask, (boxes, _) in zip(masks, boxes_of(labels)):
            outside = mask.copy()
            for left, top, right, bottom in boxes:
                columns = slice(int(left), int(np.ceil(right)))
                rows = slice(int(top), int(np.ceil(bottom)))
                window = mask[rows, columns]
                # A triangle is thin at its top, and misses a pixel's points
                assert window[:3].any() and window[-2:].any()
                assert window[:, :2].any() and window[:, -2:].any()
                outside[rows, columns] = False
            assert not outside.any()

    @pytest.mark.parametrize("label, share", [(0, np.pi / 4), (1, 1), (2, 0.5)])
    def test_each_class_covers_its_share_of_a_box(self, label, share):
        world = LARGE._replace(classes=(label,))
        _, labels = draw_shapes(3, 0, 50, world)
        masks = painted(3, 0, 50, world)
        boxes = np.concatenate([boxes for boxes, _ in boxes_of(labels)])
        area = np.prod(boxes[:, 2:] - boxes[:, :2], axis=1)
        shares = masks.sum(axis=(1, 2)) / area
        # Pixels at an edge are painted in part
        assert share <= shares.mean() < share + 0.1

    def test_boxes_come_in_eighths_of_a_pixel_and_lie_inside(self):
        _, labels = draw_shapes(4, 0, 300)
        boxes = np.concatenate([boxes for boxes, _ in boxes_of(labels)])
        np.testing.assert_allclose(8 * boxes, (8 * boxes).round(), atol=1e-4)
        assert boxes.min() >= 0 and boxes.max() <= SIZE
        sides = boxes[:, 2:] - boxes[:, :2]
        assert sides.min() >= 5 - 1e-4 and sides.max() <= 46 + 1e-4

    def test_objects_share_little(self):
        for world, least, most in [(ORDINARY, 0, 0.15), (HERD, 0.3, 0.75)]:
            _, labels = draw_shapes(5, 0, 200, world)
            shares = [_share_of_smaller(boxes) for boxes, _ in boxes_of(labels)]
            assert least < max(shares) <= most + 1e-6


def _share_of_smaller(boxes):
    """Return the largest part of a box that another one covers."""
    area = np.prod(boxes[:, 2:] - boxes[:, :2], axis=1)
    iou = box_iou(boxes, boxes)
    shared = iou / (1 + iou) * (area[:, None] + area)
    part = shared / np.minimum(area[:, None], area)
    return (part - np.eye(len(boxes))).max()


class TestWorlds:
    def test_ordinary(self):
        _, labels = draw_shapes(1, 0, 2000)
        counts = (labels[..., 0] >= 0).sum(axis=1)
        # Not always do all find room
        shares = np.bincount(counts, minlength=5) / 2000
        assert shares[0] == 0 and shares[1:].min() > 0.15
        classes = labels[labels[..., 0] >= 0][:, 0].astype(int)
        assert np.bincount(classes).min() / len(classes) > 0.3

    def test_herd(self):
        _, labels = draw_shapes(1, 0, 200, HERD)
        counts = (labels[..., 0] >= 0).sum(axis=1)
        assert counts.min() >= 6 and counts.max() == 10
        assert set(labels[..., 0].ravel()) == {-1, CLASSES.index("square")}

    def test_empty_scenes_show_their_ground_only(self):
        world = World(empty=0.3)
        images, labels = draw_shapes(1, 0, 1000, world)
        empty = (labels[..., 0] < 0).all(axis=1)
        assert 0.25 < empty.mean() < 0.35
        bare, _ = draw_shapes(1, 0, 1000, BARE)
        same = (images == bare).all(axis=(1, 2, 3))
        np.testing.assert_array_equal(same, empty)

    def test_crosses_are_painted_and_have_no_label(self):
        _, labels = draw_shapes(1, 0, 50, CROSSES)
        assert (labels == -1).all()
        _, boxes = draw_shapes(1, 0, 50, LARGE)  # where they stand
        area = np.prod(boxes[:, 0, 3:5] - boxes[:, 0, 1:3], axis=1) * SIZE**2
        shares = painted(1, 0, 50, CROSSES).sum(axis=(1, 2)) / area
        assert 0.51 <= shares.mean() < 0.63  # 1 - 0.7 * 0.7, and edges
        half = draw_shapes(1, 0, 1000, World(crosses=0.5))[1]
        assert 0.45 < (half == -1).all(axis=(1, 2)).mean() < 0.55


def test_shapes_stand_out_from_their_ground():
    images, labels = draw_shapes(7, 0, 300, LARGE)
    bare, _ = draw_shapes(7, 0, 300, BARE)
    (boxes,) = zip(*[boxes for boxes, _ in boxes_of(labels)])
    x, y = (np.array(boxes).reshape(-1, 2, 2).mean(axis=1)).astype(int).T
    scene = np.arange(300)
    colors = images[scene, y, x] / 255
    grounds = bare.mean(axis=(1, 2)) / 255
    distance = np.linalg.norm(colors - grounds, axis=1)
    assert distance.min() > 0.25 and np.median(distance) > 0.4


def test_labels_are_those_of_targets_and_evaluation():
    _, labels = draw_shapes(0, 0, 20)
    anchors = ssd_anchors([(12, 12), (6, 6)], [(0.2, 0.3), (0.5,)], [(1,)] * 2)
    classes, _ = ssd_targets(labels, anchors)
    assert set(classes.ravel()) == {0, 1, 2, 3}
    found = [
        Detections(boxes / SIZE, np.ones(len(boxes)), kinds)
        for boxes, kinds in boxes_of(labels)
    ]
    evaluation = evaluate_detections(found, list(labels), len(CLASSES))
    assert evaluation.ap[:, 0] == pytest.approx([1, 1, 1])


@pytest.mark.parametrize(
    "arguments, name",
    [
        pytest.param((-1, 0, 1), "seed", id="seed"),
        pytest.param((0, -1, 1), "start", id="start"),
        pytest.param((0, 0, -1), "count", id="count"),
        pytest.param((0, 0, 1.5), "count", id="no whole number"),
    ],
)
def test_arguments_out_of_range_raise(arguments, name):
    with pytest.raises(ValueError, match=f"^{name} must"):
        draw_shapes(*arguments)

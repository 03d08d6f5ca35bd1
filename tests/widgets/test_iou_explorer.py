"""IoUExplorer: its cases, and what two boxes measure."""

import numpy as np
import pytest
from helpers.explorers import random_images

from d2l_ssd.widgets import IoUExplorer
from d2l_ssd.widgets.iou_explorer import measure_boxes

BOXES = {
    "in the middle": [0.3, 0.3, 0.7, 0.7],
    "at the lower right": [0.5, 0.6, 1, 1],
    "at the upper left": [0, 0, 0.6, 0.3],
    "our cat": [0.289, 0.622, 0.75, 0.969],
}


def make_explorer(box=(0.3, 0.3, 0.7, 0.7)):
    [image] = random_images(np.random.default_rng(0), 1, 240, 320)
    return IoUExplorer(image, box)


def measure(case):
    return measure_boxes(case["boxes"][:4], case["boxes"][4:])


@pytest.fixture(params=BOXES.values(), ids=BOXES)
def cases(request):
    view = make_explorer(request.param).view
    return {case["name"]: case for case in view.cases}


def test_every_box_lies_in_the_image(cases):
    for case in cases.values():
        boxes = np.reshape(case["boxes"], (2, 4))
        assert (boxes >= 0).all() and (boxes <= [320, 240, 320, 240]).all()
        assert (boxes[:, 2:] > boxes[:, :2]).all()


@pytest.mark.parametrize(
    "name, iou",
    [
        ("Shifted by a quarter", 9 / 23),
        ("Twice as large", 1 / 2),
        ("Inside", 1 / 4),
        ("Nearly touching", 0),
        ("Far apart", 0),
        ("Long and thin", 1 / 3),
    ],
)
def test_a_case_has_the_iou_that_its_name_says(cases, name, iou):
    assert measure(cases[name]).iou == pytest.approx(iou, abs=0.015)


def test_far_apart_differs_in_giou_only(cases):
    near, far = (measure(cases[n]) for n in ("Nearly touching", "Far apart"))
    assert near.iou == far.iou == 0
    assert far.giou < near.giou - 0.1
    x0, y0, x1, y1 = cases["Far apart"]["boxes"][4:]  # in a corner
    assert (x0 == 0 or x1 == 320) and (y0 == 0 or y1 == 240)


def test_starts_with_a_good_fit_below_one_half():
    explorer = make_explorer()
    assert explorer.view.guesses == {}
    assert explorer.measures == measure(explorer.view.cases[0])
    assert 0.3 < explorer.measures.iou < 0.5 and not explorer.solved


def test_measures_by_hand():
    assert measure_boxes([0, 0, 40, 40], [60, 30, 100, 60]) == (
        *(0, 2800, 0),  # intersection, union, IoU
        *(6000, pytest.approx(-3200 / 6000), np.hypot(60, 25)),
    )
    same = measure_boxes([1, 2, 5, 9], [1, 2, 5, 9])
    assert (same.iou, same.giou, same.distance) == (1, 1, 0)


@pytest.mark.parametrize(
    "boxes, solved",
    [
        ([0, 0, 100, 100, 0, 10, 100, 180], True),
        ([0, 0, 100, 100, 0, 0, 100, 50], False),  # one is inside
        ([0, 0, 100, 100, 33, 0, 133, 100], False),  # of one size
        ([0, 0, 100, 100, 50, 0, 150, 160], False),  # too far
    ],
    ids=["solved", "inside", "one size", "too far"],
)
def test_the_task(boxes, solved):
    explorer = make_explorer()
    explorer.view.boxes = boxes
    assert explorer.solved is solved


def test_the_static_picture_tells_the_first_case():
    figure = make_explorer().draw_static()
    guess, told = [ax.get_title() for ax in figure.axes]
    assert guess.startswith("Guess") and told == "IoU 0.39, GIoU 0.31"


def test_rejects_a_box_without_room_beside_it():
    with pytest.raises(ValueError, match="choose a smaller object"):
        make_explorer([0.1, 0.1, 0.9, 0.5])


@pytest.mark.parametrize(
    "box", [[30, 30, 70, 70], [0.5, 0.2, 0.4, 0.6], [0.2, 0.2, 0.2, 0.6]]
)
def test_rejects_what_is_no_box_of_the_image(box):
    with pytest.raises(ValueError, match="box must have"):
        make_explorer(box)

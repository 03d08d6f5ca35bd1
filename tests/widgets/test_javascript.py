"""The JavaScript of the explorers against Python, in node."""

import itertools

import numpy as np
import pytest
from helpers.explorers import (
    LAYERS,
    count_epoch,
    on_a_grid,
    random_boxes,
    random_detections,
    random_gallery,
    random_images,
    random_layers,
    random_replay,
    random_truths,
)
from helpers.ideas import idea_cases
from helpers.javascript import (
    EXPLORERS,
    make_cases,
    parity_names,
    passed,
    run_tests,
)

from d2l_ssd.anchors import RATIOS, SIZES, best_possible_iou, ssd_anchors
from d2l_ssd.boxes import box_iou
from d2l_ssd.error_analysis import ERROR_KINDS, detection_kinds
from d2l_ssd.evaluation import (
    average_precision,
    evaluate_detections,
    match_detections,
    precision_recall,
)
from d2l_ssd.inference import batched_nms, nms, predict_ssd, softmax
from d2l_ssd.targets import decode_offsets, encode_offsets, match_anchors
from d2l_ssd.widgets import FeatureMapExplorer, LossExplorer, TrainingReplay
from d2l_ssd.widgets.anchor_explorer import NAIVE_SIZES
from d2l_ssd.widgets.base import MAP_SHAPES
from d2l_ssd.widgets.detection_explorer import MIN_SCORE, candidate_rows
from d2l_ssd.widgets.feature_map_explorer import CHANNELS
from d2l_ssd.widgets.iou_explorer import measure_boxes
from d2l_ssd.widgets.loss_explorer import MINING_RATIOS, SURE
from d2l_ssd.widgets.matching_explorer import matching_steps
from d2l_ssd.widgets.nms_explorer import list_steps


def box_cases(rng):
    a, b = random_boxes(rng, 50), on_a_grid(random_boxes(rng, 50))
    yield {"a": a, "b": b, "iou": box_iou(a, b)}


def iou_measure_cases(rng):
    for number in range(60):
        pair = np.round(256 * random_boxes(rng, 2, 0.1)).astype(int)
        if number % 3 == 1:
            pair[1] = pair[0] + [1, 1, -1, -1]  # inside
        if number % 3 == 2:
            pair = on_a_grid(pair / 256) * 256  # they touch, or are the same
        measures = measure_boxes(*pair)
        yield {"boxes": pair.ravel(), **measures._asdict()}


def anchor_cases(rng):
    settings = [
        (MAP_SHAPES, SIZES, RATIOS),
        (MAP_SHAPES, NAIVE_SIZES, ((1, 2, 0.5, 3, 1 / 3),) * 4),
        (((6, 10), (3, 5)), ((0.2, 0.3), (0.5, 0.9)), ((2, 0.5), (1,))),
    ]
    for shapes, sizes, ratios in settings:
        anchors = ssd_anchors(shapes, sizes, ratios)
        truths = random_boxes(rng, 40)
        yield {
            "shapes": shapes,
            "sizes": sizes,
            "ratios": ratios,
            "anchors": anchors,
            "truths": truths,
            "best": best_possible_iou(anchors, truths),
        }


def match_cases(rng):
    thresholds = [(0.5, 0.5), (0.5, 0.4), (0.3, 0.1), (0.9, 0.2)]
    for number in range(40):
        pos_iou, neg_iou = thresholds[number % len(thresholds)]
        anchors = random_boxes(rng, 60 if number % 3 else 4)
        truths = random_boxes(rng, number % 7)
        if number % 2:
            anchors, truths = on_a_grid(anchors), on_a_grid(truths)
        if number % 5 == 4:
            anchors = ssd_anchors(MAP_SHAPES[1:], SIZES[1:], RATIOS[1:])
        yield {
            "anchors": anchors,
            "truths": truths,
            "pos_iou": pos_iou,
            "neg_iou": neg_iou,
            "matches": match_anchors(anchors, truths, pos_iou, neg_iou),
        }


def matching_step_cases(rng):
    for number in range(40):
        anchors = random_boxes(rng, 12 if number % 3 else 2)
        truths = random_boxes(rng, number % 5 + 1)
        if number % 2:
            anchors, truths = on_a_grid(anchors), on_a_grid(truths)
        setting = (0.5, 0.3, 0.7)[number % 3], number % 4 > 0
        yield {
            "anchors": anchors,
            "truths": truths,
            "pos_iou": setting[0],
            "forced": setting[1],
            "steps": matching_steps(anchors, truths, *setting),
        }


def offset_cases(rng):
    for count in (1, 7, 200):
        anchors, boxes = random_boxes(rng, count), random_boxes(rng, count)
        offsets = encode_offsets(anchors, boxes)
        yield {
            "anchors": anchors,
            "boxes": boxes,
            "offsets": offsets,
            "decoded": decode_offsets(anchors, offsets),
        }


def nms_cases(rng):
    for number in range(20):
        boxes = random_boxes(rng, 50 if number else 0, smallest=0.3)
        scores = rng.uniform(size=len(boxes)).astype(np.float32)
        if number % 2:
            boxes, scores = on_a_grid(boxes), scores.round(1)
        classes = rng.integers(0, 3, len(boxes))
        threshold = (0.3, 0.45, 0.5, 0.75)[number % 4]
        yield {
            "boxes": boxes,
            "scores": scores,
            "classes": classes,
            "threshold": threshold,
            "kept": nms(boxes, scores, threshold),
            "kept_by_class": batched_nms(boxes, scores, classes, threshold),
        }


def nms_step_cases(rng):
    for number in range(20):
        boxes = random_boxes(rng, 3 * number, smallest=0.3)
        if number % 2:
            boxes = on_a_grid(boxes)
        scores = np.sort(rng.uniform(size=len(boxes)))[::-1]
        threshold = (0.3, 0.45, 0.5, 0.75)[number % 4]
        yield {
            "boxes": boxes,
            "threshold": threshold,
            "steps": list_steps(boxes, scores, threshold),
        }


def prediction_cases(rng):
    for number in range(12):
        anchors = random_boxes(rng, 200, 0.1)
        probs = softmax(rng.normal(0, 2, (200, 4)).astype(np.float32))
        if number % 3 == 2:
            probs = probs.round(1)  # many ties
        offsets = rng.normal(0, 2, (200, 4)).astype(np.float32)
        if number % 2:
            offsets[:, 0] += 20  # beside the image
        options = (0.01, 0.45, 400, 100), (0.3, 0.2, 20, 5)
        chosen = options[number % 2]
        probs /= probs.sum(axis=1, keepdims=True)
        found = predict_ssd(probs[None], offsets[None], anchors, *chosen)[0]
        yield {
            "probs": probs,
            "offsets": offsets,
            "anchors": anchors,
            "options": chosen,
            "found": found._asdict(),
        }


def average_precision_cases(rng):
    for count in (0, 1, 5, 40, 300):
        scores = rng.uniform(size=count).round(1)
        hits = rng.uniform(size=count) < 0.6
        num_truths = int(hits.sum()) + int(rng.integers(1, 6))
        curve = precision_recall(scores, hits, num_truths)
        yield {
            "scores": scores,
            "hits": hits,
            "num_truths": num_truths,
            "precision": curve.precision,
            "recall": curve.recall,
            "ap": {
                method: average_precision(curve.precision, curve.recall, method)
                for method in ("area", "voc07", "coco")
            },
        }


def judged_cases(rng):
    for number in range(40):
        truths = random_truths(rng, number % 6)
        found = random_detections(rng, truths, 20 if number % 4 else 0)
        if number % 3 == 2:
            truths[:, 1:5] = on_a_grid(truths[:, 1:5])
            found = found._replace(boxes=on_a_grid(found.boxes))
        yield {
            "boxes": found.boxes,
            "classes": found.classes,
            "truths": truths,
            "matches": match_detections(found, truths)[0],
            "kinds": detection_kinds(found, truths),
        }


def gallery_cases(rng):
    for confidence in (3, 6):
        truths, *outputs = random_gallery(rng, confidence=confidence)
        yield {
            "candidates": [rows[:, :6] for rows in candidate_rows(*outputs)],
            "truths": truths,
            "settings": [
                setting
                for nms_iou in (0.1, 0.45, 0.8, 1.0)
                for setting in gallery_settings(truths, outputs, nms_iou)
            ],
        }


def gallery_settings(truths, outputs, nms_iou):
    """Yield what Python detects in a gallery, and its curves."""
    found = predict_ssd(*outputs, MIN_SCORE, nms_iou)
    evaluation = evaluate_detections(found, truths, 2)
    curves = [
        {**curve._asdict(), "objects": objects, "ap": ap}
        for (curve,), (ap,), objects in zip(
            evaluation.curves, evaluation.ap, evaluation.num_truths
        )
    ]
    for score_threshold in (MIN_SCORE, 0.3, 0.7, 0.99):
        found = predict_ssd(*outputs, score_threshold, nms_iou)
        yield {
            "nms_iou": nms_iou,
            "score_threshold": score_threshold,
            "images": [d._asdict() for d in found],
            "curves": curves,
        }


def replay_cases(rng):
    truths, replay, history = random_replay(rng)
    images = random_images(rng, len(truths))
    view = TrainingReplay(images, truths, replay, history).view
    thresholds = (0.05, 0.3, 0.9)
    yield {
        "truths": truths,
        "epochs": [np.frombuffer(b, "<f4") for b in view.detections],
        "thresholds": thresholds,
        "counts": [
            [count_epoch(epoch, truths, t) for t in thresholds]
            for epoch in replay
        ],
    }


def activation_cases(rng):
    [image] = random_images(rng, 1, 64)
    explorer = FeatureMapExplorer(image, random_layers(rng))
    for number, (_, n, _, side, stride, offset) in enumerate(LAYERS):
        maps = explorer.kept[number][1]
        for channel, row, column in rng.integers(0, [CHANNELS, n, n], (5, 3)):
            # The middle of pixel p lies at p + 0.5
            low = offset + column * stride + 0.5 - side / 2
            yield {
                "layer": explorer.view.layers[number],
                "bytes": list(explorer.view.activations[number]),
                "cell": [channel, row, column],
                "value": float(maps[channel, row, column]),
                "step": float(np.ptp([*maps[channel].ravel(), 0]) / 255),
                "field": [low, low + side],
            }


def loss_cases(rng):
    truths, *outputs, _ = random_gallery(rng, 3)
    view = LossExplorer(random_images(rng, 3), truths, *outputs).view
    names = "truths", "backgrounds", "details"
    yield {
        **{
            name: [list(data) for data in getattr(view, name)] for name in names
        },
        **{name: getattr(view, name) for name in LOSS_TRAITS},
        "settings": list(loss_settings(truths, outputs)),
    }


LOSS_TRAITS = (
    *("class_names", "map_shapes", "sizes", "ratios"),
    *("mining_ratios", "min_negatives"),
)


def loss_settings(truths, outputs):
    """Yield the explorer's loss at settings, and which anchors count."""
    images = random_images(np.random.default_rng(0), 3)
    explorer = LossExplorer(images, truths, *outputs)
    names = "image", "network", "mining", "pick", "divisor"
    ranges = 3, 2, len(MINING_RATIOS), 2, 2
    for setting in itertools.product(*map(range, ranges)):
        for name, value in zip(names, setting):
            setattr(explorer.view, name, value)
        yield {
            **dict(zip(names, setting)),
            **explorer.terms._asdict(),
            "counted": counted_exactly(explorer),
        }


def counted_exactly(explorer):
    """Return the anchors that count, or None where the page's may be others.

    As halves, losses of sure background have ties that they had not.
    """
    view = explorer.view
    classes, losses, _ = explorer.anchor_losses(view.image, view.network)
    counted = explorer.counted
    all_count = view.mining == len(MINING_RATIOS) - 1
    unsure = losses[counted & (classes == 0)].min() > SURE
    exact = not all_count and (view.pick == 1 or unsure)
    return np.flatnonzero(counted) if exact else None


CASES = {
    "box_iou": box_cases,
    "iou_measures": iou_measure_cases,
    "anchors": anchor_cases,
    "matches": match_cases,
    "offsets": offset_cases,
    "nms": nms_cases,
    "nms_steps": nms_step_cases,
    "predictions": prediction_cases,
    "average_precision": average_precision_cases,
    "judged": judged_cases,
    "galleries": gallery_cases,
    "replays": replay_cases,
    "activations": activation_cases,
    "matching_steps": matching_step_cases,
    "losses": loss_cases,
    "ideas": idea_cases,
}


@pytest.fixture(scope="module")
def cases():
    return make_cases(CASES)


@pytest.fixture(scope="module")
def run(cases, tmp_path_factory):
    return run_tests(cases, tmp_path_factory.mktemp("cases"), EXPLORERS)


def test_all_tests_of_javascript_pass(run):
    assert run.returncode == 0, run.stdout[-4000:] + run.stderr


@pytest.mark.parametrize("name", CASES)
def test_javascript_agrees_with_python(run, name):
    assert passed(run, name), run.stdout[-4000:]


def test_there_is_a_test_for_each_case_that_python_writes():
    assert parity_names(EXPLORERS) == set(CASES)


def test_cases_have_every_kind_of_error(cases):
    kinds = {kind for case in cases["judged"] for kind in case["kinds"]}
    assert kinds == {"correct", "ignored", *ERROR_KINDS}

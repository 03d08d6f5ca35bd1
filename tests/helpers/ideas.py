"""What detectors do with scenes, at random, for IdeasExplorer."""

import itertools

import numpy as np
from helpers.explorers import random_detections

from d2l_ssd.anchors import ssd_anchors
from d2l_ssd.detections import Detections
from d2l_ssd.inference import batched_nms
from d2l_ssd.shapes import draw_shapes
from d2l_ssd.widgets import IdeasExplorer

NMS_IOU = 0.45
SHAPES = (12, 12), (6, 6), (3, 3)
SIZES = (0.17, 0.26), (0.38, 0.52), (0.68, 0.84)
CELLS = [[1 / side] for side, _ in SHAPES]
# Of each idea: its anchors, how many answer for an object, and whether it uses NMS
IDEAS = {
    "SSD": (ssd_anchors(SHAPES, SIZES, [(1, 2, 0.5)] * 3), 9, True),
    "FCOS: no anchors": (ssd_anchors(SHAPES, CELLS, [[1]] * 3), 4, True),
    "One-to-one": (ssd_anchors(SHAPES, SIZES, [(1, 2, 0.5)] * 3), 1, False),
    "Queries": (ssd_anchors([(4, 4)], [[0.4]], [[1]]), 1, False),
}


def random_scenes(count=4):
    """Draw images (B, S, S, 3) and padded labels (B, M, 6)."""
    return draw_shapes(3, 0, count)


def random_answers(rng, labels, anchors, per_object, uses_nms):
    """Let anchors at random answer for objects, and detect something."""
    matches = np.full((len(labels), len(anchors)), -1)
    before = []
    for own, rows in zip(matches, labels):
        truths = rows[rows[:, 0] >= 0]
        chosen = rng.permutation(len(anchors))[: per_object * len(truths)]
        own[chosen] = np.arange(len(chosen)) % max(1, len(truths))
        found = random_detections(rng, truths, 4 * per_object + len(truths))
        before.append(found._replace(boxes=found.boxes.clip(0, 1)))
    after = [suppress(found) for found in before] if uses_nms else before
    return {
        "matches": matches,
        "anchors": anchors,
        "before": before,
        "after": after,
    }


def suppress(found):
    """Return the detections that NMS leaves."""
    kept = batched_nms(*found, NMS_IOU)
    return Detections(*(column[kept] for column in found))


def random_ideas(rng, labels, names=tuple(IDEAS)):
    """Let ideas answer for the objects of labels (B, M, 6)."""
    return {name: random_answers(rng, labels, *IDEAS[name]) for name in names}


def make_ideas(seed=2, names=tuple(IDEAS), **settings):
    """Make an explorer of four scenes."""
    images, labels = random_scenes()
    ideas = random_ideas(np.random.default_rng(seed), labels, names)
    return IdeasExplorer(list(images), list(labels), ideas, **settings)


def idea_cases(rng):
    """Yield an explorer's traits, and its rows at settings, for JavaScript."""
    explorer = make_ideas(int(rng.integers(1000)))
    view = explorer.view
    packed = "truths", "difficult", "answers", "before", "after"
    yield {
        **{
            name: [list(data) for data in getattr(view, name)]
            for name in packed
        },
        **{
            name: getattr(view, name)
            for name in ("class_names", "ideas", "asked")
        },
        "settings": list(idea_settings(explorer)),
    }


def idea_settings(explorer):
    """Yield the rows and the detections of an explorer at settings."""
    names = "idea", "image", "nms", "score_threshold"
    numbers = range(len(IDEAS)), range(4), (False, True), (0.1, 0.3, 0.77)
    for setting in itertools.product(*numbers):
        for name, value in zip(names, setting):
            setattr(explorer.view, name, value)
        yield {
            **dict(zip(names, setting)),
            "rows": [row._asdict() for row in explorer.rows],
            "scores": explorer.detections.scores,
        }

"""Every exercise: right answers pass, and every known mistake is caught."""

import dataclasses
import time

import numpy as np
import pytest
from helpers import loops

import d2l_ssd
from d2l_ssd.exercises import EXERCISES, check
from d2l_ssd.exercises.searching import search

SECONDS = 3  # of one processor, for one answer
MOST_BOXES = 3
# Two matches that depend on each other need more than three boxes to go wrong, and
# two sizes with two ratios make three anchors; two images have two anchors each
MORE_BOXES = {
    ("match_anchors", "the first ground-truth box over the threshold"): 5,
    ("match_anchors", "a threshold step that overwrites"): 4,
    ("ssd_targets", "a threshold that overwrites"): 4,
    ("hard_negatives", "a ranking over the whole batch"): 4,
    ("match_detections", "COCO's rule"): 4,
    ("anchors_of_cell", "every size with every ratio"): 4,
    ("anchors_of_cell", "the sizes before the ratios"): 4,
    ("generate_anchors", "every size with every ratio"): 4,
    ("generate_anchors", "the sizes before the ratios"): 4,
}
MISTAKES = [
    pytest.param(name, phrase, id=f"{name}-{phrase.split(':')[0]}")
    for name, exercise in EXERCISES.items()
    for phrase in exercise.mistakes
]
# Functions of the package that have the arguments of their exercise
SHARED = [
    "batched_nms",
    "best_possible_iou",
    "box_iou",
    "centers_to_corners",
    "clip_boxes",
    "corners_to_centers",
    "decode_offsets",
    "encode_offsets",
    "feature_map_shapes",
    "generate_anchors",
    "learning_rate_at",
    "match_anchors",
    "nms",
    "precision_recall",
    "softmax",
    "ssd_targets",
    "vote_boxes",
    "average_precision",
]


def most_boxes(name, phrase):
    """Return how many boxes the smallest scene of a mistake may have."""
    for (exercise, start), most in MORE_BOXES.items():
        if exercise == name and phrase.startswith(start):
            return most
    return MOST_BOXES


def test_there_are_more_than_thirty():
    assert len(EXERCISES) >= 30
    assert all(name == exercise.name for name, exercise in EXERCISES.items())


@pytest.mark.parametrize("name", EXERCISES)
class TestRightAnswers:
    def test_own_answer_passes(self, name):
        start = time.process_time()
        verdict = check(name, EXERCISES[name].answer)
        assert verdict, verdict
        assert time.process_time() - start < SECONDS
        assert verdict.scenes >= 20
        text = f"{name} is right in all {verdict.scenes} scenes that we tried."
        assert str(verdict) == f"{text} Well done!"

    def test_loops_and_lists_pass(self, name):
        verdict = check(name, getattr(loops, name))
        assert verdict, verdict

    def test_has_four_mistakes_or_more(self, name):
        mistakes = EXERCISES[name].mistakes
        small = [p for p in mistakes if most_boxes(name, p) == MOST_BOXES]
        assert len(small) >= 4


@pytest.mark.parametrize("name", SHARED)
def test_package_functions_pass(name):
    verdict = check(name, getattr(d2l_ssd, name))
    assert verdict, verdict


@pytest.mark.parametrize("name, phrase", MISTAKES)
def test_known_mistake_is_caught_and_named(name, phrase):
    exercise = EXERCISES[name]
    start = time.process_time()
    verdict = check(name, exercise.mistakes[phrase])
    assert not verdict
    assert time.process_time() - start < SECONDS
    assert exercise.size(verdict.failure.scene) <= most_boxes(name, phrase)
    assert verdict.diagnosis == f"This looks like {phrase}."


@pytest.mark.parametrize("shift", [1, 2])
def test_boxes_shifted_by_class_pass(shift):
    def mine(boxes, scores, classes, iou_threshold):
        moved = boxes + shift * classes[:, None]
        return d2l_ssd.nms(moved, scores, iou_threshold)

    assert check("batched_nms", mine)


@pytest.mark.parametrize(
    "name, start",
    [
        ("nms", "a list that gets shorter"),
        ("nms", "a comparison with the last kept box"),
        ("match_anchors", "a threshold step that overwrites"),
        ("match_detections", "a ground-truth box that counts as taken"),
    ],
)
def test_drawn_scenes_alone_catch_what_needs_much_overlap(name, start):
    exercise = EXERCISES[name]
    drawn = dataclasses.replace(exercise, first=(), last=())
    (mistake,) = (
        m for p, m in exercise.mistakes.items() if p.startswith(start)
    )
    assert search(drawn, mistake).failure is not None


class TestTies:
    @pytest.mark.parametrize(
        "name", ["match_anchors", "match_detections", "ssd_targets"]
    )
    def test_some_scenes_have_several_answers(self, name):
        exercise = EXERCISES[name]
        answers = [exercise.right_answers(scene) for scene in exercise.first]
        assert max(map(len, answers)) >= 2

    def match(self, anchors, truths, last):
        """Match as a reader may, with the last of equals in place of the first."""
        iou = d2l_ssd.box_iou(truths, anchors)
        pick = _last if last else np.argmax
        matches = np.full(len(anchors), -1)
        if len(truths) == 0:
            return matches
        for i, column in enumerate(iou.T):
            if column.max() >= 0.5:
                matches[i] = pick(column)
        while iou.max() > 0:
            truth, anchor = np.unravel_index(pick(iou.ravel()), iou.shape)
            matches[anchor] = truth
            iou[truth], iou[:, anchor] = 0, 0
        return matches

    @pytest.mark.parametrize("last", [False, True])
    def test_any_order_of_equal_ious_matches(self, last):
        verdict = check(
            "match_anchors", lambda a, t: self.match(a, t, last=last)
        )
        assert verdict, verdict

    def test_any_best_ground_truth_may_be_claimed(self):
        def last_of_equals(boxes, scores, truths, iou_threshold):
            found = loops.match_detections(
                boxes, scores, truths[::-1], iou_threshold
            )
            return [m if m < 0 else len(truths) - 1 - m for m in found]

        assert check("match_detections", last_of_equals)

    def test_a_clamp_is_optional(self):
        def clamped(anchors, offsets):
            return loops.decode_offsets(anchors, np.clip(offsets, -50, 20))

        assert check("decode_offsets", clamped)


def _last(values):
    return len(values) - 1 - np.argmax(values[::-1])

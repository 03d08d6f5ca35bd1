"""IdeasExplorer: what it counts at its settings, where it starts, what it rejects."""

import io

import numpy as np
import pytest
from helpers.ideas import (
    CELLS,
    IDEAS,
    SHAPES,
    make_ideas,
    random_ideas,
    random_scenes,
)
from PIL import Image

from d2l_ssd.anchors import ssd_anchors
from d2l_ssd.error_analysis import detection_kinds
from d2l_ssd.widgets import IdeasExplorer
from d2l_ssd.widgets.idea_answers import find_maps
from d2l_ssd.widgets.ideas_explorer import MIN_SCORE


@pytest.fixture
def explorer():
    return make_ideas()


@pytest.fixture
def arguments():
    images, labels = random_scenes()
    ideas = random_ideas(np.random.default_rng(2), labels)
    return list(images), list(labels), ideas


def test_starts_with_the_duplicates_that_nms_would_remove(explorer):
    view = explorer.view
    assert view.ideas[view.idea]["name"] == "SSD" and not view.nms
    counts = [
        np.sum(detection_kinds(found, truths) == "duplicate")
        for found, truths in zip(above(explorer, 0.3), explorer.truths)
    ]
    assert counts[view.image] == max(counts) > 0


def above(explorer, score):
    for found in explorer.ideas[0].before:
        keep = found.scores >= score
        yield type(found)(*(column[keep] for column in found))


def test_the_task_asks_for_the_first_idea_without_nms(explorer):
    uses = [idea["uses_nms"] for idea in explorer.view.ideas]
    assert uses == [uses_nms for _, _, uses_nms in IDEAS.values()]
    assert explorer.view.ideas[explorer.view.asked]["name"] == "One-to-one"
    assert explorer.view.guess == {}


@pytest.mark.parametrize("names", [["SSD"], ["One-to-one", "Queries"]])
def test_without_a_contrast_there_is_no_task(names):
    assert make_ideas(names=names).view.asked == -1


def test_an_idea_uses_nms_even_if_as_many_boxes_are_left(arguments):
    images, labels, ideas = arguments
    before = ideas["SSD"]["before"]
    # Both are cut off at so many boxes, as `answers` does
    ideas["SSD"]["after"] = [d._replace(scores=d.scores / 2) for d in before]
    explorer = IdeasExplorer(images, labels, ideas)
    assert explorer.view.ideas[0]["uses_nms"]


def test_rows_follow_the_settings(explorer):
    view = explorer.view
    row = explorer.rows[0]
    truths = explorer.truths[view.image]
    assert row.answers == 9
    assert row.before > row.after
    assert row.right + row.wrong == row.before  # none is difficult
    assert row.right + row.missed == len(truths)
    view.nms = True
    after = explorer.rows[0]
    assert after.right + after.wrong == after.after == row.after
    assert len(explorer.detections.scores) == row.after
    view.score_threshold = 0.9
    assert explorer.rows[0].before < row.before
    view.idea = 3
    assert len(explorer.detections.scores) == explorer.rows[3].before


def test_pixels_travel_as_they_are(explorer):
    for file, image in zip(explorer.view.images, explorer.images):
        decoded = Image.open(io.BytesIO(file)).convert("RGB")
        np.testing.assert_array_equal(np.asarray(decoded), image)


def test_answers_travel_with_their_anchors(explorer):
    for packed, idea in zip(explorer.view.answers, explorer.ideas):
        rows = np.frombuffer(packed, np.float32).reshape(-1, 7)
        images, objects, anchors = rows[:, :3].astype(int).T
        assert (idea.matches[images, anchors] == objects).all()
        assert len(rows) == np.sum(idea.matches >= 0)
        np.testing.assert_array_equal(rows[:, 3:], idea.anchors[anchors])


def test_detections_travel_from_the_lowest_score_on(explorer):
    rows = np.frombuffer(explorer.view.before[0], np.float32).reshape(-1, 7)
    found = explorer.ideas[0].before
    for image, one in enumerate(found):
        own = rows[rows[:, 0] == image]
        keep = one.scores >= np.float32(MIN_SCORE)
        np.testing.assert_array_equal(own[:, 1], one.classes[keep])
        np.testing.assert_array_equal(own[:, 2], one.scores[keep])
        np.testing.assert_array_equal(own[:, 3:], one.boxes[keep])


def test_a_scene_may_have_no_object(arguments):
    images, labels, ideas = arguments
    empty = [np.full_like(rows, -1) for rows in labels]
    for answers in ideas.values():
        answers["matches"] = np.full_like(answers["matches"], -1)
    rows = IdeasExplorer(images, empty, ideas).rows
    assert {(row.answers, row.right, row.missed) for row in rows} == {(0, 0, 0)}


@pytest.mark.parametrize(
    "anchors, maps",
    [
        pytest.param(
            IDEAS["SSD"][0], [(12, 12, 4), (6, 6, 4), (3, 3, 4)], id="anchors"
        ),
        pytest.param(
            ssd_anchors(SHAPES, CELLS, [[1]] * 3),
            [(12, 12, 1), (6, 6, 1), (3, 3, 1)],
            id="cells",
        ),
        pytest.param(
            ssd_anchors([(2, 5), (1, 1)], [[0.3], [0.9]], [[1, 2]] * 2),
            [(2, 5, 2), (1, 1, 2)],
            id="oblong",
        ),
        pytest.param(IDEAS["Queries"][0], [(4, 4, 1)], id="queries"),
    ],
)
def test_maps_are_found_by_the_anchors_centers(anchors, maps):
    assert find_maps(anchors) == maps


def change(idea="SSD", **changed):
    """Make what replaces answers of one idea."""

    def apply(images, labels, ideas):
        answers = ideas[idea]
        new = {name: make(answers[name]) for name, make in changed.items()}
        return images, labels, {**ideas, idea: {**answers, **new}}

    return apply


REJECTED = {
    "no idea": (lambda i, t, _: (i, t, {}), "ideas must hold one idea"),
    "images": (
        lambda i, t, ideas: (i[:3], t, ideas),
        "images and truths must have the same length, got 3 and 4",
    ),
    "a key": (
        lambda i, t, ideas: (i, t, {"A": {"matches": [], "anchors": []}}),
        r'ideas\["A"\] must have the key "before"',
    ),
    "lengths": (
        change(after=lambda found: found[:2]),
        r'ideas\["SSD"\]: truths, matches, before and after .* 4, 4, 4 and 2',
    ),
    "anchors": (
        change("Queries", anchors=lambda rows: rows[::-1]),
        r'ideas\["Queries"\]: anchors must be in the order of ssd_anchors',
    ),
    "matches": (
        change(matches=lambda rows: rows[:, 1:]),
        r'ideas\["SSD"\]: matches must have the shape \(4, 756\), got \(4, 755\)',
    ),
    "objects": (
        change(matches=lambda rows: np.full_like(rows, 7)),
        r"matches must name rows of truths, but those of image 0 name row 7 of",
    ),
}


@pytest.mark.parametrize("make, message", REJECTED.values(), ids=REJECTED)
def test_rejects_what_does_not_fit(arguments, make, message):
    with pytest.raises(ValueError, match=message):
        IdeasExplorer(*make(*arguments))

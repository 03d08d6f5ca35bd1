"""What is odd about labels that can be read."""

import numpy as np
import pytest

from d2l_ssd.datasets.labeled_folder import (
    Folder,
    Problem,
    sample_without_objects,
)
from d2l_ssd.inspection.labels import (
    count_objects,
    good_objects,
    look_at_labels,
)

BOX = [0.1, 0.1, 0.5, 0.5]
NAMES = "cat", "dog"


def folder_of(images, splits=None, names=NAMES):
    """Make a folder of images: lists of (class, box), by id."""
    samples = {}
    for image_id, objects in images.items():
        classes = np.array([k for k, _ in objects], dtype=int)
        boxes = np.array([box for _, box in objects]).reshape(-1, 4)
        samples[image_id] = sample_without_objects(
            image_id, f"{image_id}.jpg", f"{image_id}.xml"
        )._replace(classes=classes, boxes=boxes, size=(100, 200))
    return Folder("voc", None, names, samples, splits or {})


def found(folder):
    """Return the findings but for classes with few objects."""
    findings = look_at_labels(folder, {})
    return [f for f in findings if f.kind != "few objects"]


class TestBoxes:
    @pytest.mark.parametrize(
        "second, kind",
        [
            ((0, [0.1, 0.1, 0.5, 0.51]), "drawn twice"),
            ((1, [0.1, 0.1, 0.5, 0.51]), "two classes"),
            ((0, [0.1, 0.1, 0.5, 0.6]), None),  # IoU 0.8
        ],
        ids=["twice", "two classes", "neighbors"],
    )
    def test_pairs(self, second, kind):
        far = (1, [0.6, 0.6, 0.9, 0.9])
        findings = found(folder_of({"a": [(0, BOX), far, second]}))
        assert [f.kind for f in findings] == [kind] * (kind is not None)
        if kind:
            assert findings[0].objects == (0, 2)
            assert "object 1 (cat) and object 3" in findings[0].text
            assert "0.98" in findings[0].text

    @pytest.mark.parametrize("width, kinds", [(2, ["tiny box"]), (3, [])])
    def test_pixels_are_those_of_the_image(self, width, kinds):
        box = [0.1, 0.1, 0.1 + width / 200, 0.5]
        findings = found(folder_of({"a": [(0, BOX), (1, box)]}))
        assert [f.kind for f in findings] == kinds
        assert all(f.objects == (1,) for f in findings)

    def test_sizes_may_come_from_the_images(self):
        folder = folder_of({"a": [(0, [0.1, 0.1, 0.11, 0.5]), (1, BOX)]})
        sample = folder.samples["a"]._replace(size=None)
        folder.samples["a"] = sample
        assert found(folder) == []  # not known
        (finding,) = (
            f
            for f in look_at_labels(folder, {"a": (100, 100)})
            if f.kind != "few objects"
        )
        assert "1 x 40 pixels" in finding.text

    def test_bad_objects_are_not_looked_at(self):
        folder = folder_of({"a": [(0, BOX), (0, BOX), (1, BOX)]})
        for row in 0, 2:
            problem = Problem("outside box", "a.xml", "far", "a", row)
            folder.problems.append(problem)
        assert found(folder) == []
        assert good_objects(folder)["a"].tolist() == [False, True, False]

    def test_image_without_an_object(self):
        folder = folder_of({"a": [], "b": [(0, BOX), (1, [0, 0, 1, 1])]})
        assert [(f.kind, f.id) for f in found(folder)] == [("no object", "a")]
        folder.problems.append(Problem("annotation", "a.xml", "broken", "a"))
        assert found(folder) == []


class TestClasses:
    IMAGES = {"a": [(0, BOX)] * 2, "b": [(1, [0.6, 0.6, 0.9, 0.9])]}

    def kinds(self, folder):
        kinds = {"no object of class", "not in training", "few objects"}
        findings = look_at_labels(folder, {})
        return [(f.kind, f.text) for f in findings if f.kind in kinds]

    def test_absent(self):
        folder = folder_of(self.IMAGES, names=(*NAMES, "bird"))
        assert self.kinds(folder)[2] == (
            "no object of class",
            "no object is a 'bird'",
        )

    def test_not_in_training(self):
        folder = folder_of(self.IMAGES, {"train": ["a"], "val": ["b"]})
        assert self.kinds(folder) == [
            ("few objects", "the training images have 2 objects of 'cat'"),
            (
                "not in training",
                "no training image shows a 'dog'; others show 1 object",
            ),
        ]

    def test_few(self):
        many = {f"{n}": [(0, BOX)] for n in range(50)}
        folder = folder_of({**many, "b": [(1, BOX)]})
        assert self.kinds(folder) == [
            ("few objects", "the training images have 1 object of 'dog'")
        ]

    def test_unknown_ones_are_not_counted(self):
        folder = folder_of({"a": [(0, BOX), (-1, BOX)]})
        assert count_objects(folder, ["a"]).tolist() == [1, 0]
        assert good_objects(folder)["a"].tolist() == [True, False]

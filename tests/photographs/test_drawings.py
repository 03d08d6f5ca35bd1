"""Drawings of cells, and the folder of them that stands in for photographs."""

import numpy as np
import pytest
from helpers.voc import CAT, DOG, write_voc

from d2l_ssd.datasets import check_files, open_dataset
from d2l_ssd.photographs import (
    bccd,
    draw_bccd,
    draw_cells,
    drawings,
    find_or_draw_bccd,
    load_labels,
    picture_of,
)
from d2l_ssd.photographs.drawings import GROUND, shows_photographs
from d2l_ssd.photographs.labels import CLASSES, write_labels


@pytest.fixture
def few(monkeypatch):
    """Let only a few of the labels be drawn."""
    rows = load_labels()[::60]
    monkeypatch.setattr(drawings, "load_labels", lambda: rows)
    return rows


def test_labels_are_those_of_the_data_set():
    rows = load_labels()
    counts = np.bincount(np.concatenate([row.classes for row in rows]))
    # As counted in BCCD's annotations and lists
    assert dict(zip(CLASSES, counts.tolist())) == {
        "Platelets": 361,
        "RBC": 4155,
        "WBC": 372,
    }
    splits = [row.split for row in rows]
    assert [splits.count(s) for s in ("train", "val", "test")] == [205, 87, 72]
    first = rows[0]
    assert (first.name, CLASSES[first.classes[0]]) == (
        "BloodImage_00000",
        "WBC",
    )
    assert first.boxes[0].tolist() == [260, 177, 491, 376]


def test_labels_are_stored_as_they_are_written(tmp_path, few, monkeypatch):
    drawn = draw_bccd(tmp_path / "drawn")
    write_labels(drawn, tmp_path / "labels.npz")
    with np.load(tmp_path / "labels.npz") as arrays:
        assert arrays["names"].tolist() == [row.name for row in few]
        boxes = np.concatenate([row.boxes for row in few])
        np.testing.assert_array_equal(arrays["boxes"], boxes)
        assert arrays["counts"].sum() == len(arrays["classes"])


def test_a_cell_fills_its_box_and_nothing_else():
    image = draw_cells([[0.25, 0.2, 0.75, 0.6]], ["RBC"], 100, 200)
    assert image.shape == (100, 200, 3)
    ys, xs = np.nonzero((image != GROUND).any(axis=2))
    # Smooth edges may reach a pixel beyond
    np.testing.assert_allclose(
        [xs.min(), ys.min(), xs.max(), ys.max()], [50, 20, 149, 59], atol=1
    )


def test_small_cells_are_in_front():
    boxes = [[0.4, 0.4, 0.6, 0.6], [0, 0, 1, 1]]
    image = draw_cells(boxes, ["Platelets", "WBC"], 100, 100)
    alone = draw_cells(boxes[:1], ["Platelets"], 100, 100)
    np.testing.assert_array_equal(image[50, 50], alone[50, 50])


def test_no_cell_and_other_classes():
    assert (draw_cells(np.zeros((0, 4)), [], 20, 30) == GROUND).all()
    assert (draw_cells([[0, 0, 1, 1]], ["cat"], 20, 20) != GROUND).any()


def test_folder_opens_with_the_same_labels(tmp_path, few):
    root = draw_bccd(tmp_path / "drawn")
    dataset = open_dataset(root)
    assert dataset.ids == [row.name for row in few]
    assert dataset.classes == CLASSES
    for i, row in enumerate(few):
        image, labels = dataset[i]
        assert image.shape == (480, 640, 3)
        np.testing.assert_array_equal(labels[:, 0], row.classes)
        corners = (labels[:, 1:5] * [640, 480, 640, 480]).round()
        np.testing.assert_array_equal(corners + [1, 1, 0, 0], row.boxes)
    check_files(dataset)
    assert set(dataset.splits) == {row.split for row in few} | {"trainval"}


def test_a_complete_folder_is_kept(tmp_path, few, monkeypatch):
    root = draw_bccd(tmp_path / "drawn")
    monkeypatch.setattr(drawings, "_write_drawings", None)
    assert draw_bccd(root) == root


def test_half_a_folder_is_never_there(tmp_path, few, monkeypatch):
    def stop(folder, row):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(drawings, "_write_drawing", stop)
        with pytest.raises(KeyboardInterrupt):
            draw_bccd(tmp_path / "drawn")
    assert list(tmp_path.iterdir()) == []


class TestStandIn:
    def test_where_nothing_can_be_downloaded(self, tmp_path, few, monkeypatch):
        def fail(folder):
            raise ConnectionError("cannot download BCCD from here")

        monkeypatch.setattr(drawings, "find_bccd", fail)
        with pytest.warns(UserWarning, match="cannot download BCCD"):
            root = find_or_draw_bccd(tmp_path / "bccd")
        assert root == tmp_path / "bccd-drawn"
        assert open_dataset(root).ids == [row.name for row in few]

    def test_a_wrong_folder_is_not_replaced_silently(
        self, tmp_path, monkeypatch
    ):
        monkeypatch.setenv(bccd.VARIABLE, str(tmp_path / "nowhere"))
        with pytest.raises(FileNotFoundError):
            find_or_draw_bccd(tmp_path / "bccd")


class TestPictures:
    @pytest.fixture
    def dataset(self, tmp_path):
        root = write_voc(tmp_path / "voc", {"one": [CAT, DOG]})
        return open_dataset(root)

    def test_photographs(self, dataset, monkeypatch):
        monkeypatch.delenv(drawings.PLAIN, raising=False)
        np.testing.assert_array_equal(picture_of(dataset, 0), dataset[0][0])

    def test_no_pixel_of_them_in_stored_figures(self, dataset, monkeypatch):
        monkeypatch.setenv(drawings.PLAIN, "0")
        labels = dataset[0][1]
        drawn = draw_cells(labels[:, 1:5], ["cat", "dog"], 20, 40)
        np.testing.assert_array_equal(picture_of(dataset, 0), drawn)

    @pytest.mark.parametrize(
        ("plain", "shows"), [(None, True), ("1", True), ("0", False)]
    )
    def test_whether_photographs_are_shown(
        self, tmp_path, monkeypatch, plain, shows
    ):
        monkeypatch.delenv(drawings.PLAIN, raising=False)
        if plain is not None:
            monkeypatch.setenv(drawings.PLAIN, plain)
        assert shows_photographs(tmp_path) is shows

    def test_a_folder_of_drawings_shows_none(self, tmp_path, few, monkeypatch):
        monkeypatch.delenv(drawings.PLAIN, raising=False)
        assert not shows_photographs(draw_bccd(tmp_path / "any name"))

"""Pictures with boxes: what they show, and where names find room."""

import numpy as np
import pytest

from d2l_ssd.detecting.pictures import (
    draw_detections,
    drawable_names,
    picture_name,
    save_picture,
)
from d2l_ssd.detections import Detections
from d2l_ssd.images import read_image

NAMES = "cat", "dog"
BLUE, ORANGE = (0, 114, 178), (230, 159, 0)


def found(*rows):
    """Return Detections of (class, score, xmin, ymin, xmax, ymax)."""
    rows = np.array(rows, dtype=np.float32).reshape(-1, 6)
    return Detections(rows[:, 2:], rows[:, 1], rows[:, 0].astype(np.int64))


def gray(height=200, width=300):
    return np.full((height, width, 3), 128, np.uint8)


def is_color(picture, color):
    return (picture == color).all(axis=-1)


class TestDrawDetections:
    def test_nothing_found(self):
        image = gray()
        picture = draw_detections(image, found(), NAMES)
        np.testing.assert_array_equal(picture, image)
        assert picture is not image

    def test_the_image_stays_as_it_is(self):
        image = gray()
        draw_detections(image, found((0, 0.9, 0.2, 0.2, 0.8, 0.8)), NAMES)
        assert (image == 128).all()

    def test_box_in_its_place_and_color(self):
        rows = found((0, 0.9, 0.2, 0.3, 0.8, 0.9))
        blue = is_color(draw_detections(gray(), rows, NAMES), BLUE)
        assert blue[60:180, 60].all() and blue[60:180, 239].all()
        assert blue[60, 60:240].all() and blue[179, 60:240].all()
        assert not blue[62:178, 62:238].any()
        assert not blue[181:].any() and not blue[:, 241:].any()

    def test_name_above_the_box(self):
        rows = found((1, 0.9, 0.2, 0.5, 0.8, 0.9))
        orange = is_color(draw_detections(gray(), rows, NAMES), ORANGE)
        plate = np.argwhere(orange[:99])
        assert plate[:, 0].min() > 75 and plate[:, 1].min() == 60

    def test_name_inside_where_there_is_no_room_above(self):
        rows = found((1, 0.9, 0.2, 0, 0.8, 0.9))
        picture = draw_detections(gray(), rows, NAMES)
        assert is_color(picture, ORANGE)[5:10, 70:90].any()
        assert picture.shape == (200, 300, 3)  # no legend

    @pytest.mark.parametrize(
        "box", [(0, 0, 1, 1), (0.9, 0.9, 1, 1), (0.999, 0.2, 1, 0.21)]
    )
    def test_boxes_at_the_border(self, box):
        picture = draw_detections(gray(), found((0, 0.9, *box)), NAMES)
        assert is_color(picture, BLUE).any()

    def test_the_best_is_on_top(self):
        rows = found((0, 0.9, 0.2, 0.3, 0.8, 0.9), (1, 0.5, 0.2, 0.3, 0.8, 0.9))
        picture = draw_detections(gray(), rows, NAMES)
        assert is_color(picture, BLUE)[90:180, 60].all()

    def test_a_legend_where_names_have_no_room(self):
        rows = [
            (i % 2, 0.9, x, y, x + 0.03, y + 0.05)
            for i, (x, y) in enumerate(
                (x, y)
                for x in np.arange(0, 0.95, 0.04)
                for y in np.arange(0, 0.9, 0.06)
            )
        ]
        picture = draw_detections(gray(), found(*rows), NAMES)
        assert len(picture) > 200
        for color in BLUE, ORANGE:
            assert is_color(picture[200:], color).any()

    def test_names_do_not_hide_other_objects(self):
        small = (0, 0.9, 0.2, 0.2, 0.23, 0.25)
        below = (1, 0.95, 0.19, 0.26, 0.6, 0.9)
        picture = draw_detections(gray(), found(below, small), NAMES)
        inside = picture[43:47, 63:66]
        assert (inside == 128).all()

    def test_a_picture_smaller_than_a_name(self):
        rows = found((0, 0.9, 0, 0, 1, 1))
        assert draw_detections(gray(6, 9), rows, NAMES).shape[1] == 9

    def test_many_classes(self):
        names = [f"class {i}" for i in range(30)]
        rows = found(*((i, 0.9, 0.1, 0.1, 0.2, 0.2) for i in range(30)))
        picture = draw_detections(gray(), rows, names)
        assert picture.shape[1] == 300

    def test_a_very_long_name(self):
        rows = found((0, 0.9, 0.1, 0.5, 0.2, 0.6))
        picture = draw_detections(gray(), rows, ["word " * 40])
        assert picture.shape[1] == 300


class TestNames:
    def test_latin(self):
        names = "cat", "Katze im Grünen", "chien de garde"
        assert drawable_names(names) == (names, [])

    def test_letters_that_no_font_has(self):
        shown, bad = drawable_names(["cat", "\U0010fffe"])
        assert shown == ("cat", "class 1") and bad == ["\U0010fffe"]

    def test_without_a_font_of_the_system(self, monkeypatch):
        monkeypatch.setattr("d2l_ssd.detecting.pictures.FONT_NAMES", ())
        shown, bad = drawable_names(
            ["zebra 7", "\u0437\u0435\u0431\u0440\u0430 7"]
        )
        assert shown == ("zebra 7", "class 1") and len(bad) == 1
        rows = found((0, 0.91, 0.2, 0.5, 0.8, 0.9))
        picture = draw_detections(gray(), rows, ["zebra 8"])
        assert is_color(picture, BLUE)[85:99].any()


class TestPictureName:
    @pytest.mark.parametrize(
        "name, expected",
        [
            ("a.jpg", "a.jpg"),
            ("a.JPEG", "a.JPEG"),
            ("b/a.png", "b/a.png"),
            ("a.webp", "a.webp.jpg"),
            ("a", "a.jpg"),
            ("a.txt", "a.txt.jpg"),
        ],
    )
    def test_by_hand(self, name, expected):
        assert picture_name(name) == expected


class TestSavePicture:
    @pytest.mark.parametrize("name", ["a.jpg", "a.PNG", "a.JPEG", "grün.png"])
    def test_can_be_read_again(self, name, tmp_path):
        picture = gray()
        picture[:, :150] = 200, 40, 40
        save_picture(tmp_path / "new" / name, picture)
        again = read_image(tmp_path / "new" / name).astype(int)
        assert np.abs(again - picture)[:, 5:140].max() < 6

    def test_longer_than_a_jpeg_can_be(self, tmp_path):
        picture = np.zeros((1, 70_000, 3), np.uint8)
        save_picture(tmp_path / "a.png", picture)
        with pytest.raises(ValueError, match="70,000 x 1 pixels is too large"):
            save_picture(tmp_path / "a.jpg", picture)
        assert not (tmp_path / "a.jpg").exists()

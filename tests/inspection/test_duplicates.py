"""Images that are the same, and images that look alike."""

import cv2
import numpy as np
import pytest
from helpers.bad_voc import blobs, encoded

from d2l_ssd.images import survey_image
from d2l_ssd.inspection.duplicates import find_alike, find_same
from d2l_ssd.inspection.pictures import Picture, make_signature


@pytest.fixture
def look(tmp_path):
    """A function that writes images and returns their paths and Pictures."""

    def look_at(*files):
        paths, pictures = [], []
        for number, data in enumerate(files):
            path = tmp_path / f"{number}.png"
            path.write_bytes(data)
            facts, photograph = survey_image(path, 64)
            paths.append(path)
            pictures.append(Picture(facts, make_signature(photograph)))
        return paths, pictures

    return look_at


def signatures(pictures):
    return [picture.signature for picture in pictures]


def on_a_slope(pixels):
    """Draw pixels weakly on a background that all such images share."""
    slope = np.linspace(0, 200, pixels.shape[0])[:, None, None]
    return (slope + pixels * 0.2).astype(np.uint8)


class TestSame:
    def test_whatever_the_file(self, look):
        one, two = blobs(0), blobs(1)
        exif = encoded(one, "PNG", optimize=True)
        paths, pictures = look(
            encoded(one), encoded(two), exif, encoded(one, "BMP")
        )
        assert find_same(paths, pictures) == [[0, 2, 3]]

    def test_one_pixel_more_is_another_image(self, look):
        one = blobs(0, (400, 300))
        other = one.copy()
        other[200, 150] ^= 1  # too little to change the signature
        paths, pictures = look(encoded(one), encoded(other))
        first, second = signatures(pictures)
        assert np.array_equal(first, second)
        assert find_same(paths, pictures) == []

    def test_two_pairs(self, look):
        files = [encoded(blobs(seed)) for seed in (0, 1, 1, 0)]
        assert find_same(*look(*files)) == [[0, 3], [1, 2]]


class TestAlike:
    TURNS = {
        "as it is": lambda pixels: pixels,
        "mirrored": lambda pixels: pixels[:, ::-1],
        "upside down": lambda pixels: pixels[::-1],
        "half a turn": lambda pixels: pixels[::-1, ::-1],
        "a quarter": np.rot90,
        "three quarters": lambda pixels: np.rot90(pixels, 3),
        "transposed": lambda pixels: pixels.swapaxes(0, 1),
    }

    @pytest.mark.parametrize("turn", TURNS.values(), ids=TURNS)
    def test_turned_scaled_and_written_again(self, look, turn):
        others = [encoded(blobs(seed)) for seed in range(1, 12)]
        large = cv2.resize(turn(blobs(0)), None, fx=2.3, fy=2.3)
        again = encoded(large, "JPEG", quality=70)
        _, pictures = look(*others[:5], encoded(blobs(0)), *others[5:], again)
        (pair,) = find_alike(signatures(pictures))
        assert pair[:2] == (5, 12)
        assert pair.correlation > 0.99
        assert pair.turned == (turn is not self.TURNS["as it is"])

    def test_a_background_alone_is_not_enough(self, look):
        files = [encoded(on_a_slope(blobs(seed))) for seed in range(20)]
        _, pictures = look(*files)
        rows = np.reshape(signatures(pictures), (20, -1)).astype(float)
        assert np.corrcoef(rows)[np.triu_indices(20, 1)].max() > 0.95
        assert find_alike(signatures(pictures)) == []

    def test_other_colors_are_another_image(self, look):
        _, pictures = look(encoded(blobs(0)), encoded(blobs(0)[..., ::-1]))
        assert find_alike(signatures(pictures)) == []

    def test_flat_images_say_nothing(self, look):
        gray = np.full((32, 32, 3), 90, dtype=np.uint8)
        gray[5, 5] = 94  # a hot pixel of the camera
        assert find_alike(signatures(look(*[encoded(gray)] * 2)[1])) == []

    @pytest.mark.parametrize("count", [0, 1])
    def test_nothing_to_compare(self, count):
        images = [np.zeros((32, 32, 3), np.uint8)] * count
        assert find_alike(images) == []

    def test_more_images_than_a_block(self, monkeypatch):
        monkeypatch.setattr("d2l_ssd.inspection.duplicates.BLOCK", 3)
        images = [blobs(seed, (32, 32)) for seed in (0, 1, 2, 3, 4, 1, 0, 5)]
        pairs = [pair[:2] for pair in find_alike(images)]
        assert pairs == [(0, 6), (1, 5)]

    def test_images_of_a_group_are_not_compared(self):
        images = [blobs(seed, (32, 32)) for seed in (0, 0, 1, 0)]
        groups = [0, 0, 1, 1]
        pairs = [pair[:2] for pair in find_alike(images, groups)]
        assert pairs == [(0, 3), (1, 3)]

    def test_a_film_is_not_compared_frame_by_frame(self):
        images = [blobs(0, (32, 32))] * 100
        assert len(find_alike(images)) < 100

    @pytest.mark.parametrize("noise, count", [(2, 1), (10, 0)])
    def test_details_count(self, noise, count):
        rng = np.random.default_rng(1)
        base = 25 + 0.8 * blobs(0, (32, 32))
        images = [
            (base + rng.normal(0, noise, (32, 32, 1))).clip(0, 255)
            for _ in range(2)
        ]
        assert np.corrcoef(images[0].ravel(), images[1].ravel())[0, 1] > 0.95
        assert len(find_alike(images)) == count

    def test_symmetric_images_are_not_turned(self):
        half = blobs(0, (16, 32))
        image = np.concatenate([half, half[:, ::-1]], axis=1)
        (pair,) = find_alike([image, image])
        assert not pair.turned

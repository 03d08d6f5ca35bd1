"""Flips, crops, inputs and batches: pixels and boxes that fit each other."""

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import d2l_ssd.data
from d2l_ssd.data import (
    IMAGENET_MEAN,
    IMAGENET_STD,
    InputDataset,
    crop,
    flip,
    letterbox,
    pad_labels,
    random_flip,
    stack_batch,
    to_input,
)


@pytest.fixture
def picture():
    """An image 8 x 10 whose pixels are all different, and two labels."""
    image = np.arange(8 * 10 * 3, dtype=np.uint8).reshape(8, 10, 3)
    labels = [[0, 0.1, 0.25, 0.4, 0.75, 1], [1, 0.5, 0, 1, 0.5, 0]]
    return image, np.array(labels, dtype=np.float32)


class TestAugmentation:
    def test_flip_by_hand(self, picture):
        image, labels = flip(*picture)
        assert (image[:, 0] == picture[0][:, 9]).all()
        expected = [[0, 0.6, 0.25, 0.9, 0.75, 1], [1, 0, 0, 0.5, 0.5, 0]]
        np.testing.assert_allclose(labels, expected, rtol=1e-6)

    def test_flip_moves_the_box_with_its_pixels(self):
        image = np.zeros((10, 20, 3), dtype=np.uint8)
        image[2:5, 3:9] = 255
        labels = np.array([[0, 0.15, 0.2, 0.45, 0.5, 0]], dtype=np.float32)
        image, labels = flip(image, labels)
        ys, xs = np.nonzero(image[..., 0])
        tight = xs.min() / 20, ys.min() / 10, (xs.max() + 1) / 20, 0.5
        np.testing.assert_allclose(labels[0, 1:5], tight, rtol=1e-6)

    def test_flip_twice_is_nothing(self, picture):
        image, labels = flip(*flip(*picture))
        assert (image == picture[0]).all()
        np.testing.assert_allclose(labels, picture[1], atol=1e-7)

    def test_flip_leaves_its_arguments_alone(self, picture):
        before = picture[0].copy(), picture[1].copy()
        flip(*picture)
        assert all((a == b).all() for a, b in zip(picture, before))

    def test_flip_without_objects(self, picture):
        assert flip(picture[0], np.zeros((0, 6), np.float32))[1].shape == (0, 6)

    def test_random_flip_is_half_and_reproducible(self, picture):
        flipped = [
            random_flip(*picture, np.random.default_rng(seed))[1][0, 1] > 0.5
            for seed in range(400)
        ]
        assert 160 < sum(flipped) < 240  # four standard deviations
        again = random_flip(*picture, np.random.default_rng(7))
        once = random_flip(*picture, np.random.default_rng(7))
        assert all((a == b).all() for a, b in zip(again, once))

    def test_crop_by_hand(self, picture):
        # Columns 0 to 5 and rows 2 to 7 stay. The second object is still
        # seen, but its center is in column 7
        image, labels = crop(*picture, [0, 0.25, 0.6, 1])
        assert (image == picture[0][2:8, 0:6]).all()
        np.testing.assert_allclose(
            labels, [[0, 1 / 6, 0, 2 / 3, 2 / 3, 1]], rtol=1e-6
        )

    def test_crop_clips_boxes(self, picture):
        _, labels = crop(*picture, [0.2, 0, 0.9, 0.75])
        np.testing.assert_allclose(
            labels[:, 1:5],
            [[0, 1 / 3, 2 / 7, 1], [3 / 7, 0, 1, 2 / 3]],
            rtol=1e-5,
        )

    def test_crop_may_reach_outside(self, picture):
        image, labels = crop(*picture, [-0.5, -1, 1.5, 1])
        assert image.shape == (16, 20, 3)
        assert (image[8:, 5:15] == picture[0]).all()
        assert image[0, 0].tolist() == [124, 116, 104]
        np.testing.assert_allclose(
            labels[0, 1:5], [0.3, 0.625, 0.45, 0.875], rtol=1e-6
        )

    def test_crop_outside_altogether(self, picture):
        for window in [-2, -2, -1, -1], [2, 2, 3, 3], [0, 2, 1, 3]:
            image, labels = crop(*picture, window)
            assert (image == [124, 116, 104]).all() and len(labels) == 0

    def test_crop_to_everything_is_nothing(self, picture):
        image, labels = crop(*picture, [0, 0, 1, 1])
        assert (image == picture[0]).all()
        np.testing.assert_allclose(labels, picture[1], atol=1e-7)

    def test_crop_leaves_its_arguments_alone(self, picture):
        before = picture[0].copy(), picture[1].copy()
        crop(*picture, [0.2, 0, 0.9, 0.5])
        assert all((a == b).all() for a, b in zip(picture, before))

    def test_crop_refuses_an_empty_window(self, picture):
        with pytest.raises(ValueError, match="window must hold a pixel"):
            crop(*picture, [0.5, 0.5, 0.5, 0.9])


class TestLetterbox:
    def test_bars_above_and_below(self, picture):
        # 10 x 8 becomes 10 x 10: a row of bar above, another below
        image, labels = letterbox(*picture, 32, 32)
        assert image.shape == (10, 10, 3)
        assert (image[1:9] == picture[0]).all()
        assert (image[[0, 9]] == [124, 116, 104]).all()
        np.testing.assert_allclose(
            labels[:, 1:5], [[0.1, 0.3, 0.4, 0.7], [0.5, 0.1, 1, 0.5]]
        )

    def test_bars_at_the_sides(self, picture):
        image, labels = letterbox(*picture, 32, 80)
        assert image.shape == (8, 20, 3)
        assert (image[:, 5:15] == picture[0]).all()
        np.testing.assert_allclose(
            labels[0], [0, 0.3, 0.25, 0.45, 0.75, 1], rtol=1e-6
        )

    def test_nothing_to_do(self, picture):
        image, labels = letterbox(*picture, 64, 80)
        assert (image == picture[0]).all()
        np.testing.assert_allclose(labels, picture[1], atol=1e-7)


class TestInputs:
    def test_to_input_by_hand(self):
        image = np.zeros((2, 2, 3), dtype=np.uint8)
        image[0, 1] = 255, 51, 0
        X = to_input(image, 2, 2)
        assert X.shape == (3, 2, 2) and X.dtype == np.float32
        # (1 - 0.485) / 0.229, (0.2 - 0.456) / 0.224, -0.406 / 0.225
        expected = [2.24891, -1.14286, -1.80444]
        np.testing.assert_allclose(X[:, 0, 1], expected, atol=1e-5)

    def test_to_input_shrinks_by_averaging(self):
        stripes = np.zeros((8, 8, 3), dtype=np.uint8)
        stripes[:, ::2] = 200
        X = to_input(stripes, 4, 4)
        expected = (100 / 255 - IMAGENET_MEAN) / IMAGENET_STD
        np.testing.assert_allclose(X[:, 1, 1], expected, atol=1e-5)

    def test_to_input_takes_height_then_width(self):
        assert to_input(np.zeros((9, 9, 3), np.uint8), 4, 30).shape == (
            3,
            4,
            30,
        )

    def test_pad_labels(self):
        labels = [np.ones((2, 6)), np.zeros((0, 6)), np.ones((1, 6))]
        padded = pad_labels(labels)
        assert padded.shape == (3, 2, 6) and padded.dtype == np.float32
        assert padded[:, :, 0].tolist() == [[1, 1], [-1, -1], [1, -1]]
        assert (padded[1] == -1).all()

    def test_pad_labels_without_any_object(self):
        padded = pad_labels([np.zeros((0, 6))] * 2)
        assert padded.shape == (2, 1, 6) and (padded == -1).all()

    @given(st.lists(st.integers(0, 5), min_size=1, max_size=4))
    def test_pad_labels_loses_nothing(self, counts):
        labels = [np.random.default_rng(n).random((n, 6)) for n in counts]
        for rows, before in zip(pad_labels(labels), labels):
            np.testing.assert_array_equal(
                rows[rows[:, 0] >= 0], before.astype(np.float32)
            )

    def test_stack_batch(self):
        sample = np.ones((3, 4, 5), np.float32), np.ones((2, 6), np.float32)
        X, Y = stack_batch([sample] * 3)
        assert X.shape == (3, 3, 4, 5) and Y.shape == (3, 2, 6)

    @pytest.fixture
    def dataset(self):
        """Three images, in a list as good as in a folder."""
        image = np.zeros((20, 40, 3), np.uint8)
        return [(image, np.zeros((0, 6), np.float32))] * 3

    def test_inputs_without_augmentation(self, dataset):
        inputs = InputDataset(dataset, 8, 16)
        X, labels = inputs[1]
        assert len(inputs) == 3 and labels.shape == (0, 6)
        np.testing.assert_array_equal(X, to_input(dataset[1][0], 8, 16))

    def test_inputs_draw_from_seed_epoch_and_index(self, dataset):
        def drawn(key, seed=0):
            values = []

            def augment(image, labels, rng):
                values.append(rng.random())
                return image, labels

            InputDataset(dataset, 8, 8, augment, seed)[key]
            return values[0]

        assert drawn((2, 1)) == drawn((2, 1))
        others = [drawn((2, 2)), drawn((1, 1)), drawn((2, 1), seed=1)]
        assert drawn((2, 1)) not in others
        assert drawn((0, 1)) == drawn(1)


class TestModule:
    def test_offers_what_moved_elsewhere(self):
        from d2l_ssd import datasets, images, toy
        from d2l_ssd.mxnet import loaders

        for module, names in {
            datasets: ["VOCDetection", "read_voc_annotation"],
            images: ["read_image"],
            loaders: ["load_data_voc_detection", "load_data_toy"],
            toy: ["make_toy_voc"],
        }.items():
            for name in names:
                assert getattr(d2l_ssd.data, name) is getattr(module, name)

    def test_knows_nothing_else(self):
        with pytest.raises(AttributeError, match="'d2l_ssd.data' has no .*'x'"):
            _ = d2l_ssd.data.x

    def test_import_needs_neither_mxnet_nor_the_toy_set(self):
        code = """
            import sys, d2l_ssd.data, d2l_ssd.datasets
            loaded = {"mxnet", "torch", "pooch", "d2l_ssd.toy"} & {*sys.modules}
            sys.exit(", ".join(loaded) or 0)
        """
        code = "\n".join(line.strip() for line in code.splitlines())
        subprocess.run([sys.executable, "-c", code], check=True)


class TestImages:
    color = np.full((8, 10, 3), 77, np.uint8)

    @pytest.mark.parametrize(
        "image",
        [
            color[..., 0],
            color[..., :1],
            color.astype(np.int64),
            color.tolist(),
            np.flip(color),
        ],
        ids=["gray", "one plane", "integers", "list", "view"],
    )
    def test_give_what_three_planes_of_bytes_give(self, image):
        expected = to_input(self.color, 4, 5)
        np.testing.assert_array_equal(to_input(image, 4, 5), expected)
        flipped, _ = flip(image, np.zeros((0, 6)))
        np.testing.assert_array_equal(flipped, self.color)

    @pytest.mark.parametrize(
        "image, message",
        [
            (np.zeros((4, 4, 4), np.uint8), "alpha"),
            (np.zeros((4, 4, 3)), "uint8 .* float64"),
            (np.full((4, 4, 3), 256), "from 256 to 256"),
            (np.zeros((0, 4, 3), np.uint8), r"got \(0, 4, 3\)"),
            (np.zeros((2, 4, 4, 3), np.uint8), "shape"),
            (np.zeros((4, 4, 3), bool), "uint8 .* bool"),
            (None, "shape|numbers"),
        ],
        ids=["alpha", "floats", "16 bits", "empty", "batch", "bools", "None"],
    )
    def test_others_are_refused(self, image, message):
        for function in (
            lambda: to_input(image, 2, 2),
            lambda: flip(image, np.zeros((0, 6))),
            lambda: crop(image, np.zeros((0, 6)), [0, 0, 1, 1]),
        ):
            with pytest.raises(ValueError, match=f"^image must .*{message}"):
                function()

    @pytest.mark.parametrize("side", [0, -4, 2.5, None, "8"])
    def test_sides_are_whole_numbers(self, side):
        with pytest.raises(ValueError, match="^width must be a whole number"):
            to_input(self.color, 4, side)
        with pytest.raises(ValueError, match="^height must be a whole number"):
            InputDataset([], side, 4)


class TestLabels:
    def test_padding_stays_padding(self, picture):
        image, labels = picture
        padded = np.vstack([labels, np.full((1, 6), -1, np.float32)])
        _, flipped = flip(image, padded)
        assert flipped[-1].tolist() == [-1] * 6
        _, inside = crop(image, padded, [-3, -3, 3, 3])
        assert inside[:, 0].tolist() == labels[:, 0].tolist()

    def test_integers_are_not_truncated(self):
        _, labels = crop(
            np.zeros((8, 8, 3), np.uint8), [[0, 0, 0, 1, 1, 0]], [0, 0, 2, 2]
        )
        np.testing.assert_allclose(labels, [[0, 0, 0, 0.5, 0.5, 0]])

    @pytest.mark.parametrize(
        "window, message",
        [
            ([0, 0, np.nan, 1], "finite"),
            ([0, 0, 200, 100], "pixels"),
            ([1, 0, 0, 1], "xmax >= xmin"),
            ([0, 0, 1], "shape"),
        ],
        ids=["NaN", "pixels", "turned", "three numbers"],
    )
    def test_windows(self, picture, window, message):
        with pytest.raises(ValueError, match=f"^window must .*{message}"):
            crop(*picture, window)

    @pytest.mark.parametrize(
        "function", [flip, lambda i, x: crop(i, x, [0, 0, 1, 1])]
    )
    def test_pixels_are_refused(self, picture, function):
        image, labels = picture
        with pytest.raises(ValueError, match="^labels must .*pixels"):
            function(image, labels * [1, 200, 200, 200, 200, 1])

    def test_other_columns_name_the_image(self):
        with pytest.raises(ValueError, match=r"^image 1: labels .*\(2, 5\)"):
            pad_labels([np.zeros((1, 6)), np.zeros((2, 5))])
        with pytest.raises(ValueError, match="labels must be a list"):
            pad_labels(3)
        with pytest.raises(ValueError, match="labels must have at least one"):
            pad_labels([])

    def test_no_objects_as_an_empty_list(self):
        assert pad_labels([[], [[0, 0, 0, 1, 1, 0]]]).shape == (2, 1, 6)

    def test_samples_of_different_sizes(self):
        rows = np.zeros((0, 6))
        with pytest.raises(ValueError, match="^image 1: samples .*to_input"):
            stack_batch(
                [(np.zeros((3, 4, 4)), rows), (np.zeros((3, 4, 5)), rows)]
            )
        with pytest.raises(ValueError, match="^samples must have at least one"):
            stack_batch([])


@pytest.mark.parametrize(
    "sample, message",
    [
        ((None, np.zeros((0, 6))), r"inputs \(3, H, W\), got shape \(\)"),
        ((np.zeros((4, 4)), np.zeros((0, 6))), r"got shape \(4, 4\)"),
        (np.zeros((3, 4, 4)), "pairs .*got ndarray"),
        ((np.zeros((3, 4, 4)),), "pairs .*got tuple"),
    ],
    ids=["nothing", "one plane", "no labels", "one alone"],
)
def test_samples_that_are_none(sample, message):
    good = np.zeros((3, 4, 4), np.float32), np.zeros((0, 6), np.float32)
    with pytest.raises(ValueError, match=f"^image 1: samples .*{message}"):
        stack_batch([good, sample])


@pytest.mark.parametrize("channels", [1, 3])
def test_colors_first_are_advised(channels):
    image = np.zeros((channels, 20, 30), dtype=np.uint8)
    with pytest.raises(ValueError, match=r"image.transpose\(1, 2, 0\)"):
        to_input(image, 32, 32)

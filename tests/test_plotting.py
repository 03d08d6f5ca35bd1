"""Pictures: what is drawn where, not how it looks."""

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt  # noqa: E402
import numpy as np  # noqa: E402
import pytest  # noqa: E402

from d2l_ssd.data import to_input  # noqa: E402
from d2l_ssd.plotting import (  # noqa: E402
    CLASS_COLORS,
    COLORS,
    show_boxes,
    show_grid,
    show_labels,
    to_image,
)


@pytest.fixture
def ax():
    fig, ax = plt.subplots()
    ax.imshow(np.zeros((10, 20, 3), dtype=np.uint8))
    yield ax
    plt.close(fig)


def rectangles(ax):
    return [patch.get_bbox().extents.tolist() for patch in ax.patches]


def test_boxes_are_drawn_in_pixels(ax):
    # The first pixel's left edge is at -0.5 in matplotlib
    show_boxes(ax, [[0, 0, 1, 1], [0.25, 0.5, 0.5, 1]])
    assert rectangles(ax) == [[-0.5, -0.5, 19.5, 9.5], [4.5, 4.5, 9.5, 9.5]]


def test_boxes_follow_the_extent(ax):
    ax.images[0].set_extent((0, 1, 1, 0))
    show_boxes(ax, [[0.25, 0.5, 0.5, 1]])
    assert rectangles(ax) == [[0.25, 0.5, 0.5, 1]]


def test_names_and_colors(ax):
    show_boxes(ax, [[0, 0, 1, 1]] * 3, ["cat", None, ""], ["red"] * 3)
    assert [text.get_text() for text in ax.texts] == ["cat"]
    assert {patch.get_edgecolor() for patch in ax.patches} == {(1, 0, 0, 1)}


def test_one_color_is_for_all(ax):
    show_boxes(ax, np.zeros((2, 4)), "x", "blue")
    assert len(ax.patches) == len(ax.texts) == 2


def test_no_boxes(ax):
    assert show_boxes(ax, np.zeros((0, 4)), [], []) is ax
    assert not ax.patches


def test_refuses_axes_without_an_image_and_lists_that_differ(ax):
    with pytest.raises(
        ValueError, match="^labels must .* 3 values for 2 boxes"
    ):
        show_boxes(ax, np.zeros((2, 4)), labels=["a", "b", "c"])
    ax.images[0].remove()
    with pytest.raises(ValueError, match="ax must show an image"):
        show_boxes(ax, [[0, 0, 1, 1]])


def test_labels_by_class_without_padding(ax):
    labels = [[1, 0, 0, 1, 1, 0], [0, 0, 0, 0.5, 0.5, 1], [-1] * 6]
    show_labels(ax, labels, ["cat", "dog"])
    assert [text.get_text() for text in ax.texts] == ["dog", "cat"]
    colors = [
        matplotlib.colors.to_hex(p.get_edgecolor()).upper() for p in ax.patches
    ]
    assert colors == [COLORS["dog"], COLORS["cat"]]
    assert [p.get_linestyle() for p in ax.patches] == ["-", "--"]


def test_labels_of_an_image_without_objects(ax):
    show_labels(ax, np.zeros((0, 6)))
    assert not ax.patches


def test_class_colors_agree():
    assert CLASS_COLORS[:2] == (COLORS["cat"], COLORS["dog"])
    assert len(set(CLASS_COLORS)) == len(CLASS_COLORS)


def test_grid():
    images = [np.zeros((10, 20, 3), dtype=np.uint8)] * 5
    boxes = [np.zeros((n, 4)) for n in range(5)]
    axes = show_grid(images, 2, boxes=boxes, titles="abcde")
    assert len(axes) == 5 and len(axes[0].figure.axes) == 6
    assert [len(ax.patches) for ax in axes] == [0, 1, 2, 3, 4]
    assert [ax.get_title() for ax in axes] == list("abcde")
    plt.close(axes[0].figure)


def test_to_image_undoes_to_input():
    image = np.random.default_rng(0).integers(256, size=(6, 7, 3))
    image = image.astype(np.uint8)
    X = to_input(image, 6, 7)
    assert (to_image(X) == image).all()
    assert (to_image(np.stack([X, X]))[1] == image).all()


def test_to_image_takes_mxnet_arrays():
    import mxnet as mx

    X = to_input(np.full((2, 2, 3), 77, dtype=np.uint8), 2, 2)
    assert (to_image(mx.np.array(X)) == 77).all()


def test_class_0_has_a_name(ax):
    show_boxes(ax, [[0, 0, 1, 1]] * 2, labels=[0, 1])
    assert [text.get_text() for text in ax.texts] == ["0", "1"]


def test_without_names_classes_are_numbers(ax):
    show_labels(ax, [[0, 0, 0, 1, 1, 0], [2, 0, 0, 1, 1, 0]])
    assert [text.get_text() for text in ax.texts] == ["0", "2"]


@pytest.mark.parametrize(
    "boxes, message",
    [
        (np.zeros((2, 6)), "shape"),
        ([[10, 20, 100, 200]], "pixels"),
        ([[0, 0, np.nan, 1]], "finite"),
        ([[1, 0, 0, 1]], "xmax"),
    ],
    ids=["labels", "pixels", "NaN", "turned"],
)
def test_bad_boxes_are_not_drawn(ax, boxes, message):
    with pytest.raises(ValueError, match=f"^boxes must .*{message}"):
        show_boxes(ax, boxes)
    assert not ax.patches


def test_a_single_box(ax):
    show_boxes(ax, [0, 0, 1, 1], "cat")
    assert len(ax.patches) == 1


@pytest.mark.parametrize(
    "rows, message",
    [
        ([[2, 0, 0, 1, 1, 0]], "classes 0 to 1, got 2"),
        ([[0, 9, 20, 90, 80, 0]], "pixels"),
        ([[0, 0, 0, 1]], "shape"),
    ],
    ids=["a class without a name", "pixels", "boxes"],
)
def test_bad_labels_are_not_drawn(ax, rows, message):
    with pytest.raises(ValueError, match=f"^labels must .*{message}"):
        show_labels(ax, rows, ["cat", "dog"])


def test_a_grid_needs_an_entry_for_each_image():
    images = [np.zeros((4, 4, 3), np.uint8)] * 2
    with pytest.raises(ValueError, match="^titles must .* 1 for 2 images"):
        show_grid(images, titles=["a"])
    with pytest.raises(ValueError, match="^images must have at least one"):
        show_grid([])


@pytest.mark.parametrize(
    "X", [np.zeros((4, 4, 3)), np.full((3, 4, 4), np.nan)], ids=["HWC", "NaN"]
)
def test_to_image_refuses_other_arrays(X):
    with pytest.raises(ValueError, match="^X must"):
        to_image(X)

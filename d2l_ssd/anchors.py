# Generated from book/anchors.ipynb (`make save`); do not edit.

import numpy as np

from d2l_ssd.boxes import box_iou
from d2l_ssd.checks import check_positive


def generate_anchors(height, width, sizes, ratios, image_size=None):
    """Generate the anchors of one feature map.

    The anchors go row by row; in a cell (s1, r1) ... (s1, rm), (s2, r1) ... (sn, r1).
    Liu et al. (2016), section 2.2; the pairs are those of MXNet's
    `multibox_prior`.

    Arguments:
        height, width: the map's height and width in cells.
        sizes: the n sizes, in units of the image's shorter side.
        ratios: the m ratios width / height.
        image_size: (H, W) of the image; only its proportion counts. The map's
            own, if not given.

    Returns:
        (height * width * (n + m - 1), 4) float32 corners in units of the image;
        not clipped: anchors at the border reach out of [0, 1].

    Raises:
        ValueError: if a number is not positive.
    """
    image_height, image_width = image_size or (height, width)
    check_positive(
        height=height,
        width=width,
        sizes=sizes,
        ratios=ratios,
        image_size=(image_height, image_width),
    )
    pairs = [(sizes[0], r) for r in ratios] + [
        (s, ratios[0]) for s in sizes[1:]
    ]
    s, r = np.array(pairs, dtype=float).T
    short = min(image_height, image_width)
    w = s * np.sqrt(r) * short / image_width
    h = s / np.sqrt(r) * short / image_height
    y, x = np.meshgrid(
        (np.arange(height) + 0.5) / height,
        (np.arange(width) + 0.5) / width,
        indexing="ij",
    )
    centers = np.stack([x, y, x, y], axis=-1)[
        :, :, None
    ]  # (height, width, 1, 4)
    corners = np.stack([-w, -h, w, h], axis=-1) / 2  # (n + m - 1, 4)
    return (centers + corners).reshape(-1, 4).astype(np.float32)


SIZES = ((0.08, 0.12), (0.18, 0.27), (0.4, 0.55), (0.7, 0.88))
RATIOS = ((1, 2, 0.5),) * 4
ANCHORS_PER_CELL = len(SIZES[0]) + len(RATIOS[0]) - 1


def ssd_anchors(feature_map_shapes, sizes=SIZES, ratios=RATIOS):
    """Generate the anchors of all maps, from fine to coarse.

    The first map stands for the image's proportion.

    Arguments:
        feature_map_shapes: (height, width) of every map in cells, fine to coarse.
        sizes, ratios: for every map its sizes and ratios, see `generate_anchors`.

    Returns:
        (A, 4) float32 corners in units of the image.

    Raises:
        ValueError: if the three do not speak of the same number of maps.
    """
    counts = len(feature_map_shapes), len(sizes), len(ratios)
    if len(set(counts)) > 1:
        raise ValueError(
            f"feature_map_shapes, sizes, ratios have {counts} maps: must be equal"
        )
    image_size = feature_map_shapes[0]
    maps = zip(feature_map_shapes, sizes, ratios)
    return np.concatenate(
        [generate_anchors(h, w, s, r, image_size) for (h, w), s, r in maps]
    )


def best_possible_iou(anchors, truths):
    """Find the best IoU that any anchor reaches, for every truth.

    Arguments:
        anchors: (A, 4) corners in [0, 1].
        truths: (M, 4) corners in [0, 1].

    Returns:
        (M,) float32 in [0, 1]; 0 where there is no anchor.

    Raises:
        ValueError: if a box is not a box, see `box_iou`.
    """
    return box_iou(truths, anchors).max(axis=1, initial=0)

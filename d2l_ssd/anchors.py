import numpy as np

from d2l_ssd.boxes import box_iou

SIZES = ((0.1, 0.15), (0.22, 0.32), (0.44, 0.58), (0.72, 0.88))
RATIOS = ((1, 2, 0.5),) * 4


def generate_anchors(height, width, sizes, ratios, image_size=None):
    """Generate the anchors of one feature map -> (height*width*(n+m-1), 4) float32."""
    image_height, image_width = image_size or (height, width)
    pairs = [(sizes[0], r) for r in ratios] + [(s, ratios[0]) for s in sizes[1:]]
    s, r = np.array(pairs).T
    short = min(image_height, image_width)
    half_w = s * np.sqrt(r) * short / image_width / 2
    half_h = s / np.sqrt(r) * short / image_height / 2
    x = (np.arange(width) + 0.5) / width
    y = (np.arange(height) + 0.5) / height
    y, x = np.meshgrid(y, x, indexing="ij")
    centers = np.stack([x, y, x, y], axis=-1)[:, :, None]  # (H, W, 1, 4)
    corners = np.stack([-half_w, -half_h, half_w, half_h], axis=-1)
    return (centers + corners).reshape(-1, 4).astype(np.float32)


def ssd_anchors(feature_map_shapes, sizes=SIZES, ratios=RATIOS):
    """Concatenate the anchors of all maps, fine to coarse -> (A, 4) float32."""
    image_size = feature_map_shapes[0]
    return np.concatenate(
        [
            generate_anchors(h, w, s, r, image_size)
            for (h, w), s, r in zip(feature_map_shapes, sizes, ratios)
        ]
    )


def best_possible_iou(anchors, truths):
    """Best IoU that any anchor reaches, for every truth -> (M,)."""
    return box_iou(truths, anchors).max(axis=1, initial=0)

"""What public functions ask of their input, each question in one place.

Every check returns what it was given, as an array where that helps, or raises a
ValueError that names the argument and the value and says what to do. Arrays may
be lists, views, integers, half precision, MXNet's or PyTorch's: they come back
as NumPy's float32 or float64.
"""

from d2l_ssd.checks.boxes import (
    FAR,
    SMALLEST,
    as_anchor_offsets,
    as_anchors,
    as_anchors_and_truths,
    as_box_list,
    as_box_pairs,
    as_boxes,
    as_drawn_boxes,
    as_window,
    check_area,
    check_corners,
    check_fractions,
    check_size,
)
from d2l_ssd.checks.images import (
    as_image,
    as_inputs,
    as_samples,
    check_loaders,
)
from d2l_ssd.checks.judged import (
    as_curve,
    as_edges,
    as_hits,
    as_judged_image,
    as_judged_images,
)
from d2l_ssd.checks.labels import (
    PADDING,
    as_label_batch,
    as_label_list,
    as_labels,
    as_trainable_labels,
    check_class_names,
    check_classes,
)
from d2l_ssd.checks.numbers import (
    as_count,
    as_iou_thresholds,
    as_limit,
    check_fraction,
    check_match_ious,
    check_positive,
)
from d2l_ssd.checks.outputs import (
    as_candidates,
    as_class_list,
    as_indices,
    as_logits,
    as_outputs,
    as_scored_boxes,
    as_weights,
)
from d2l_ssd.checks.sizes import (
    SMALLEST_SIZE,
    as_cells,
    as_maps,
    as_ratios,
    as_sides,
    as_sizes,
)

__all__ = [
    "FAR",
    "PADDING",
    "SMALLEST",
    "SMALLEST_SIZE",
    "as_anchor_offsets",
    "as_anchors",
    "as_anchors_and_truths",
    "as_box_list",
    "as_box_pairs",
    "as_boxes",
    "as_candidates",
    "as_cells",
    "as_class_list",
    "as_count",
    "as_curve",
    "as_drawn_boxes",
    "as_edges",
    "as_hits",
    "as_image",
    "as_indices",
    "as_inputs",
    "as_iou_thresholds",
    "as_judged_image",
    "as_judged_images",
    "as_label_batch",
    "as_label_list",
    "as_labels",
    "as_trainable_labels",
    "as_limit",
    "as_logits",
    "as_maps",
    "as_outputs",
    "as_ratios",
    "as_samples",
    "as_scored_boxes",
    "as_sides",
    "as_sizes",
    "as_weights",
    "as_window",
    "check_area",
    "check_class_names",
    "check_classes",
    "check_corners",
    "check_fraction",
    "check_fractions",
    "check_loaders",
    "check_match_ious",
    "check_positive",
    "check_size",
]

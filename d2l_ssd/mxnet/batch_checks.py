"""What a batch of images, labels and targets must be, for an SSD with MXNet.

Everything is asked on the host, of what is there at once: MXNet's engine, which
computes in the background, is not waited for.
"""

from __future__ import annotations

from typing import Any

import mxnet
import numpy as np
from mxnet import gluon

from d2l_ssd import network_checks
from d2l_ssd.health import find_bad_labels
from d2l_ssd.network_checks import (
    check_image_shape,
    check_kind,
    check_target_shapes,
)

ARRAY = "an mxnet.np.ndarray (made with mxnet.np.array)"


def check_network(net: Any) -> None:
    """Raise ValueError for what is no network of MXNet's."""
    check_kind(
        "net", net, gluon.Block, "a network of d2l_ssd.mxnet, such as SSD"
    )


def check_arrays(**arguments: Any) -> None:
    """Raise ValueError for arguments that are no arrays of MXNet's."""
    for name, value in arguments.items():
        check_kind(name, value, mxnet.np.ndarray, ARRAY)


def check_given(net: Any, X: Any, Y: Any) -> None:
    """Raise ValueError unless a network and a batch for it are MXNet's."""
    check_network(net)
    check_arrays(X=X, Y=Y)


def check_images(X) -> None:
    """Raise ValueError for an array that is no batch of images for an SSD.

    Shapes and types are known at once: nothing is waited for.
    """
    if isinstance(X, mxnet.symbol.Symbol):
        return  # its shape is not known
    check_arrays(X=X)
    check_image_shape(X.shape)
    if np.dtype(X.dtype).kind != "f":
        raise ValueError(
            f"X must hold floats, got {np.dtype(X.dtype)}: normalize images "
            "with to_input"
        )


def is_finite(X) -> bool:
    """Say whether all values of an array on the host are finite.

    One pass over them, while the device computes.
    """
    return bool(np.isfinite(X.asnumpy().sum()))


def check_class_targets(class_logits, class_targets) -> None:
    """Raise ValueError for targets that class logits have no column for.

    The targets' values are looked at on the host. They are there at once, as
    only the copy that brought them to the device is waited for; MXNet's `pick`
    would take another column silently.

    Args:
        class_logits: (B, A, K+1).
        class_targets: (B, A), 0 to K, and -1 for ignored anchors.
    """
    check_arrays(class_logits=class_logits, class_targets=class_targets)
    if class_logits.dtype not in (np.float32, np.float64):
        raise ValueError(
            f"class_logits must be float32, got {np.dtype(class_logits.dtype)}: "
            "MXNet sorts no others; use class_logits.astype('float32')"
        )
    check_target_shapes(class_logits, class_targets)
    last = class_logits.shape[2] - 1
    values = class_targets.asnumpy()
    good = (values >= -1) & (values <= last)
    if values.dtype.kind == "f":
        good &= values % 1 == 0
    if not good.all():
        image = int(np.argmin(good.all(axis=1)))
        raise ValueError(
            f"class_targets of image {image} must be whole numbers from -1 to "
            f"{last}, as the logits have {last + 1} columns, got "
            f"{values[~good][0]:g}: make the network for as many classes as "
            "the labels have"
        )


def check_offsets(
    offsets: Any, offset_targets: Any, class_targets: Any
) -> None:
    """Raise ValueError for what is no array, or would be broadcast silently."""
    check_arrays(offsets=offsets, offset_targets=offset_targets)
    network_checks.check_offsets(offsets, offset_targets, class_targets)


def check_batch(X, labels: np.ndarray, num_classes: int) -> None:
    """Raise ValueError unless labels are those of X's images, of known classes.

    Their boxes are left to `ssd_targets`.

    Args:
        X: (B, 3, H, W).
        labels: (B, M, 5 or 6).
        num_classes: K, of the network.
    """
    if labels.ndim != 3 or len(labels) != len(X):
        raise ValueError(
            f"Y must have shape ({len(X)}, M, 6), as X has {len(X)} images, got "
            f"{labels.shape}: stack their labels with pad_labels"
        )
    if labels.size and not labels[..., 0].max() < num_classes:
        for image, what in find_bad_labels(labels, num_classes).items():
            raise ValueError(
                f"image {image}: {what}: correct the labels, or make the network "
                "with as many classes as they have, SSD(num_classes=...)"
            )

"""What a training with MXNet checks: before its first step, and beside its steps."""

from __future__ import annotations

import hashlib
import math
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from numbers import Integral, Real
from typing import NamedTuple

import numpy as np
from mxnet import nd
from mxnet.gluon import Block

from d2l_ssd.anchors import ssd_anchors
from d2l_ssd.checkpoints import fingerprint
from d2l_ssd.checks import check_loaders, check_positive
from d2l_ssd.datasets import check_files
from d2l_ssd.feature_maps import feature_map_shapes
from d2l_ssd.health import check_health
from d2l_ssd.label_checks import (
    check_enough,
    check_names,
    image_names,
    read_labels,
    warn_of_shared_images,
)
from d2l_ssd.mxnet.batch_checks import (
    check_batch,
    check_images,
    check_network,
)
from d2l_ssd.network_checks import cause_of

# Options that only some loaders tell
INPUT_SIZES, OF_LOADER = "input_sizes", ("batch_size", "seed", "augment")
OF_IMAGES = INPUT_SIZES, *OF_LOADER


class Contents(NamedTuple):
    """What is known of a loader's images before any is loaded."""

    ids: list[str]  # of each image: what tells it from others
    labels: list[np.ndarray]  # (M, 5 or 6) each; of many images, of some
    places: list[str]  # where each of the labels is
    sizes: list[list[int]]  # [height, width], each that occurs
    images: dict  # see `image_names`; empty where it is not known

    @property
    def fingerprint(self) -> dict:
        """Tell these images from others."""
        whole = len(self.labels) == len(self.ids)
        return fingerprint(self.ids, self.labels if whole else None)


class Remembered(NamedTuple):
    """What a checkpoint keeps of a training's images."""

    options: dict
    classes: list[str]  # their names; empty where no loader knows any
    data: dict  # see `d2l_ssd.checkpoints.Checkpoint`


def check_options(
    num_epochs: int, learning_rate: float, weight_decay: float, max_norm: float
) -> None:
    """Raise ValueError for an option that a training cannot have."""
    check_positive(num_epochs=num_epochs)
    if not isinstance(num_epochs, Integral):
        raise ValueError(f"num_epochs must be an int, got {num_epochs!r}")
    check_positive(learning_rate=learning_rate, max_norm=max_norm)
    if not isinstance(weight_decay, Real) or not 0 <= weight_decay < math.inf:
        raise ValueError(
            f"weight_decay must be 0 or a positive number, got {weight_decay!r}"
        )


def check_training(
    net: Block, train_iter: Sequence, val_iter: Sequence
) -> Remembered:
    """Raise for what cannot be right, before anything is trained.

    Lists of batches are looked through, and so are the labels of a loader that
    has a `dataset`; the batches of any other loader are checked as they come.

    Args:
        net: an SSD.
        train_iter, val_iter: loaders or lists of batches.

    Raises:
        ValueError: the network is not initialized, files are bad, labels are
            not what the network can learn, or the loaders do not go together.
    """
    loaders = {"train_iter": train_iter, "val_iter": val_iter}
    for name, loader in loaders.items():
        if not hasattr(loader, "__len__"):
            raise ValueError(
                f"{name} must be a loader or a list of batches, got "
                f"{type(loader).__name__}: it is passed over in every epoch"
            )
    check_loaders(**loaders)
    check_initialized(net)
    num_classes = net.output.num_classes
    for name, loader in loaders.items():
        if _has_set(loader):
            check_names(name, loader.dataset)
    classes = _class_names(loaders, num_classes)
    datasets = [
        loader.dataset for loader in loaders.values() if _has_set(loader)
    ]
    check_files(*datasets)
    train, val = (_contents(*item) for item in loaders.items())
    for contents in filter(None, (train, val)):
        anchors = ssd_anchors(feature_map_shapes(*contents.sizes[-1]))
        check_health(contents.labels, anchors, num_classes, contents.places)
    options, data = {}, {}
    if train:
        _check_enough(train, val, num_classes, classes)
        options[INPUT_SIZES], data = train.sizes, train.fingerprint
    if val:
        data["val"] = val.fingerprint
    if train and val:
        warn_of_shared_images(train.images, val.images)
    options |= _loader_options(train_iter)
    return Remembered(options, classes, data)


def _loader_options(loader: Sequence) -> dict:
    """Return what a loader tells of how it makes its batches."""
    return {
        name: _plain(getattr(loader, name))
        for name in OF_LOADER
        if _has_set(loader) and hasattr(loader, name)
    }


def _plain(value) -> int | str | None:
    """Return what JSON can keep of a value: of a function, its name."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, Integral):
        return int(value)
    return getattr(value, "__qualname__", type(value).__qualname__)


def check_initialized(net: Block) -> None:
    """Raise ValueError for a network with a parameter that has no values."""
    check_network(net)
    for name, parameter in net.collect_params().items():
        try:
            parameter.list_ctx()
        except RuntimeError:
            raise ValueError(
                f"net must be initialized, and its parameter {name} is not: "
                "call net.initialize(init.Xavier()) first"
            ) from None


def check_passed(name: str, last_batch: int | None) -> None:
    """Raise ValueError if a pass over a loader has given no batch."""
    if last_batch is None:
        raise ValueError(
            f"{name} must give at least one batch in every epoch, got none: "
            "pass a loader or a list of batches, and no iterator"
        )


def likely_cause(net: Block, X, Y) -> str:
    """Say what has probably made a batch's loss or gradient not finite."""
    weights = (
        (name, parameter.data().asnumpy())
        for name, parameter in net.collect_params().items()
    )
    return cause_of(X.asnumpy(), Y.asnumpy(), weights)


@contextmanager
def naming_batch(loader: Sequence, epoch: int | None, batch: int) -> Iterator:
    """Let the errors of a batch name it, and its images if the loader can.

    Args:
        loader: that gives the batch.
        epoch: from 0; None for validation.
        batch: from 0.
    """
    try:
        yield
    except (ValueError, FloatingPointError) as error:
        name = "validation" if epoch is None else f"epoch {epoch + 1}"
        name, files = f"{name}, batch {batch + 1}", ""
        if hasattr(loader, "batch_indices"):
            indices = sorted(loader.batch_indices(epoch or 0, batch))
            name += f" (images {indices})"
            files = _files(loader, indices)
        kind = (
            FloatingPointError
            if isinstance(error, FloatingPointError)
            else ValueError
        )
        raise kind(f"{name}: {error}{files}") from None


def warn_of_zeros(row: dict) -> None:
    """Warn if a localization loss of an epoch is exactly 0."""
    for name, images in {
        "localization_loss": "training",
        "val_localization_loss": "validation",
    }.items():
        if row[name] == 0:
            warnings.warn(
                f"{name} is exactly 0 for a whole epoch: no anchor was matched "
                f"with an object of the {images} images. Check that they show "
                "some, and that boxes are in fractions of the image, 0 to 1",
                stacklevel=3,
            )


def _has_set(loader) -> bool:
    return hasattr(loader, "dataset") and hasattr(loader, "height")


def _class_names(loaders: dict, num_classes: int) -> list[str]:
    """Return the classes' names, which all loaders that know any agree on."""
    known = {
        name: list(loader.classes)
        for name, loader in loaders.items()
        if getattr(loader, "classes", None) is not None
    }
    for name, classes in known.items():
        if len(classes) != num_classes:
            raise ValueError(
                f"{name} has {len(classes)} classes ({', '.join(classes)}), and "
                f"the network {num_classes}: make it with "
                f"SSD(num_classes={len(classes)}), or load other classes"
            )
    first, *others = known.values() or [[]]
    for classes in others:
        if classes != first:
            raise ValueError(
                "train_iter and val_iter must have the same classes in the same "
                f"order, got {first} and {classes}: load them together"
            )
    return first


def _contents(name: str, loader: Sequence) -> Contents | None:
    """Return what a loader holds; None if only its batches can tell."""
    if _has_set(loader):
        return _contents_of_set(name, loader)
    if isinstance(loader, (list, tuple)):
        return _contents_of_batches(name, loader)
    return None


def _contents_of_set(name: str, loader: Sequence) -> Contents:
    dataset = loader.dataset
    labels = read_labels(dataset)
    places = [_place(name, dataset, i) for i in labels]
    # A set without names is known by its labels
    ids = list(map(str, getattr(dataset, "ids", range(len(dataset)))))
    size = [int(loader.height), int(loader.width)]
    images = image_names(dataset, labels)
    return Contents(ids, list(labels.values()), places, [size], images)


def _place(name: str, dataset, index: int) -> str:
    """Say where an image of a data set is."""
    if hasattr(dataset, "image_path"):
        return f"{name}: {dataset.image_path(index)}"
    return f"{name}: image {index}"


def _contents_of_batches(name: str, batches: Sequence) -> Contents:
    contents, sizes = Contents([], [], [], [], {}), set()
    # By number: a list that is iterated over may do more than give batches
    for number in range(len(batches)):
        place = f"{name}, batch {number + 1}"
        X, Y = _checked_batch(place, batches[number])
        sizes.add(X.shape[2:])
        contents.ids.extend(
            hashlib.sha256(image.tobytes()).hexdigest() for image in X.asnumpy()
        )
        contents.places.extend(f"{place}, image {i}" for i in range(len(Y)))
        contents.labels.extend(Y)
    contents.sizes.extend(list(size) for size in sorted(sizes))
    return contents


def _checked_batch(place: str, batch: Sequence) -> tuple:
    """Return X and Y, the latter as a NumPy array; raise for wrong shapes."""
    try:
        X, Y = batch
        for array in (X, Y):
            if not isinstance(array, nd.NDArray):
                raise TypeError(
                    f"got {type(array).__name__}, make it with mxnet.np.array"
                )
        check_images(X)
        labels = Y.asnumpy()
        check_batch(X, labels, math.inf)  # classes have their own message
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"{place} must be X (B, 3, height, width) and Y (B, M, 6): {error}"
        ) from None
    return X, labels


def _check_enough(
    train: Contents,
    val: Contents | None,
    num_classes: int,
    classes: Sequence[str],
) -> None:
    """Raise if there is no object to learn, or none of a class that has a name.

    Of a class without a name, nobody has asked for objects: that is a warning.
    """
    shown, judged = (
        dict(enumerate(c.labels)) if c else {} for c in (train, val)
    )
    found = {int(k) for rows in train.labels for k in rows[:, 0] if k >= 0}
    if classes or not found:
        names = classes or list(map(str, range(num_classes)))
        return check_enough(shown, judged, names)
    missing = sorted(set(range(num_classes)) - found)
    if missing:
        warnings.warn(
            f"train_iter has no object of class {', '.join(map(str, missing))}, "
            "and the network will not find any; there are objects of class "
            f"{', '.join(map(str, sorted(found)))}",
            stacklevel=4,
        )


def _files(loader: Sequence, indices: Sequence[int]) -> str:
    """Name the files of images, as the end of a message."""
    dataset = getattr(loader, "dataset", None)
    if not hasattr(dataset, "image_path"):
        return ""
    paths = ", ".join(str(dataset.image_path(i)) for i in indices)
    return f". The images' files: {paths}"

"""Batches for training and for prediction, made in worker processes."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import torch
from torch.utils.data import Dataset, SequentialSampler

from d2l_ssd.anchors import ssd_anchors
from d2l_ssd.augmentation import augment_detection
from d2l_ssd.batches import Batches
from d2l_ssd.checkpoints import ModelSettings, as_image_size
from d2l_ssd.checks import as_count, as_labels
from d2l_ssd.data import InputDataset
from d2l_ssd.feature_maps import feature_map_shapes
from d2l_ssd.fitting import fit_sample
from d2l_ssd.processes import ALONE, Processes
from d2l_ssd.sampling import EpochSampler
from d2l_ssd.targets import ssd_targets


def default_workers() -> int:
    """Return how many processes should make batches.

    On a CPU the network needs all cores, and making a batch takes a tenth of
    the time of a step: none but this one.
    """
    return 4 if torch.cuda.is_available() else 0


class TargetDataset(Dataset):
    """Make inputs and targets of a data set's images.

    Item (epoch, i) is X (3, H, W) float32, class targets (A,) int64, offset
    targets (A, 4) float32 and the image's name.

    Args:
        inputs: an InputDataset.
        anchors: (A, 4) corners; SSD's own if None.
        pos_iou, neg_iou: as for `ssd_targets`.
    """

    def __init__(
        self,
        inputs: InputDataset,
        anchors: np.ndarray | None = None,
        pos_iou: float = 0.5,
        neg_iou: float = 0.5,
    ) -> None:
        if anchors is None:
            shapes = feature_map_shapes(inputs.height, inputs.width)
            anchors = ssd_anchors(shapes)
        self.inputs, self.anchors = inputs, anchors
        self.ious = pos_iou, neg_iou

    def __len__(self) -> int:
        return len(self.inputs)

    def __getitem__(
        self, key: tuple[int, int]
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray, str]:
        X, labels = self.inputs[key]
        labels = as_labels(labels)[None]
        classes, offsets = ssd_targets(labels, self.anchors, *self.ious)
        name = self.inputs.dataset.ids[key[1]]
        return X, classes[0].astype(np.int64), offsets[0], name


class BatchLoader(Batches):
    """Give batches with their arrays as tensors.

    The batches themselves are NumPy's: tensors would need space in /dev/shm to
    come from a worker.
    """

    def __iter__(self) -> Iterator[list]:
        return map(_to_tensors, super().__iter__())


def training_loader(
    dataset: Sequence,
    image_size: int | tuple[int, int],
    batch_size: int,
    seed: int = 0,
    num_workers: int = 2,
    augment: Callable | None = augment_detection,
    processes: Processes = ALONE,
    settings: ModelSettings | None = None,
    scale_anchors: bool = True,
) -> BatchLoader:
    """Return a loader of augmented images and their targets.

    A batch is a list of X (B, 3, H, W), class targets (B, A), offset targets
    (B, A, 4) and the images' names. Order and augmentation depend only on seed,
    epoch and image; `loader.sampler.set_epoch` names the epoch. Of several
    processes each loads its shard of an epoch, and of each batch.

    Args:
        dataset: item i is (image, labels); has `ids`.
        image_size: of the inputs in pixels, (height, width) or the side of
            square ones, multiples of 32.
        batch_size: of all processes together.
        seed: of order and augmentation.
        num_workers: processes that make batches; 0 makes them in this one.
        augment: as in InputDataset.
        processes: which one this is.
        settings: say how images are fitted, and which anchors there are. The
            book's if None.
        scale_anchors: whether the anchors scale with the image, see
            `ModelSettings.anchors`.

    Raises:
        ValueError: image_size, batch_size or num_workers cannot be.
    """
    settings = settings or ModelSettings()
    anchors = settings.anchors(image_size, scale_anchors)
    inputs = _inputs(dataset, image_size, settings.fit, augment, seed)
    rank, world_size = processes.rank, processes.world_size
    batch_size = as_count(batch_size, "batch_size")
    if batch_size % world_size:
        raise ValueError(
            "batch_size must be a multiple of the number of processes, got "
            f"{batch_size} images for {world_size} processes"
        )
    return BatchLoader(
        TargetDataset(inputs, anchors),
        EpochSampler(len(dataset), seed, rank=rank, world_size=world_size),
        batch_size // world_size,
        _stack_targets,
        num_workers,
        # An int64 class and four float32 offsets per anchor
        item_bytes=_input_bytes(inputs) + 24 * len(anchors),
        # One image's batch normalization would have no variance to divide by
        drop_last=len(dataset) >= batch_size,
        start=_one_thread,
    )


def prediction_loader(
    dataset: Sequence,
    image_size: int | tuple[int, int],
    batch_size: int,
    num_workers: int,
    fit: str = "squeeze",
) -> BatchLoader:
    """Return a loader of X (B, 3, H, W) and a list of labels (M, 6).

    Args:
        dataset, image_size, num_workers: as for `training_loader`.
        batch_size: images per batch.
        fit: how images get the input's proportions, see `fit_sample`.

    Raises:
        ValueError: image_size, batch_size or num_workers cannot be.
    """
    inputs = _inputs(dataset, image_size, fit)
    return BatchLoader(
        inputs,
        SequentialSampler(dataset),
        batch_size,
        _stack_images,
        num_workers,
        item_bytes=_input_bytes(inputs),
        start=_one_thread,
    )


def _inputs(
    dataset: Sequence,
    image_size: int | tuple[int, int],
    fit: str,
    augment: Callable | None = None,
    seed: int = 0,
) -> InputDataset:
    """Return the inputs that a data set's images make."""
    height, width = as_image_size(image_size)
    change = functools.partial(_change, augment, height, width, fit)
    return InputDataset(dataset, height, width, change, seed)


def _change(
    augment: Callable | None,
    height: int,
    width: int,
    fit: str,
    image: np.ndarray,
    labels: np.ndarray,
    rng: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray]:
    """Augment an image, and fit it to the input."""
    if augment is not None:
        image, labels = augment(image, labels, rng)
    return fit_sample(image, labels, height, width, fit)


def _input_bytes(inputs: InputDataset) -> int:
    return 12 * inputs.height * inputs.width  # three float32 per pixel


def _stack_targets(samples: list) -> list:
    images, classes, offsets, names = zip(*samples)
    return [np.stack(images), np.stack(classes), np.stack(offsets), names]


def _stack_images(samples: list) -> list:
    images, labels = zip(*samples)
    return [np.stack(images), list(labels)]


def _to_tensors(batch: list) -> list:
    """Return a batch with tensors for its arrays, ready for a GPU's copy."""
    return [_to_tensor(part) for part in batch]


def _to_tensor(part: Any) -> Any:
    if not isinstance(part, np.ndarray):
        return part
    tensor = torch.from_numpy(part)
    return tensor.pin_memory() if torch.cuda.is_available() else tensor


_one_thread = functools.partial(torch.set_num_threads, 1)

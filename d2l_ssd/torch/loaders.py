"""Batches for training and for prediction, made in worker processes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import cv2
import numpy as np
import torch
from torch.utils.data import DataLoader, Dataset

from d2l_ssd.anchors import ssd_anchors
from d2l_ssd.augmentation import augment_detection
from d2l_ssd.data import InputDataset
from d2l_ssd.feature_maps import feature_map_shapes
from d2l_ssd.sampling import EpochSampler
from d2l_ssd.targets import ssd_targets
from d2l_ssd.torch.distributed import ALONE, Processes


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
        classes, offsets = ssd_targets(labels[None], self.anchors, *self.ious)
        name = self.inputs.dataset.ids[key[1]]
        return X, classes[0].astype(np.int64), offsets[0], name


def training_loader(
    dataset: Sequence,
    image_size: int,
    batch_size: int,
    seed: int = 0,
    num_workers: int = 2,
    augment: Callable | None = augment_detection,
    processes: Processes = ALONE,
) -> DataLoader:
    """Return a DataLoader of augmented images and their targets.

    Order and augmentation depend only on seed, epoch and image;
    `loader.sampler.set_epoch` names the epoch. Of several processes each loads
    its shard of an epoch, and of each batch.

    Args:
        dataset: item i is (image, labels); has `ids`.
        image_size: side of the inputs in pixels, a multiple of 32.
        batch_size: of all processes together.
        seed: of order and augmentation.
        num_workers: processes that make batches; 0 makes them in this one.
        augment: as in InputDataset.
        processes: which one this is.
    """
    inputs = InputDataset(dataset, image_size, image_size, augment, seed)
    rank, world_size = processes.rank, processes.world_size
    return DataLoader(
        TargetDataset(inputs),
        batch_size // world_size,
        sampler=EpochSampler(
            len(dataset), seed, rank=rank, world_size=world_size
        ),
        num_workers=num_workers,
        worker_init_fn=_start_worker,
        # One image's batch normalization would have no variance to divide by
        drop_last=len(dataset) >= batch_size,
        pin_memory=torch.cuda.is_available(),
        persistent_workers=num_workers > 0,
    )


def prediction_loader(
    dataset: Sequence, image_size: int, batch_size: int, num_workers: int
) -> DataLoader:
    """Return a DataLoader of X (B, 3, H, W) and a list of labels (M, 6)."""
    return DataLoader(
        InputDataset(dataset, image_size, image_size),
        batch_size,
        num_workers=num_workers,
        worker_init_fn=_start_worker,
        collate_fn=_stack_images,
    )


def _stack_images(samples: list) -> tuple[torch.Tensor, list[np.ndarray]]:
    images, labels = zip(*samples)
    return torch.from_numpy(np.stack(images)), list(labels)


def _start_worker(number: int) -> None:
    """Let OpenCV use one thread in a worker: the workers share the cores."""
    cv2.setNumThreads(0)

"""Batches for MXNet of VOC folders and of the drawn data set."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence

import mxnet as mx

from d2l_ssd.batches import Batches
from d2l_ssd.checks import as_count, check_class_names
from d2l_ssd.data import InputDataset, random_flip, stack_batch
from d2l_ssd.datasets import VOCDetection
from d2l_ssd.downloads import download_voc2012
from d2l_ssd.feature_maps import feature_map_shapes
from d2l_ssd.sampling import EpochSampler
from d2l_ssd.toy import make_toy_voc


class BatchLoader:
    """Give batches of X (B, 3, H, W) and Y (B, M, 6), epoch after epoch.

    Every pass is the next epoch, from 0: with a new order, and new draws for
    what is random. `set_epoch` says which one is next; `epoch` is its number.

    Attributes:
        dataset: the images as they are, what InputDataset was given.
        classes: the names of its classes; None if it has none.
        height, width: of the inputs, in pixels.
        batch_size, augment, seed: how batches are made.

    Args:
        inputs: the images, resized, and their labels.
        batch_size: images B of a batch.
        shuffle: shuffle each epoch anew, and drop the last batch if it is
            incomplete (but not the only one). Else all images come in the
            data set's order.
        num_workers: processes that read; 0 reads in this one.
    """

    def __init__(
        self,
        inputs: InputDataset,
        batch_size: int,
        shuffle: bool,
        num_workers: int,
    ) -> None:
        self.dataset = inputs.dataset
        self.classes = getattr(inputs.dataset, "classes", None)
        self.height, self.width = inputs.height, inputs.width
        self.batch_size = batch_size
        self.augment, self.seed = inputs.augment, inputs.seed
        self.epoch = 0
        self._batches = Batches(
            inputs,
            EpochSampler(len(inputs), inputs.seed, shuffle),
            batch_size,
            stack_batch,
            num_workers,
            item_bytes=12 * inputs.height * inputs.width,  # float32 pixels
            # Batches of one size: the network's memory is planned once
            drop_last=shuffle and len(inputs) >= batch_size,
        )

    def __len__(self) -> int:
        return len(self._batches)

    def __iter__(self) -> Iterator[list[mx.np.ndarray]]:
        self._batches.sampler.set_epoch(self.epoch)
        self.epoch += 1
        for batch in self._batches:
            yield [mx.np.array(array, dtype=array.dtype) for array in batch]

    def set_epoch(self, epoch: int) -> None:
        """Make the next pass that of an epoch, whatever came before."""
        self.epoch = epoch

    def batch_indices(self, epoch: int, batch: int) -> list[int]:
        """Return the data set's indices of an epoch's batch, from 0."""
        self._batches.sampler.set_epoch(epoch)
        return [index for _, index in list(self._batches.keys())[batch]]


def load_data_voc_detection(
    batch_size: int,
    height: int,
    width: int,
    classes: Sequence[str] | None = ("cat", "dog"),
    root: str | os.PathLike | None = None,
    augment: Callable | None = random_flip,
    seed: int = 0,
    num_workers: int = 2,
    all_images: bool = False,
) -> tuple[BatchLoader, BatchLoader]:
    """Load the training and validation batches of a VOC folder, with MXNet.

    Args:
        batch_size: images B of a batch.
        height, width: of the inputs, in pixels.
        classes: names of the K classes; None takes all that occur.
        root: the folder that holds JPEGImages/; None downloads VOC2012 (2 GB).
        augment: what is done to training images, see InputDataset; None for
            nothing.
        seed: orders and augmentation depend on nothing else.
        num_workers: processes that read; 0 reads in this one.
        all_images: keep also the images that show none of the classes.

    Returns:
        Two loaders, training and validation. A batch is
        X (B, 3, height, width) float32 and Y (B, M, 6) float32, rows
        [class, xmin, ymin, xmax, ymax, difficult] or -1 for padding. Training
        is shuffled, each pass anew, and drops the last, incomplete batch;
        `loader.set_epoch(n)` makes the next pass the n-th, from 0, whatever
        came before. Validation keeps the order and all images.

    Raises:
        FileNotFoundError, ValueError: see VOCDetection.
        ConnectionError: VOC2012 cannot be downloaded.
    """
    if classes is not None:  # before a download of 2 GB
        check_class_names(classes)
    as_count(batch_size, "batch_size")
    as_count(num_workers, "num_workers", 0)
    feature_map_shapes(height, width)
    root = download_voc2012() if root is None else root
    train, val = (
        VOCDetection(root, split, classes, all_images)
        for split in ("train", "val")
    )
    train = InputDataset(train, height, width, augment, seed)
    val = InputDataset(val, height, width, seed=seed)
    return (
        BatchLoader(train, batch_size, True, num_workers),
        BatchLoader(val, batch_size, False, num_workers),
    )


def load_data_toy(
    batch_size: int,
    height: int = 256,
    width: int = 256,
    num_train: int = 2000,
    num_val: int = 500,
    root: str | os.PathLike = "../data/toy_voc",
    **options,
) -> tuple[BatchLoader, BatchLoader]:
    """Load the drawn data set of cats and dogs, made on first use.

    Images that show neither cat nor dog are kept.

    Args:
        batch_size, height, width: as for `load_data_voc_detection`.
        num_train, num_val: images.
        root: the folder where they are made.
        options: the others of `load_data_voc_detection`.

    Returns:
        The two loaders, training and validation.
    """
    make_toy_voc(root, num_train, num_val)
    return load_data_voc_detection(
        batch_size, height, width, root=root, all_images=True, **options
    )

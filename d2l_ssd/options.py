"""What a training run depends on, besides its images: the command line's options."""

from __future__ import annotations

import math
import numbers
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field

from d2l_ssd.augmentation import augment_detection
from d2l_ssd.data import random_flip
from d2l_ssd.feature_maps import feature_map_shapes

PRECISIONS = "bfloat16", "float32"


def _option(default, text: str, choices: Sequence[str] | None = None):
    """Return a field whose help and choices the command line shows."""
    metadata = {"help": text, "choices": choices}
    if isinstance(default, list):
        return field(default_factory=lambda: list(default), metadata=metadata)
    return field(default=default, metadata=metadata)


@dataclass(frozen=True)
class TrainOptions:
    """What a training run depends on, besides its images.

    Args:
        num_epochs: passes over the training images.
        batch_size: images per step, in all processes together. A smaller set
            makes one smaller batch.
        image_sizes: sides of the square training images, multiples of 32;
            they share the epochs equally, in this order.
        learning_rate: the maximum, see `learning_rate_at`.
        weight_decay: of the convolutions' weights.
        max_norm: longer gradients are shortened to it.
        precision: of the forward pass, "bfloat16" or "float32".
        seed: of the weights, the order of the images and their augmentation.
        flip_only: number of epochs at the end whose images are only flipped.
        init_from: folder of a run, to begin with its weights; "" for none.

    Raises:
        ValueError: an option has a value that it cannot have.
    """

    num_epochs: int = _option(30, "passes over the training images")
    batch_size: int = _option(
        16,
        "images per step, in all processes together; a smaller set makes one "
        "smaller batch",
    )
    # The network is fully convolutional and the anchors scale with the image:
    # it learns most of what there is to learn on smaller, cheaper images
    image_sizes: list[int] = _option(
        [256],
        "sides of the square training images; they share the epochs equally, "
        "in this order",
    )
    learning_rate: float = _option(1e-3, "the maximum learning rate")
    weight_decay: float = _option(1e-4, "weight decay of the convolutions")
    max_norm: float = _option(
        10.0, "largest norm of a gradient; longer ones are shortened"
    )
    precision: str = _option(
        "bfloat16", "of the forward pass: bfloat16 or float32", PRECISIONS
    )
    seed: int = _option(
        0, "of the weights, the order of the images and their augmentation"
    )
    flip_only: int = _option(
        0, "number of epochs at the end whose images are only flipped"
    )
    init_from: str = _option("", "folder of a run: begin with its weights")

    def __post_init__(self) -> None:
        if self.precision not in PRECISIONS:
            raise ValueError(
                f"precision must be one of {', '.join(PRECISIONS)}, "
                f"got {self.precision!r}"
            )
        for name in ("num_epochs", "batch_size"):
            _check_number(name, getattr(self, name), whole=True, least=1)
        for name in ("learning_rate", "max_norm"):
            _check_number(name, getattr(self, name), positive=True)
        _check_number("weight_decay", self.weight_decay)
        for name in ("seed", "flip_only"):
            _check_number(name, getattr(self, name), whole=True)
        if self.flip_only > self.num_epochs:
            raise ValueError(
                f"flip_only must be at most num_epochs {self.num_epochs}, got "
                f"{self.flip_only}"
            )
        self._check_image_sizes()

    def _check_image_sizes(self) -> None:
        sizes = self.image_sizes
        if isinstance(sizes, (str, numbers.Number)):
            raise ValueError(
                f"image_sizes must be a list of sides, got {sizes!r}: write "
                f"[{sizes}]"
            )
        if not 0 < len(sizes) <= self.num_epochs:
            raise ValueError(
                "image_sizes must name at least one size, and at most one per "
                f"epoch of {self.num_epochs}, got {list(sizes)}"
            )
        for size in sizes:
            _check_number("image_sizes", size, whole=True, least=1)
            try:
                feature_map_shapes(size, size)
            except ValueError as error:
                raise ValueError(f"image_sizes: {error}") from None

    def as_dict(self) -> dict:
        """Return the options by name, as checkpoints keep them."""
        return asdict(self)

    def image_size(self, epoch: int) -> int:
        """Return the side of the training images of an epoch, from 0."""
        return self.image_sizes[
            epoch * len(self.image_sizes) // self.num_epochs
        ]

    def augment(self, epoch: int) -> Callable:
        """Return what changes the training images of an epoch, from 0."""
        last = epoch >= self.num_epochs - self.flip_only
        return random_flip if last else augment_detection


def _check_number(
    name: str,
    value,
    whole: bool = False,
    positive: bool = False,
    least: float = 0,
) -> None:
    """Raise ValueError for what is no finite number, or too small."""
    kind = numbers.Integral if whole else numbers.Real
    good = isinstance(value, kind) and not isinstance(value, bool)
    if good and math.isfinite(value):
        if value > 0 if positive else value >= least:
            return
    number = "a whole number" if whole else "a number"
    bound = "above 0" if positive else f"of {least} or more"
    raise ValueError(f"{name} must be {number} {bound}, got {value!r}")

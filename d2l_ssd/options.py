"""What a training run depends on, besides its images: the command line's options."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field

from d2l_ssd.augmentation import augment_detection
from d2l_ssd.data import random_flip
from d2l_ssd.feature_maps import feature_map_shapes

PRECISIONS = "bfloat16", "float32"


def _option(default, text: str):
    """Return a field whose help the command line shows."""
    metadata = {"help": text}
    if isinstance(default, list):
        return field(default_factory=lambda: list(default), metadata=metadata)
    return field(default=default, metadata=metadata)


@dataclass(frozen=True)
class TrainOptions:
    """What a training run depends on, besides its images.

    Raises:
        ValueError: an option has a value that it cannot have.
    """

    num_epochs: int = _option(30, "passes over the training images")
    batch_size: int = _option(16, "images per step, in all processes together")
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
        "bfloat16", "of the forward pass: bfloat16 or float32"
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
        for name in (
            "num_epochs", "batch_size", "learning_rate", "max_norm"
        ):  # fmt: skip
            if getattr(self, name) <= 0:
                raise ValueError(
                    f"{name} must be positive, got {getattr(self, name)}"
                )
        for name in ("weight_decay", "seed", "flip_only"):
            if getattr(self, name) < 0:
                raise ValueError(
                    f"{name} must not be negative, got {getattr(self, name)}"
                )
        if not self.image_sizes:
            raise ValueError("image_sizes must name at least one size, got []")
        for size in self.image_sizes:
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

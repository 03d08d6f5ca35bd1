"""What a training run depends on, besides its images: the command line's options."""

from __future__ import annotations

import math
import numbers
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, fields

from d2l_ssd.anchors import RATIOS, SIZES
from d2l_ssd.checkpoints import ModelSettings, as_image_size
from d2l_ssd.fitting import FITS
from d2l_ssd.zooming import AUGMENTATIONS, FLIPS, Augmentation

PRECISIONS = "bfloat16", "float32"
CLASS_WEIGHTS = "equal", "balanced"
UNITS = "fractions", "pixels"


def _option(default, text: str, choices: Sequence[str] | None = None):
    """Return a field whose help and choices the command line shows."""
    return field(default=default, metadata={"help": text, "choices": choices})


@dataclass(frozen=True)
class TrainOptions:
    """What a training run depends on, besides its images.

    Args:
        num_epochs: passes over the training images.
        batch_size: images per step, in all processes together. A smaller set
            makes one smaller batch.
        image_sizes: of the inputs, each the side of square ones or (height,
            width), multiples of 32; they share the epochs equally, in this
            order.
        fit: how images get the input's proportions, see `fit_sample`.
        sizes, ratios: of the anchors, see `ssd_anchors`.
        anchors_in: what the anchors' sizes keep in inputs of other sizes than
            the last: "fractions" of the image, or "pixels", in which a network
            predicts.
        photograph_size: see `ModelSettings`.
        augmentation, flips: see `Augmentation`.
        flip_only: number of epochs at the end whose images are only flipped.
        learning_rate: the maximum, see `learning_rate_at`.
        weight_decay: of the convolutions' weights, see AdamW.
        max_norm: longer gradients are shortened to it.
        localization_weight: of the localization loss, see `DetectionLoss`.
        class_weights: "equal", or "balanced" for weights of the classes that
            make up for the number of their objects, see `balanced_weights`.
        average: decay of the running mean of the weights, which is what the
            run is judged by; 0 for none.
        precision: of the forward pass, "bfloat16" or "float32".
        sync_batch_norm: whether several processes normalize with the mean and
            the variance of all their images, as one process would, and not
            each with those of its own; see `SyncBatchNorm`.
        seed: of the weights, the order of the images and their augmentation.
        init_from: folder of a run, "drawn" or "imagenet", to begin with its
            weights, see `begin_with`; "" for none.

    Raises:
        ValueError: an option has a value that it cannot have.
    """

    num_epochs: int = _option(30, "passes over the training images")
    batch_size: int = _option(
        8,
        "images per step, in all processes together; a smaller set makes one "
        "smaller batch",
    )
    # The network is fully convolutional and the anchors scale with the image:
    # it learns most of what there is to learn on smaller, cheaper images
    image_sizes: list = field(default_factory=lambda: [256])
    fit: str = _option(
        "squeeze", "how images get the input's proportions", FITS
    )
    sizes: tuple = SIZES
    ratios: tuple = RATIOS
    anchors_in: str = _option(
        "fractions",
        "with several image sizes: anchors keep their fractions of the image, or "
        "their pixels",
        UNITS,
    )
    photograph_size: tuple[int, int] | None = None
    augmentation: str = _option(
        "zoom",
        "zoom: light, and a window of random size; ssd: light, and the SSD "
        "paper's canvas and crops",
        AUGMENTATIONS,
    )
    flips: str = _option(
        "horizontal",
        "mirror images at random: horizontal (left to right), both (top to bottom, "
        "too: for what has no upright, such as cells), none (for what may not be "
        "mirrored, such as letters)",
        FLIPS,
    )
    flip_only: int = _option(
        0, "number of epochs at the end whose images are only flipped"
    )
    learning_rate: float = _option(1e-3, "the maximum learning rate")
    weight_decay: float = _option(0.05, "weight decay of the convolutions")
    max_norm: float = _option(
        5.0, "largest norm of a gradient; longer ones are shortened"
    )
    localization_weight: float = _option(1.5, "weight of the localization loss")
    class_weights: str = _option(
        "equal",
        "balanced: objects of rare classes count more in the loss",
        CLASS_WEIGHTS,
    )
    average: float = _option(
        0.998, "decay of the running mean of the weights; 0 for none"
    )
    precision: str = _option(
        "bfloat16", "of the forward pass: bfloat16 or float32", PRECISIONS
    )
    sync_batch_norm: bool = _option(
        False,
        "several processes: normalize batches with the statistics of all their "
        "images, as one process would; it costs time",
    )
    seed: int = _option(
        0, "of the weights, the order of the images and their augmentation"
    )
    init_from: str = ""

    def __post_init__(self) -> None:
        for spec in fields(self):
            choices, value = (
                spec.metadata.get("choices"),
                getattr(self, spec.name),
            )
            if choices and value not in choices:
                raise ValueError(
                    f"{spec.name} must be one of {', '.join(choices)}, got "
                    f"{value!r}"
                )
        for name in ("num_epochs", "batch_size"):
            _check_number(name, getattr(self, name), whole=True, least=1)
        for name in ("learning_rate", "max_norm"):
            _check_number(name, getattr(self, name), positive=True)
        for name in ("weight_decay", "localization_weight"):
            _check_number(name, getattr(self, name))
        for name in ("seed", "flip_only"):
            _check_number(name, getattr(self, name), whole=True)
        if not 0 <= self.average < 1:
            raise ValueError(
                f"average must be at least 0 and less than 1, got {self.average}"
            )
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
            try:
                as_image_size(size)
            except ValueError as error:
                message = str(error).replace("image_size", "image_sizes", 1)
                raise ValueError(message) from None

    def as_dict(self) -> dict:
        """Return the options by name, as checkpoints keep and compare them.

        What the photographs are like is no option; `settings` has it.
        """
        sizes = [as_image_size(size) for size in self.image_sizes]
        options = {**asdict(self), "image_sizes": sizes}
        del options["photograph_size"]
        return options

    @property
    def settings(self) -> ModelSettings:
        """How the trained network sees an image."""
        return ModelSettings(
            self.image_sizes[-1],
            self.sizes,
            self.ratios,
            fit=self.fit,
            photograph_size=self.photograph_size,
        )

    @property
    def scale_anchors(self) -> bool:
        """Whether anchors scale with the inputs, see `ModelSettings.anchors`."""
        return self.anchors_in == "fractions"

    def image_size(self, epoch: int) -> int | tuple[int, int]:
        """Return the size of the training inputs of an epoch, from 0."""
        return self.image_sizes[
            epoch * len(self.image_sizes) // self.num_epochs
        ]

    def augment(self, epoch: int) -> Callable:
        """Return what changes the training images of an epoch, from 0."""
        last = epoch >= self.num_epochs - self.flip_only
        return Augmentation("none" if last else self.augmentation, self.flips)


def check_running(num_workers: int, evaluate_every: int) -> None:
    """Raise ValueError for what a training's result does not depend on.

    Args:
        num_workers, evaluate_every: see `d2l_ssd.torch.Run`.
    """
    for name, value, least in (
        ("num_workers", num_workers, 0),
        ("evaluate_every", evaluate_every, 1),
    ):
        if isinstance(value, bool) or not isinstance(value, int):
            raise ValueError(f"{name} must be a whole number, got {value!r}")
        if value < least:
            raise ValueError(f"{name} must be {least} or more, got {value}")


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

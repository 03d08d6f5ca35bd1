"""What the stored weights are trained on, and how: every number in one place."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from pathlib import Path

from d2l_ssd.anchors import SIZES
from d2l_ssd.datasets import LabeledImages, open_dataset
from d2l_ssd.options import TrainOptions
from d2l_ssd.toy import make_toy_voc


@dataclass(frozen=True)
class Recipe:
    """Images, anchors and options of a training.

    Validation and test images are those of the book's own set ("drawn"), which
    has seed 0; the training images have another seed, and backgrounds of their
    own.

    Args:
        data: folder of the training images, drawn where they are missing.
        num_train, seed: of the training images.
        clutter: share of them whose background is clutter.
        judged: the data set that has validation and test images.
        sizes: of the anchors.
        options: of the training that differ from the package's.
    """

    data: str = "data/toy_weights"
    num_train: int = 16_000
    seed: int = 1
    clutter: float = 0.25
    judged: str = "drawn"
    sizes: tuple = SIZES
    options: dict = field(
        default_factory=lambda: {"num_epochs": 20, "batch_size": 16}
    )

    def draw(self) -> Path:
        """Draw the training images, if they are not there; return their folder."""
        counts = dict(num_train=self.num_train, num_val=0, seed=self.seed)
        return Path(make_toy_voc(self.data, **counts, clutter=self.clutter))

    def open_train(self) -> LabeledImages:
        """Open the training images."""
        return open_dataset(self.draw(), "train")

    def open_judged(self, split: str) -> LabeledImages:
        """Open the validation ("val") or the test images ("test")."""
        return open_dataset(self.judged, split, self.open_train().classes)

    def train_options(self) -> TrainOptions:
        """Return all options of the training."""
        return TrainOptions(sizes=self.sizes, **self.options)

    def describe(self) -> str:
        """Say in words what the images are."""
        return (
            f"{self.num_train:,} drawn training images (`make_toy_voc(…, "
            f"{self.num_train}, 0, seed={self.seed}, clutter={self.clutter})`: "
            f"{self.clutter:.0%} on clutter); validation and test images of "
            "the book's own set, which have another seed and backgrounds of "
            "their own"
        )

    def as_dict(self) -> dict:
        """Return the recipe by name, as JSON keeps it."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict) -> Recipe:
        """Make a recipe of what `as_dict` returns, or JSON of it."""
        sizes = tuple(map(tuple, values["sizes"]))
        return cls(**{**values, "sizes": sizes})

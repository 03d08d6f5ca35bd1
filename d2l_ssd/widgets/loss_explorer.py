"""The explorer of the loss: what each anchor pays, and for what."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import traitlets
from ipywidgets import Dropdown, SelectionSlider, Widget
from numpy.typing import ArrayLike

from d2l_ssd.anchors import RATIOS, SIZES, ssd_anchors
from d2l_ssd.checks.lengths import check_same_length
from d2l_ssd.widgets.base import (
    MAP_SHAPES,
    Explorer,
    GalleryView,
    read_bundle,
)
from d2l_ssd.widgets.controls import image_dropdown
from d2l_ssd.widgets.encoding import (
    clean_labels,
    encode_images,
    pack,
    pack_boxes,
)
from d2l_ssd.widgets.loss_terms import (
    MIN_NEGATIVES,
    AnchorLosses,
    LossTerms,
    anchor_losses,
    choose_negatives,
    sum_losses,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MINING_RATIOS = (0, 1, 2, 3, 5, 10, 30, 100, math.inf)  # negatives per positive
NETWORKS = ("after training", "all logits 0")
PICKS = ("the hardest", "random ones")
DIVISORS = ("positives, N", "all anchors")
SURE = 0.01  # a background anchor with less doubt travels as its loss alone
MANY = 10  # anchors that the static picture outlines


class LossView(GalleryView):
    """An image with a square for every anchor, as large as what it pays."""

    _esm = read_bundle("loss_explorer.js")
    _css = read_bundle("loss_explorer.css")
    map_shapes = traitlets.List().tag(sync=True)
    sizes = traitlets.List().tag(sync=True)
    ratios = traitlets.List().tag(sync=True)
    backgrounds = traitlets.List(
        traitlets.Bytes(), help="per image (A,) float16: -ln p(background)"
    ).tag(sync=True)
    details = traitlets.List(
        traitlets.Bytes(),
        help="per image (n, 1+K+1+4): anchor, probabilities and offsets, of "
        "anchors that are positive or not sure",
    ).tag(sync=True)
    mining_ratios = traitlets.List(
        help="negatives per positive anchor; null for all"
    ).tag(sync=True)
    min_negatives = traitlets.Int(MIN_NEGATIVES).tag(sync=True)
    image = traitlets.Int().tag(sync=True)
    network = traitlets.Int(help="one of NETWORKS").tag(sync=True)
    mining = traitlets.Int(help="one of mining_ratios").tag(sync=True)
    pick = traitlets.Int(help="one of PICKS").tag(sync=True)
    divisor = traitlets.Int(help="one of DIVISORS").tag(sync=True)
    anchor = traitlets.Int(-1, help="the one selected; -1: pays most").tag(
        sync=True
    )
    guesses = traitlets.Dict(
        help='"image/network" -> which share was guessed, and of what setting'
    ).tag(sync=True)


class LossExplorer(Explorer):
    """What each anchor pays: guess which share is the background's, then look.

    Args:
        images: list of G images (H, W, 3) uint8, RGB, as the network sees them.
        truths: list of G arrays (M, 5 or 6) of labels
            [class, xmin, ymin, xmax, ymax, ...]; rows of class -1 are padding.
        class_probs: (G, A, K+1) probabilities, class 0 is background; each row
            is scaled to the sum 1.
        offsets: (G, A, 4) as predicted.
        image: the number of the image at first. If None, the one on which
            background anchors pay the largest share.
        sizes, ratios: of the anchors, as `ssd_anchors` takes them.
        class_names: names of the K classes.
        map_shapes: (height, width) of each map, fine to coarse.

    Raises:
        ValueError: the arguments do not fit each other, or the probability of an
            anchor's own class is 0, which would cost infinitely much.
    """

    def __init__(
        self,
        images: Sequence[np.ndarray],
        truths: Sequence[ArrayLike],
        class_probs: np.ndarray,
        offsets: np.ndarray,
        image: int | None = None,
        sizes: Sequence[Sequence[float]] = SIZES,
        ratios: Sequence[Sequence[float]] = RATIOS,
        class_names: Sequence[str] = ("cat", "dog"),
        map_shapes: Sequence[Sequence[int]] = MAP_SHAPES,
    ) -> None:
        self.anchors = ssd_anchors(map_shapes, sizes, ratios)
        self.images, self.truths = images, clean_labels(truths)
        probs = np.asarray(class_probs, np.float64)
        # Stored as halves, they miss 1 by as much as sure background anchors pay
        self.class_probs = probs / probs.sum(axis=-1, keepdims=True)
        self.offsets = np.asarray(offsets, np.float32)
        _check(self, len(class_names))
        packed = [self._pack(number) for number in range(len(images))]
        view = LossView(
            images=encode_images(images),
            truths=pack_boxes(self.truths),
            class_names=list(class_names),
            map_shapes=[list(shape) for shape in map_shapes],
            sizes=[list(row) for row in sizes],
            ratios=[list(row) for row in ratios],
            backgrounds=[background for background, _ in packed],
            details=[details for _, details in packed],
            mining_ratios=[r if r < math.inf else None for r in MINING_RATIOS],
            image=self._most_background() if image is None else image,
            mining=len(MINING_RATIOS) - 1,
        )
        super().__init__(view, _make_controls(view))

    def anchor_losses(self, image: int, network: int = 0) -> AnchorLosses:
        """Compute what each anchor of an image would pay if it counted.

        Args:
            image: its number.
            network: one of NETWORKS.
        """
        probs, offsets = self.class_probs[image], self.offsets[image]
        if network:
            probs = np.full_like(probs, 1 / probs.shape[1])
            offsets = np.zeros_like(offsets)
        return anchor_losses(probs, offsets, self.truths[image], self.anchors)

    @property
    def counted(self) -> np.ndarray:
        """The anchors that count at the controls' settings, (A,) bool."""
        view = self.view
        classes, losses, _ = self.anchor_losses(view.image, view.network)
        ratio = MINING_RATIOS[view.mining]
        hard = choose_negatives(losses, classes, ratio, view.pick == 0)
        return hard | (classes > 0)

    @property
    def terms(self) -> LossTerms:
        """The loss of the image at the controls' settings."""
        view = self.view
        losses = self.anchor_losses(view.image, view.network)
        divisor = len(losses.classes) if view.divisor else None
        return sum_losses(losses, self.counted, divisor)

    def _most_background(self) -> int:
        """Find the image on which background anchors pay the largest share."""
        shares = []
        for number in range(len(self.images)):
            losses = self.anchor_losses(number)
            terms = sum_losses(losses, np.full(len(losses.classes), True))
            total = terms.positive + terms.negative
            # Without objects, background pays everything: no surprise
            shares.append(
                terms.negative / total if terms.num_positives else 0.0
            )
        return int(np.argmax(shares))

    def _pack(self, image: int) -> tuple[bytes, bytes]:
        """Pack what the page needs to know of an image's outputs."""
        probs, offsets = self.class_probs[image], self.offsets[image]
        with np.errstate(divide="ignore"):  # surely an object, rounded
            background = -np.log(probs[:, 0])
        classes = self.anchor_losses(image).classes
        (rows,) = np.nonzero((background > SURE) | (classes > 0))
        details = np.column_stack([rows, probs[rows], offsets[rows]])
        return pack(background, np.float16), pack(details)

    def draw_static(self) -> Figure:
        """Draw the first image with the anchors that pay most."""
        import matplotlib.pyplot as plt

        from d2l_ssd.plotting import CLASS_COLORS, show_boxes

        view, losses = self.view, self.anchor_losses(self.view.image)
        figure, axes = plt.subplots(1, 2, figsize=(8, 4), layout="constrained")
        for ax in axes:
            height, width = self.images[view.image].shape[:2]
            ax.imshow(self.images[view.image])
            ax.set(xlim=(-0.5, width - 0.5), ylim=(height - 0.5, -0.5))
            ax.axis("off")
        rows = self.truths[view.image]
        labels = rows[:, 0].astype(int)
        names = [view.class_names[label] for label in labels]
        colors = [CLASS_COLORS[label] for label in labels]
        show_boxes(axes[0], rows[:, 1:], names, colors)
        axes[0].set_title(f"{(losses.classes > 0).sum()} positive anchors")
        self._draw_dearest(axes[1], losses)
        return figure

    def _draw_dearest(self, ax: Axes, losses: AnchorLosses) -> None:
        """Outline the anchors with the largest classification loss."""
        from d2l_ssd.plotting import COLORS, show_boxes

        order = np.argsort(-losses.classification, kind="stable")[:MANY]
        positive = losses.classes[order] > 0
        for rows, color in (
            (order[positive], COLORS["positive"]),
            (order[~positive], COLORS["miss"]),
        ):
            show_boxes(ax, self.anchors[rows], None, color, linewidth=1.5)
        ax.set_title(
            f"{(~positive).sum()} of the {MANY} that pay most are background"
        )


def _check(explorer: LossExplorer, num_classes: int) -> None:
    """Raise unless the outputs fit the images, the anchors and the classes."""
    probs, offsets = explorer.class_probs, explorer.offsets
    images, truths = explorer.images, explorer.truths
    check_same_length(images=images, truths=truths, class_probs=probs)
    shape = len(images), len(explorer.anchors)
    for name, array, columns in (
        ("class_probs", probs, num_classes + 1),
        ("offsets", offsets, 4),
    ):
        if array.shape != (*shape, columns):
            raise ValueError(
                f"{name} must have the shape {(*shape, columns)}, got "
                f"{array.shape}"
            )
    for number in range(len(probs)):
        if not np.isfinite(explorer.anchor_losses(number).classification).all():
            raise ValueError(
                f"class_probs of image {number} must be above 0 for each anchor's "
                "own class, since -ln 0 is infinite: pass what the network says "
                "of all anchors, not stored candidates"
            )


def _make_controls(view: LossView) -> dict[str, Widget]:
    """Return the controls by the trait that they drive."""
    names = [str(r) if r < math.inf else "all" for r in MINING_RATIOS]
    return {
        "image": image_dropdown(view.images, view.image),
        "network": Dropdown(options=NETWORKS, index=0, description="Network"),
        "mining": SelectionSlider(
            options=names, index=view.mining, description="Mining ratio"
        ),
        "pick": Dropdown(options=PICKS, index=0, description="Negatives"),
        "divisor": Dropdown(options=DIVISORS, index=0, description="Divide by"),
    }

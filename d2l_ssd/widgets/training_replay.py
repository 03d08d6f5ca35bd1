"""The chapter on training's explorer: what a network detects after each epoch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import traitlets
from ipywidgets import HBox, IntSlider, ToggleButton, Widget
from numpy.typing import ArrayLike

from d2l_ssd.detections import Detections
from d2l_ssd.error_analysis import detection_kinds
from d2l_ssd.widgets.base import Explorer, JudgedView, read_bundle
from d2l_ssd.widgets.controls import fine_slider, styled
from d2l_ssd.widgets.encoding import (
    clean_labels,
    encode_images,
    pack,
    pack_boxes,
    pack_difficult,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MIN_SCORE = 0.05  # of the detections that travel with the page
COLUMNS = 4  # of images in the static picture
LOSS_COLOR = "#444444"


class ReplayView(JudgedView):
    """Some images with their detections after an epoch, and curves of all."""

    _esm = read_bundle("training_replay.js")
    detections = traitlets.List(
        traitlets.Bytes(), help="per epoch (N, 7): image, class, score and box"
    ).tag(sync=True)
    losses = traitlets.Dict(help="name -> one number per epoch").tag(sync=True)
    ap50 = traitlets.List(help="AP at IoU 0.5 per epoch, or None").tag(
        sync=True
    )
    epoch = traitlets.Int(help="counted from 1").tag(sync=True)
    playing = traitlets.Bool().tag(sync=True)


class TrainingReplay(Explorer):
    """A training run, epoch by epoch: its losses, and what the network detects.

    Args:
        images: list of G images (H, W, 3) uint8, RGB.
        truths: list of G arrays (M, 6), rows
            [class, xmin, ymin, xmax, ymax, difficult]; rows of class -1 are
            padding.
        replay: for every epoch a list of Detections, of the G images at least.
        history: for every epoch a dict of numbers. Those whose name ends in
            "loss" are drawn, except those of validation (`val_...`), and
            "ap50" where it is there.
        score_threshold: of the detections shown, at first.
        epoch: the first that is shown, counted from 1; if None, the last one.
        class_names: names of the classes.

    Raises:
        ValueError: `replay` and `history` do not have the same epochs.
    """

    def __init__(
        self,
        images: Sequence[np.ndarray],
        truths: Sequence[ArrayLike],
        replay: Sequence[Sequence[Detections]],
        history: Sequence[Mapping[str, float]],
        score_threshold: float = 0.3,
        epoch: int | None = None,
        class_names: Sequence[str] = ("cat", "dog"),
    ) -> None:
        if len(replay) != len(history):
            raise ValueError(
                "replay and history must have the same epochs, got "
                f"{len(replay)} and {len(history)}"
            )
        count = len(images)
        self.images, self.truths = images, clean_labels(truths[:count], 6)
        self.replay = [list(found[:count]) for found in replay]
        view = ReplayView(
            images=encode_images(images, quality=80),
            truths=pack_boxes(self.truths),
            difficult=pack_difficult(self.truths),
            detections=[pack(_detection_rows(found)) for found in self.replay],
            losses=_training_losses(history),
            ap50=[row.get("ap50") for row in history],
            class_names=list(class_names),
            epoch=len(replay) if epoch is None else epoch,
            score_threshold=score_threshold,
        )
        super().__init__(view, *_make_controls(view))

    @property
    def detections(self) -> list[Detections]:
        """The images' Detections at the controls' settings."""
        least = np.float32(self.view.score_threshold)
        return [
            Detections(*(column[d.scores >= least] for column in d))
            for d in self.replay[self.view.epoch - 1]
        ]

    def draw_static(self) -> Figure:
        """Draw the images after the epoch shown first, and the losses."""
        import matplotlib.pyplot as plt

        rows = -(-len(self.images) // COLUMNS)
        figure = plt.figure(figsize=(8, 2.1 * rows + 2.6), layout="constrained")
        grid = figure.add_gridspec(rows + 1, COLUMNS)
        for number, found in enumerate(self.detections):
            ax = figure.add_subplot(grid[divmod(number, COLUMNS)])
            ax.imshow(self.images[number])
            ax.axis("off")
            _draw_judged(ax, found, self.truths[number])
        self._draw_losses(figure.add_subplot(grid[rows, :]))
        return figure

    def _draw_losses(self, ax: Axes) -> None:
        epochs = np.arange(len(self.replay)) + 1
        for (name, values), style in zip(self.view.losses.items(), ("-", "--")):
            label = name.replace("_", " ")
            ax.plot(epochs, values, style, color=LOSS_COLOR, label=label)
        ax.set(xlabel="epoch", ylabel="loss", ylim=(0, None))
        ax.legend()


def _make_controls(
    view: ReplayView,
) -> tuple[dict[str, Widget], list[Widget]]:
    """Return the controls by the trait that they drive, and their rows."""
    controls = {
        "playing": ToggleButton(
            False, description="▶ Play", tooltip="Go through the epochs"
        ),
        "epoch": IntSlider(
            view.epoch, min=1, max=len(view.detections), description="Epoch"
        ),
        "score_threshold": fine_slider(
            view.score_threshold, MIN_SCORE, 0.95, "Score from"
        ),
    }
    player = HBox([controls["playing"], controls["epoch"]])
    rows = [styled(player, "d2l-player"), controls["score_threshold"]]
    return controls, rows


def _training_losses(
    history: Sequence[Mapping[str, float]],
) -> dict[str, list[float]]:
    """Return the losses in training by their name, one number per epoch."""
    names = [
        name
        for name in history[0]
        if name.endswith("loss") and not name.startswith("val_")
    ]
    return {name: [float(row[name]) for row in history] for name in names}


def _detection_rows(detections: Sequence[Detections]) -> np.ndarray:
    """List an epoch's detections as rows [image, class, score, box]."""
    rows = []
    for image, (boxes, scores, classes) in enumerate(detections):
        keep = scores >= np.float32(MIN_SCORE)
        number = np.full(np.count_nonzero(keep), image)
        columns = number, classes[keep], scores[keep], boxes[keep]
        rows.append(np.column_stack(columns))
    return np.concatenate(rows).astype(np.float32)


def _draw_judged(ax: Axes, found: Detections, truths: np.ndarray) -> None:
    from d2l_ssd.plotting import COLORS, show_boxes

    kinds = detection_kinds(found, truths)
    correct = kinds == "correct"
    wrong = ~correct & (kinds != "ignored")
    for rows, color, style in (
        (wrong, COLORS["miss"], "--"),
        (correct, COLORS["positive"], "-"),
    ):
        boxes = found.boxes[rows]
        show_boxes(ax, boxes, colors=color, linestyle=style, linewidth=1.5)

"""Chapter 5's explorer: what a network detects after each epoch of its training."""

import numpy as np
import traitlets
from ipywidgets import FloatSlider, HBox, IntSlider, ToggleButton

from d2l_ssd.evaluation import detection_kinds
from d2l_ssd.inference import Detections
from d2l_ssd.widgets.base import (
    Explorer,
    ExplorerView,
    bundle,
    clean_labels,
    encode_images,
    pack,
)

MIN_SCORE = 0.05  # of the detections that travel with the page


class ReplayView(ExplorerView):
    """Some images with their detections after an epoch, and curves of all."""

    _esm = bundle("training_replay.js")
    images = traitlets.List(traitlets.Bytes()).tag(sync=True)
    truths = traitlets.List(
        traitlets.Bytes(), help="per image (M, 5): class and box"
    ).tag(sync=True)
    difficult = traitlets.List(
        traitlets.Bytes(), help="per image (M,): 1 where it does not count"
    ).tag(sync=True)
    detections = traitlets.List(
        traitlets.Bytes(), help="per epoch (N, 7): image, class, score and box"
    ).tag(sync=True)
    losses = traitlets.Dict(help="name -> one number an epoch").tag(sync=True)
    maps = traitlets.List(help="mAP at IoU 0.5, or None, an epoch").tag(
        sync=True
    )
    class_names = traitlets.List(traitlets.Unicode()).tag(sync=True)
    epoch = traitlets.Int(help="counted from 1").tag(sync=True)
    score_threshold = traitlets.Float(0.3).tag(sync=True)
    playing = traitlets.Bool().tag(sync=True)


class TrainingReplay(Explorer):
    """A training run, epoch by epoch: its losses, and what the network detects.

    Parameters
    ----------
    images : list of G images (H, W, 3) uint8, RGB
    truths : list of G arrays (M, 6), rows
        [class, xmin, ymin, xmax, ymax, difficult]; rows of class -1 are padding
    replay : for every epoch a list of Detections, of the G images at least
    history : for every epoch a dict of numbers; those whose name ends in
        "loss" are drawn as losses, and "map50" as the mAP where it is there
    score_threshold : of the detections shown, at first
    epoch : the first that is shown, counted from 1; the last one if None
    class_names : names of the classes
    """

    def __init__(
        self,
        images,
        truths,
        replay,
        history,
        score_threshold=0.3,
        epoch=None,
        class_names=("cat", "dog"),
    ):
        if len(replay) != len(history):
            raise ValueError(
                "replay and history must have the same epochs, got "
                f"{len(replay)} and {len(history)}"
            )
        count = len(images)
        self.images, self.truths = images, clean_labels(truths[:count], 6)
        self.replay = [list(epoch[:count]) for epoch in replay]
        names = [name for name in history[0] if name.endswith("loss")]
        view = ReplayView(
            images=encode_images(images, quality=80),
            truths=[pack(rows[:, :5]) for rows in self.truths],
            difficult=[pack(rows[:, 5]) for rows in self.truths],
            detections=[pack(_detection_rows(epoch)) for epoch in self.replay],
            losses={n: [float(row[n]) for row in history] for n in names},
            maps=[row.get("map50") for row in history],
            class_names=list(class_names),
            epoch=len(replay) if epoch is None else epoch,
            score_threshold=score_threshold,
        )
        controls = {
            "playing": ToggleButton(
                False, description="▶ Play", tooltip="Go through the epochs"
            ),
            "epoch": IntSlider(
                view.epoch, min=1, max=len(replay), description="Epoch"
            ),
            "score_threshold": FloatSlider(
                score_threshold,
                min=MIN_SCORE,
                max=0.95,
                step=0.01,
                description="Score from",
                readout_format=".2f",
            ),
        }
        player = HBox([controls["playing"], controls["epoch"]])
        player.add_class("d2l-player")
        super().__init__(view, controls, [player, controls["score_threshold"]])

    @property
    def detections(self):
        """The images' Detections at the controls' settings."""
        least = np.float32(self.view.score_threshold)
        return [
            Detections(*(column[d.scores >= least] for column in d))
            for d in self.replay[self.view.epoch - 1]
        ]

    def draw_static(self):
        """Draw the images after the epoch shown first, and the losses."""
        import matplotlib.pyplot as plt

        columns = 4
        rows = -(-len(self.images) // columns)
        figure = plt.figure(figsize=(8, 2.1 * rows + 2.6), layout="constrained")
        grid = figure.add_gridspec(rows + 1, columns)
        for number, found in enumerate(self.detections):
            ax = figure.add_subplot(grid[divmod(number, columns)])
            ax.imshow(self.images[number])
            ax.axis("off")
            _draw_judged(ax, found, self.truths[number])
        ax = figure.add_subplot(grid[rows, :])
        epochs = np.arange(len(self.replay)) + 1
        for (name, values), style in zip(self.view.losses.items(), ("-", "--")):
            label = name.replace("_", " ")
            ax.plot(epochs, values, style, color="#444444", label=label)
        ax.set(xlabel="epoch", ylabel="loss", ylim=(0, None))
        ax.legend()
        return figure


def _detection_rows(detections):
    """List an epoch's detections as rows [image, class, score, box]."""
    rows = []
    for image, (boxes, scores, classes) in enumerate(detections):
        keep = scores >= np.float32(MIN_SCORE)
        number = np.full(np.count_nonzero(keep), image)
        columns = number, classes[keep], scores[keep], boxes[keep]
        rows.append(np.column_stack(columns))
    return np.concatenate(rows).astype(np.float32)


def _draw_judged(ax, found, truths):
    from d2l_ssd.plotting import COLORS, show_boxes

    kinds = detection_kinds(found, truths)
    for wanted, color, style in (
        (~np.isin(kinds, ["correct", "ignored"]), COLORS["miss"], "--"),
        (kinds == "correct", COLORS["positive"], "-"),
    ):
        show_boxes(
            ax,
            found.boxes[wanted],
            colors=color,
            linestyle=style,
            linewidth=1.5,
        )

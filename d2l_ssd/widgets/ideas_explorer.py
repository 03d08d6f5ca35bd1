"""The explorer of ideas: who answers in training, and what is left without NMS."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import traitlets
from ipywidgets import Checkbox, Dropdown, Widget
from numpy.typing import ArrayLike

from d2l_ssd.checks.lengths import check_same_length
from d2l_ssd.detections import Detections
from d2l_ssd.error_analysis import detection_kinds
from d2l_ssd.shapes import CLASSES
from d2l_ssd.widgets.base import Explorer, JudgedView, read_bundle
from d2l_ssd.widgets.controls import fine_slider, group, image_dropdown
from d2l_ssd.widgets.encoding import (
    clean_labels,
    encode_images,
    pack,
    pack_boxes,
    pack_difficult,
)
from d2l_ssd.widgets.idea_answers import (
    IdeaAnswers,
    IdeaRow,
    count_row,
    from_score,
    read_answers,
)
from d2l_ssd.widgets.matching_explorer import COLORS as OBJECT_COLORS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Of the detections that travel with the page
MIN_SCORE, MAX_SCORE = 0.1, 0.9
LOOKS = {"correct": ("positive", "-"), "ignored": ("ignored", ":")}
WRONG = ("miss", "--")


class IdeasView(JudgedView):
    """A scene twice: with who answers in training, and with what is detected."""

    _esm = read_bundle("ideas_explorer.js")
    _css = read_bundle("ideas_explorer.css")
    ideas = traitlets.List(
        help='per idea {"name", "uses_nms", "maps": [rows, columns, per cell]}'
    ).tag(sync=True)
    answers = traitlets.List(
        traitlets.Bytes(),
        help="per idea (P, 7): image, object, anchor and its box, of each "
        "prediction that answers for an object",
    ).tag(sync=True)
    before = traitlets.List(
        traitlets.Bytes(),
        help="per idea (N, 7): image, class, score and box, without NMS",
    ).tag(sync=True)
    after = traitlets.List(
        traitlets.Bytes(), help="the same, as the idea uses NMS"
    ).tag(sync=True)
    asked = traitlets.Int(help="the idea of the task, or -1").tag(sync=True)
    idea = traitlets.Int().tag(sync=True)
    image = traitlets.Int().tag(sync=True)
    nms = traitlets.Bool().tag(sync=True)
    selected = traitlets.Int(-1, help="an object of the image").tag(sync=True)
    guess = traitlets.Dict(
        help='{"range", "image", "score"}: how many boxes the idea of the task '
        "has, guessed on which image and from which score on"
    ).tag(sync=True)


class IdeasExplorer(Explorer):
    """Scenes through several detectors: who answers, and what is left without NMS.

    Args:
        images: list of G square images (S, S, 3) uint8, RGB.
        truths: list of G arrays (M, 6), rows
            [class, xmin, ymin, xmax, ymax, difficult]; rows of class -1 are
            padding and come last.
        ideas: from an idea's name to what its detector does with the images:
            "matches", (G, A) integers, the row of the truths that each
            prediction answers for in training, -1 for background; "anchors",
            (A, 4), map by map as `ssd_anchors` makes them; "before" and
            "after", a list of G Detections each, without and with NMS. An
            idea is taken to use no NMS where both are the same.
        score_threshold: of the detections shown, at first.
        image: the number of the image at first. If None, the one on which the
            first idea that uses NMS has the most duplicates without it.
        class_names: names of the K classes.

    Raises:
        ValueError: there is no idea, or the arguments do not fit each other.
    """

    def __init__(
        self,
        images: Sequence[np.ndarray],
        truths: Sequence[ArrayLike],
        ideas: Mapping[str, Mapping[str, Any]],
        score_threshold: float = 0.3,
        image: int | None = None,
        class_names: Sequence[str] = CLASSES,
    ) -> None:
        check_same_length(images=images, truths=truths)
        if not ideas:
            raise ValueError("ideas must hold one idea at least, got none")
        self.images, self.truths = images, clean_labels(truths, 6)
        self.ideas = [
            read_answers(name, answers, self.truths)
            for name, answers in ideas.items()
        ]
        uses = [idea.uses_nms for idea in self.ideas]
        first = uses.index(True) if any(uses) else 0
        view = IdeasView(
            images=encode_images(images, lossless=True),
            truths=pack_boxes(self.truths),
            difficult=pack_difficult(self.truths),
            class_names=list(class_names),
            **_pack_ideas(self.ideas),
            asked=uses.index(False) if len(set(uses)) > 1 else -1,
            idea=first,
            score_threshold=score_threshold,
        )
        self.view = view
        view.image = self._most_duplicates() if image is None else image
        super().__init__(view, *_make_controls(view))

    @property
    def detections(self) -> Detections:
        """What the chosen idea detects on the image at the controls' settings."""
        view = self.view
        idea = self.ideas[view.idea]
        found = (idea.after if view.nms else idea.before)[view.image]
        return from_score(found, view.score_threshold)

    @property
    def rows(self) -> list[IdeaRow]:
        """What each idea does with the image at the controls' settings."""
        view = self.view
        settings = self.truths[view.image], view.score_threshold, view.nms
        return [count_row(one, view.image, *settings) for one in self.ideas]

    def _most_duplicates(self) -> int:
        """Find the image on which the chosen idea has the most duplicates."""
        counts = []
        for found, truths in zip(
            self.ideas[self.view.idea].before, self.truths
        ):
            shown = from_score(found, self.view.score_threshold)
            counts.append(np.sum(detection_kinds(shown, truths) == "duplicate"))
        return int(np.argmax(counts))

    def draw_static(self) -> Figure:
        """Draw who answers in the first state, and what is detected in it."""
        import matplotlib.pyplot as plt

        figure, axes = plt.subplots(
            1, 2, figsize=(8, 4.2), layout="constrained"
        )
        for ax in axes:
            ax.imshow(self.images[self.view.image])
            ax.axis("off")
        idea = self.ideas[self.view.idea]
        self._draw_answers(axes[0], idea)
        self._draw_detections(axes[1], idea)
        return figure

    def _draw_answers(self, ax: Axes, idea: IdeaAnswers) -> None:
        """Draw the boxes of the predictions that answer, in their objects' colors."""
        from d2l_ssd.plotting import show_boxes

        truths = self.truths[self.view.image]
        matches = idea.matches[self.view.image]
        for number, row in enumerate(truths):
            color = OBJECT_COLORS[number % len(OBJECT_COLORS)]
            own = idea.anchors[matches == number]
            show_boxes(ax, own, None, color, linewidth=0.8, linestyle="--")
            name = f"{number + 1} {self.view.class_names[int(row[0])]}"
            show_boxes(ax, [row[1:5]], name, color, linewidth=2.5)
        size = len(self.images[self.view.image])
        ax.set(xlim=(-0.5, size - 0.5), ylim=(size - 0.5, -0.5))
        ax.set_title(f"{idea.name}: {np.sum(matches >= 0)} answer in training")

    def _draw_detections(self, ax: Axes, idea: IdeaAnswers) -> None:
        """Draw the detections, right and wrong."""
        from d2l_ssd.plotting import COLORS, show_boxes

        found = self.detections
        kinds = detection_kinds(found, self.truths[self.view.image])
        for kind, box in reversed(list(zip(kinds, found.boxes))):
            color, style = LOOKS.get(kind, WRONG)
            show_boxes(ax, [box], None, COLORS[color], 1.8, style)
        right = np.sum(kinds == "correct")
        how = "with" if self.view.nms and idea.uses_nms else "without"
        ax.set_title(f"{len(kinds)} boxes {how} NMS, {right} of them right")


def _pack_ideas(ideas: Sequence[IdeaAnswers]) -> dict[str, list]:
    """Return what the page needs to know of ideas, by the view's traits."""
    return {
        "ideas": [
            {
                "name": idea.name,
                "uses_nms": idea.uses_nms,
                "maps": [list(shape) for shape in idea.maps],
            }
            for idea in ideas
        ],
        "answers": [pack(_answer_rows(idea)) for idea in ideas],
        "before": [pack(_detection_rows(idea.before)) for idea in ideas],
        "after": [pack(_detection_rows(idea.after)) for idea in ideas],
    }


def _answer_rows(idea: IdeaAnswers) -> np.ndarray:
    """Return (P, 7) rows [image, object, anchor, its box]."""
    images, anchors = np.nonzero(idea.matches >= 0)
    objects = idea.matches[images, anchors]
    return np.column_stack([images, objects, anchors, idea.anchors[anchors]])


def _detection_rows(found: Sequence[Detections]) -> np.ndarray:
    """Return (N, 7) rows [image, class, score, box] from MIN_SCORE on."""
    rows = [
        np.column_stack(
            [np.full(len(d.scores), image), d.classes, d.scores, d.boxes]
        )
        for image, d in enumerate(from_score(d, MIN_SCORE) for d in found)
    ]
    return np.concatenate(rows)


def _make_controls(
    view: IdeasView,
) -> tuple[dict[str, Widget], list[Widget]]:
    """Return the controls by the trait that they drive, and their rows."""
    names = [idea["name"] for idea in view.ideas]
    controls = {
        "idea": Dropdown(options=names, index=view.idea, description="Idea"),
        "image": image_dropdown(view.images, view.image),
        "score_threshold": fine_slider(
            view.score_threshold, MIN_SCORE, MAX_SCORE, "Score from"
        ),
        "nms": Checkbox(view.nms, description="NMS", indent=False),
    }
    *rows, nms = controls.values()
    return controls, [*rows, group("Afterwards", [nms])]

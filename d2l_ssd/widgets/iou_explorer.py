"""The explorer of IoU: move two boxes, guess first, then see how they overlap."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import traitlets
from numpy.typing import ArrayLike

from d2l_ssd.boxes import box_iou, corners_to_centers, shared_length
from d2l_ssd.checks import as_corners, check_area, check_fractions
from d2l_ssd.widgets.base import Explorer, ExplorerView, read_bundle
from d2l_ssd.widgets.controls import fine_slider
from d2l_ssd.widgets.encoding import encode_images

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

FIRST_GUESS = 0.7
GAP = 4  # pixels between boxes that nearly touch
# The task: an IoU, how near to it, and how many times as large one box must be
GOAL = {"iou": 0.5, "within": 0.02, "factor": 1.5}
QUESTIONS = {
    "Shifted by a quarter": "The prediction has the right size, but it is a quarter "
    "of its width and a quarter of its height off. A good fit? Guess the IoU.",
    "Twice as large": "The prediction covers all of the object, and as much again. "
    "What is the IoU?",
    "Inside": "The prediction lies inside the ground truth and has a quarter of its "
    "area. What is the IoU?",
    "Nearly touching": "The boxes nearly touch. What is the IoU?",
    "Far apart": "The same boxes as before, but farther apart. Is their IoU lower?",
    "Long and thin": "Two boxes like a leash: long, thin, the right size, and only "
    "{half} pixels apart. What is the IoU?",
}


class Measures(NamedTuple):
    """How two boxes lie to each other; areas and the distance in pixels."""

    intersection: float
    union: float
    iou: float
    enclosing: float
    giou: float
    distance: float


class IoUView(ExplorerView):
    """Two boxes on an image, and the areas that they share and cover."""

    _esm = read_bundle("iou_explorer.js")
    _css = read_bundle("iou_explorer.css")
    image = traitlets.Bytes().tag(sync=True)
    size = traitlets.List(help="height and width of the image").tag(sync=True)
    cases = traitlets.List(help="dicts: name, asks, boxes").tag(sync=True)
    case = traitlets.Int(help="the case that was chosen last").tag(sync=True)
    boxes = traitlets.List(
        help="in pixels: four numbers of the ground truth, four of the prediction"
    ).tag(sync=True)
    before = traitlets.List(help="`boxes` before the last move").tag(sync=True)
    selected = traitlets.Int(
        1, help="0: the ground truth, 1: the prediction"
    ).tag(sync=True)
    guess = traitlets.Float(FIRST_GUESS, help="of the slider").tag(sync=True)
    guesses = traitlets.Dict(
        help="name of a case that was shown -> dict: guess, boxes"
    ).tag(sync=True)
    goal = traitlets.Dict(GOAL, help="of the task").tag(sync=True)


class IoUExplorer(Explorer):
    """Two boxes to move: guess their IoU, then see intersection, union and GIoU.

    Args:
        image: (H, W, 3) uint8, RGB.
        box: (4,) ground-truth box [xmin, ymin, xmax, ymax] in [0, 1] of the image.

    Raises:
        ValueError: beside the box there is no room for a shifted one.
    """

    def __init__(self, image: np.ndarray, box: ArrayLike) -> None:
        self.image = np.asarray(image)
        size = self.image.shape[:2]
        cases = _make_cases(_to_pixels(box, size), size)
        boxes = cases[0]["boxes"]
        view = IoUView(
            image=encode_images([self.image])[0],
            size=list(size),
            cases=cases,
            boxes=boxes,
            before=boxes,
        )
        guess = fine_slider(view.guess, 0, 1, "Your guess")
        super().__init__(view, {"guess": guess})

    @property
    def measures(self) -> Measures:
        """How the boxes of the view lie to each other."""
        return measure_boxes(*_split(self.view.boxes))

    @property
    def solved(self) -> bool:
        """Whether the boxes of the view solve the task."""
        truth, prediction = _split(self.view.boxes)
        low, high = sorted([_area(truth), _area(prediction)])
        measures, goal = self.measures, self.view.goal
        return bool(
            abs(measures.iou - goal["iou"]) <= goal["within"]
            and high >= goal["factor"] * low
            and measures.intersection < low
        )

    def draw_static(self) -> Figure:
        """Draw the first case: the boxes, then what they share."""
        import matplotlib.pyplot as plt

        from d2l_ssd.plotting import COLORS

        figure, axes = plt.subplots(1, 2, figsize=(8, 4), layout="constrained")
        for ax in axes:
            self._show_boxes(ax)
        truth, prediction = _split(self.view.boxes)
        low = np.maximum(truth[:2], prediction[:2])
        extent = np.minimum(truth[2:], prediction[2:]) - low
        shared = plt.Rectangle(
            low - 0.5, *extent, color=COLORS["positive"], alpha=0.7
        )
        axes[1].add_patch(shared)
        axes[0].set_title("Guess the IoU of the two boxes")
        axes[1].set_title(
            f"IoU {self.measures.iou:.2f}, GIoU {self.measures.giou:.2f}"
        )
        return figure

    def _show_boxes(self, ax: Axes) -> None:
        from d2l_ssd.plotting import COLORS, show_boxes

        height, width = self.view.size
        boxes = np.stack(_split(self.view.boxes)) / ([width, height] * 2)
        ax.imshow(self.image)
        ax.axis("off")
        names, colors = ("ground truth", "prediction"), ("cat", "dog")
        colors = [COLORS[name] for name in colors]
        show_boxes(ax, boxes, names, colors, linestyle=["--", "-"])


def measure_boxes(a: ArrayLike, b: ArrayLike) -> Measures:
    """Measure how two boxes (4,), in the same unit, lie to each other.

    GIoU is IoU less the share of the enclosing box that neither box covers
    (Rezatofighi et al., 2019).
    """
    a, b = np.asarray(a, float), np.asarray(b, float)
    shared = [shared_length(a[None, k::2], b[None, k::2]) for k in (0, 1)]
    intersection = float(np.prod(shared))
    union = _area(a) + _area(b) - intersection
    around = np.minimum(a[:2], b[:2]), np.maximum(a[2:], b[2:])
    enclosing = _area(np.concatenate(around))
    iou = float(box_iou(a[None], b[None])[0, 0])
    giou = iou - (enclosing - union) / enclosing
    centers = corners_to_centers(np.stack([a, b]))[:, :2]
    distance = float(np.hypot(*(centers[1] - centers[0])))
    return Measures(intersection, union, iou, enclosing, giou, distance)


def _area(box: np.ndarray) -> float:
    return float(np.prod(box[2:] - box[:2]))


def _split(boxes: list[int]) -> tuple[np.ndarray, np.ndarray]:
    """Return the ground truth and the prediction."""
    truth, prediction = np.reshape(boxes, (2, 4))
    return truth, prediction


def _to_pixels(box: ArrayLike, size: tuple[int, int]) -> np.ndarray:
    """Return a box (4,) in whole pixels."""
    height, width = size
    box = as_corners(box, "box")
    check_area(box, "box")
    check_fractions(box[None], "box", 0)
    return np.round(box * [width, height, width, height]).astype(int)


def _make_cases(box: np.ndarray, size: tuple[int, int]) -> list[dict[str, Any]]:
    """Make pairs of boxes that surprise.

    Args:
        box: (4,) the ground truth, in pixels.
        size: height and width of the image.
    """
    extent = box[2:] - box[:2]
    shift = np.round(extent / 4).astype(int)
    sides = _roomy_sides(box, size)
    middle, thick = (box[1] + box[3]) // 2, max(8, extent[1] // 8) // 2 * 2
    strip = np.array([box[0], middle, box[2], middle + thick])
    pairs = {
        "Shifted by a quarter": (box, box + np.tile(shift * sides, 2)),
        "Twice as large": (box, _grow(box, size)),
        "Inside": (box, np.append(box[:2], box[:2] + extent // 2)),
        "Nearly touching": (box, _put_beside(box, size, far=False)),
        "Far apart": (box, _put_beside(box, size, far=True)),
        "Long and thin": (strip, strip + [0, thick // 2, 0, thick // 2]),
    }
    return [
        {
            "name": name,
            "asks": QUESTIONS[name].format(half=thick // 2),
            "boxes": np.concatenate(pair).tolist(),
        }
        for name, pair in pairs.items()
    ]


def _roomy_sides(box: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Tell on which side of a box there is more room, along x and y: 1 or -1."""
    after = np.array(size[::-1]) - box[2:]
    quarter = (box[2:] - box[:2]) / 4
    if (np.maximum(after, box[:2]) < np.maximum(quarter, 3 * GAP)).any():
        raise ValueError(
            "box must leave a quarter of its width free on one side, and a quarter "
            f"of its height, got {box.tolist()} pixels on an image of "
            f"{size[1]} × {size[0]}: choose a smaller object"
        )
    return np.where(after >= box[:2], 1, -1)


def _grow(box: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Double the area of a box, inside the image."""
    extent = box[2:] - box[:2]
    limits = np.array(size[::-1])
    grown = np.minimum(np.round(extent * np.sqrt(2)).astype(int), limits)
    low = np.clip(box[:2] - (grown - extent) // 2, 0, limits - grown)
    return np.append(low, low + grown)


def _put_beside(
    box: np.ndarray, size: tuple[int, int], far: bool
) -> np.ndarray:
    """Put a box on the side with the most room: next to it, or in the far corner."""
    limits, sides = np.array(size[::-1]), _roomy_sides(box, size)
    rooms = np.where(sides > 0, limits - box[2:], box[:2])
    axis = rooms.argmax()
    extent = box[2:] - box[:2]
    extent[axis] = min(extent[axis], rooms[axis] // 2)
    low = box[:2].copy()
    low[axis] = (
        box[2 + axis] + GAP
        if sides[axis] > 0
        else box[axis] - GAP - extent[axis]
    )
    if far:
        low = np.where(sides > 0, limits - extent, 0)
    return np.append(low, low + extent)

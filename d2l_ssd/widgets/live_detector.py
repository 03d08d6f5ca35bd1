"""The detector in the page: a scene to move about, and a network that watches it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import traitlets
from ipywidgets import Dropdown, FloatSlider, IntSlider, Widget

from d2l_ssd.data import to_input
from d2l_ssd.detections import Detections
from d2l_ssd.inference import predict_ssd
from d2l_ssd.predictors import Predictor, load_predictor
from d2l_ssd.targets import decode_offsets
from d2l_ssd.widgets.base import Explorer, ExplorerView, read_bundle
from d2l_ssd.widgets.controls import fine_slider
from d2l_ssd.widgets.encoding import encode_images, pack
from d2l_ssd.widgets.live_scene import (
    SIDE,
    box_of,
    compose_scene,
    draw_places,
    draw_sprites,
    encode_sprite,
    hidden_share,
)
from d2l_ssd.widgets.live_start import (
    CAT,
    KENNEL,
    PLACE,
    STEPS,
    best_score,
    make_path,
    start_objects,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# Of all that a page loads before it can detect, told before it does
MEGABYTES = 15
SIDES = 256, 192, 128  # pixels of the network's input
MIN_SCORE = 0.05  # of a detection that is recorded
BATCH = 8
SHOWN = 0, 17, 20  # steps where no script runs


class LiveView(ExplorerView):
    """A scene that can be moved about, and what a network finds in it."""

    _esm = read_bundle("live_detector.js")
    _css = read_bundle("live_detector.css")
    sprites = traitlets.List(traitlets.Bytes(), help="WebP").tag(sync=True)
    sprite_names = traitlets.List(traitlets.Unicode()).tag(sync=True)
    places = traitlets.List(traitlets.Bytes(), help="WebP").tag(sync=True)
    objects = traitlets.List(
        traitlets.Dict(),
        help="sprite, x, y, size, angle (degrees) and hidden of each",
    ).tag(sync=True)
    order = traitlets.List(
        traitlets.Int(), help="numbers of objects, from back to front"
    ).tag(sync=True)
    selected = traitlets.Int(help="number of an object").tag(sync=True)
    place = traitlets.Int(help="number of the background").tag(sync=True)
    light = traitlets.Float(1.0).tag(sync=True)
    blur = traitlets.Int().tag(sync=True)
    side = traitlets.Int(help="number of the input's size").tag(sync=True)
    sides = traitlets.List(traitlets.Int(), help="pixels").tag(sync=True)
    score_threshold = traitlets.Float(0.5).tag(sync=True)
    nms_iou = traitlets.Float(0.45).tag(sync=True)
    path = traitlets.List(help="x and y of the mover at each step").tag(
        sync=True
    )
    mover = traitlets.Int(help="number of the object that hides").tag(sync=True)
    target = traitlets.Int(help="number of the object that is hidden").tag(
        sync=True
    )
    step = traitlets.Int(help="of the path").tag(sync=True)
    hidden = traitlets.List(help="share of the target, per step").tag(sync=True)
    recorded = traitlets.Bytes(
        help="(N, 8): step, class, score, anchor and box of each detection"
    ).tag(sync=True)
    about = traitlets.Dict(
        help="of the network: classes, image_size, sizes, ratios"
    ).tag(sync=True)
    megabytes = traitlets.Int().tag(sync=True)
    guess = traitlets.Float(0.4).tag(sync=True)
    shown = traitlets.Bool(help="whether the guess was made").tag(sync=True)


class LiveDetector(Explorer):
    """A trained SSD in the page: move a cat and a kennel, and watch the boxes.

    The page runs the network itself, once the reader has asked for it. Before
    that, and where it cannot, it shows what `predictor` finds while a kennel
    rises before a cat.

    Args:
        predictor: a network for cats and dogs with an input of 256 x 256
            pixels; the stored one if None. The site's own file is made from the
            stored weights, whatever is given here.
        score_threshold: the lowest score of a box that is shown, at first.
        nms_iou: the threshold of non-maximum suppression, at first.

    Raises:
        ValueError: the network does not know cats, or its input has another
            size.
    """

    def __init__(
        self,
        predictor: Predictor | None = None,
        score_threshold: float = 0.5,
        nms_iou: float = 0.45,
    ) -> None:
        self.predictor = predictor = predictor or load_predictor()
        _check(predictor)
        self.sprites, self._places = draw_sprites(), draw_places()
        self.places = list(self._places.values())
        objects = start_objects()
        view = LiveView(
            sprites=[encode_sprite(sprite) for sprite in self.sprites],
            sprite_names=[sprite.name for sprite in self.sprites],
            places=encode_images(self.places, quality=90),
            objects=objects,
            order=list(range(len(objects))),
            selected=KENNEL,
            place=list(self._places).index(PLACE),
            sides=list(SIDES),
            score_threshold=score_threshold,
            nms_iou=nms_iou,
            path=make_path(),
            mover=KENNEL,
            target=CAT,
            about=_describe(predictor),
            megabytes=MEGABYTES,
        )
        frames = [_at_step(view, step) for step in range(STEPS)]
        view.hidden = [
            round(hidden_share(frame, self.sprites, CAT), 4) for frame in frames
        ]
        view.recorded = pack(self._record(view, frames))
        super().__init__(view, _make_controls(view, list(self._places)))

    def _record(
        self, view: LiveView, frames: Sequence[list[dict]]
    ) -> np.ndarray:
        """Detect along the path; return rows (N, 8), see `LiveView.recorded`."""
        place = self.places[view.place]
        pictures = [compose_scene(place, f, self.sprites) for f in frames]
        rows = []
        for start in range(0, len(frames), BATCH):
            batch = pictures[start : start + BATCH]
            outputs = self._run(batch)
            for step, pair in enumerate(zip(*outputs), start):
                rows += [[step, *row] for row in self._rows(view, *pair)]
        return np.array(rows, np.float32).reshape(-1, 8)

    def _run(
        self, pictures: Sequence[np.ndarray]
    ) -> tuple[np.ndarray, np.ndarray]:
        return self.predictor(
            np.stack([to_input(picture, SIDE, SIDE) for picture in pictures])
        )

    def _rows(
        self, view: LiveView, probs: np.ndarray, offsets: np.ndarray
    ) -> list[list[float]]:
        """Return class, score, anchor and box of each detection of one image."""
        anchors = self.predictor.settings.anchors()
        found = predict_ssd(
            probs[None], offsets[None], anchors, MIN_SCORE, view.nms_iou
        )[0]
        decoded = np.clip(decode_offsets(anchors, offsets), 0, 1)
        rows = []
        for box, score, label in zip(*found):
            equal = (probs[:, label + 1] == score) & (decoded == box).all(1)
            rows.append([label, score, np.flatnonzero(equal)[0], *box])
        return rows

    @property
    def picture(self) -> np.ndarray:
        """The scene as the controls say, (256, 256, 3) uint8.

        A browser's canvas blends edges a little differently.
        """
        view = self.view
        objects = [view.objects[k] for k in view.order]
        place = self.places[view.place]
        return compose_scene(
            place, objects, self.sprites, view.light, view.blur
        )

    @property
    def detections(self) -> Detections:
        """What `predictor` finds in `picture`, at the controls' thresholds."""
        anchors = self.predictor.settings.anchors()
        outputs = self._run([self.picture])
        thresholds = self.view.score_threshold, self.view.nms_iou
        return predict_ssd(*outputs, anchors, *thresholds)[0]

    @property
    def curve(self) -> list[tuple[float, float]]:
        """The hidden share and the score of the cat, per step of the path."""
        rows = np.frombuffer(self.view.recorded, "<f4").reshape(-1, 8)
        box = box_of(self.view.objects[CAT], self.sprites)
        return [
            (share, best_score(rows[rows[:, 0] == step], 0, box))
            for step, share in enumerate(self.view.hidden)
        ]

    def draw_static(self) -> Figure:
        """Draw three steps of the path with their boxes, and the cat's score."""
        import matplotlib.pyplot as plt

        from d2l_ssd.plotting import COLORS, show_boxes

        figure, axes = plt.subplots(1, 4, figsize=(12, 3), layout="constrained")
        rows = np.frombuffer(self.view.recorded, "<f4").reshape(-1, 8)
        for ax, step in zip(axes, SHOWN):
            frame = _at_step(self.view, step)
            place = self.places[self.view.place]
            ax.imshow(compose_scene(place, frame, self.sprites))
            ax.axis("off")
            own = rows[(rows[:, 0] == step) & (rows[:, 2] >= 0.5)]
            names = self.view.about["classes"]
            texts = [f"{names[int(r[1])]} {r[2]:.2f}" for r in own]
            show_boxes(ax, own[:, 4:], texts, COLORS["positive"])
            ax.set_title(f"{100 * self.view.hidden[step]:.0f} % hidden")
        axes[3].plot(*zip(*self.curve), marker=".", color=COLORS["positive"])
        axes[3].set(xlabel="hidden share of the cat", ylabel="score")
        return figure


def _check(predictor: Predictor) -> None:
    settings = predictor.settings
    if "cat" not in predictor.classes or settings.height != SIDE:
        raise ValueError(
            "predictor must know cats and have an input of 256 x 256 pixels, "
            f"got classes {', '.join(predictor.classes)} and "
            f"{settings.height} x {settings.width}"
        )


def _describe(predictor: Predictor) -> dict[str, Any]:
    """Say of a network what the page needs to read its outputs."""
    settings = predictor.settings
    return {
        "classes": list(predictor.classes),
        "image_size": [settings.height, settings.width],
        "sizes": [list(sizes) for sizes in settings.sizes],
        "ratios": [list(ratios) for ratios in settings.ratios],
    }


def _at_step(view: LiveView, step: int) -> list[dict[str, Any]]:
    """Return the objects with the mover at a step of the path."""
    objects = [dict(one) for one in view.objects]
    objects[view.mover].update(zip("xy", view.path[step]))
    return objects


def _make_controls(view: LiveView, places: list[str]) -> dict[str, Widget]:
    """Return the controls by the trait that they drive."""
    sizes = [f"{side} × {side}" for side in view.sides]
    return {
        "place": Dropdown(
            options=places, index=view.place, description="Background"
        ),
        "side": Dropdown(options=sizes, index=view.side, description="Input"),
        "light": FloatSlider(
            view.light, min=0.2, max=2, step=0.05, description="Light"
        ),
        "blur": IntSlider(view.blur, min=0, max=6, description="Blur"),
        "score_threshold": fine_slider(
            view.score_threshold, 0.05, 0.99, "Score"
        ),
        "nms_iou": fine_slider(view.nms_iou, 0, 1, "NMS IoU"),
    }

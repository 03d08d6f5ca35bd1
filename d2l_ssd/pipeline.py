"""The drawing of the whole detector that opens the chapters, one station lit.

All shapes in it are computed; `Pipeline` draws it twice, wide and narrow, and the
page shows the one that fits.
"""

from __future__ import annotations

import html
from typing import NamedTuple

from d2l_ssd.anchors import ANCHORS_PER_CELL
from d2l_ssd.feature_maps import feature_map_shapes

CHANNELS = (128, 256, 512, 512)  # of ResNet-18's four maps, fine to coarse
STATIONS = {  # and what each adds, in the words of a screen reader
    "data": "images and their labels",
    "feature_maps": "four feature maps from one image",
    "anchors": "anchors, and two heads per map that predict for each of them",
    "targets": "what each anchor should predict, from labels and anchors",
    "training": "the loss, from predictions and targets",
    "inference": "boxes from predictions and anchors",
    "evaluation": "average precision, from boxes and labels",
}
NODE_WIDTH, LINE_HEIGHT, TITLE_HEIGHT, PAD = 132, 15, 18, 7


class Node(NamedTuple):
    """One box of the drawing: its station, title and lines of shapes."""

    station: str
    title: str
    lines: tuple[str, ...]

    @property
    def height(self) -> int:
        return TITLE_HEIGHT + LINE_HEIGHT * len(self.lines) + PAD


class Layout(NamedTuple):
    """Where a drawing has its nodes and how its arrows run."""

    name: str
    width: int
    height: int
    places: dict[str, tuple[int, int]]  # node: left and upper edge
    arrows: tuple[tuple[str, str], ...]  # "both", "train" or "use"; SVG path
    legend: tuple[int, int]


WIDE = Layout(
    "wide",
    width=748,
    height=296,
    places={
        "labels": (2, 24),
        "targets": (308, 24),
        "loss": (461, 24),
        "anchors": (308, 112),
        "image": (2, 204),
        "maps": (155, 178),
        "heads": (308, 196),
        "boxes": (461, 196),
        "ap": (614, 204),
    },
    arrows=(
        ("both", "M134 224 H152"),
        ("both", "M287 224 H305"),
        ("train", "M134 44 H305"),
        ("train", "M440 44 H458"),
        ("train", "M352 112 V82"),
        ("train", "M440 216 C462 216 470 140 500 84"),
        ("use", "M440 132 C452 132 440 210 458 214"),
        ("use", "M440 236 H458"),
        ("use", "M593 224 H611"),
        ("use", "M68 24 V8 H680 V201"),
    ),
    legend=(2, 286),
)
NARROW = Layout(
    "narrow",
    width=340,
    height=452,
    places={
        "labels": (26, 4),
        "image": (204, 4),
        "anchors": (26, 96),
        "maps": (204, 78),
        "targets": (26, 194),
        "heads": (204, 194),
        "loss": (26, 296),
        "boxes": (204, 286),
        "ap": (204, 384),
    },
    arrows=(
        ("both", "M270 44 V75"),
        ("both", "M270 163 V191"),
        ("train", "M26 20 H14 V220 H23"),
        ("train", "M92 136 V191"),
        ("train", "M92 249 V293"),
        ("train", "M204 232 C180 232 150 270 130 293"),
        ("use", "M158 116 C196 116 168 300 201 306"),
        ("use", "M270 249 V283"),
        ("use", "M270 341 V381"),
        ("use", "M26 34 H5 V404 H201"),
    ),
    legend=(26, 440),
)
STYLE = """
.ssd-pipeline { --both: #6b7280; --train: #0072b2; --use: #c2410c; max-width: 46rem }
html[data-theme=dark] .ssd-pipeline, body[data-jp-theme-light=false] .ssd-pipeline {
  --both: #9ca3af; --train: #56b4e9; --use: #fb923c }
.ssd-pipeline svg { width: 100%; height: auto; font: 12px system-ui, sans-serif;
  color: inherit; display: block }
.ssd-pipeline .narrow { display: none; max-width: 24rem; margin: auto }
@media (max-width: 640px) { .ssd-pipeline .narrow { display: block }
  .ssd-pipeline .wide { display: none } }
.ssd-pipeline a { color: inherit; text-decoration: none }
.ssd-pipeline rect { fill: none; stroke: currentColor; stroke-opacity: .45 }
.ssd-pipeline a:hover rect { stroke-opacity: 1 }
.ssd-pipeline text { fill: currentColor; text-anchor: middle }
.ssd-pipeline .title { font-weight: 600 }
.ssd-pipeline .lit rect { fill: #fde68a; stroke: #92400e; stroke-opacity: 1;
  stroke-width: 2 }
.ssd-pipeline .lit text { fill: #1f2937 }
.ssd-pipeline path { fill: none; stroke-width: 1.6 }
.ssd-pipeline .both { stroke: var(--both) } .ssd-pipeline .train { stroke: var(--train) }
.ssd-pipeline .use { stroke: var(--use); stroke-dasharray: 5 3 }
.ssd-pipeline .legend { text-anchor: start }
.ssd-pipeline marker path { stroke: none }
.ssd-pipeline .both-head { fill: var(--both) } .ssd-pipeline .use-head { fill: var(--use) }
.ssd-pipeline .train-head { fill: var(--train) }
"""


class Pipeline:
    """The detector as a drawing, from image and labels to loss, boxes and AP.

    In a notebook it shows itself. Solid arrows carry what flows in training,
    dashed ones what flows in use, gray ones both.
    """

    def __init__(
        self,
        station: str | None = None,
        height: int = 256,
        width: int = 256,
        num_classes: int = 2,
    ) -> None:
        """Draw the detector for images of a size.

        Args:
            station: the one that is lit, a key of STATIONS; None for none.
            height, width: of the input in pixels, multiples of 32.
            num_classes: K, without the background.

        Raises:
            ValueError: there is no such station.
        """
        if station is not None and station not in STATIONS:
            raise ValueError(
                f"station must be one of {', '.join(STATIONS)}, got {station!r}"
            )
        self.station = station
        self.nodes = _nodes(height, width, num_classes)

    def __repr__(self) -> str:
        return f"Pipeline({self.station!r})"

    def _repr_html_(self) -> str:
        drawings = "".join(self._svg(layout) for layout in (WIDE, NARROW))
        return (
            f'<div class="ssd-pipeline"><style>{STYLE}</style>{drawings}</div>'
        )

    def describe(self) -> str:
        """Say the drawing in one sentence, for a reader who cannot see it."""
        text = "The detector: an image passes a backbone (four feature maps) "
        text += "and heads (logits and offsets for every anchor). In training, "
        text += "labels and anchors become targets, and the loss compares. In "
        text += "use, predictions and anchors become boxes; labels judge them."
        if self.station:
            text += f" This chapter: {STATIONS[self.station]}."
        return text

    def _svg(self, layout: Layout) -> str:
        arrows = "".join(
            f'<path class="{kind}" d="{path}" '
            f'marker-end="url(#ssd-{layout.name}-{kind})"/>'
            for kind, path in layout.arrows
        )
        boxes = "".join(
            _draw(node, *layout.places[key], node.station == self.station)
            for key, node in self.nodes.items()
        )
        return (
            f'<svg class="{layout.name}" role="group" viewBox="0 0 {layout.width} '
            f'{layout.height}" aria-label="{html.escape(self.describe())}">'
            f"{_arrow_heads(layout.name)}{arrows}{boxes}"
            f"{_legend(*layout.legend)}</svg>"
        )


def _nodes(height: int, width: int, num_classes: int) -> dict[str, Node]:
    shapes = feature_map_shapes(height, width)
    maps = tuple(f"{c} × {h} × {w}" for c, (h, w) in zip(CHANNELS, shapes))
    count = f"{ANCHORS_PER_CELL * sum(h * w for h, w in shapes):,}"
    offsets = f"offsets {count} × 4"
    return {
        "image": Node("data", "image", (f"3 × {height} × {width}",)),
        "labels": Node("data", "labels", ("class, xmin … ymax",)),
        "maps": Node("feature_maps", "feature maps", maps),
        "anchors": Node("anchors", "anchors", (f"{count} × 4",)),
        "heads": Node(
            "anchors", "heads", (f"logits {count} × {num_classes + 1}", offsets)
        ),
        "targets": Node("targets", "targets", (f"classes {count}", offsets)),
        "loss": Node("training", "loss", ("classification", "+ localization")),
        "boxes": Node(
            "inference", "boxes", ("softmax, decode,", "threshold, NMS")
        ),
        "ap": Node("evaluation", "AP", ("one number",)),
    }


def _draw(node: Node, x: int, y: int, lit: bool) -> str:
    center = x + NODE_WIDTH / 2
    lines = "".join(
        f'<text x="{center:g}" y="{y + TITLE_HEIGHT + LINE_HEIGHT * i - 2}">'
        f"{line}</text>"
        for i, line in enumerate(node.lines, 1)
    )
    return (
        f'<a href="{node.station}.html"{" class=lit" if lit else ""}>'
        f'<rect x="{x}" y="{y}" width="{NODE_WIDTH}" height="{node.height}" '
        f'rx="6"/><text class="title" x="{center:g}" y="{y + 15}">{node.title}'
        f"</text>{lines}</a>"
    )


def _arrow_heads(name: str) -> str:
    heads = "".join(
        f'<marker id="ssd-{name}-{kind}" viewBox="0 0 8 8" refX="7" refY="4" '
        'markerWidth="5" markerHeight="5" orient="auto">'
        f'<path class="{kind}-head" d="M0 0 L8 4 L0 8 z"/></marker>'
        for kind in ("both", "train", "use")
    )
    return f"<defs>{heads}</defs>"


def _legend(x: int, y: int) -> str:
    parts = []
    for shift, kind, text in (
        (0, "both", "always"),
        (90, "train", "in training"),
        (205, "use", "in use"),
    ):
        left = x + shift
        parts.append(
            f'<path class="{kind}" d="M{left} {y} h22"/>'
            f'<text class="legend" x="{left + 27}" y="{y + 4}">{text}</text>'
        )
    return "".join(parts)

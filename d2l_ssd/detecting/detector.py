"""Detect objects in photographs of any size, as a whole or in tiles."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from tqdm import tqdm

from d2l_ssd.boxes import has_area
from d2l_ssd.checkpoints import ModelSettings
from d2l_ssd.checks import as_amount, as_count, as_image, check_fraction
from d2l_ssd.data import to_input
from d2l_ssd.detecting.tiles import (
    MOST_OVERLAP,
    OVERLAP,
    cut_by_tile,
    merge_tiles,
    plan_tiles,
    whole_in_a_tile,
)
from d2l_ssd.detections import Detections
from d2l_ssd.fitting import boxes_to_image, fit_sample
from d2l_ssd.inference import predict_ssd
from d2l_ssd.predictors import Predictor

BATCH_SIZE = 8  # views per call of the network
LONGEST = 20  # times the ratio of the sides of what is padded and its own
PATIENCE = 3  # seconds, after which a progress bar is shown
NO_LABELS = np.zeros((0, 6), dtype=np.float32)


@dataclass(frozen=True)
class DetectOptions:
    """How to look for objects.

    Args:
        score_threshold: the lowest score of a detection.
        nms_iou: see `nms`.
        max_detections: the most detections that a photograph may have.
        tiles: whether to cut photographs into tiles.
        tile_size: (height, width) of the tiles, in pixels of the photograph;
            None for the size of the training photographs, or of the
            network's input where that is not known.
        overlap: see `plan_tiles`.

    Raises:
        ValueError: an option has a value that it cannot have.
    """

    score_threshold: float = 0.3
    nms_iou: float = 0.45
    max_detections: int = 1000
    tiles: bool = False
    tile_size: tuple[int, int] | None = None
    overlap: float = OVERLAP

    def __post_init__(self) -> None:
        check_fraction(
            zero=True,
            score_threshold=self.score_threshold,
            nms_iou=self.nms_iou,
        )
        as_count(self.max_detections, "max_detections")
        as_amount(self.overlap, "overlap", 0, MOST_OVERLAP)
        for side in self.tile_size or ():
            as_count(side, "tile_size")


def detect(
    predictor: Predictor,
    images: Sequence[np.ndarray],
    options: DetectOptions = DetectOptions(),  # noqa: B008 (frozen)
) -> list[Detections]:
    """Detect objects in photographs.

    Args:
        predictor: a trained network, see `load_predictor`.
        images: (H, W, 3) uint8 RGB each, of any sizes.
        options: how to look for objects.

    Returns:
        One Detections per photograph, in units of the photograph.

    Raises:
        ValueError: an image is not valid, or too long and thin to be padded.
    """
    images = [as_image(image) for image in images]
    windows = [
        plan_views(image.shape, predictor.settings, options) for image in images
    ]
    views = [(i, tile) for i, tiles in enumerate(windows) for tile in tiles]
    found = [[] for _ in images]
    for batch in _batches(views, options):
        shown = [_cut(images[i], tile) for i, tile in batch]
        for (i, _), result in zip(batch, _look(predictor, shown, options)):
            found[i].append(result)
    return [
        _merge(results, tiles, image.shape, options)
        for results, tiles, image in zip(found, windows, images)
    ]


def _batches(views: Sequence, options: DetectOptions) -> Iterator[Sequence]:
    """Yield batches of views; tiles have a progress bar if they take long."""
    starts = range(0, len(views), BATCH_SIZE)
    batches = (views[first : first + BATCH_SIZE] for first in starts)
    if not options.tiles:
        yield from batches
        return
    how = {"unit": "tile", "delay": PATIENCE, "leave": False}
    with tqdm(total=len(views), desc="tiles", **how) as bar:
        for batch in batches:
            yield batch
            bar.update(len(batch))


def tile_size_of(
    settings: ModelSettings, options: DetectOptions
) -> tuple[int, int]:
    """Return the (height, width) of tiles, in pixels of the photograph."""
    trained = settings.photograph_size or (settings.height, settings.width)
    return options.tile_size or trained


def plan_views(
    shape: tuple[int, ...], settings: ModelSettings, options: DetectOptions
) -> np.ndarray:
    """Return the windows of a photograph that the network shall see.

    Args:
        shape: the photograph's (H, W, ...).
        settings: of the network.
        options: how to look for objects.

    Returns:
        (T, 4) corners in pixels: the whole photograph, then its tiles.

    Raises:
        ValueError: it is too long and thin to be padded.
    """
    height, width = shape[:2]
    windows = np.array([[0, 0, width, height]])
    if options.tiles:
        tile_size = tile_size_of(settings, options)
        tiles = plan_tiles(height, width, *tile_size, options.overlap)
        windows = np.concatenate([windows, tiles]) if len(tiles) > 1 else tiles
    if settings.fit == "pad":
        windows = windows[_can_be_padded(windows, settings)]
    if len(windows) == 0:
        raise ValueError(
            f"an image of {width} x {height} pixels is too long and thin to be "
            f"padded to the network's input of {settings.width} x "
            f"{settings.height}: cut it into pieces"
        )
    return windows


def _can_be_padded(windows: np.ndarray, settings: ModelSettings) -> np.ndarray:
    width, height = (windows[:, 2:] - windows[:, :2]).T
    ratio = width * settings.height / (height * settings.width)
    return np.maximum(ratio, 1 / ratio) <= LONGEST


def _cut(image: np.ndarray, window: np.ndarray) -> np.ndarray:
    xmin, ymin, xmax, ymax = window
    return image[ymin:ymax, xmin:xmax]


def _look(
    predictor: Predictor, views: list[np.ndarray], options: DetectOptions
) -> list[Detections]:
    """Return the detections of each view, in units of the view."""
    settings = predictor.settings
    how = settings.height, settings.width, settings.fit
    fitted = [fit_sample(view, NO_LABELS, *how)[0] for view in views]
    X = np.stack([to_input(image, *how[:2]) for image in fitted])
    results = predict_ssd(
        *predictor(X),
        settings.anchors(),
        options.score_threshold,
        # The duplicates of tiles are suppressed together
        1.0 if options.tiles else options.nms_iou,
        max_detections=None,
    )
    return [
        found._replace(boxes=boxes_to_image(found.boxes, view.shape, *how))
        for found, view in zip(results, views)
    ]


def _merge(
    found: list[Detections],
    windows: np.ndarray,
    shape: tuple[int, ...],
    options: DetectOptions,
) -> Detections:
    """Return the detections of all views, in units of the photograph."""
    height, width = shape[:2]
    moved = [
        np.tile(w[:2], 2) + result.boxes * np.tile(w[2:] - w[:2], 2)
        for w, result in zip(windows, found)
    ]  # in pixels
    cut = [cut_by_tile(b, w, height, width) for b, w in zip(moved, windows)]
    kept = [np.ones(len(boxes), dtype=bool) for boxes in moved]
    if (windows[0] == [0, 0, width, height]).all():
        # The whole photograph shows small objects worse than a tile does
        kept[0] = ~whole_in_a_tile(moved[0], windows[1:], height, width)
    boxes = np.concatenate(moved) / [width, height, width, height]
    boxes = boxes.astype(np.float32)
    kept = np.concatenate(kept) & has_area(boxes)
    scores, classes = (
        np.concatenate([result[i] for result in found]) for i in (1, 2)
    )
    every = Detections(*(c[kept] for c in (boxes, scores, classes)))
    if options.tiles:
        every = merge_tiles(every, np.concatenate(cut)[kept], options.nms_iou)
    return Detections(*(c[: options.max_detections] for c in every))

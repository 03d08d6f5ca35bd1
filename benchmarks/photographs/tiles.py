"""What do tiles bring where pictures are larger than the training's photographs?

    python -m benchmarks.photographs.tiles --root BCCD RUN

RUN is the folder of a run of `d2l-ssd train` on BCCD's training and validation
images. A large picture is made of 4 x 3 test photographs side by side. It is looked
at as a whole and in tiles of several kinds, and its photographs one by one, which
is what tiles try to be as good as. One thread; the table is printed.

The red cells' AP shows a fault of such pictures: many cells that the edge of a
photograph cuts have no label. At the border of a photograph the network is unsure
of them, too; in the middle of a tile it finds them, which counts as an error.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import NamedTuple

import cv2
import numpy as np
import torch

from benchmarks.photographs.data import Kept, open_photographs
from benchmarks.photographs.judging import load_for
from benchmarks.photographs.settings import TEST
from d2l_ssd.commands.evaluate import SCORE
from d2l_ssd.detecting import DetectOptions, detect
from d2l_ssd.detecting.detector import plan_views
from d2l_ssd.predictors import Predictor
from d2l_ssd.scores import (
    LOWEST_SCORE,
    Judged,
    Scores,
    mean_scores,
    score_classes,
)

ROWS, COLUMNS = 3, 4  # of photographs in a large picture
MORE_OVERLAP = 0.4
MOST = 100_000  # detections: none is left out
ONE_BY_ONE = "photographs one by one"
HEAD = "views", "seconds", "AP50", "COCO AP", "found", "duplicates"

Sample = tuple[np.ndarray, np.ndarray]  # image and labels


class Row(NamedTuple):
    """How good one way of looking at large pictures is, and what it costs."""

    name: str
    views: float  # that the network sees of a large picture
    seconds: float  # of the processor, per large picture
    classes: list[Scores]


def join_photographs(
    images: Sequence[Sample], rows: int = ROWS, columns: int = COLUMNS
) -> list[Sample]:
    """Lay photographs side by side; those that fill no picture are left out.

    Args:
        images: item i is (image, labels); all images have one size.
        rows, columns: of the photographs in a large picture.
    """
    count = rows * columns
    starts = range(0, len(images) - count + 1, count)
    pictures = []
    for start in starts:
        samples = [images[start + place] for place in range(count)]
        lines = [
            np.concatenate([image for image, _ in samples[k : k + columns]], 1)
            for k in range(0, count, columns)
        ]
        labels = [
            _move(labels, *divmod(place, columns), rows, columns)
            for place, (_, labels) in enumerate(samples)
        ]
        pictures.append((np.concatenate(lines), np.concatenate(labels)))
    return pictures


def _move(
    labels: np.ndarray, row: int, column: int, rows: int, columns: int
) -> np.ndarray:
    """Return a photograph's labels (M, 6) in units of its large picture."""
    labels = labels.copy()
    labels[:, 1:5] += [column, row, column, row]
    labels[:, 1:5] /= [columns, rows, columns, rows]
    return labels


def ways_to_look(
    predictor: Predictor, photograph_size: tuple[int, int]
) -> dict[str, DetectOptions]:
    """Return how large pictures are looked at, by what the table calls it.

    Args:
        predictor: a trained network.
        photograph_size: (height, width) of the photographs.
    """
    whole = DetectOptions(LOWEST_SCORE, max_detections=MOST)
    tiled = replace(whole, tiles=True, tile_size=photograph_size)
    settings = predictor.settings
    small = settings.height, settings.width
    return {
        "as a whole": whole,
        f"tiles of {_size(photograph_size)}": tiled,
        f"tiles of {_size(photograph_size)}, overlap {MORE_OVERLAP}": replace(
            tiled, overlap=MORE_OVERLAP
        ),
        f"tiles of {_size(small)}": replace(tiled, tile_size=small),
    }


def _size(sides: tuple[int, int]) -> str:
    height, width = sides
    return f"{width}x{height}"


def measure(
    name: str,
    predictor: Predictor,
    samples: Sequence[Sample],
    options: DetectOptions,
    num_pictures: int,
) -> Row:
    """Judge one way to look at large pictures.

    Unlike pycocotools, this judges more than 100 detections of a class in an
    image: a large picture shows more.

    Args:
        name: of the row.
        predictor: a trained network.
        samples: the large pictures, or the photographs in them.
        options: how to look.
        num_pictures: how many large pictures they make.
    """
    start, found = time.process_time(), []
    for image, _ in samples:
        found += detect(predictor, [image], options)
    seconds = time.process_time() - start
    views = [
        len(plan_views(image.shape, predictor.settings, options))
        for image, _ in samples
    ]
    sizes = [image.shape[:2] for image, _ in samples]
    judged = Judged(found, [labels for _, labels in samples], sizes)
    scores = score_classes(judged, predictor.classes, SCORE)
    return Row(name, sum(views) / num_pictures, seconds / num_pictures, scores)


def compare(predictor: Predictor, images: Sequence[Sample]) -> Iterable[Row]:
    """Yield a row for each way to look, as it is measured.

    Args:
        predictor: a trained network.
        images: photographs of one size, with labels of its classes.
    """
    pictures = join_photographs(images)
    size = images[0][0].shape[:2]
    detect(predictor, [images[0][0]])  # the first prediction loads the network
    for name, options in ways_to_look(predictor, size).items():
        yield measure(name, predictor, pictures, options, len(pictures))
    shown = [images[i] for i in range(len(pictures) * ROWS * COLUMNS)]
    whole = DetectOptions(LOWEST_SCORE, max_detections=MOST)
    yield measure(ONE_BY_ONE, predictor, shown, whole, len(pictures))


def head_of(classes: Sequence[str]) -> str:
    """Return the first two lines of the table."""
    cells = ["", *HEAD, *(f"AP50 of {name}" for name in classes)]
    rules = ["---", *["---:"] * (len(cells) - 1)]
    return "\n".join(f"| {' | '.join(line)} |" for line in (cells, rules))


def line_of(row: Row) -> str:
    """Return a line of the table."""
    mean = mean_scores(row.classes)
    cells = [
        row.name,
        f"{row.views:.0f}",
        f"{row.seconds:.1f}",
        f"{mean.ap50:.3f}",
        f"{mean.ap:.3f}",
        f"{mean.errors['correct']} of {mean.objects}",
        str(mean.errors["duplicate"]),
        *(f"{scores.ap50:.3f}" for scores in row.classes),
    ]
    return f"| {' | '.join(cells)} |"


def main() -> None:
    """Measure all ways to look, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("run", metavar="RUN")
    parser.add_argument("--root", help="BCCD's folder; else D2L_SSD_BCCD")
    parser.add_argument("--split", default=TEST)
    args = parser.parse_args()
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    images = Kept(open_photographs(args.root, args.split))
    predictor = load_for(args.run, images)
    print(head_of(predictor.classes), flush=True)
    for row in compare(predictor, images):
        print(line_of(row), flush=True)


if __name__ == "__main__":
    main()

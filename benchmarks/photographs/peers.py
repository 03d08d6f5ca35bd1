"""How good are the detectors of others, trained on the same photographs?

    .venv-peers/bin/python -m benchmarks.photographs.peers --root BCCD --all

In an environment of its own, see requirements.txt beside this file. Each detector
is trained from scratch on the training and validation images, for the same
minutes of the processor's own clock, with three seeds, and judged by pycocotools on
the test images. All options are their authors', but where a row says otherwise. Run
it alone: other work on the machine slows each of these minutes down. A killed queue
goes on with the same command; `python -m benchmarks.photographs.table` makes the
table.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from functools import partial
from pathlib import Path

import cv2

from benchmarks.photographs.data import CLASSES, open_photographs, shapes_of
from benchmarks.photographs.judging import judge
from benchmarks.photographs.runs import (
    FOLDER,
    Run,
    hardware,
    made_with,
    work_off,
)
from benchmarks.photographs.settings import BASELINES, TEST, TRAIN

YOLO_SIZE = 640  # of ultralytics, if no option says otherwise


def ssdlite(args: argparse.Namespace, images, judged, seed: int, _) -> tuple:
    """Train torchvision's SSDlite; see `PEERS`."""
    from benchmarks.photographs import ssdlite

    net, seen, minutes = ssdlite.train(
        images, len(CLASSES), args.minutes, seed, args.threads
    )
    return ssdlite.detect(net, judged), net, seen, minutes


def yolo(
    model: str,
    options: dict,
    args: argparse.Namespace,
    images,
    judged,
    seed: int,
    folder: Path,
) -> tuple:
    """Train a YOLO of ultralytics; see `PEERS`."""
    from benchmarks.photographs import yolo

    net, seen, minutes = yolo.train(
        images, args.minutes, seed, args.threads, folder, model, **options
    )
    size = options.get("imgsz", YOLO_SIZE)
    return yolo.detect(net, judged, args.threads, size), net, seen, minutes


# Of the command line, training and judged images, seed, folder: detections, the
# network, number of images seen, minutes
PEERS: dict[str, Callable] = {
    "ssdlite320": ssdlite,
    "yolo11n": partial(yolo, "yolo11n.yaml", {}),
    "yolo26n": partial(yolo, "yolo26n.yaml", {}),
    "yolo11n-416": partial(
        yolo, "yolo11n.yaml", {"imgsz": 416, "batch": 8, "nbs": 8}
    ),
}


def main() -> None:
    """Train and judge what is asked for, as far as it is not done."""
    args = _parser().parse_args()
    os.nice(args.nice)
    cv2.setNumThreads(args.threads)
    images, judged = (
        open_photographs(args.root, split) for split in (TRAIN, TEST)
    )
    # Seeds outside: all detectors have one before any has two
    runs = [
        Run(name, seed)
        for seed in args.seeds
        for name in args.detector or PEERS
    ]
    work_off(args.folder, runs, partial(_measure, args, images, judged))


def _measure(
    args: argparse.Namespace, images, judged, run: Run, folder: Path
) -> dict:
    """Train and judge a detector; return what its file holds."""
    detections, net, seen, minutes = PEERS[run.row](
        args, images, judged, run.seed, folder
    )
    labels = [judged[i][1] for i in range(len(judged))]
    return {
        "change": BASELINES[run.row],
        "made": made_with(images, judged),
        "hardware": hardware(args.threads),
        **judge(detections, labels, shapes_of(judged), CLASSES),
        "minutes": minutes,
        "images_seen": seen,
        "num_train": len(images),
        "parameters": sum(p.numel() for p in net.parameters()),
    }


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--all", action="store_true")
    which.add_argument("--detector", action="append", choices=list(PEERS))
    parser.add_argument("--root", help="BCCD's folder; else D2L_SSD_BCCD")
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--folder", default=FOLDER / "baselines")
    parser.add_argument("--nice", type=int, default=10)
    return parser


if __name__ == "__main__":
    main()

"""What do start, anchors, input and class weights change on photographs?

    python -m benchmarks.photographs.questions --root BCCD --all

Every row of `settings.py` is trained three times, with seeds 0, 1 and 2, on BCCD's
training images, all with the same number of images seen, and judged by pycocotools
on the validation images: the answers are choices, and test images make none. One
thread each. A killed queue goes on with the same command, also within a training;
a second one takes what the first has not begun. The table is made by
`python -m benchmarks.photographs.table`.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import torch

from benchmarks.photographs.data import (
    Kept,
    Share,
    open_photographs,
)
from benchmarks.photographs.judging import judge_run
from benchmarks.photographs.runs import (
    FOLDER,
    Clock,
    Run,
    hardware,
    work_off,
)
from benchmarks.photographs.settings import (
    CHOSEN_ON,
    LEARNED,
    SETTINGS,
    Setting,
)
from d2l_ssd.anchors import SIZES
from d2l_ssd.fitting import fit_sample
from d2l_ssd.inspection.anchor_fit import suggest_sizes
from d2l_ssd.options import TrainOptions
from d2l_ssd.torch import SSD, new_network, train_detection
from d2l_ssd.torch import Run as Training

BATCH_SIZE = 8
FLIPS = "both"  # cells have no upright


def options_of(
    setting: Setting, images: Sequence, images_seen: int, seed: int
) -> TrainOptions:
    """Return the options of a setting's training."""
    sizes, shape = SIZES, (setting.height, setting.width)
    if setting.suggested_anchors:
        seen = [
            fit_sample(*images[i], *shape, setting.fit)[1]
            for i in range(len(images))
        ]
        sizes = suggest_sizes(np.concatenate(seen)[:, 1:5], *shape)
    per_epoch = max(len(images) // BATCH_SIZE, 1) * BATCH_SIZE
    return TrainOptions(
        max(1, round(setting.budget * images_seen / per_epoch)),
        BATCH_SIZE,
        [shape],
        setting.fit,
        sizes,
        flips=FLIPS,
        class_weights=setting.class_weights,
        seed=seed,
        init_from=setting.init_from,
    )


def train(
    images: Sequence, options: TrainOptions, folder: Path
) -> tuple[SSD, dict]:
    """Train a network, or go on; return it, and what it took."""
    net = new_network(len(images.classes), options.seed)
    history = folder / "history.csv"
    done = len(history.read_text().splitlines()) - 1 if history.exists() else 0
    clock = Clock()
    rows = train_detection(
        net, Training(images, None, folder, options, num_workers=0)
    )
    minutes = sum(row["seconds"] for row in rows) / 60
    if len(rows) > done:
        # What was done before a kill has taken as long per epoch
        minutes = clock.minutes() * len(rows) / (len(rows) - done)
    steps = sum(row["num_steps"] for row in rows)
    return net, {"minutes": minutes, "images_seen": steps * options.batch_size}


def measure(
    setting: Setting,
    images: Sequence,
    judged: Sequence,
    images_seen: int,
    run: Run,
    folder: Path,
) -> dict:
    """Train and judge a setting once; return what its file holds."""
    share = Share(images, setting.share, run.seed)
    options = options_of(setting, share, images_seen, run.seed)
    net, took = train(share, options, folder)
    return {
        "change": setting.change,
        "made": {
            "num_train": len(images),
            "num_judged": len(judged),
            "judged": CHOSEN_ON,
            "images_seen": images_seen,
            "torch": torch.__version__,
        },
        "hardware": hardware(1),
        **judge_run(folder, judged),
        **took,
        "num_train": len(share.chosen),
        "parameters": sum(p.numel() for p in net.parameters()),
        "anchors": [list(pair) for pair in options.sizes],
    }


def main() -> None:
    """Train and judge what is asked for, as far as it is not done."""
    args = _parser().parse_args()
    os.nice(args.nice)
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    images, judged = (
        Kept(open_photographs(args.root, split))
        for split in (LEARNED, CHOSEN_ON)
    )
    # Seeds outside: all settings have one before any has two
    runs = [
        Run(name, seed)
        for seed in args.seeds
        for name in args.setting or SETTINGS
    ]
    work_off(
        args.folder,
        runs,
        lambda run, folder: measure(
            SETTINGS[run.row], images, judged, args.images, run, folder
        ),
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--all", action="store_true")
    which.add_argument("--setting", action="append", choices=list(SETTINGS))
    parser.add_argument("--root", help="BCCD's folder; else D2L_SSD_BCCD")
    parser.add_argument(
        "--images", type=int, default=4000, help="images seen by each training"
    )
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--folder", type=Path, default=FOLDER / "questions")
    parser.add_argument("--nice", type=int, default=10)
    return parser


if __name__ == "__main__":
    main()

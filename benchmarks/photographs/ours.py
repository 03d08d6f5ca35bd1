"""How good are trained runs of this book on BCCD's test images?

    python -m benchmarks.photographs.ours --root BCCD RUN0 RUN1 RUN2

Each RUN is a folder of `d2l-ssd train`, trained on the training and validation
images with a seed of its own. The comparison with the detectors of others takes its
row "ours" from here; `python -m benchmarks.photographs.table` makes the table.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import torch

from benchmarks.photographs.data import Kept, open_photographs
from benchmarks.photographs.judging import judge_run
from benchmarks.photographs.runs import (
    FOLDER,
    Run,
    hardware,
    made_with,
    summary,
)
from benchmarks.photographs.settings import BASELINES, TEST, TRAIN
from d2l_ssd.checkpoints import checkpoint_path, read_checkpoint
from d2l_ssd.files import write_text
from d2l_ssd.torch.runs import read_run

ROW = "ours"


def record_of(where: Path, images, judged, threads: int) -> dict:
    """Judge a run; return what its file holds."""
    checkpoint = read_checkpoint(checkpoint_path(where))
    net, _ = read_run(where)
    history, options = checkpoint.history, checkpoint.options
    steps = sum(row["num_steps"] for row in history)
    return {
        "row": ROW,
        "seed": options["seed"],
        "change": BASELINES[ROW],
        "made": made_with(images, judged),
        "hardware": hardware(threads),
        **judge_run(where, judged),
        "minutes": sum(row["seconds"] for row in history) / 60,
        "images_seen": steps * options["batch_size"],
        "num_train": history[-1]["num_images"],
        "parameters": sum(p.numel() for p in net.parameters()),
    }


def main() -> None:
    """Judge the runs that are named, and write a file for each."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("runs", nargs="+", type=Path, metavar="RUN")
    parser.add_argument("--root", help="BCCD's folder; else D2L_SSD_BCCD")
    parser.add_argument(
        "--threads", type=int, default=1, help="of the training"
    )
    parser.add_argument("--folder", type=Path, default=FOLDER / "baselines")
    args = parser.parse_args()
    torch.set_num_threads(1)
    images = open_photographs(args.root, TRAIN)
    judged = Kept(open_photographs(args.root, TEST))
    for where in args.runs:
        record = record_of(where, images, judged, args.threads)
        name = Run(ROW, record["seed"]).name
        text = json.dumps(record, indent=1) + "\n"
        write_text(args.folder / f"{name}.json", text)
        print(f"{name}: {summary(record)}", flush=True)


if __name__ == "__main__":
    main()

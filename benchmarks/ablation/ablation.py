"""What is each part of the recipe worth? An ablation, from a naive SSD up.

    python -m benchmarks.ablation.ablation --all
    python -m benchmarks.ablation.ablation --setting naive --setting order

A setting is the one before it and one more step: the first is a naive SSD, the
last the book's whole recipe. A step of several parts says how many. All see the
same images in the same order for the same number of steps, begin with the same
weights where their networks are the same, and are judged alike on the same test
images. A setting that is in the folder's ablation.json is not trained again, so
that a killed run goes on where it was.
"""

from __future__ import annotations

import argparse
import platform
from dataclasses import asdict
from pathlib import Path

import cv2
import torch

from benchmarks.ablation.measuring import Budget, measure, measure_all
from benchmarks.ablation.settings import SETTINGS, Setting
from d2l_ssd import results
from d2l_ssd.datasets import open_dataset


def made_with(budget: Budget, hardware: str, num_train: int, num_test: int):
    """Return what a table says of all its rows."""
    return {
        "image_size": budget.image_size,
        "epochs": budget.num_epochs,
        "batch_size": budget.batch_size,
        "seed": budget.seed,
        "num_train": num_train,
        "num_test": num_test,
        "hardware": hardware,
        "torch": torch.__version__,
    }


def main(settings: dict[str, Setting], table_name: str, doc: str) -> None:
    """Run the command line of a benchmark of settings; show its table."""
    args = _parser(settings, table_name, doc).parse_args()
    torch.set_num_threads(args.threads)
    cv2.setNumThreads(args.threads)
    budget = Budget(**{name: getattr(args, name) for name in asdict(Budget())})
    train_set, test_set = (
        open_dataset(args.root, split) for split in ("train", "test")
    )
    made = made_with(
        budget, args.hardware or _hardware(args), len(train_set), len(test_set)
    )
    table = measure_all(
        settings,
        args.setting or settings,
        args.folder,
        args.table,
        made,
        lambda setting: measure(setting, train_set, test_set, budget),
    )
    for row in table["rows"]:
        print("{name:26}{ap50:8.3f}{ap:8.3f}  {change}".format(**row))


def _parser(
    settings: dict[str, Setting], table_name: str, doc: str
) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=doc.partition("\n")[0])
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--all", action="store_true")
    which.add_argument("--setting", action="append", choices=list(settings))
    for name, value in asdict(Budget()).items():
        option = f"--{name.replace('_', '-')}"
        parser.add_argument(option, type=int, default=value)
    parser.add_argument("--root", default="drawn", help="see open_dataset")
    parser.add_argument("--folder", default=Path(results.__file__).parent)
    parser.add_argument("--table", default=table_name, choices=results.TABLES)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--hardware", help="a text for the table")
    return parser


def _hardware(args: argparse.Namespace) -> str:
    if torch.cuda.is_available():
        return torch.cuda.get_device_name()
    return f"{platform.machine()} CPU, {args.threads} thread(s)"


if __name__ == "__main__":
    main(SETTINGS, "ablation", __doc__)

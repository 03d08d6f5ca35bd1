"""Train a detector on a folder of labeled photographs."""

from __future__ import annotations

import argparse
import dataclasses
import os
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from d2l_ssd.anchors import RATIOS, SIZES
from d2l_ssd.checkpoints import (
    CHECKPOINT,
    Checkpoint,
    ModelSettings,
    check_goes_on,
    checkpoint_path,
    fingerprint_sets,
    read_checkpoint,
)
from d2l_ssd.commands.arguments import (
    DATA_HELP,
    add_mending,
    add_timeout,
    check_order,
    is_run,
    parse_image_sizes,
    parse_names,
)
from d2l_ssd.datasets import LabeledImages, open_dataset
from d2l_ssd.files import check_folder
from d2l_ssd.fitting import boxes_to_input
from d2l_ssd.images import read_sizes
from d2l_ssd.inspection.anchor_fit import suggest_input_size, suggest_sizes
from d2l_ssd.label_checks import read_labels
from d2l_ssd.options import TrainOptions, check_running
from d2l_ssd.predictors import check_installed

if TYPE_CHECKING:
    from d2l_ssd.torch import Processes, Run

EXAMPLES = """\
examples:
  d2l-ssd train photographs --out run
      From scratch, on the folder's training images, with an input of about their
      shape and anchors of about the objects' sizes. Run it again, with the same
      settings, to go on where it was stopped.
  d2l-ssd train photographs --out run2 --init run --epochs 20
      Go on with what another run has learned, on these images.
  d2l-ssd train photographs --out final --train-split train+val --val-split none
      Use the validation images, too, once everything is decided.
  d2l-ssd train drawn --out run
      On the book's drawn cats and dogs, which need no download.
"""
SCRATCH, DRAWN, IMAGENET, NONE = "scratch", "drawn", "imagenet", "none"
SUGGESTED, DEFAULT = "suggested", "default"
IMAGES_SEEN = 16_000  # what a small data set needs from scratch
FEWEST, MOST = 12, 200  # epochs
# Options of a training that are chosen here, or have names of their own
OWN_OPTIONS = {
    "num_epochs",
    "image_sizes",
    "sizes",
    "ratios",
    "photograph_size",
    "init_from",
}
SAMPLE = 500  # images whose sizes are looked at


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Add the options of `train`."""
    command.add_argument("data", metavar="DATA", help=DATA_HELP)
    command.add_argument(
        "--out",
        required=True,
        type=os.path.expanduser,
        metavar="RUN",
        help="folder of the run: weights, history, model card",
    )
    command.add_argument(
        "--epochs",
        type=int,
        help="passes over the training images (default: as many as show about "
        f"{IMAGES_SEEN:,} images, {FEWEST} to {MOST})",
    )
    command.add_argument(
        "--image-size",
        type=parse_image_sizes,
        metavar="WxH",
        help="width and height of the network's input, multiples of 32; several, "
        "as in 256x192,416x320, share the epochs (default: about the images' own "
        "shape)",
    )
    command.add_argument(
        "--init",
        default=SCRATCH,
        help="weights to begin with: scratch, drawn (the stored ones of the drawn "
        "animals, with new heads), imagenet (torchvision's, downloaded), or the "
        "folder of a run (default: scratch)",
    )
    command.add_argument(
        "--anchors",
        choices=(SUGGESTED, DEFAULT),
        default=SUGGESTED,
        help="sizes of the anchors: suggested by the training boxes, or the "
        "book's (default: suggested)",
    )
    _add_data_arguments(command)
    for spec in dataclasses.fields(TrainOptions):
        if spec.name not in OWN_OPTIONS:
            _add_option(command, spec)
    _add_running_arguments(command)


def _add_data_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--classes",
        type=parse_names,
        metavar="NAMES",
        help="names of the classes, as in cat,dog (default: all that the folder "
        "has)",
    )
    command.add_argument(
        "--train-split",
        default="train",
        metavar="SPLIT",
        help="images to train on; train+val takes both (default: train)",
    )
    command.add_argument(
        "--val-split",
        default="val",
        metavar="SPLIT",
        help="images to judge the training by, or none (default: val)",
    )
    add_mending(command)


def _add_running_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--num-workers",
        type=int,
        help="processes that make batches; 0: none but this one (default: 0 on "
        "a CPU, 4 with a GPU)",
    )
    command.add_argument(
        "--evaluate-every",
        type=int,
        default=5,
        help="epochs from one average precision to the next (default: 5)",
    )
    add_timeout(command)
    command.add_argument(
        "--compile",
        action="store_true",
        help="let torch.compile make kernels for the network",
    )


def _add_option(
    command: argparse.ArgumentParser, spec: dataclasses.Field
) -> None:
    """Add an option of `TrainOptions`, with its default and its choices."""
    option, text = f"--{spec.name.replace('_', '-')}", spec.metadata["help"]
    if isinstance(spec.default, bool):
        command.add_argument(option, action="store_true", help=text)
        return
    command.add_argument(
        option,
        type=type(spec.default),
        default=spec.default,
        choices=spec.metadata["choices"],
        metavar=None if spec.metadata["choices"] else spec.name.upper(),
        help=f"{text} (default: {spec.default})",
    )


def run(args: argparse.Namespace) -> None:
    """Train, or continue a run that was stopped."""
    check_installed("torch")
    # One process alone says what is wrong before it imports PyTorch
    plan = None if "WORLD_SIZE" in os.environ else make_plan(args)
    from d2l_ssd.torch import (
        format_scores,
        new_network,
        process_group,
        processes_from,
        together,
        train_detection,
    )
    from d2l_ssd.torch.cards import write_card

    processes = processes_from(os.environ)
    with process_group(processes, args.timeout):
        plan = plan or together(lambda: make_plan(args), processes)
        run = as_run(plan, args, processes)
        net = new_network(len(run.train_set.classes), run.options.seed)
        row = train_detection(net, run)[-1]
    if processes.is_first:
        command = shlex.join(["d2l-ssd", *sys.argv[1:]])
        path = write_card(run.folder, _origin(args, run), command)
        scores = f"{format_scores(row)}; " if "ap" in row else ""
        print(f"{scores}the run is in {args.out}, its card is {path}")


def how_to_go_on(args: argparse.Namespace) -> str:
    """Say what becomes of a training that was stopped."""
    try:
        checkpoint = read_checkpoint(os.path.join(args.out, CHECKPOINT))
    except (OSError, ValueError):
        return "stopped before the end of the first epoch: nothing is kept"
    return (
        "stopped; run the same command again to go on after epoch "
        f"{len(checkpoint.history)}"
    )


class Plan(NamedTuple):
    """What the options of `train` describe."""

    train_set: LabeledImages
    val_set: LabeledImages | None
    options: TrainOptions


def make_plan(args: argparse.Namespace) -> Plan:
    """Open the images and choose the options; say what is wrong with either."""
    check_places(args)
    check_options(args)
    begun = _read_run(args.out)
    if not begun:
        _read_run(args.init)  # if it is damaged, that is said now
    mending = {"clip": args.clip, "skip_bad": args.skip_bad}
    train_set = open_dataset(
        args.data, args.train_split, args.classes, **mending
    )
    val_set = None
    if args.val_split != NONE:
        classes = train_set.classes
        val_set = open_dataset(args.data, args.val_split, classes, **mending)
    plan = Plan(train_set, val_set, choose_options(args, train_set))
    if begun:
        _check_begun(begun, plan, args.out)
    return plan


def _read_run(folder: str) -> Checkpoint | None:
    """Read the checkpoint of a folder that has one."""
    return read_checkpoint(checkpoint_path(folder)) if is_run(folder) else None


def _check_begun(begun: Checkpoint, plan: Plan, folder: str) -> None:
    """Raise ValueError unless a run can go on as it is planned."""
    sets = [s for s in (plan.train_set, plan.val_set) if s is not None]
    data = fingerprint_sets(sets, [*map(read_labels, sets)])
    settings = plan.options.as_dict(), plan.train_set.classes
    check_goes_on(checkpoint_path(folder), begun, *settings, data)


def as_run(plan: Plan, args: argparse.Namespace, processes: Processes) -> Run:
    """Return the run that is planned, and say what it is."""
    from d2l_ssd.torch import Run, default_workers

    if processes.is_first:
        said = plan.train_set.describe(), say_options(plan.options)
        print(*said, sep="\n", flush=True)
    return Run(
        plan.train_set,
        plan.val_set,
        args.out,
        plan.options,
        processes,
        default_workers() if args.num_workers is None else args.num_workers,
        args.evaluate_every,
        args.compile,
    )


def check_places(args: argparse.Namespace) -> None:
    """Raise an error for data, beginning, or folder that cannot be meant."""
    check_order(args.init, [args.data], "train DATA --init RUN --out NEW")
    if is_run(args.data):
        raise ValueError(
            f"{args.data} is a run: name a folder of images as DATA"
        )
    if args.init not in (SCRATCH, DRAWN, IMAGENET) and not is_run(args.init):
        raise FileNotFoundError(
            f"--init must be {SCRATCH}, {DRAWN}, {IMAGENET}, or the folder of a "
            f"run, and there is no run in {args.init}"
        )
    if os.path.isdir(args.out) and not is_run(args.out):
        found = [n for n in os.listdir(args.out) if not n.startswith(".")]
        if found := [n for n in found if not n.startswith("gallery-")]:
            raise ValueError(
                f"--out must be a new folder, or that of a run, and {args.out} "
                f"holds {min(found)}: name another one"
            )
    check_folder(args.out, "folder")


def check_options(args: argparse.Namespace) -> None:
    """Raise ValueError for options that no images make right."""
    epochs = MOST if args.epochs is None else args.epochs
    image_sizes = args.image_size or [ModelSettings.image_size]
    TrainOptions(epochs, image_sizes=image_sizes, **_given(args))
    check_running(args.num_workers or 0, args.evaluate_every)


def _given(args: argparse.Namespace) -> dict:
    """Return the options of a training that have one value each."""
    return {
        spec.name: getattr(args, spec.name)
        for spec in dataclasses.fields(TrainOptions)
        if spec.name not in OWN_OPTIONS
    }


def choose_options(args: argparse.Namespace, dataset: Sequence) -> TrainOptions:
    """Return the options of a training; what is left open suits the images."""
    photographs = _sample_sizes(dataset)
    image_sizes = args.image_size or [suggest_input_size(photographs)]
    sizes = SIZES
    if args.anchors == SUGGESTED:
        boxes = _boxes_in_inputs(dataset, *image_sizes[-1], args.fit)
        sizes = suggest_sizes(boxes, *image_sizes[-1])
    epochs = args.epochs
    if epochs is None:
        epochs = min(max(round(IMAGES_SEEN / len(dataset)), FEWEST), MOST)
    start = "" if args.init == SCRATCH else args.init
    return TrainOptions(
        epochs, image_sizes=image_sizes, sizes=sizes, ratios=RATIOS,
        photograph_size=_typical(photographs), init_from=start, **_given(args),
    )  # fmt: skip


def _boxes_in_inputs(
    dataset: Sequence, height: int, width: int, fit: str
) -> np.ndarray:
    """Return a data set's boxes (N, 4) as the network will see them."""
    boxes = [np.zeros((0, 4), dtype=np.float32)]
    for i in range(len(dataset)):
        labels, _, size = dataset.annotation(i)
        boxes.append(boxes_to_input(labels[:, 1:5], size, height, width, fit))
    return np.concatenate(boxes)


def _sample_sizes(dataset: Sequence) -> list[tuple[int, int]]:
    """Return (height, width) of some of a data set's images."""
    step = 1 + len(dataset) // SAMPLE
    paths = (dataset.image_path(i) for i in range(0, len(dataset), step))
    return [read_sizes(path)[0] for path in paths]


def _typical(sizes: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """Return the median (height, width)."""
    height, width = np.median(sizes, axis=0).round().astype(int).tolist()
    return height, width


def say_options(options: TrainOptions) -> str:
    """Say what was chosen, in a line or two."""
    sizes = ", ".join(
        f"{width}x{height}" for height, width in options.image_sizes
    )
    plural = "" if options.num_epochs == 1 else "s"
    anchors = "; ".join(
        " and ".join(f"{size:.3g}" for size in pair) for pair in options.sizes
    )
    return (
        f"{options.num_epochs} epoch{plural} with inputs of {sizes}; anchors of {anchors} "
        "of the shorter side"
    )


def _origin(args: argparse.Namespace, run: Run) -> str:
    """Say what a run was trained on."""
    what = "the drawn animals" if args.data == "drawn" else Path(args.data).name
    judged = ""
    if run.val_set is not None:
        judged = f", judged on {len(run.val_set)} of {args.val_split}"
    return f"{what}, {len(run.train_set)} images of {args.train_split}{judged}"

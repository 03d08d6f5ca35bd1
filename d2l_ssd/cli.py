"""The command line: train, evaluate and export an SSD, with PyTorch.

d2l-ssd train --root FOLDER --folder run      (or python -m d2l_ssd train …)
d2l-ssd evaluate --root FOLDER --folder run
d2l-ssd export --folder run --target results --data … --command … --hardware …
"""

from __future__ import annotations

import argparse
import dataclasses
import os
from collections.abc import Sequence

from d2l_ssd.datasets import VOCDetection
from d2l_ssd.options import TrainOptions
from d2l_ssd.toy import make_toy_voc

PROGRAM = "d2l-ssd"
TOY_ROOT, TOY_CLASSES = "data/toy_voc", ("cat", "dog")
NUM_TOY_IMAGES = 2000, 500  # for training and validation
USER_ERROR = 2  # exit status
# Errors that say what is wrong with what the user gave
USER_ERRORS = FileNotFoundError, NotADirectoryError, ConnectionError, ValueError


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command line; see `d2l-ssd --help`.

    Args:
        arguments: its words; those of this process if None.

    Raises:
        SystemExit: with status 2, after a sentence on standard error, if
            options, folders or files are wrong.
    """
    parser = build_parser()
    args = parser.parse_args(arguments)
    try:
        args.run(args)
    except USER_ERRORS as error:
        parser.exit(USER_ERROR, f"{PROGRAM}: error: {_sentence(error)}\n")
    except ModuleNotFoundError as error:
        if error.name != "torch":
            raise
        advice = "PyTorch is not installed: pip install 'd2l_ssd[torch]'"
        parser.exit(USER_ERROR, f"{PROGRAM}: error: {advice}\n")


def _sentence(error: Exception) -> str:
    """Return what an error says, without a loader's report of its workers."""
    text = str(error)
    if "Original Traceback" in text:
        text = text.strip().splitlines()[-1].partition(": ")[2]
    return text


def train(args: argparse.Namespace) -> None:
    """Train, or go on with a run that was stopped."""
    from d2l_ssd.torch import (
        Run,
        new_network,
        process_group,
        processes_from,
        train_detection,
    )

    names = [field.name for field in dataclasses.fields(TrainOptions)]
    options = TrainOptions(**{name: getattr(args, name) for name in names})
    processes = processes_from(os.environ)
    train_set = open_split(args, "train", args.classes)
    run = Run(
        train_set,
        open_split(args, "val", train_set.classes),
        args.folder,
        options,
        processes,
        args.num_workers,
        args.evaluate_every,
        args.compile,
    )
    with process_group(processes):
        net = new_network(len(train_set.classes), options.seed)
        row = train_detection(net, run)[-1]
    if processes.is_first:
        print("AP50 {ap50:.3f}, AP@[.5:.95] {ap:.3f}".format(**row))


def evaluate(args: argparse.Namespace) -> None:
    """Print the average precision of a run, or of the stored weights."""
    from d2l_ssd.torch import evaluate, evaluation_table, load_trained

    net, classes = load_trained(args.folder)
    val_set = open_split(args, "val", classes)
    _, evaluation = evaluate(net, val_set, num_workers=args.num_workers)
    print(evaluation_table(evaluation, classes))


def export(args: argparse.Namespace) -> None:
    """Write a run's results as the package stores them; print the model card."""
    from d2l_ssd.torch import Origin, export_results, load_trained

    _, classes = load_trained(args.folder)
    val_set = open_split(args, "val", classes)
    origin = Origin(args.data, args.command, args.hardware)
    print(
        export_results(
            args.folder, args.target, val_set, origin, args.num_workers
        )
    )


def open_split(
    args: argparse.Namespace, split: str, classes: Sequence[str] | None
) -> VOCDetection:
    """Open a split of the folder that the options name, or of the toy data set.

    Args:
        args: with `root` and `all_images`.
        split: "train" or "val".
        classes: names; None takes all that the folder has.
    """
    if args.root is not None:
        return VOCDetection(args.root, split, classes, args.all_images)
    root = make_toy_voc(TOY_ROOT, *NUM_TOY_IMAGES)
    return VOCDetection(root, split, classes or TOY_CLASSES, all_images=True)


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    parser = argparse.ArgumentParser(
        prog=PROGRAM, description="Train, evaluate and export an SSD."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for function, add_arguments in (
        (train, _add_train_arguments),
        (evaluate, _add_evaluate_arguments),
        (export, _add_export_arguments),
    ):
        text = function.__doc__.rstrip(".")
        command = commands.add_parser(
            function.__name__, help=text, description=f"{text}."
        )
        command.set_defaults(run=function)
        _add_data_arguments(command)
        add_arguments(command)
    return parser


def _add_data_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--root",
        help="folder in Pascal VOC's layout (default: the toy data set, which "
        f"is made in {TOY_ROOT})",
    )
    command.add_argument(
        "--all-images",
        action="store_true",
        help="keep also the images that show none of the classes",
    )
    _add_option(
        command,
        "num_workers",
        2,
        "processes that make batches; 0: none but this one",
    )


def _add_train_arguments(command: argparse.ArgumentParser) -> None:
    _add_option(
        command,
        "folder",
        "run",
        "folder of the run: its checkpoint and history",
    )
    command.add_argument(
        "--classes",
        nargs="+",
        help="names of the classes (default: all that the folder has)",
    )
    defaults = TrainOptions().as_dict()
    for field in dataclasses.fields(TrainOptions):
        _add_option(
            command, field.name, defaults[field.name], field.metadata["help"]
        )
    _add_option(
        command,
        "evaluate_every",
        5,
        "epochs from one average precision to the next",
    )
    command.add_argument(
        "--compile",
        action="store_true",
        help="let torch.compile make kernels for the network",
    )


def _add_evaluate_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--folder", help="folder of the run (default: the stored weights)"
    )


def _add_export_arguments(command: argparse.ArgumentParser) -> None:
    for name, text in (
        ("folder", "folder of the run"),
        ("target", "folder to write"),
        ("data", "for the model card: the images"),
        ("command", "for the model card: the command that trained"),
        ("hardware", "for the model card: what it ran on"),
    ):
        command.add_argument(f"--{name}", required=True, help=text)


def _add_option(
    command: argparse.ArgumentParser, name: str, default, text: str
) -> None:
    """Add an option that has a default, of the default's type."""
    several = isinstance(default, list)
    shown = " ".join(map(str, default)) if several else default
    command.add_argument(
        f"--{name.replace('_', '-')}",
        type=type(default[0] if several else default),
        nargs="+" if several else None,
        default=default,
        metavar=name.upper(),
        help=f"{text} (default: {shown})" if shown != "" else text,
    )

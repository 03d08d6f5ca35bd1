"""The command line: train, evaluate and export an SSD, with PyTorch.

d2l-ssd train --root FOLDER --folder run      (or python -m d2l_ssd train …)
d2l-ssd evaluate --root FOLDER --folder run
d2l-ssd export --folder run --target results --data … --command … --hardware …
"""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import io
import os
import signal
import warnings
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from d2l_ssd.checkpoints import read_checkpoint
from d2l_ssd.datasets import VOCDetection
from d2l_ssd.options import TrainOptions
from d2l_ssd.toy import make_toy_voc
from d2l_ssd.workers import WorkerError

if TYPE_CHECKING:
    from d2l_ssd.torch import Processes, Run, Trained

PROGRAM = "d2l-ssd"
TOY_ROOT, TOY_CLASSES = "data/toy_voc", ("cat", "dog")
NUM_TOY_IMAGES = 2000, 500  # for training and validation
# Exit statuses; of a signal a shell's is 128 and its number
USER_ERROR, INTERRUPTED, TERMINATED = 2, 130, 143
# Errors that say what is wrong with what the user gave
USER_ERRORS = OSError, ValueError, FloatingPointError, WorkerError


class _Terminated(SystemExit):
    """The process shall end, after cleaning up."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command line; see `d2l-ssd --help`.

    Args:
        arguments: its words; those of this process if None.

    Raises:
        SystemExit: after a sentence on standard error: with status 2 if
            options, folders, files or labels are wrong, 130 after Ctrl-C, 143
            after SIGTERM.
    """
    parser, first = build_parser(), os.environ.get("RANK", "0") == "0"
    # Of several processes all have the same words
    hidden = contextlib.redirect_stderr(io.StringIO())
    with contextlib.nullcontext() if first else hidden:
        args = parser.parse_args(arguments)
    try:
        with _ending_cleanly(), _short_warnings():
            args.run(args)
    except (KeyboardInterrupt, _Terminated) as stopped:
        terminated = isinstance(stopped, _Terminated)
        text = f"{PROGRAM}: {_how_to_go_on(args)}\n" if first else None
        parser.exit(TERMINATED if terminated else INTERRUPTED, text)
    except Exception as error:
        if (sentence := _sentence(error)) is None:
            raise
        shown = first or not getattr(error, "is_shared", False)
        text = f"{PROGRAM}: error: {sentence}\n" if shown else None
        parser.exit(USER_ERROR, text)


@contextlib.contextmanager
def _ending_cleanly() -> Iterator[None]:
    """Let SIGTERM raise an exception, so that nothing half done is left."""

    def end(*_) -> None:
        raise _Terminated(TERMINATED)

    try:
        previous = signal.signal(signal.SIGTERM, end)
    except ValueError:  # signals reach the main thread only
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, previous)


@contextlib.contextmanager
def _short_warnings() -> Iterator[None]:
    """Show a warning as one line, without its place in the code."""

    def as_line(message, *_, **__) -> str:
        return f"{PROGRAM}: warning: {message}\n"

    previous, warnings.formatwarning = warnings.formatwarning, as_line
    try:
        yield
    finally:
        warnings.formatwarning = previous


def _sentence(error: Exception) -> str | None:
    """Return what to tell the user; None for an error of this program."""
    if isinstance(error, ModuleNotFoundError) and error.name == "torch":
        return "PyTorch is not installed: pip install 'd2l_ssd[torch]'"
    if isinstance(error, OSError) and error.strerror:
        place = f"{error.filename}: " if error.filename else ""
        return f"{place}{error.strerror}"
    if isinstance(error, USER_ERRORS):
        return str(error)
    # PyTorch's, which may not be installed
    if type(error).__name__ == "OutOfMemoryError":
        line = str(error).partition(". ")[0]
        return f"{line}: use a smaller --batch-size or smaller images"
    return None


def _how_to_go_on(args: argparse.Namespace) -> str:
    """Say what becomes of a run that was stopped."""
    if args.run is not train:
        return "stopped"
    try:
        path = os.path.join(args.folder, "checkpoint.zip")
        history = read_checkpoint(path).history
    except (OSError, ValueError):
        return "stopped before the end of the first epoch"
    return (
        "stopped; run the same command again to go on after epoch "
        f"{len(history)}"
    )


def train(args: argparse.Namespace) -> None:
    """Train, or continue a run that was stopped."""
    from d2l_ssd.torch import (
        format_scores,
        new_network,
        process_group,
        processes_from,
        together,
        train_detection,
    )

    processes = processes_from(os.environ)
    with process_group(processes):
        run = together(lambda: _open_run(args, processes), processes)
        net = new_network(len(run.train_set.classes), run.options.seed)
        row = train_detection(net, run)[-1]
    if processes.is_first:
        print(format_scores(row))


def _open_run(args: argparse.Namespace, processes: Processes) -> Run:
    """Return the run that the options of `train` describe."""
    from d2l_ssd.torch import Run

    names = [field.name for field in dataclasses.fields(TrainOptions)]
    options = TrainOptions(**{name: getattr(args, name) for name in names})
    train_set = open_split(args, "train", args.classes)
    return Run(
        train_set,
        open_split(args, "val", train_set.classes),
        args.folder,
        options,
        processes,
        args.num_workers,
        args.evaluate_every,
        args.compile,
    )


def evaluate(args: argparse.Namespace) -> None:
    """Print the average precision of a run, or of the stored weights."""
    from d2l_ssd.torch import evaluate, evaluation_table, load_trained

    trained = load_trained(args.folder)
    dataset = _images_for(trained, args)
    size = trained.image_size if args.image_size is None else args.image_size
    anchors = trained.settings.anchors(size, args.scale_anchors)
    _, evaluation = evaluate(
        trained.net, dataset, size, args.num_workers, anchors
    )
    print(evaluation_table(evaluation, trained.classes))
    print(f"\n{_what_was_used(trained, args, len(dataset))}")


def _what_was_used(
    trained: Trained, args: argparse.Namespace, num_images: int
) -> str:
    """Say which images were judged, and how the network saw them."""
    what = "the stored weights" if args.folder is None else args.folder
    size = trained.image_size if args.image_size is None else args.image_size
    text = f"{what}: {num_images} images of {args.split}, {size} x {size}"
    if size == trained.image_size:
        return f"{text}, as in training"
    kept = "scaled with the image" if args.scale_anchors else "kept in pixels"
    return (
        f"{text} (trained at {trained.image_size} x {trained.image_size}; "
        f"anchors {kept})"
    )


def export(args: argparse.Namespace) -> None:
    """Write a run's results as the package stores them; print the model card."""
    from d2l_ssd.torch import Origin, export_results, load_trained

    dataset = _images_for(load_trained(args.folder), args)
    origin = Origin(args.data, args.command, args.hardware)
    print(
        export_results(
            args.folder, args.target, dataset, origin, args.num_workers
        )
    )


def _images_for(trained: Trained, args: argparse.Namespace) -> VOCDetection:
    """Open the images that a trained network shall be judged on.

    Raises:
        OSError, ValueError: they cannot be read, or are of other classes.
    """
    if args.root is None and not set(trained.classes) <= set(TOY_CLASSES):
        raise ValueError(
            f"the run {args.folder} knows {', '.join(trained.classes)}, which "
            "the toy data set does not show: name a folder of images with --root"
        )
    try:
        return open_split(args, args.split, trained.classes)
    except (FileNotFoundError, ValueError) as error:
        if args.folder is not None:
            raise
        raise type(error)(
            f"{error}. The stored weights know {' and '.join(trained.classes)}; "
            "--folder names a run that knows other classes"
        ) from None


def open_split(
    args: argparse.Namespace, split: str, classes: Sequence[str] | None
) -> VOCDetection:
    """Open a split of the folder that the options name, or of the toy data set.

    Args:
        args: with `root` and `all_images`.
        split: "train" or "val", or another list that the folder has.
        classes: names; None takes all that the folder has.
    """
    if args.root is not None:
        return VOCDetection(args.root, split, classes, args.all_images)
    root = make_toy_voc(TOY_ROOT, *NUM_TOY_IMAGES)
    return VOCDetection(root, split, classes or TOY_CLASSES, all_images=True)


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    parser = argparse.ArgumentParser(
        prog=PROGRAM, description="Train, evaluate, and export an SSD."
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
        type=os.path.expanduser,
        help="folder in Pascal VOC's layout (default: the toy data set, which "
        f"is made in {TOY_ROOT})",
    )
    command.add_argument(
        "--all-images",
        action="store_true",
        help="also keep images that show none of the classes",
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
        text, choices = (field.metadata[key] for key in ("help", "choices"))
        _add_option(command, field.name, defaults[field.name], text, choices)
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
        "--folder",
        type=os.path.expanduser,
        help="folder of the run (default: the stored weights)",
    )
    _add_split(command)
    command.add_argument(
        "--image-size",
        type=int,
        help="side of the images, in pixels (default: as in training)",
    )
    command.add_argument(
        "--scale-anchors",
        action="store_true",
        help="at another image size: scale the anchors with the image instead of "
        "keeping their size in pixels",
    )


def _add_export_arguments(command: argparse.ArgumentParser) -> None:
    for name, text in (
        ("folder", "folder of the run"),
        ("target", "folder to write"),
        ("data", "for the model card: the images"),
        ("command", "for the model card: the command that trained"),
        ("hardware", "for the model card: what it ran on"),
    ):
        kind = os.path.expanduser if name in ("folder", "target") else str
        command.add_argument(f"--{name}", type=kind, required=True, help=text)
    _add_split(command)


def _add_split(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--split",
        default="val",
        help="which of the folder's lists of images (default: val)",
    )


def _add_option(
    command: argparse.ArgumentParser,
    name: str,
    default,
    text: str,
    choices: Sequence[str] | None = None,
) -> None:
    """Add an option that has a default, of the default's type."""
    several = isinstance(default, list)
    shown = " ".join(map(str, default)) if several else default
    kind = type(default[0] if several else default)
    if kind is str and not choices:
        kind = os.path.expanduser  # all of them are paths
    command.add_argument(
        f"--{name.replace('_', '-')}",
        type=kind,
        nargs="+" if several else None,
        default=default,
        choices=choices,
        metavar=name.upper(),
        help=f"{text} (default: {shown})" if shown != "" else text,
    )

"""Arguments that several commands have."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence

from d2l_ssd.checkpoints import CHECKPOINT, as_image_size
from d2l_ssd.processes import TIMEOUT

DATA_HELP = (
    "folder of labeled images in Pascal VOC's, COCO's, or YOLO's layout, or its "
    "data.yaml or .json file; drawn: the book's drawn cats and dogs"
)


def add_mending(command: argparse.ArgumentParser) -> None:
    """Add the options that let bad data pass."""
    command.add_argument(
        "--clip",
        action="store_true",
        help="clip boxes that reach beyond their images, and say which",
    )
    command.add_argument(
        "--skip-bad",
        action="store_true",
        help="leave out bad objects and images, and say which",
    )


def is_run(path: str | os.PathLike) -> bool:
    """Say whether a path is the folder of a run of `train`."""
    return os.path.isfile(os.path.join(os.path.expanduser(path), CHECKPOINT))


def check_order(run: str, others: Sequence[str], usage: str) -> None:
    """Raise ValueError for arguments in the wrong order.

    Args:
        run: what stands where RUN should.
        others: what stands behind it.
        usage: how it should be.
    """
    if not is_run(run):
        for other in filter(is_run, others):
            raise ValueError(
                f"{other} is a run and has to come first: d2l-ssd {usage}"
            )


def parse_names(text: str) -> list[str]:
    """Return the names of a text with commas."""
    return [name.strip() for name in text.split(",") if name.strip()]


def parse_image_sizes(text: str) -> list[tuple[int, int]]:
    """Return (height, width) of each size of a text with commas."""
    return [parse_image_size(size) for size in text.split(",")]


def parse_size(text: str, example: str = "640x480") -> tuple[int, int]:
    """Return (height, width) of a text WxH, or of the side of a square.

    Args:
        text: of the command line.
        example: for the message.

    Raises:
        argparse.ArgumentTypeError: it is neither.
    """
    sides = text.lower().split("x")
    good = all(side.isdecimal() and int(side) > 0 for side in sides)
    if len(sides) > 2 or not good:
        raise argparse.ArgumentTypeError(
            f"must be WxH in pixels, as in {example}, got {text!r}"
        )
    return int(sides[-1]), int(sides[0])


def parse_image_size(text: str) -> tuple[int, int]:
    """Return (height, width) of an input of the network, like `parse_size`.

    Raises:
        argparse.ArgumentTypeError: it is no size, or the network cannot have it.
    """
    size = parse_size(text, "416x320")
    try:
        return as_image_size(size)
    except ValueError as error:
        message = str(error).replace("image_size ", "", 1)
        raise argparse.ArgumentTypeError(message) from None


def add_timeout(command: argparse.ArgumentParser) -> None:
    """Add the option of commands that several processes may share."""
    command.add_argument(
        "--timeout",
        type=float,
        default=TIMEOUT,
        metavar="SECONDS",
        help="of several processes (torchrun): how long they wait for one that "
        f"does not answer (default: {TIMEOUT})",
    )

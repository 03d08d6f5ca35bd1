"""Export a trained network to a file of ONNX, which runs without PyTorch."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING

from d2l_ssd.commands.arguments import check_order
from d2l_ssd.files import check_file
from d2l_ssd.onnx import PRECISIONS, description_path, write_onnx
from d2l_ssd.onnx.calibration import DRAWN, NUM_IMAGES, calibration_inputs
from d2l_ssd.onnx.precision import CALIBRATED, FLOAT32
from d2l_ssd.predictors import (
    STORED,
    check_installed,
    is_onnx,
    load_network,
    predictor_of,
    read_settings,
)

if TYPE_CHECKING:
    import numpy as np

EXAMPLES = """\
examples:
  d2l-ssd export run cells.onnx
      Write the network of a run, and beside it, in cells.onnx.json, what one has
      to know to use it elsewhere: classes, anchors, input size, normalization.
  d2l-ssd detect cells.onnx photographs --out found
      Detect with it: onnxruntime is enough, PyTorch is not needed.
  d2l-ssd export stored animals.onnx
      The stored weights, which know the drawn cats and dogs.
  d2l-ssd export run cells.onnx --precision int8 --calibrate photographs/JPEGImages
      In a quarter of the size, and faster. The images show what numbers the
      network's maps hold: take some that it was trained on.

The file takes any number of images at once, normalized as the JSON says, and
returns probabilities (after softmax, background first) and offsets. It is
written only if onnxruntime computes with it what PyTorch does, as exactly as the
precision allows.
"""
MEGABYTE = 1e6


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Add the options of `export`."""
    command.add_argument(
        "run",
        metavar="RUN",
        type=os.path.expanduser,
        help="folder of a run, or stored: the stored weights of the drawn animals",
    )
    command.add_argument(
        "file",
        metavar="FILE.onnx",
        type=os.path.expanduser,
        help="file to write; an old one is replaced",
    )
    choices = (f"{name}, {p.holds}" for name, p in PRECISIONS.items())
    command.add_argument(
        "--precision",
        choices=tuple(PRECISIONS),
        default=FLOAT32,
        help=f"of the file: {'; '.join(choices)} (default: {FLOAT32})",
    )
    command.add_argument(
        "--calibrate",
        metavar="FOLDER",
        type=os.path.expanduser,
        help=f"for int8: a folder of images, of which {NUM_IMAGES} are taken, or "
        f"{DRAWN}, which is the default for the stored weights",
    )


def run(args: argparse.Namespace) -> None:
    """Write the file, checked, and say what is in it."""
    check_order(args.run, [args.file], "export RUN FILE.onnx")
    _check_names(args.run, args.file)
    where = _calibrate_with(args)
    check_installed("torch", "onnx", "onnxruntime")
    classes, settings = read_settings(args.run)  # is it there, and whole?
    images = calibration_inputs(where, settings) if where else None
    difference = _write(args, images)
    kind = PRECISIONS[args.precision]
    size = Path(args.file).stat().st_size / MEGABYTE
    print(
        f"{args.file}: {size:.1f} MB, {args.precision} ({kind.holds}), "
        f"{settings.width}x{settings.height} input, "
        f"classes {', '.join(classes)}\n"
        f"onnxruntime's outputs differ from PyTorch's by {difference:.1g} "
        f"{kind.how}; up to {kind.tolerance:g} is allowed\n"
        f"how to use it: {description_path(args.file)}"
    )


def _write(args: argparse.Namespace, images: np.ndarray | None) -> float:
    """Load the network and write it; return how far its outputs are off."""
    from d2l_ssd.torch import get_weights

    trained = load_network(args.run)
    predictor, weights = (
        predictor_of(trained, args.run),
        get_weights(trained.net),
    )
    return write_onnx(args.file, predictor, weights, args.precision, images)


def _calibrate_with(args: argparse.Namespace) -> str | None:
    """Return where the images to calibrate with are; None if none are needed."""
    if args.precision not in CALIBRATED:
        if args.calibrate:
            raise ValueError(
                f"--calibrate is for --precision {', '.join(CALIBRATED)}, and "
                f"{args.precision} needs no images: leave it out"
            )
        return None
    if not args.calibrate and args.run != STORED:
        raise ValueError(
            f"--precision {args.precision} needs --calibrate FOLDER: a folder of "
            "images such as those of the training"
        )
    return args.calibrate or DRAWN


def _check_names(where: str, path: str) -> None:
    """Raise ValueError for a RUN or a FILE.onnx that cannot be one."""
    if where != STORED and is_onnx(where):
        raise ValueError(
            f"RUN must be the folder of a run or {STORED}, and {where} is "
            "exported already: copy it"
        )
    if not is_onnx(path):
        raise ValueError(
            f"FILE.onnx must end with .onnx, got {path}: `detect` knows such "
            "a file by its name"
        )
    check_file(path, "FILE.onnx")

"""Export a trained network to a file of ONNX, which runs without PyTorch."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from d2l_ssd.commands.arguments import check_order
from d2l_ssd.files import check_file
from d2l_ssd.onnx import description_path, write_onnx
from d2l_ssd.predictors import (
    STORED,
    check_installed,
    is_onnx,
    load_network,
    predictor_of,
    read_settings,
)

EXAMPLES = """\
examples:
  d2l-ssd export run cells.onnx
      Write the network of a run, and beside it, in cells.onnx.json, what one has
      to know to use it elsewhere: classes, anchors, input size, normalization.
  d2l-ssd detect cells.onnx photographs --out found
      Detect with it: onnxruntime is enough, PyTorch is not needed.
  d2l-ssd export stored animals.onnx
      The stored weights, which know the drawn cats and dogs.

The file takes any number of images at once, normalized as the JSON says, and
returns probabilities (after softmax, background first) and offsets. It is
written only if onnxruntime computes the same with it as PyTorch.
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


def run(args: argparse.Namespace) -> None:
    """Write the file, checked, and say what is in it."""
    check_order(args.run, [args.file], "export RUN FILE.onnx")
    _check_names(args.run, args.file)
    check_installed("torch", "onnx", "onnxruntime")
    read_settings(args.run)  # is it there, and whole?
    from d2l_ssd.torch import get_weights

    trained = load_network(args.run)
    predictor = predictor_of(trained, args.run)
    difference = write_onnx(args.file, predictor, get_weights(trained.net))
    settings = predictor.settings
    size = Path(args.file).stat().st_size / MEGABYTE
    print(
        f"{args.file}: {size:.1f} MB, {settings.width}x{settings.height} input, "
        f"classes {', '.join(predictor.classes)}\n"
        f"onnxruntime's outputs differ from PyTorch's by {difference:.1g} at most\n"
        f"how to use it: {description_path(args.file)}"
    )


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

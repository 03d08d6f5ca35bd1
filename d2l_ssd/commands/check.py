"""Look at every file of a data set and list all that is wrong at once."""

from __future__ import annotations

import argparse
import os
import sys

from d2l_ssd.commands.arguments import DATA_HELP, is_run, parse_image_size

EXAMPLES = """\
examples:
  d2l-ssd check photographs
      Reads every annotation and every image, and changes nothing.
  d2l-ssd check photographs --report report.html
      Also writes a page that shows what is odd, and how large the objects are.
      It is one file, holds pictures of the images, and needs no network.
  d2l-ssd check photographs/data.yaml --image-size 640x480
      Tries anchors at another input size than the suggested one.

exit status: 0 if there is no problem, 1 if there are some, 2 if DATA cannot be
read at all. Remarks are no problems.
"""
PROBLEMS_FOUND = 1
MOST = 20  # lines per kind of finding


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Add the options of `check`."""
    command.add_argument("data", metavar="DATA", help=DATA_HELP)
    command.add_argument(
        "--report",
        type=os.path.expanduser,
        metavar="FILE",
        help="write a page of HTML with pictures of what is odd",
    )
    command.add_argument(
        "--image-size",
        type=parse_image_size,
        metavar="WxH",
        help="input of the network that anchors are tried at, multiples of 32 "
        "(default: near the images' own shape)",
    )
    command.add_argument(
        "--all",
        action="store_true",
        help=f"list all findings, not only {MOST} of a kind",
    )


def run(args: argparse.Namespace) -> int | None:
    """Inspect a data set and say what was found."""
    from d2l_ssd.files import check_file, write_text
    from d2l_ssd.inspection.inspecting import inspect_dataset
    from d2l_ssd.inspection.report import make_report
    from d2l_ssd.inspection.summary import summarize

    if is_run(args.data):
        raise ValueError(
            f"{args.data} is a run of `train`: name a folder of images"
        )
    if args.report:
        check_file(args.report, "--report")
    inspection = inspect_dataset(args.data, args.image_size)
    _say(summarize(inspection, None if args.all else MOST))
    if args.report:
        write_text(args.report, make_report(inspection))
        _say(f"The report is in {args.report}")
    return PROBLEMS_FOUND if inspection.problems else None


def _say(text: str) -> None:
    """Print names of files and classes whatever letters a terminal knows."""
    encoding = sys.stdout.encoding or "utf-8"
    print(text.encode(encoding, "replace").decode(encoding))

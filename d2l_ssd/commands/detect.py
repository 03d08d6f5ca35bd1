"""Detect objects in images: pictures with boxes, and a file of them."""

from __future__ import annotations

import argparse
import hashlib
import os
from pathlib import Path

from d2l_ssd.checkpoints import CHECKPOINT
from d2l_ssd.commands.arguments import add_timeout, check_order, parse_size
from d2l_ssd.commands.sharing import sharing
from d2l_ssd.detecting.detector import DetectOptions, tile_size_of
from d2l_ssd.detecting.files import FORMATS
from d2l_ssd.detecting.runs import (
    PICTURES,
    DetectionRun,
    Report,
    count_done,
    detect_images,
)
from d2l_ssd.detecting.sources import find_images
from d2l_ssd.detecting.tiles import OVERLAP
from d2l_ssd.file_checks import raise_for_files
from d2l_ssd.files import check_folder
from d2l_ssd.predictors import STORED, load_predictor
from d2l_ssd.processes import together

EXAMPLES = """\
examples:
  d2l-ssd detect run photograph.jpg
      The picture with its boxes is in found/pictures, the boxes with their scores
      are in found/detections.json.
  d2l-ssd detect run photographs --out found --format csv
      All images of a folder and of those within. Run it again to go on where it
      was stopped; images that are done are not looked at again. With another
      --format it only writes another file.
  d2l-ssd detect run new_photographs --format voc --score 0.5 --no-pictures
      A beginning for labels: labeling tools open these files, and what is wrong
      is corrected by hand.
  d2l-ssd detect run aerial.png --tiles --overlap 0.4
      Small objects in a large picture: tiles as large as the photographs of the
      training, which share at least 40% of their sides, and the picture as a whole. The
      overlap should be longer than most objects.
  d2l-ssd detect run.onnx "photographs/*.jpg" --score 0.01 --no-pictures
      With onnxruntime alone, and all that an average precision needs.
  torchrun --standalone --nproc-per-node 4 -m d2l_ssd detect run photographs
      The images shared among four processes, such as one for each GPU. On several
      machines all need the same images, and each keeps the pictures that it drew.

Boxes are those of the image as programs show it, turned as its EXIF says. Images
that cannot be read are named at the end, with exit status 2; the others are done.
"""


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Add the arguments of `detect`."""
    command.add_argument(
        "run",
        metavar="RUN",
        help="folder of a run of train, a file of export (FILE.onnx), or "
        f"{STORED}: the weights of the book's drawn cats and dogs",
    )
    command.add_argument(
        "images",
        metavar="IMAGE",
        nargs="+",
        help="image files, folders of images, or patterns such as 'day*/*.jpg'",
    )
    command.add_argument(
        "--out",
        type=os.path.expanduser,
        default="found",
        metavar="FOLDER",
        help="folder of the results (default: found)",
    )
    command.add_argument(
        "--format",
        choices=tuple(FORMATS),
        default="coco",
        help="of the boxes: coco, detections.json; voc, Annotations/*.xml; yolo, "
        "labels/*.txt with the score as the sixth number; csv, detections.csv "
        "(default: coco)",
    )
    command.add_argument(
        "--no-pictures", action="store_true", help="draw no pictures"
    )
    command.add_argument(
        "--overwrite",
        action="store_true",
        help="begin again, whatever detections the folder of results holds",
    )
    _add_options(command)
    add_timeout(command)


def _add_options(command: argparse.ArgumentParser) -> None:
    """Add the fields of `DetectOptions`."""
    default = DetectOptions()
    command.add_argument(
        "--score",
        type=float,
        default=default.score_threshold,
        help="lowest score of a box: less finds more, and more that is wrong "
        f"(default: {default.score_threshold})",
    )
    command.add_argument(
        "--nms",
        type=float,
        default=default.nms_iou,
        metavar="IOU",
        help="of two boxes of a class that overlap by more than this, the better "
        f"one stays (default: {default.nms_iou})",
    )
    command.add_argument(
        "--max-detections",
        type=int,
        default=default.max_detections,
        metavar="N",
        help=f"most boxes of an image (default: {default.max_detections})",
    )
    command.add_argument(
        "--tiles",
        action="store_true",
        help="look at tiles that overlap, too: for small objects in large images",
    )
    command.add_argument(
        "--tile-size",
        type=parse_size,
        metavar="WxH",
        help="size of a tile in pixels of the image; objects should be as large in "
        "it as in the training's photographs (default: their size)",
    )
    command.add_argument(
        "--overlap",
        type=float,
        default=OVERLAP,
        help="of neighboring tiles, at least, in units of their sides (default: "
        f"{OVERLAP})",
    )


def run(args: argparse.Namespace) -> None:
    """Detect in all images; go on where the same command was stopped.

    Several processes (torchrun) share the images.
    """
    with sharing(os.environ, args.timeout) as processes:
        job = together(lambda: _plan(args), processes)
        report = detect_images(job, args.overwrite, processes)
    if report is not None:
        print(_summary(report, job))
        raise_for_files(report.errors, ValueError)


def _plan(args: argparse.Namespace) -> DetectionRun:
    """Return what the options ask for; say what is wrong with them."""
    check_order(args.run, args.images, "detect RUN IMAGE…")
    options = _options(args)
    check_folder(args.out, "folder")
    sources = find_images(args.images, apart=args.out)
    return DetectionRun(
        load_predictor(args.run),
        _identify(args.run),
        sources,
        Path(args.out),
        options,
        args.format,
        not args.no_pictures,
    )


def how_to_go_on(args: argparse.Namespace) -> str:
    """Say what becomes of a detection that was stopped."""
    count = count_done(args.out)
    if not count:
        return "stopped before an image was done"
    return (
        f"stopped; images done: {count:,}. Run the same command again to go on"
    )


def _options(args: argparse.Namespace) -> DetectOptions:
    """Return how to look for objects."""
    if args.tile_size and not args.tiles:
        raise ValueError("--tile-size needs --tiles")
    if args.overlap != OVERLAP and not args.tiles:
        raise ValueError("--overlap needs --tiles")
    return DetectOptions(
        args.score,
        args.nms,
        args.max_detections,
        args.tiles,
        args.tile_size,
        args.overlap,
    )


def _identify(where: str) -> str:
    """Return what tells a network's weights from others."""
    if where == STORED:
        return STORED
    path = Path(where).expanduser()
    file = path / CHECKPOINT if path.is_dir() else path
    digest = hashlib.sha256(file.read_bytes()).hexdigest()[:12]
    return f"{path.name} ({digest})"


def _summary(report: Report, job: DetectionRun) -> str:
    """Say what was found, and where it is."""
    objects = ", ".join(
        f"{count:,} {name}" for name, count in report.objects.most_common()
    )
    total = sum(report.objects.values())
    lines = [
        f"{_count(report.images, 'image')}, {_count(total, 'object')}"
        + (f": {objects}" if objects else ""),
        f"boxes: {report.path}",
    ]
    if report.before:
        lines[0] += f" (done before: {_count(report.before, 'image')})"
    if job.pictures:
        lines.append(f"pictures: {job.folder / PICTURES}")
    if job.options.tiles:
        height, width = tile_size_of(job.predictor.settings, job.options)
        lines.append(
            f"tiles: {report.views:,} of {width}x{height} pixels, whole images "
            "among them"
        )
    if report.crowded:
        lines.append(_hint(report.crowded, job.options))
    return "\n".join(lines)


def _hint(crowded: dict[str, int], options: DetectOptions) -> str:
    """Say why images may have very many boxes."""
    name = max(crowded, key=crowded.__getitem__)
    return (
        f"hint: there are hundreds of boxes in {_count(len(crowded), 'image')}, "
        f"up to {crowded[name]:,} in {name}: if these are not objects, raise "
        f"--score, which was {options.score_threshold:g}, or use a network that "
        "was trained on such images"
    )


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"

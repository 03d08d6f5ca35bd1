"""Small YOLOs of ultralytics, trained from their .yaml as their authors do.

All options are theirs, but for those that say how long, where and what to
print. The images are read once, as in the other trainings.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from shutil import copyfile
from types import SimpleNamespace

import numpy as np
import torch

from benchmarks.photographs.runs import Clock
from d2l_ssd.detections import Detections
from d2l_ssd.files import write_text

# Before ultralytics is imported: it asks two hosts whether it is online
os.environ["YOLO_OFFLINE"] = "true"
os.environ["YOLO_AUTOINSTALL"] = "false"

NUM_JUDGED = 8  # its last epoch has to judge some images
LEAST_SCORE, MAX_DETECTIONS = 0.001, 300  # as when ultralytics judges


def write_images(folder: Path, images: Sequence) -> Path:
    """Copy images and write labels in YOLO's layout; return its data.yaml.

    Copies, as ultralytics mends JPEG files that it does not like.
    """
    places = [Path("images") / f"{i:06d}.jpg" for i in range(len(images))]
    for i, place in enumerate(places):
        (folder / place).parent.mkdir(parents=True, exist_ok=True)
        copyfile(images.image_path(i), folder / place)
        rows = [
            f"{int(k)} {(x0 + x1) / 2} {(y0 + y1) / 2} {x1 - x0} {y1 - y0}\n"
            for k, x0, y0, x1, y1, _ in images.annotation(i).labels.tolist()
        ]
        label_file = folder / "labels" / f"{place.stem}.txt"
        write_text(label_file, "".join(rows))
    for split, count in ("train", len(places)), ("val", NUM_JUDGED):
        lines = [f"./{place}\n" for place in places[:count]]
        write_text(folder / f"{split}.txt", "".join(lines))
    rows = [f"path: {folder.resolve()}", "train: train.txt", "val: val.txt"]
    rows += ["names:", *(f"  {k}: {n}" for k, n in enumerate(images.classes))]
    write_text(folder / "data.yaml", "\n".join(rows) + "\n")
    return folder / "data.yaml"


def train(
    images: Sequence,
    minutes: float,
    seed: int,
    threads: int,
    folder: Path,
    model: str,
    **options,
) -> tuple[object, int, float]:
    """Train from scratch for some minutes.

    Args:
        images: a data set.
        minutes, seed, threads: of the training.
        folder: for images and weights.
        model: name of a .yaml of ultralytics.
        **options: other than its defaults.

    Returns:
        The detector, the number of images that it saw, the minutes it took.
    """
    os.environ.setdefault("YOLO_CONFIG_DIR", str(folder.resolve()))
    from ultralytics import YOLO

    data = write_images(folder / "data", images)
    counts = _count(threads)
    yolo = YOLO(model, task="detect")
    for event, callback in counts.callbacks.items():
        yolo.add_callback(event, callback)
    yolo.train(
        data=str(data),
        time=minutes / 60,
        seed=seed,
        device="cpu",
        workers=0,
        cache="ram",
        val=False,
        plots=False,
        pretrained=False,
        verbose=False,
        project=str(folder.resolve()),
        name="run",
        exist_ok=True,
        **options,
    )
    # Of its last weights, as nothing is chosen here
    last = YOLO(folder / "run" / "weights" / "last.pt")
    return last, counts.seen, counts.minutes


def _count(threads: int) -> SimpleNamespace:
    """Let a training count its images, and its minutes by the CPU's clock."""
    from ultralytics.engine import trainer

    counts = SimpleNamespace(batches=0, seen=0, minutes=0.0)

    def start(_) -> None:
        torch.set_num_threads(threads)
        clock = counts.clock = Clock(threads)
        trainer.time = SimpleNamespace(time=lambda: 60 * clock.minutes())

    def count(running) -> None:
        loader = running.train_loader
        # An epoch's last batch has what is left
        place = counts.batches % len(loader) * loader.batch_size
        counts.seen += min(loader.batch_size, len(loader.dataset) - place)
        counts.batches += 1

    def stop(_) -> None:
        counts.minutes = counts.clock.minutes()

    counts.callbacks = {
        "on_pretrain_routine_end": start,
        "on_train_batch_start": count,
        "on_train_epoch_end": stop,
    }
    return counts


def detect(
    yolo: object, images: Sequence, threads: int, image_size: int
) -> list[Detections]:
    """Find objects as ultralytics does to judge; boxes in units of the image."""
    found = []
    for i in range(len(images)):
        image = np.ascontiguousarray(images[i][0][..., ::-1])
        result = yolo.predict(
            image,
            imgsz=image_size,
            conf=LEAST_SCORE,
            max_det=MAX_DETECTIONS,
            device="cpu",
            verbose=False,
        )[0]
        torch.set_num_threads(threads)
        boxes = result.boxes
        found.append(
            Detections(
                boxes.xyxyn.numpy(),
                boxes.conf.numpy(),
                boxes.cls.numpy().astype(np.int64),
            )
        )
    return found

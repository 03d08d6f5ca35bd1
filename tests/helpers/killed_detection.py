"""A detection that kills its process, to be run as one.

    python killed_detection.py IMAGES FOLDER MOMENT

MOMENT is one of MOMENTS. No signal comes from elsewhere, so that each run dies in
the same place.
"""

import os
import signal
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from helpers.rectangles import rectangle_predictor  # noqa: E402

from d2l_ssd.detecting import runs  # noqa: E402
from d2l_ssd.detecting.detector import DetectOptions  # noqa: E402
from d2l_ssd.detecting.journal import Journal  # noqa: E402
from d2l_ssd.detecting.sources import find_images  # noqa: E402

MOMENTS = "network", "picture", "renamed picture", "half a line", "file"


def die():
    """End this process as the kernel does when memory runs out."""
    os.kill(os.getpid(), signal.SIGKILL)


def at_call(number, function, instead):
    """Return a function whose call of this number, from 1, is another one's."""
    calls = []

    def call(*args, **kwargs):
        calls.append(args)
        if len(calls) == number:
            return instead(*args, **kwargs)
        return function(*args, **kwargs)

    return call


def half_a_line(journal, content):
    """Write the half of an entry, and die."""
    journal._file.write(b'{"name": "12')
    journal._file.flush()
    die()


def rename_and_die(*paths):
    """Rename a file, and die."""
    rename(*paths)
    die()


rename = os.replace


def prepare(moment, run):
    """Let a moment kill this process; return the run."""
    if moment == "network":
        predict = at_call(2, run.predictor.run, lambda X: die())
        object.__setattr__(run.predictor, "run", predict)
    if moment == "picture":
        os.replace = at_call(10, rename, lambda *paths: die())
    if moment == "renamed picture":
        os.replace = at_call(10, rename, rename_and_die)
    if moment == "half a line":
        Journal._append = at_call(12, Journal._append, half_a_line)
    if moment == "file":
        runs.write_detections = lambda *args: die()
    return run


def make_run(images, folder, seen=None, kind="coco", **options):
    """Return a run that finds rectangles, in batches of eight images."""
    return runs.DetectionRun(
        rectangle_predictor(seen=seen),
        "rectangles",
        find_images([images], apart=folder),
        Path(folder),
        DetectOptions(**options),
        kind,
    )


if __name__ == "__main__":
    images, folder, moment = sys.argv[1:]
    runs.detect_images(prepare(moment, make_run(images, folder)))

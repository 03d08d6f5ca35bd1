"""What does a smaller file cost? Size, AP and time of each precision, measured.

    python -m benchmarks.browser.models [--images 500] [--folder build/browser]
    python -m benchmarks.browser.models --gather

Exports the stored weights in every precision, judges each file on the drawn test
images, and times all of them in the same minutes: with onnxruntime here, and with
the runtime of browsers (onnxruntime-web, which `npm ci` installs) in node. Each
file leaves a .json in the folder, and one that has it is not judged again, unless
the weights are new; --gather makes the package's table of what is there.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import os
import statistics
import subprocess
import time
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

import numpy as np

from benchmarks.processor import processor_name
from d2l_ssd import results
from d2l_ssd.checkpoints import ModelSettings
from d2l_ssd.datasets import open_dataset
from d2l_ssd.files import locked_folder, write_text
from d2l_ssd.onnx import PRECISIONS, write_onnx
from d2l_ssd.onnx.calibration import DRAWN, NUM_IMAGES, calibration_inputs
from d2l_ssd.predictors import (
    STORED,
    Predictor,
    load_network,
    load_predictor,
    predictor_of,
)
from d2l_ssd.results.browser_models import BROWSER_MODELS
from d2l_ssd.scores import detect_all, mean_scores, score_classes
from d2l_ssd.torch import get_weights

ROOT = Path(__file__).resolve().parents[2]
WEIGHTS = ROOT / "d2l_ssd" / "results" / "weights.npz"
TIMES_IN_NODE = "benchmarks/browser/times.mjs"
ROUNDS = 15
SCORE = 0.3  # of errors, which the table leaves out
TIMES = "times"


def main() -> None:
    """Measure what is not measured yet, or make the table."""
    args = _parser().parse_args()
    if args.gather:
        gather(args.folder, args.out)
        return
    os.environ["OMP_NUM_THREADS"] = "1"
    with locked_folder(args.folder, "--folder"):
        stamp = {
            "weights": hashlib.sha256(WEIGHTS.read_bytes()).hexdigest(),
            "split": "test",
            "num_images": args.images,
        }
        for name in PRECISIONS:
            if not _is_measured(args.folder / f"{name}.json", stamp):
                measure(args.folder, name, stamp)
        time_all(args.folder, stamp)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--folder", type=Path, default=Path("build/browser"))
    parser.add_argument("--images", type=int, default=500)
    parser.add_argument("--gather", action="store_true")
    parser.add_argument(
        "--out", type=Path, default=Path(results.__file__).parent
    )
    return parser


def _is_measured(path: Path, stamp: dict) -> bool:
    """Tell whether a file's figures are there, and of these weights."""
    return path.exists() and json.loads(path.read_text())["made"] == stamp


def measure(folder: Path, precision: str, stamp: dict) -> None:
    """Export one file, judge it, and leave its figures beside it."""
    path = folder / f"{precision}.onnx"
    trained = load_network(STORED)
    images = calibration_inputs(DRAWN, ModelSettings())
    difference = write_onnx(
        path,
        predictor_of(trained, STORED),
        get_weights(trained.net),
        precision,
        images,
    )
    content = path.read_bytes()
    row = {
        "precision": precision,
        "holds": PRECISIONS[precision].holds,
        "bytes": len(content),
        "gzipped": len(gzip.compress(content)),
        "difference": difference,
        **judge(load_predictor(path), stamp),
    }
    print(json.dumps(row), flush=True)
    text = json.dumps({"made": stamp, "row": row}, indent=1)
    write_text(folder / f"{precision}.json", text + "\n")


def judge(predictor: Predictor, stamp: dict) -> dict[str, float]:
    """Return AP50 and COCO AP on the first images of a split."""
    dataset = open_dataset(DRAWN, stamp["split"])
    samples = (dataset[i] for i in range(stamp["num_images"]))
    judged = detect_all(predictor, samples, stamp["num_images"])
    scores = mean_scores(score_classes(judged, predictor.classes, SCORE))
    return {"ap": scores.ap, "ap50": scores.ap50}


def time_all(folder: Path, stamp: dict) -> None:
    """Time all files by turns, here and in node, and store the milliseconds."""
    paths = [folder / f"{name}.onnx" for name in PRECISIONS]
    command = ["node", TIMES_IN_NODE, str(ROUNDS), *map(str, paths)]
    run = subprocess.run(
        command, cwd=ROOT, check=True, capture_output=True, text=True
    )
    settings = ModelSettings()
    about = {
        "made": stamp,
        "rounds": ROUNDS,
        "processor": processor_name(),
        "onnxruntime": version("onnxruntime"),
        "milliseconds": dict(zip(PRECISIONS, time_here(paths, settings))),
        "browser_milliseconds": dict(zip(PRECISIONS, json.loads(run.stdout))),
    }
    print(json.dumps(about), flush=True)
    write_text(folder / f"{TIMES}.json", json.dumps(about, indent=1) + "\n")


def time_here(paths: Sequence[Path], settings: ModelSettings) -> list[float]:
    """Return each file's median milliseconds of CPU per image, on one thread."""
    predictors = [load_predictor(path) for path in paths]
    shape = 1, 3, settings.height, settings.width
    X = np.random.default_rng(0).normal(size=shape).astype(np.float32)
    times = [[] for _ in paths]
    for _ in range(1 + ROUNDS):
        for predictor, measured in zip(predictors, times):
            start = time.process_time()
            predictor(X)
            measured.append(1000 * (time.process_time() - start))
    return [statistics.median(measured[1:]) for measured in times]


def gather(folder: Path, out: Path) -> None:
    """Make the package's table of the figures in a folder.

    Raises:
        FileNotFoundError: some are missing.
        ValueError: they are not of the same weights and images.
    """
    parts = [_read(folder / f"{name}.json") for name in PRECISIONS]
    times = _read(folder / f"{TIMES}.json")
    if any(part["made"] != times["made"] for part in parts):
        raise ValueError(
            f"the figures in {folder} are of different weights or images: run "
            "`python -m benchmarks.browser.models` again"
        )
    kinds = "milliseconds", "browser_milliseconds"
    rows = [
        {**part["row"], **{kind: times[kind][name] for kind in kinds}}
        for name, part in zip(PRECISIONS, parts)
    ]
    made = {
        **times["made"],
        "num_calibration": NUM_IMAGES,
        **{key: times[key] for key in ("rounds", "processor", "onnxruntime")},
    }
    table = {"made": made, "rows": rows}
    write_text(out / BROWSER_MODELS, json.dumps(table, indent=1) + "\n")


def _read(path: Path) -> dict:
    """Read a file of figures."""
    if not path.exists():
        raise FileNotFoundError(
            f"{path} is missing: run `python -m benchmarks.browser.models`"
        )
    return json.loads(path.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()

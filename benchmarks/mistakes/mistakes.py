"""What does a wrong input cost the stored weights? Measured on the test images.

    python -m benchmarks.mistakes.mistakes

The network is not trained again. Each row prepares images, or lays out anchors,
in another way than the training did; no row raises an error.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch

from d2l_ssd import results
from d2l_ssd.data import IMAGENET_MEAN, IMAGENET_STD, to_input
from d2l_ssd.datasets import open_dataset
from d2l_ssd.files import write_text
from d2l_ssd.inference import predict_ssd
from d2l_ssd.results.mistakes import MISTAKES
from d2l_ssd.torch import SSD
from d2l_ssd.torch.prediction import judge, settings_of, summarize
from d2l_ssd.torch.weights import load_weights
from d2l_ssd.weight_names import mxnet_to_torch

MEAN, STD = IMAGENET_MEAN[:, None, None], IMAGENET_STD[:, None, None]
BATCH_SIZE = 10


def exchange_colors(X: np.ndarray) -> np.ndarray:
    """Turn RGB into BGR; mean and deviation stay where they are."""
    return ((X * STD + MEAN)[::-1] - MEAN) / STD


def half(X: np.ndarray) -> np.ndarray:
    """Normalize by 0.5 and 0.5 instead of by ImageNet's numbers."""
    return (X * STD + MEAN - 0.5) / 0.5


def only_divided(X: np.ndarray) -> np.ndarray:
    """Divide by 255, and do no more."""
    return X * STD + MEAN


def as_it_is(X: np.ndarray) -> np.ndarray:
    """Leave an input as `to_input` makes it."""
    return X


class Mistake(NamedTuple):
    """One row of the table."""

    change: str
    prepare: Callable = as_it_is
    size: int = 256
    scale_anchors: bool = False


FRACTIONS, PIXELS = "anchors as fractions", "anchors kept in pixels"
ROWS = {
    "none": Mistake("as in training"),
    "bgr": Mistake("BGR in place of RGB", exchange_colors),
    "half": Mistake("mean and deviation 0.5", half),
    "divided": Mistake("divided by 255 only", only_divided),
    **{
        f"{size}{name}": Mistake(f"{size} pixels, {text}", size=size, **scaled)
        for size in (320, 512)
        for name, text, scaled in (
            ("fractions", FRACTIONS, {"scale_anchors": True}),
            ("pixels", PIXELS, {}),
        )
    },
}


@torch.inference_mode()
def measure(net: SSD, images: Sequence, mistake: Mistake) -> dict:
    """Return a row of the table."""
    size = mistake.size
    anchors = settings_of(net).anchors(size, mistake.scale_anchors)
    detections, labels = [], []
    for start in range(0, len(images), BATCH_SIZE):
        stop = min(start + BATCH_SIZE, len(images))
        batch, rows = zip(*(images[i] for i in range(start, stop)))
        X = [mistake.prepare(to_input(image, size, size)) for image in batch]
        logits, offsets = net(torch.from_numpy(np.stack(X).astype("f4")))
        scores = logits.softmax(dim=-1).numpy()
        detections += predict_ssd(scores, offsets.numpy(), anchors)
        labels += rows
    scores = summarize(judge(detections, labels, len(images.classes)))
    return {"change": mistake.change, **scores}


def main() -> None:
    """Measure all rows, store and show them."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--root", default="drawn", help="see open_dataset")
    parser.add_argument("--split", default="test")
    parser.add_argument("--folder", default=Path(results.__file__).parent)
    args = parser.parse_args()
    torch.set_num_threads(1)
    images = open_dataset(args.root, args.split)
    net = SSD(len(images.classes)).eval()
    load_weights(net, mxnet_to_torch(results.load_results().weights))
    made = {"split": args.split, "num_images": len(images)}
    table = {"made": made, "rows": {}}
    for name, mistake in ROWS.items():
        row = table["rows"][name] = measure(net, images, mistake)
        print("{change:36}{ap50:8.3f}{ap:8.3f}".format(**row), flush=True)
        path = Path(args.folder) / MISTAKES
        write_text(path, json.dumps(table, indent=1) + "\n")


if __name__ == "__main__":
    main()

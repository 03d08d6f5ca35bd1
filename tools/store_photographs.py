"""Store a network that was trained on BCCD in the package, and BCCD's labels.

    python tools/store_photographs.py RUN

RUN is the folder of a run of `d2l-ssd train` on BCCD's training and validation
images. The stored weights are rounded; what they find on the test images, and the
card's figures, are those of the rounded weights. D2L_SSD_BCCD may name the data.
"""

import argparse
from pathlib import Path

from d2l_ssd.checkpoints import checkpoint_path
from d2l_ssd.datasets import open_dataset
from d2l_ssd.photographs import find_bccd
from d2l_ssd.photographs.labels import FILE, write_labels
from d2l_ssd.photographs.stored import (
    CARD,
    FOLDER,
    round_checkpoint,
    store_network,
)
from d2l_ssd.torch.export import predict_candidates
from d2l_ssd.torch.prediction import judge, summarize
from d2l_ssd.torch.runs import load_tensors, read_run
from d2l_ssd.torch.stored_card import evaluation_table

MEGABYTE = 1e6
STORED = """
## As it is stored

Convolutions have 8 bits per weight, the widest ones 23 steps: {megabytes:.1f} MB.
On the {images} test images, which neither training nor any choice has seen:

{table}

Before rounding, the means were {ap50:.3f} and {ap:.3f}.
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("run", type=Path, metavar="RUN")
    parser.add_argument("--folder", type=Path, default=Path(str(FOLDER)))
    args = parser.parse_args()
    root = find_bccd("data/bccd")
    write_labels(root, args.folder.parent / FILE)
    net, checkpoint = read_run(args.run)
    dataset = open_dataset(root, "test", checkpoint.classes)
    exact = judge_network(net, dataset)[-1]
    _, weights = round_checkpoint(checkpoint_path(args.run))
    load_tensors(net, weights)
    found, candidates, rounded = judge_network(net, dataset)
    card = (args.run / CARD).read_text(encoding="utf-8")

    def describe(size):
        return card + STORED.format(
            megabytes=size / MEGABYTE,
            images=len(dataset),
            table=evaluation_table(rounded, checkpoint.classes),
            **summarize(exact),
        )

    rest = checkpoint, weights, dataset.ids, found, candidates
    store_network(args.folder, *rest, describe)
    print((args.folder / CARD).read_text(encoding="utf-8"))


def judge_network(net, dataset):
    """Return detections, candidates and the evaluation on a data set."""
    found, candidates, truths = predict_candidates(net, dataset)
    return found, candidates, judge(found, truths, len(dataset.classes))


if __name__ == "__main__":
    main()

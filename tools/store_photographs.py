"""Store a network that was trained on BCCD in the package, and BCCD's labels.

    python tools/store_photographs.py RUN

RUN is the folder of a run of `d2l-ssd train` on BCCD's training and validation
images. The stored weights are rounded; what they find on the test images, and the
card's figures, are those of the rounded weights. D2L_SSD_BCCD may name the data.
"""

import argparse
from pathlib import Path

from tqdm import tqdm

from d2l_ssd.datasets import open_dataset
from d2l_ssd.inference import predict_ssd
from d2l_ssd.photographs import find_bccd
from d2l_ssd.photographs.labels import FILE, write_labels
from d2l_ssd.photographs.stored import (
    CARD,
    FOLDER,
    WEIGHTS,
    round_checkpoint,
    store_network,
)
from d2l_ssd.results import find_candidates
from d2l_ssd.torch.prediction import judge, predict_batches, summarize
from d2l_ssd.torch.runs import checkpoint_path, load_tensors, read_run

STORED = """
## As it is stored

Convolutions have 8 bits per weight, the widest ones 23 steps: {megabytes:.1f} MB.
On the {images} test images, which neither training nor any choice has seen:

{table}

Before rounding, the means were {ap50:.3f} and {ap:.3f}.
"""


def detect(net, dataset):
    """Return detections, candidates and labels of all images of a data set."""
    found, candidates, truths = [], [], []
    anchors = net.settings.anchors()
    batches = predict_batches(net, dataset, batch_size=8, num_workers=0)
    for class_probs, offsets, labels in tqdm(batches):
        found += predict_ssd(class_probs, offsets, anchors)
        candidates += find_candidates(class_probs, offsets)
        truths += labels
    return found, candidates, truths


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
    rest = checkpoint, weights, dataset.ids, found, candidates
    store_network(args.folder, *rest, card)
    megabytes = (args.folder / WEIGHTS).stat().st_size / 1e6
    card += STORED.format(
        megabytes=megabytes,
        images=len(dataset),
        table=to_table(rounded, checkpoint.classes),
        **summarize(exact),
    )
    store_network(args.folder, *rest, card)
    print(card)


def to_table(evaluation, classes):
    """Return AP50 and COCO AP of every class and their means, Markdown."""
    lines = ["| class | AP50 | COCO AP | objects |", "|---|---|---|---|"]
    columns = evaluation.ap[:, 0], evaluation.ap.mean(axis=1)
    counts = evaluation.num_truths
    rows = [*zip(classes, *columns, counts)]
    rows.append(("mean", *(c.mean() for c in columns), counts.sum()))
    lines += [f"| {n} | {a:.3f} | {b:.3f} | {k} |" for n, a, b, k in rows]
    return "\n".join(lines)


def judge_network(net, dataset):
    """Return detections, candidates and the evaluation on a data set."""
    found, candidates, truths = detect(net, dataset)
    return found, candidates, judge(found, truths, len(dataset.classes))


if __name__ == "__main__":
    main()

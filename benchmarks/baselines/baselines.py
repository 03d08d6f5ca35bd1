"""How good are other SSDs, on the ablation's images, and with our recipe?

    python -m benchmarks.baselines.baselines --all --jobs 2
    python -m benchmarks.baselines.baselines --gather

Same images, image size, seeds and judge as in the ablation, and the same options of
the command line; twice as many passes. Each network is trained twice: as its own
authors do, and with the book's loss, matching, steps and augmentation, and with its
anchors scaled to suit the training boxes. No weights are pretrained. The authors'
learning rates are for batches of 32 (d2l, gluoncv) and of 192 images (torchvision);
here they are in proportion to ours.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from math import inf

from benchmarks.ablation.ablation import BUDGET, main
from benchmarks.ablation.network import NUM_CLASSES
from benchmarks.ablation.recipe import FULL, sgd
from benchmarks.ablation.replacements import paper_crops
from benchmarks.ablation.settings import Row
from benchmarks.baselines.mobile import SSDLite, mobile_anchors
from benchmarks.baselines.networks import (
    fitted,
    gluon_anchors,
    gluon_ssd,
    tiny_anchors,
    tiny_loss,
    tiny_ssd,
)
from d2l_ssd.augmentation import random_iou_crop
from d2l_ssd.torch import SSD, hard_negative_mask

# What our recipe has, and nobody else's
PLAIN = dict(
    localization_weight=1.0,
    max_norm=inf,
    average=0.0,
    warmup_steps=0,
    cosine=False,
)
BATCH = BUDGET.batch_size
OURS = replace(FULL, network=partial(SSD, NUM_CLASSES))


def pair(
    name: str,
    network: str,
    recipe: str,
    architecture: dict,
    training: dict,
) -> tuple[Row, Row]:
    """Return the rows of a network: its authors' recipe, and ours.

    Args:
        name: of the first row.
        network, recipe: what the table says of them.
        architecture: fields of Setting: network and anchors.
        training: fields of Setting in which its authors' recipe differs.
    """
    theirs = replace(FULL, **architecture, **PLAIN | training)
    anchors = partial(fitted, theirs.anchors)
    ours = replace(FULL, network=theirs.network, anchors=anchors)
    change = f"{network}, {recipe}"
    return (
        Row(name, "baseline", change, theirs, parts=()),
        Row(f"{name}-our-recipe", "baseline", f"{network}, our recipe", ours),
    )


BASELINES = {
    row.name: row
    for row in (
        Row("ours", "baseline", "our network, our recipe", OURS),
        *pair(
            "tinyssd",
            "d2l's TinySSD",
            "its own loss, SGD, no augmentation",
            dict(network=tiny_ssd, anchors=tiny_anchors),
            dict(
                loss=tiny_loss,
                optimizer=partial(sgd, lr=0.2 * BATCH / 32, weight_decay=5e-4),
                light=None,
                window=None,
                flip=None,
            ),
        ),
        *pair(
            "gluoncv",
            "gluoncv's ssd_512_resnet18_v1",
            "SGD whose rate falls twice, the SSD paper's canvas and crops",
            dict(network=gluon_ssd, anchors=gluon_anchors),
            dict(
                negatives=partial(hard_negative_mask, minimum=0),
                optimizer=partial(
                    sgd, lr=1e-3 * BATCH / 32, momentum=0.9, weight_decay=5e-4
                ),
                drops=(160 / 240, 200 / 240),
                window=paper_crops,
            ),
        ),
        *pair(
            "ssdlite",
            "torchvision's ssdlite320_mobilenet_v3_large",
            "SGD with warm-up and cosine, crops",
            dict(network=SSDLite, anchors=mobile_anchors),
            dict(
                negatives=partial(hard_negative_mask, minimum=0),
                optimizer=partial(
                    sgd, lr=0.15 * BATCH / 192, momentum=0.9, weight_decay=4e-5
                ),
                warmup_steps=FULL.warmup_steps,
                cosine=True,
                light=None,
                # One of its seven kinds of crop is none
                window=partial(random_iou_crop, probability=6 / 7),
            ),
        ),
    )
}

if __name__ == "__main__":
    longer = replace(BUDGET, num_epochs=2 * BUDGET.num_epochs)
    main(BASELINES, "baselines", __doc__, longer)

"""How good are other SSDs, trained like the last setting of the ablation?

    python -m benchmarks.baselines.baselines --all

Same images, same number of steps, same image size, same judge as in the ablation.
Each of the two networks is trained twice: as its own authors do, and with the
book's loss, steps and augmentation. gluoncv's own loss and augmentation are the
book's, but for a minimum of negatives, so that only its steps differ. Our own
network is trained with TinySSD's anchors besides. No weights are pretrained.
"""

from dataclasses import replace

from benchmarks.ablation.ablation import main
from benchmarks.ablation.settings import SETTINGS, Steps, constant_rate, sgd
from benchmarks.baselines.networks import (
    few_tiny_anchors,
    gluon_anchors,
    gluon_ssd,
    tiny_anchors,
    tiny_loss,
    tiny_ssd,
)

BOOK = SETTINGS["augmentation"]
TINY = replace(
    BOOK,
    name="TinySSD, our recipe",
    change="d2l's TinySSD, the book's recipe",
    network=tiny_ssd,
    anchors=tiny_anchors,
)
GLUON = replace(
    BOOK,
    name="gluoncv, our recipe",
    change="gluoncv's ssd_512_resnet18_v1, the book's recipe",
    network=gluon_ssd,
    anchors=gluon_anchors,
)
BASELINES = {
    setting.name: setting
    for setting in (
        replace(
            TINY,
            name="TinySSD",
            change="d2l's TinySSD, its own loss and steps, no augmentation",
            loss=tiny_loss,
            steps=Steps(sgd(0.2, weight_decay=5e-4), constant_rate),
            augment=None,
        ),
        TINY,
        replace(
            GLUON,
            name="gluoncv",
            change="gluoncv's ssd_512_resnet18_v1, its own steps",
            steps=Steps(
                sgd(1e-3, momentum=0.9, weight_decay=5e-4), constant_rate
            ),
        ),
        GLUON,
        replace(
            BOOK,
            name="ours, TinySSD's anchors",
            change="our network and recipe, all anchors from 0.2",
            anchors=few_tiny_anchors,
        ),
    )
}

if __name__ == "__main__":
    main(BASELINES, "baselines", __doc__)

"""An ablation that nobody has run: its form, with numbers made up."""

import numpy as np

PARTS = {
    "order": "predictions image first, like the targets",
    "classes": "a class for cats and one for dogs",
    "relu": "a norm and ReLU on every map before its heads",
    "anchors": "anchors that fit the objects",
    "warm-up": "the learning rate rises at first",
    "average": "a running mean of the weights is judged",
}
MADE = {
    "data": "drawn",
    "image_size": 128,
    "epochs": 4,
    "batch_size": 16,
    "num_train": 1000,
    "num_test": 200,
    "hardware": "made up",
    "torch": "2.0",
}
INSTEAD = {"pooling": "global pooling for the last map", "sgd": "SGD"}


def make_table(seeds=3, points=20, parts=PARTS):
    """Make an ablation whose parts add to AP50, all but the last one.

    The full recipe has an AP50 of about 0.6; without its last part, of 0.65.
    """
    rng = np.random.default_rng(5)
    names = list(parts)
    worth = np.append(np.full(len(names) - 1, 0.6 / (len(names) - 1)), -0.05)

    def row(name, kind, change, on, part=None):
        level = 0.05 + sum(worth[names.index(n)] for n in on)
        return {
            **{"name": name, "kind": kind, "change": change},
            **{"part": part, "parts": on, "parameters": 1000},
            "runs": [make_run(rng, s, level, points) for s in range(seeds)],
        }

    rows = [row("naive", "way", "a naive SSD", [])]
    rows += [
        row("full" if part == names[-1] else part, "way", says, names[:k], part)
        for k, (part, says) in enumerate(parts.items(), start=1)
    ]
    rows += [
        row(
            f"without {part}",
            "without",
            f"without: {says}",
            [name for name in names if name != part],
            part,
        )
        for part, says in parts.items()
    ]
    rows += [row(n, "instead", says, names) for n, says in INSTEAD.items()]
    said = [{"name": name, "says": says} for name, says in parts.items()]
    return {"made": MADE, "parts": said, "rows": rows}


def make_run(rng, seed, level, points):
    """Make a run of about this AP50, whose losses fall."""
    ap50 = float(np.clip(level + rng.normal(0, 0.005), 0, 1))
    images = np.linspace(250, 4000, points).astype(int)
    falling = (1 + 0.05 * rng.uniform(size=points)) / np.sqrt(images / 250)
    return {
        "seed": seed,
        **{"ap50": ap50, "ap75": 0.6 * ap50, "ap": 0.5 * ap50},
        **{"images_per_second": 20.0, "seconds": 200.0},
        "curve": {
            "images": images.tolist(),
            "class_loss": np.round(5 * falling, 4).tolist(),
            "localization_loss": np.round(3 * falling, 4).tolist(),
        },
    }

"""What is asked, and what is trained to answer it."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Setting:
    """One row of a table: what its training has of its own."""

    change: str
    share: float = 1.0  # of the training images
    init_from: str = ""  # or "drawn"
    width: int = 320
    height: int = 256
    fit: str = "squeeze"
    suggested_anchors: bool = True
    class_weights: str = "equal"
    budget: float = 1.0  # in units of the other rows' number of images seen


BASE = "scratch-100"
_base = Setting("from scratch, all images, 320 x 256, anchors suggested")
_small = replace(_base, width=256, height=256)
SETTINGS = {
    BASE: _base,
    "drawn-100": replace(
        _base, change="from the drawn animals, all images", init_from="drawn"
    ),
    "scratch-30": replace(
        _base, change="from scratch, 30 % of the images", share=0.3
    ),
    "drawn-30": replace(
        _base,
        change="from the drawn animals, 30 % of the images",
        init_from="drawn",
        share=0.3,
    ),
    "scratch-10": replace(
        _base, change="from scratch, 10 % of the images", share=0.1
    ),
    "drawn-10": replace(
        _base,
        change="from the drawn animals, 10 % of the images",
        init_from="drawn",
        share=0.1,
    ),
    "anchors-default": replace(
        _base,
        change="the book's anchors, made for the drawn animals",
        suggested_anchors=False,
    ),
    "class-weights": replace(
        _base,
        change="objects of rare classes weigh more",
        class_weights="balanced",
    ),
    "224-squeeze": replace(
        _small, change="224 x 224, squeezed", width=224, height=224
    ),
    "256-squeeze": replace(_small, change="256 x 256, squeezed"),
    "256-pad": replace(_small, change="256 x 256, padded", fit="pad"),
    "416x320": replace(
        _base, change="416 x 320, near their shape", width=416, height=320
    ),
    # As many pixels seen as at 416 x 320
    "320x256-longer": replace(
        _base,
        change="320 x 256, as long as 416 x 320",
        budget=416 * 320 / (320 * 256),
    ),
}
QUESTIONS = {
    "start": (
        "From scratch, or from the drawn animals' weights?",
        [
            f"{start}-{percent}"
            for percent in (100, 30, 10)
            for start in ("scratch", "drawn")
        ],
    ),
    "anchors": (
        "What do anchors from the training boxes change?",
        ["anchors-default", BASE],
    ),
    "size": (
        "What do size and shape of the input cost, and what do they bring?",
        [
            "224-squeeze",
            "256-squeeze",
            "256-pad",
            BASE,
            "320x256-longer",
            "416x320",
        ],
    ),
    "weights": (
        "What do class weights do for the rare platelets?",
        [BASE, "class-weights"],
    ),
}
# Answers are choices, and no choice is made on test images
LEARNED, CHOSEN_ON = "train", "val"

# Of the comparison, at the end of all choices
TRAIN, TEST = "trainval", "test"
BASELINES = {
    "ours": "the book's network and recipe",
    "ssdlite320": "torchvision's ssdlite320_mobilenet_v3_large",
    "yolo11n": "ultralytics' yolo11n, 640 pixels",
    "yolo26n": "ultralytics' yolo26n, 640 pixels",
    "yolo11n-416": "yolo11n, 416 pixels, a step every 8 images",
}

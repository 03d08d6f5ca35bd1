"""A folder in VOC's layout in which everything is wrong that can be."""

import io
from xml.sax.saxutils import escape

import cv2
import numpy as np
from helpers.voc import annotation_xml
from PIL import Image

SIZE = 96, 64
CAT = "cat", (11, 6, 50, 45), {}
DOG = "dog", (40, 11, 90, 60), {}
MARKUP = "<b>&\"'"  # in the name of a file


def blobs(seed, size=SIZE):
    """Return smooth random colors, (H, W, 3) uint8, unlike any other seed's."""
    rng = np.random.default_rng(seed)
    coarse = rng.integers(256, size=(6, 8, 3), dtype=np.uint8)
    return cv2.resize(coarse, size, interpolation=cv2.INTER_CUBIC)


def encoded(pixels, kind="PNG", **options):
    """Return pixels as the bytes of a file."""
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, kind, **options)
    return buffer.getvalue()


class BadVOC:
    """Writes the folder; `split` collects what the lists name."""

    def __init__(self, root):
        self.root = root
        self.splits = {"train": [], "val": [], "test": []}
        for folder in "JPEGImages", "Annotations", "ImageSets/Main":
            (root / folder).mkdir(parents=True, exist_ok=True)

    def add(self, name, objects, split="train", data=None, xml=None, size=SIZE):
        """Write an image and its annotation; "" as bytes or text: no file."""
        number = sum(map(len, self.splits.values()))
        data = encoded(blobs(number)) if data is None else data
        if xml is None:
            xml = annotation_xml(objects, size, escape(f"{name}.png"))
        if data:
            (self.root / "JPEGImages" / f"{name}.png").write_bytes(data)
        if xml:
            path = self.root / "Annotations" / f"{name}.xml"
            path.write_text(xml, encoding="utf-8")
        self.splits[split].append(name)

    def write_lists(self):
        for split, names in self.splits.items():
            path = self.root / f"ImageSets/Main/{split}.txt"
            path.write_text("".join(f"{n}\n" for n in names), encoding="utf-8")


def write_bad_voc(root):
    """Write one image, or two, for each kind of finding."""
    voc = BadVOC(root)
    one, two, three = blobs(100), blobs(101), blobs(102)
    good = encoded(one)
    voc.add("good", [CAT, DOG], data=good)
    voc.add("truncated", [CAT], data=good[: len(good) // 2])
    voc.add("a web page", [CAT], data=b"<!DOCTYPE html><html>")
    voc.add("scaled", [CAT], size=(192, 128))
    voc.add("no image", [CAT], data=b"")
    voc.add("no annotation", [], xml="")
    voc.add("broken", [], xml="<annotation><object>")
    voc.add("inverted", [CAT, ("dog", (50, 9, 20, 44), {})])
    voc.add("line", [("cat", (97, 12, 97, 40), {})])
    voc.add("outside", [("cat", (60, 20, 140, 60), {})])
    voc.add("click", [("cat", (30, 30, 31, 31), {})])
    voc.add("twice", [CAT, ("cat", (11, 6, 50, 46), {})])
    voc.add("both", [CAT, ("dog", (11, 6, 50, 46), {})])
    voc.add("nothing", [])
    voc.add(MARKUP, [CAT, ("c\u00e9 &lt;i&gt;", (1, 1, 30, 30), {})])
    voc.add("bird", [("bird", (11, 6, 50, 45), {})], "val")
    voc.add("copy", [CAT], "test", data=encoded(one, optimize=True))
    voc.add("film 1", [CAT], data=encoded(two))
    turned = encoded(two[:, ::-1], "JPEG", quality=80)
    voc.add("film 2", [CAT], "test", data=turned)
    voc.splits["val"].append("film 1")
    voc.add("once", [CAT], data=encoded(three))
    voc.add("once more", [CAT, DOG], data=encoded(three))
    voc.write_lists()
    return root

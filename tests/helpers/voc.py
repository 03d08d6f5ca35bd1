"""Tiny folders in VOC's layout, written by hand."""

import io

import numpy as np
from PIL import Image

CAT = "cat", (11, 6, 20, 15), {"difficult": 1, "truncated": 0}
DOG = "dog", (1, 1, 40, 20), {"difficult": 0, "truncated": 1}
BIRD = "bird", (3, 3, 4, 4), {}


def object_xml(name, box, flags):
    flags = "".join(f"<{tag}>{value}</{tag}>" for tag, value in flags.items())
    corners = zip(("xmin", "ymin", "xmax", "ymax"), box)
    corners = "".join(f"<{tag}>{value}</{tag}>" for tag, value in corners)
    return (
        f"<object><name>{name}</name>{flags}<bndbox>{corners}</bndbox></object>"
    )


def annotation_xml(objects, size=(40, 20)):
    """Return an annotation of (name, box, flags) objects; size is (W, H)."""
    width, height = size
    return (
        "<annotation><filename>x.jpg</filename>"
        f"<size><width>{width}</width><height>{height}</height></size>"
        + "".join(object_xml(*o) for o in objects)
        + "</annotation>"
    )


def image_bytes(seed=0, size=(40, 20), kind="JPEG", **options):
    """Return a noisy image as the bytes of a file; size is (W, H)."""
    rng = np.random.default_rng(seed)
    pixels = rng.integers(256, size=(*size[::-1], 3), dtype=np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, kind, **options)
    return buffer.getvalue()


def write_voc(
    root, images, split="train", size=(40, 20), classes=("cat", "dog")
):
    """Write images, {id: objects}, and their lists in VOC's layout.

    There is a list for each of `classes`; none for the others.
    """
    for folder in "JPEGImages", "Annotations", "ImageSets/Main":
        (root / folder).mkdir(parents=True, exist_ok=True)
    for number, (image_id, objects) in enumerate(images.items()):
        data = image_bytes(number, size)
        (root / f"JPEGImages/{image_id}.jpg").write_bytes(data)
        xml = annotation_xml(objects, size)
        (root / f"Annotations/{image_id}.xml").write_text(xml)
    lists = root / "ImageSets/Main"
    (lists / f"{split}.txt").write_text("".join(f"{i}\n" for i in images))
    for name in classes:
        flags = {i: any(o[0] == name for o in images[i]) for i in images}
        lines = [f"{i} {1 if flag else -1:2d}\n" for i, flag in flags.items()]
        (lists / f"{name}_{split}.txt").write_text("".join(lines))
    return root


def write_many(root):
    """Write 13 training and 5 validation images, some without an object."""
    kinds = [[CAT], [CAT, DOG, DOG], [], [BIRD], [DOG]]
    for split, count in ("train", 13), ("val", 5):
        images = {f"{split}{i:02d}": kinds[i % 5] for i in range(count)}
        write_voc(root, images, split)
    return root

"""Tiny folders in VOC's layout, as they should be and as people have them."""

import io
import struct

import numpy as np
from PIL import Image, ImageDraw

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


def annotation_xml(objects, size=(40, 20), file="x.jpg"):
    """Return an annotation of (name, box, flags) objects; size is (W, H)."""
    width, height = size
    return (
        f"<annotation><filename>{file}</filename>"
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
        xml = annotation_xml(objects, size, f"{image_id}.jpg")
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


# Folders as tools and cameras write them. Each function returns what there is:
# file name to [(class, left, top, right, bottom), ...] in pixels, as edges.

COLORS = {
    "cat": (200, 60, 40),
    "dog": (40, 80, 210),
    "Traffic Light": (220, 200, 50),
}
GRAY = 128, 128, 128
WIDE, TALL = (64, 40), (40, 64)
ODD_FOLDERS = []


def odd_folder(write):
    """Add a function to those that write a folder."""
    ODD_FOLDERS.append(write)
    return write


def scene(objects, size=WIDE):
    """Draw rectangles in their classes' colors; return Pillow's image."""
    image = Image.new("RGB", size, GRAY)
    for name, left, top, right, bottom in objects:
        box = left, top, right - 1, bottom - 1
        ImageDraw.Draw(image).rectangle(box, fill=COLORS[name])
    return image


def file_bytes(image, kind="JPEG", **options):
    """Return Pillow's image as the bytes of a file."""
    if kind == "JPEG":
        options = {"quality": 95, "subsampling": 0, **options}
    if kind == "WEBP":
        options = {"lossless": True, **options}
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def voc_corners(objects):
    """Return (name, box, flags) objects; their pixels are counted from 1."""
    return [
        (name, (left + 1, top + 1, right, bottom), {})
        for name, left, top, right, bottom in objects
    ]


def put(root, file, data, xml, encoding="utf-8"):
    """Write an image file and its annotation, and list all but the last one."""
    for folder in "JPEGImages", "Annotations", "ImageSets/Main":
        (root / folder).mkdir(parents=True, exist_ok=True)
    stem = file.rpartition(".")[0]
    (root / "JPEGImages" / file).write_bytes(data)
    (root / f"Annotations/{stem}.xml").write_bytes(xml.encode(encoding))
    *first, last = sorted(
        path.name.rpartition(".")[0] for path in (root / "JPEGImages").iterdir()
    )
    for split, names in ("train", first), ("val", [last]):
        path = root / f"ImageSets/Main/{split}.txt"
        path.write_text("".join(f"{n}\n" for n in names), encoding="utf-8")


def put_scene(root, file, objects, size=WIDE, data=None):
    """Write a scene and its annotation as they should be, but for the bytes."""
    data = data or file_bytes(scene(objects, size))
    put(root, file, data, annotation_xml(voc_corners(objects), size))
    return {file: objects}


@odd_folder
def counted_from_zero(root):
    """A tool writes edges, a bit beyond the image where it rounds."""
    written = {
        "corner.jpg": (("cat", 0, 0, 20, 16), (0, 0, 20, 16)),
        "middle.jpg": (("dog", 12, 8, 40, 30), (11.6, 8.3, 40.2, 29.7)),
        "over.jpg": (("cat", 30, 10, 64, 40), ("29.7", 10.2, 64.4, "40.3")),
        "whole.jpg": (("dog", 0, 0, 64, 40), (-0.3, 0, 64, 40)),
    }
    for file, (item, corners) in written.items():
        xml = annotation_xml([(item[0], corners, {})], WIDE)
        put(root, file, file_bytes(scene([item])), xml)
    return {file: [item] for file, (item, _) in written.items()}


@odd_folder
def tags_left_out_or_added(root):
    """Flags are absent or empty; attributes have names of their own."""
    item = "dog", 8, 6, 40, 30
    written = {}
    for number, flags in enumerate(({}, {"truncated": 1}, {"difficult": ""})):
        name, box, _ = voc_corners([item])[0]
        xml = annotation_xml([(name, box, flags)], WIDE)
        more = (
            "<attributes><attribute><name>age</name></attribute></attributes>"
        )
        xml = xml.replace("</object>", f"{more}</object>")
        xml = xml.replace("</size>", "<depth/></size>")
        put(root, f"{number}.jpg", file_bytes(scene([item])), xml)
        written[f"{number}.jpg"] = [item]
    return written


@odd_folder
def names_with_blanks(root):
    """Classes and files have blanks; a class has more around it."""
    item = "Traffic Light", 8, 6, 40, 30
    written = {}
    for file in "view 0.jpg", "view 1.jpg", "shot 12.30.15.jpg":
        written |= put_scene(root, file, [item])
    path = root / "Annotations/view 0.xml"
    path.write_text(path.read_text().replace(">Traffic", ">\n\t Traffic"))
    return written


@odd_folder
def extensions_and_contents(root):
    """Content decides, whatever a file's name ends in."""
    kinds = {"JPG": "JPEG", "jpeg": "PNG", "PNG": "JPEG", "jpg": "WEBP"}
    kinds |= {"bmp": "BMP", "gif": "GIF", "webp": "JPEG", "jfif": "BMP"}
    written = {}
    for number, (extension, kind) in enumerate(kinds.items()):
        objects = [("cat", 8 + number, 6, 40, 30)]
        data = file_bytes(scene(objects), kind)
        written |= put_scene(root, f"{number}.{extension}", objects, data=data)
    first = [("dog", 4, 4, 30, 20)]
    later = scene([("dog", 34, 20, 60, 36)])
    data = file_bytes(scene(first), "GIF", save_all=True, append_images=[later])
    return written | put_scene(root, "animation.jpg", first, data=data)


@odd_folder
def turned_photographs(root):
    """EXIF says how to turn the pixels; one was labeled without a look at it."""
    exif, written = Image.Exif(), {}
    turns = Image.Transpose.ROTATE_90, Image.Transpose.ROTATE_180
    for file, size, note, turn in (
        ("quarter.jpg", TALL, 6, turns[0]),
        ("upside_down.jpg", WIDE, 3, turns[1]),
        ("square.jpg", (48, 48), 6, turns[0]),
    ):
        objects = [("cat", 4, 3, 20, 25)]
        exif[0x0112] = note
        stored = scene(objects, size).transpose(turn)
        data = file_bytes(stored, exif=exif)
        written |= put_scene(root, file, objects, size, data)
    objects = [("dog", 4, 3, 30, 20)]
    data = file_bytes(scene(objects), exif=exif)
    return written | put_scene(root, "as_stored.jpg", objects, data=data)


@odd_folder
def bytes_after_images(root):
    """A film follows the end of an image, or stands in its end marker's place."""
    film = (
        struct.pack(">I", 24) + b"ftypmp42" + bytes(range(255)) + b"\xff\xda?"
    )
    written = {}
    for file, end in ("film.jpg", None), ("no_end.jpg", -2):
        objects = [("cat", 8, 6, 40, 30)]
        data = file_bytes(scene(objects))[:end] + film
        written |= put_scene(root, file, objects, data=data)
    return written


@odd_folder
def text_of_windows(root):
    """Texts start with a mark, or are in the encodings of Windows."""
    objects, written = [("dog", 8, 6, 40, 30)], {}
    for encoding, label in (
        ("utf-8-sig", "utf-8"),
        ("utf-16", "utf-16"),
        ("cp1252", "windows-1252"),
    ):
        file = f"{encoding} gr\u00fcn.jpg"
        xml = annotation_xml(voc_corners(objects), WIDE).replace("x.jpg", file)
        xml = f'<?xml version="1.0" encoding="{label}"?>\r\n{xml}\r\n'
        put(root, file, file_bytes(scene(objects)), xml, encoding)
        written[file] = objects
    for split, encoding in ("train", "utf-8-sig"), ("val", "utf-16"):
        path = root / f"ImageSets/Main/{split}.txt"
        lines = path.read_text(encoding="utf-8").split("\n")
        path.write_bytes("  \r\n".join(lines).encode(encoding))
    return written

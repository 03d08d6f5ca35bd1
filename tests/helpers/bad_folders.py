"""What can be wrong with folders of labeled images, and the words for it."""

import json
import struct
import zlib

XML = "Annotations/a.xml"
JSON = "train/_annotations.coco.json"
LABEL = "labels/train/a.txt"
BOMB = "<!DOCTYPE a [<!ENTITY x 'ha'><!ENTITY y '&x;&x;'>]>"
OUTSIDE = "../../secret.jpg"


def text(file, old, new):
    """Return a damage: `new` in place of `old` in a file."""

    def damage(root):
        path = root / file
        content = path.read_text()
        assert old in content
        path.write_text(content.replace(old, new, 1))

    return damage


def written(file, content):
    """Return a damage: a file has this content, bytes or text."""

    def damage(root):
        data = content.encode() if isinstance(content, str) else content
        (root / file).write_bytes(data)

    return damage


def removed(*files):
    """Return a damage: files are not there."""
    return lambda root: [(root / file).unlink() for file in files]


def copied(root, path):
    """Copy an image of a folder in YOLO's format."""
    path.write_bytes((root / IMAGES["yolo"]).read_bytes())


def coco(key, number, **values):
    """Return a damage: an entry of a COCO list has other values."""

    def damage(root):
        data = json.loads((root / JSON).read_text())
        data[key][number].update(values)
        (root / JSON).write_text(json.dumps(data))

    return damage


def coco_without(key, number, name):
    """Return a damage: an entry of a COCO list lacks a value."""

    def damage(root):
        data = json.loads((root / JSON).read_text())
        del data[key][number][name]
        (root / JSON).write_text(json.dumps(data))

    return damage


def coco_boxes(change):
    """Return a damage: change(box) for the boxes of a COCO file."""

    def damage(root):
        data = json.loads((root / JSON).read_text())
        for entry in data["annotations"]:
            entry["bbox"] = change(*entry["bbox"])
        (root / JSON).write_text(json.dumps(data))

    return damage


def png_of(width, height):
    """Return a small PNG file that claims to be large."""

    def chunk(name, data):
        body = name + data
        return (
            struct.pack(">I", len(data))
            + body
            + struct.pack(">I", zlib.crc32(body))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = (
        (b"IHDR", header),
        (b"IDAT", zlib.compress(b"\0" * 99)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*part) for part in parts)


LARGE = png_of(60_000, 60_000)
# name: format, what is wrong, the words that the message must have
TABLE = {
    # VOC: the file
    "voc-cut": ("voc", written(XML, "<annotation><size>"), [XML, "broken XML"]),
    "voc-empty": ("voc", written(XML, ""), [XML, "empty", "label"]),
    "voc-web-page": (
        "voc",
        written(XML, "<!DOCTYPE html><html></html>"),
        [XML, "web page", "download"],
    ),
    "voc-entities": (
        "voc",
        text(XML, "<annotation>", f"{BOMB}<annotation>"),
        [XML, "DOCTYPE", "remove"],
    ),
    "voc-binary": ("voc", written(XML, bytes(range(256))), [XML, "XML"]),
    "voc-ampersand": ("voc", text(XML, "cat", "cat & dog"), [XML, "&amp;"]),
    "voc-width": (
        "voc",
        text(XML, "<width>64</width>", ""),
        [XML, "<size> has no <width>"],
    ),
    "voc-name-missing": (
        "voc",
        text(XML, "<name>cat</name>", ""),
        [XML, "<object> has no <name>"],
    ),
    "voc-box-missing": (
        "voc",
        text(XML, "bndbox", "polygon"),
        [XML],
    ),
    "voc-two-boxes": (
        "voc",
        text(XML, "<bndbox>", "<bndbox><xmin>1</xmin></bndbox><bndbox>"),
        [XML, "2 different <bndbox>"],
    ),
    "voc-flag": (
        "voc",
        text(XML, "</object>", "<difficult>2</difficult></object>"),
        [XML, "<difficult>", "0 or 1", "'2'"],
    ),
    # VOC: the boxes
    "voc-not-a-number": (
        "voc",
        text(XML, "<xmin>5", "<xmin>five"),
        [XML, "<xmin>", "'five"],
    ),
    "voc-comma": ("voc", text(XML, "<xmin>5", "<xmin>5,5"), [XML, "5.5"]),
    "voc-nan": ("voc", text(XML, "<xmin>5", "<xmin>nan"), [XML, "'nan'"]),
    "voc-inverted": (
        "voc",
        text(XML, "<xmin>5", "<xmin>50"),
        [XML, "[50, 7, 40, 30]", "inverted"],
    ),
    "voc-outside": (
        "voc",
        text(XML, "<xmax>40", "<xmax>66"),
        [XML, "[5, 7, 66, 30]", "outside", "1..64"],
    ),
    "voc-negative": (
        "voc",
        text(XML, "<xmin>5", "<xmin>-9"),
        [XML, "-9", "outside"],
    ),
    "voc-fractions": (
        "voc",
        text(
            XML,
            "<xmin>5</xmin><ymin>7</ymin><xmax>40</xmax><ymax>30",
            "<xmin>.1</xmin><ymin>.2</ymin><xmax>.5</xmax><ymax>.9",
        ),
        [XML, "pixels"],
    ),
    "voc-size-negative": (
        "voc",
        text(XML, "<width>64", "<width>-64"),
        [XML, "<size>", "-64"],
    ),
    "voc-rotated": (
        "voc",
        text(
            XML,
            "</object>",
            "<attributes><attribute><name>rotation</name><value>30</value>"
            "</attribute></attributes></object>",
        ),
        [XML, "rotated", "upright"],
    ),
    # VOC: what belongs together
    "voc-image-missing": (
        "voc",
        removed("JPEGImages/a.jpg"),
        ["JPEGImages/a.jpg", "no image"],
    ),
    "voc-annotation-missing": (
        "voc",
        removed(XML),
        [XML, "annotation not found"],
    ),
    "voc-list-leaves": (
        "voc",
        written("ImageSets/Main/train.txt", f"{OUTSIDE}\n"),
        ["train.txt", OUTSIDE, "without folder"],
    ),
    "voc-list-unknown": (
        "voc",
        written("ImageSets/Main/train.txt", "a\nzebra\n"),
        ["zebra", "annotation not found"],
    ),
    "voc-list-binary": (
        "voc",
        written("ImageSets/Main/train.txt", b"a\n\xff\x00\xfe"),
        ["train.txt", "UTF-8"],
    ),
    "voc-two-files": (
        "voc",
        lambda root: (
            written("JPEGImages/a.png", b"")(root),
            text(XML, "x.jpg", "")(root),
        ),
        ["a.jpg", "a.png", "remove or rename"],
    ),
    # COCO: the file
    "coco-cut": (
        "coco",
        lambda root: written(JSON, (root / JSON).read_text()[:-40])(root),
        [JSON, "broken JSON", "again"],
    ),
    "coco-lists": (
        "coco",
        written(JSON, '{"images": {}, "annotations": []}'),
        [JSON, "no list 'images'"],
    ),
    "coco-deep": (
        "coco",
        written(
            JSON, '{"images": ["file_name"], "annotations": ' + "[" * 99_999
        ),
        [JSON, "broken JSON"],
    ),
    "coco-latin-1": (
        "coco",
        lambda root: written(
            JSON, (root / JSON).read_bytes().replace(b"cat", b"c\xe4t")
        )(root),
        [JSON, "UTF-8"],
    ),
    # COCO: images
    "coco-image-id": ("coco", coco("images", 1, id=10), [JSON, "same id 10"]),
    "coco-image-twice": (
        "coco",
        coco("images", 1, file_name="a.jpg"),
        [JSON, "train/a.jpg", "twice"],
    ),
    "coco-no-image-id": (
        "coco",
        coco_without("images", 1, "id"),
        ["images[1]"],
    ),
    "coco-no-file-name": (
        "coco",
        coco_without("images", 1, "file_name"),
        [JSON, "11", "file_name"],
    ),
    "coco-file-name-number": ("coco", coco("images", 1, file_name=7), ["11"]),
    "coco-image-missing": (
        "coco",
        removed("train/a.jpg"),
        [JSON, "no image 'a.jpg'", "copy"],
    ),
    "coco-leaves": (
        "coco",
        coco("images", 0, file_name=OUTSIDE),
        [JSON, OUTSIDE, "leaves the folder"],
    ),
    "coco-absolute": (
        "coco",
        coco("images", 0, file_name="/etc/secret.jpg"),
        ["/etc/secret.jpg", "leaves the folder"],
    ),
    "coco-drive": (
        "coco",
        coco("images", 0, file_name="C:\\secret.jpg"),
        ["secret.jpg", "leaves the folder"],
    ),
    "coco-address": (
        "coco",
        coco("images", 0, file_name="https://example.org/z.jpg"),
        ["https://example.org/z.jpg", "download"],
    ),
    "coco-width": ("coco", coco("images", 0, width="64"), ["a.jpg", "'64'"]),
    "coco-height": ("coco", coco("images", 0, height=-1), ["a.jpg", "-1"]),
    # COCO: categories
    "coco-category-id": (
        "coco",
        coco("categories", 1, id=1),
        [JSON, "'cat' and 'dog'", "same id 1"],
    ),
    "coco-category-name": (
        "coco",
        coco("categories", 1, name="cat"),
        [JSON, "same name 'cat'"],
    ),
    "coco-category-unnamed": (
        "coco",
        coco_without("categories", 0, "name"),
        [JSON, "categories[0]", "name"],
    ),
    # COCO: annotations
    "coco-stray": (
        "coco",
        coco("annotations", 0, image_id=99),
        [JSON, "annotations[0]", "99"],
    ),
    "coco-annotation-id": (
        "coco",
        coco("annotations", 1, id=0),
        [JSON, "several annotations have: 1, '0'"],
    ),
    "coco-unknown-category": (
        "coco",
        coco("annotations", 0, category_id=99),
        [JSON, "train/a.jpg", "category_id 99"],
    ),
    "coco-no-box": (
        "coco",
        coco_without("annotations", 0, "bbox"),
        [JSON, "train/a.jpg", "id 0 has no bbox"],
    ),
    "coco-outline-only": (
        "coco",
        coco("annotations", 0, bbox=[], segmentation=[[1, 2, 3, 4, 5, 6]]),
        ["train/a.jpg", "only a segmentation", "boxes"],
    ),
    "coco-three-numbers": (
        "coco",
        coco("annotations", 0, bbox=[1, 2, 3]),
        ["train/a.jpg", "four numbers", "[1, 2, 3]"],
    ),
    "coco-texts": (
        "coco",
        coco("annotations", 0, bbox=[1, 2, 3, "4"]),
        ["train/a.jpg", "four numbers", "'4'"],
    ),
    "coco-nan": (
        "coco",
        coco("annotations", 0, bbox=[1, 2, 3, float("nan")]),
        ["train/a.jpg", "four numbers", "nan"],
    ),
    "coco-inverted": (
        "coco",
        coco("annotations", 0, bbox=[20, 2, -9, 8]),
        ["train/a.jpg", "[20, 2, -9, 8]", "negative"],
    ),
    "coco-no-area": (
        "coco",
        coco("annotations", 0, bbox=[20, 2, 0, 8]),
        ["train/a.jpg", "[20, 2, 0, 8]", "no area"],
    ),
    "coco-outside": (
        "coco",
        coco("annotations", 0, bbox=[20, 2, 46, 8]),
        ["train/a.jpg", "[20, 2, 46, 8]", "beyond"],
    ),
    "coco-corners": (
        "coco",
        coco_boxes(lambda x, y, w, h: [20, 15, 21 + w, 16 + h / 2]),
        [JSON, "xmin", "subtract"],
    ),
    "coco-fractions": (
        "coco",
        coco_boxes(lambda x, y, w, h: [x / 64, y / 40, w / 64, h / 40]),
        [JSON, "pixels", "fractions"],
    ),
    "coco-rotated": (
        "coco",
        coco("annotations", 0, attributes={"rotation": 30.0}),
        ["train/a.jpg", "rotated by 30", "upright"],
    ),
    # YOLO: data.yaml
    "yolo-yaml-broken": (
        "yolo",
        written("data.yaml", "names: [cat, dog\ntrain: images"),
        ["data.yaml", "broken YAML", "line"],
    ),
    "yolo-yaml-alias": (
        "yolo",
        written("data.yaml", "names: &a [cat, dog]\ntrain: *a\n"),
        ["data.yaml", "alias"],
    ),
    "yolo-yaml-code": (
        "yolo",
        written("data.yaml", "names: !!python/object/apply:os.getcwd []\n"),
        ["data.yaml", "broken YAML"],
    ),
    "yolo-yaml-list": ("yolo", written("data.yaml", "names\n"), ["data.yaml"]),
    "yolo-no-names": (
        "yolo",
        written("data.yaml", "train: images/train\nnc: 3\n"),
        ["data.yaml", "names must list the classes"],
    ),
    "yolo-nc": (
        "yolo",
        text("data.yaml", "names", "nc: 80\nnames"),
        ["data.yaml", "nc is 80", "3 classes"],
    ),
    "yolo-name-twice": (
        "yolo",
        text("data.yaml", "dog", "cat"),
        ["data.yaml", "'cat'", "twice"],
    ),
    "yolo-name-of-yaml": (
        "yolo",
        text("data.yaml", '"dog"', "no"),
        ["data.yaml", "class 1", "False", "quotes"],
    ),
    "yolo-no-folder": (
        "yolo",
        text("data.yaml", "images/val", "images/eval"),
        ["data.yaml", "val: 'images/eval'", "path"],
    ),
    "yolo-leaves": (
        "yolo",
        lambda root: (
            (root.parent / "outside").mkdir(),
            copied(root, root.parent / "outside/z.jpg"),
            text("data.yaml", "val: images/val", "val: ../outside")(root),
        ),
        ["data.yaml", "'../outside'", "within"],
    ),
    "yolo-list-leaves": (
        "yolo",
        lambda root: (
            copied(root, root.parent / "z.jpg"),
            text("data.yaml", "val: images/val", "val: val.txt")(root),
            written("val.txt", "../z.jpg\n")(root),
        ),
        ["z.jpg", "no such image"],
    ),
    # YOLO: labels
    "yolo-outline": (
        "yolo",
        written(LABEL, "0 .1 .1 .4 .1 .4 .4\n"),
        [LABEL, "line 1", "7 columns", "segmentation", "detection"],
    ),
    "yolo-pose": (
        "yolo",
        written(LABEL, "0 .5 .5 .2 .2" + " .5 .5 2" * 17),
        [LABEL, "line 1", "56 columns", "pose"],
    ),
    "yolo-confidence": (
        "yolo",
        written(LABEL, "0 .5 .5 .2 .2 .9\n"),
        [LABEL, "6 columns", "confidence"],
    ),
    "yolo-four": (
        "yolo",
        written(LABEL, "\n.5 .5 .2 .2"),
        [LABEL, "4 columns"],
    ),
    "yolo-text": (
        "yolo",
        written(LABEL, "0 .5 .5 .2 .2\ncat .5 .5 .2 .2"),
        [LABEL, "line 2", "'cat .5 .5 .2 .2'", "five numbers"],
    ),
    "yolo-comma": ("yolo", written(LABEL, "0 0,5 .5 .2 .2"), [LABEL, "comma"]),
    "yolo-nan": ("yolo", written(LABEL, "0 nan .5 .2 .2"), [LABEL, "finite"]),
    "yolo-class": (
        "yolo",
        written(LABEL, "3 .5 .5 .2 .2"),
        [LABEL, "line 1", "no name", "from 0 to 2"],
    ),
    "yolo-class-negative": (
        "yolo",
        written(LABEL, "-1 .5 .5 .2 .2"),
        [LABEL, "no name"],
    ),
    "yolo-class-fraction": ("yolo", written(LABEL, "0.5 .5 .5 .2 .2"), [LABEL]),
    "yolo-pixels": (
        "yolo",
        written(LABEL, "0 22 18 36 24"),
        [LABEL, "divide pixels"],
    ),
    "yolo-outside": (
        "yolo",
        written(LABEL, "0 .9 .5 .3 .2"),
        [LABEL, "line 1", "beyond"],
    ),
    "yolo-inverted": (
        "yolo",
        written(LABEL, "0 .5 .5 -.3 .2"),
        [LABEL, "negative"],
    ),
    "yolo-no-area": (
        "yolo",
        written(LABEL, "0 .5 .5 0 .2"),
        [LABEL, "no area"],
    ),
    "yolo-binary": (
        "yolo",
        written(LABEL, b"\x00" * 99),
        [LABEL, "all zeros"],
    ),
    "yolo-none-labeled": (
        "yolo",
        lambda root: [p.unlink() for p in root.glob("labels/*/*.txt")],
        ["none of 5 images has labels", "labels/train/a.txt"],
    ),
}
IMAGES = {"voc": "JPEGImages/a.jpg", "coco": "train/a.jpg"}
IMAGES["yolo"] = "images/train/a.jpg"
BAD_IMAGES = {
    "cut": (lambda data: data[:-99], "damaged image"),
    "empty": (lambda data: b"", "0 bytes"),
    "text": (lambda data: b"hello", "not a JPEG"),
    "web page": (lambda data: b"<!doctype html><html>", "web page"),
    "heic": (lambda data: b"\0\0\0\x18ftypheic", "HEIC"),
    "bomb": (lambda data: LARGE, "60,000 x 60,000"),
}

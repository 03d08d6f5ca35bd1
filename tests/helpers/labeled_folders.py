"""The same scenes as folders in VOC's, COCO's and YOLO's formats."""

import json

from helpers.voc import COLORS, WIDE, file_bytes, put_scene, scene

# Per split: image name to (class, left, top, right, bottom) in pixels, as edges
SCENES = {
    "train": {
        "a": [("cat", 4, 6, 40, 30), ("dog", 30, 10, 64, 40)],
        "b": [("dog", 8, 0, 24, 16)],
        "c d": [],
    },
    "val": {
        "e": [("Traffic Light", 20, 12, 28, 36)],
        "f": [("cat", 0, 0, 64, 40)],
    },
}
NAMES = tuple(COLORS)  # of the classes in SCENES


def write_voc_scenes(root, scenes=SCENES):
    """Write scenes in VOC's layout, with lists."""
    for images in scenes.values():
        for name, objects in images.items():
            put_scene(root, f"{name}.jpg", objects)
    for path in (root / "ImageSets/Main").glob("*.txt"):
        path.unlink()
    for split, images in scenes.items():
        path = root / f"ImageSets/Main/{split}.txt"
        path.write_text("".join(f"{name}\n" for name in images))
    return root


def coco_content(images, names=NAMES, size=WIDE, prefix=""):
    """Return COCO's lists of scenes; ids of categories have gaps."""
    width, height = size
    ids = {name: 3 * number + 1 for number, name in enumerate(names)}
    listed = [
        {
            "id": number,
            "file_name": f"{prefix}{name}.jpg",
            "width": width,
            "height": height,
        }
        for number, name in enumerate(images, 10)
    ]
    objects = [
        (number, *item)
        for number, items in enumerate(images.values(), 10)
        for item in items
    ]
    annotations = [
        {
            "id": number,
            "image_id": image,
            "category_id": ids[name],
            "bbox": [left, top, right - left, bottom - top],
            "area": (right - left) * (bottom - top),
            "iscrowd": 0,
        }
        for number, (image, name, left, top, right, bottom) in enumerate(
            objects
        )
    ]
    categories = [{"id": k, "name": name} for name, k in ids.items()]
    return {
        "images": listed,
        "annotations": annotations,
        "categories": categories,
    }


def write_coco_scenes(root, scenes=SCENES):
    """Write scenes as Roboflow does: a folder and a JSON file per split."""
    for split, images in scenes.items():
        folder = root / split
        folder.mkdir(parents=True)
        for name, objects in images.items():
            (folder / f"{name}.jpg").write_bytes(file_bytes(scene(objects)))
        text = json.dumps(coco_content(images))
        (folder / "_annotations.coco.json").write_text(text)
    return root


def yolo_line(item, names=NAMES, size=WIDE):
    """Return an object's line: class, center, width and height."""
    name, left, top, right, bottom = item
    width, height = size
    values = (
        (left + right) / 2 / width,
        (top + bottom) / 2 / height,
        (right - left) / width,
        (bottom - top) / height,
    )
    return " ".join([str(names.index(name)), *(f"{v:.7f}" for v in values)])


def write_yolo_scenes(root, scenes=SCENES, names=NAMES):
    """Write scenes with data.yaml, images/ and labels/."""
    for split, images in scenes.items():
        for kind in "images", "labels":
            (root / kind / split).mkdir(parents=True)
        for name, objects in images.items():
            image = root / "images" / split / f"{name}.jpg"
            image.write_bytes(file_bytes(scene(objects)))
            lines = "".join(f"{yolo_line(o, names)}\n" for o in objects)
            (root / "labels" / split / f"{name}.txt").write_text(lines)
    lists = "".join(f"{split}: images/{split}\n" for split in scenes)
    text = f"path: .\n{lists}names: {json.dumps(names, ensure_ascii=False)}\n"
    (root / "data.yaml").write_text(text, encoding="utf-8")
    return root


WRITERS = {
    "voc": write_voc_scenes,
    "coco": write_coco_scenes,
    "yolo": write_yolo_scenes,
}


def boxes_in_pixels(dataset, index):
    """Return (class, left, top, right, bottom) of an image's objects."""
    image, labels = dataset[index]
    height, width = image.shape[:2]
    sides = [width, height, width, height]
    return [
        (dataset.classes[int(row[0])], *(row[1:5] * sides).round(3).tolist())
        for row in labels
    ]

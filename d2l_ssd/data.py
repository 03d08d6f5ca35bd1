# Generated from book/data.ipynb (`make save`); do not edit.
"""Pascal VOC folders, read image by image, and batches made of them."""

import functools
import hashlib
import http.client
import multiprocessing
import os
import shutil
import tarfile
import tempfile
import urllib.error
import urllib.request
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
from tqdm import tqdm

from d2l_ssd.boxes import (
    clip_boxes,
    flip_boxes,
)
from d2l_ssd.checks import check_class_names
from d2l_ssd.toy import make_toy_voc

VOC_CLASSES = (
    "aeroplane", "bicycle", "bird", "boat", "bottle", "bus", "car", "cat",
    "chair", "cow", "diningtable", "dog", "horse", "motorbike", "person",
    "pottedplant", "sheep", "sofa", "train", "tvmonitor",
)  # fmt: skip


def _field(node, tag, path):
    """Return the text of a child of an XML node."""
    text = node.findtext(tag)
    if text is None or not text.strip():
        raise ValueError(f"{path}: <{node.tag}> has no <{tag}>")
    return text.strip()


def _number(node, tag, path):
    """Return a child of an XML node as a number."""
    text = _field(node, tag, path)
    try:
        number = float(text)
    except ValueError:
        number = np.nan
    if not np.isfinite(number):
        raise ValueError(f"{path}: <{tag}> is not a number: {text!r}")
    return number


def _flag(node, tag, path):
    """Return a child of an XML node that is 0 or 1; absent means 0.

    VOC's own development kit reads absent flags so, and some objects of
    VOC2012 have none.
    """
    if node.find(tag) is None:
        return 0
    text = _field(node, tag, path)
    if text not in ("0", "1"):
        raise ValueError(f"{path}: <{tag}> must be 0 or 1, got {text!r}")
    return int(text)


def _read_size(root, path):
    """Return the height and width of an annotation's image, in pixels."""
    node = root.find("size")
    if node is None:
        raise ValueError(f"{path}: <{root.tag}> has no <size>")
    height, width = (_number(node, tag, path) for tag in ("height", "width"))
    if min(height, width) < 1:
        raise ValueError(f"{path}: the image's size is {width:g} x {height:g}")
    return int(height), int(width)


def _read_box(node, size, path):
    """Return an object's normalised box."""
    box = node.find("bndbox")
    if box is None:
        raise ValueError(f"{path}: <object> has no <bndbox>")
    tags = "xmin", "ymin", "xmax", "ymax"
    xmin, ymin, xmax, ymax = values = [_number(box, t, path) for t in tags]
    height, width = size
    shown = f"box {[f'{v:g}' for v in values]}".replace("'", "")
    if xmax < xmin or ymax < ymin:
        raise ValueError(f"{path}: {shown} is empty or inverted")
    if min(xmin, ymin) < 1 or xmax > width or ymax > height:
        limits = f"1..{width} x 1..{height}"
        raise ValueError(f"{path}: {shown} is outside {limits}")
    # Pixels are counted from 1 and xmax is the last one inside
    return (xmin - 1) / width, (ymin - 1) / height, xmax / width, ymax / height


class Annotation(NamedTuple):
    """What VOC knows of one image."""

    labels: np.ndarray  # (M, 6) [class, xmin, ymin, xmax, ymax, difficult]
    truncated: np.ndarray  # (M,) bool: the object goes on outside its box
    size: tuple  # height and width in pixels


def _parse_xml(path):
    """Return the root of an XML file."""
    try:
        return ET.parse(path).getroot()
    except FileNotFoundError:
        raise FileNotFoundError(f"annotation not found: {path}") from None
    except ET.ParseError as error:
        raise ValueError(f"{path}: broken XML: {error}") from None


def read_voc_annotation(path, classes):
    """Read a VOC annotation file.

    Arguments:
        path: the XML file.
        classes: names of the K classes wanted; a label's class is the index
            in this list. Objects of VOC's other classes are passed over.

    Returns:
        An Annotation: labels (M, 6) float32
        [class, xmin, ymin, xmax, ymax, difficult], boxes in [0, 1] of the
        image; truncated (M,) bool; size (height, width) in pixels.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: the XML is broken or lacks a field, a box is empty,
            inverted or outside the image, a class is neither in classes nor
            one of VOC's, or classes repeats a name.
    """
    classes = check_class_names(classes)
    root = _parse_xml(path)
    size = _read_size(root, path)
    rows, truncated = [], []
    for node in root.findall("object"):
        name = _field(node, "name", path)
        if name not in classes and name not in VOC_CLASSES:
            raise ValueError(f"{path}: unknown class {name!r}")
        box = _read_box(node, size, path)
        flags = [_flag(node, t, path) for t in ("difficult", "truncated")]
        if name in classes:
            rows.append([classes.index(name), *box, flags[0]])
            truncated.append(flags[1])
    labels = np.array(rows, dtype=np.float32).reshape(-1, 6)
    return Annotation(labels, np.array(truncated, dtype=bool), size)


JPEG_START, JPEG_SCAN, JPEG_END = b"\xff\xd8", b"\xff\xda", b"\xff\xd9"


def read_image(path):
    """Read a JPEG file.

    Arguments:
        path: the file.

    Returns:
        (H, W, 3) uint8 RGB, the pixels as they are stored: a rotation noted
        in the file's EXIF data is not applied, for boxes do not know it.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it is not a JPEG file, or its end is missing.
    """
    try:
        data = Path(path).read_bytes()
    except FileNotFoundError:
        raise FileNotFoundError(f"image not found: {path}") from None
    if not data.startswith(JPEG_START):
        raise ValueError(f"{path}: not a JPEG file")
    # Some decoders fill the missing rest of a file with grey. These two bytes
    # cannot occur in pixel data: no end after the last scan, no whole image
    if data.rfind(JPEG_END) <= data.rfind(JPEG_SCAN):
        raise ValueError(f"{path}: truncated JPEG ({len(data):,} bytes)")
    flags = cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION
    image = cv2.imdecode(np.frombuffer(data, dtype=np.uint8), flags)
    if image is None:
        raise ValueError(f"{path}: cannot be decoded")
    return cv2.cvtColor(image, cv2.COLOR_BGR2RGB)


def _read_image_list(path):
    """Return the (id, flag) pairs of a list in ImageSets/Main.

    The flag is 1 where a list has none: the whole split's list holds ids only.
    """
    pairs = []
    for line in path.read_text().splitlines():
        words = line.split()
        if not words:
            continue
        if len(words) > 2 or words[1:] not in ([], ["1"], ["0"], ["-1"]):
            raise ValueError(f"{path}: not an id and a flag: {line!r}")
        pairs.append((words[0], int(words[-1]) if words[1:] else 1))
    return pairs


class VOCDetection:
    """A split of a folder in Pascal VOC's layout, read image by image.

    Arguments:
        root: the folder that holds JPEGImages/, Annotations/ and ImageSets/.
        split: "train" or "val", or any other list in ImageSets/Main.
        classes: names of the K classes; a label's class is an index here.
        all_images: False keeps the images that a list of one of the classes,
            ImageSets/Main/<class>_<split>.txt, flags with 1; True keeps all
            of the split's, also those that show none of the classes.

    Item i is an image, (H, W, 3) uint8 RGB, and its labels, (M, 6) float32
    [class, xmin, ymin, xmax, ymax, difficult]. `ids` are the images' names.

    Raises:
        FileNotFoundError: root is no such folder, or a list, an image or an
            annotation is missing.
        ValueError: classes repeats a name, no image is left, or what
            `read_voc_annotation` and `read_image` say of a file; image and
            annotation differ in size.
    """

    def __init__(self, root, split, classes=("cat", "dog"), all_images=False):
        self.root, self.split = Path(root), split
        self.classes = check_class_names(classes)
        if not (self.root / "JPEGImages").is_dir():
            raise FileNotFoundError(
                f"root must be a folder that holds JPEGImages/, got {root}"
            )
        lists = [self._list_path(f"{name}_{split}") for name in self.classes]
        if all_images:
            lists = [self._list_path(split)]
        pairs = [pair for path in lists for pair in _read_image_list(path)]
        self.ids = sorted({image_id for image_id, flag in pairs if flag == 1})
        if not self.ids:
            names = ", ".join(map(str, lists))
            raise ValueError(f"no image of {list(self.classes)} in {names}")

    def _list_path(self, name):
        path = self.root / "ImageSets" / "Main" / f"{name}.txt"
        if not path.is_file():
            raise FileNotFoundError(f"image list not found: {path}")
        return path

    def __len__(self):
        return len(self.ids)

    def image_path(self, index):
        """Return the path of an image."""
        return self.root / "JPEGImages" / f"{self.ids[index]}.jpg"

    def annotation(self, index):
        """Read the annotation of an image, not the image."""
        path = self.root / "Annotations" / f"{self.ids[index]}.xml"
        return read_voc_annotation(path, self.classes)

    def __getitem__(self, index):
        image = read_image(self.image_path(index))
        labels, _, size = self.annotation(index)
        if image.shape[:2] != size:
            raise ValueError(
                f"{self.image_path(index)}: the image has {image.shape[:2]} "
                f"pixels (height, width), its annotation says {size}"
            )
        return image, labels


def flip(image, labels):
    """Mirror an image left to right, and its boxes.

    Arguments:
        image: (H, W, 3) uint8.
        labels: (M, 6) float32, boxes in [0, 1].

    Returns:
        The new image and the new labels; the old ones are unchanged.
    """
    labels = labels.copy()
    labels[:, 1:5] = flip_boxes(labels[:, 1:5])
    return cv2.flip(image, 1), labels


def random_flip(image, labels, rng):
    """Flip with probability 1/2, drawn from a numpy.random.Generator."""
    return flip(image, labels) if rng.random() < 0.5 else (image, labels)


IMAGENET_MEAN = np.array([0.485, 0.456, 0.406], dtype=np.float32)
IMAGENET_STD = np.array([0.229, 0.224, 0.225], dtype=np.float32)


def crop(image, labels, window):
    """Show what a window frames, and the boxes in it.

    Arguments:
        image: (H, W, 3) uint8.
        labels: (M, 6) float32, boxes in [0, 1].
        window: (4,) box in units of the image; rounded to whole pixels. It
            may reach outside the image: the mean colour of ImageNet is there.

    Returns:
        The framed pixels, and the labels whose box has its center in the
        window, clipped to it (Liu et al., "SSD", 2016, section 2.2).

    Raises:
        ValueError: the window holds no pixel.
    """
    height, width = image.shape[:2]
    scale = np.array([width, height, width, height])
    window_pixels = np.round(np.asarray(window) * scale).astype(int)
    xmin, ymin, xmax, ymax = window_pixels
    if xmax <= xmin or ymax <= ymin:
        raise ValueError(f"window must hold a pixel, got {window}")
    fill = np.round(255 * IMAGENET_MEAN).astype(np.uint8)
    framed = np.tile(fill, (ymax - ymin, xmax - xmin, 1))
    inside = image[max(ymin, 0) : max(ymax, 0), max(xmin, 0) : max(xmax, 0)]
    top, left = max(-ymin, 0), max(-xmin, 0)
    framed[top : top + inside.shape[0], left : left + inside.shape[1]] = inside
    boxes = labels[:, 1:5] * scale - window_pixels[[0, 1, 0, 1]]
    boxes = boxes / np.tile(framed.shape[1::-1], 2)
    center = (boxes[:, :2] + boxes[:, 2:]) / 2
    kept = ((center > 0) & (center < 1)).all(axis=1)
    labels = labels[kept]
    labels[:, 1:5] = clip_boxes(boxes[kept])
    return framed, labels


def to_input(image, height, width):
    """Resize and normalise an image for the network.

    Arguments:
        image: (H, W, 3) uint8 RGB.
        height, width: of the result, in pixels.

    Returns:
        (3, height, width) float32: each colour minus ImageNet's mean, divided
        by its standard deviation. `to_image` is the way back.
    """
    if image.shape[:2] != (height, width):
        shrinks = image.shape[0] >= height and image.shape[1] >= width
        # Averages all pixels; the other would skip some and make moire
        method = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
        image = cv2.resize(image, (width, height), interpolation=method)
    X = np.empty((3, height, width), dtype=np.float32)
    # Colour by colour is contiguous: many times faster than a transpose
    for plane, pixels, mean, std in zip(
        X, cv2.split(image), IMAGENET_MEAN, IMAGENET_STD
    ):
        np.multiply(pixels, 1 / (255 * std), out=plane, dtype=np.float32)
        plane -= mean / std
    return X


def pad_labels(labels):
    """Stack labels of several images, padded to the longest.

    Arguments:
        labels: list of B arrays (M_i, 6) float32; M_i may be 0.

    Returns:
        (B, M, 6) float32, M the largest M_i but at least 1; padding rows
        hold -1.
    """
    longest = max(1, *map(len, labels))
    padded = np.full((len(labels), longest, 6), -1, dtype=np.float32)
    for rows, image_labels in zip(padded, labels):
        rows[: len(image_labels)] = image_labels
    return padded


def stack_batch(samples):
    """Stack (X, labels) samples to X (B, 3, H, W) and Y (B, M, 6), padded."""
    images, labels = zip(*samples)
    return np.stack(images), pad_labels(labels)


class EpochSampler:
    """Yield the (epoch, index) pairs of one epoch, in an order of its own.

    Whatever an item draws at random it draws from (seed, epoch, index): so
    the same seed gives the same batches with any number of worker processes.

    Arguments:
        length: items of the data set.
        seed: int, of the orders.
        shuffle: False keeps the data set's order.

    Each iteration is the next epoch; `set_epoch` says which one that is.
    """

    def __init__(self, length, seed=0, shuffle=True):
        self.length, self.seed, self.shuffle = length, seed, shuffle
        self.epoch = 0

    def __len__(self):
        return self.length

    def __iter__(self):
        epoch, self.epoch = self.epoch, self.epoch + 1
        order = range(self.length)
        if self.shuffle:
            rng = np.random.default_rng([self.seed, epoch])
            order = rng.permutation(self.length).tolist()
        return ((epoch, index) for index in order)

    def set_epoch(self, epoch):
        """Make the next iteration that of an epoch, to resume for example."""
        self.epoch = epoch


class InputDataset:
    """Make network inputs of a data set's images.

    Arguments:
        dataset: item i is (image, labels), like VOCDetection's.
        height, width: of the inputs, in pixels.
        augment: function of image (H, W, 3) uint8, labels (M, 6) and a
            numpy.random.Generator that returns a new image and new labels, or
            None.
        seed: int, of what augment draws.

    Item i, or (epoch, i), is X (3, height, width) float32 and labels (M, 6).
    """

    def __init__(self, dataset, height, width, augment=None, seed=0):
        self.dataset, self.height, self.width = dataset, height, width
        self.augment, self.seed = augment, seed

    def __len__(self):
        return len(self.dataset)

    def __getitem__(self, key):
        epoch, index = key if isinstance(key, tuple) else (0, key)
        if multiprocessing.parent_process():
            # A worker has one core, and OpenCV's threads do not survive a fork
            cv2.setNumThreads(0)
        image, labels = self.dataset[index]
        if self.augment:
            rng = np.random.default_rng([self.seed, epoch, index])
            image, labels = self.augment(image, labels, rng)
        return to_input(image, self.height, self.width), labels


def _mxnet_batch(samples, shared):
    """Stack samples to MXNet arrays, in shared memory if a worker does it."""
    import mxnet as mx

    device = mx.Context("cpu_shared", 0) if shared else mx.cpu()
    return [
        mx.np.array(array, dtype=array.dtype, ctx=device)
        for array in stack_batch(samples)
    ]


def _mxnet_loader(inputs, batch_size, shuffle, num_workers):
    """Return gluon's DataLoader of X (B, 3, H, W) and Y (B, M, 6)."""
    from mxnet import gluon

    sampler = EpochSampler(len(inputs), inputs.seed, shuffle)
    # Batches of one size in training: the network's memory is planned once
    discard = shuffle and len(inputs) >= batch_size
    loader = gluon.data.DataLoader(
        inputs,
        batch_size,
        sampler=sampler,
        last_batch="discard" if discard else "keep",
        batchify_fn=functools.partial(_mxnet_batch, shared=num_workers > 0),
        num_workers=num_workers,
    )
    loader.set_epoch = sampler.set_epoch
    return loader


def load_data_voc_detection(
    batch_size,
    height,
    width,
    classes=("cat", "dog"),
    root=None,
    augment=random_flip,
    seed=0,
    num_workers=2,
    all_images=False,
):
    """Load the training and validation batches of a VOC folder, with MXNet.

    Arguments:
        batch_size: images B of a batch.
        height, width: of the inputs, in pixels.
        classes: names of the K classes.
        root: the folder that holds JPEGImages/; None downloads VOC2012 (2 GB).
        augment: what is done to training images, see InputDataset; None for
            nothing.
        seed: int; orders and augmentation depend on nothing else.
        num_workers: processes that read; 0 reads in this one.
        all_images: keep also the images that show none of the classes.

    Returns:
        Two gluon DataLoaders, training and validation. A batch is
        X (B, 3, height, width) float32 and Y (B, M, 6) float32, rows
        [class, xmin, ymin, xmax, ymax, difficult] or -1 for padding. Training
        is shuffled and drops the last, incomplete batch, and
        `loader.set_epoch(n)` makes the next pass the n-th, from 0, whatever
        came before. Validation keeps the order and all images.

    Raises:
        FileNotFoundError, ValueError: see VOCDetection.
        ConnectionError: VOC2012 cannot be downloaded.
    """
    root = download_voc2012() if root is None else root
    train, val = (
        VOCDetection(root, split, classes, all_images)
        for split in ("train", "val")
    )
    train = InputDataset(train, height, width, augment, seed)
    val = InputDataset(val, height, width, seed=seed)
    return (
        _mxnet_loader(train, batch_size, True, num_workers),
        _mxnet_loader(val, batch_size, False, num_workers),
    )


def load_data_toy(
    batch_size,
    height=256,
    width=256,
    num_train=2000,
    num_val=500,
    root="../data/toy_voc",
    **options,
):
    """Load the embedded data set of cats and dogs, made on first use.

    Arguments: num_train and num_val, images; root, where they are made;
    options and the rest as for load_data_voc_detection. Images that show
    neither cat nor dog are kept. Returns the two loaders.
    """
    make_toy_voc(root, num_train, num_val)
    return load_data_voc_detection(
        batch_size, height, width, root=root, all_images=True, **options
    )


DOWNLOAD_ADVICE = """\
Run this again to go on from where it stopped, or
- put the archive, from any mirror, at {archive}, or
- extract it anywhere and pass root="…/VOCdevkit/VOC2012", or
- use load_data_toy, which needs no network."""
CHUNK = 1 << 20  # bytes


def _sha1(path):
    """Return the SHA-1 of a file, as hexadecimal digits."""
    digest = hashlib.sha1()
    with open(path, "rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _fetch(url, path):
    """Download the rest of a file of which path may hold the beginning."""
    have = path.stat().st_size if path.exists() else 0
    request = urllib.request.Request(url)
    if have:
        request.add_header("Range", f"bytes={have}-")
    try:
        reply = urllib.request.urlopen(request, timeout=30)
    except urllib.error.HTTPError as error:
        if error.code == 416:  # nothing is left to send
            return
        raise
    with reply:
        resumed = reply.status == 206
        have = have if resumed else 0
        left = int(reply.headers.get("Content-Length", 0))
        bar = tqdm(
            desc=path.stem,
            initial=have,
            total=have + left,
            unit="B",
            unit_scale=True,
        )
        with bar, open(path, "ab" if resumed else "wb") as file:
            while chunk := reply.read(CHUNK):
                file.write(chunk)
                bar.update(len(chunk))
    if path.stat().st_size < have + left:
        raise ConnectionError(f"{url}: the connection broke")


def download(url, path, sha1, attempts=3):
    """Download a file, verify it, and only then give it its name.

    What was received before an interruption stays in <path>.part; the next
    attempt, or call, goes on from there. A part that turns out wrong is
    removed and the download begins again.

    Arguments:
        url: of the file.
        path: where it is wanted; a right file there is not downloaded again.
        sha1: of its content, 40 hexadecimal digits.
        attempts: how often to try.

    Raises:
        ConnectionError: no attempt succeeded.
        ValueError: another file has this path.
    """
    path = Path(path)
    if path.exists():
        if _sha1(path) != sha1:
            raise ValueError(f"{path}: not the right file: remove it")
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.part")
    for _ in range(attempts):
        try:
            _fetch(url, part)
        except (OSError, http.client.HTTPException) as error:
            problem = error
            continue
        if _sha1(part) == sha1:
            os.replace(part, path)
            return
        problem = f"what came does not have the SHA-1 {sha1}"
        part.unlink()
    raise ConnectionError(f"cannot download {url}: {problem}")


def _extract(archive, root):
    """Extract VOCdevkit/VOC2012 from a tar archive: all of it or nothing."""
    root.parent.mkdir(parents=True, exist_ok=True)
    safe = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}
    folder = Path(tempfile.mkdtemp(prefix=".extract-", dir=root.parent))
    try:
        with tarfile.open(archive) as tar:
            tar.extractall(folder, **safe)
        os.replace(folder / "VOCdevkit" / root.name, root)
    finally:
        shutil.rmtree(folder)


def download_voc2012(folder="../data"):
    """Download and extract VOC2012's training and validation images (2 GB).

    Arguments:
        folder: where to; nothing is done if VOCdevkit/VOC2012 is there.

    Returns:
        The path that VOCDetection takes as root.

    Raises:
        ConnectionError: it cannot be downloaded; says what to do instead.
        ValueError: the folder holds another file of the archive's name.
    """
    root = Path(folder) / "VOCdevkit" / "VOC2012"
    if root.is_dir():
        return root
    from d2l import mxnet as d2l

    url, sha1 = d2l.DATA_HUB["voc2012"]
    archive = Path(folder) / url.rpartition("/")[2]
    try:
        download(url, archive, sha1)
    except ConnectionError as error:
        advice = DOWNLOAD_ADVICE.format(archive=archive)
        raise ConnectionError(f"{error}\n{advice}") from None
    _extract(archive, root)
    return root

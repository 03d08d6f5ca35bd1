"""Checkpoints: one file that holds all a training needs to go on.

Both frameworks write the same layout, a zip archive of these members::

    run.json     {"version": 3, "options": dict, "classes": list, "history":
                 list of dicts, "model": dict, "data": dict}
    net          the network's weights, as the framework stores them
    optimizer    the optimizer's state, as the framework stores it
    average      the weights' running mean, if there is one

"model" holds the fields of `ModelSettings`, "data" those of the training images'
`fingerprint`, and as "val" that of the validation images. Files of version 1 have
neither; they are read all the same.
"""

from __future__ import annotations

import hashlib
import json
import numbers
import os
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path

import numpy as np

from d2l_ssd.anchors import RATIOS, SIZES, ssd_anchors
from d2l_ssd.data import IMAGENET_MEAN, IMAGENET_STD
from d2l_ssd.feature_maps import feature_map_shapes
from d2l_ssd.files import replacing
from d2l_ssd.fitting import check_fit

CHECKPOINT = "checkpoint.zip"  # of a run, in its folder
RUN, NET, OPTIMIZER = "run.json", "net", "optimizer"
AVERAGE = "average"
VERSION = 3
UNSET = "(unset)"
# Options that were added later, as all trainings before them had them
ADDED = {"anchors_in": "fractions", "sync_batch_norm": False}
ADVICE = (
    "use the same settings to go on with it, or another path to begin a new run"
)
# Of the command line
INIT_ADVICE = (
    "use the same settings to go on with it. A new run may have others and "
    "begin with its weights: --out NEW --init {folder}"
)


def as_image_size(image_size: int | Sequence[int]) -> tuple[int, int]:
    """Return (height, width) of what may be the side of square images.

    Raises:
        ValueError: it is neither a side nor two, or a network's maps cannot
            have that size.
    """
    sides = image_size
    if isinstance(image_size, numbers.Number):
        sides = image_size, image_size
    if isinstance(sides, str) or len(sides) != 2:
        raise ValueError(
            "image_size must be a side, or height and width, in pixels, got "
            f"{image_size!r}"
        )
    try:
        feature_map_shapes(*sides)
    except ValueError as error:
        message = re.sub("^(height|width)", "image_size", str(error))
        raise ValueError(message) from None
    return int(sides[0]), int(sides[1])


@dataclass(frozen=True)
class ModelSettings:
    """How a network sees an image: whoever uses it must do as its training did.

    Args:
        image_size: (height, width) of its input, in pixels, or the side of a
            square one.
        sizes, ratios: of the anchors, see `ssd_anchors`; the sizes are in
            units of the shorter side of an image of that size.
        mean, std: of the colors, for normalization, in units of 255.
        fit: how an image gets the input's proportions, see `fit_sample`.
        photograph_size: (height, width) of a typical training image, in
            pixels, if it is known: what tiles of a larger one should be.
    """

    image_size: int | tuple[int, int] = 256
    sizes: tuple = SIZES
    ratios: tuple = RATIOS
    mean: tuple = tuple(IMAGENET_MEAN.tolist())
    std: tuple = tuple(IMAGENET_STD.tolist())
    fit: str = "squeeze"
    photograph_size: tuple[int, int] | None = None

    def __post_init__(self) -> None:
        check_fit(self.fit)

    @property
    def height(self) -> int:
        """Height of the input, in pixels."""
        return as_image_size(self.image_size)[0]

    @property
    def width(self) -> int:
        """Width of the input, in pixels."""
        return as_image_size(self.image_size)[1]

    def anchors(
        self,
        image_size: int | tuple[int, int] | None = None,
        scale_anchors: bool = False,
    ) -> np.ndarray:
        """Return the anchors (A, 4) of an input, as corners in [0, 1].

        Args:
            image_size: the input's, as above; None for that of the training.
            scale_anchors: how anchors fit an input of another size. They keep
                their sides in pixels, which is what the network has learned;
                True lets them grow and shrink with the image.
        """
        trained = self.height, self.width
        sides = trained if image_size is None else as_image_size(image_size)
        sizes = self.sizes
        if not scale_anchors:
            scale = min(trained) / min(sides)
            sizes = [[scale * size for size in sizes] for sizes in self.sizes]
        return ssd_anchors(feature_map_shapes(*sides), sizes, self.ratios)

    @classmethod
    def from_dict(cls, values: dict) -> ModelSettings:
        """Make settings of what a checkpoint holds; what it lacks is default.

        Raises:
            ValueError: the normalization is not the one of `to_input`.
        """
        known = {field.name for field in fields(cls)}
        settings = cls(
            **{
                name: _as_tuple(value)
                for name, value in values.items()
                if name in known
            }
        )
        ours = np.array([cls.mean, cls.std])
        if not np.allclose([settings.mean, settings.std], ours, atol=1e-6):
            raise ValueError(
                f"the network was trained with mean {settings.mean} and std "
                f"{settings.std}, but images are normalized with {cls.mean} "
                f"and {cls.std}: use it with the version that trained it"
            )
        return settings

    def as_dict(self) -> dict:
        """Return the settings by name, as JSON keeps them."""
        return json.loads(json.dumps(asdict(self)))


def _as_tuple(value):
    """Turn JSON's lists back into tuples."""
    return tuple(map(_as_tuple, value)) if isinstance(value, list) else value


@dataclass(frozen=True)
class Checkpoint:
    """What a checkpoint holds.

    Args:
        options: of the training, by name.
        classes: names of the classes.
        history: one row per epoch.
        net, optimizer: bytes of a framework.
        average: the same of the weights' running mean; may be empty.
        model: the fields of a ModelSettings; may be empty.
        data: `fingerprint` of the training images, with that of the validation
            images as "val"; may be empty.
    """

    options: dict
    classes: list[str]
    history: list[dict]
    net: bytes
    optimizer: bytes
    model: dict = field(default_factory=dict)
    data: dict = field(default_factory=dict)
    average: bytes = b""

    @property
    def settings(self) -> ModelSettings:
        """How the network sees an image.

        A file of version 1 tells by its options, or else is as all were.
        """
        sizes = self.options.get("image_sizes") or [ModelSettings.image_size]
        return ModelSettings.from_dict({"image_size": sizes[-1], **self.model})


def checkpoint_path(folder: str | os.PathLike) -> Path:
    """Return where a run's checkpoint is; a folder may be named by it."""
    folder = Path(folder).expanduser()
    return folder if folder.name == CHECKPOINT else folder / CHECKPOINT


def save_checkpoint(path: str | os.PathLike, checkpoint: Checkpoint) -> None:
    """Write a checkpoint as a whole or not at all; make its folder.

    A kill before the end leaves the previous checkpoint as it was.
    """
    run = {
        "version": VERSION,
        "options": checkpoint.options,
        "classes": list(checkpoint.classes),
        "history": checkpoint.history,
        "model": checkpoint.model,
        "data": checkpoint.data,
    }
    with replacing(path) as partial, zipfile.ZipFile(partial, "w") as archive:
        archive.writestr(RUN, json.dumps(run, indent=1))
        archive.writestr(NET, checkpoint.net)
        archive.writestr(OPTIMIZER, checkpoint.optimizer)
        if checkpoint.average:
            archive.writestr(AVERAGE, checkpoint.average)


def read_checkpoint(path: str | os.PathLike) -> Checkpoint:
    """Read a checkpoint.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: the file is damaged, or of a later version.
    """
    if not Path(path).exists():
        raise FileNotFoundError(
            f"there is no checkpoint {path}: check the path"
        )
    try:
        with zipfile.ZipFile(path) as archive:
            run = json.loads(archive.read(RUN))
            checkpoint = Checkpoint(
                run["options"],
                run["classes"],
                run["history"],
                archive.read(NET),
                archive.read(OPTIMIZER),
                run.get("model", {}),
                run.get("data", {}),
                archive.read(AVERAGE) if AVERAGE in archive.namelist() else b"",
            )
    except (
        zipfile.BadZipFile, EOFError, KeyError, TypeError, ValueError
    ) as error:  # fmt: skip
        raise ValueError(
            f"the checkpoint {path} is damaged ({error}): take a copy of it if "
            "there is one; to begin the training again, remove it"
        ) from None
    if run.get("version", 1) > VERSION:
        raise ValueError(
            f"the checkpoint {path} has version {run['version']} of the "
            f"layout, and this package reads up to {VERSION}: update it"
        )
    return checkpoint


def fingerprint(ids: Sequence[str], labels: Sequence | None = None) -> dict:
    """Return what tells a set of images from others: a few short texts.

    Args:
        ids: the images' names.
        labels: each image's labels (M, 6), if they are known.
    """
    data = {"images": len(ids), "ids": _digest(str(i).encode() for i in ids)}
    if labels is not None:
        rows = (np.asarray(item, dtype="<f4") for item in labels)
        data["labels"] = _digest(b"%d " % len(a) + a.tobytes() for a in rows)
    return data


def fingerprint_sets(
    sets: Sequence[Sequence], labels: Sequence[dict[int, np.ndarray]]
) -> dict:
    """Return what a checkpoint keeps of its images, see `Checkpoint`.

    Args:
        sets: the training images and, if there are any, the validation images.
        labels: of each set, as `read_labels` returns them.
    """
    data, *val = (
        fingerprint(
            getattr(dataset, "ids", range(len(dataset))),
            rows.values() if len(rows) == len(dataset) else None,
        )
        for dataset, rows in zip(sets, labels)
    )
    return {**data, "val": val[0]} if val else data


def _digest(parts) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part + b"\0")
    return digest.hexdigest()[:16]


def check_same_data(
    path: str | os.PathLike, checkpoint: Checkpoint, data: dict
) -> None:
    """Raise ValueError unless a checkpoint's run saw the same images.

    Args:
        path: of the checkpoint, for the message.
        checkpoint: what it holds; what it does not tell is not compared.
        data: of the images that the run shall go on with, see `Checkpoint`.
    """
    made = checkpoint.data
    changes = [
        *_changes(made, data, "training images"),
        *_changes(
            made.get("val", {}), data.get("val", {}), "validation images"
        ),
    ]
    if changes:
        raise ValueError(
            f"the checkpoint {path} is of a run with {changes[0]}: use the same "
            "images and labels to go on with it, or another path to begin a new "
            "run"
        )


def _changes(made: dict, data: dict, images: str) -> Iterator[str]:
    """Say in what two fingerprints differ."""
    for key, change in {
        "images": f"{made.get('images')} {images}, not {data.get('images')}",
        "ids": f"{images} of other names",
        "labels": f"other labels of the same {images}",
    }.items():
        if key in made and key in data and made[key] != data[key]:
            yield change


def check_same_run(
    path: str | os.PathLike,
    checkpoint: Checkpoint,
    options: dict,
    classes: list[str],
    advice: str = ADVICE,
) -> None:
    """Raise ValueError unless a checkpoint is of a run with these settings.

    Args:
        path: of the checkpoint, for the message.
        checkpoint: what it holds.
        options, classes: of the run that shall go on with it.
        advice: what to do else, for the message.
    """
    wanted = {**options, "classes": list(classes)}
    before = {name: ADDED[name] for name in ADDED if name in wanted}
    made = {**before, **checkpoint.options, "classes": checkpoint.classes}
    # As JSON keeps them: a tuple is a list there
    wanted = json.loads(json.dumps(wanted))
    if made != wanted:
        pairs = {
            name: (made.get(name, UNSET), wanted.get(name, UNSET))
            for name in {**made, **wanted}
        }
        changes = ", ".join(
            f"{name} {old!r}, not {new!r}"
            for name, (old, new) in pairs.items()
            if old != new
        )
        raise ValueError(
            f"the checkpoint {path} is of a run with {changes}: {advice}"
        )


def check_goes_on(
    path: str | os.PathLike,
    checkpoint: Checkpoint,
    options: dict,
    classes: Sequence[str],
    data: dict,
) -> None:
    """Raise ValueError unless a run goes on with these settings and images.

    Args:
        path, checkpoint, data: as for `check_same_data`.
        options, classes: as for `check_same_run`.
    """
    # Other labels suggest other anchors: say the cause
    check_same_data(path, checkpoint, data)
    advice = INIT_ADVICE.format(folder=Path(path).parent)
    check_same_run(path, checkpoint, options, list(classes), advice)

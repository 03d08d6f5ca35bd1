"""Checkpoints: one file that holds all a training needs to go on.

Both frameworks write the same layout, a zip archive of three members:

    run.json     {"options": dict, "classes": list, "history": list of dicts}
    net          the network's weights, as the framework stores them
    optimizer    the optimizer's state, as the framework stores it
"""

from __future__ import annotations

import json
import os
import zipfile
from dataclasses import dataclass
from pathlib import Path

from d2l_ssd.files import replacing

RUN, NET, OPTIMIZER = "run.json", "net", "optimizer"
UNSET = "(unset)"


@dataclass(frozen=True)
class Checkpoint:
    """What a checkpoint holds; `net` and `optimizer` are bytes of a framework."""

    options: dict
    classes: list[str]
    history: list[dict]
    net: bytes
    optimizer: bytes


def save_checkpoint(path: str | os.PathLike, checkpoint: Checkpoint) -> None:
    """Write a checkpoint as a whole or not at all; make its folder.

    A kill before the end leaves the previous checkpoint as it was.
    """
    run = {
        "options": checkpoint.options,
        "classes": list(checkpoint.classes),
        "history": checkpoint.history,
    }
    with replacing(path) as partial, zipfile.ZipFile(partial, "w") as archive:
        archive.writestr(RUN, json.dumps(run, indent=1))
        archive.writestr(NET, checkpoint.net)
        archive.writestr(OPTIMIZER, checkpoint.optimizer)


def read_checkpoint(path: str | os.PathLike) -> Checkpoint:
    """Read a checkpoint.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: the file is damaged.
    """
    if not Path(path).exists():
        raise FileNotFoundError(
            f"there is no checkpoint {path}: check the path"
        )
    try:
        with zipfile.ZipFile(path) as archive:
            run = json.loads(archive.read(RUN))
            return Checkpoint(
                run["options"],
                run["classes"],
                run["history"],
                archive.read(NET),
                archive.read(OPTIMIZER),
            )
    except (zipfile.BadZipFile, KeyError, TypeError, ValueError) as error:
        raise ValueError(
            f"the checkpoint {path} is damaged ({error}): remove it to begin "
            "the training again"
        ) from None


def check_same_run(
    path: str | os.PathLike,
    checkpoint: Checkpoint,
    options: dict,
    classes: list[str],
) -> None:
    """Raise ValueError unless a checkpoint is of a run with these settings.

    Args:
        path: of the checkpoint, for the message.
        checkpoint: what it holds.
        options, classes: of the run that shall go on with it.
    """
    made = {**checkpoint.options, "classes": list(checkpoint.classes)}
    wanted = {**options, "classes": list(classes)}
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
            f"the checkpoint {path} is of a run with {changes}: use the same "
            "settings to go on with it, or another path to begin a new run"
        )

"""Folders in Pascal VOC's layout, read as a whole with all their faults."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from d2l_ssd.datasets.labeled_folder import (
    Folder,
    Problem,
    Sample,
    sample_without_objects,
)
from d2l_ssd.datasets.voc_annotations import (
    AnnotationFile,
    survey_annotation_file,
)
from d2l_ssd.datasets.voc_folders import VOCFolder, holds_voc
from d2l_ssd.datasets.voc_habits import about_names
from d2l_ssd.datasets.voc_lists import VOCLists
from d2l_ssd.datasets.voc_reading import VOCAnnotations
from d2l_ssd.file_checks import some


def read_voc(root: Path) -> Folder:
    """Read all annotations of a folder in Pascal VOC's layout.

    Images and annotations may stand side by side, in the folder or in folders
    of its own, one per split, as Roboflow exports them.

    Raises:
        FileNotFoundError: there are no such files.
    """
    inner = [] if holds_voc(root) else sorted(root.glob("*"))
    parts = [path for path in inner if path.is_dir() and holds_voc(path)]
    if not parts:
        return _read_parts(root, {"": VOCFolder(root)})
    return _read_parts(root, {f"{p.name}/": VOCFolder(p) for p in parts})


def _read_parts(root: Path, parts: dict[str, VOCFolder]) -> Folder:
    """Read folders as one; the names of their images begin with the keys."""
    folder = Folder("voc", root, (), {}, {})
    read = {}
    for prefix, files in parts.items():
        lists = _read_lists(folder, files) if len(parts) == 1 else {}
        listed = [image_id for ids in lists.values() for image_id in ids]
        ids = dict.fromkeys([*files.annotated(), *listed])
        read[prefix] = _read_annotations(folder, files, list(ids), prefix)
        for split, ids in lists.items():
            folder.splits[split] = [f"{prefix}{i}" for i in ids]
        if len(parts) > 1:
            folder.splits[prefix[:-1]] = [f"{prefix}{i}" for i in read[prefix]]
    found = [file for files in read.values() for file in files.values()]
    names = sorted({name for file in found if file for name in file.names})
    folder.classes = tuple(names)
    if alike := about_names(root, names):
        folder.warnings.append(alike)
    for prefix, files in parts.items():
        for image_id, file in read[prefix].items():
            _add_sample(folder, files, image_id, file, prefix)
    return folder


def _read_lists(folder: Folder, files: VOCFolder) -> dict[str, list[str]]:
    """Read the lists of splits; those that cannot be read are problems."""
    lists, main = {}, VOCLists(files, None)
    for path in sorted(main.folder.glob("*.txt")):
        try:
            if not main.has_flags(path):
                ids = VOCLists(files, path.stem).split_ids()
                lists[path.stem] = sorted(ids)
        except (ValueError, OSError) as error:
            folder.problems.append(_problem("list", path, error))
    return lists


def _read_annotations(
    folder: Folder, files: VOCFolder, ids: list[str], prefix: str
) -> dict[str, AnnotationFile | None]:
    """Read annotations; those that cannot be read are problems, and None."""
    found = VOCAnnotations(files).read_all(ids, survey_annotation_file)
    where = files.annotation_folder
    if found.units:
        folder.problems.append(_problem("units", where, found.units))
    if found.edges:
        folder.warnings.append(found.edges)
    for image_id, error in found.errors.items():
        missing = isinstance(error, FileNotFoundError)
        kind = "missing annotation" if missing else "annotation"
        source = _annotation_path(files, image_id)
        name = f"{prefix}{image_id}"
        folder.problems.append(_problem(kind, source, error, name))
    if unlabeled := sorted(files.images.keys() - set(ids)):
        folder.warnings.append(
            f"{where}: images without an annotation are left out: "
            f"{len(unlabeled)}, {some(unlabeled)}. For an image that shows no "
            "object, write an annotation without <object>"
        )
    return {image_id: found.files.get(image_id) for image_id in ids}


def _add_sample(
    folder: Folder,
    files: VOCFolder,
    image_id: str,
    file: AnnotationFile | None,
    prefix: str,
) -> None:
    """Add an image to a folder, and what is wrong with it."""
    name, source = f"{prefix}{image_id}", _annotation_path(files, image_id)
    path = _image_path(folder, files, image_id, name)
    if file is None:
        folder.samples[name] = sample_without_objects(name, path, source)
        return
    folder.samples[name] = Sample(
        name,
        path,
        source,
        file.size,
        np.array([folder.classes.index(n) for n in file.names], dtype=np.int64),
        file.edges,
        np.array(file.difficult, dtype=bool),
        np.array(file.truncated, dtype=bool),
    )
    folder.problems.extend(
        Problem(bad.kind, source, bad.text, name, number)
        for number, bad in file.problems.items()
    )


def _image_path(
    folder: Folder, files: VOCFolder, image_id: str, name: str
) -> Path:
    """Return where an image is, or should be; that is a problem, then."""
    try:
        return files.image_path(image_id)
    except KeyError:
        path = files.image_folder / f"{image_id}.jpg"
        text = f"no image of that name{files.about_missing(image_id)}"
        # Without an annotation, too, the problem is the name in a list
        if _annotation_path(files, image_id).is_file():
            problem = Problem("missing image", path, text, name)
            folder.problems.append(problem)
    except (ValueError, OSError) as error:
        path = files.image_folder / files.images[image_id][0]
        folder.problems.append(_problem("missing image", path, error, name))
    return path


def _annotation_path(files: VOCFolder, image_id: str) -> Path:
    """Return where an image's annotation is, or should be."""
    try:
        return files.annotation_path(image_id)
    except (ValueError, OSError):
        return files.annotation_folder / f"{image_id}.xml"


def _problem(kind: str, source: Path, error, image_id=None) -> Problem:
    """Return a problem of an error whose message may begin with the file."""
    text = str(error).removeprefix(f"{source}: ")
    return Problem(kind, source, text, image_id)

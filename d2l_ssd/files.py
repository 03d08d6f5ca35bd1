"""Files that are there as a whole or not at all, and folders of one process."""

from __future__ import annotations

import errno
import glob
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

try:
    import fcntl
except ModuleNotFoundError:  # Windows: two processes can share a folder there
    fcntl = None

LOCK = ".lock"


@contextmanager
def replacing(path: str | os.PathLike) -> Iterator[Path]:
    """Give a temporary path beside `path`, and rename it at the end.

    Whoever reads `path` meanwhile, or after a kill, finds the old file or the
    new one, never a part. After an error the old file stays. What a killed
    process has left of the same file is removed.

    Args:
        path: the file to replace; its folder is made where it is missing.

    Yields:
        The path to write to.

    Raises:
        OSError: the file cannot be written, such as on a full disk.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    _remove_abandoned(path)
    # A suffix that libraries append (`np.savez` adds .npz) must stay the last
    partial = path.with_name(f".partial-{os.getpid()}-{path.name}")
    try:
        with naming(path):
            yield partial
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)


@contextmanager
def naming(path: str | os.PathLike) -> Iterator[None]:
    """Let errors name a path: a full disk names none, a missing folder a part."""
    try:
        yield
    except OSError as error:
        if error.errno is not None and (
            error.filename is None or ".partial-" in str(error.filename)
        ):
            error.filename = os.fspath(path)
        raise


def _remove_abandoned(path: Path) -> None:
    """Remove parts of a file whose processes live no longer."""
    for partial in path.parent.glob(f".partial-*-{glob.escape(path.name)}"):
        number = partial.name.split("-")[1]
        if number.isdecimal() and not _lives(int(number)):
            partial.unlink(missing_ok=True)


def _lives(pid: int) -> bool:
    """Say whether a process of this machine lives; if in doubt, it does."""
    if os.name != "posix":
        return True  # Signal 0 is no question there
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True


def write_text(path: str | os.PathLike, text: str) -> None:
    """Write a UTF-8 text file as a whole or not at all."""
    with replacing(path) as partial:
        partial.write_text(text, encoding="utf-8")


def check_file(path: str | os.PathLike, name: str) -> None:
    """Raise an error for a file that `replacing` could not write.

    What takes long asks before, and not after its work. Nothing is left.

    Args:
        path: of the file.
        name: what the caller calls it, for messages.

    Raises:
        ValueError: it is a folder.
        OSError: it, or its folder, cannot be made.
    """
    path = Path(path)
    if path.is_dir():
        raise ValueError(f"{name} must be a file, and {path} is a folder")
    try:
        _try_folder(path.parent)
    except OSError as error:
        raise type(error)(
            f"{name} must be a file that can be written, and {path} is not "
            f"({error.strerror}): name another one"
        ) from None


def check_folder(folder: str | os.PathLike, name: str) -> None:
    """Raise the errors of `locked_folder` for a folder, and make none.

    Args:
        folder, name: as for `locked_folder`.
    """
    folder = Path(folder)
    with _explaining(folder, name):
        if folder.is_file():
            raise FileExistsError
        _try_folder(folder)


def _try_folder(folder: Path) -> None:
    """Raise OSError for a folder that cannot be made or written to."""
    place = folder.absolute()
    while not os.path.lexists(place):
        place = place.parent
    if not place.is_dir():
        raise OSError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(place))
    # Permissions do not tell what a system of files allows
    with tempfile.TemporaryFile(dir=place):
        pass


@contextmanager
def _explaining(folder: Path, name: str) -> Iterator[None]:
    """Turn errors about a folder into sentences."""
    try:
        yield
    except FileExistsError:
        raise FileExistsError(
            f"{name} must be a folder, and {folder} is a file: name another one"
        ) from None
    except OSError as error:
        raise type(error)(
            f"{name} must be a folder that can be written to, and {folder} is "
            f"not ({error.strerror}): name another one"
        ) from None


@contextmanager
def locked_folder(folder: str | os.PathLike, name: str) -> Iterator[None]:
    """Make a folder where it is missing, and let no other process lock it.

    The lock ends with the process, however that ends; its file stays.

    Args:
        folder: the folder.
        name: what the caller calls it, for messages.

    Raises:
        OSError: it cannot be made or written to.
        ValueError: another process has locked it.
    """
    folder = Path(folder)
    with _explaining(folder, name):
        folder.mkdir(parents=True, exist_ok=True)
        file = open(folder / LOCK, "a+", encoding="utf-8")
    with file:
        _lock(file, folder, name)
        yield


def _lock(file, folder: Path, name: str) -> None:
    if fcntl is None:
        return
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.seek(0)
        raise ValueError(
            f"{name} {folder} is in use by another process (number "
            f"{file.read().strip() or 'unknown'}): wait for its end, or name "
            "another folder"
        ) from None
    except OSError:
        return  # a file system without locks
    file.seek(0)
    file.truncate()
    file.write(f"{os.getpid()}\n")
    file.flush()

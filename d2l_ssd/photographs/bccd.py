"""The photographs of BCCD: downloaded file by file, each one verified.

BCCD (Blood Cell Count and Detection) has 364 photographs with VOC's annotations,
under the MIT license. SHA256SUMS, beside this module, lists every file.
"""

from __future__ import annotations

import hashlib
import os
import threading
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from importlib import resources
from pathlib import Path

import requests
from tqdm.auto import tqdm

from d2l_ssd.files import replacing
from d2l_ssd.results.sums import read_sums

COMMIT = "d272fb14cdff6e473fafeeeba32aba5f560e9e43"
REPOSITORY = "Shenggan/BCCD_Dataset"
# Both serve the files of a commit; the second stands in where the first fails
SOURCES = (
    f"https://raw.githubusercontent.com/{REPOSITORY}/{COMMIT}/",
    f"https://cdn.jsdelivr.net/gh/{REPOSITORY}@{COMMIT}/",
)
VARIABLE = "D2L_SSD_BCCD"  # names a folder that has the data
LIST = resources.files("d2l_ssd.photographs")  # the folder of SHA256SUMS
DATA = "BCCD"  # the folder in VOC's layout, inside the repository
THREADS = 8
PAUSES = 1.0, 2.0  # seconds before the second and the third try of a file
TIMEOUT = 10, 60  # seconds to connect, and without an answer
NAMED = 3  # files that a message names
ADVICE = """\
{there} of {all} files are in {folder} and stay there.
Run this again to go on, or, where there is a network,
  git clone https://github.com/{repository}
  git -C BCCD_Dataset checkout {commit}
and set {variable} to the path of BCCD_Dataset."""


def find_bccd(folder: str | os.PathLike = "../data/bccd") -> Path:
    """Return the folder of BCCD in VOC's layout; download what is missing.

    Args:
        folder: where to download to (10 MB). Files that are there are kept if
            they are right and downloaded again if not. If the environment
            variable D2L_SSD_BCCD names a folder that has the data, nothing is
            downloaded.

    Returns:
        The path to open as a data set; ImageSets/Main has the lists train, val
        and test.

    Raises:
        ConnectionError: it cannot be downloaded; says what to do instead.
        FileNotFoundError: the folder named by D2L_SSD_BCCD lacks files.
        ValueError: a file there is not the one of the pinned commit.
        OSError: the folder cannot hold it.
    """
    at_hand = os.environ.get(VARIABLE)
    if at_hand:
        return _check_at_hand(Path(at_hand).expanduser())
    folder = Path(folder).expanduser()
    sums = _read_list()
    if missing := _find_missing(folder, sums):
        _download(folder, {name: sums[name] for name in missing})
    return folder / DATA


def _read_list() -> dict[str, str]:
    """Return the SHA-256 of every file by its path in the repository."""
    return read_sums(LIST)


def _digest(path: Path) -> str:
    content = path.read_bytes()
    if path.suffix != ".jpg":  # git may have given it the lines of Windows
        content = content.replace(b"\r\n", b"\n")
    return hashlib.sha256(content).hexdigest()


def _find_missing(folder: Path, sums: dict[str, str]) -> list[str]:
    """List the files that a folder lacks, or has with other content."""
    return [
        name
        for name, digest in sums.items()
        if not (folder / name).is_file() or _digest(folder / name) != digest
    ]


def _check_at_hand(folder: Path) -> Path:
    """Return a folder's data, after a look at every file."""
    root = folder / DATA if (folder / DATA).is_dir() else folder
    sums = {
        name[len(DATA) + 1 :]: digest
        for name, digest in _read_list().items()
        if name.startswith(f"{DATA}/")
    }
    bad = _find_missing(root, sums)
    if not bad:
        return root
    named = ", ".join(bad[:NAMED]) + (", …" if len(bad) > NAMED else "")
    gone = [name for name in bad if not (root / name).is_file()]
    if gone:
        raise FileNotFoundError(
            f"{VARIABLE} must name a folder that has all of BCCD, and {folder} "
            f"lacks {len(bad)} of {len(sums)} files ({named}): name another "
            "one, or unset the variable to download the data"
        )
    raise ValueError(
        f"{VARIABLE} names {folder}, where {len(bad)} of {len(sums)} files are "
        f"not those of commit {COMMIT[:12]} ({named}): check out that commit, "
        "or unset the variable to download the data"
    )


def _download(folder: Path, sums: dict[str, str]) -> None:
    """Download files from the first source that has them all."""
    for number, source in enumerate(SOURCES, 1):
        names = _find_missing(folder, sums)
        try:
            _download_from(source, folder, {n: sums[n] for n in names})
            return
        except requests.RequestException as error:
            if number == len(SOURCES):
                raise ConnectionError(_advise(folder, source, error)) from None


def _download_from(source: str, folder: Path, sums: dict[str, str]) -> None:
    """Download files with a few threads; a failure or Ctrl-C stops them all."""
    local = threading.local()  # a connection per thread, kept open

    def fetch(name: str) -> None:
        if not hasattr(local, "session"):
            local.session = requests.Session()
        content = _fetch(local.session, source + name, sums[name])
        with replacing(folder / name) as partial:
            partial.write_bytes(content)

    pool = ThreadPoolExecutor(THREADS)
    try:
        _show_progress(pool.map(fetch, sums), len(sums))
    finally:
        pool.shutdown(cancel_futures=True)


def _show_progress(files: Iterable[None], count: int) -> None:
    for _ in tqdm(files, "BCCD", count, unit="file"):
        pass


def _fetch(session: requests.Session, url: str, digest: str) -> bytes:
    """Return a file's content, verified; try again if it is not right.

    Raises:
        requests.RequestException: after the last try.
    """
    for pause in PAUSES:
        try:
            return _fetch_once(session, url, digest)
        except requests.RequestException:
            time.sleep(pause)
    return _fetch_once(session, url, digest)


def _fetch_once(session: requests.Session, url: str, digest: str) -> bytes:
    response = session.get(url, timeout=TIMEOUT)
    response.raise_for_status()
    if hashlib.sha256(response.content).hexdigest() != digest:
        raise requests.RequestException(
            f"{url} is not the file that was expected (its SHA-256 differs)"
        )
    return response.content


def _advise(folder: Path, source: str, error: Exception) -> str:
    sums = _read_list()
    advice = ADVICE.format(
        there=len(sums) - len(_find_missing(folder, sums)),
        all=len(sums),
        folder=folder,
        repository=REPOSITORY,
        commit=COMMIT,
        variable=VARIABLE,
    )
    return f"cannot download BCCD from {source}: {error}\n{advice}"

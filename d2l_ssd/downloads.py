"""Data sets from the internet: verified, and never half there."""

from __future__ import annotations

import errno
import os
import shutil
import tarfile
import tempfile
from pathlib import Path

import pooch

from d2l_ssd.files import naming

VOC2012_URL = (
    "http://d2l-data.s3-accelerate.amazonaws.com/VOCtrainval_11-May-2012.tar"
)
VOC2012_SHA1 = "4e443f8a2eca6b1dac8a6c57641b67dd40621a49"
RETRIES = 2
ERRORS_OF_DISKS = errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES
ADVICE = """\
Run this again, or
- put the archive, from any mirror, at {archive} (its SHA-1 is {sha1}), or
- extract it anywhere and pass root="…/VOCdevkit/VOC2012", or
- use load_data_toy, which needs no network."""


def download_voc2012(folder: str | os.PathLike = "../data") -> Path:
    """Download and extract VOC2012's training and validation images (2 GB).

    Args:
        folder: where to; nothing is done if VOCdevkit/VOC2012 is there, and an
            archive that is there is not downloaded again.

    Returns:
        The path that VOCDetection takes as root.

    Raises:
        ConnectionError: it cannot be downloaded; says what to do instead.
        OSError: the folder cannot hold it.
    """
    folder = Path(folder).expanduser()
    root = folder / "VOCdevkit" / "VOC2012"
    if not root.is_dir():
        with naming(folder):
            _extract(_fetch_voc2012(folder), root)
    return root


def _fetch_voc2012(folder: Path) -> Path:
    """Return the path of VOC2012's archive in a folder; download it if needed."""
    name = VOC2012_URL.rpartition("/")[2]
    source = pooch.create(
        path=folder,
        base_url="",
        registry={name: f"sha1:{VOC2012_SHA1}"},
        urls={name: VOC2012_URL},
        retry_if_failed=RETRIES,
    )
    try:
        return Path(
            source.fetch(
                name, downloader=pooch.HTTPDownloader(progressbar=True)
            )
        )
    except (OSError, ValueError) as error:  # requests' errors are OSErrors
        if getattr(error, "errno", None) in ERRORS_OF_DISKS:
            raise
        advice = ADVICE.format(archive=folder / name, sha1=VOC2012_SHA1)
        raise ConnectionError(
            f"cannot download {VOC2012_URL}: {error}\n{advice}"
        ) from None


def _extract(archive: Path, root: Path) -> None:
    """Extract VOCdevkit/VOC2012 from a tar archive: all of it or nothing."""
    root.parent.mkdir(parents=True, exist_ok=True)
    # Python 3.9 and 3.10 have the filter in their last releases only
    safe = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}
    folder = Path(tempfile.mkdtemp(prefix=".extract-", dir=root.parent))
    try:
        with tarfile.open(archive) as tar:
            tar.extractall(folder, **safe)
        os.replace(folder / "VOCdevkit" / root.name, root)
    finally:
        shutil.rmtree(folder)

"""VOC2012 from a server of our own: whole, or not at all, or said why not."""

import errno
import hashlib
import io
import tarfile

import pooch
import pytest
from helpers.servers import UnreliableHandler, serving
from helpers.voc import CAT, DOG, write_voc

from d2l_ssd import downloads
from d2l_ssd.datasets import VOCDetection
from d2l_ssd.downloads import VOC2012_SHA1, VOC2012_URL, download_voc2012


class Handler(UnreliableHandler):
    """Sends the server's body, or fails in the way that is next in its list."""

    def do_GET(self):
        server = self.server
        server.requests += 1
        failure = server.failures.pop(0) if server.failures else None
        if failure == "unavailable":
            self.send_error(503)
            return
        self.answer(server.body, failure)


@pytest.fixture
def server(tmp_path, monkeypatch):
    """A server of a tiny VOC2012 in place of the real one's address."""
    root = tmp_path / "made" / "VOCdevkit" / "VOC2012"
    for split in "train", "val":
        write_voc(root, {f"{split}1": [CAT], f"{split}2": [DOG]}, split)
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        tar.add(root.parent, "VOCdevkit")
    monkeypatch.setenv("no_proxy", "*")
    with serving(Handler) as server:
        server.body, server.failures, server.requests = buffer.getvalue(), [], 0
        url = f"http://127.0.0.1:{server.server_port}/voc.tar"
        sha1 = hashlib.sha1(server.body).hexdigest()
        monkeypatch.setattr(downloads, "VOC2012_URL", url)
        monkeypatch.setattr(downloads, "VOC2012_SHA1", sha1)
        # Between attempts pooch waits, which changes nothing here
        monkeypatch.setattr(pooch.core.time, "sleep", lambda seconds: None)
        yield server


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "data"


def test_address_and_sum_are_those_of_d2l():
    from d2l import mxnet as d2l

    assert d2l.DATA_HUB["voc2012"] == (VOC2012_URL, VOC2012_SHA1)


def test_all_the_way_and_only_once(server, folder):
    root = download_voc2012(folder)
    assert root == folder / "VOCdevkit" / "VOC2012"
    assert VOCDetection(root, "train").ids == ["train1", "train2"]
    assert VOCDetection(root, "val")[1][0].shape == (20, 40, 3)
    assert download_voc2012(str(folder)) == root
    assert server.requests == 1


def test_archive_that_is_there_is_not_downloaded(server, folder):
    folder.mkdir()
    (folder / "voc.tar").write_bytes(server.body)
    assert download_voc2012(folder).is_dir()
    assert server.requests == 0


def test_damaged_archive_is_downloaded_again(server, folder):
    folder.mkdir()
    (folder / "voc.tar").write_bytes(server.body[:1000])
    assert download_voc2012(folder).is_dir()
    assert (folder / "voc.tar").read_bytes() == server.body


@pytest.mark.parametrize("failure", ["cut", "other", "unavailable"])
def test_tries_again(server, folder, failure):
    server.failures = [failure, failure]
    assert download_voc2012(folder).is_dir()
    assert server.requests == 3


@pytest.mark.parametrize("failure", ["cut", "other", "unavailable"])
def test_gives_up_says_what_to_do_and_leaves_nothing(server, folder, failure):
    server.failures = [failure] * 9
    with pytest.raises(ConnectionError, match="cannot download http") as caught:
        download_voc2012(folder)
    message = str(caught.value)
    assert f"{folder / 'voc.tar'} (its SHA-1 is " in message
    assert 'root="…/VOCdevkit/VOC2012"' in message
    assert "load_data_toy" in message
    assert server.requests == 3
    assert list(folder.iterdir()) == []


def test_nobody_answers(server, folder):
    server.shutdown()
    server.server_close()
    with pytest.raises(ConnectionError, match="load_data_toy"):
        download_voc2012(folder)


def test_extracts_all_or_nothing(server, folder, monkeypatch):
    def half_extract(tar, folder, **options):
        (folder / "VOCdevkit/VOC2012/JPEGImages").mkdir(parents=True)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(tarfile.TarFile, "extractall", half_extract)
        with pytest.raises(KeyboardInterrupt):
            download_voc2012(folder)
    assert list((folder / "VOCdevkit").iterdir()) == []
    assert VOCDetection(download_voc2012(folder), "val").ids
    assert server.requests == 1


@pytest.mark.parametrize(
    "owner, name",
    [(pooch.HTTPDownloader, "__call__"), (tarfile.TarFile, "extractall")],
    ids=["downloading", "extracting"],
)
def test_a_full_disk_is_no_matter_of_the_network(
    server, folder, monkeypatch, owner, name
):
    def fill(*args, **options):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(owner, name, fill)
    with pytest.raises(OSError, match="No space left .*data'$") as caught:
        download_voc2012(folder)
    assert not isinstance(caught.value, ConnectionError)


def test_home(server, folder, monkeypatch):
    monkeypatch.setenv("HOME", str(folder.parent))
    monkeypatch.setenv("USERPROFILE", str(folder.parent))
    root = download_voc2012("~/data")
    assert root == folder / "VOCdevkit" / "VOC2012" and root.is_dir()


@pytest.mark.skipif(
    not hasattr(tarfile, "data_filter"), reason="this Python has no filter"
)
def test_archive_cannot_write_elsewhere(server, folder, monkeypatch):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        tar.addfile(tarfile.TarInfo("../../outside.txt"))
    server.body = buffer.getvalue()
    sha1 = hashlib.sha1(server.body).hexdigest()
    monkeypatch.setattr(downloads, "VOC2012_SHA1", sha1)
    with pytest.raises(tarfile.OutsideDestinationError):
        download_voc2012(folder)
    assert not (folder / "outside.txt").exists()

"""BCCD from a server of our own: verified, gone on with, or said what to do."""

import errno
import hashlib
from pathlib import Path

import pytest
from helpers.servers import UnreliableHandler, serving
from helpers.voc import CAT, DOG, write_voc

from d2l_ssd.datasets import VOCDetection
from d2l_ssd.photographs import bccd, find_bccd
from d2l_ssd.results.sums import read_sums

NAMES = [f"cell{i}" for i in range(6)]


class Handler(UnreliableHandler):
    """Serves the server's files, or fails as its list of failures says."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        server, name = self.server, self.path.partition("/source/")[2]
        server.requests.append(name)
        failure = server.failures.get(name, [])
        failure = failure.pop(0) if failure else server.always
        if failure == "unavailable" or name not in server.files:
            self.send_error(503 if name in server.files else 404)
            return
        self.answer(server.files[name], failure)
        self.close_connection = failure == "cut"


@pytest.fixture
def server(tmp_path, monkeypatch):
    """A server of a tiny BCCD in place of GitHub."""
    root = tmp_path / "made" / "BCCD"
    write_voc(root, {name: [CAT, DOG] for name in NAMES}, "train")
    (root.parent / "LICENSE").write_text("MIT")
    files = {
        path.relative_to(root.parent).as_posix(): path.read_bytes()
        for path in sorted(root.parent.rglob("*"))
        if path.is_file()
    }
    lines = [
        f"{hashlib.sha256(body).hexdigest()}  {name}\n"
        for name, body in files.items()
    ]
    (tmp_path / "SHA256SUMS").write_text("".join(lines))
    monkeypatch.setattr(bccd, "LIST", tmp_path)
    monkeypatch.setattr(bccd, "PAUSES", (0, 0))
    monkeypatch.delenv(bccd.VARIABLE, raising=False)
    monkeypatch.setenv("no_proxy", "*")
    with serving(Handler) as server:
        server.files, server.failures, server.always = files, {}, None
        server.requests, server.made = [], root
        url = f"http://127.0.0.1:{server.server_port}/source/"
        monkeypatch.setattr(bccd, "SOURCES", (url,))
        yield server


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "data"


def contents(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_all_files_and_only_once(server, folder):
    root = find_bccd(folder)
    assert root == folder / "BCCD"
    assert contents(folder) == server.files
    assert VOCDetection(root, "train").ids == NAMES
    assert find_bccd(str(folder)) == root
    assert sorted(server.requests) == sorted(server.files)


def test_goes_on_where_it_was_stopped(server, folder):
    find_bccd(folder)
    server.requests.clear()
    gone, damaged = "BCCD/JPEGImages/cell2.jpg", "BCCD/Annotations/cell4.xml"
    (folder / gone).unlink()
    (folder / damaged).write_text("half")
    find_bccd(folder)
    assert contents(folder) == server.files
    assert sorted(server.requests) == [damaged, gone]


def test_what_a_failure_has_left_is_kept(server, folder):
    last = "BCCD/JPEGImages/cell5.jpg"
    server.failures[last] = ["unavailable"] * 3
    with pytest.raises(ConnectionError) as caught:
        find_bccd(folder)
    there = len(contents(folder))
    message = str(caught.value)
    assert f"{there} of {len(server.files)} files are in {folder}" in message
    # Other threads may have been stopped before they began, never half-way
    assert contents(folder).items() <= server.files.items()
    find_bccd(folder)
    assert contents(folder) == server.files


@pytest.mark.parametrize("failure", ["cut", "other", "unavailable"])
def test_tries_again(server, folder, failure):
    server.failures["LICENSE"] = [failure, failure]
    find_bccd(folder)
    assert contents(folder) == server.files
    assert server.requests.count("LICENSE") == 3


@pytest.mark.parametrize("failure", ["cut", "other", "unavailable"])
def test_gives_up_and_says_what_to_do(server, folder, failure):
    server.always = failure
    with pytest.raises(ConnectionError, match="cannot download BCCD") as caught:
        find_bccd(folder)
    message = str(caught.value)
    assert "git clone https://github.com/Shenggan/BCCD_Dataset\n" in message
    assert f"checkout {bccd.COMMIT}" in message
    assert "set D2L_SSD_BCCD" in message
    assert contents(folder) == {}


def test_nobody_answers(server, folder):
    server.shutdown()
    server.server_close()
    with pytest.raises(ConnectionError, match="D2L_SSD_BCCD"):
        find_bccd(folder)


def test_second_source_stands_in(server, folder, monkeypatch):
    good = bccd.SOURCES[0]
    monkeypatch.setattr(bccd, "SOURCES", (good.replace("source", "no"), good))
    find_bccd(folder)
    assert contents(folder) == server.files


def test_a_full_disk_is_no_matter_of_the_network(server, folder, monkeypatch):
    def fill(path, content):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", fill)
    with pytest.raises(OSError, match="No space left .*data") as caught:
        find_bccd(folder)
    assert not isinstance(caught.value, ConnectionError)


def test_ctrl_c_leaves_no_part_of_a_file(server, folder, monkeypatch):
    def stop(files, count):
        next(iter(files))
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(bccd, "_show_progress", stop)
        with pytest.raises(KeyboardInterrupt):
            find_bccd(folder)
    assert contents(folder).items() <= server.files.items()
    find_bccd(folder)
    assert contents(folder) == server.files


class TestAtHand:
    @pytest.fixture(autouse=True)
    def named(self, server, monkeypatch):
        monkeypatch.setenv(bccd.VARIABLE, str(server.made.parent))

    def test_nothing_is_downloaded(self, server, folder):
        assert find_bccd(folder) == server.made
        assert server.requests == []
        assert not folder.exists()

    def test_the_folder_itself(self, server, folder, monkeypatch):
        monkeypatch.setenv(bccd.VARIABLE, str(server.made))
        assert find_bccd(folder) == server.made

    def test_lines_of_windows(self, server, folder):
        path = server.made / "Annotations" / "cell0.xml"
        lines = path.read_bytes().replace(b"\n", b"\r\n")
        path.write_bytes(lines)
        assert find_bccd(folder) == server.made

    def test_missing_files_are_named(self, server, folder):
        (server.made / "JPEGImages" / "cell3.jpg").unlink()
        with pytest.raises(FileNotFoundError, match=r"lacks 1 of .*cell3\.jpg"):
            find_bccd(folder)

    def test_no_such_folder(self, folder, monkeypatch):
        monkeypatch.setenv(bccd.VARIABLE, str(folder / "nowhere"))
        with pytest.raises(FileNotFoundError, match="D2L_SSD_BCCD must name"):
            find_bccd(folder)

    def test_another_commit(self, server, folder):
        path = server.made / "JPEGImages" / "cell3.jpg"
        path.write_bytes(path.read_bytes() + b".")
        with pytest.raises(
            ValueError, match=r"not those of commit.*cell3\.jpg"
        ):
            find_bccd(folder)


def test_the_list_is_of_all_that_a_chapter_needs():
    sums = read_sums(bccd.LIST)
    images = {Path(n).stem for n in sums if n.startswith("BCCD/JPEGImages/")}
    labels = {Path(n).stem for n in sums if n.startswith("BCCD/Annotations/")}
    lists = {Path(n).name for n in sums if n.startswith("BCCD/ImageSets/Main/")}
    assert len(images) == 364 and images == labels
    assert lists == {"train.txt", "val.txt", "trainval.txt", "test.txt"}
    assert "LICENSE" in sums
    assert all(bccd.COMMIT in source for source in bccd.SOURCES)

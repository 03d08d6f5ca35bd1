"""Files as a whole or not at all; one process at a time in a folder."""

import errno
import os
import subprocess
import sys

import pytest

from d2l_ssd.files import (
    check_file,
    check_folder,
    locked_folder,
    replacing,
    write_text,
)


def dead_process():
    """Return the number of a process that has ended."""
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    return process.pid


def test_parts_of_killed_processes_are_removed(tmp_path):
    """Of the same file only, and not those of processes that live."""
    dead = dead_process()
    gone = tmp_path / f".partial-{dead}-run.zip"
    kept = [
        tmp_path / f".partial-{dead}-other.zip",
        tmp_path / f".partial-{os.getppid()}-run.zip",
        tmp_path / ".partial-x-run.zip",
    ]
    for path in (gone, *kept):
        path.write_bytes(b"part")
    write_text(tmp_path / "run.zip", "whole")
    assert not gone.exists()
    assert all(path.exists() for path in kept)


@pytest.mark.parametrize("error", [SystemExit, KeyboardInterrupt, OSError])
def test_nothing_is_left_by_an_error(tmp_path, error):
    write_text(tmp_path / "a", "old")
    with pytest.raises(error), replacing(tmp_path / "a") as partial:
        partial.write_text("new")
        raise error
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
    assert (tmp_path / "a").read_text() == "old"


def test_a_full_disk_names_the_file(tmp_path):
    full = OSError(errno.ENOSPC, "No space left on device")
    with pytest.raises(OSError, match=r"No space left .*run\.zip"):
        with replacing(tmp_path / "run.zip"):
            raise full


def test_an_error_on_another_file_keeps_its_name(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"'another'$"):
        with replacing(tmp_path / "run.zip"):
            open("another")


class TestLockedFolder:
    def test_is_made(self, tmp_path):
        with locked_folder(tmp_path / "a" / "b", "folder"):
            assert (tmp_path / "a" / "b").is_dir()

    def test_another_process_is_refused_and_named(self, tmp_path):
        code = (
            "import sys; from d2l_ssd.files import locked_folder\n"
            "with locked_folder(sys.argv[1], 'folder'): pass"
        )
        command = [sys.executable, "-c", code, str(tmp_path)]
        with locked_folder(tmp_path, "folder"):
            done = subprocess.run(command, capture_output=True, text=True)
        assert "in use by another process" in done.stderr
        assert f"(number {os.getpid()})" in done.stderr
        assert subprocess.run(command).returncode == 0

    def test_is_free_after_an_error(self, tmp_path):
        for _ in range(2):
            with pytest.raises(InterruptedError):
                with locked_folder(tmp_path, "folder"):
                    raise InterruptedError

    def test_a_file_is_no_folder(self, tmp_path):
        (tmp_path / "file").write_text("")
        with pytest.raises(FileExistsError, match="folder must be .* a file"):
            with locked_folder(tmp_path / "file", "folder"):
                pass

    def test_what_cannot_be_written_to(self):
        if not os.path.isdir("/proc/self"):
            pytest.skip("needs a folder that nobody can write to")
        with pytest.raises(OSError, match="that can be written to, and /proc"):
            with locked_folder("/proc/self/run", "folder"):
                pass


class TestChecks:
    """What `replacing` and `locked_folder` would say, before the work."""

    @pytest.fixture(autouse=True)
    def nothing_changes(self, tmp_path):
        (tmp_path / "file").write_text("old")
        yield
        assert [path.name for path in tmp_path.iterdir()] == ["file"]
        assert (tmp_path / "file").read_text() == "old"

    @pytest.mark.parametrize("name", ["file", "new", "a/b/new"])
    def test_good_files(self, tmp_path, name):
        check_file(tmp_path / name, "--json")

    @pytest.mark.parametrize("name", [".", "new", "a/b"])
    def test_good_folders(self, tmp_path, name, monkeypatch):
        check_folder(tmp_path / name, "--out")
        monkeypatch.chdir(tmp_path)
        check_folder(name, "--out")

    def test_a_file_is_no_folder(self, tmp_path):
        with pytest.raises(FileExistsError, match="--out must be .* a file"):
            check_folder(tmp_path / "file", "--out")
        with pytest.raises(
            NotADirectoryError, match="written to, and .*file/a"
        ):
            check_folder(tmp_path / "file" / "a", "--out")
        with pytest.raises(NotADirectoryError, match="--json must be a file"):
            check_file(tmp_path / "file" / "a.json", "--json")

    def test_a_folder_is_no_file(self, tmp_path):
        with pytest.raises(ValueError, match="--json must be a file, and .*"):
            check_file(tmp_path, "--json")

    def test_what_cannot_be_written_to(self):
        if not os.path.isdir("/proc/self"):
            pytest.skip("needs a folder that nobody can write to")
        with pytest.raises(OSError, match="be written, and /proc/.* is not"):
            check_file("/proc/self/a.json", "--json")
        with pytest.raises(OSError, match="be written to, and /proc/self/a/b"):
            check_folder("/proc/self/a/b", "--out")

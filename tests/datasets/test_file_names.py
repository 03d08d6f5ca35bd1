from pathlib import Path, PurePosixPath

import pytest

from d2l_ssd.datasets.file_names import (
    FileNames,
    as_posix,
    decoded,
    id_of,
    may_leave,
)


@pytest.mark.parametrize(
    "text, leaves",
    [
        ("a.jpg", False),
        ("images/a.jpg", False),
        ("a..b/c.jpg", False),
        ("../a.jpg", True),
        ("images/../../a.jpg", True),
        ("..\\a.jpg", True),
        ("/etc/a.jpg", True),
        ("C:\\a.jpg", True),
        ("", False),
    ],
)
def test_may_leave(text, leaves):
    assert may_leave(as_posix(text)) == leaves


@pytest.mark.parametrize(
    "text, plain",
    [
        ("a b.jpg", "a b.jpg"),
        ("a%20b.jpg", "a b.jpg"),
        ("/data/local-files/?d=x/a.jpg", "x/a.jpg"),
    ],
)
def test_decoded(text, plain):
    assert decoded(text) == plain


def test_files_are_found_in_either_form(tmp_path):
    (tmp_path / "\u00e9.jpg").touch()
    names = FileNames()
    assert names.find(tmp_path / "e\u0301.jpg") == tmp_path / "\u00e9.jpg"
    assert names.find(tmp_path / "e.jpg") is None
    assert names.find(tmp_path / "none" / "e.jpg") is None


def test_id_of():
    assert id_of(Path("a/b/c.jpg"), Path("a")) == "b/c.jpg"
    assert as_posix("b\\c.jpg") == PurePosixPath("b/c.jpg")

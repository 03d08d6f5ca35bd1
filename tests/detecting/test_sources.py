"""The images that a user names by files, folders and patterns."""

import os

import pytest

from d2l_ssd.detecting.sources import find_images


@pytest.fixture
def photos(tmp_path):
    """Return a folder with images in it and in folders within."""
    folder = tmp_path / "photos"
    for name in (
        "b.jpg",
        "a.PNG",
        "notes.txt",
        ".hidden.jpg",
        "._a.PNG",
        "day 1/c.webp",
        "day 1/deep/d.gif",
        ".thumbnails/a.png",
        "grün.jpeg",
    ):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")
    return folder


def names(*args, **kwargs):
    return [source.name for source in find_images(*args, **kwargs).images]


class TestFolders:
    def test_all_within_and_hidden_ones_left_out(self, photos):
        assert names([photos]) == [
            "a.PNG",
            "b.jpg",
            "grün.jpeg",
            "day 1/c.webp",
            "day 1/deep/d.gif",
        ]

    def test_paths_lead_to_the_files(self, photos):
        sources = find_images([photos])
        assert sources.base == photos
        assert all(s.path == photos / s.name for s in sources.images)

    def test_the_results_do_not_count(self, photos):
        found = photos / "found"
        (found / "pictures").mkdir(parents=True)
        (found / "pictures/a.jpg").write_bytes(b"")
        assert "found/pictures/a.jpg" in names([photos])
        assert len(names([photos], apart=found)) == 5

    def test_a_relative_path(self, photos, monkeypatch):
        monkeypatch.chdir(photos)
        assert names(["day 1"]) == ["c.webp", "deep/d.gif"]
        assert names(["."], apart="day 1") == ["a.PNG", "b.jpg", "grün.jpeg"]
        assert names(["../photos/day 1/"]) == ["c.webp", "deep/d.gif"]

    def test_home(self, photos, monkeypatch):
        monkeypatch.setenv("HOME", str(photos.parent))
        monkeypatch.setenv("USERPROFILE", str(photos.parent))
        assert len(names(["~/photos"])) == 5

    def test_without_an_image(self, photos):
        (photos / "empty").mkdir()
        with pytest.raises(ValueError, match=r"empty: no JPEG.*\.jpg"):
            find_images([photos / "empty"])

    def test_links_are_followed_once(self, photos, tmp_path):
        (tmp_path / "else").mkdir()
        (tmp_path / "else/e.jpg").write_bytes(b"")
        (photos / "linked").symlink_to(tmp_path / "else")
        (photos / "linked again").symlink_to(tmp_path / "else")
        (photos / "day 1/loop").symlink_to(photos)
        assert names([photos])[3:] == [
            "day 1/c.webp",
            "day 1/deep/d.gif",
            "linked/e.jpg",
        ]

    def test_that_cannot_be_read(self, photos, monkeypatch):
        scan = os.scandir

        def refuse(path):
            if os.path.basename(path) == "day 1":
                raise PermissionError(13, "Permission denied", os.fspath(path))
            return scan(path)

        monkeypatch.setattr(os, "scandir", refuse)
        with pytest.raises(PermissionError, match="day 1"):
            find_images([photos])


class TestFiles:
    def test_one(self, photos):
        sources = find_images([photos / "b.jpg"])
        assert [s.name for s in sources.images] == ["b.jpg"]
        assert sources.base == photos

    def test_any_extension(self, photos):
        assert names([photos / "notes.txt"]) == ["notes.txt"]

    def test_of_several_folders_have_different_names(self, photos):
        (photos / "day 1/b.jpg").write_bytes(b"")
        files = [photos / "b.jpg", photos / "day 1/b.jpg"]
        assert names(files) == ["b.jpg", "day 1/b.jpg"]

    def test_each_counts_once(self, photos):
        places = [photos / "b.jpg", photos, photos / "day 1"]
        found = names(places)
        assert len(found) == len(set(found)) == 5
        assert found[0] == "photos/b.jpg"

    def test_missing(self, photos):
        with pytest.raises(
            FileNotFoundError, match="no image or folder .*c.jpg"
        ):
            find_images([photos / "b.jpg", photos / "c.jpg"])

    def test_none(self):
        with pytest.raises(ValueError, match="at least one"):
            find_images([])


class TestPatterns:
    def test_files(self, photos):
        assert names([photos / "*.*[gG]"]) == ["a.PNG", "b.jpg", "grün.jpeg"]

    def test_folders(self, photos):
        assert names([f"{photos}/day*"]) == ["day 1/c.webp", "day 1/deep/d.gif"]

    def test_within(self, photos):
        assert names([f"{photos}/**/*.gif"]) == ["day 1/deep/d.gif"]

    def test_with_others(self, photos):
        assert names([f"{photos}/day*", photos / "b.jpg"]) == [
            "day 1/c.webp",
            "day 1/deep/d.gif",
            "b.jpg",
        ]

    def test_a_name_with_brackets_is_no_pattern(self, photos):
        (photos / "[1].jpg").write_bytes(b"")
        assert names([photos / "[1].jpg"]) == ["[1].jpg"]

    def test_without_a_match(self, photos):
        with pytest.raises(FileNotFoundError, match=r"pattern .*\*\.bmp"):
            find_images([photos / "*.bmp"])


def test_photographs_of_other_formats_are_named(tmp_path):
    for name in ("a.jpg", "b.tif", "c.TIF", "d.heic", "e.txt"):
        (tmp_path / name).write_bytes(b"")
    with pytest.warns(UserWarning, match=r"skipped: 2 \.tif, 1 \.heic;"):
        assert [i.name for i in find_images([tmp_path]).images] == ["a.jpg"]

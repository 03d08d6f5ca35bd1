"""The journal of detections: what a killed run leaves, and how it goes on."""

import json

import numpy as np
import pytest

from d2l_ssd.detecting.journal import (
    Entry,
    Journal,
    file_stamp,
    make_entry,
)
from d2l_ssd.detections import Detections

SETTINGS = {"network": "stored", "score": 0.3, "tile_size": (64, 64)}


def entry(name, *boxes, stamp=(5, 7)):
    count = len(boxes)
    return Entry(
        name, (100, 200), stamp, list(boxes), [0.5] * count, [1] * count
    )


def fill(path, *names):
    with Journal(path, SETTINGS) as journal:
        for name in names:
            journal.add(entry(name, [1.25, 2, 3, 4]))


class TestEntry:
    def test_is_in_pixels(self):
        found = Detections(
            np.array([[0.1, 0.2, 0.30001, 1]], dtype=np.float32),
            np.array([0.123456], dtype=np.float32),
            np.array([2]),
        )
        made = make_entry("a.jpg", (100, 200), (5, 7), found)
        assert made == (
            "a.jpg",
            (100, 200),
            (5, 7),
            [[20, 20, 60, 100]],
            [0.12346],
            [2],
        )

    def test_nothing_found(self):
        found = Detections(np.zeros((0, 4)), np.zeros(0), np.zeros(0, int))
        assert make_entry("a.jpg", (1, 2), (3, 4), found).boxes == []


class TestJournal:
    def test_keeps_entries_in_order_of_names(self, tmp_path):
        path = tmp_path / "journal"
        fill(path, "b", "grün 1", "a")
        with Journal(path, SETTINGS) as journal:
            entries = list(journal.entries())
        assert [e.name for e in entries] == ["a", "b", "grün 1"]
        assert entries[0] == entry("a", [1.25, 2, 3, 4])

    def test_knows_what_is_done(self, tmp_path):
        path = tmp_path / "journal"
        fill(path, "a")
        with Journal(path, SETTINGS) as journal:
            assert len(journal) == 1
            assert journal.has("a", (5, 7)) and journal.has("a", [5, 7])
            assert not journal.has("a", (5, 8))
            assert not journal.has("b", (5, 7))

    def test_a_later_entry_replaces_one(self, tmp_path):
        path = tmp_path / "journal"
        fill(path, "a", "b")
        with Journal(path, SETTINGS) as journal:
            journal.add(entry("a", stamp=(6, 8)))
        with Journal(path, SETTINGS) as journal:
            assert list(journal.entries()) == [
                entry("a", stamp=(6, 8)),
                entry("b", [1.25, 2, 3, 4]),
            ]

    def test_every_beginning_of_the_file_can_go_on(self, tmp_path):
        path = tmp_path / "journal"
        fill(path, "a", "b")
        whole = path.read_bytes()
        for length in range(len(whole)):
            path.write_bytes(whole[:length])
            with Journal(path, SETTINGS) as journal:
                assert len(journal) == max(whole[:length].count(b"\n") - 1, 0)
                for name in "a", "b":
                    if not journal.has(name, (5, 7)):
                        journal.add(entry(name, [1.25, 2, 3, 4]))
            assert path.read_bytes() == whole

    def test_nothing_is_left_of_half_a_line(self, tmp_path):
        path = tmp_path / "journal"
        fill(path, "a")
        whole = path.read_bytes()
        path.write_bytes(whole + b'{"name": "' + b"b" * 1000)
        with Journal(path, SETTINGS):
            assert path.read_bytes() == whole

    def test_entries_can_be_read_while_it_is_open(self, tmp_path):
        with Journal(tmp_path / "journal", SETTINGS) as journal:
            journal.add(entry("a"))
            assert len(list(journal.entries())) == 1
            journal.add(entry("b"))
            assert len(list(journal.entries())) == 2

    def test_a_name_that_is_no_unicode(self, tmp_path):
        path = tmp_path / "journal"
        fill(path, "a\udcff.jpg", "line\nend")
        with Journal(path, SETTINGS) as journal:
            assert journal.has("a\udcff.jpg", (5, 7))
            assert journal.has("line\nend", (5, 7))

    def test_other_settings(self, tmp_path):
        path = tmp_path / "journal"
        fill(path, "a")
        other = {**SETTINGS, "score": 0.5}
        before = path.read_bytes()
        with pytest.raises(
            ValueError, match="score 0.3, not 0.5: .*--out.*--overwrite"
        ):
            Journal(path, other)
        assert path.read_bytes() == before

    def test_other_settings_where_nothing_is_lost(self, tmp_path):
        path = tmp_path / "journal"
        fill(path)
        other = {**SETTINGS, "score": 0.5}
        with Journal(path, other) as journal:
            journal.add(entry("a"))
        with Journal(path, other) as journal:
            assert len(journal) == 1

    @pytest.mark.parametrize(
        "line",
        [
            b"{\n",
            b"[]\n",
            b"\xff\n",
            b'{"name": "a"}\n',
            json.dumps({**entry("a")._asdict(), "scores": [1]}).encode()
            + b"\n",
        ],
    )
    def test_a_damaged_line(self, tmp_path, line):
        path = tmp_path / "journal"
        fill(path, "a")
        path.write_bytes(path.read_bytes() + line)
        with pytest.raises(ValueError, match="journal: line 3 is damaged"):
            Journal(path, SETTINGS)

    @pytest.mark.parametrize("line", [b"{}\n", b'{"version": 9}\n', b"7\n"])
    def test_a_file_of_something_else(self, tmp_path, line):
        path = tmp_path / "journal"
        path.write_bytes(line)
        with pytest.raises(ValueError, match="line 1 is damaged"):
            Journal(path, SETTINGS)


def test_a_stamp_changes_with_the_file(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(b"1")
    first = file_stamp(path)
    path.write_bytes(b"12")
    assert file_stamp(path) != first

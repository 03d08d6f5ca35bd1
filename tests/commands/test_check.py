"""`d2l-ssd check`: exit status, what it prints, and what it writes."""

import os
import subprocess
import sys

import pytest
from helpers.bad_voc import CAT, BadVOC, write_bad_voc

from d2l_ssd.cli import main


@pytest.fixture
def check(capsys):
    """A function that runs `check`: exit status, output, errors."""

    def run(*words):
        try:
            main(["check", *map(str, words)])
            status = 0
        except SystemExit as stopped:
            status = stopped.code
        return (status, *capsys.readouterr())

    return run


@pytest.fixture
def good(tmp_path):
    voc = BadVOC(tmp_path / "good")
    for number in range(3):
        voc.add(f"n{number}", [CAT])
    voc.write_lists()
    return voc.root


def test_a_terminal_that_knows_few_letters(good):
    voc = BadVOC(good)
    voc.add("caf\u00e9", [("\u0161ed\u00fd", (1, 1, 30, 30), {})])
    voc.write_lists()
    done = subprocess.run(
        [sys.executable, "-m", "d2l_ssd", "check", good],
        env={**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"},
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"'?ed?'" in done.stdout


class TestCheck:
    def test_a_good_folder(self, check, good):
        status, out, err = check(good)
        assert (status, err) == (0, "")
        assert "No problem and 1 remark." in out
        assert not (good / "report.html").exists()

    def test_a_bad_folder(self, check, tmp_path):
        report = tmp_path / "out" / "report.html"
        status, out, err = check(
            write_bad_voc(tmp_path / "bad"), "--report", report
        )
        assert (status, err) == (1, "")
        assert "11 problems" in out and str(report) in out
        assert report.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
        assert [p.name for p in report.parent.iterdir()] == ["report.html"]

    def test_nothing_is_changed(self, check, tmp_path):
        root = write_bad_voc(tmp_path / "bad")
        before = {p: p.read_bytes() for p in root.rglob("*") if p.is_file()}
        check(root)
        after = {p: p.read_bytes() for p in root.rglob("*") if p.is_file()}
        assert before == after

    def test_another_input_size(self, check, good):
        out = check(good, "--image-size", "160x96")[1]
        assert "Anchors at an input of 160 x 96 pixels" in out

    @pytest.mark.parametrize("size", ["100x96", "0x32", "axb", "1x2x3"])
    def test_bad_input_size(self, check, good, size):
        status, _, err = check(good, "--image-size", size)
        assert status == 2
        assert "argument --image-size: must be" in err

    def test_all(self, check, tmp_path):
        voc = BadVOC(tmp_path)
        for number in range(25):
            voc.add(f"n{number}", [])
        voc.write_lists()
        assert "and 5 more (--all lists them)" in check(tmp_path)[1]
        out = check(tmp_path, "--all")[1]
        assert out.count(": no object") == 25

    def test_no_folder(self, check, tmp_path):
        status, out, err = check(tmp_path / "nowhere")
        assert (status, out) == (2, "")
        assert "nowhere" in err and "Traceback" not in err

    def test_report_cannot_be_written(self, check, good):
        blocked = good / "JPEGImages" / "n0.png" / "report.html"
        status, _, err = check(good, "--report", blocked)
        assert status == 2
        assert "n0.png" in err
        assert "--report must be a file that can be written" in err

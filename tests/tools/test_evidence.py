"""The queue of long jobs: what is done is skipped, and one that fails stops none."""

import json
import sys

import evidence
import pytest
from evidence import JOBS, Job, main


def writes(text, *rest):
    """A command that adds a line to a file called log."""
    return (sys.executable, "-c", f"open('log', 'a').write('{text}\\n')", *rest)


@pytest.fixture
def queue(tmp_path, monkeypatch):
    """Three jobs in a folder of their own; the second fails. Runs the queue."""
    fails = (sys.executable, "-c", "raise SystemExit(3)")
    jobs = {
        "one": Job("a file", 1, (writes("one"), writes("one again"))),
        "two": Job("nothing", 0.5, (fails, writes("two"))),
        "three": Job("a file", 1, (writes("three"),)),
    }
    monkeypatch.setattr(evidence, "JOBS", jobs)
    monkeypatch.setattr(evidence, "ROOT", tmp_path)

    def run(*args):
        folder = str(tmp_path / "evidence")
        monkeypatch.setattr(sys, "argv", ["", "--folder", folder, *args])
        return main()

    run.log = tmp_path / "log"
    return run


def test_all_are_tried(queue):
    assert queue() == 1
    assert queue.log.read_text() == "one\none again\nthree\n"


def test_what_is_done_is_skipped(queue):
    queue()
    queue.log.write_text("")
    assert queue() == 1  # the second is tried again
    assert queue.log.read_text() == ""


def test_a_job_that_is_named_is_done_again(queue):
    queue()
    assert queue("three") == 0
    assert queue.log.read_text().endswith("three\nthree\n")


def test_status_says_what_is_left(queue, capsys):
    queue()
    capsys.readouterr()
    assert queue("--status") == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[1] for line in lines] == ["done", "left,", "done"]
    assert "left, 0.5 hours" in lines[1]


def test_unknown_job(queue, capsys):
    with pytest.raises(SystemExit):
        queue("four")
    assert "one of one, two, three, got four" in capsys.readouterr().err


def test_end_of_a_job_is_kept_with_its_seconds(queue, tmp_path):
    queue("one")
    kept = json.loads((tmp_path / "evidence" / "one.json").read_text())
    assert kept["seconds"] >= 0


@pytest.mark.parametrize("name", JOBS)
def test_commands_are_there(name):
    """Modules and files that jobs name can be found; make's targets, too."""
    makefile = (evidence.ROOT / "Makefile").read_text()
    for command in JOBS[name].commands:
        if command[0] == "make":
            assert f"\n{command[1]}: " in makefile
        else:
            module = command[command.index("-m") + 1]
            assert (evidence.ROOT / f"{module.replace('.', '/')}.py").exists()

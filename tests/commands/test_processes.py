"""Several processes, on one machine and on two: they share, and they go on."""

import json
import os
import signal
from pathlib import Path

import pytest
from helpers.agents import Agent, free_port, run_torchrun, wait_for

from d2l_ssd import cli
from d2l_ssd.torch.runs import read_run
from d2l_ssd.toy import make_toy_voc

EPOCHS = 5
TRAIN = (
    f"--epochs {EPOCHS} --image-size 64x64 --batch-size 4 --num-workers 0 "
    "--evaluate-every 5 --timeout 60"
).split()
SECONDS = 240
LISTENING = "0A"  # in the tables of the kernel


@pytest.fixture(scope="module")
def animals(tmp_path_factory):
    """A folder of drawn animals; 5 validation images, which 2 do not divide."""
    return make_toy_voc(tmp_path_factory.mktemp("data") / "toy", 12, 5, seed=3)


def test_evaluate_shares_the_images(animals, tmp_path):
    words = ["evaluate", "stored", str(animals), "--split", "val", "--json"]
    cli.main([*words, str(tmp_path / "one.json")])
    done = run_torchrun(*words, "two.json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("| all classes") == 2  # two tables, once
    one, two = (
        json.loads((tmp_path / f"{name}.json").read_text())
        for name in ("one", "two")
    )
    assert two == one


def test_detect_shares_the_images(animals, tmp_path):
    words = ["detect", "stored", str(animals / "JPEGImages"), "--out"]
    cli.main([*words, str(tmp_path / "one")])
    done = run_torchrun(*words, "two", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("22 images") == 1
    one, two = (
        json.loads((tmp_path / name / "detections.json").read_text())
        for name in ("one", "two")
    )
    assert two["images"] == one["images"]
    boxes = two["annotations"], one["annotations"]
    for ours, theirs in zip(*boxes, strict=True):
        assert ours["image_id"] == theirs["image_id"]
        assert ours["score"] == pytest.approx(theirs["score"], abs=1e-3)
    pictures = [
        sorted(os.listdir(tmp_path / name / "pictures"))
        for name in ("one", "two")
    ]
    assert pictures[0] == pictures[1] and len(pictures[0]) == 22
    # With another number of processes there is nothing left to do
    again = run_torchrun(*words, "two", cwd=tmp_path)
    assert "(done before: 22 images)" in again.stdout, again.stderr


def test_a_mistake_of_evaluate_is_said_once(animals, tmp_path):
    done = run_torchrun("evaluate", "nowhere", animals, cwd=tmp_path)
    assert done.returncode != 0
    assert done.stderr.count("d2l-ssd: error: ") == 1


class Machines:
    """Two machines with separate folders, which train together."""

    def __init__(self, folder, animals):
        self.folder, self.port = folder, free_port()
        self.words = "train", animals, "--out", "run", *TRAIN
        self.agents = {}

    def start(self, name):
        agent = Agent(self.folder / name, self.port, *self.words)
        self.agents[name] = agent
        return agent

    def epochs(self, name):
        """Return how many epochs a machine's history has."""
        path = self.folder / name / "run" / "history.csv"
        return path.read_text().count("\n") - 1 if path.exists() else 0

    def reach(self, name, epochs):
        wait_for(lambda: self.epochs(name) >= epochs, SECONDS)

    def check_end(self, *names):
        """All have ended well, with the same whole run."""
        for name in names:
            agent = self.agents[name]
            assert agent.wait(SECONDS) == 0, agent.said()
        runs = [read_run(self.folder / name / "run")[1] for name in names]
        for run in runs:
            assert [row["epoch"] for row in run.history] == [
                *range(1, EPOCHS + 1)
            ]
            assert run.history == runs[0].history and run.net == runs[0].net


@pytest.fixture
def machines(tmp_path, animals):
    both = Machines(tmp_path, animals)
    yield both
    for agent in both.agents.values():
        if agent.process.poll() is None:
            agent.kill()
        agent.log.close()


def test_a_process_is_killed(machines):
    """The agents start all again, which go on with the last epoch."""
    first, second = machines.start("first"), machines.start("second")
    machines.reach("second", 1)
    for pid in second.workers():
        os.kill(pid, signal.SIGKILL)
    machines.check_end("first", "second")
    assert "going on after epoch" in first.said() + second.said()


def test_a_machine_is_lost_and_replaced(machines):
    """The new one, whose folder is empty, is given the other's copy."""
    machines.start("first")
    # The first to come keeps the meeting point; without it all have to restart
    wait_for(lambda: _listens(machines.port), SECONDS)
    second = machines.start("second")
    machines.reach("second", 1)
    second.kill()
    machines.start("third")
    machines.check_end("first", "third")


def _listens(port):
    """Say whether anybody listens at a port; asking would be answered."""
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        for line in Path(table).read_text().splitlines()[1:]:
            _, local, _, state = line.split()[:4]
            if local.endswith(f":{port:04X}") and state == LISTENING:
                return True
    return False

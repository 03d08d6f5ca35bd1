"""Tuning with one budget for all; what is done is not done again; the table."""

import json
import sys

import numpy as np
import pytest

from benchmarks.ablation.runs import Run
from benchmarks.beyond import beyond, table, trials
from benchmarks.beyond.choices import IDEAS
from benchmarks.beyond.training import Budget, train
from d2l_ssd.results.beyond import BEYOND, read_beyond_table

TINY = Budget(num_scenes=16, batch_size=4, num_unseen=4)


@pytest.fixture(scope="module")
def small():
    """A budget of three options, so that a table takes seconds."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(trials, "NUM_CHOICES", 3)
        patch.setattr(trials, "MOST_UNTUNED", 1)
        patch.setattr(table, "MOST_UNTUNED", 1)
        yield patch


@pytest.fixture(scope="module")
def command(small, tmp_path_factory):
    """Run the command line in a folder; return the table's file."""
    folder = tmp_path_factory.mktemp("beyond")

    def run(*args):
        sizes = [
            f"--{k.replace('_', '-')}={v}" for k, v in TINY._asdict().items()
        ]
        places = ["--folder", folder / "runs", "--results", folder]
        args = [*args, "--seeds", "2", *sizes, *places]
        small.setattr(sys, "argv", ["beyond", *map(str, args)])
        beyond.main()
        return folder / BEYOND

    run.folder = folder / "runs"
    return run


def tune(idea, judge):
    """Follow the tuning of an idea whose COCO AP is `judge(options)`."""
    tried = []
    while options := trials.next_options(idea, tried):
        tried.append({"options": options, "ap": judge(options)})
    return tried


@pytest.mark.parametrize("name", IDEAS)
def test_the_budget_of_tuning_is_the_same(name):
    """No idea tries more than others, nothing twice, and no option is unknown."""
    idea = IDEAS[name]
    tried = tune(idea, lambda options: options["rate"])  # there is no best
    assert len(tried) == trials.NUM_CHOICES == 12
    assert tried[0]["options"] == idea.untuned
    names = {trials.trial_of(name, t["options"], "test").name for t in tried}
    assert len(names) == 12
    assert idea.steps.keys() <= idea.untuned.keys()
    assert tried[-1]["options"]["rate"] == pytest.approx(
        idea.untuned["rate"] * 2**11
    )


def test_tuning_climbs_one_option_at_a_time():
    """As by hand: rate 5, 10 (better), 20, box weight 2, 1/2 (better), ..."""
    idea = IDEAS["ssd"]
    best = {"rate": 1e-2, "box_weight": 0.5}

    def judge(options):
        return -sum(abs(np.log2(options[k] / best[k])) for k in best)

    tried = [tuple(t["options"].values()) for t in tune(idea, judge)]
    assert tried == [
        *((0.005, 1), (0.01, 1), (0.02, 1), (0.01, 2), (0.01, 0.5)),
        *((0.02, 0.5), (0.005, 0.5), (0.01, 0.25)),
    ]


def test_what_is_tuned_is_not_judged_on_the_same(tmp_path):
    _, tuning = trials.tuning_of(tmp_path, "ssd", {})
    runs = trials.table_runs({"ssd": IDEAS["ssd"].untuned}, 3)
    assert tuning.row.scenes == "validation"
    assert {run.row.scenes for run in runs} == {"test"}
    assert tuning.seed not in {run.seed for run in runs}


def test_options_that_were_there_are_trained_once():
    untuned = IDEAS["ssd"].untuned
    assert len(trials.table_runs({"ssd": untuned}, 4)) == 4
    tuned = {**untuned, "rate": 1e-2}
    runs = trials.table_runs({"ssd": tuned}, 4)
    assert len(runs) == len({run.name for run in runs}) == 4 + 3


@pytest.mark.parametrize("idea", IDEAS)
def test_a_toy_run_of_each(idea):
    trial = trials.trial_of(idea, IDEAS[idea].untuned, "test")
    record = beyond.run_trial(TINY, Run(trial, 5))
    found = json.loads(json.dumps(record))["run"]
    assert found["seed"] == 5 and 0 <= found["ap"] <= found["ap50"] <= 1
    way = "with_nms" if IDEAS[idea].kind.nms_iou < 1 else "without_nms"
    assert found["ap"] == found[way]["ap"]
    assert found["with_nms"]["boxes"] <= found["without_nms"]["boxes"]


def test_the_seed_decides():
    kind, _, options, _ = IDEAS["ssd"]
    nets = [train(kind, options, seed, TINY) for seed in (4, 4, 5)]
    weights = [net.heads[0].weight.numpy() for net, _ in nets]
    np.testing.assert_array_equal(weights[0], weights[1])
    assert not np.allclose(weights[0], weights[2])


def test_the_options_reach_the_detector():
    kind, _, options, _ = IDEAS["focal"]
    net, losses = train(kind, {**options, "prior": 0.1}, 1, TINY)
    assert net.prior == 0.1 and kind.prior == 0.01
    assert losses.shape == (4, 2)


class TestCommand:
    def test_asks_for_tuning(self, command):
        with pytest.raises(ValueError, match="run the command with --tune"):
            command("--idea", "giou")

    def test_tunes_and_makes_the_table(self, command, capsys):
        path = command("--tune", "--idea", "ssd", "--idea", "giou", "--gather")
        assert "| GIoU loss" in capsys.readouterr().out
        rows = read_beyond_table(path)["rows"]
        assert list(rows) == ["ssd", "giou"]
        assert [rows[name]["base"] for name in rows] == [None, "ssd"]
        for name, row in rows.items():
            best = max(row["tuning"], key=lambda tried: tried["ap"])
            assert row["options"] == best["options"]
            assert row["runs"]["ap"].shape == (2,)
            assert row["untuned_runs"]["ap"].shape == (1,)
            assert row["untuned_options"] == IDEAS[name].untuned
        assert rows["ssd"]["lines"] == 0 < rows["giou"]["lines"]

    def test_goes_on_where_it_was(self, command, monkeypatch):
        """Only the file that is missing is made again, and is the same."""
        files = {p: p.read_text() for p in command.folder.glob("*.json")}
        lost = next(iter(files))
        lost.unlink()
        trained = []

        def counted(idea, *args):
            trained.append(idea)
            return train(idea, *args)

        monkeypatch.setattr(beyond, "train", counted)
        command("--tune", "--idea", "ssd", "--idea", "giou")
        assert len(trained) == 1
        old, new = (
            json.loads(t)["run"] for t in (files[lost], lost.read_text())
        )
        assert (old["seed"], old["ap"]) == (new["seed"], new["ap"])

    def test_refuses_runs_of_another_budget(self, command, small):
        path = next(command.folder.glob("ssd-*.json"))
        record = json.loads(path.read_text())
        record["made"]["num_scenes"] = 99
        path.write_text(json.dumps(record))
        with pytest.raises(ValueError, match="was made with"):
            command("--tune", "--idea", "ssd")

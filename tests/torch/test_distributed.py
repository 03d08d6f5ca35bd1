"""Several processes: equal work, one truth, and only the first one's folder."""

import multiprocessing
from pathlib import Path

import numpy as np
import pytest
import torch
from helpers.torch_runs import (
    MeetingSet,
    fail_in_the_second,
    lose_the_second,
    make_run,
    run_processes,
    train,
    train_and_report,
)

from d2l_ssd.processes import broadcast, gather, gather_shards
from d2l_ssd.torch import Processes, predict, processes_from, trainer
from d2l_ssd.torch.distributed import naming_loss, shard, use_device
from d2l_ssd.torch.loaders import training_loader
from d2l_ssd.torch.runs import read_galleries, read_run
from d2l_ssd.workers import WorkerError


@pytest.mark.parametrize(
    "environ, expected",
    [
        ({}, Processes(0, 1, 0)),
        (
            {"RANK": "3", "WORLD_SIZE": "4", "LOCAL_RANK": "1"},
            Processes(3, 4, 1),
        ),
    ],
    ids=["alone", "torchrun"],
)
def test_processes_from_the_environment(environ, expected):
    assert processes_from(environ) == expected


@pytest.mark.parametrize(
    "environ, message",
    [
        ({"WORLD_SIZE": "two"}, "WORLD_SIZE must be a whole .* got 'two'"),
        ({"WORLD_SIZE": "0"}, "WORLD_SIZE must be .* 1 or more .* got '0'"),
        ({"RANK": "-1"}, "RANK must be a whole number .* got '-1'"),
        ({"RANK": ""}, "RANK must be a whole number .* got ''"),
        ({"LOCAL_RANK": "1.0"}, "LOCAL_RANK must be a whole number"),
        ({"WORLD_SIZE": "2"}, "RANK is not set: .* torchrun"),
        ({"RANK": "1"}, "RANK must be below WORLD_SIZE, which is 1.* got 1"),
        ({"RANK": "2", "WORLD_SIZE": "2"}, "RANK must be below WORLD_SIZE"),
    ],
    ids=str,
)
def test_a_mistaken_environment(environ, message):
    with pytest.raises(ValueError, match=message):
        processes_from(environ)


def test_more_processes_than_gpus(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
    with pytest.raises(ValueError, match="LOCAL_RANK .* GPUs here, 1, got 1"):
        use_device(Processes(1, 2, 1))


def test_errors_of_pytorchs_own_stay_as_they_are():
    with pytest.raises(RuntimeError, match="size of tensor"):
        with naming_loss():
            torch.zeros(2) + torch.zeros(3)


def test_alone_nothing_is_sent():
    alone = Processes()
    assert broadcast("value", alone) == "value"
    assert gather("value", alone) == ["value"]
    assert gather_shards([1, 2], alone) == [1, 2]


def test_shards_of_a_data_set_are_the_whole():
    shards = [list(shard(range(7), Processes(rank, 3))) for rank in range(3)]
    assert shards == [[0, 3, 6], [1, 4], [2, 5]]


def test_shards_of_an_epoch_are_the_whole(sets):
    whole = list(training_loader(sets[0], 64, 4, 7, 0).sampler)
    loaders = [
        training_loader(sets[0], 64, 4, 7, 0, processes=Processes(rank, 2))
        for rank in (0, 1)
    ]
    shards = [list(loader.sampler) for loader in loaders]
    assert [key for pair in zip(*shards) for key in pair] == whole
    assert {loader.batch_size for loader in loaders} == {2}


class TestTwoProcesses:
    @pytest.mark.parametrize(
        "error",
        [
            FloatingPointError("epoch 1: not finite"),
            WorkerError("a worker has ended"),
            ValueError("a bad image"),
            PermissionError("no place to write"),
        ],
        ids=lambda error: type(error).__name__,
    )
    def test_an_error_of_one_ends_both(self, tmp_path, error):
        report = tmp_path / "report"
        run_processes(fail_in_the_second, tmp_path, error, report)
        for rank in (0, 1):
            assert Path(f"{report}{rank}").read_text() == repr(error)

    def test_an_end_without_a_word_is_a_sentence(self, tmp_path):
        report = tmp_path / "report"
        run_processes(lose_the_second, tmp_path, report)
        heard = Path(f"{report}0").read_text()
        assert heard.startswith("another process of this training has ended")

    def test_only_the_first_one_has_the_checkpoint(
        self, sets, tmp_path, monkeypatch
    ):
        """They go on together, on two machines without a folder in common."""
        folders = tmp_path / "first", tmp_path / "second"
        save_run = trainer.save_run

        def save_and_stop(*arguments):
            save_run(*arguments)
            raise InterruptedError

        monkeypatch.setattr(trainer, "save_run", save_and_stop)
        with pytest.raises(InterruptedError):
            train(make_run(sets, folders[0]))
        begun = read_run(folders[0])[1].history
        assert len(begun) == 1

        run_processes(
            train_and_report, tmp_path, sets, folders, tmp_path / "report"
        )
        reports = [
            torch.load(tmp_path / f"report{rank}", weights_only=True)
            for rank in (0, 1)
        ]
        for _, history in reports:
            assert history[:1] == begun
            assert [row["epoch"] for row in history] == [1, 2, 3, 4]
        assert reports[0][1] == reports[1][1] == read_run(folders[0])[1].history
        parameters = dict(read_run(folders[0])[0].named_parameters())
        for weights, _ in reports:
            for name in parameters:
                assert torch.equal(weights[name], parameters[name]), name
        assert not folders[1].exists()

    def test_share_the_validation(self, sets, tmp_path):
        """Each image is read only while the other process reads one too.

        If one process validated alone, the others would wait for all of it,
        and a long validation would exceed their time limit.
        """
        barrier = multiprocessing.get_context("spawn").Barrier(2)
        meeting = [sets[0], MeetingSet(sets[1], barrier)]
        folders = [tmp_path / "run"] * 2
        run_processes(
            train_and_report, tmp_path, meeting, folders, tmp_path / "report", 1
        )
        # What was judged is what was saved, with the same running averages
        net, checkpoint = read_run(tmp_path / "run")
        galleries = read_galleries(tmp_path / "run", checkpoint.history)
        found, _ = predict(net, sets[1], 64, num_workers=0)
        assert all("ap" in row for row in checkpoint.history)
        for ours, theirs in zip(galleries[-1], found, strict=True):
            np.testing.assert_allclose(ours.scores, theirs.scores, atol=1e-5)
            np.testing.assert_allclose(ours.boxes, theirs.boxes, atol=1e-4)

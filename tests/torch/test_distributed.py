"""Several processes: equal work, one truth, and only the first one's folder."""

import multiprocessing
import re
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from helpers.torch_runs import (
    MeetingSet,
    fail_in_the_second,
    gradients_of_a_share,
    hang_in_the_second,
    lose_the_second,
    losses_of_steps,
    make_run,
    run_processes,
    train,
    train_and_report,
    train_on_other_images,
    train_until,
    train_with_options,
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


def test_gradients_are_those_of_the_whole_batch(tmp_path):
    """Shares have other numbers of positives; one of them may have none."""
    gradients_of_a_share(Processes(), tmp_path / "one")
    run_processes(gradients_of_a_share, tmp_path, tmp_path / "two")
    one, two = (torch.load(tmp_path / name) for name in ("one", "two"))
    for ours, theirs in zip(two, one, strict=True):
        scale = theirs.abs().max().item()
        torch.testing.assert_close(ours, theirs, rtol=1e-3, atol=1e-4 * scale)


def test_one_two_and_four_processes_make_the_same_steps(tmp_path):
    """In float32, with batch normalization over all of them: up to rounding."""
    losses_of_steps(Processes(), tmp_path / "1")
    for world_size in (2, 4):
        run_processes(
            losses_of_steps,
            tmp_path,
            tmp_path / str(world_size),
            world_size=world_size,
        )
    one, two, four = (torch.load(tmp_path / name) for name in "124")
    assert one[2].sum() < one[0].sum()
    for several in two, four:
        torch.testing.assert_close(several[0], one[0], rtol=1e-5, atol=0)
        # Adam's steps enlarge the rounding of the first
        torch.testing.assert_close(several, one, rtol=1e-3, atol=0)


def test_one_and_two_processes_make_the_same_history(sets, tmp_path):
    """Nearly: AdamW makes steps of the rounding where gradients are near 0."""
    changes = {"num_epochs": 2, "sync_batch_norm": True}
    histories = []
    for world_size in (1, 2):
        run_processes(
            train_with_options,
            tmp_path,
            sets,
            tmp_path / f"run{world_size}",
            tmp_path / "report",
            changes,
            world_size=world_size,
        )
        histories.append(torch.load(tmp_path / "report")[1])
        assert {row["processes"] for row in histories[-1]} == {world_size}
    for name in ("class_loss", "localization_loss"):
        one, two = ([row[name] for row in rows] for rows in histories)
        assert two == pytest.approx(one, rel=5e-3), name


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

    def test_a_process_that_hangs_is_given_up(self, tmp_path):
        report = tmp_path / "report"
        run_processes(hang_in_the_second, tmp_path, report, 9, timeout=2)
        waited, heard = report.read_text().split("\n")
        assert 1.5 < float(waited) < 8
        assert re.match("another process .* has not answered for 2 s", heard)

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

    def test_each_machine_keeps_a_copy(self, sets, tmp_path):
        """And a machine that is new is given the copy of another one."""
        folders = tmp_path / "first", tmp_path / "second"

        def go_on(num_epochs):
            run_processes(
                train_until, tmp_path, sets, folders, num_epochs, apart=True
            )

        go_on(1)
        first, second = (read_run(folder)[1] for folder in folders)
        assert first.net == second.net and first.history == second.history
        assert len(first.history) == 1
        # The first machine is lost; another one has its place
        shutil.rmtree(folders[0])
        go_on(3)
        whole, copy = (read_run(folder)[1] for folder in folders)
        assert whole.history[0] == first.history[0]
        assert [row["epoch"] for row in whole.history] == [1, 2, 3]
        assert whole.net == copy.net and whole.average == copy.average
        galleries = [read_galleries(f, whole.history) for f in folders]
        assert len(galleries[0]) == len(galleries[1]) == 3

    def test_machines_with_other_images(self, sets, tmp_path):
        report = tmp_path / "report"
        run_processes(
            train_on_other_images, tmp_path, sets, tmp_path, report, apart=True
        )
        for rank in (0, 1):
            heard = Path(f"{report}{rank}").read_text()
            assert re.match("process 1 on .* must have the images", heard)

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

"""What surrounds the training loop: rows of the history, and errors' places."""

import pytest
from helpers.tiny_ssd import ShuffledBatches, make_batches, make_net

from d2l_ssd.mxnet.runs import NamedBatches, TrainingRun
from d2l_ssd.mxnet.training import detection_trainer

OPTIONS = {"learning_rate": 1e-3, "weight_decay": 1e-4, "max_norm": 10.0}

PARTS = "class", "localization"


def make_run(batches, num_epochs=2):
    """Make a run, and the trainer that it asks for."""
    net = make_net()
    run = TrainingRun(net, batches, batches, num_epochs, **OPTIONS)
    return run, detection_trainer(net, 1e-3, 1e-4)


def test_row_is_the_mean_of_the_steps():
    losses = iter([[1.0, 4.0], [2.0, 8.0], [6.0, 0.0]] * 2)
    run, trainer = make_run(make_batches(3))
    numbers = []
    with run:
        for epoch in run.epochs(trainer):
            for step, X, _ in run.batches(epoch):
                numbers.append(step)
                assert X.shape == (2, 3, 32, 32)
                run.log(next(losses))
            run.finish_epoch([5.0, 7.0])
    assert numbers == [0, 1, 2, 3, 4, 5] and run.num_steps == 6
    assert [row["epoch"] for row in run.history] == [1, 2]
    row = run.history[1]
    assert (row["class_loss"], row["localization_loss"]) == (3.0, 4.0)
    assert [row[f"val_{part}_loss"] for part in PARTS] == [5.0, 7.0]
    assert row["learning_rate"] == 1e-3
    speed = 6 / row["seconds"]
    assert row["images_per_second"] == pytest.approx(speed)


@pytest.mark.parametrize("kind", [ValueError, FloatingPointError])
def test_error_of_a_step_names_epoch_and_batch(kind):
    run, trainer = make_run(make_batches(3))
    with pytest.raises(kind, match="^epoch 2, batch 3: too bad$"), run:
        for epoch in run.epochs(trainer):
            for step, _, _ in run.batches(epoch):
                run.log([1.0, 1.0])
                if step == 5:
                    raise kind("too bad")
            run.finish_epoch([1.0, 1.0])


def test_error_after_the_last_batch_names_none():
    run, trainer = make_run(make_batches(3))
    with pytest.raises(ValueError, match="^too bad$"), run:
        for epoch in run.epochs(trainer):
            for _ in run.batches(epoch):
                run.log([1.0, 1.0])
            raise ValueError("too bad")


def test_other_errors_are_left_alone():
    with pytest.raises(KeyError, match="^'key'$"):
        with NamedBatches(make_batches(1)) as batches:
            for _ in batches:
                raise KeyError("key")


def test_validation_names_its_batch_and_images():
    loader = ShuffledBatches(make_batches(2))
    loader.set_epoch(0)
    with pytest.raises(ValueError, match=r"^validation, batch 1 \(images \["):
        with NamedBatches(loader) as batches:
            for _ in batches:
                raise ValueError("too bad")


def test_error_of_the_loader_is_not_that_of_the_batch_before():
    def broken():
        yield make_batches(1)[0]
        raise ValueError("cannot read")

    with pytest.raises(ValueError, match="^cannot read$"):
        with NamedBatches(make_batches(2)) as batches:
            for _ in batches.over(broken()):
                pass


@pytest.mark.parametrize("epoch, name", [(None, "val_iter"), (0, "train_iter")])
def test_pass_without_a_batch(epoch, name):
    batches = NamedBatches([], epoch)
    with pytest.raises(ValueError, match=f"{name} must give at least one"):
        list(batches)

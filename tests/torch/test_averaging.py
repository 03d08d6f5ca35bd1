"""The running mean of the weights, and weights of the classes in the loss."""

import numpy as np
import pytest
import torch
from helpers.torch_runs import Images, make_batch, make_run, train
from torch import nn

from d2l_ssd.checkpoints import checkpoint_path, read_checkpoint
from d2l_ssd.safetensors import unpack_tensors
from d2l_ssd.torch import DetectionLoss, WeightAverage, new_network, trainer
from d2l_ssd.torch.objective import balanced_weights, make_loss
from d2l_ssd.torch.runs import (
    pack_optimizer,
    read_run,
    unpack_optimizer,
)


class TestMean:
    def test_is_exponential_with_a_rising_decay(self):
        """By hand: 0; then (1/10, 2/11) of what was, the rest of the new."""
        net = nn.Linear(1, 1, bias=False)
        nn.init.zeros_(net.weight)
        average = WeightAverage(net, decay=0.998)
        for value in 1.0, 2.0:
            nn.init.constant_(net.weight, value)
            average.update(net)
        expected = 2 / 11 * (1 / 10 * 0 + 9 / 10 * 1) + 9 / 11 * 2
        assert average.net.weight.item() == pytest.approx(expected)

    def test_ends_at_its_decay(self):
        net = nn.Linear(1, 1, bias=False)
        nn.init.ones_(net.weight)
        average = WeightAverage(net, decay=0.5, num_steps=1000)
        nn.init.zeros_(net.weight)
        average.update(net)
        assert average.net.weight.item() == pytest.approx(0.5)

    def test_statistics_take_part_and_counts_do_not(self):
        net = nn.BatchNorm1d(2)
        average = WeightAverage(net, decay=0.5, num_steps=1000)
        net.running_mean += 4
        net.num_batches_tracked += 7
        average.update(net)
        assert average.net.running_mean.tolist() == [2, 2]
        assert average.net.num_batches_tracked == 7

    def test_is_what_a_run_is_judged_by(self, sets, tmp_path, monkeypatch):
        """And, once it is finished, all that its checkpoint holds."""
        saved, save_run = [], trainer.save_run

        def remember(folder, *arguments):
            save_run(folder, *arguments)
            saved.append(read_checkpoint(checkpoint_path(folder)))

        monkeypatch.setattr(trainer, "save_run", remember)
        net, _ = train(make_run(sets, tmp_path, num_epochs=2))
        running, finished = saved[-2:]
        name = "output.offset_heads.0.bias"
        mean, last, kept = (
            unpack_tensors(part)[name]
            for part in (running.average, running.net, finished.net)
        )
        for one in net, read_run(tmp_path)[0]:
            bias = one.output.offset_heads[0].bias.detach().numpy()
            np.testing.assert_array_equal(bias, mean)
        np.testing.assert_array_equal(kept, mean)
        assert not np.array_equal(mean, last)
        assert finished.optimizer == finished.average == b""

    def test_none(self, sets, tmp_path):
        train(make_run(sets, tmp_path, num_epochs=1, average=0.0))
        assert read_run(tmp_path)[1].average == b""


class TestClassWeights:
    @pytest.fixture
    def images(self, sets):
        """Eight images of class 0, and one of them with class 1."""
        images = Images.of(sets[0])
        row = [0, 0.1, 0.1, 0.5, 0.5, 0]
        labels = np.array([row] * 8 + [[1, *row[1:]]], dtype=np.float32)
        blank = np.zeros((8, 8, 3), dtype=np.uint8)
        images.items = [(blank, labels), (blank, labels[:0])]
        images.ids = ["a", "b"]
        return images

    def test_rare_classes_count_more(self, images):
        background, common, rare = balanced_weights(images)
        assert background == 1
        assert rare / common == pytest.approx(8**0.5)
        assert (8 * common + rare) / 9 == pytest.approx(1)

    def test_are_those_of_the_loss(self, sets, images, tmp_path):
        options = make_run(sets, tmp_path, class_weights="balanced").options
        loss = make_loss(options, images, torch.device("cpu"))
        torch.testing.assert_close(
            loss.class_weights, torch.tensor(balanced_weights(images))
        )
        assert loss.localization_weight == options.localization_weight

    def test_weigh_the_terms_of_their_classes(self):
        X, *targets = map(torch.from_numpy, make_batch())
        with torch.no_grad():
            predictions = new_network(2, 0).eval()(X)
        ones = DetectionLoss(1.0, torch.ones(3))(*predictions, *targets)
        plain = DetectionLoss()(*predictions, *targets)
        torch.testing.assert_close(ones, plain)
        parts = [
            DetectionLoss(1.0, weights)(*predictions, *targets)[0]
            for weights in torch.eye(3)
        ]
        torch.testing.assert_close(sum(parts), plain[0])
        assert all(part > 0 for part in parts)


def test_optimizer_is_stored_without_pickle():
    net = new_network(2, 0).to(memory_format=torch.channels_last)
    optimizers = [torch.optim.AdamW(net.parameters()) for _ in range(2)]
    net(torch.randn(2, 3, 64, 64))[0].sum().backward()
    optimizers[0].step()
    unpack_optimizer(
        optimizers[1], unpack_tensors(pack_optimizer(optimizers[0]))
    )
    first, second = (o.state_dict()["state"] for o in optimizers)
    assert first.keys() == second.keys()
    for number, state in first.items():
        for name, tensor in state.items():
            assert torch.equal(tensor, second[number][name])
            assert tensor.stride() == second[number][name].stride()

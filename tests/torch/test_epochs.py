"""Epochs: their optimizer, learning rates and losses, and what stops them."""

import re
from pathlib import Path

import pytest
import torch
from helpers.torch_runs import make_batch

from d2l_ssd.torch import (
    SSD,
    DetectionLoss,
    detection_optimizer,
    train_epoch,
)
from d2l_ssd.torch.checks import check_finite_weights
from d2l_ssd.torch.epochs import epoch_rates, one_behind

ROOT = Path(__file__).resolve().parents[2]


class TestOptimizer:
    def test_only_convolutions_decay(self):
        net = SSD(2)
        decayed, others = detection_optimizer(net, 1e-3, 0.5).param_groups
        assert decayed["weight_decay"] == 0.5 and others["weight_decay"] == 0
        assert {p.ndim for p in decayed["params"]} == {4}
        assert {p.ndim for p in others["params"]} == {1}

    def test_pytorch_is_new_enough_for_fused_adam_on_a_cpu(self):
        """Older ones raise; 2.4 is the first to have it."""
        text = (ROOT / "pyproject.toml").read_text()
        (lowest,) = re.findall(r'"torch>=(\d+)\.(\d+)"', text)
        assert tuple(map(int, lowest)) >= (2, 4)


class TestEpoch:
    def test_steps_take_their_rates(self):
        batch = [torch.from_numpy(a) for a in make_batch()]
        loader, seen = [(*batch, ["a", "b", "c"])] * 3, []

        class Recorder(torch.optim.SGD):
            def step(self):
                seen.append([group["lr"] for group in self.param_groups])
                return super().step()

        net = SSD(2)
        optimizer = Recorder(net.parameters(), lr=1.0)
        rates = [1e-3, 2e-3, 3e-3]
        losses = list(
            train_epoch(
                net,
                optimizer,
                DetectionLoss(),
                loader,
                rates,
                precision="float32",
            )
        )
        assert seen == [[rate] for rate in rates]
        assert len(losses) == 3 and all(len(pair) == 2 for pair in losses)

    def test_nan_names_the_images(self):
        batch = [torch.from_numpy(a) for a in make_batch()]
        net = SSD(2)
        with torch.no_grad():
            net.output.class_heads[0].bias.fill_(float("nan"))
        loader = [(*batch, ["first", "second", "third"])]
        message = "nan.*'second'.*class_heads.0.bias is not finite already"
        with pytest.raises(FloatingPointError, match=message):
            optimizer = detection_optimizer(net)
            list(train_epoch(net, optimizer, DetectionLoss(), loader, [1e-3]))

    def test_a_gradient_that_is_not_finite_names_its_own_batch(self):
        """The losses are finite; the step is left out, the next one as well."""
        batch = [torch.from_numpy(a) for a in make_batch()]

        class Spoiled(DetectionLoss):
            """Adds a 0 with an infinite slope in the second step."""

            steps = 0

            def forward(self, class_logits, *others):
                self.steps += 1
                losses = super().forward(class_logits, *others)
                spoiled = (0 * class_logits.sum()).clamp(min=0).sqrt()
                if self.steps == 2:
                    losses = losses[0] + spoiled, losses[1]
                return losses

        torch.manual_seed(0)
        net = SSD(2)
        loader = [(*batch, [name]) for name in ("first", "second", "third")]
        steps = train_epoch(
            net,
            detection_optimizer(net),
            Spoiled(),
            loader,
            [1e-3] * 3,
            precision="float32",
        )
        next(steps)
        message = (
            "gradient norm nan of the images .'second'.*lower learning_rate"
        )
        with pytest.raises(FloatingPointError, match=message):
            list(steps)
        check_finite_weights(net, 0)

    def test_images_that_are_not_finite(self):
        """The weights stay as they were; no learning rate would help."""
        batch = [torch.from_numpy(a) for a in make_batch()]
        batch[0][0, 0, 3, 3] = float("nan")
        net = SSD(2)
        before = [p.detach().clone() for p in net.parameters()]
        optimizer = detection_optimizer(net)
        loader = [(*batch, ["a", "b", "c"])]
        with pytest.raises(FloatingPointError, match="its images hold values"):
            list(train_epoch(net, optimizer, DetectionLoss(), loader, [1e-3]))
        assert all(map(torch.equal, net.parameters(), before))

    def test_rates_of_all_epochs_are_the_schedule(self):
        rates = [
            rate
            for epoch in range(3)
            for rate in epoch_rates(epoch, 3, 10, 0.5)
        ]
        assert len(rates) == 30 and max(rates) == pytest.approx(0.5)
        assert rates[:3] == pytest.approx([0.5 / 3, 1.0 / 3, 0.5])
        assert rates[3:] == sorted(rates[3:], reverse=True)

    @pytest.mark.parametrize("count", [0, 1, 4])
    def test_one_behind_loses_nothing(self, count):
        begun = []

        def items():
            for i in range(count):
                begun.append(i)
                yield i

        for expected, item in enumerate(one_behind(items())):
            assert item == expected
            assert len(begun) == min(expected + 2, count)
        assert len(begun) == count

"""Loss, mining and steps: MXNet's numbers, and numbers worked out by hand."""

import re
from pathlib import Path

import mxnet as mx
import numpy as np
import pytest
import torch
from helpers.torch_runs import images
from mxnet import autograd, gluon

import d2l_ssd.mxnet
from d2l_ssd.anchors import ssd_anchors
from d2l_ssd.feature_maps import feature_map_shapes
from d2l_ssd.targets import ssd_targets
from d2l_ssd.torch import (
    SSD,
    DetectionLoss,
    detection_optimizer,
    hard_negative_mask,
    train_epoch,
    train_step,
)
from d2l_ssd.torch.checks import check_finite_weights
from d2l_ssd.torch.training import epoch_rates, one_behind

ROOT = Path(__file__).resolve().parents[2]


def make_batch(num_images=3, side=64):
    """Inputs and targets, one image being all background."""
    rng = np.random.default_rng(4)
    corners = rng.uniform(0, 0.5, (num_images, 2, 2))
    boxes = np.concatenate(
        [corners, corners + rng.uniform(0.1, 0.5, corners.shape)], 2
    )
    classes = rng.integers(0, 2, (num_images, 2, 1))
    labels = np.concatenate([classes, boxes, 0 * classes], 2).astype(np.float32)
    labels[-1, :, 0] = -1
    anchors = ssd_anchors(feature_map_shapes(side, side))
    classes, offsets = ssd_targets(labels, anchors)
    return images(num_images, 3, side, side), classes.astype(np.int64), offsets


class TestLoss:
    def test_one_step_makes_the_same_loss(self, weights, torch_net):
        """Before a step, and after a small one in the gradients' direction."""
        net = d2l_ssd.mxnet.SSD(2)
        net.initialize()
        d2l_ssd.mxnet.load_weights(net, weights)
        rate, batch = 1e-4, make_batch()
        trainer = gluon.Trainer(
            net.collect_params(), "sgd", {"learning_rate": rate}
        )
        optimizer = torch.optim.SGD(torch_net.train().parameters(), rate)
        arrays = [mx.np.array(a) for a in batch]
        tensors = [torch.from_numpy(a) for a in batch]
        losses = []
        for _ in range(2):
            with autograd.record():
                theirs = d2l_ssd.mxnet.DetectionLoss()(
                    *net(arrays[0]), *arrays[1:]
                )
                loss = sum(theirs)
            loss.backward()
            trainer.step(1)
            ours = DetectionLoss()(*torch_net(tensors[0]), *tensors[1:])
            optimizer.zero_grad()
            sum(ours).backward()
            optimizer.step()
            for a, b in zip(ours, theirs):
                assert a.item() == pytest.approx(float(b), rel=1e-4)
            losses.append(float(loss))
        assert losses[1] < losses[0] * 0.999

    def test_by_hand(self):
        """One positive, four negatives: 3 of them, the hardest, count."""
        logits = torch.zeros(1, 5, 2)
        logits[0, 1:, 1] = torch.tensor([-5.0, 1, 2, 3])
        offsets = torch.zeros(1, 5, 4)
        offsets[0, 0] = torch.tensor([0.5, 0, 2, 0])
        classes = torch.tensor([[1, 0, 0, 0, 0]])
        mask = hard_negative_mask(logits, classes, minimum=0)
        assert mask.tolist() == [[False, False, True, True, True]]
        class_loss, localization_loss = DetectionLoss()(
            logits, offsets, classes, torch.zeros(1, 5, 4)
        )
        # The minimum of 8 takes all four: log(1 + e^x) each, and log 2
        negatives = sum(np.log1p(np.exp([-5.0, 1, 2, 3])))
        assert class_loss.item() == pytest.approx(np.log(2) + negatives)
        assert localization_loss.item() == pytest.approx(0.125 + 1.5)
        _, doubled = DetectionLoss(localization_weight=2)(
            logits, offsets, classes, torch.zeros(1, 5, 4)
        )
        assert doubled.item() == pytest.approx(2 * localization_loss.item())

    def test_mining_is_mxnets(self):
        rng = np.random.default_rng(0)
        logits = rng.normal(size=(3, 50, 3)).astype(np.float32)
        targets = rng.choice([-1, 0, 0, 0, 0, 0, 1, 2], (3, 50))
        targets[2] = 0
        ours = hard_negative_mask(
            torch.from_numpy(logits), torch.from_numpy(targets)
        )
        theirs = d2l_ssd.mxnet.hard_negative_mask(
            mx.np.array(logits), mx.np.array(targets)
        )
        np.testing.assert_array_equal(ours, theirs.asnumpy())
        assert ours[2].sum() == 8

    @pytest.mark.parametrize(
        "value, message",
        [(3, "from -1 to 2, .* 3 columns, got 3"), (-2, "got -2")],
    )
    def test_a_class_that_the_network_does_not_have(self, value, message):
        logits, offsets = torch.zeros(1, 5, 3), torch.zeros(1, 5, 4)
        targets = torch.tensor([[0, 1, 2, -1, value]])
        with pytest.raises(ValueError, match=message):
            DetectionLoss()(logits, offsets, targets, offsets)

    def test_targets_of_another_image_size(self):
        logits, offsets = torch.zeros(1, 5, 3), torch.zeros(1, 5, 4)
        with pytest.raises(ValueError, match=r"must agree, .* \(1, 4\)"):
            DetectionLoss()(logits, offsets, torch.zeros(1, 4).long(), offsets)


class TestStep:
    def test_gradient_is_shortened(self):
        """Of a step by 1 the length is that of the gradient: at most max_norm."""
        batch = [torch.from_numpy(a) for a in make_batch()]
        torch.manual_seed(0)
        net = SSD(2)
        before = torch.cat([p.detach().flatten() for p in net.parameters()])
        train_step(
            net,
            torch.optim.SGD(net.parameters(), lr=1.0),
            DetectionLoss(),
            batch,
            max_norm=0.25,
            precision="float32",
        )
        after = torch.cat([p.detach().flatten() for p in net.parameters()])
        assert (after - before).norm().item() == pytest.approx(0.25, rel=1e-2)

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


LOGITS, OFFSETS = torch.zeros(1, 5, 3), torch.zeros(1, 5, 4)
TARGETS = torch.zeros(1, 5, dtype=torch.int64)


@pytest.mark.parametrize(
    "function, message",
    [
        (lambda: hard_negative_mask(LOGITS, TARGETS + 3), "from -1 to 2"),
        (lambda: hard_negative_mask(LOGITS, TARGETS[:, 1:]), "must agree"),
        (lambda: hard_negative_mask(LOGITS, TARGETS, ratio=-1), "ratio must"),
        (lambda: hard_negative_mask(LOGITS.numpy(), TARGETS), "class_logits"),
        (lambda: DetectionLoss(-1.0), "localization_weight .* got -1"),
        (lambda: DetectionLoss(float("nan")), "localization_weight .* nan"),
        (
            lambda: DetectionLoss()(LOGITS, OFFSETS.numpy(), TARGETS, OFFSETS),
            "offsets must be a torch.Tensor .* got numpy.ndarray",
        ),
        (
            lambda: DetectionLoss()(
                LOGITS[:0], OFFSETS[:0], TARGETS[:0], OFFSETS[:0]
            ),
            "an image, an anchor",
        ),
        (lambda: SSD(2)(np.zeros((1, 3, 64, 64))), "X must be a torch.Tensor"),
        (
            lambda: SSD(2)(torch.zeros(1, 3, 32, 32)),
            "X must have two images or more",
        ),
    ],
    ids=[
        "class", "shape", "ratio", "array of logits", "negative weight",
        "nan weight", "array of offsets", "no image", "array of images",
        "one image of one cell",
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(function, message):
    with pytest.raises(ValueError, match=message):
        function()


def test_one_small_image_can_be_looked_at():
    assert SSD(2).eval()(torch.zeros(1, 3, 32, 32))[0].shape == (1, 88, 3)


@pytest.mark.parametrize("name", ["offsets", "offset_targets"])
def test_offsets_are_not_broadcast(name):
    shapes = {"offsets": (2, 12, 4), "offset_targets": (2, 12, 4)}
    parts = {**shapes, name: (1, 12, 4)}
    offsets, targets = (torch.zeros(shape) for shape in parts.values())
    classes = torch.zeros((2, 12), dtype=torch.int64)
    with pytest.raises(ValueError, match=f"{name} must have shape"):
        DetectionLoss()(torch.zeros(2, 12, 3), offsets, classes, targets)


def test_weights_that_are_not_finite_end_a_run():
    net = SSD(1)
    check_finite_weights(net, 2)
    with torch.no_grad():
        net.backbone.norms[0][0].weight[3] = float("nan")
    with pytest.raises(
        FloatingPointError, match="epoch 3: the weights backbone"
    ):
        check_finite_weights(net, 2)

"""Loss, mining and steps: MXNet's numbers, and numbers worked out by hand."""

import mxnet as mx
import numpy as np
import pytest
import torch
from helpers.torch_runs import make_batch
from mxnet import autograd, gluon

import d2l_ssd.mxnet
from d2l_ssd.torch import (
    SSD,
    DetectionLoss,
    hard_negative_mask,
    train_step,
)
from d2l_ssd.torch.checks import check_finite_weights


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

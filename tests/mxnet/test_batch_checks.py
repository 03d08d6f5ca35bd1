"""Batches, targets and images that MXNet would take without a word."""

import numpy
import pytest
from helpers.tiny_ssd import make_batches, make_images, make_net
from mxnet import autograd, np, npx

from d2l_ssd.mxnet.training import (
    DetectionLoss,
    hard_negative_mask,
    ssd_batch,
    train_detection,
)

npx.set_np()


def targets_of(rows, dtype="int32"):
    return np.array(rows, dtype=dtype)


LOGITS, OFFSETS = np.zeros((1, 5, 3)), np.zeros((1, 5, 4))
TARGETS = targets_of([[0, 1, 2, -1, 0]])


@pytest.mark.parametrize(
    "function, message",
    [
        (lambda: hard_negative_mask(LOGITS, TARGETS + 3), "from -1 to 2"),
        (lambda: hard_negative_mask(LOGITS, TARGETS[:, 1:]), "must agree"),
        (lambda: hard_negative_mask(LOGITS, TARGETS, ratio=-1), "ratio must"),
        (lambda: hard_negative_mask(LOGITS.asnumpy(), TARGETS), "class_logits"),
        (lambda: hard_negative_mask(LOGITS, TARGETS.asnumpy()), "class_targets"),
        (lambda: DetectionLoss(-1.0), "localization_weight .* got -1"),
        (
            lambda: DetectionLoss()(
                LOGITS.astype("float16"), OFFSETS, TARGETS, OFFSETS
            ),
            "class_logits must be float32, got float16",
        ),
        (
            lambda: DetectionLoss()(LOGITS, OFFSETS.asnumpy(), TARGETS, OFFSETS),
            "offsets must be an mxnet.np.ndarray .* got numpy.ndarray",
        ),
        (
            lambda: DetectionLoss()(
                LOGITS[:0], OFFSETS[:0], TARGETS[:0], OFFSETS[:0]
            ),
            "an image, an anchor",
        ),
        (
            lambda: make_net()(numpy.zeros((1, 3, 32, 32))),
            "X must be an mxnet.np.ndarray",
        ),
        (
            lambda: ssd_batch(make_net(), make_images(2)[0].asnumpy(), None),
            "X must be an mxnet.np.ndarray .* got numpy.ndarray",
        ),
        (
            lambda: ssd_batch("net", *make_images(2)),
            "net must be a network of d2l_ssd.mxnet",
        ),
        (
            lambda: train_detection("net", *[make_batches()] * 2, 1),
            "net must be a network of d2l_ssd.mxnet",
        ),
    ],
    ids=[
        "class", "shape", "ratio", "array of logits", "array of targets", "negative weight",
        "half precision", "array of offsets", "no image", "array of images",
        "array in a batch", "other net in a batch", "other net to train",
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(function, message):
    with pytest.raises(ValueError, match=message):
        function()


class TestTargets:
    @pytest.mark.parametrize(
        "targets, message",
        [
            pytest.param(
                [[0, 1, 0], [2, 0, 0]],
                "image 1 .* from -1 to 1.* 2 columns, got 2",
                id="a class without a column",
            ),
            pytest.param([[-2, 0, 0], [0] * 3], "image 0 .*got -2", id="-2"),
        ],
    )
    def test_a_class_that_the_network_does_not_have(self, targets, message):
        offsets = np.zeros((2, 3, 4))
        with pytest.raises(ValueError, match=message):
            DetectionLoss()(
                np.zeros((2, 3, 2)), offsets, targets_of(targets), offsets
            )

    @pytest.mark.parametrize("value", [0.5, numpy.nan])
    def test_a_class_that_is_no_whole_number(self, value):
        offsets = np.zeros((1, 2, 4))
        targets = targets_of([[0, value]], "float32")
        with pytest.raises(ValueError, match="whole numbers"):
            DetectionLoss()(np.zeros((1, 2, 2)), offsets, targets, offsets)

    @pytest.mark.parametrize("dtype", ["int32", "int64", "float32", "int8"])
    def test_any_type_of_number_holds_classes(self, dtype):
        offsets = np.zeros((1, 3, 4))
        losses = DetectionLoss()(
            np.zeros((1, 3, 2)),
            offsets,
            targets_of([[1, 0, -1]], dtype),
            offsets,
        )
        # Two of three anchors count, one of them is positive
        assert float(losses[0]) == pytest.approx(2 * numpy.log(2), abs=1e-5)

    @pytest.mark.parametrize(
        "shapes, name",
        [
            pytest.param(((2, 3), (1, 3, 4), (2, 3, 4)), "offsets", id="one"),
            pytest.param(
                ((2, 3), (2, 3, 4), (3, 4)), "offset_targets", id="no image"
            ),
            pytest.param(
                ((1, 3), (2, 3, 4), (2, 3, 4)), "class_targets", id="classes"
            ),
        ],
    )
    def test_nothing_is_broadcast(self, shapes, name):
        targets, offsets, wanted = (np.zeros(shape) for shape in shapes)
        with pytest.raises(ValueError, match=f"{name}.*shape"):
            DetectionLoss()(np.zeros((2, 3, 2)), offsets, targets, wanted)

    def test_nothing_is_left_recording(self):
        offsets = np.zeros((1, 1, 4))
        with pytest.raises(ValueError), autograd.record():
            DetectionLoss()(
                np.zeros((1, 1, 2)), offsets, targets_of([[2]]), offsets
            )
        assert not autograd.is_recording()


class TestBatch:
    @pytest.fixture(scope="class")
    def net(self):
        return make_net()

    @pytest.mark.parametrize("number", [2, 7])
    def test_a_class_that_the_network_does_not_have(self, net, number):
        X, Y = make_images(3, [1, 1, 2])
        Y[2, 1, 0] = number
        message = (
            f"image 2: labels must have classes 0 to 1, got {number}"
            ".*num_classes="
        )
        with pytest.raises(ValueError, match=message):
            ssd_batch(net, X, Y)

    def test_boxes_in_pixels(self, net):
        X, Y = make_images(2)
        Y[1, 0, 1:5] *= 256
        with pytest.raises(ValueError, match="image 1: .*pixels"):
            ssd_batch(net, X, Y)

    @pytest.mark.parametrize(
        "shape", [(1, 1, 6), (3, 1, 6), (2, 6)], ids="fewer more flat".split()
    )
    def test_labels_are_those_of_the_images(self, net, shape):
        X, _ = make_images(2)
        with pytest.raises(ValueError, match="X has 2 images"):
            ssd_batch(net, X, np.zeros(shape) - 1)

    def test_images_without_labels(self, net):
        X, _ = make_images(2)
        for Y in (np.zeros((2, 0, 6)), np.zeros((2, 3, 5)) - 1):
            _, _, class_targets, _ = ssd_batch(net, X, Y)
            assert (class_targets == 0).all()


@pytest.mark.parametrize(
    "shape, message",
    [
        pytest.param((1, 3, 100, 64), "height .*32, got 100", id="height"),
        pytest.param((1, 3, 64, 33), "width .*32, got 33", id="width"),
        pytest.param((1, 1, 64, 64), "shape", id="gray"),
        pytest.param((3, 64, 64), "shape", id="no batch"),
        pytest.param((1, 64, 64, 3), "shape", id="colors last"),
    ],
)
@pytest.mark.parametrize("compiled", [False, True], ids=["plain", "hybridized"])
def test_network_refuses_other_images(shape, message, compiled):
    net = make_net()
    if compiled:
        net.hybridize(static_alloc=True)
        net(make_batches()[0][0])
    with pytest.raises(ValueError, match=f"^X .*{message}"):
        net(np.zeros(shape))


def test_network_refuses_bytes():
    X = np.zeros((1, 3, 64, 64), dtype="uint8")
    with pytest.raises(ValueError, match="X must hold floats, got uint8"):
        make_net()(X)


def test_compiled_network_is_exported(tmp_path):
    net, (X, _) = make_net(), make_batches()[0]
    net.hybridize()
    net(X)
    net.export(str(tmp_path / "ssd"))
    assert (tmp_path / "ssd-symbol.json").exists()

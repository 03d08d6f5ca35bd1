"""Shapes, order of the anchors, and what hybridizing leaves as it was."""

import mxnet as mx
import numpy
import pytest
from mxnet import init, np, npx

from d2l_ssd.anchors import RATIOS, SIZES, ssd_anchors
from d2l_ssd.feature_maps import feature_map_shapes
from d2l_ssd.mxnet import SSD, SSDBackbone, SSDOutput, detection_backbone

npx.set_np()


def initialized(block):
    mx.random.seed(0)
    block.initialize(init.Xavier())
    return block


def random_images(*shape):
    rng = numpy.random.default_rng(0)
    return np.array(rng.normal(size=shape), dtype="float32")


@pytest.fixture(scope="module")
def ssd():
    return initialized(SSD(num_classes=2))


SHAPES = {
    (256, 256): [(32, 32), (16, 16), (8, 8), (1, 1)],
    (128, 128): [(16, 16), (8, 8), (4, 4), (1, 1)],
    (64, 96): [(8, 12), (4, 6), (2, 3), (1, 1)],
}


@pytest.mark.parametrize("size", SHAPES)
def test_maps_and_predictions_have_the_shapes_of_the_anchors(ssd, size):
    X = random_images(2, 3, *size)
    maps = ssd.backbone(X)
    assert [m.shape[2:] for m in maps] == SHAPES[size]
    assert [m.shape[1] for m in maps] == [128, 256, 512, 512]
    num_anchors = len(ssd_anchors(SHAPES[size]))
    logits, offsets = ssd(X)
    assert logits.shape == (2, num_anchors, 3)
    assert offsets.shape == (2, num_anchors, 4)


def test_backbone_has_layers_0_to_10_and_ends_in_relu():
    net = detection_backbone()
    assert len(net) == 11
    assert net[10]._act_type == "relu"


def test_every_map_is_rectified():
    with mx.autograd.train_mode():
        maps = initialized(SSDBackbone())(random_images(2, 3, 64, 64))
    for feature_map in maps:
        values = feature_map.asnumpy()
        assert values.min() >= 0
        assert values.max() > 0


def test_next_stage_gets_what_is_not_normalized():
    backbone = initialized(SSDBackbone())
    X = random_images(1, 3, 64, 64)
    before = [m.asnumpy() for m in backbone(X)]
    for norm in backbone.norms:
        norm[0].gamma.set_data(np.zeros_like(norm[0].gamma.data()))
    after = [m.asnumpy() for m in backbone(X)]
    assert not after[0].any() and not after[1].any()
    for k in (2, 3):
        numpy.testing.assert_array_equal(after[k], before[k])


def test_last_map_is_the_maximum_of_the_third(ssd):
    maps = ssd.backbone(random_images(2, 3, 64, 64))
    maximum = maps[2].asnumpy().max(axis=(2, 3), keepdims=True)
    numpy.testing.assert_array_equal(maps[3].asnumpy(), maximum)


def test_heads_have_the_parameters_worked_out_by_hand(ssd):
    ssd(random_images(1, 3, 64, 64))
    channels = 128 + 256 + 512 + 512

    def count(block):
        return sum(p.data().size for p in block.collect_params().values())

    assert count(ssd.output.class_heads) == 9 * channels * 12 + 4 * 12
    assert count(ssd.output.offset_heads) == 9 * channels * 16 + 4 * 16


def coordinate_maps(batch, shapes):
    """Maps (B, 4, H, W) whose channels hold image, map, row and column."""
    maps = []
    for number, (height, width) in enumerate(shapes):
        image, row, column = numpy.mgrid[0:batch, 0:height, 0:width]
        channels = [image, numpy.full_like(image, number), row, column]
        maps.append(np.array(numpy.stack(channels, axis=1), dtype="float32"))
    return maps


def copying_output(maps):
    """An SSDOutput whose heads copy what `coordinate_maps` put there.

    Offsets are [map, row, column, anchor], class logits [image, map, anchor].
    """
    output = SSDOutput(num_classes=2)
    output.initialize(init.Zero())
    output(maps)
    copied = {
        output.offset_heads: (1, 2, 3, None),
        output.class_heads: (0, 1, None),
    }
    for heads, sources in copied.items():
        for head in heads:
            weight = numpy.zeros(head.weight.shape, dtype="float32")
            bias = numpy.zeros(head.bias.shape, dtype="float32")
            for channel in range(len(bias)):
                anchor, value = divmod(channel, len(sources))
                if sources[value] is None:
                    bias[channel] = anchor
                else:
                    weight[channel, sources[value], 1, 1] = 1
            head.weight.set_data(np.array(weight))
            head.bias.set_data(np.array(bias))
    return output


def describe_anchors(shapes):
    """[map, row, column, anchor] of every anchor, told from its box alone."""
    boxes = ssd_anchors(shapes).astype(float)
    x, y = (boxes[:, 0] + boxes[:, 2]) / 2, (boxes[:, 1] + boxes[:, 3]) / 2
    image_height, image_width = shapes[0]
    short = min(image_height, image_width)
    width = (boxes[:, 2] - boxes[:, 0]) * image_width / short
    height = (boxes[:, 3] - boxes[:, 1]) * image_height / short
    sizes, ratios = numpy.sqrt(width * height), width / height
    found = []
    for i in range(len(boxes)):
        number, anchor = next(
            (m, a)
            for m in range(4)
            for a, (s, r) in enumerate(
                [(SIZES[m][0], r) for r in RATIOS[m]]
                + [(SIZES[m][1], RATIOS[m][0])]
            )
            if abs(s - sizes[i]) < 1e-4 and abs(r - ratios[i]) < 1e-3
        )
        rows, columns = shapes[number]
        found.append([number, y[i] * rows - 0.5, x[i] * columns - 0.5, anchor])
    return numpy.array(found).round()


def test_predictions_are_in_the_order_of_the_anchors():
    shapes = feature_map_shapes(96, 160)
    maps = coordinate_maps(3, shapes)
    logits, offsets = copying_output(maps)(maps)
    expected = describe_anchors(shapes)
    for image in range(3):
        numpy.testing.assert_array_equal(offsets[image].asnumpy(), expected)
        numpy.testing.assert_array_equal(logits[image, :, 0].asnumpy(), image)
        numpy.testing.assert_array_equal(
            logits[image, :, 1:].asnumpy(), expected[:, [0, 3]]
        )


def test_each_image_is_predicted_by_itself(ssd):
    X = random_images(3, 3, 64, 64)
    together = ssd(X)
    for image in range(3):
        alone = ssd(X[image : image + 1])
        for a, b in zip(together, alone):
            numpy.testing.assert_allclose(
                a[image].asnumpy(), b[0].asnumpy(), atol=1e-4
            )


def test_hybridized_equals_imperative():
    net = initialized(SSD(num_classes=5))
    X = random_images(2, 3, 64, 64)
    before = [part.asnumpy() for part in net(X)]
    net.hybridize(static_alloc=True)
    for a, b in zip(before, net(X)):
        numpy.testing.assert_allclose(a, b.asnumpy(), atol=1e-5)
    assert net(random_images(1, 3, 96, 64))[0].shape == (
        1,
        (96 + 24 + 6 + 1) * 4,
        6,
    )


def test_weights_survive_a_file(tmp_path):
    net = initialized(SSD(num_classes=2))
    X = random_images(1, 3, 64, 64)
    logits = net(X)[0].asnumpy()
    net.save_parameters(str(tmp_path / "net.params"))
    other = SSD(num_classes=2)
    other.load_parameters(str(tmp_path / "net.params"))
    numpy.testing.assert_array_equal(other(X)[0].asnumpy(), logits)


@pytest.mark.parametrize("num_classes", [0, -1, 1.5, "2", None])
@pytest.mark.parametrize("block", [SSD, SSDOutput])
def test_number_of_classes_must_be_one(block, num_classes):
    with pytest.raises(ValueError, match="num_classes must be a whole number"):
        block(num_classes=num_classes)

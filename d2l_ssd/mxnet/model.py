# Generated from book/feature_maps.ipynb and book/anchors.ipynb (`make save`); do not edit.
"""The SSD network in MXNet: ResNet-18, four feature maps, two heads each."""

from mxnet import gluon, npx
from mxnet.gluon import nn

from d2l_ssd.anchors import ANCHORS_PER_CELL
from d2l_ssd.checks import as_count
from d2l_ssd.feature_maps import NUM_MAPS
from d2l_ssd.mxnet.batch_checks import check_images

npx.set_np()


def detection_backbone():
    """Build ResNet-18 without its pooling and classifier: layers 0 to 10.

    He et al., "Identity mappings in deep residual networks" (2016).

    Returns:
        An uninitialized HybridSequential: (B, 3, H, W) to
        (B, 512, H/32, W/32).
    """
    return gluon.model_zoo.vision.resnet18_v2().features[:11]


class SSDBackbone(nn.HybridBlock):
    """Compute four feature maps, fine to coarse, from images (B, 3, H, W).

    Returns:
        A list: (B, 128, H/8, W/8), (B, 256, H/16, W/16), (B, 512, H/32, W/32)
        and (B, 512, 1, 1), all after a ReLU.
    """

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        net = detection_backbone()
        self.stages = nn.HybridSequential()
        self.stages.add(net[0:7], net[7], net[8:11], nn.GlobalMaxPool2D())
        # The last two maps come normalized and rectified already
        self.norms = nn.HybridSequential()
        self.norms.add(_norm_relu(), _norm_relu())

    def hybrid_forward(self, F, X):
        maps = []
        for stage in self.stages:
            X = stage(X)  # the next stage gets the plain sum
            maps.append(X)
        return [norm(X) for norm, X in zip(self.norms, maps)] + maps[2:]


def _norm_relu():
    block = nn.HybridSequential()
    block.add(nn.BatchNorm(), nn.Activation("relu"))
    return block


def _head(values):
    return nn.Conv2D(ANCHORS_PER_CELL * values, kernel_size=3, padding=1)


def _anchor_rows(F, X, values):
    """Turn (B, anchors * values, H, W) into (B, H * W * anchors, values)."""
    X = F.np.transpose(X, (0, 2, 3, 1))
    # -2 keeps the batch's axis, -1 counts the anchors
    return F.npx.reshape(X, (-2, -1, values))


class SSDOutput(nn.HybridBlock):
    """Predict class logits and offsets of every anchor from the feature maps.

    The input is a list of NUM_MAPS maps (B, C, H, W), fine to coarse.

    Args:
        num_classes: K, not counting the background.

    Returns:
        Class logits (B, A, K+1), class 0 being the background, and offsets
        (B, A, 4), in the order of `ssd_anchors`.

    Raises:
        ValueError: num_classes is not a whole number above 0.
    """

    def __init__(self, num_classes, **kwargs):
        super().__init__(**kwargs)
        self.num_classes = as_count(num_classes, "num_classes")
        self.class_heads = nn.HybridSequential()
        self.offset_heads = nn.HybridSequential()
        for _ in range(NUM_MAPS):
            self.class_heads.add(_head(self.num_classes + 1))
            self.offset_heads.add(_head(4))

    def hybrid_forward(self, F, maps):
        logits = _predict(F, maps, self.class_heads, self.num_classes + 1)
        return logits, _predict(F, maps, self.offset_heads, 4)


def _predict(F, maps, heads, values):
    rows = [_anchor_rows(F, head(X), values) for X, head in zip(maps, heads)]
    # Axis 0 stays the image's: we join along the anchors
    return F.np.concatenate(rows, axis=1)


class SSD(nn.HybridBlock):
    """Predict class logits (B, A, K+1) and offsets (B, A, 4) of images.

    Args:
        num_classes: K, not counting the background.

    Returns:
        Of images (B, 3, H, W), normalized, H and W multiples of 32: logits and
        offsets in the order of `ssd_anchors`, see `SSDOutput`.

    Raises:
        ValueError: num_classes is not a whole number above 0, or the images have
            another shape or type.
    """

    def __init__(self, num_classes, **kwargs):
        super().__init__(**kwargs)
        self.backbone = SSDBackbone()
        self.output = SSDOutput(num_classes)

    def forward(self, X):
        check_images(X)
        return super().forward(X)

    def hybrid_forward(self, F, X):
        return self.output(self.backbone(X))

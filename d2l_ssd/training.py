"""Generated from book/5-training.ipynb by tools/save_cells.py; do not edit."""

from mxnet import autograd, gluon, np, npx

from d2l_ssd.targets import ssd_targets

npx.set_np()


def hard_negative_mask(class_logits, class_targets, ratio=3, minimum=8):
    """Choose the background anchors that the network finds hardest.

    Arguments: class_logits (B, A, K+1) float32; class_targets (B, A) int32, 0
    background, 1..K classes, -1 ignored; ratio, negatives per positive of an
    image; minimum, negatives of an image at least. Returns (B, A) bool. Liu et
    al., "SSD" (2016), section 2.2, hard negative mining.
    """
    background_loss = -npx.log_softmax(class_logits)[:, :, 0]
    # Everything that is not background sorts to the end
    difficulty = np.where(class_targets == 0, background_loss, -1)
    rank = np.argsort(np.argsort(-difficulty, axis=1), axis=1)
    positives = (class_targets > 0).sum(axis=1, keepdims=True)
    count = np.maximum(ratio * positives, minimum)
    return (rank < count) * (class_targets == 0)


class DetectionLoss(gluon.nn.Block):
    """Compute SSD's two losses, each divided by the batch's positive anchors.

    Arguments: offset_weight, alpha of the paper. The input is class logits
    (B, A, K+1), offsets (B, A, 4), class targets (B, A) and offset targets
    (B, A, 4). Returns two scalars: softmax cross-entropy over positives and
    hard negatives; offset_weight times smooth L1 over positives. Liu et al.,
    "SSD" (2016), equations 1 to 3.
    """

    def __init__(self, offset_weight=1.0):
        super().__init__()
        self.offset_weight = offset_weight

    def forward(self, class_logits, offsets, class_targets, offset_targets):
        with autograd.pause():
            positive = class_targets > 0
            chosen = positive + hard_negative_mask(class_logits, class_targets)
            num_positives = np.maximum(positive.sum(), 1)
        cross_entropy = -npx.pick(
            npx.log_softmax(class_logits), np.maximum(class_targets, 0)
        )
        smooth_l1 = npx.smooth_l1(offsets - offset_targets, scalar=1).sum(-1)
        class_loss = (cross_entropy * chosen).sum() / num_positives
        offset_loss = (smooth_l1 * positive).sum() / num_positives
        return class_loss, self.offset_weight * offset_loss


def ssd_batch(net, X, Y, anchors):
    """Run the network on a batch and make the targets meanwhile.

    Arguments: net, an SSD; X (B, 3, H, W) float32; Y (B, M, 6) labels;
    anchors (A, 4). MXNet's engine is asynchronous: net(X) returns at once,
    and the host works on the targets while the device runs the network.
    Returns class logits, offsets, class targets, offset targets.
    """
    predictions = net(X)
    targets = ssd_targets(Y.asnumpy(), anchors)
    return *predictions, *(np.array(t, ctx=X.ctx) for t in targets)

# Generated from book/training.ipynb (`make save`); do not edit.
"""Loss, targets and the loop that trains an SSD with MXNet."""

import numpy
from mxnet import autograd, gluon, np, npx

from d2l_ssd.anchors import ssd_anchors
from d2l_ssd.feature_maps import feature_map_shapes
from d2l_ssd.mxnet.batch_checks import (
    check_batch,
    check_class_targets,
    check_given,
    check_offsets,
)
from d2l_ssd.mxnet.runs import NamedBatches, TrainingRun
from d2l_ssd.mxnet.steps import device_of, finite_losses, finite_norm
from d2l_ssd.network_checks import check_not_negative
from d2l_ssd.schedule import learning_rate_at
from d2l_ssd.targets import ssd_targets

npx.set_np()


def hard_negative_mask(class_logits, class_targets, ratio=3, minimum=8):
    """Choose the background anchors that the network gets most wrong.

    Args:
        class_logits: (B, A, K+1) float32.
        class_targets: (B, A), 0 background, 1..K classes, -1 ignored.
        ratio: negatives per positive anchor of an image.
        minimum: negatives of an image with few positives or none.

    Returns:
        (B, A) bool, see Liu et al., "SSD" (2016), section 2.2.
    """
    check_class_targets(class_logits, class_targets)
    check_not_negative(ratio=ratio, minimum=minimum)
    background_loss = -npx.log_softmax(class_logits)[:, :, 0]
    negative = class_targets == 0
    # Losses are never below 0, so all others come last
    difficulty = np.where(negative, background_loss, -1)
    rank = np.argsort(np.argsort(-difficulty, axis=1), axis=1)
    positives = (class_targets > 0).sum(axis=1, keepdims=True)
    count = np.maximum(ratio * positives, minimum)
    return (rank < count) * negative


class DetectionLoss(gluon.nn.Block):
    """Compute a batch's class loss and localization loss, two scalars.

    Args:
        localization_weight: alpha in Liu et al. (2016), equation 1.
    """

    def __init__(self, localization_weight=1.0):
        super().__init__()
        check_not_negative(localization_weight=localization_weight)
        self.localization_weight = localization_weight

    def forward(self, class_logits, offsets, class_targets, offset_targets):
        with autograd.pause():
            hard = hard_negative_mask(class_logits, class_targets)
            positive = class_targets > 0
            num_positives = np.maximum(positive.sum(), 1)
        check_offsets(offsets, offset_targets, class_targets)
        log_probs = npx.log_softmax(class_logits)
        cross_entropy = -npx.pick(log_probs, np.maximum(class_targets, 0))
        distance = npx.smooth_l1(offsets - offset_targets, scalar=1).sum(-1)
        class_loss = (cross_entropy * (positive + hard)).sum() / num_positives
        localization_loss = (distance * positive).sum() / num_positives
        return class_loss, self.localization_weight * localization_loss


def ssd_batch(net, X, Y):
    """Run the network on a batch and make the batch's targets.

    Args:
        net: an SSD.
        X: (B, 3, H, W) float32, H and W multiples of 32.
        Y: (B, M, 6) labels, rows of class -1 being padding.

    Returns:
        Class logits (B, A, K+1), offsets (B, A, 4), class targets (B, A) and
        offset targets (B, A, 4), all on the network's device.
    """
    check_given(net, X, Y)
    device, labels = device_of(net), Y.asnumpy()
    X = X.as_in_ctx(device)
    if autograd.is_recording():
        X.attach_grad()  # else layer 0 would not update its running averages
    predictions = net(X)  # returns at once; MXNet computes in the background
    check_batch(X, labels, num_classes=predictions[0].shape[2] - 1)
    anchors = ssd_anchors(feature_map_shapes(*X.shape[2:]))
    targets = ssd_targets(labels, anchors)
    return *predictions, *(np.array(t, ctx=device) for t in targets)


def detection_trainer(net, learning_rate, weight_decay):
    """Make Adam, which decays weights, but not biases and normalizations."""
    params = net.collect_params()
    for name, param in params.items():
        if not name.endswith("weight"):
            param.wd_mult = 0
    settings = {"learning_rate": learning_rate, "wd": weight_decay}
    # A list keeps its order; a dict's would depend on earlier networks' names
    return gluon.Trainer(list(params.values()), "adam", settings)


def train_step(net, trainer, loss, X, Y, max_norm):
    """Update the network once; shorten a gradient longer than max_norm.

    Returns:
        Class loss and localization loss, floats.
    """
    with autograd.record():
        losses = loss(*ssd_batch(net, X, Y))
        total = sum(losses)
    losses = finite_losses(net, X, Y, losses)  # raises an error for NaN
    total.backward()
    norm = finite_norm(net, X, Y, losses)
    trainer.step(max(norm / max_norm, 1))  # step(n) divides gradients by n
    return losses


def train_detection(net, train_iter, val_iter, num_epochs,
                    learning_rate=1e-3, weight_decay=1e-4,
                    max_norm=10.0, checkpoint=None):  # fmt: skip
    """Train an SSD; return its history, see `TrainingRun.history`.

    Args:
        net: an initialized SSD, on the device that trains it.
        train_iter, val_iter: loaders or lists of (X, Y), see `ssd_batch`.
        num_epochs: passes over train_iter.
        learning_rate: the maximum, see `learning_rate_at`.
        weight_decay, max_norm: see `detection_trainer` and `train_step`.
        checkpoint: path of a file to resume from, or None.
    """
    options = num_epochs, learning_rate, weight_decay, max_norm
    with TrainingRun(net, train_iter, val_iter, *options, checkpoint) as run:
        trainer = detection_trainer(net, learning_rate, weight_decay)
        loss = DetectionLoss()
        for epoch in run.epochs(trainer):
            for step, X, Y in run.batches(epoch):
                rate = learning_rate_at(step, run.num_steps, learning_rate)
                trainer.set_learning_rate(rate)
                run.log(train_step(net, trainer, loss, X, Y, max_norm))
            run.finish_epoch(validation_loss(net, val_iter, loss))
    return run.history


def validation_loss(net, val_iter, loss):
    """Compute class and localization loss of all images as one batch."""
    sums, num_positives = numpy.zeros(2), 0
    with NamedBatches(val_iter) as batches, autograd.pause():
        for X, Y in batches:
            *outputs, class_targets, offset_targets = ssd_batch(net, X, Y)
            losses = loss(*outputs, class_targets, offset_targets)
            positives = int((class_targets > 0).sum())
            # Without positives, a batch's loss is divided by 1
            weight = max(positives, 1)
            sums += numpy.multiply(finite_losses(net, X, Y, losses), weight)
            num_positives += positives
    return (sums / max(num_positives, 1)).tolist()

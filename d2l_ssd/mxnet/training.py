# Generated from book/training.ipynb (`make save`); do not edit.
"""Loss, targets and the loop that trains an SSD with MXNet."""

import math
import time

import numpy
from mxnet import autograd, gluon, nd, np, npx
from tqdm import tqdm

from d2l_ssd.anchors import ssd_anchors
from d2l_ssd.feature_maps import feature_map_shapes
from d2l_ssd.mxnet.batch_checks import (
    check_batch,
    check_class_targets,
    check_given,
    check_offsets,
    is_finite,
)
from d2l_ssd.mxnet.checking import (
    check_options,
    check_passed,
    check_training,
    likely_cause,
    naming_batch,
    warn_of_zeros,
)
from d2l_ssd.mxnet.state import load_state, save_state
from d2l_ssd.network_checks import check_not_negative
from d2l_ssd.schedule import learning_rate_at
from d2l_ssd.targets import ssd_targets

npx.set_np()


def hard_negative_mask(class_logits, class_targets, ratio=3, minimum=8):
    """Choose the background anchors that the network finds hardest.

    Liu et al., "SSD" (2016), section 2.2, hard negative mining.

    Args:
        class_logits: (B, A, K+1) float32.
        class_targets: (B, A), 0 background, 1..K classes, -1 ignored.
        ratio: negatives per positive anchor of an image.
        minimum: negatives of an image that has few or no positives.

    Returns:
        (B, A) bool: the negatives with the largest loss, image by image.

    Raises:
        ValueError: the shapes do not agree, there is no such class, or a number
            is negative.
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
    """Compute SSD's two losses, each divided by the batch's positive anchors.

    The input is class logits (B, A, K+1), offsets (B, A, 4), class targets
    (B, A) and offset targets (B, A, 4). Liu et al., "SSD" (2016), equations 1
    to 3.

    Args:
        localization_weight: alpha of the paper.

    Returns:
        Two scalars: softmax cross-entropy over positives and hard negatives;
        localization_weight times smooth L1 over positives.

    Raises:
        ValueError: the shapes do not agree, there is no such class, or the
            weight is negative.
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
        chosen = positive + hard
        class_loss = (cross_entropy * chosen).sum() / num_positives
        localization_loss = (distance * positive).sum() / num_positives
        return class_loss, self.localization_weight * localization_loss


def ssd_batch(net, X, Y):
    """Run the network on a batch and make the targets meanwhile.

    MXNet's engine is asynchronous: net(X) returns at once, and the host makes
    the targets while the device computes.

    Args:
        net: an SSD.
        X: (B, 3, H, W) float32, H and W multiples of 32.
        Y: (B, M, 6) labels, rows of class -1 being padding.

    Returns:
        Class logits (B, A, K+1), offsets (B, A, 4), class targets (B, A) and
        offset targets (B, A, 4), all on the network's device.

    Raises:
        ValueError: X or Y has another shape or is no array of MXNet's, a box is
            no box in fractions of the image, or the network does not know a
            class.
    """
    check_given(net, X, Y)
    device = device_of(net)
    X = X.as_in_ctx(device)
    if autograd.is_recording():
        # MXNet updates running averages in the backward pass, which would
        # not reach layer 0: nothing else needs a gradient that far down
        X.attach_grad()
    predictions = net(X)
    anchors = ssd_anchors(feature_map_shapes(*X.shape[2:]))
    labels = Y.asnumpy()
    check_batch(X, labels, num_classes=predictions[0].shape[2] - 1)
    targets = ssd_targets(labels, anchors)
    return *predictions, *(np.array(t, ctx=device) for t in targets)


def device_of(net):
    """Return the device that holds a network's parameters."""
    return next(iter(net.collect_params().values())).list_ctx()[0]


def detection_trainer(net, learning_rate, weight_decay):
    """Make an Adam trainer that decays weights, but not biases and norms."""
    params = net.collect_params()
    for name, param in params.items():
        if not name.endswith("weight"):
            param.wd_mult = 0
    settings = {"learning_rate": learning_rate, "wd": weight_decay}
    # A list keeps its order; sorted by name, as a dict is, it would depend on
    # how many networks were made before, and moments would change places
    return gluon.Trainer(list(params.values()), "adam", settings)


def gradient_norm(net):
    """Compute the Euclidean norm of all gradients together: a float."""
    params = net.collect_params().values()
    # One operator for all of them; it is older than MXNet's NumPy interface
    gradients = [
        param.grad().as_nd_ndarray()
        for param in params
        if param.grad_req != "null"
    ]
    squares = nd.multi_sum_sq(*gradients, num_arrays=len(gradients))
    return math.sqrt(squares.asnumpy().sum())


def train_step(net, trainer, loss, X, Y, max_norm):
    """Update the network once, with gradients no longer than max_norm.

    Returns:
        Class loss and localization loss, floats.

    Raises:
        FloatingPointError: a loss or a gradient is not finite. The weights
            stay as they were. Names the likely cause.
    """
    with autograd.record():
        losses = loss(*ssd_batch(net, X, Y))
        total = sum(losses)
    # A ReLU makes 0 of a NaN, but the running averages would become NaN
    norm = math.nan
    healthy = is_finite(X)
    losses = [float(part) for part in losses]
    if healthy and math.isfinite(sum(losses)):
        total.backward()
        norm = gradient_norm(net)
    if not math.isfinite(norm):
        raise FloatingPointError(
            f"class loss {losses[0]}, localization loss {losses[1]} and "
            f"gradient norm {norm} must be finite; {likely_cause(net, X, Y)}"
        )
    # step(n) divides the gradients by n
    trainer.step(max(norm / max_norm, 1))
    return losses


def scheduled_step(net, trainer, num_steps, learning_rate, max_norm):
    """Return a function of a step's number, X and Y that takes the step.

    Args:
        net, trainer: an SSD and its trainer.
        num_steps: of the whole training.
        learning_rate: the maximum, see `learning_rate_at`.
        max_norm: longer gradients are shortened to it.
    """
    loss = DetectionLoss()

    def step(number, X, Y):
        rate = learning_rate_at(number, num_steps, learning_rate)
        trainer.set_learning_rate(rate)
        return train_step(net, trainer, loss, X, Y, max_norm)

    return step


def batch_losses(net, X, Y, loss):
    """Compute a batch's losses, as floats, and count its positives.

    Nothing is recorded, and the network is in the mode of use, whatever the
    caller is in the middle of.
    """
    with autograd.pause():
        *predictions, class_targets, offset_targets = ssd_batch(net, X, Y)
        parts = loss(*predictions, class_targets, offset_targets)
    healthy = is_finite(X)
    losses = [float(part) for part in parts]
    if not (healthy and math.isfinite(sum(losses))):
        raise FloatingPointError(
            f"losses {losses} must be finite; {likely_cause(net, X, Y)}"
        )
    return losses, int((class_targets > 0).sum())


def validation_loss(net, val_iter, loss):
    """Compute the losses of all images as if they were one batch.

    Returns:
        Class loss and localization loss, floats: sums over all images divided
        by the positives of all images, whatever the batch size.

    Raises:
        FloatingPointError: a loss is not finite; names the batch.
        ValueError: labels are not for this network, which names the batch, or
            there is no batch.
    """
    sums, num_positives, batch = numpy.zeros(2), 0, None
    for batch, (X, Y) in enumerate(val_iter):
        with naming_batch(val_iter, None, batch):
            losses, positives = batch_losses(net, X, Y, loss)
        # The loss of a batch without positives is divided by 1
        sums += numpy.multiply(losses, max(positives, 1))
        num_positives += positives
    check_passed("val_iter", batch)
    return (sums / max(num_positives, 1)).tolist()


def train_epoch(step, train_iter, epoch):
    """Take a step with every batch; show progress.

    Args:
        step: function of the step's number, X and Y that returns class loss and
            localization loss, such as a `scheduled_step`.
        train_iter: loader or list of X (B, 3, H, W) and Y (B, M, 6).
        epoch: int, from 0.

    Returns:
        A row of the history: means over the epoch's steps, and the speed.

    Raises:
        FloatingPointError: a loss is not finite; names the batch.
        ValueError: labels are not for this network, which names the batch, or
            there is no batch.
    """
    if hasattr(train_iter, "set_epoch"):
        train_iter.set_epoch(epoch)
    losses, num_images, batch, start = [], 0, None, time.perf_counter()
    bar = tqdm(train_iter, desc=f"epoch {epoch + 1}", unit="batch")
    for batch, (X, Y) in enumerate(bar):
        with naming_batch(train_iter, epoch, batch):
            losses.append(step(epoch * len(train_iter) + batch, X, Y))
        num_images += len(X)
        bar.set_postfix(loss=f"{sum(losses[-1]):.2f}")
    check_passed("train_iter", batch)
    seconds = time.perf_counter() - start
    class_loss, localization_loss = numpy.mean(losses, axis=0).tolist()
    return {
        "epoch": epoch + 1,
        "class_loss": class_loss,
        "localization_loss": localization_loss,
        "images_per_second": num_images / seconds,
        "seconds": seconds,
    }


def train_detection(
    net,
    train_iter,
    val_iter,
    num_epochs,
    learning_rate=1e-3,
    weight_decay=1e-4,
    max_norm=10.0,
    checkpoint=None,
):
    """Train an SSD with progress shown; go on where a killed run stopped.

    Args:
        net: an initialized SSD, on the device that shall train it.
        train_iter, val_iter: loaders or lists of X (B, 3, H, W) and
            Y (B, M, 6). A train_iter that shuffles needs `set_epoch(epoch)`,
            so that a run that goes on gets the images of its epoch.
        num_epochs: passes over train_iter.
        learning_rate: the maximum, see `learning_rate_at`.
        weight_decay: of the weights, not of biases and normalizations.
        max_norm: longer gradients are shortened to it.
        checkpoint: path of a file that is written after every epoch and read
            at the start, or None.

    Returns:
        The history: a list with a dict for each epoch, with epoch (from 1),
        class_loss, localization_loss, val_class_loss, val_localization_loss,
        learning_rate (its last), images_per_second and seconds (of training).

    Raises:
        ValueError: an argument is out of range, the network is not initialized,
            images or labels cannot be right (see `check_training`), or the
            checkpoint is damaged or of another run.
        FloatingPointError: a loss is not finite; names epoch, batch and, if the
            loader knows them, images.
    """
    check_options(num_epochs, learning_rate, weight_decay, max_norm)
    seen, *images = check_training(net, train_iter, val_iter)
    trainer = detection_trainer(net, learning_rate, weight_decay)
    num_steps = num_epochs * len(train_iter)
    step = scheduled_step(net, trainer, num_steps, learning_rate, max_norm)
    options = {
        "num_epochs": num_epochs,
        "num_batches": len(train_iter),
        "learning_rate": learning_rate,
        "weight_decay": weight_decay,
        "max_norm": max_norm,
        **seen,
    }
    history = load_state(checkpoint, net, trainer, options, *images)
    for epoch in range(len(history), num_epochs):
        row = train_epoch(step, train_iter, epoch)
        val_losses = validation_loss(net, val_iter, DetectionLoss())
        row["val_class_loss"], row["val_localization_loss"] = val_losses
        row["learning_rate"] = trainer.learning_rate
        warn_of_zeros(row)
        history.append(row)
        save_state(checkpoint, net, trainer, options, history, *images)
    return history

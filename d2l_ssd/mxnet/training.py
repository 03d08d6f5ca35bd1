# Generated from book/training.ipynb (`make save`); do not edit.
"""Loss, targets and the loop that trains an SSD with MXNet."""

import json
import math
import os
import tempfile
import time
import zipfile
from pathlib import Path

import numpy
from mxnet import autograd, gluon, nd, np, npx
from tqdm import tqdm

from d2l_ssd.anchors import ssd_anchors
from d2l_ssd.feature_maps import feature_map_shapes
from d2l_ssd.schedule import learning_rate_at
from d2l_ssd.targets import ssd_targets

npx.set_np()


def hard_negative_mask(class_logits, class_targets, ratio=3, minimum=8):
    """Choose the background anchors that the network finds hardest.

    Liu et al., "SSD" (2016), section 2.2, hard negative mining.

    Arguments:
        class_logits: (B, A, K+1) float32.
        class_targets: (B, A), 0 background, 1..K classes, -1 ignored.
        ratio: negatives per positive anchor of an image.
        minimum: negatives of an image that has few or no positives.

    Returns:
        (B, A) bool: the negatives with the largest loss, image by image.
    """
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

    Liu et al., "SSD" (2016), equations 1 to 3.

    Arguments:
        offset_weight: alpha of the paper.

    The input is class logits (B, A, K+1), offsets (B, A, 4), class targets
    (B, A) and offset targets (B, A, 4).

    Returns:
        Two scalars: softmax cross-entropy over positives and hard negatives;
        offset_weight times smooth L1 over positives.
    """

    def __init__(self, offset_weight=1.0):
        super().__init__()
        self.offset_weight = offset_weight

    def forward(self, class_logits, offsets, class_targets, offset_targets):
        positive = class_targets > 0
        with autograd.pause():
            chosen = positive + hard_negative_mask(class_logits, class_targets)
            num_positives = np.maximum(positive.sum(), 1)
        log_probs = npx.log_softmax(class_logits)
        cross_entropy = -npx.pick(log_probs, np.maximum(class_targets, 0))
        distance = npx.smooth_l1(offsets - offset_targets, scalar=1).sum(-1)
        class_loss = (cross_entropy * chosen).sum() / num_positives
        offset_loss = (distance * positive).sum() / num_positives
        return class_loss, self.offset_weight * offset_loss


def ssd_batch(net, X, Y):
    """Run the network on a batch and make the targets meanwhile.

    MXNet's engine is asynchronous: net(X) returns at once, and the host makes
    the targets while the device computes.

    Arguments:
        net: an SSD.
        X: (B, 3, H, W) float32, H and W multiples of 32.
        Y: (B, M, 6) labels, rows of class -1 being padding.

    Returns:
        Class logits (B, A, K+1), offsets (B, A, 4), class targets (B, A) and
        offset targets (B, A, 4), all on the network's device.
    """
    device = _device(net)
    X = X.as_in_ctx(device)
    if autograd.is_recording():
        # MXNet updates running averages in the backward pass, which would
        # not reach layer 0: nothing else needs a gradient that far down
        X.attach_grad()
    predictions = net(X)
    anchors = ssd_anchors(feature_map_shapes(*X.shape[2:]))
    targets = ssd_targets(Y.asnumpy(), anchors)
    return *predictions, *(np.array(t, ctx=device) for t in targets)


def _device(net):
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
        Class loss and offset loss, floats.

    Raises:
        FloatingPointError: a loss or a gradient is not finite. The weights are
            left as they were.
    """
    with autograd.record():
        losses = loss(*ssd_batch(net, X, Y))
        total = sum(losses)
    total.backward()
    norm = gradient_norm(net)
    losses = [float(part) for part in losses]
    if not math.isfinite(norm + sum(losses)):
        raise FloatingPointError(
            f"class loss {losses[0]}, offset loss {losses[1]}, norm of the "
            f"gradient {norm}"
        )
    # step(n) divides the gradients by n
    trainer.step(max(norm / max_norm, 1))
    return losses


def save_checkpoint(path, net, trainer, settings, history):
    """Write all that resuming needs to one file, as a whole or not at all.

    Arguments:
        path: of the file; its folder is made.
        net, trainer: whose weights and moments to keep.
        settings: dict that must be the same where the run goes on.
        history: list of one dict an epoch.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f"{path.name}.tmp")
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        net.save_parameters(str(folder / "net.params"))
        trainer.save_states(str(folder / "trainer.states"))
        log = {"settings": settings, "history": history}
        (folder / "log.json").write_text(json.dumps(log))
        with zipfile.ZipFile(unfinished, "w") as archive:
            for file in sorted(folder.iterdir()):
                archive.write(file, file.name)
    # A kill before this line leaves the last checkpoint, after it the new one
    os.replace(unfinished, path)


def load_checkpoint(path, net, trainer, settings):
    """Load a checkpoint into net and trainer, if there is one.

    Returns:
        The history; empty where path does not exist.

    Raises:
        ValueError: the file is damaged, or of a run with other settings.
    """
    if not Path(path).exists():
        return []
    with tempfile.TemporaryDirectory() as folder:
        try:
            with zipfile.ZipFile(path) as archive:
                archive.extractall(folder)
                log = json.loads(archive.read("log.json"))
        except (zipfile.BadZipFile, KeyError) as error:
            raise ValueError(f"checkpoint {path} is damaged: {error}") from None
        if log["settings"] != settings:
            raise ValueError(
                f"checkpoint {path} is of a run with {log['settings']}, not "
                f"{settings}: remove it, or name another"
            )
        net.load_parameters(f"{folder}/net.params", ctx=_device(net))
        trainer.load_states(f"{folder}/trainer.states")
    return log["history"]


def validation_loss(net, val_iter, loss):
    """Average class loss and offset loss over batches, without training."""
    losses = [
        [float(part) for part in loss(*ssd_batch(net, X, Y))]
        for X, Y in val_iter
    ]
    return numpy.mean(losses, axis=0).tolist()


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

    Arguments:
        net: an initialised SSD, on the device that shall train it.
        train_iter, val_iter: loaders of X (B, 3, H, W) and Y (B, M, 6).
        num_epochs: passes over train_iter.
        learning_rate: the peak of `learning_rate_at`.
        weight_decay: of the weights, not of biases and norms.
        max_norm: longer gradients are shortened to it.
        checkpoint: path that is written after every epoch and read at the
            start, or None.

    Returns:
        The history: one dict an epoch with epoch, class_loss, offset_loss,
        val_class_loss, val_offset_loss, learning_rate (its last) and
        images_per_second.

    Raises:
        ValueError: a loader gives no batch, or the checkpoint does not fit.
        FloatingPointError: the loss is not finite; names epoch, batch, images.
    """
    for name, loader in {
        "train_iter": train_iter,
        "val_iter": val_iter,
    }.items():
        if len(loader) == 0:
            raise ValueError(f"{name} must give at least one batch, got 0")
    trainer = detection_trainer(net, learning_rate, weight_decay)
    settings = {
        "num_epochs": num_epochs,
        "num_batches": len(train_iter),
        "learning_rate": learning_rate,
        "weight_decay": weight_decay,
        "max_norm": max_norm,
    }
    loss, num_steps = DetectionLoss(), num_epochs * len(train_iter)

    def update(step, X, Y):
        rate = learning_rate_at(step, num_steps, learning_rate)
        trainer.set_learning_rate(rate)
        return train_step(net, trainer, loss, X, Y, max_norm)

    history = []
    if checkpoint is not None:
        history = load_checkpoint(checkpoint, net, trainer, settings)
    done = len(history) * len(train_iter)
    with tqdm(total=num_steps, initial=done, unit="batch") as bar:
        for epoch in range(len(history), num_epochs):
            log = _train_epoch(update, train_iter, epoch, bar)
            val_losses = validation_loss(net, val_iter, loss)
            log["val_class_loss"], log["val_offset_loss"] = val_losses
            log["learning_rate"] = trainer.learning_rate
            history.append(log)
            if checkpoint is not None:
                save_checkpoint(checkpoint, net, trainer, settings, history)
    return history


def _train_epoch(update, train_iter, epoch, bar):
    """Call update(step, X, Y) for all batches; return the epoch's log."""
    if hasattr(train_iter, "set_epoch"):
        # Order and augmentation depend on the epoch, so that we can resume
        train_iter.set_epoch(epoch)
    losses, num_images, start = [], 0, time.perf_counter()
    for batch, (X, Y) in enumerate(train_iter):
        try:
            losses.append(update(epoch * len(train_iter) + batch, X, Y))
        except FloatingPointError as error:
            images = _image_numbers(train_iter, epoch, batch, len(X))
            raise FloatingPointError(
                f"epoch {epoch + 1}, batch {batch + 1}: {error}; {images}"
            ) from None
        num_images += len(X)
        speed = num_images / (time.perf_counter() - start)
        loss = f"{sum(losses[-1]):.2f}"
        bar.set_postfix({"loss": loss, "images/s": f"{speed:.1f}"})
        bar.update()
    class_loss, offset_loss = numpy.mean(losses, axis=0).tolist()
    return {
        "epoch": epoch + 1,
        "class_loss": class_loss,
        "offset_loss": offset_loss,
        "images_per_second": speed,
    }


def _image_numbers(loader, epoch, batch, size):
    """Say which images of the data set a batch holds, if the loader can."""
    if not hasattr(loader, "set_epoch"):
        return f"{size} images"
    loader.set_epoch(epoch)
    keys = list(loader._batch_sampler)[batch]
    return f"images {sorted(index for _, index in keys)} of the data set"

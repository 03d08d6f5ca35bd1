"""Exercises of the chapter on training: losses."""

from __future__ import annotations

import math

import numpy as np

from d2l_ssd.exercises.exercise import Exercise, Part
from d2l_ssd.exercises.marks import dot, line
from d2l_ssd.exercises.scenes import several

DIFFERENCES = (0.5, 2, -0.5, -2, 0, 1, -1, 4)


NUMBER = Part("()", name="result")


def smooth_l1(differences: np.ndarray) -> np.ndarray:
    """Compute smooth L1 of differences (N,)."""
    size = np.abs(differences)
    return np.where(size < 1, differences**2 / 2, size - 0.5)


def _curve(function):
    """Return a function's values over the range of a picture."""
    x = np.linspace(-4, 4, 65)
    return _in_picture(x, function(x))


def _in_picture(x, y):
    return np.stack([(np.asarray(x) + 4) / 8, 1 - np.asarray(y) / 4], axis=-1)


SMOOTH_L1 = Exercise(
    name="smooth_l1",
    arguments=("differences",),
    parts=(Part("(N,)", row="loss"),),
    answer=smooth_l1,
    scene=lambda pick: (
        np.array(
            several(pick, lambda pick: pick(DIFFERENCES), 1, 4), np.float32
        ),
    ),
    first=tuple(
        (np.array(values, np.float32),)
        for values in ([0.5], [-0.5], [2], [-2], [0], [1], [0.5, 2])
    ),
    counted={"differences": ("difference", "differences")},
    mistakes={
        "the linear part without − 0.5, so that the loss jumps at 1": lambda d: (
            np.where(np.abs(d) < 1, d**2 / 2, np.abs(d))
        ),
        "the square without its half": lambda d: np.where(
            np.abs(d) < 1, d**2, np.abs(d) - 0.5
        ),
        "the sign forgotten: a difference below −1 is large, too": lambda d: (
            np.where(d < 1, d**2 / 2, d - 0.5)
        ),
        "a negative difference that gives a negative loss": lambda d: np.where(
            np.abs(d) < 1, d**2 / 2, d - 0.5
        ),
        "the plain squared error": lambda d: d**2 / 2,
        "the plain absolute error": lambda d: np.abs(d),
        "the two parts swapped": lambda d: np.where(
            np.abs(d) > 1, d**2 / 2, np.abs(d) - 0.5
        ),
        "the sum instead of one loss per difference": lambda d: smooth_l1(
            d
        ).sum(),
    },
    draw=lambda differences, result: [
        line(_curve(smooth_l1)),
        *(
            dot(point, f"{value:.3g}", 0)
            for point, value in zip(_in_picture(differences, result), result)
        ),
    ],
)


def cross_entropy(logits: np.ndarray, classes: np.ndarray) -> np.ndarray:
    """Compute −log of each row's probability of its class.

    Args:
        logits: (N, K+1).
        classes: (N,) integers from 0.

    Returns:
        (N,) losses.
    """
    shifted = logits - logits.max(axis=1, keepdims=True)
    sums = np.log(np.exp(shifted).sum(axis=1))
    return sums - shifted[np.arange(len(logits)), classes]


def _naive(logits):
    exp = np.exp(logits)
    return exp / exp.sum(axis=1, keepdims=True)


def _of(values, classes):
    return values[np.arange(len(values)), classes]


def _pick_logits(pick, values=(0, 1, -1, 2, 3, 1000, -1000)):
    """Pick logits of one to three rows."""
    columns = pick((2, 3))
    rows = several(
        pick, lambda pick: [pick(values) for _ in range(columns)], 1, 3
    )
    return np.array(rows, np.float32)


def _pick_classified(pick):
    """Pick logits, and a class for each row."""
    logits = _pick_logits(pick)
    classes = [pick(tuple(range(logits.shape[1]))) for _ in logits]
    return logits, np.array(classes, np.int64)


def _row(*values):
    return np.array([values], np.float32)


LOGITS = {"logits": ("row of logits", "rows of logits")}


CROSS_ENTROPY = Exercise(
    name="cross_entropy",
    arguments=("logits", "classes"),
    parts=(Part("(N,)", row="loss"),),
    answer=cross_entropy,
    scene=_pick_classified,
    first=(
        (_row(0, 0), np.array([0])),
        (_row(0, 1), np.array([0])),
        (_row(0, 1), np.array([1])),
        (_row(0, 1, 3), np.array([2])),
        (_row(1000, 0), np.array([0])),
        (_row(1000, 0), np.array([1])),
    ),
    counted=LOGITS,
    mistakes={
        "exp of large logits, which is inf: subtract the row's maximum "
        "first": lambda logits, classes: -np.log(_of(_naive(logits), classes)),
        "the logarithm of a probability that was rounded to 0, which is "
        "−inf: take the logarithm of the sum, not of the quotient": lambda logits, classes: (
            -np.log(
                _of(_naive(logits - logits.max(axis=1, keepdims=True)), classes)
            )
        ),
        "the logarithm without its minus sign": lambda logits, classes: (
            -cross_entropy(logits, classes)
        ),
        "the probability itself instead of −log of it": lambda logits, classes: (
            np.exp(-cross_entropy(logits, classes))
        ),
        "the logit itself, without softmax": lambda logits, classes: (
            -_of(logits, classes)
        ),
        "the mean over the rows instead of one loss per row": lambda x, c: (
            cross_entropy(x, c).mean()
        ),
        "classes counted from 1": lambda logits, classes: cross_entropy(
            logits, classes - 1
        ),
        "softmax over the rows: it goes over the classes": lambda x, c: (
            cross_entropy(x - np.log(np.exp(x).sum(axis=0)), c)
        ),
    },
)


def localization_loss(
    offsets: np.ndarray, targets: np.ndarray, classes: np.ndarray
) -> float:
    """Compute the smooth L1 loss of a batch's positive anchors.

    Args:
        offsets, targets: (B, A, 4).
        classes: (B, A), positive anchors above 0.

    Returns:
        The sum over positives, divided by their number (at least 1).
    """
    return _localize(offsets, targets, classes)


def _localize(offsets, targets, classes, positive=None, divide=None, join=None):
    """Compute the loss with another rule for one of its steps."""
    chosen = (positive or (lambda c: c > 0))(classes)
    each = (join or (lambda d: d.sum(axis=-1)))(smooth_l1(offsets - targets))
    total = (each * chosen).sum()
    return total / (divide(classes) if divide else max(1, chosen.sum()))


def _by_image(offsets, targets, classes):
    images = zip(offsets[:, None], targets[:, None], classes[:, None])
    return np.mean([_localize(*image) for image in images])


def _pick_offsets(pick):
    """Pick predictions, targets and classes of one or two images."""
    anchors = pick((1, 2, 3))
    rows = several(
        pick, lambda pick: [pick((1, 0, 2, -1)) for _ in range(anchors)], 1, 2
    )
    shape = len(rows), anchors, 4
    values = [pick((1, 0, 2, -3)) for _ in range(len(rows) * anchors)]
    offsets = np.repeat(np.array(values, np.float32), 4).reshape(shape)
    offsets[..., 1:3] *= 0.5
    return offsets, np.full(shape, pick((0, 0.5)), np.float32), np.array(rows)


def _one_image(values, classes):
    offsets = np.array([[[v, 0, 0, v / 2] for v in values]], np.float32)
    return offsets, np.zeros_like(offsets), np.array([classes])


LOCALIZATION_LOSS = Exercise(
    name="localization_loss",
    arguments=("offsets", "targets", "classes"),
    parts=(NUMBER,),
    answer=localization_loss,
    scene=_pick_offsets,
    first=(
        _one_image([1], [1]),
        _one_image([1, 2], [1, 0]),
        _one_image([1, 2], [1, -1]),
        _one_image([1, 3], [1, 2]),
        _one_image([1, 1], [0, 0]),
        _one_image([-0.5], [3]),
    ),
    counted={"classes": ("anchor", "anchors", np.size)},
    mistakes={
        "background anchors included: they have no box to learn": lambda *a: (
            _localize(*a, positive=lambda c: c >= 0)
        ),
        "ignored anchors (−1) included: only classes above 0 are positive": lambda *a: (
            _localize(*a, positive=lambda c: c != 0)
        ),
        "the sum divided by the number of anchors: divide it by that of the"
        " positives": lambda *a: _localize(*a, divide=lambda c: c.size),
        "the mean over the four numbers: add them": lambda *a: _localize(
            *a, join=lambda d: d.mean(axis=-1)
        ),
        "a division by 0 when nothing is positive: divide by max(1, "
        "positives)": lambda *a: _localize(*a, divide=lambda c: (c > 0).sum()),
        "the mean of the losses of the images: divide once, by the "
        "positives of the whole batch": _by_image,
        "the sum, without a division": lambda *a: _localize(
            *a, divide=lambda c: 1
        ),
        "the plain absolute error instead of smooth L1": lambda o, t, c: (
            (np.abs(o - t).sum(axis=-1) * (c > 0)).sum() / max(1, (c > 0).sum())
        ),
    },
)


def zero_logits_loss(num_classes: int, ratio: int) -> float:
    """Compute the classification loss of a network whose logits are all 0."""
    return (1 + ratio) * math.log(num_classes + 1)


def _pick_numbers(pick):
    """Pick a number of classes, and of negatives per positive."""
    return pick((1, 2, 3, 20, 80)), pick((3, 1, 2, 10))


ZERO_LOGITS_LOSS = Exercise(
    name="zero_logits_loss",
    arguments=("num_classes", "ratio"),
    parts=(NUMBER,),
    answer=zero_logits_loss,
    scene=_pick_numbers,
    first=((1, 3), (2, 3), (20, 3), (2, 1), (2, 0)),
    counted={},
    mistakes={
        "the background forgotten: there are K + 1 classes": lambda k, ratio: (
            (1 + ratio) * math.log(k)
        ),
        "the positives forgotten: there are 1 + ratio terms for each "
        "positive": lambda k, ratio: ratio * math.log(k + 1),
        "the mean over positives and negatives: divide by the positives "
        "alone": lambda k, ratio: math.log(k + 1),
        "the logarithm to base 2": lambda k, ratio: (
            (1 + ratio) * math.log2(k + 1)
        ),
        "the logarithm to base 10": lambda k, ratio: (
            (1 + ratio) * math.log10(k + 1)
        ),
        "a uniform probability instead of −log of it": lambda k, ratio: (
            (1 + ratio) / (k + 1)
        ),
    },
)


def know_nothing_loss(num_classes: int, ratio: int) -> float:
    """Compute the lowest classification loss that needs no image.

    It is that of a network that gives every anchor the same probabilities: those
    of positives and negatives in the loss, all classes alike.
    """
    background = ratio / (1 + ratio)
    of_class = (1 - background) / num_classes
    return -ratio * math.log(background) - math.log(of_class)


def _constant(num_classes, ratio, background):
    """Compute the loss of another constant probability of the background."""
    of_class = (1 - background) / num_classes
    return -ratio * math.log(background) - math.log(of_class)


KNOW_NOTHING_LOSS = Exercise(
    name="know_nothing_loss",
    arguments=("num_classes", "ratio"),
    parts=(NUMBER,),
    answer=know_nothing_loss,
    scene=_pick_numbers,
    first=((1, 3), (3, 3), (20, 3), (2, 1)),
    counted={},
    mistakes={
        "the loss of logits that are all 0: knowing how many negatives there are "
        "lowers it": zero_logits_loss,
        "the background as likely as an object": lambda k, ratio: _constant(
            k, ratio, 0.5
        ),
        "one class instead of K: the classes share what the background "
        "leaves": lambda k, ratio: know_nothing_loss(1, ratio),
        "the mean over positives and negatives: divide by the positives "
        "alone": lambda k, ratio: know_nothing_loss(k, ratio) / (1 + ratio),
        "the negatives alone": lambda k, ratio: (
            -ratio * math.log(ratio / (1 + ratio))
        ),
        "one negative instead of `ratio`": lambda k, ratio: (
            know_nothing_loss(k, ratio)
            + (ratio - 1) * math.log(ratio / (1 + ratio))
        ),
    },
)


EXERCISES = (
    SMOOTH_L1,
    CROSS_ENTROPY,
    LOCALIZATION_LOSS,
    ZERO_LOGITS_LOSS,
    KNOW_NOTHING_LOSS,
)

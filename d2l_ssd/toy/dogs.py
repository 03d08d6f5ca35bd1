# Generated from book/toy.ipynb (`make save`); do not edit.
"""Dogs' heads, about 1 in radius, from the front and from the side."""

from d2l_ssd.toy.chance import between, pick
from d2l_ssd.toy.colors import INK, mix
from d2l_ssd.toy.curves import blob, curve, mirror, oval, pair, stroke
from d2l_ssd.toy.eyes import one_eye, two_eyes
from d2l_ssd.toy.shapes import Shape, shift

_DOG_BLAZE = curve(
    mirror(
        [
            (0, -0.95),
            (0.13, -0.6),
            (0.13, -0.1),
            (0.5, 0.4),
            (0.7, 1.2),
            (0, 1.4),
        ]
    )
)


def _dog_face_marks(rng, coat):
    """Paint a dog's face: a blaze, a mask, spots, or a patch over an eye."""
    if coat.pattern == "bicolor":
        return [(_DOG_BLAZE, coat.light)]
    if coat.pattern == "points":
        mask = oval(0, 0.62, 0.72, 0.66)
        return [(mask, mix(coat.base, coat.second, 0.85))]
    if coat.pattern == "patches":
        x = pick(rng, (-1, 1)) * 0.42
        return [(blob(rng, x, -0.25, 0.42, 0.5), coat.second)]
    if coat.pattern == "spots":
        places = rng.uniform((-0.7, -0.8), (0.7, 0.0), (5, 2))
        return [(blob(rng, x, y, 0.1), coat.second) for x, y in places]
    return []


def _dog_ears(rng, coat):
    """Draw two floppy or folded ears."""
    droop, spread = between(rng, 0.35, 1.0), between(rng, 0.95, 1.2)
    if rng.random() < 0.3:
        return _folded_ears(coat)
    ear = curve(
        [
            (0.3, -0.78),
            (0.62, -0.86),
            (spread, -0.55),
            (spread + 0.17, 0.05),
            (spread + 0.08, droop),
            (spread - 0.2, droop + 0.1),
            (0.72, 0.3 * droop),
            (0.62, -0.3),
        ]
    )
    return [Shape(pair(ear), coat.ears, volume=0.5, shadow=0.3, parts=2)]


_FOLDED_EAR = curve(
    [(0.2, -0.78), (0.5, -1.2), (0.86, -1.22), (0.9, -0.6), (0.72, -0.3)]
)
_FOLDED_TIP = curve(
    [(0.44, -1.16), (0.86, -1.26), (1.2, -0.9), (1.22, -0.52), (0.9, -0.7)]
)


def _folded_ears(coat):
    """Draw two ears that stand up, and their tips that hang down."""
    ears, tips = pair(_FOLDED_EAR), pair(_FOLDED_TIP)
    return [
        Shape(ears, mix(coat.ears, INK, 0.12), volume=0.4, parts=2),
        Shape(tips, coat.ears, volume=0.5, shadow=0.35, parts=2),
    ]


def _tongue(x, y, length):
    """Draw a tongue that hangs out."""
    outline = curve(
        [
            (x - 0.2, y),
            (x + 0.2, y),
            (x + 0.22, y + 0.6 * length),
            (x, y + length),
            (x - 0.22, y + 0.6 * length),
        ]
    )
    groove = stroke([(x, y + 0.1), (x, y + 0.6 * length)], 0.025)
    return [
        Shape(outline, (226, 112, 120), volume=0.4),
        Shape(groove, (190, 82, 94)),
    ]


_DOG_MOUTH = pair(stroke([(0, 0.5), (0.06, 0.72), (0.3, 0.76)], 0.035))
_DOG_NOSE = curve(
    [
        (-0.27, 0.2),
        (0, 0.14),
        (0.27, 0.2),
        (0.2, 0.4),
        (0, 0.52),
        (-0.2, 0.4),
    ]
)
_DOG_SHINE = oval(-0.08, 0.22, 0.09, 0.04)
_DOG_NOSE_COLOR = (48, 40, 44)
_DOG_SHINE_COLOR = (150, 142, 148)


def _dog_skull(jaw, chin):
    """Outline a dog's head from the front."""
    return curve(
        mirror(
            [
                (0, -0.86),
                (0.5, -0.78),
                (0.8, -0.36),
                (0.76, 0.12),
                (jaw + 0.06, 0.5),
                (jaw, 0.85),
                (0.5 * jaw, chin),
                (0, chin + 0.04),
            ]
        )
    )


def _dog_muzzle(coat, jaw):
    """Draw the light part around a dog's nose and mouth."""
    outline = [
        (0, 0.06),
        (0.26, 0.14),
        (jaw - 0.02, 0.55),
        (jaw - 0.06, 0.84),
        (0.2, 0.98),
        (0, 0.9),
    ]
    color = coat.light
    if coat.pattern == "points":
        color = mix(coat.base, coat.second, 0.95)
    return Shape(curve(mirror(outline)), color, volume=0.45)


def dog_head(rng, coat):
    """Draw a dog's head from the front."""
    jaw, chin = between(rng, 0.48, 0.66), between(rng, 1.05, 1.25)
    skull, marks = _dog_skull(jaw, chin), _dog_face_marks(rng, coat)
    shapes = [Shape(skull, coat.base, marks, volume=0.5, shadow=0.3)]
    shapes += _dog_ears(rng, coat)
    face = []
    if rng.random() < 0.6:
        face += _tongue(rng.normal(0, 0.06), 0.86, between(rng, 0.4, 0.65))
    size, shut = between(rng, 0.15, 0.2), rng.random() < 0.08
    face += [
        _dog_muzzle(coat, jaw),
        Shape(_DOG_MOUTH, INK, parts=2),
        *two_eyes(coat, "dog", 0.4, -0.16, size, shut),
        Shape(_DOG_NOSE, _DOG_NOSE_COLOR),
        Shape(_DOG_SHINE, _DOG_SHINE_COLOR),
    ]
    return shapes + shift(face, rng.normal(0, 0.05))


def _side_profile(long):
    """Outline a dog's head from the side, `long` from ear to nose."""
    return curve(
        [
            (0.8, 0.15),
            (0.5, -0.62),
            (-0.02, -0.82),
            (-0.48, -0.6),
            (-0.74, -0.18),
            (0.35 - long, -0.06),
            (-long, 0.04),
            (-long - 0.04, 0.34),
            (0.4 - long, 0.6),
            (-0.6, 0.72),
            (0.0, 0.8),
            (0.55, 0.65),
        ]
    )


def _side_marks(rng, coat, long):
    """Paint a dog's face from the side: patches or spots, a lighter snout."""
    marks = []
    if coat.pattern in ("patches", "spots"):
        marks = _dog_face_marks(rng, coat)
    if coat.pattern != "solid":
        snout = oval(-0.15 - long, 0.45, 0.75, 0.42)
        points = coat.pattern == "points"
        marks.append((snout, coat.second if points else coat.light))
    return marks


def _side_ear(rng, droop):
    """Outline a dog's ear from the side, hanging or folded."""
    if rng.random() < 0.3:
        return curve(_SIDE_FOLDED_EAR)
    return curve(
        [
            (0.0, -0.6),
            (0.35, -0.75),
            (0.72, -0.45),
            (0.85, 0.1),
            (0.72, droop),
            (0.42, droop + 0.08),
            (0.2, 0.25 * droop),
        ]
    )


_SIDE_FOLDED_EAR = [
    (0.05, -0.55),
    (0.2, -1.1),
    (0.6, -1.2),
    (0.85, -0.8),
    (0.92, -0.4),
    (0.55, -0.6),
]


def dog_head_side(rng, coat):
    """Draw a dog's head from the side, its snout to the left."""
    long, droop = between(rng, 1.35, 1.75), between(rng, 0.3, 0.85)
    marks, shapes = _side_marks(rng, coat, long), []
    if rng.random() >= 0.45:
        shapes = _tongue(0.5 - long, 0.42, between(rng, 0.4, 0.65))
    mouth = [(0.12 - long, 0.36), (0.4 - long, 0.46), (0.75 - long, 0.36)]
    size, shut = between(rng, 0.15, 0.19), rng.random() < 0.08
    return [
        *shapes,
        Shape(_side_profile(long), coat.base, marks, volume=0.5, shadow=0.3),
        Shape(stroke(mouth, 0.035), INK),
        *one_eye(coat, "dog", -0.42, -0.2, size, shut),
        Shape(oval(0.04 - long, 0.1, 0.19, 0.16), _DOG_NOSE_COLOR),
        Shape(oval(-long, 0.05, 0.07, 0.04), _DOG_SHINE_COLOR),
        Shape(_side_ear(rng, droop), coat.ears, volume=0.5, shadow=0.3),
    ]

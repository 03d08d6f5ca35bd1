# Generated from book/toy.ipynb (`make save`); do not edit.
"""Poses: whole animals, upright, as lists of shapes from back to front."""

from d2l_ssd.toy.bodies import collar, legs, tail, torso
from d2l_ssd.toy.cats import cat_head, cat_head_side
from d2l_ssd.toy.chance import between, draw_index, pick
from d2l_ssd.toy.curves import mirror, oval, pair, stroke
from d2l_ssd.toy.dogs import dog_head, dog_head_side
from d2l_ssd.toy.markings import bands, body_marks
from d2l_ssd.toy.shapes import Shape, place

_HEADS = {"cat": (cat_head, cat_head_side), "dog": (dog_head, dog_head_side)}
_PROFILE_ODDS = 0.4  # of a head that is seen from the side, with its body


def _head(rng, coat, species, profile=0.0):
    """Draw a head from the front or, with probability `profile`, the side."""
    front, side = _HEADS[species]
    return (side if rng.random() < profile else front)(rng, coat)


def sitting(rng, coat, species):
    """Draw an animal that sits and faces us."""
    cat = species == "cat"
    shoulder, hip = between(rng, 0.7, 0.88), between(rng, 0.95, 1.25)
    tall = between(rng, 2.6, 3.2) if cat else between(rng, 2.7, 3.4)
    side = pick(rng, (-1, 1))
    shapes = tail(rng, coat, species, (side * 0.85 * hip, tall - 0.3), side)
    belly = oval(0, 1.3, 0.5 * shoulder, 0.75)
    outline = _sitting_outline(shoulder, hip, tall)
    shapes.append(torso(rng, coat, outline, "in", belly))
    shapes += _hind_legs(coat, hip, tall)
    width = 0.21 if cat else between(rng, 0.22, 0.3)
    spots = [((x, 1.4), (0.95 * x, tall + 0.02)) for x in (-0.38, 0.38)]
    shapes += legs(coat, spots, width)
    shapes += collar(coat, (-0.6, 0.68), (0, 0.98), (0.6, 0.68))
    head = _head(rng, coat, species)
    return shapes + place(head, between(rng, 0.88, 1.08), rng.normal(0, 0.12))


def _sitting_outline(shoulder, hip, tall):
    """Outline a body that sits, from the neck to the ground."""
    return mirror(
        [
            (0, 0.2),
            (0.55 * shoulder, 0.45),
            (shoulder, 1.2),
            (hip, tall - 1.0),
            (1.08 * hip, tall - 0.35),
            (0.75 * hip, tall),
            (0, tall),
        ]
    )


def _hind_legs(coat, hip, tall):
    """Draw the thighs and hind paws of an animal that sits."""
    thighs = pair(oval(0.84 * hip, tall - 0.48, 0.4, 0.55, -0.25))
    paws = pair(oval(0.98 * hip, tall - 0.02, 0.36, 0.19))
    paw = coat.light if coat.socks else coat.base
    return [
        Shape(thighs, coat.base, volume=0.45, shadow=0.2, parts=2),
        Shape(paws, paw, volume=0.4, parts=2),
    ]


def standing(rng, coat, species):
    """Draw an animal that stands, seen from the side."""
    cat = species == "cat"
    half = between(rng, 1.5, 1.9) if cat else between(rng, 1.4, 1.8)
    leg = between(rng, 0.8, 1.15) if cat else between(rng, 1.0, 1.6)
    deep = between(rng, 0.85, 1.0) if cat else between(rng, 0.95, 1.25)
    foot, width = deep + leg, 0.2 if cat else between(rng, 0.22, 0.28)
    shapes = tail(rng, coat, species, (half, 0.1))
    places = (0.62 - half, half - 0.62)
    spots = [((x, 0.6), (x, foot - 0.08)) for x in places]
    shapes += legs(coat, spots, width, far=True)
    belly = oval(-0.1, deep + 0.05, 0.8 * half, 0.3)
    outline = _standing_outline(half, deep)
    shapes.append(torso(rng, coat, outline, "down", belly))
    thigh = oval(half - 0.3, 0.5 * deep, 0.45, 0.55)
    bounds = (half - 0.8, -0.1, half + 0.2, 1)
    marks = body_marks(rng, coat, bounds, "down")
    shapes.append(Shape(thigh, coat.base, marks, volume=0.45))
    places = (0.22 - half, half - 0.2)
    spots = [((x, 0.62), (x - 0.05, foot)) for x in places]
    shapes += legs(coat, spots, width)
    at = (-half - between(rng, 0.15, 0.4), -between(rng, 0.55, 1.0))
    return shapes + _neck_and_head(rng, coat, species, 0.35 - half, at)


def _standing_outline(half, deep):
    """Outline a body that stands, from the chest to the tail and back."""
    return [
        (-half - 0.2, 0.1),
        (-0.6 * half, -0.38),
        (0, -0.25),
        (0.7 * half, -0.36),
        (half + 0.12, 0.1),
        (half, 0.7 * deep),
        (0.45 * half, 0.8 * deep),
        (-0.2 * half, 0.98 * deep),
        (-0.7 * half, deep),
        (-half - 0.12, 0.7 * deep),
    ]


def _neck_and_head(rng, coat, species, chest, at):
    """Draw the neck, collar and head of a standing animal."""
    x, y = at
    neck = stroke([(chest, 0.3), (x + 0.15, y + 0.2)], 0.62, 0.5)
    left, low, right = (
        (x - 0.35, y + 0.7),
        (x + 0.1, y + 1.0),
        (x + 0.7, y + 0.6),
    )
    head = _head(rng, coat, species, _PROFILE_ODDS)
    scale, angle = between(rng, 0.8, 0.98), rng.normal(0, 0.12)
    return [
        Shape(neck, coat.base, volume=0.35),
        *collar(coat, left, low, right),
        *place(head, scale, angle, at),
    ]


def lying(rng, coat, species):
    """Draw an animal that lies on its belly."""
    cat = species == "cat"
    long, width = between(rng, 2.0, 2.6), 0.2 if cat else 0.24
    shapes = [] if cat else tail(rng, coat, species, (long - 0.1, 1.2))
    belly = oval(-0.5, 1.2, 0.6, 0.55)
    outline = _lying_outline(long)
    shapes.append(torso(rng, coat, outline, "down", belly))
    thigh = oval(long - 0.75, 0.92, 0.68, 0.56, 0.2)
    marks = body_marks(rng, coat, (long - 1.4, 0.3, long, 1.4), "down")
    shapes.append(Shape(thigh, coat.base, marks, volume=0.45, shadow=0.2))
    hind = (long - 1.0, 1.48), (long - 1.6, 1.5)
    shapes += legs(coat, [hind, ((-0.2, 1.36), (-1.45, 1.38))], width)
    shapes += legs(coat, [((0.0, 1.5), (-1.3, 1.52))], width)
    if cat:
        shapes.append(_tail_in_front(coat, long))
    x, y = -0.75 - between(rng, 0, 0.2), between(rng, -0.35, 0.2)
    left, low, right = (x - 0.55, y + 0.6), (x, y + 0.95), (x + 0.6, y + 0.6)
    shapes += collar(coat, left, low, right)
    head = _head(rng, coat, species, _PROFILE_ODDS)
    scale, angle = between(rng, 0.8, 0.98), rng.normal(0, 0.15)
    return shapes + place(head, scale, angle, (x, y))


def _lying_outline(long):
    """Outline a body that lies, from the chest to the tail and back."""
    return [
        (-0.95, 0.5),
        (-0.4, -0.05),
        (0.5, 0.12),
        (1.3, 0.0),
        (long - 0.1, 0.35),
        (long, 1.05),
        (long - 0.4, 1.5),
        (0.5, 1.55),
        (-0.6, 1.52),
        (-1.0, 1.1),
    ]


def _tail_in_front(coat, long):
    """Draw the tail that a cat has laid along its body."""
    line = [
        (long - 0.15, 1.25),
        (long + 0.15, 1.55),
        (0.6 * long, 1.68),
        (0.3 * long, 1.6),
    ]
    outline, rings = stroke(line, 0.2, 0.14), bands(coat, line, 0.2, 6)
    return Shape(outline, coat.limbs, rings, volume=0.4, shadow=0.2)


def face(rng, coat, species):
    """Draw the head alone, with or without a neck."""
    shapes = []
    if rng.random() < 0.5:
        w = between(rng, 0.7, 0.95)
        neck = [(0, 0.2), (0.6 * w, 0.5), (w, 1.1), (w + 0.15, 1.75), (0, 1.95)]
        bib = oval(0, 1.45, 0.5, 0.5)
        shapes.append(torso(rng, coat, mirror(neck), "in", bib))
        shapes += collar(coat, (-0.6, 0.72), (0, 1.05), (0.6, 0.72))
    return shapes + _head(rng, coat, species)


POSES = (sitting, standing, lying, face)
_POSE_ODDS = (0.34, 0.26, 0.18, 0.22)


def pick_pose(rng):
    """Choose one of the poses."""
    return POSES[draw_index(rng, _POSE_ODDS)]

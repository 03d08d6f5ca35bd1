# Generated from book/toy.ipynb (`make save`); do not edit.
"""Colors (r, g, b), 0 to 255, and their mixtures."""

import colorsys

from d2l_ssd.toy.chance import between

WHITE = (255, 255, 255)
INK = (52, 42, 44)
PINK = (226, 150, 146)
BRIGHT = (  # collars and things
    (200, 62, 58),
    (52, 118, 176),
    (60, 146, 96),
    (226, 170, 52),
    (136, 84, 152),
    (40, 150, 160),
)


def mix(a, b, t):
    """Blend color `a` with `t` of color `b`."""
    return (
        int(a[0] + (b[0] - a[0]) * t),
        int(a[1] + (b[1] - a[1]) * t),
        int(a[2] + (b[2] - a[2]) * t),
    )


def soft_color(rng, low=110, high=235):
    """Choose a pleasant, not too vivid color."""
    hue, value = rng.random(), between(rng, low, high)
    r, g, b = colorsys.hsv_to_rgb(hue, between(rng, 0.1, 0.42), value)
    return int(r), int(g), int(b)


def matching_color(rng, color):
    """Choose a color that goes with another one."""
    return mix(soft_color(rng), color, between(rng, 0.45, 0.8))

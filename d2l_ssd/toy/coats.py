# Generated from book/toy.ipynb (`make save`); do not edit.
"""Coats: what an animal's fur looks like."""

from dataclasses import dataclass

from d2l_ssd.toy.chance import between, pick
from d2l_ssd.toy.colors import BRIGHT, mix

_FUR = {
    "orange": (226, 144, 70),
    "cream": (236, 210, 168),
    "fawn": (206, 166, 120),
    "brown": (150, 102, 68),
    "chocolate": (104, 72, 58),
    "gray": (146, 150, 158),
    "slate": (104, 112, 126),
    "black": (66, 64, 72),
    "white": (243, 239, 231),
    "russet": (184, 96, 56),
}
_PATTERNS = {  # a name that comes twice is twice as likely
    "cat": "tabby tabby tabby bicolor patches points solid".split(),
    "dog": "patches patches spots bicolor points solid solid".split(),
}


_DARK_FUR = ("brown", "black", "chocolate", "slate", "russet")
_EYES = {
    "cat": ((152, 190, 84), (224, 178, 60), (122, 184, 206), (196, 148, 60)),
    "dog": ((92, 58, 38), (70, 46, 36), (122, 84, 48)),
}
_PALE_OVER = 600  # sum of red, green and blue
_DARK_UNDER = 240


@dataclass
class Coat:
    """The colors of an animal and how they are laid out."""

    base: tuple
    second: tuple  # stripes, patches, points
    light: tuple  # belly, muzzle, socks
    pattern: str
    eyes: tuple
    ears: tuple
    socks: bool
    collar: tuple  # None: it wears none

    @property
    def limbs(self):
        """The color of legs and tail."""
        return self.second if self.pattern == "points" else self.base


def draw_coat(rng, species):
    """Choose a coat; both species have the same colors."""
    fur = _FUR[pick(rng, list(_FUR))]
    change = rng.normal(0, 12) + rng.normal(0, 3, 3)
    fur = tuple(int(min(max(c + d, 36), 250)) for c, d in zip(fur, change))
    pattern = pick(rng, _PATTERNS[species])
    base, second = _two_colors(rng, fur, pattern)
    dark_ears = pattern in ("points", "patches") or (
        species == "dog" and rng.random() < 0.6
    )
    white = 0.92 if pattern == "bicolor" else 0.42
    return Coat(
        base=base,
        second=second,
        light=mix(base, (252, 246, 238), white),
        pattern=pattern,
        eyes=pick(rng, _EYES[species]),
        ears=mix(base, second, 0.9) if dark_ears else base,
        socks=pattern == "bicolor" or rng.random() < 0.15,
        collar=pick(rng, BRIGHT) if rng.random() < 0.35 else None,
    )


def _two_colors(rng, fur, pattern):
    """Choose the base and the second color of a coat."""
    second = mix(fur, (70, 50, 42), between(rng, 0.42, 0.65))
    if pattern in ("patches", "spots"):
        second = _FUR[pick(rng, _DARK_FUR)]
        if sum(fur) <= _PALE_OVER:
            return (242, 237, 228), fur
    elif pattern == "tabby" and sum(fur) < _DARK_UNDER:
        second = mix(fur, (20, 18, 22), 0.6)
    return fur, second

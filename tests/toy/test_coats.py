"""Coats: color does not tell the species apart."""

import numpy as np

from d2l_ssd.toy.coats import draw_coat


def test_species_share_their_colors():
    def bases(species):
        rng = np.random.default_rng(0)
        return np.array([draw_coat(rng, species).base for _ in range(800)])

    cats, dogs = bases("cat"), bases("dog")
    # Every dog's color is near that of some cat
    distance = np.abs(dogs[:200, None] - cats[None]).max(axis=2).min(axis=1)
    assert np.quantile(distance, 0.95) < 16


def test_patches_and_spots_show():
    rng, patterns = np.random.default_rng(0), set()
    for _ in range(800):
        coat = draw_coat(rng, "dog")
        patterns.add(coat.pattern)
        if coat.pattern in ("patches", "spots"):
            # On white, or on a color that is pale itself
            assert coat.base == (242, 237, 228) or sum(coat.base) > 600
    assert patterns == {"patches", "spots", "bicolor", "points", "solid"}

"""Clutter: from the seed alone, of all sizes, and only where it is asked for."""

import json

import numpy as np
import pytest

from d2l_ssd.toy import draw_toy_scene, make_toy_voc
from d2l_ssd.toy.clutter import CLUTTER

SIZE = 240, 320


def leaves(seed):
    """A background of dead leaves."""
    image, ground = CLUTTER[0](np.random.default_rng(seed), *SIZE)
    assert ground is None  # feet may stand anywhere
    return image


def test_depends_on_the_seed_alone():
    first = leaves(3)
    leaves(4)
    assert np.array_equal(leaves(3), first)
    assert not np.array_equal(leaves(4), first)


def test_fills_the_image():
    image = leaves(0)
    assert image.shape == (*SIZE, 3) and image.dtype == np.uint8


def test_has_edges_at_every_scale():
    """Unlike lawns and rooms: neighbors differ, and so do coarse blocks."""
    for side in 1, 4, 16:
        images = np.stack([leaves(seed) for seed in range(8)]).astype(float)
        blocks = images.reshape(8, 240 // side, side, 320 // side, side, 3)
        steps = np.abs(np.diff(blocks.mean(axis=(2, 4)), axis=2))
        assert steps.mean() > 4, side


def test_objects_of_a_scene_are_drawn_on_it():
    image, objects, owners = draw_toy_scene([1, 0, 3], "clutter")
    assert image.shape[:2] == owners.shape
    assert len(objects) <= owners.max()


@pytest.fixture(scope="module")
def sets(tmp_path_factory):
    """Folders of the same set, without clutter and with a half on it."""
    folder = tmp_path_factory.mktemp("sets")
    return [
        make_toy_voc(folder / name, 6, 2, seed=7, clutter=share)
        for name, share in (("bare", 0), ("half", 0.5))
    ]


def test_only_a_share_of_the_training_images_is_on_clutter(sets):
    bare, half = (
        {p.name: p.read_bytes() for p in (root / "JPEGImages").iterdir()}
        for root in sets
    )
    assert bare.keys() == half.keys()
    changed = sorted(name for name in bare if bare[name] != half[name])
    assert changed == [f"toy_train_{i:06d}.jpg" for i in (1, 3, 5)]


def test_a_set_without_it_is_stamped_as_it_was(sets):
    bare, half = (json.loads((r / "toy.json").read_text()) for r in sets)
    assert "clutter" not in bare and half == {**bare, "clutter": 0.5}
    with pytest.raises(FileExistsError, match="holds a toy set made with"):
        make_toy_voc(sets[0], 6, 2, seed=7, clutter=0.5)


@pytest.mark.parametrize("share", [-0.1, 1.5, float("nan")])
def test_share_is_checked(tmp_path, share):
    with pytest.raises(ValueError, match="clutter must be from 0 to 1"):
        make_toy_voc(tmp_path / "toy", 1, 1, clutter=share)

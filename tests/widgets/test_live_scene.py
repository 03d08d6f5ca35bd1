"""The scene of LiveDetector: sprites, and what they hide."""

import io

import numpy as np
import pytest
from PIL import Image

from d2l_ssd.widgets.live_scene import (
    SIDE,
    Sprite,
    box_of,
    compose_scene,
    draw_places,
    draw_sprites,
    encode_sprite,
    hidden_share,
    place_sprite,
)


def make_sprite(color=(200, 100, 50), shape=(40, 80)):
    image = np.zeros((*shape, 4), np.uint8)
    image[...] = (*color, 255)
    return Sprite("plate", image)


def put(sprite=0, x=0.5, y=0.5, size=0.25, angle=0, hidden=False):
    return {
        "sprite": sprite,
        **{"x": x, "y": y, "size": size, "angle": angle, "hidden": hidden},
    }


def test_sprites_are_animals_and_things():
    sprites = draw_sprites()
    names = [sprite.name for sprite in sprites]
    assert {*names} == {"cat", "dog", "mug", "kennel"}
    assert all(200 < max(s.image.shape[:2]) < 260 for s in sprites)
    for first, again in zip(sprites, draw_sprites()):
        np.testing.assert_array_equal(first.image, again.image)
    total = sum(len(encode_sprite(sprite)) for sprite in sprites)
    assert total < 100_000


def test_a_sprite_is_sent_with_its_own_colors():
    sprite = draw_sprites()[0]
    picture = Image.open(io.BytesIO(encode_sprite(sprite)))
    sent = np.asarray(picture.convert("RGBA")).astype(float)
    alpha = sprite.image[..., 3]
    np.testing.assert_array_equal(sent[..., 3], alpha)
    solid = alpha == 255
    difference = sent[solid, :3] - sprite.image[solid, :3]
    assert abs(difference).mean() < 5


def test_backgrounds_fill_the_scene():
    for place in draw_places().values():
        assert place.shape == (SIDE, SIDE, 3) and place.dtype == np.uint8
        assert place.std() > 5


@pytest.mark.parametrize(
    "angle, box",
    [
        (0, (96, 112, 160, 144)),
        (90, (112, 96, 144, 160)),
        (180, (96, 112, 160, 144)),
    ],
)
def test_an_object_lies_where_its_box_says(angle, box):
    sprites = [make_sprite()]
    drawn = place_sprite(sprites[0].image, put(angle=angle))[..., 3] > 127
    rows, columns = (np.flatnonzero(drawn.any(axis=a)) for a in (1, 0))
    found = columns[0], rows[0], columns[-1] + 1, rows[-1] + 1
    np.testing.assert_allclose(found, box, atol=1)
    own = np.array(box_of(put(angle=angle), sprites)) * SIDE
    np.testing.assert_allclose(own, box, atol=1e-9)


def test_a_turn_is_clockwise():
    image = make_sprite().image.copy()
    image[:, :40, :3] = 0  # the left half is black
    drawn = place_sprite(image, put(angle=90)).astype(int)
    above, below = drawn[105, 128, 0], drawn[150, 128, 0]
    assert above < 20 < below


def test_objects_hide_those_behind_them():
    sprites = [make_sprite(), make_sprite((0, 0, 250), (80, 40))]
    behind, before = put(), put(1, x=0.5 + 1 / 16)
    background = np.full((SIDE, SIDE, 3), 10, np.uint8)
    scene = compose_scene(background, [behind, before], sprites)
    np.testing.assert_array_equal(scene[128, 144], (0, 0, 250))
    np.testing.assert_array_equal(scene[128, 105], (200, 100, 50))
    np.testing.assert_array_equal(scene[10, 10], (10, 10, 10))
    # Both are 64 pixels long: it hides 32 of them
    assert hidden_share([behind, before], sprites, 0) == pytest.approx(
        0.5, abs=0.03
    )
    assert hidden_share([before, behind], sprites, 1) == 0
    gone = {**before, "hidden": True}
    assert hidden_share([behind, gone], sprites, 0) == 0
    shown = compose_scene(background, [behind, gone], sprites)
    np.testing.assert_array_equal(shown[128, 144], (200, 100, 50))


def test_light_and_blur():
    background = np.zeros((SIDE, SIDE, 3), np.uint8)
    background[:, 128:] = 100
    bright = compose_scene(background, [], [], light=1.5)
    assert {*np.unique(bright)} == {0, 150}
    assert compose_scene(background, [], [], light=3).max() == 255
    soft = compose_scene(background, [], [], blur=2)
    edge = soft[128, 120:136, 0].astype(int)
    assert (np.diff(edge) >= 0).all() and 40 < edge[8] < 70
    assert edge[0] == 0 and edge[-1] == 100

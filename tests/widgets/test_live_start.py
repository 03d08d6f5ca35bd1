"""How LiveDetector begins."""

import numpy as np

from d2l_ssd.widgets.live_scene import draw_sprites, hidden_share
from d2l_ssd.widgets.live_start import (
    CAT,
    KENNEL,
    best_score,
    make_path,
    start_objects,
)


def test_the_kennel_hides_more_and_more_of_the_cat():
    sprites, shares = draw_sprites(), []
    assert sprites[start_objects()[CAT]["sprite"]].name == "cat"
    assert sprites[start_objects()[KENNEL]["sprite"]].name == "kennel"
    for x, y in make_path():
        objects = start_objects()
        objects[KENNEL].update(x=x, y=y)
        shares.append(hidden_share(objects, sprites, CAT))
    assert shares[0] == 0 and shares[-1] > 0.95
    assert (np.diff(shares) >= 0).all()


def test_the_score_is_of_a_box_in_the_object():
    rows = np.array(
        [
            [0, 0, 0.6, 1, 0.1, 0.1, 0.3, 0.3],
            [0, 0, 0.9, 2, 0.6, 0.6, 0.8, 0.8],
            [0, 1, 0.8, 3, 0.1, 0.1, 0.3, 0.3],
        ]
    )
    assert best_score(rows, 0, (0, 0, 0.5, 0.5)) == 0.6
    assert best_score(rows, 0, (0, 0, 1, 1)) == 0.9
    assert best_score(rows, 1, (0.5, 0.5, 1, 1)) == 0

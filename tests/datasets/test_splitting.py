import pytest

from d2l_ssd.datasets.splitting import split_by_seed

NAMES = [f"{i:03}" for i in range(1000)]


@pytest.mark.parametrize(
    "count, sizes",
    [(0, (0, 0, 0)), (1, (1, 0, 0)), (2, (1, 1, 0)), (3, (1, 1, 1))],
)
@pytest.mark.parametrize("seed", range(5))
def test_few_images(count, sizes, seed):
    parts = split_by_seed(NAMES[:count], seed)
    assert tuple(map(len, parts.values())) == sizes


@pytest.mark.parametrize(
    "count, sizes",
    [
        (4, (2, 1, 1)),
        (10, (5, 1, 4)),
        (20, (13, 3, 4)),
        (1000, (706, 141, 153)),
    ],
)
def test_each_image_is_in_one_part(count, sizes):
    parts = split_by_seed(NAMES[:count], 0)
    assert list(parts) == ["train", "val", "test"]
    assert tuple(map(len, parts.values())) == sizes
    assert sorted(sum(parts.values(), [])) == NAMES[:count]


def test_new_images_move_no_other():
    few, many = split_by_seed(NAMES[:200], 0), split_by_seed(NAMES, 0)
    for name, ids in few.items():
        assert {*ids} <= {*many[name]}


def test_order_of_images_does_not_count():
    names = NAMES[:50]
    assert split_by_seed(names, 3) == split_by_seed(names[::-1], 3)
    assert split_by_seed(names, 3) != split_by_seed(names, 4)

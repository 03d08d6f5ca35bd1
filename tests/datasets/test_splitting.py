import pytest

from d2l_ssd.datasets.splitting import split_by_seed


@pytest.mark.parametrize(
    "count, sizes",
    [(0, (0, 0, 0)), (1, (1, 0, 0)), (2, (1, 1, 0)), (3, (1, 1, 1)),
     (4, (2, 1, 1)), (10, (6, 2, 2)), (20, (14, 3, 3)), (1000, (700, 150, 150))],
)  # fmt: skip
def test_sizes(count, sizes):
    parts = split_by_seed([str(i) for i in range(count)], 0)
    assert list(parts) == ["train", "val", "test"]
    assert tuple(map(len, parts.values())) == sizes
    assert sorted(sum(parts.values(), [])) == sorted(map(str, range(count)))


def test_order_of_images_does_not_count():
    names = [f"{i:03}" for i in range(50)]
    assert split_by_seed(names, 3) == split_by_seed(names[::-1], 3)
    assert split_by_seed(names, 3) != split_by_seed(names, 4)

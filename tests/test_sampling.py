"""Orders of epochs: from the seed alone, whole, and shared fairly."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from d2l_ssd.sampling import EpochSampler


def pairs_of(sampler, epoch):
    sampler.set_epoch(epoch)
    return list(sampler)


def test_every_epoch_has_all_items_in_an_order_of_its_own():
    epochs = [pairs_of(EpochSampler(50, seed=3), epoch) for epoch in range(3)]
    orders = [[index for _, index in pairs] for pairs in epochs]
    assert all(sorted(order) == list(range(50)) for order in orders)
    assert len({tuple(order) for order in orders}) == 3
    assert [pairs[0][0] for pairs in epochs] == [0, 1, 2]


def test_order_depends_on_seed_and_epoch_alone():
    used = EpochSampler(50, seed=3)
    pairs_of(used, 0)
    assert pairs_of(used, 2) == pairs_of(EpochSampler(50, seed=3), 2)
    assert pairs_of(EpochSampler(50, seed=4), 2) != pairs_of(used, 2)


def test_iterating_changes_nothing():
    sampler = EpochSampler(50)
    assert list(sampler) == list(sampler)
    assert sampler.epoch == 0


def test_a_begun_iteration_keeps_its_epoch():
    sampler = EpochSampler(50)
    begun = iter(sampler)
    sampler.set_epoch(1)
    assert list(begun) == pairs_of(sampler, 0)


@pytest.mark.parametrize("seed", [-1, None, 0.5])
def test_a_seed_is_a_whole_number(seed):
    with pytest.raises(ValueError, match=f"^seed must be .*got {seed!r}"):
        EpochSampler(4, seed)


def test_without_shuffling_the_order_is_the_data_sets():
    sampler = EpochSampler(4, shuffle=False)
    assert pairs_of(sampler, 5) == [(5, 0), (5, 1), (5, 2), (5, 3)]


@given(st.integers(0, 30), st.integers(1, 5), st.booleans(), st.integers(0, 3))
def test_shards_are_equal_and_disjoint_parts_of_the_order(
    length, world_size, shuffle, epoch
):
    whole = pairs_of(EpochSampler(length, 7, shuffle), epoch)
    samplers = [
        EpochSampler(length, 7, shuffle, rank, world_size)
        for rank in range(world_size)
    ]
    shards = [pairs_of(sampler, epoch) for sampler in samplers]
    assert {len(sampler) for sampler in samplers} == {length // world_size}
    # Dealt out like cards: together they are the whole order, but for the rest
    dealt = [pair for hand in zip(*shards) for pair in hand]
    assert dealt == whole[: length - length % world_size]


@pytest.mark.parametrize(
    "rank, world_size",
    [
        pytest.param(2, 2, id="one too many"),
        pytest.param(-1, 2, id="negative"),
        pytest.param(0, 0, id="nobody"),
    ],
)
def test_rank_must_be_one_of_the_shards(rank, world_size):
    with pytest.raises(ValueError, match="^rank must be one of 0 to world_siz"):
        EpochSampler(10, rank=rank, world_size=world_size)

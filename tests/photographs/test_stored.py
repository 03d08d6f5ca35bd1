"""How a network that was trained on BCCD is stored and read."""

import numpy as np
import pytest

from d2l_ssd.checkpoints import (
    Checkpoint,
    ModelSettings,
    read_checkpoint,
    save_checkpoint,
)
from d2l_ssd.detections import Detections
from d2l_ssd.photographs import load_stored_network
from d2l_ssd.photographs.stored import (
    GALLERY,
    WEIGHTS,
    round_checkpoint,
    store_network,
)
from d2l_ssd.results import Candidates
from d2l_ssd.safetensors import pack_tensors, unpack_tensors

CLASSES = ["Platelets", "RBC", "WBC"]
SETTINGS = ModelSettings((64, 96), fit="pad")


def some_weights(seed):
    rng = np.random.default_rng(seed)
    return {
        "conv.weight": rng.normal(size=(512, 2, 3, 3)).astype(np.float32),
        "norm.running_mean": rng.normal(size=5).astype(np.float32),
    }


def some_checkpoint(average=b""):
    return Checkpoint(
        {"num_epochs": 2, "seed": 0},
        CLASSES,
        [{"epoch": 1, "class_loss": 2.5}, {"epoch": 2, "class_loss": 1.5}],
        pack_tensors(some_weights(0)),
        pack_tensors({}),
        SETTINGS.as_dict(),
        {"images": 292},
        average,
    )


@pytest.fixture
def stored(tmp_path):
    """A stored network with detections of two images, one without any."""
    save_checkpoint(tmp_path / "checkpoint.zip", some_checkpoint())
    checkpoint, weights = round_checkpoint(tmp_path / "checkpoint.zip")
    box = np.float32([[0.25, 0.5, 0.75, 1]])
    none = Detections(np.zeros((0, 4)), np.zeros(0), np.zeros(0, int))
    found = [Detections(box, np.float32([0.5]), np.array([2])), none]
    probs = np.float32([[0.25, 0, 0, 0.75]])
    candidates = [
        Candidates(np.array([7]), probs, np.float32([[0.5, 0, -1, 2]])),
        Candidates(np.zeros(0, int), np.zeros((0, 4)), np.zeros((0, 4))),
    ]
    rest = ["one", "two"], found, candidates, "# A card of {} bytes\n".format
    store_network(tmp_path / "network", checkpoint, weights, *rest)
    return load_stored_network(tmp_path / "network")


def test_what_is_stored_comes_back(stored):
    assert stored.classes == tuple(CLASSES)
    assert stored.settings == SETTINGS
    assert [row["class_loss"] for row in stored.history] == [2.5, 1.5]
    size = (stored.folder / WEIGHTS).stat().st_size
    assert stored.card == f"# A card of {size} bytes\n"
    for name, array in some_weights(0).items():
        largest = np.abs(array).max()
        np.testing.assert_allclose(
            stored.weights[name], array, rtol=0, atol=largest / 21
        )


def test_test_images(stored):
    test = stored.test
    assert test.ids == ("one", "two")
    first, second = test.detections
    np.testing.assert_allclose(first.boxes, [[0.25, 0.5, 0.75, 1]], atol=1e-4)
    assert first.scores.tolist() == [0.5] and first.classes.tolist() == [2]
    assert len(second.scores) == 0
    probs, offsets = test.outputs_for(["two", "one"])
    assert probs.shape == (2, len(SETTINGS.anchors()), 4)
    assert probs[1, 7].tolist() == [0.25, 0, 0, 0.75]
    assert offsets[1, 7].tolist() == [0.5, 0, -1, 2]
    assert (probs[0] == [1, 0, 0, 0]).all()


def test_images_without_raw_outputs_are_named(stored, tmp_path):
    names = [f"image-{i}" for i in range(GALLERY + 1)]
    rest = [stored.test.detections[1]], [stored.test.candidates[1]]
    checkpoint, weights = round_checkpoint(tmp_path / "checkpoint.zip")
    many = [part * len(names) for part in rest]
    store_network(tmp_path, checkpoint, weights, names, *many, str)
    test = load_stored_network(tmp_path).test
    assert len(test.detections) == len(names)
    test.outputs_for(names[:GALLERY])
    with pytest.raises(KeyError, match=f"no stored .* 'image-{GALLERY}'"):
        test.outputs_for(names)


def test_unpacked_it_is_a_run(stored, tmp_path):
    folder = stored.unpack(tmp_path / "run")
    checkpoint = read_checkpoint(folder / "checkpoint.zip")
    assert checkpoint.classes == CLASSES
    assert checkpoint.settings == SETTINGS
    assert checkpoint.history == stored.history
    weights = unpack_tensors(checkpoint.net)
    assert weights.keys() == stored.weights.keys()
    for name, array in weights.items():
        np.testing.assert_array_equal(array, stored.weights[name])
    assert (folder / "card.md").read_text() == stored.card


def test_the_running_mean_is_what_counts(tmp_path):
    average = pack_tensors(some_weights(1))
    save_checkpoint(tmp_path / "checkpoint.zip", some_checkpoint(average))
    _, weights = round_checkpoint(tmp_path / "checkpoint.zip")
    np.testing.assert_array_equal(
        weights["norm.running_mean"], some_weights(1)["norm.running_mean"]
    )


def test_damage_is_named(stored):
    path = stored.folder / WEIGHTS
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(ValueError, match=r"weights\.npz .* is corrupt"):
        stored.weights  # noqa: B018


def test_no_network(tmp_path):
    with pytest.raises(FileNotFoundError, match="SHA256SUMS is missing"):
        load_stored_network(tmp_path)

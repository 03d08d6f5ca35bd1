"""Exported results: what is loaded is what was trained."""

import shutil

import numpy as np
import pytest
from helpers.torch_runs import make_run, train

from d2l_ssd.results import load_results, pack_detections, unpack_detections
from d2l_ssd.torch import (
    Origin,
    evaluate,
    export_results,
    get_weights,
    load_weights,
    mxnet_to_torch,
    read_run,
    torch_to_mxnet,
)
from d2l_ssd.torch.runs import gallery_path


@pytest.fixture(scope="module")
def exported(sets, tmp_path_factory):
    """The folder of a run of one epoch, where it is exported to, its network."""
    folder = tmp_path_factory.mktemp("export")
    net, _ = train(make_run(sets, folder / "run", num_epochs=1))
    origin = Origin("some images", "train", "test machine", ("**A note**",))
    export_results(folder / "run", folder / "out", *sets[::-1], origin)
    return folder, net


def test_what_is_loaded_is_what_was_trained(exported, sets):
    folder, net = exported
    loaded = load_results(folder / "out")
    trained = torch_to_mxnet(get_weights(net))
    assert loaded.weights.keys() == trained.keys()
    for name, array in loaded.weights.items():
        assert array.dtype == np.float32
        # Half a step of 8 bits, in units of a channel's largest weight
        step = abs(trained[name]).max() / 127 if array.ndim == 4 else 0
        np.testing.assert_allclose(
            array, trained[name], rtol=0, atol=0.51 * step + 1e-7
        )
    assert loaded.predictions.ids == tuple(sets[1].ids)
    assert len(loaded.predictions.detections) == 4
    assert len(loaded.predictions.candidates) == 4
    assert loaded.predictions.class_probs.shape == (4, 340, 3)
    assert [len(epoch) for epoch in loaded.replay] == [4]
    assert loaded.history[0]["epoch"] == 1
    assert loaded.test.ids == tuple(sets[0].ids)


def test_card_says_where_the_weights_come_from(exported):
    card = load_results(exported[0] / "out").card
    for text in (
        "test machine",
        "some images",
        "`train`",
        "cat, dog",
        "- **A note**",
        "On 4 validation images",
        "On 10 test images",
    ):
        assert text in card
    assert card.count("| mean |") == card.count("With box voting") == 2
    size = (exported[0] / "out" / "weights.npz").stat().st_size
    assert f"{size / 1e6:.1f} MB" in card
    assert "340 anchors at 64 x 64" in card
    assert "learning_rate 0.001" in card and "1 epochs" in card


@pytest.mark.parametrize(
    "content, message",
    [(None, "0001.npz is missing, .*whole folder"), (b"PK", "is damaged")],
    ids=["missing", "damaged"],
)
def test_gallery_that_cannot_be_read(
    exported, sets, tmp_path, content, message
):
    shutil.copytree(exported[0] / "run", tmp_path / "run")
    path = gallery_path(tmp_path / "run", 1)
    path.unlink()
    if content:
        path.write_bytes(content)
    origin = Origin("", "", "")
    with pytest.raises((FileNotFoundError, ValueError), match=message):
        export_results(tmp_path / "run", tmp_path / "out", *sets[::-1], origin)


def test_detections_survive_packing(exported, sets):
    detections, _ = evaluate(exported[1], sets[1], 64, 0)
    packed = pack_detections(detections)
    for a, b in zip(detections, unpack_detections(packed), strict=True):
        np.testing.assert_allclose(a.boxes, b.boxes, atol=1 / 65535)
        np.testing.assert_array_equal(a.scores, b.scores)
        np.testing.assert_array_equal(a.classes, b.classes)


def test_fewer_steps_make_a_smaller_file_and_other_figures(
    exported, sets, tmp_path
):
    """What is predicted is what the stored weights predict."""
    origin = Origin("", "", "")
    card = export_results(
        exported[0] / "run",
        tmp_path,
        *sets[::-1],
        origin,
        wide_steps=3,
        exact=0.4321,
    )
    assert "7 steps in the widest" in card
    assert "and 0.432 without rounding" in card
    sizes = [
        (folder / "weights.npz").stat().st_size
        for folder in (tmp_path, exported[0] / "out")
    ]
    assert sizes[0] < 0.7 * sizes[1]
    net, _ = read_run(exported[0] / "run")
    load_weights(net, mxnet_to_torch(load_results(tmp_path).weights))
    found, _ = evaluate(net, sets[0], num_workers=0)
    for ours, stored in zip(found, load_results(tmp_path).test.detections):
        np.testing.assert_array_equal(ours.scores, stored.scores)

"""Ideas in the book's network: they train there as they are."""

import json

import numpy as np
import pytest
import torch

from benchmarks.ablation.data import Images
from benchmarks.ablation.runs import Run
from benchmarks.beyond import larger, real
from benchmarks.beyond.larger import Place
from benchmarks.beyond.real import KINDS
from d2l_ssd.datasets import open_dataset
from d2l_ssd.toy import make_toy_voc

PLACE = Place(64, 96, 4, 1)


@pytest.fixture(scope="module")
def sets(tmp_path_factory):
    root = tmp_path_factory.mktemp("animals") / "toy"
    make_toy_voc(root, 8, 0, 0, num_test=4)
    return tuple(
        Images(open_dataset(root, split, classes=("cat", "dog")), 96)
        for split in ("train", "test")
    )


@pytest.mark.parametrize("name", KINDS)
def test_one_row_for_each_anchor(name, sets):
    kind = larger.enlarge(KINDS[name], PLACE, sets[0].boxes)
    net = kind().eval()
    assert net.map_shapes == ((8, 12), (4, 6), (2, 3), (1, 1))
    scores, boxes = net.decode(net(torch.zeros(2, 3, 64, 96)))
    assert scores.shape == (2, len(net.anchors), 3)
    assert boxes.shape == (2, len(net.anchors), 4)


@pytest.mark.parametrize("name", KINDS)
def test_trains_and_judges(name, sets):
    found = larger.measure(KINDS[name], {"box_weight": 2.0}, sets, PLACE, 1)
    assert 0 <= found["ap"] <= found["ap50"] <= 1
    assert found["seed"] == 1


def test_the_idea_replaces_what_the_network_does_not(sets):
    kind = larger.enlarge(KINDS["both"], PLACE, sets[0].boxes)
    assert kind.nms_iou == 1 and kind.num_values == 36
    assert kind.maps is larger.BookNetwork.maps


def test_the_table_holds_what_was_trained(tmp_path, monkeypatch):
    monkeypatch.setattr(real, "options_of", lambda idea: {"box_weight": 2.0})
    run = {"seed": 0, "ap50": 0.5, "ap": 0.25, "seconds": 1.0}
    row = real.ROWS[1]
    record = {**row.describe(), "made": real.made(), "run": run}
    path = tmp_path / f"{Run(row, 0).name}.json"
    path.write_text(json.dumps(record))
    table = real.gather(tmp_path, 3)
    (found,) = table["rows"]
    assert found["change"] == "edges as distributions"
    assert found["runs"] == [run]
    text = real.real_markdown(table)
    assert "| animals: edges as distributions | 0.500 | 0.250 |" in text


def test_boxes_of_anchors_fit_the_images(sets):
    """Sizes are suggested from the training boxes."""
    small = np.float32([[0.1, 0.1, 0.2, 0.2]] * 20)
    kinds = [
        larger.enlarge(KINDS["ssd"], PLACE, boxes)
        for boxes in (small, sets[0].boxes)
    ]
    assert kinds[0].sizes != kinds[1].sizes

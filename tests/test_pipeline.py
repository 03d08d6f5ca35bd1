"""The drawing of the detector shows the network's real shapes."""

import re

import pytest
import torch

from d2l_ssd.pipeline import NARROW, STATIONS, WIDE, Pipeline
from d2l_ssd.torch import SSD


@pytest.mark.parametrize("size", [(256, 256), (192, 320)])
def test_shows_the_shapes_of_the_network(size):
    net = SSD(num_classes=3).eval()
    images = torch.zeros(1, 3, *size)
    with torch.no_grad():
        maps = net.backbone(images)
        logits, offsets = net(images)
    drawn = Pipeline("anchors", *size, num_classes=3).nodes
    assert drawn["maps"].lines == tuple(
        " × ".join(map(str, feature_map.shape[1:])) for feature_map in maps
    )
    numbers = [
        [int(n.replace(",", "")) for n in re.findall(r"[\d,]+", line)]
        for line in drawn["heads"].lines
    ]
    assert numbers == [list(logits.shape[1:]), list(offsets.shape[1:])]
    assert drawn["image"].lines == (f"3 × {size[0]} × {size[1]}",)


@pytest.mark.parametrize("station", STATIONS)
def test_lights_one_station_and_says_so(station):
    pipeline = Pipeline(station)
    lit = re.findall(
        r'<a href="(\w+)\.html" class=lit>', pipeline._repr_html_()
    )
    assert set(lit) == {station}
    assert pipeline.describe().endswith(f"This chapter: {STATIONS[station]}.")


@pytest.mark.parametrize("layout", [WIDE, NARROW], ids=lambda x: x.name)
def test_nodes_lie_apart_and_inside(layout):
    nodes = Pipeline().nodes
    assert set(nodes) == set(layout.places)
    corners = {
        key: (x, y, x + 132, y + nodes[key].height)
        for key, (x, y) in layout.places.items()
    }
    for key, (left, top, right, bottom) in corners.items():
        assert 0 <= left and right <= layout.width, key
        assert 0 <= top and bottom <= layout.height, key
        for other, (x0, y0, x1, y1) in corners.items():
            apart = right < x0 or x1 < left or bottom < y0 or y1 < top
            assert apart or other == key, (key, other)


def test_unknown_station():
    with pytest.raises(
        ValueError, match="station must be one of data, .*'tree'"
    ):
        Pipeline("tree")

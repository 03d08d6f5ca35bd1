"""BCCD's photographs as the table of the reader's own thing reads them."""

import json

import numpy as np
import own_thing_cells
import pytest
from PIL import Image

ANNOTATION = """<annotation><size><width>40</width><height>20</height>
<depth>3</depth></size>{}</annotation>"""
CELL = """<object><name>{}</name><bndbox><xmin>11</xmin><ymin>6</ymin>
<xmax>30</xmax><ymax>15</ymax></bndbox></object>"""


@pytest.fixture
def photographs(tmp_path):
    """Two training photographs, one of them with a white cell, and a test one."""
    root = tmp_path / "BCCD"
    for part in "JPEGImages", "Annotations", "ImageSets/Main":
        (root / part).mkdir(parents=True)
    for name, kind in (("a", "WBC"), ("b", "RBC"), ("c", "WBC")):
        gray = Image.new("RGB", (40, 20), (90, 90, 90))
        gray.save(root / "JPEGImages" / f"{name}.jpg")
        text = ANNOTATION.format(CELL.format(kind))
        (root / "Annotations" / f"{name}.xml").write_text(text)
    (root / "ImageSets" / "Main" / "train.txt").write_text("a\nb\n")
    (root / "ImageSets" / "Main" / "test.txt").write_text("c\n")
    return root


@pytest.mark.filterwarnings("ignore:.*not asked for")
def test_pixels_and_boxes(photographs, tmp_path, monkeypatch):
    monkeypatch.setattr(own_thing_cells, "find_bccd", lambda _: photographs)
    own_thing_cells.main(tmp_path / "cells")
    lists = json.loads((tmp_path / "cells.json").read_text())
    box = [0.25, 0.25, 0.75, 0.75]
    np.testing.assert_allclose(lists["training"], [[box]], atol=1e-6)
    np.testing.assert_allclose(lists["test"], [[box]], atol=1e-6)
    pixels = np.fromfile(tmp_path / "cells.bin", np.uint8)
    side = own_thing_cells.SIDE
    assert pixels.size == 2 * 3 * side * side
    np.testing.assert_allclose(pixels, 90, atol=2)

"""PNG files with long notes: read like those without."""

import io

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from d2l_ssd.images import inspect_image, read_image, read_sizes
from d2l_ssd.png_files import without_notes

TURNED = """<x:xmpmeta><rdf:Description tiff:Orientation="6"/></x:xmpmeta>"""


def png(pixels, **options):
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG", **options)
    return buffer.getvalue()


def note(key, text, zipped=True):
    info = PngImagePlugin.PngInfo()
    info.add_itxt(key, text, zip=zipped)
    return info


@pytest.fixture
def pixels():
    rng = np.random.default_rng(0)
    return rng.integers(256, size=(20, 30, 3), dtype=np.uint8)


def test_a_long_text_changes_nothing(pixels, tmp_path):
    path = tmp_path / "workflow.png"
    path.write_bytes(png(pixels, pnginfo=note("workflow", "x" * 2_000_000)))
    assert (read_image(path) == pixels).all()
    assert inspect_image(path).upright == read_sizes(path)[0] == (20, 30)


def test_a_long_color_profile_changes_nothing(pixels, tmp_path):
    path = tmp_path / "profile.png"
    path.write_bytes(png(pixels, icc_profile=bytes(2_000_000)))
    assert (read_image(path) == pixels).all()


def test_the_orientation_is_kept(pixels, tmp_path):
    path = tmp_path / "turned.png"
    info = note("XML:com.adobe.xmp", TURNED, zipped=False)
    path.write_bytes(png(pixels, pnginfo=info))
    assert (read_image(path) == np.rot90(pixels, -1)).all()


def test_files_without_notes_are_as_they_were(pixels):
    for data in png(pixels), png(pixels)[:100], b"GIF89a", b"":
        assert without_notes(data) == data

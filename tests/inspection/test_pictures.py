"""All image files of a data set: what is wrong with them, and what is odd."""

import io

import numpy as np
import pytest
from helpers.bad_voc import blobs, encoded
from PIL import Image

from d2l_ssd.datasets.labeled_folder import sample_without_objects
from d2l_ssd.inspection.pictures import look_at_images


@pytest.fixture
def look(tmp_path):
    """A function that looks at one image file."""

    def look_at(data, size=None):
        path = tmp_path / "x.jpg"
        path.write_bytes(data)
        sample = sample_without_objects("x", path, tmp_path / "x.xml")
        return look_at_images([sample._replace(size=size)])

    return look_at


def turned(orientation, size=(96, 64)):
    """Return a JPEG that EXIF asks to turn."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    return encoded(blobs(0, size), "JPEG", exif=exif)


def animation():
    buffer = io.BytesIO()
    first, second = (Image.fromarray(blobs(seed)) for seed in (0, 1))
    first.save(buffer, "GIF", save_all=True, append_images=[second])
    return buffer.getvalue()


def half_written():
    """Return a BMP whose second half was never written."""
    data = encoded(blobs(0), "BMP")
    return data[: len(data) // 3] + bytes(len(data) - len(data) // 3)


class TestFindings:
    @pytest.mark.parametrize(
        "data, size, kind, text",
        [
            (b"", None, "image", "not a JPEG"),
            (encoded(blobs(0))[:900], None, "image", "truncated"),
            (encoded(blobs(0)), (96, 64), "size", r"\(64, 96\)"),
            (turned(6), (64, 90), "size", r"\(96, 64\)"),
            (turned(3), (64, 96), "turned", "upside down"),
            (turned(6, (64, 64)), (64, 64), "turned", "square"),
            (animation(), None, "animated", "more pictures"),
            (half_written(), None, "half zeros", "black"),
        ],
        ids=[
            "empty", "cut", "turned size", "other size", "upside down",
            "square", "animation", "half written",
        ],
    )  # fmt: skip
    def test_of_one_file(self, look, data, size, kind, text):
        pictures, (finding,) = look(data, size)
        assert (finding.kind, finding.id) == (kind, "x")
        assert finding.source.name == "x.jpg"
        assert text.replace("\\", "") in finding.text
        assert not finding.text.startswith("/")
        assert bool(pictures) == (kind != "image")

    @pytest.mark.parametrize("size", [(96, 64), (64, 96), None], ids=str)
    def test_a_sideways_photograph_may_be_labeled_either_way(self, look, size):
        assert look(turned(6), size)[1] == []


class TestPicture:
    def test_signature_is_upright(self, look):
        signatures = [
            look(encoded(pixels))[0]["x"].signature
            for pixels in (blobs(0), blobs(0)[::-1, ::-1])
        ]
        found = look(turned(3))[0]["x"].signature.astype(int)
        assert np.abs(found - signatures[1]).mean() < 10
        assert np.abs(found - signatures[0]).mean() > 40

    def test_many_keep_their_ids(self, tmp_path):
        samples = []
        for number in range(20):
            path = tmp_path / f"{number}.png"
            size = 40 + number, 30
            path.write_bytes(encoded(blobs(number, size)))
            samples.append(sample_without_objects(str(number), path, path))
        pictures, findings = look_at_images(samples)
        assert findings == []
        widths = {i: p.facts.upright[1] for i, p in pictures.items()}
        assert widths == {str(n): 40 + n for n in range(20)}

"""The chapter on photographs as `make book PHOTOS=1` builds it (`make test-photos`)."""

import base64
import io

import numpy as np
from PIL import Image

from d2l_ssd.photographs.drawings import GROUND

CANVASES = (
    "[...document.querySelectorAll('.d2l-view canvas')]"
    ".filter(canvas => canvas.width > 0).map(canvas => canvas.toDataURL())"
)
# A drawing is mostly plain ground, and no photograph has a pixel of just this color
# in more than a few places
MOST = 0.01


def plain(content):
    """Return how much of a picture has the color of a drawing's ground."""
    image = np.array(Image.open(io.BytesIO(content)).convert("RGB"))
    return (image == GROUND).all(axis=2).mean()


def test_figures_show_photographs(open_page):
    page = open_page("book/photographs.html")
    sources = page.evaluate(
        "[...document.querySelectorAll('.cell_output img')].map(i => i.src)"
        ".filter(source => source.startsWith('http'))"
    )
    assert len(sources) >= 6
    for source in sources:
        picture = page.request.get(source).body()
        assert plain(picture) < MOST, source


def test_explorer_shows_photographs(open_page):
    page = open_page("book/photographs.html")
    page.locator(".d2l-view").scroll_into_view_if_needed()
    page.wait_for_selector(".d2l-view[data-drawings]")
    pictures = [
        base64.b64decode(url.partition(",")[2])
        for url in page.evaluate(CANVASES)
    ]
    assert pictures
    assert all(plain(picture) < MOST for picture in pictures)

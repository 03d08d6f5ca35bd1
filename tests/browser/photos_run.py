"""The chapters with photographs as `make book PHOTOS=1` builds them (`make test-photos`)."""

import base64
import io

import numpy as np
from PIL import Image

from d2l_ssd.photographs.drawings import GROUND

# Of the explorer's thumbnails, drawn anew: their addresses are the page's own
THUMBNAILS = """
[...document.querySelectorAll('.d2l-view img')].map((image) => {
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
  canvas.getContext('2d').drawImage(image, 0, 0);
  return canvas.toDataURL();
})
"""
# Of the page to teach that Python has given photographs, below the empty one
GIVEN = ".d2l-own[data-pictures='25']"
CANVASES = f"""
[...document.querySelectorAll("{GIVEN} .d2l-own-thumb canvas")].map(
  (canvas) => canvas.toDataURL())
"""
TRAINING_MS = 180_000
# A drawing is mostly plain ground; photographs have its color in few places
MOST = 0.02
NEARLY = 4  # files of thumbnails are lossy


def plain(content):
    """Return how much of a picture has the color of a drawing's ground."""
    image = np.array(Image.open(io.BytesIO(content)).convert("RGB"))
    return (np.abs(image - np.float32(GROUND)) <= NEARLY).all(axis=2).mean()


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
        for url in page.evaluate(THUMBNAILS)
    ]
    assert pictures
    assert all(plain(picture) < MOST for picture in pictures)


def test_explorer_finds_objects(open_page):
    page = open_page("book/photographs.html")
    page.locator(".d2l-view").scroll_into_view_if_needed()
    page.wait_for_selector(".d2l-tiles[data-correct]")
    found = int(page.locator(".d2l-tiles").get_attribute("data-correct"))
    missed = int(page.locator(".d2l-tiles").get_attribute("data-missed"))
    assert found > missed


def test_white_cells_are_learned(open_page):
    page = open_page("book/own_thing.html")
    page.locator(GIVEN).scroll_into_view_if_needed()
    urls = page.evaluate(CANVASES)
    assert len(urls) == 25
    for url in urls:
        assert plain(base64.b64decode(url.partition(",")[2])) < MOST
    given = page.locator(GIVEN)
    given.get_by_role("button", name="Teach", exact=True).click()
    page.wait_for_function(
        f"Number(document.querySelector(`{GIVEN}`).dataset.ap50) >= 0.9",
        timeout=TRAINING_MS,
    )

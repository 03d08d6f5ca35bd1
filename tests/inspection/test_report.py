"""The report: one file, well formed, that shows what is odd."""

import base64
import io
import re
from html.parser import HTMLParser

import numpy as np
import pytest
from helpers.bad_voc import CAT, MARKUP, BadVOC, write_bad_voc
from PIL import Image

from d2l_ssd.inspection import KINDS, inspect_dataset, make_report
from d2l_ssd.inspection.report import MOST_PICTURES

VOID = {"meta", "link", "br", "img", "hr"}


class Page(HTMLParser):
    """What a page holds; raises for tags that are not closed in order."""

    def __init__(self, text):
        super().__init__()
        self.open, self.tags, self.attributes, self.text = [], [], [], ""
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_startendtag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data):
        if not self.open or self.open[-1] != "style":
            self.text += data


@pytest.fixture(scope="module")
def bad(tmp_path_factory):
    return inspect_dataset(write_bad_voc(tmp_path_factory.mktemp("bad")))


@pytest.fixture(scope="module")
def html(bad):
    return make_report(bad)


class TestPage:
    def test_names_every_finding(self, bad, html):
        text = Page(html).text
        for finding in bad.findings:
            assert KINDS[finding.kind].title in text
            assert finding.text in text

    def test_needs_nothing_else(self, html):
        page = Page(html)
        assert "script" not in page.tags and "link" not in page.tags
        addresses = [v for k, v in page.attributes if k in ("href", "src")]
        assert all(a.startswith(("#", "data:image/")) for a in addresses)
        assert not re.search(r"url\(|@import|https?:", html)
        assert "default-src 'none'" in html

    def test_links_lead_somewhere(self, html):
        page = Page(html)
        ids = {value for name, value in page.attributes if name == "id"}
        links = {
            v[1:] for k, v in page.attributes if k == "href" and v[0] == "#"
        }
        assert links and links <= ids

    def test_names_are_no_markup(self, tmp_path):
        voc = BadVOC(tmp_path / "<i>")
        voc.add(MARKUP, [("<u>", (1, 1, 3, 3), {})], xml=None)
        path = voc.root / "Annotations" / f"{MARKUP}.xml"
        text = path.read_text().replace("<u>", "&lt;u&gt;", 1)
        path.write_text(text)
        voc.write_lists()
        page = Page(make_report(inspect_dataset(voc.root)))
        assert not {"i", "u"} & {*page.tags}
        assert "<u>" in page.text and MARKUP in page.text
        assert "<i>: data set report" in page.text

    def test_is_the_same_again(self, bad, html):
        assert make_report(bad) == html

    def test_of_nothing_that_can_be_read(self, tmp_path):
        voc = BadVOC(tmp_path)
        voc.add("a", [CAT], data=b"no image")
        voc.write_lists()
        page = Page(make_report(inspect_dataset(tmp_path)))
        assert "Images that cannot be read" in page.text
        assert "Anchors" not in page.text


class TestPictures:
    def test_hold_the_pixels(self, html):
        data = re.findall(r"data:image/jpeg;base64,([^\"]+)", html)
        # All findings about an image that can be read, and two of pairs
        assert len(data) == 15 + 3
        image = Image.open(io.BytesIO(base64.b64decode(data[0])))
        assert max(image.size) <= 320
        assert np.asarray(image).std() > 20

    def test_mark_the_objects(self, html):
        assert html.count('<rect class="odd"') == 9

    def test_no_more_than_some_of_a_kind(self, tmp_path):
        voc = BadVOC(tmp_path)
        for number in range(MOST_PICTURES + 3):
            voc.add(f"n{number}", [])
        voc.write_lists()
        html = make_report(inspect_dataset(tmp_path))
        assert html.count("data:image/jpeg") == MOST_PICTURES
        assert html.count("<li><b>Annotations/n") == MOST_PICTURES + 3

"""Annotations in VOC's XML: the right boxes, and every way to be wrong."""

import numpy as np
import pytest
from helpers.voc import BIRD, CAT, DOG, annotation_xml, write_voc

from d2l_ssd.datasets.voc_annotations import VOC_CLASSES, read_voc_annotation


@pytest.fixture
def voc(tmp_path):
    """A folder of two images with animals and two without."""
    images = {"a1": [CAT, DOG, BIRD], "b2": [], "c3": [DOG], "d4": [BIRD]}
    return write_voc(tmp_path / "voc", images)


class TestReadVocAnnotation:
    def test_voc_classes_are_the_20_in_order(self):
        assert len(VOC_CLASSES) == 20
        assert list(VOC_CLASSES) == sorted(VOC_CLASSES)
        assert VOC_CLASSES[7] == "cat" and VOC_CLASSES[11] == "dog"

    def test_by_hand(self, voc):
        path = voc / "Annotations/a1.xml"
        labels, truncated, size = read_voc_annotation(path, ["cat", "dog"])
        # 11 to 20 of 40 pixels, counted from 1: the second quarter
        expected = [[0, 0.25, 0.25, 0.5, 0.75, 1], [1, 0, 0, 1, 1, 0]]
        assert labels.tolist() == expected
        assert labels.dtype == np.float32
        assert truncated.tolist() == [False, True]
        assert size == (20, 40)

    def test_lines_before_the_declaration(self, voc):
        path = voc / "Annotations/a1.xml"
        expected = read_voc_annotation(path, ["cat", "dog"]).labels
        xml = path.read_text()
        path.write_text(f'\n \n<?xml version="1.0"?>\n{xml}')
        labels = read_voc_annotation(path, ["cat", "dog"]).labels
        np.testing.assert_array_equal(labels, expected)

    def test_classes_number_the_labels(self, voc):
        path = voc / "Annotations/a1.xml"
        labels = read_voc_annotation(path, ["bird", "dog", "cow"]).labels
        assert labels[:, 0].tolist() == [1, 0]

    def test_own_class_outside_voc(self, tmp_path):
        path = tmp_path / "x.xml"
        path.write_text(annotation_xml([("okapi", (1, 1, 2, 2), {})]))
        assert len(read_voc_annotation(path, ["okapi"]).labels) == 1

    def test_no_object(self, voc):
        path = voc / "Annotations/b2.xml"
        labels, truncated, _ = read_voc_annotation(path, ["cat"])
        assert labels.shape == (0, 6) and labels.dtype == np.float32
        assert truncated.shape == (0,) and truncated.dtype == bool

    def test_absent_flags_mean_no(self, tmp_path):
        path = tmp_path / "x.xml"
        path.write_text(annotation_xml([("cat", (1, 1, 2, 2), {})]))
        labels, truncated, _ = read_voc_annotation(path, ["cat"])
        assert labels[0, 5] == 0 and not truncated[0]

    def test_empty_flags_mean_no(self, tmp_path):
        path = tmp_path / "x.xml"
        flags = {"difficult": "", "truncated": " "}
        path.write_text(annotation_xml([("cat", (1, 1, 2, 2), flags)]))
        labels, truncated, _ = read_voc_annotation(path, ["cat"])
        assert labels[0, 5] == 0 and not truncated[0]

    def test_ignored_classes_are_a_choice(self, tmp_path):
        path = tmp_path / "x.xml"
        path.write_text(annotation_xml([CAT, ("okapi", (1, 1, 2, 2), {})]))
        labels = read_voc_annotation(path, ["cat"], ignored=["okapi"]).labels
        assert len(labels) == 1
        with pytest.raises(ValueError, match=r"x\.xml.*unknown class 'cat'"):
            read_voc_annotation(path, ["okapi"], ignored=[])

    @pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
    def test_encodings(self, tmp_path, encoding):
        path = tmp_path / "x.xml"
        label = encoding.removesuffix("-sig")
        xml = annotation_xml([CAT]).replace("x.jpg", "\u00fc.jpg")
        xml = f'<?xml version="1.0" encoding="{label}"?>\r\n{xml}'
        path.write_bytes(xml.encode(encoding))
        assert len(read_voc_annotation(path, ["cat"]).labels) == 1

    @pytest.mark.parametrize("encoding", ["gb2312", "shift_jis", "big5"])
    def test_encodings_with_more_than_one_byte(self, tmp_path, encoding):
        path = tmp_path / "x.xml"
        xml = annotation_xml([("\u5927", (1, 1, 9, 9), {})])
        xml = f'<?xml version="1.0" encoding="{encoding}"?>{xml}'
        path.write_bytes(xml.encode(encoding))
        assert len(read_voc_annotation(path, ["\u5927"]).labels) == 1

    def test_another_encoding_than_declared(self, tmp_path):
        path = tmp_path / "x.xml"
        xml = annotation_xml([CAT]).replace("x.jpg", "\u00fc.jpg")
        path.write_bytes(xml.encode("cp1252"))
        with pytest.raises(ValueError, match=r"x\.xml: broken XML.*in UTF-8"):
            read_voc_annotation(path, ["cat"])

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
    def test_entities_are_refused(self, tmp_path, encoding):
        path = tmp_path / "bomb.xml"
        entity = '<!DOCTYPE annotation [<!ENTITY n "cat">]>'
        xml = entity + annotation_xml([CAT]).replace(">cat<", ">&n;<")
        path.write_bytes(xml.encode(encoding))
        with pytest.raises(ValueError, match=r"bomb\.xml.*DOCTYPE"):
            read_voc_annotation(path, ["cat"])

    def test_parts_of_an_object_are_no_objects(self, tmp_path):
        part = "<part><name>head</name><bndbox><xmin>9</xmin></bndbox></part>"
        xml = annotation_xml([("person", (1, 1, 20, 20), {})])
        path = tmp_path / "x.xml"
        path.write_text(xml.replace("<name>person", part + "<name>person"))
        labels = read_voc_annotation(path, ["person"]).labels
        assert labels.tolist() == [[0, 0, 0, 0.5, 1, 0]]

    def test_fractions_of_pixels(self, tmp_path):
        path = tmp_path / "x.xml"
        path.write_text(annotation_xml([("cat", (1.5, 1, 20.5, 10), {})]))
        labels = read_voc_annotation(path, ["cat"]).labels
        expected = [0.0125, 0, 0.5125, 0.5]
        np.testing.assert_allclose(labels[0, 1:5], expected, rtol=1e-6)

    def test_one_pixel_is_a_box(self, tmp_path):
        path = tmp_path / "x.xml"
        path.write_text(annotation_xml([("cat", (40, 20, 40, 20), {})]))
        labels = read_voc_annotation(path, ["cat"]).labels
        np.testing.assert_allclose(
            labels[0, 1:5], [0.975, 0.95, 1, 1], rtol=1e-6
        )

    @pytest.mark.parametrize(
        "box, words",
        [
            pytest.param((20, 1, 10, 10), "inverted", id="xmax under xmin"),
            pytest.param((1, 10, 10, 2), "inverted", id="ymax under ymin"),
            pytest.param((5, 5, 4, 9), "empty", id="no pixel wide"),
            pytest.param((0, 1, 0, 10), "no area; draw", id="a line at 0"),
            pytest.param((41, 1, 41, 10), "no area", id="a line at the edge"),
            pytest.param((20, 0, 20.0000001, 9), "no area", id="no width left"),
            pytest.param((-2, 1, 10, 10), "outside 0", id="xmin under -1"),
            pytest.param((1, -1.1, 10, 10), "outside 0", id="ymin under -1"),
            pytest.param((1, 1, 42, 10), "outside", id="xmax over width"),
            pytest.param(
                (1, 1, 40, 21.1),
                "from 1, and many tools",
                id="ymax over height",
            ),
            pytest.param((1, 1, 1e308, 9), "outside", id="a large number"),
            pytest.param((1, 1, "1_0", 9), "not a number", id="a bar"),
            pytest.param((1, 1, "9,5", 9), "'9,5'; write 9.5", id="a comma"),
            pytest.param((50, 1, 60, 10), "outside", id="far outside"),
            pytest.param((-9, 1, 60, 10), "outside", id="larger than all"),
            pytest.param(("x", 1, 9, 9), "<xmin> is not a number", id="text"),
            pytest.param((1, "nan", 9, 9), "<ymin> is not a number", id="NaN"),
            pytest.param((1, 1, "inf", 9), "<xmax> is not a number", id="inf"),
            pytest.param((1, 1, 9, ""), "has no <ymax>", id="blank"),
            pytest.param((1, 1, 9), "has no <ymax>", id="no ymax"),
        ],
    )
    @pytest.mark.parametrize("name", ["cat", "bird"])
    def test_bad_box(self, tmp_path, name, box, words):
        path = tmp_path / "bad.xml"
        path.write_text(annotation_xml([CAT, (name, box, {})]))
        with pytest.raises(ValueError, match=f"bad.xml.*{words}"):
            read_voc_annotation(path, ["cat", "dog"])

    @pytest.mark.parametrize(
        "change, words",
        [
            pytest.param(("</annotation>", ""), "broken XML", id="cut"),
            pytest.param(("<name>", "<nom>"), "broken XML", id="tag unclosed"),
            pytest.param(("name>", "nom>"), "has no <name>", id="no name"),
            pytest.param(("size>", "sice>"), "has no <size>", id="no size"),
            pytest.param(("width>", "w>"), "has no <width>", id="no width"),
            pytest.param(("height>", "h>"), "has no <height>", id="no height"),
            pytest.param(("<width>40", "<width>0"), "got width 0 and", id="0"),
            pytest.param(("<width>40", "<width>-4"), "width -4", id="negative"),
            pytest.param(
                ("<width>40", "<width>40.7"), "whole numbers", id="40.7 pixels"
            ),
            pytest.param(("bndbox>", "b>"), "has no <bndbox>", id="no box"),
            pytest.param(("xmin>", "x>"), "has no <xmin>", id="no xmin"),
            pytest.param((">cat<", ">lynx<"), "class 'lynx'", id="unknown"),
            pytest.param((">cat<", "> <"), "has no <name>", id="blank name"),
            pytest.param(
                ("<difficult>1", "<difficult>maybe"),
                "<difficult> must be 0 or 1",
                id="flag",
            ),
        ],
    )
    def test_bad_xml(self, tmp_path, change, words):
        path = tmp_path / "bad.xml"
        path.write_text(annotation_xml([CAT]).replace(*change))
        with pytest.raises(ValueError, match=f"bad.xml.*{words}"):
            read_voc_annotation(path, ["cat", "dog"])

    def test_empty_file(self, tmp_path):
        (tmp_path / "bad.xml").touch()
        with pytest.raises(ValueError, match="bad.xml: broken XML"):
            read_voc_annotation(tmp_path / "bad.xml", ["cat"])

    def test_missing_file(self, tmp_path):
        with pytest.raises(FileNotFoundError, match="annotation.*gone.xml"):
            read_voc_annotation(tmp_path / "gone.xml", ["cat"])

    @pytest.mark.parametrize(
        "classes, words",
        [
            (["cat", "dog", "cat"], "repeat"),
            ([], "list of names"),
            ([1, 2], "be names, got 1"),
            (["cat", " \u200b"], "be names, got "),
            ("cat", "list of names"),
        ],
    )
    def test_bad_classes(self, voc, classes, words):
        with pytest.raises(ValueError, match=f"classes must .*{words}"):
            read_voc_annotation(voc / "Annotations/a1.xml", classes)

    @pytest.mark.parametrize(
        "box, expected",
        [
            pytest.param((0, 5, 20, 10), (0, 0.25, 0.5, 0.5), id="left edge"),
            pytest.param((0, 0, 40, 20), (0, 0, 1, 1), id="whole image"),
            pytest.param((0.5, 5, 20, 10), (0.0125, 0.25, 0.5, 0.5), id="half"),
            pytest.param((-0.4, -1, 20, 10), (0, 0, 0.5, 0.5), id="under 0"),
        ],
    )
    def test_boxes_counted_from_zero(self, tmp_path, box, expected):
        path = tmp_path / "x.xml"
        second = "dog", (10, 5, 30, 15), {}
        path.write_text(annotation_xml([("cat", box, {}), second]))
        labels = read_voc_annotation(path, ["cat", "dog"]).labels
        np.testing.assert_allclose(labels[0, 1:5], expected, rtol=1e-6)
        # One file counts in one way
        assert labels[1, 1:5].tolist() == [0.25, 0.25, 0.75, 0.75]

    def test_counting_can_be_said(self, tmp_path):
        path = tmp_path / "x.xml"
        path.write_text(annotation_xml([("cat", (10, 5, 20, 10), {})]))
        labels = read_voc_annotation(path, ["cat"], from_zero=True).labels
        assert labels[0, 1:5].tolist() == [0.25, 0.25, 0.5, 0.5]

    def test_all_bad_boxes_are_named_at_once(self, tmp_path):
        path = tmp_path / "x.xml"
        boxes = (9, 9, 3, 12), (50, 1, 60, 9)
        path.write_text(annotation_xml([("cat", box, {}) for box in boxes]))
        with pytest.raises(ValueError, match=r"9, 9, 3, 12.*; .*50, 1, 60, 9"):
            read_voc_annotation(path, ["cat"])

    def test_no_file(self, tmp_path):
        loop = tmp_path / "loop.xml"
        loop.symlink_to(loop)
        with pytest.raises(ValueError, match=r"loop\.xml: cannot be read: "):
            read_voc_annotation(loop, ["cat"])
        with pytest.raises(ValueError, match=r"not a file, as the anno"):
            read_voc_annotation(tmp_path, ["cat"])

    def test_file_name_inside_is_not_followed(self, tmp_path):
        path = tmp_path / "x.xml"
        xml = annotation_xml([CAT]).replace("x.jpg", "../../elsewhere.jpg")
        path.write_text(xml)
        assert len(read_voc_annotation(path, ["cat"]).labels) == 1


def read(tmp_path, xml, *args, **options):
    path = tmp_path / "x.xml"
    path.write_text(xml, encoding="utf-8")
    return read_voc_annotation(path, *args, **options)


class TestUnits:
    @pytest.mark.parametrize(
        "box",
        [
            pytest.param((0.1, 0.1, 0.5, 0.9), id="fractions"),
            pytest.param((0, 0, 1, 1), id="whole image"),
            pytest.param((0.2, 0.3, 1.004, 0.8), id="rounded beyond 1"),
        ],
    )
    @pytest.mark.parametrize("others", [[], [CAT]])
    def test_fractions_are_refused(self, tmp_path, others, box):
        xml = annotation_xml([*others, ("cat", box, {})])
        with pytest.raises(ValueError, match=r"\[0.* must be in pixels.*mult"):
            read(tmp_path, xml, ["cat"])

    def test_the_first_pixel_is_a_box(self, tmp_path):
        xml = annotation_xml([("cat", (1, 1, 1, 1), {})])
        labels = read(tmp_path, xml, ["cat"]).labels
        np.testing.assert_allclose(labels[0, 3:5], [1 / 40, 1 / 20])

    def test_over_the_edge_is_no_count_from_zero(self, tmp_path):
        xml = annotation_xml([("cat", (11, 6, 40.4, 20.3), {})])
        labels = read(tmp_path, xml, ["cat"]).labels
        assert labels[0, 1:5].tolist() == [0.25, 0.25, 1, 1]


class TestNames:
    @pytest.mark.parametrize(
        "written, asked",
        [
            pytest.param("caf\u00e9", "cafe\u0301", id="accent"),
            pytest.param("cafe\u0301", "caf\u00e9", id="accent apart"),
            pytest.param("hard \n hat", "hard hat", id="line"),
            pytest.param("hard\u00a0hat", "hard hat", id="hard blank"),
            pytest.param("ca\u200bt\ufeff", "cat", id="no width"),
            pytest.param("cat", " cat\u200b", id="asked with more"),
            pytest.param("<!-- a -->c<!-- b -->at", "cat", id="comments"),
        ],
    )
    def test_that_look_the_same_are(self, tmp_path, written, asked):
        xml = annotation_xml([(written, (1, 1, 9, 9), {})])
        assert len(read(tmp_path, xml, [asked]).labels) == 1
        assert len(read(tmp_path, xml, ["x"], [asked]).labels) == 0

    def test_asked_twice(self, tmp_path):
        with pytest.raises(ValueError, match="not repeat a name"):
            read(tmp_path, annotation_xml([CAT]), ["cat", "cat "])

    def test_of_nothing_that_is_seen(self, tmp_path):
        xml = annotation_xml([("\u200b", (1, 1, 9, 9), {})])
        with pytest.raises(ValueError, match="<object> has no <name>"):
            read(tmp_path, xml, ["cat"])


class TestOddXml:
    def test_tags_in_capitals(self, tmp_path):
        xml = annotation_xml([CAT, DOG])
        for tag in "object", "name", "bndbox", "xmin", "size", "width":
            xml = xml.replace(f"{tag}>", f"{tag.capitalize()}>")
        labels = read(tmp_path, xml, ["cat", "dog"]).labels
        assert labels[:, 0].tolist() == [0, 1]

    @pytest.mark.parametrize("prefix", ["", "a:"])
    def test_namespaces(self, tmp_path, prefix):
        xml = annotation_xml([CAT])
        xml = xml.replace("</", "\0").replace("<", f"<{prefix}")
        xml = xml.replace("\0", f"</{prefix}")
        name = "xmlns" + (":a" if prefix else "")
        xml = xml.replace("annotation>", f'annotation {name}="urn:x">', 1)
        assert len(read(tmp_path, xml, ["cat"]).labels) == 1

    @pytest.mark.parametrize(
        "old, new, words",
        [
            pytest.param("", "<objects>{}</objects>", "directly", id="wrapped"),
            pytest.param(
                "</bndbox>",
                "</bndbox><bndbox><xmin>1</xmin></bndbox>",
                "2 different <bndbox>.* one <object> for each",
                id="two boxes",
            ),
            pytest.param(
                "</name>", "</name><name>b</name>", "2 different <n", id="names"
            ),
            pytest.param(
                "</xmin>", "</xmin><xmin>2</xmin>", "2 different <x", id="xmin"
            ),
            pytest.param(
                "</size>", "</size><size/>", "2 different <size>", id="sizes"
            ),
            pytest.param(
                ">cat<",
                "><b>cat</b><",
                "hold text alone, and has <b>",
                id="tag",
            ),
            pytest.param("bndbox>", "robndbox>", "a rotated box", id="rotated"),
            pytest.param(
                "</bndbox>",
                "</bndbox><attributes><attribute><name>rotation</name><value>"
                "30.5</value></attribute></attributes>",
                "a rotated box",
                id="CVAT's rotation",
            ),
            pytest.param("bndbox>", "polygon>", "only .*<polygon>", id="other"),
            pytest.param(">cat<", ">cat & dog<", "&amp; for each &", id="&"),
            pytest.param(">cat<", ">a&nbsp;b<", "&amp; for each &", id="nbsp"),
        ],
    )
    def test_that_cannot_be_read(self, tmp_path, old, new, words):
        xml = annotation_xml([CAT])
        if not old:
            start, end = xml.index("<object>"), xml.index("</annotation>")
            xml = xml[:start] + new.format(xml[start:end]) + xml[end:]
        with pytest.raises(ValueError, match=rf"x\.xml: .*{words}"):
            read(tmp_path, xml.replace(old, new) if old else xml, ["cat"])

    def test_the_same_twice(self, tmp_path):
        xml = annotation_xml([CAT])
        box = xml[xml.index("<bndbox>") : xml.index("</object>")]
        xml = xml.replace(box, box * 2)
        assert len(read(tmp_path, xml, ["cat"]).labels) == 1

    @pytest.mark.parametrize(
        "text, flag",
        [("0.0", 0), ("Unspecified", 0), ("False", 0), ("True", 1), ("1.0", 1)],
    )
    def test_flags_of_tools(self, tmp_path, text, flag):
        flags = {"difficult": text, "truncated": text}
        xml = annotation_xml([("cat", (1, 1, 9, 9), flags)])
        labels, truncated, _ = read(tmp_path, xml, ["cat"])
        assert labels[0, 5] == flag and truncated.tolist() == [flag]

    @pytest.mark.parametrize(
        "data, words",
        [
            pytest.param(b" \n", "the file is empty; label", id="empty"),
            pytest.param(
                b"version https://git-lfs.github.com/spec/v1\noid", "lfs pull",
                id="LFS",
            ),
            pytest.param(b"<!DOCTYPE html><html>", "a web page", id="a page"),
            pytest.param(bytes(99), "all zeros", id="zeros"),
        ],
    )  # fmt: skip
    def test_content(self, tmp_path, data, words):
        path = tmp_path / "x.xml"
        path.write_bytes(data)
        with pytest.raises(ValueError, match=rf"x\.xml: broken XML: .*{words}"):
            read_voc_annotation(path, ["cat"])


class TestSizeOfTheImage:
    SIZE = "<size><width>40</width><height>20</height></size>"

    @pytest.mark.parametrize(
        "size", ["", SIZE.replace("40", "0").replace("20", "0")]
    )
    def test_counts_where_there_is_no_other(self, tmp_path, size):
        xml = annotation_xml([CAT]).replace(self.SIZE, size)
        found = read(tmp_path, xml, ["cat"], image_size=(20, 40))
        assert found.size == (20, 40)
        assert found.labels[0, 1:5].tolist() == [0.25, 0.25, 0.5, 0.75]
        with pytest.raises(ValueError, match="no <size> of an image, or 0 x 0"):
            read(tmp_path, xml, ["cat"])

    def test_does_not_count_otherwise(self, tmp_path):
        found = read(
            tmp_path, annotation_xml([CAT]), ["cat"], image_size=(1, 1)
        )
        assert found.size == (20, 40)

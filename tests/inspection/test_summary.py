"""An inspection in words."""

import pytest
from helpers.bad_voc import CAT, BadVOC, write_bad_voc

from d2l_ssd.inspection import inspect_dataset, summarize
from d2l_ssd.inspection.summary import counted


@pytest.fixture(scope="module")
def bad(tmp_path_factory):
    return inspect_dataset(write_bad_voc(tmp_path_factory.mktemp("bad")))


def test_all_findings_are_there(bad):
    text = summarize(bad)
    for finding in bad.findings:
        assert finding.text in text
    assert "\n11 problems and 11 remarks. Mend" in text
    assert "Annotations/inverted.xml: box [50, 9, 20, 44]" in text


def test_counts_by_split_and_class(bad):
    lines = summarize(bad).splitlines()
    cats = next(line for line in lines if line.startswith("  cat  "))
    assert cats.split() == ["cat", "2", "16", "1", "18"]


def test_problems_come_first(bad):
    text = summarize(bad)
    assert text.rindex("(problem;") < text.index("(remark;")


def test_anchors(bad):
    assert "default → suggested" in summarize(bad)
    assert "Anchors at an input of 96 x 64 pixels" in summarize(bad)


def test_some_of_a_kind(tmp_path):
    voc = BadVOC(tmp_path)
    for number in range(5):
        voc.add(f"n{number}", [])
    voc.add("good", [CAT])
    voc.write_lists()
    lines = summarize(inspect_dataset(tmp_path), most=2).splitlines()
    assert sum(line.endswith(": no object") for line in lines) == 2
    assert "  - and 3 more (--all lists them)" in lines
    assert lines[-1] == "No problem and 6 remarks."


@pytest.mark.parametrize(
    "number, text", [(1, "1 class"), (2, "2 classes"), (1000, "1,000 classes")]
)
def test_counted(number, text):
    assert counted(number, "class") == text

"""Which lists divide a data set."""

from helpers.bad_voc import CAT, BadVOC, blobs, encoded

from d2l_ssd.inspection import inspect_dataset
from d2l_ssd.inspection.splits import parts_of


def test_lists_made_of_others_are_no_parts():
    splits = {
        "train": ["a", "b"],
        "trainval": ["a", "b", "c"],
        "val": ["c"],
        "test": [],
    }
    assert parts_of(splits) == {"train": {"a", "b"}, "val": {"c"}}


def test_a_training_list_with_all_validation_images_is_a_part():
    splits = {"train": ["a", "b", "c"], "val": ["c"]}
    assert parts_of(splits) == {"train": {"a", "b", "c"}, "val": {"c"}}


def test_tools_names_are_parts():
    splits = {"train": ["a", "b", "c"], "valid": ["c"], "valid2": ["b", "c"]}
    assert parts_of(splits).keys() == {"train", "valid"}


def test_lists_of_other_names():
    splits = {"day": ["a"], "night": ["b", "c"]}
    assert parts_of(splits) == {"day": {"a"}, "night": {"b", "c"}}


def test_a_film_may_be_of_one_split(tmp_path):
    voc, pixels = BadVOC(tmp_path), blobs(100)
    frames = [encoded(pixels), encoded(pixels, "JPEG"), encoded(pixels[::-1])]
    for number, frame in enumerate(frames):
        voc.add(f"frame {number}", [CAT], data=frame)
    voc.add("other", [CAT], "val")
    voc.write_lists()
    kinds = {finding.kind for finding in inspect_dataset(tmp_path).findings}
    assert kinds == {"few objects"}

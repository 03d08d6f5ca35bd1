import pytest
from helpers.bad_folders import (
    IMAGES,
    JSON,
    LABEL,
    TABLE,
    XML,
    coco,
    removed,
    text,
    written,
)
from helpers.labeled_folders import WRITERS, boxes_in_pixels

from d2l_ssd.datasets import check_files, open_dataset, read_folder
from d2l_ssd.datasets.mending import find_bad_images

# The first object of image a, 4, 6, 40, 30, reaches beyond the right side
OUTSIDE = {
    "voc": text(XML, "<xmax>40", "<xmax>80"),
    "coco": coco("annotations", 0, bbox=[4, 6, 76, 24]),
    "yolo": written(LABEL, "0 .65625 .45 1.1875 .6\n1 .734375 .625 .53125 .75"),
}
FAR_OUTSIDE = {
    "voc": text(XML, "<xmin>5<", "<xmin>70<"),
    "coco": coco("annotations", 0, bbox=[70, 6, 10, 24]),
    "yolo": written(LABEL, "0 1.5 .45 .2 .6\n1 .734375 .625 .53125 .75"),
}
NO_AREA = {
    "voc": text(XML, "<ymax>30", "<ymax>6"),
    "coco": coco("annotations", 0, bbox=[4, 6, 36, 0]),
    "yolo": written(LABEL, "0 .5 .45 .2 0\n1 .734375 .625 .53125 .75"),
}
DOG = ("dog", 30.0, 10.0, 64.0, 40.0)
# Those that no reader can go on from
FATAL = [
    case
    for case, (_, _, words) in TABLE.items()
    if JSON in words[0] or words[0] in ("data.yaml", "train.txt", "a.jpg")
]


@pytest.fixture(params=WRITERS)
def folder(request, tmp_path):
    return WRITERS[request.param](tmp_path / request.param)


def number_of(dataset, stem):
    return next(
        i for i in range(len(dataset)) if dataset.image_path(i).stem == stem
    )


class TestClip:
    def test_boxes_end_at_the_image(self, folder):
        OUTSIDE[folder.name](folder)
        with pytest.raises(
            ValueError, match="--clip clips .* --skip-bad leaves"
        ):
            open_dataset(folder)
        with pytest.warns(UserWarning, match="clipped: 1 .'a.jpg'."):
            dataset = open_dataset(folder, "train", clip=True)
        assert boxes_in_pixels(dataset, number_of(dataset, "a")) == [
            ("cat", 4.0, 6.0, 64.0, 30.0),
            DOG,
        ]

    @pytest.mark.parametrize("damage", [FAR_OUTSIDE, NO_AREA])
    def test_nothing_is_left_of_others(self, damage, folder):
        damage[folder.name](folder)
        with pytest.raises(ValueError):
            open_dataset(folder, clip=True)


class TestSkipBad:
    @pytest.mark.parametrize("damage", [OUTSIDE, FAR_OUTSIDE, NO_AREA])
    def test_bad_objects(self, damage, folder):
        damage[folder.name](folder)
        with pytest.warns(
            UserWarning, match="bad objects that are left out.*: 1"
        ):
            dataset = open_dataset(folder, "train", skip_bad=True)
        assert len(dataset) == 3
        assert boxes_in_pixels(dataset, number_of(dataset, "a")) == [DOG]

    def test_clipped_ones_stay(self, folder):
        OUTSIDE[folder.name](folder)
        with pytest.warns(UserWarning, match="clipped: 1"):
            dataset = open_dataset(folder, clip=True, skip_bad=True)
        assert len(dataset[number_of(dataset, "a")][1]) == 2

    def test_image_that_cannot_be_read(self, folder):
        path = folder / IMAGES[folder.name]
        path.write_bytes(path.read_bytes()[:-99])
        with pytest.warns(UserWarning, match="bad images .* out: 1 .'a.jpg'."):
            dataset = open_dataset(folder, "train", skip_bad=True)
        assert dataset.splits == {"train": 2, "val": 2} and len(dataset) == 2
        check_files(dataset)

    def test_missing_image(self, folder):
        removed(IMAGES[folder.name])(folder)
        if folder.name == "yolo":  # of a folder, what is there counts
            assert len(open_dataset(folder, "train")) == 2
            return
        with pytest.warns(UserWarning, match="bad images that are left out: 1"):
            assert len(open_dataset(folder, "train", skip_bad=True)) == 2

    def test_annotation_that_cannot_be_read(self, folder):
        if folder.name == "coco":
            return  # one file for all
        written({"voc": XML, "yolo": LABEL}[folder.name], b"\xff\xd8")(folder)
        with pytest.warns(UserWarning, match="bad images that are left out: 1"):
            assert len(open_dataset(folder, "train", skip_bad=True)) == 2

    def test_annotations_of_no_image(self, tmp_path):
        root = WRITERS["coco"](tmp_path)
        coco("annotations", 0, image_id=99)(root)
        with pytest.warns(
            UserWarning, match="left out: annotations of no image: 1"
        ):
            dataset = open_dataset(root, "train", skip_bad=True)
        assert boxes_in_pixels(dataset, 0) == [DOG]

    def test_nothing_is_said_where_nothing_is_bad(self, folder, recwarn):
        open_dataset(folder, clip=True, skip_bad=True)
        assert not recwarn.list

    @pytest.mark.filterwarnings("ignore")
    @pytest.mark.parametrize("case", sorted({*TABLE} - {*FATAL}))
    def test_goes_on_without(self, case, tmp_path):
        name, damage, _ = TABLE[case]
        root = WRITERS[name](tmp_path)
        damage(root)
        try:
            dataset = open_dataset(root, skip_bad=True)
        except ValueError:
            problems = read_folder(root).problems
            assert any(problem.id is None for problem in problems)
            return
        check_files(dataset)
        assert 3 <= len(dataset) <= 5


def test_find_bad_images(folder):
    assert find_bad_images(read_folder(folder)) == []
    path = folder / IMAGES[folder.name]
    path.write_bytes(b"")
    [problem] = find_bad_images(read_folder(folder))
    assert problem.source == path and "0 bytes" in problem.text
    assert problem.id in read_folder(folder).samples

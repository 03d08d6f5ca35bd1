"""`d2l-ssd evaluate`: the figures, in words and as JSON, and classes that differ."""

import json
import re

import numpy as np
import pytest
from helpers.judging import LEFT, RIGHT, SMALL, truth
from helpers.torch_runs import Images

from d2l_ssd import cli
from d2l_ssd.checkpoints import ModelSettings
from d2l_ssd.commands.evaluate import compare_classes, relabeled
from d2l_ssd.data import VOCDetection
from d2l_ssd.predictors import Predictor, load_predictor
from d2l_ssd.torch import evaluate, load_trained, summarize
from d2l_ssd.toy import make_toy_voc


@pytest.fixture(scope="module")
def animals(tmp_path_factory):
    """A folder of drawn animals with 4 validation images."""
    return make_toy_voc(tmp_path_factory.mktemp("data") / "toy", 2, 4, seed=3)


def run(*words):
    cli.main(["evaluate", *map(str, words)])


def test_tables(animals, capsys):
    run("stored", animals, "--split", "val")
    ap, errors, used = capsys.readouterr().out.split("\n\n")
    head, rule, cat, dog, mean = ap.splitlines()
    assert re.sub(" +", " ", head) == (
        "| | objects | AP | AP50 | AP75 | AP small | AP medium | AP large |"
    )
    assert len({len(line) for line in ap.splitlines()}) == 1
    names = [line.split("|")[1].strip() for line in (cat, dog, mean)]
    assert names == ["cat", "dog", "all classes"]
    assert "from score 0.3" in errors.splitlines()[0]
    assert used == (
        f"The stored network on the 4 val images of {animals}, at 256x256, as "
        "in training.\n"
    )


def test_json_holds_what_other_code_computes(animals, tmp_path, capsys):
    """The loop that judges a training's epochs has the same means."""
    path = tmp_path / "new" / "val.json"
    run("stored", animals, "--split", "val", "--json", path, "--score", 0.5)
    about = json.loads(path.read_text())
    dataset = VOCDetection(animals, "val", all_images=True)
    found, evaluation = evaluate(load_trained().net, dataset, num_workers=0)
    theirs = summarize(evaluation)
    assert about["mean"]["ap"] == pytest.approx(theirs["ap"], abs=1e-6)
    assert about["mean"]["ap50"] == pytest.approx(theirs["ap50"], abs=1e-6)
    assert about["images"] == 4 and about["image_size"] == [256, 256]
    objects = [row["objects"] for row in about["classes"]]
    assert objects == evaluation.num_truths.tolist()
    counts = np.array(about["confusion"]["counts"])
    assert about["confusion"]["rows"] == ["cat", "dog", "(nothing)"]
    assert counts[:, :2].sum() == sum((d.scores >= 0.5).sum() for d in found)


def test_exported_network_and_run_agree(animals, exported, tmp_path):
    figures = []
    for number, where in enumerate(["stored", exported]):
        path = tmp_path / f"{number}.json"
        run(where, animals, "--split", "val", "--json", path)
        figures.append(json.loads(path.read_text())["mean"])
    assert figures[0]["errors"] == figures[1]["errors"]
    assert figures[0]["ap"] == pytest.approx(figures[1]["ap"], abs=1e-3)


def test_another_input_size(animals, capsys):
    run("stored", animals, "--split", "val", "--image-size", "320x224")
    assert "320x224 (trained at 256x256; anchors kept in pixels)" in (
        capsys.readouterr().out
    )


@pytest.mark.parametrize(
    "words, message",
    [
        (["--split", "extra"], "split must be one of .*got 'extra'"),
        (["--image-size", "300x200"], "multiple of 32"),
        (["--score", "2"], r"score must be .*got 2"),
        (["--json", "."], "--json must be a file"),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_refused(animals, capfd, words, message):
    with pytest.raises(SystemExit) as end:
        run("stored", animals, *words)
    assert end.value.code == 2
    error = capfd.readouterr().err
    assert re.search(message, error) and "Traceback" not in error


def knows(*classes):
    return Predictor(classes, ModelSettings(), None, "the run cells")


def shows(*classes):
    return Images([], [], classes)


def test_same_classes_in_another_order_need_no_word():
    assert compare_classes(knows("a", "b"), shows("b", "a"), "DATA") == []


def test_classes_that_differ_are_named():
    notes = compare_classes(knows("a", "b", "c"), shows("a", "d"), "DATA")
    assert notes == [
        "DATA also shows d, which the run cells has not learned: these objects "
        "are left out.",
        "DATA does not show b and c, which the run cells has learned: a "
        "detection of these is an error, and they have no AP.",
    ]


def test_no_class_in_common():
    message = "the run cells knows RBC and WBC, and DATA shows rbc: .*case"
    with pytest.raises(ValueError, match=message):
        compare_classes(knows("RBC", "WBC"), shows("rbc"), "DATA")


def test_labels_count_the_networks_classes():
    rows = truth((0, LEFT), (1, RIGHT), (2, SMALL, 1))
    images = Images([("image", rows)], ["x"], ("c", "odd", "a"))
    ((image, labels),) = relabeled(images, ("a", "b", "c"))
    assert image == "image"
    np.testing.assert_array_equal(labels, truth((2, LEFT), (0, SMALL, 1)))
    assert rows[0, 0] == 0, "the data set's own labels changed"


def test_predictor_of_an_export_is_enough(animals, exported, capsys):
    assert load_predictor(exported).origin == f"the file {exported}"
    run(exported, animals, "--split", "val")
    assert (
        capsys.readouterr()
        .out.splitlines()[-1]
        .startswith(f"The file {exported} on the 4 val images")
    )

"""The stored results: tables beside them, and what the weights are worth."""

import re
from pathlib import Path

import mxnet as mx
import numpy as np
import pytest
from mxnet import npx
from test_evaluation import coco_ap

from d2l_ssd import results
from d2l_ssd.data import VOCDetection, to_input
from d2l_ssd.evaluation import COCO_IOU_THRESHOLDS, evaluate_detections
from d2l_ssd.inference import Detections, predict_ssd
from d2l_ssd.mxnet.model import SSD
from d2l_ssd.torch_ssd import square_anchors
from d2l_ssd.toy import make_toy_voc

npx.set_np()

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def stored(tmp_path):
    """The smallest results."""
    write_small(tmp_path)
    return tmp_path


def write_small(folder):
    nothing = Detections(np.zeros((0, 4)), np.zeros(0), np.zeros(0))
    outputs = np.zeros((1, 2, 3)), np.zeros((1, 2, 4))
    results.write_results(
        folder, {}, ["a"], [nothing], outputs, [], [[nothing]], "card"
    )


class TestTables:
    def test_table_is_loaded_and_survives_new_weights(self, stored):
        table = {"made": {}, "rows": [{"name": "draft"}]}
        results.write_table(stored, "ladder", table)
        assert results.load_results(stored).ladder == table
        write_small(stored)
        assert results.load_results(stored).ladder == table

    def test_table_may_be_written_first(self, tmp_path):
        results.write_table(tmp_path, "peers", {"rows": []})
        with pytest.raises(FileNotFoundError, match="weights.npz"):
            results.load_results(tmp_path)
        write_small(tmp_path)
        assert results.load_results(tmp_path).peers == {"rows": []}

    @pytest.mark.parametrize("name", results.TABLES)
    def test_missing_table_names_its_command(self, stored, name):
        loaded = results.load_results(stored)
        with pytest.raises(
            FileNotFoundError, match=f"no {name}.json.*benchmarks/"
        ):
            getattr(loaded, name)

    def test_changed_table_is_named(self, stored):
        results.write_table(stored, "ladder", {"rows": []})
        (stored / "ladder.json").write_text('{"rows": [1]}')
        with pytest.raises(ValueError, match="ladder.json.*corrupt"):
            results.load_results(stored)

    def test_table_does_not_bless_a_damaged_file(self, stored):
        (stored / "card.md").write_text("another")
        results.write_table(stored, "ladder", {"rows": []})
        with pytest.raises(ValueError, match="card.md.*corrupt"):
            results.load_results(stored)

    def test_unknown_table(self, tmp_path):
        with pytest.raises(ValueError, match="name must be one of .*'steps'"):
            results.write_table(tmp_path, "steps", {})


VOTES = None, 0.7


@pytest.fixture(scope="module")
def judged():
    """For each of VOTES: detections of the stored weights, and all truths.

    By MXNet, all images.
    """
    root = make_toy_voc(ROOT / "data" / "toy_voc", 2000, 500)
    images = VOCDetection(root, "val", all_images=True)
    net = SSD(2)
    net.initialize()
    results.load_weights(net, results.load_results().weights)
    net.hybridize(static_alloc=True)
    detections = {vote: [] for vote in VOTES}
    truths, anchors = [], square_anchors(256)
    for start in range(0, len(images), 10):
        batch = [images[i] for i in range(start, start + 10)]
        X = np.stack([to_input(image, 256, 256) for image, _ in batch])
        logits, offsets = net(mx.np.array(X))
        outputs = npx.softmax(logits).asnumpy(), offsets.asnumpy()
        for vote, found in detections.items():
            found += predict_ssd(*outputs, anchors, vote_iou=vote)
        truths += [labels for _, labels in batch]
    return {vote: (found, truths) for vote, found in detections.items()}


class TestWeights:
    """Converted to MXNet they are worth what the card says of PyTorch."""

    @pytest.mark.parametrize(
        "vote, pattern",
        [
            (None, r"\| mean \| ([\d.]+) \| ([\d.]+) \| 982"),
            (0.7, r"vote_iou=0.7`\) the means are ([\d.]+) and ([\d.]+)\.\n"),
        ],
    )
    def test_card_holds_on_all_validation_images(self, judged, vote, pattern):
        said = re.search(pattern, results.load_results().card).groups()
        result = evaluate_detections(*judged[vote], 2, COCO_IOU_THRESHOLDS)
        ours = result.ap[:, 0].mean(), result.mean_ap
        assert ours == pytest.approx(tuple(map(float, said)), abs=2e-3)
        assert result.num_truths.sum() == 982

    @pytest.mark.parametrize("vote", VOTES)
    def test_pycocotools_confirms(self, judged, vote):
        found, truths = judged[vote]
        ours = evaluate_detections(
            found, truths, 2, COCO_IOU_THRESHOLDS, "coco"
        )
        np.testing.assert_allclose(
            ours.ap, coco_ap(found, truths, 2), atol=1e-6
        )

    def test_candidates_give_the_detections_again(self, judged):
        predictions = results.load_results().predictions
        anchors, (_, truths) = square_anchors(256), judged[None]
        again = [
            predict_ssd(
                c.class_probs[None], c.offsets[None], anchors[c.anchors]
            )[0]
            for c in predictions.candidates
        ]
        # float16 may move a box over another one
        for a, b in zip(again, predictions.detections, strict=True):
            assert abs(len(a.scores) - len(b.scores)) <= 1
        ours, stored = (
            evaluate_detections(found, truths, 2, COCO_IOU_THRESHOLDS).mean_ap
            for found in (again, predictions.detections)
        )
        assert ours == pytest.approx(stored, abs=1e-3)

    def test_outputs_for_some_images(self):
        predictions = results.load_results().predictions
        names = predictions.gallery_ids[:3]
        probs, offsets = predictions.outputs_for(names)
        likely = predictions.class_probs[:3, :, 1:].max(axis=2) > 0.011
        assert likely.sum() > 50
        np.testing.assert_allclose(
            probs[likely], predictions.class_probs[:3][likely], atol=2**-11
        )
        np.testing.assert_array_equal(
            offsets[likely], predictions.offsets[:3][likely]
        )
        assert np.all(probs[~likely, 0] > 0.95)
        with pytest.raises(KeyError, match="nobody"):
            predictions.outputs_for(["nobody"])

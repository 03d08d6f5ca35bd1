"""Predicting a data set: batch by batch, and nothing is changed by it."""

import weakref

import numpy as np
import pytest
import torch
from torch.utils.data import Subset

from d2l_ssd.checkpoints import ModelSettings
from d2l_ssd.data import to_input
from d2l_ssd.evaluation import COCO_IOU_THRESHOLDS, evaluate_detections
from d2l_ssd.fitting import fit_sample
from d2l_ssd.torch import (
    evaluate,
    new_network,
    predict,
    predict_batches,
    prediction,
    summarize,
)


class Copies:
    """A data set of many images that are all the same."""

    classes = "cat", "dog"

    def __init__(self, dataset, count):
        self.item, self.count = dataset[0], count

    def __len__(self):
        return self.count

    def __getitem__(self, index):
        if index >= self.count:
            raise IndexError
        return self.item


def test_outputs_of_one_batch_are_held_at_a_time(sets, torch_net, monkeypatch):
    """So that memory does not grow with the data set."""
    seen, alive = [], []
    predict_ssd = prediction.predict_ssd

    def count(class_probs, offsets, anchors):
        seen.append(weakref.ref(class_probs))
        alive.append(sum(reference() is not None for reference in seen))
        return predict_ssd(class_probs, offsets, anchors)

    monkeypatch.setattr(prediction, "predict_ssd", count)
    found, _ = predict(torch_net, Copies(sets[0], 6 * 16), 32, num_workers=0)
    assert len(found) == 6 * 16 and len(seen) == 6
    assert max(alive) == 1


def test_batches_are_the_networks_outputs(sets, torch_net):
    whole = list(predict_batches(torch_net, sets[1], 64, num_workers=0))
    single = list(predict_batches(torch_net, sets[1], 64, 1, num_workers=0))
    assert [len(batch.labels) for batch in whole] == [4]
    assert [len(batch.labels) for batch in single] == [1] * 4
    for i, batch in enumerate(single):
        np.testing.assert_array_equal(batch.labels[0], sets[1][i][1])
        for name in ("class_probs", "offsets"):
            np.testing.assert_allclose(
                getattr(batch, name)[0], getattr(whole[0], name)[i], atol=1e-4
            )
        np.testing.assert_allclose(batch.class_probs.sum(axis=2), 1, atol=1e-5)


def test_images_are_fitted_as_in_training(sets):
    """A network that has learned from padded images sees padded ones."""
    net = new_network(2, 0)
    net.settings = ModelSettings((64, 96), fit="pad")
    (batch,) = predict_batches(net, Subset(sets[1], [1]), num_workers=0)
    image, labels = fit_sample(*sets[1][1], 64, 96, "pad")
    np.testing.assert_allclose(batch.labels[0], labels)
    assert not np.allclose(labels, sets[1][1][1])
    X = to_input(image, 64, 96)[None]
    with prediction.evaluating(net):
        for ours, expected in zip(batch, prediction.predict_inputs(net, X)):
            np.testing.assert_allclose(ours, expected, atol=1e-6)


def test_evaluation_is_that_of_the_detections(sets, torch_net):
    detections, evaluation = evaluate(torch_net, sets[1], 64, num_workers=0)
    labels = [sets[1][i][1] for i in range(len(sets[1]))]
    expected = evaluate_detections(
        detections, labels, 2, COCO_IOU_THRESHOLDS, "coco"
    )
    np.testing.assert_array_equal(evaluation.ap, expected.ap)
    scores = summarize(evaluation)
    assert scores["ap"] == pytest.approx(np.mean(expected.ap))
    assert scores["ap50"] == pytest.approx(np.mean(expected.ap[:, 0]))


@pytest.mark.parametrize("fails", [False, True], ids=["to the end", "stopped"])
def test_modes_are_the_same_afterward(sets, torch_net, fails):
    torch_net.train()
    torch_net.backbone.stages[0].eval()
    modes = [module.training for module in torch_net.modules()]
    if fails:
        batches = predict_batches(torch_net, sets[1], 64, 1, num_workers=0)
        next(batches)
        assert not torch_net.training
        batches.close()
    else:
        evaluate(torch_net, sets[1], 64, num_workers=0)
    assert [module.training for module in torch_net.modules()] == modes


def test_caller_may_compute_gradients_between_batches(sets, torch_net):
    for _ in predict_batches(torch_net, sets[1], 64, 1, num_workers=0):
        assert torch.is_grad_enabled() and not torch.is_inference_mode_enabled()


def test_empty_data_set(sets, torch_net):
    assert predict(torch_net, Subset(sets[1], []), 64, 0) == ([], [])


@pytest.mark.parametrize(
    "classes", [("cat",), ("cat", "dog", "bird")], ids=["fewer", "more"]
)
def test_a_data_set_of_other_classes_is_refused(sets, torch_net, classes):
    copies = Copies(sets[1], 2)
    copies.classes = classes
    message = f"the 2 classes that the network knows.*got {len(classes)} .cat"
    with pytest.raises(ValueError, match=message):
        evaluate(torch_net, copies, 64, num_workers=0)


@pytest.mark.parametrize("dtype", [torch.float64, torch.bfloat16])
def test_networks_of_another_precision(sets, dtype):
    net = new_network(2, 0).to(dtype)
    found, _ = predict(net, sets[1], 64, num_workers=0)
    assert len(found) == len(sets[1])


@pytest.mark.parametrize("size", [100, 0, (64, 100)])
def test_an_image_size_that_cannot_be(sets, torch_net, size):
    for function in predict, lambda *given: [*predict_batches(*given)]:
        with pytest.raises(ValueError, match="^image_size must be a positive"):
            function(torch_net, sets[1], size)

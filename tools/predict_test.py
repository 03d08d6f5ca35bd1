"""Store what the stored weights predict on the drawn test images.

    python tools/predict_test.py      a minute or two on one core

Run it whenever the weights or the test images change.
"""

from d2l_ssd.datasets import VOCDetection
from d2l_ssd.inference import predict_ssd
from d2l_ssd.results import (
    find_candidates,
    load_results,
    write_test_predictions,
)
from d2l_ssd.torch import SSD
from d2l_ssd.torch.prediction import predict_batches, settings_of
from d2l_ssd.torch.weights import load_weights, mxnet_to_torch
from d2l_ssd.toy import make_toy_voc


def main():
    """Predict batch by batch, and write the results."""
    root = make_toy_voc("data/toy_voc", 2000, 500)
    test_set = VOCDetection(root, "test", ("cat", "dog"), all_images=True)
    results, net = load_results(), SSD(num_classes=2)
    load_weights(net, mxnet_to_torch(results.weights))
    anchors = settings_of(net).anchors(256)
    detections, candidates = [], []
    for class_probs, offsets, _ in predict_batches(net, test_set):
        detections += predict_ssd(class_probs, offsets, anchors)
        candidates += find_candidates(class_probs, offsets)
    write_test_predictions(results.folder, test_set.ids, detections, candidates)
    print(f"stored the predictions for {len(test_set)} test images")


if __name__ == "__main__":
    main()

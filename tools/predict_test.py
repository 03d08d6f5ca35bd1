"""Store what the stored weights predict on the drawn test images.

    python tools/predict_test.py      a minute or two on one core

Run it whenever the weights or the test images change.
"""

from d2l_ssd.datasets import open_dataset
from d2l_ssd.results import load_results, write_test_predictions
from d2l_ssd.torch import load_trained
from d2l_ssd.torch.export import predict_candidates


def main():
    """Predict batch by batch, and write the results."""
    test_set, net = open_dataset("drawn", "test"), load_trained().net
    found = predict_candidates(net, test_set)[:2]
    write_test_predictions(load_results().folder, test_set.ids, *found)
    print(f"stored the predictions for {len(test_set)} test images")


if __name__ == "__main__":
    main()

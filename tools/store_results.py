"""Write what a run has learned as the package stores it, in d2l_ssd/results.

    python tools/store_results.py RUN d2l_ssd/results --command "d2l-ssd train …" \
        --hardware "2 cores"

RUN is a training on the drawn animals. Its model card is printed at the end. Then
run `python tools/predict_test.py`.
"""

import argparse

from d2l_ssd.datasets import open_dataset
from d2l_ssd.torch import Origin, export_results

DATA = "the drawn animals: 2,000 training images"


def main():
    """Predict on the validation images, and write the results."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("run", metavar="RUN", help="folder of the run")
    parser.add_argument("target", metavar="FOLDER", help="folder to write")
    parser.add_argument("--command", required=True, help="that trained it")
    parser.add_argument("--hardware", required=True, help="that it ran on")
    parser.add_argument("--data", default=DATA, help=f"(default: {DATA})")
    parser.add_argument("--num-workers", type=int, default=0)
    args = parser.parse_args()
    val_set = open_dataset("drawn", "val")
    origin = Origin(args.data, args.command, args.hardware)
    print(
        export_results(args.run, args.target, val_set, origin, args.num_workers)
    )


if __name__ == "__main__":
    main()

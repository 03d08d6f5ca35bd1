"""Write BCCD's photographs of white blood cells for tools/own_thing_measure.mjs.

    python tools/own_thing_cells.py FILE

FILE.bin takes the pixels of the training photographs with such a cell and of all test
photographs, as the page keeps pictures; FILE.json takes their boxes. D2L_SSD_BCCD
names the folder that has the data.
"""

import json
import sys
from pathlib import Path

import numpy as np
from PIL import Image

from d2l_ssd.datasets import VOCDetection
from d2l_ssd.photographs import find_bccd

SIDE = 192  # STORED_SIDE of own_engine/pyramid.js
ROOT = Path(__file__).resolve().parent.parent


def read_photographs(root, split):
    """Return the pixels and boxes of each photograph of a list."""
    photographs = VOCDetection(root, split, ("WBC",), all_images=True)
    samples = [photographs[i] for i in range(len(photographs))]
    return [(squeeze(image), labels[:, 1:5]) for image, labels in samples]


def squeeze(image):
    """Stretch an image to the square that the page keeps."""
    small = Image.fromarray(np.asarray(image)).resize((SIDE, SIDE), Image.BOX)
    return np.asarray(small)


def main(file):
    """Write both files."""
    root = find_bccd(ROOT / "data" / "bccd")
    training = [
        (pixels, boxes)
        for pixels, boxes in read_photographs(root, "train")
        if len(boxes)
    ]
    test = read_photographs(root, "test")
    np.stack([pixels for pixels, _ in training + test]).tofile(f"{file}.bin")
    lists = {
        name: [np.asarray(boxes).tolist() for _, boxes in part]
        for name, part in (("training", training), ("test", test))
    }
    Path(f"{file}.json").write_text(json.dumps(lists))


if __name__ == "__main__":
    main(sys.argv[1])

"""Write what the detector in the page loads: the stored network, and its description.

    python tools/detector_files.py [FOLDER]

The site serves the folder, build/static/detector, as _static/detector. An 8-bit network
is a quarter as large, and WebAssembly computes it nearly twice as fast.
"""

from __future__ import annotations

import sys
from pathlib import Path

from d2l_ssd.onnx.stored import write_stored

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "build" / "static" / "detector"
FILE, PRECISION = "ssd.onnx", "int8"


def write_files(folder: Path) -> Path:
    """Write ssd.onnx and ssd.onnx.json to a folder; return the network's path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / FILE
    write_stored(path, PRECISION)
    return path


if __name__ == "__main__":
    write_files(Path(sys.argv[1]) if len(sys.argv) > 1 else TARGET)

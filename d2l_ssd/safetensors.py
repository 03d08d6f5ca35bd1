"""Arrays by name in one file of safetensors, as the playground saves its weights.

The file is 8 bytes with the length of its header (little-endian), the header in
JSON, then the numbers. `static/lib/safetensors.js` does the same in the browser.
"""

from __future__ import annotations

import json
import math
import os
import struct
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from d2l_ssd.files import replacing

ALIGNMENT = 8
METADATA = "__metadata__"  # a name in the header that is no array's


def pack_tensors(tensors: Mapping[str, np.ndarray]) -> bytes:
    """Return the bytes of a safetensors file.

    Args:
        tensors: arrays by name; they are stored as float32.
    """
    header, parts, end = {METADATA: {"format": "pt"}}, [], 0
    for name, array in tensors.items():
        array = np.asarray(array, dtype="<f4")
        parts.append(array.tobytes())
        start, end = end, end + array.nbytes
        header[name] = {
            "dtype": "F32",
            "shape": list(array.shape),
            "data_offsets": [start, end],
        }
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % ALIGNMENT)
    return b"".join([struct.pack("<Q", len(text)), text, *parts])


def unpack_tensors(data: bytes) -> dict[str, np.ndarray]:
    """Return the arrays of a safetensors file.

    Args:
        data: the file's bytes.

    Raises:
        ValueError: it is damaged, or an array is not of float32.
    """
    try:
        (length,) = struct.unpack_from("<Q", data)
        start = ALIGNMENT + length
        header = json.loads(data[ALIGNMENT:start])
        places = {
            name: (entry["dtype"], entry["shape"], entry["data_offsets"])
            for name, entry in header.items()
            if name != METADATA
        }
    except (struct.error, ValueError, AttributeError, KeyError, TypeError):
        raise ValueError("this is not a safetensors file") from None
    return {
        name: _read_array(name, *place, data[start:])
        for name, place in places.items()
    }


def _read_array(name, dtype, shape, place, data):
    if dtype != "F32":
        raise ValueError(f"{name} holds {dtype} numbers: save it as float32")
    if not (_are_counts(shape) and _are_counts(place) and len(place) == 2):
        raise ValueError(f"the file is damaged: {name} has no place in it")
    part = data[slice(*place)]
    if len(part) != 4 * math.prod(shape):
        raise ValueError(f"the file is damaged: {name} is cut off")
    return np.frombuffer(part, dtype="<f4").reshape(shape).copy()


def _are_counts(values):
    return isinstance(values, list) and all(
        type(value) is int and value >= 0 for value in values
    )


def save_tensors(
    path: str | os.PathLike, tensors: Mapping[str, np.ndarray]
) -> None:
    """Write arrays to a safetensors file, as a whole or not at all.

    Args:
        path: of the file.
        tensors: arrays by name; they are stored as float32.
    """
    with replacing(path) as partial:
        partial.write_bytes(pack_tensors(tensors))


def load_tensors(path: str | os.PathLike) -> dict[str, np.ndarray]:
    """Read the arrays of a safetensors file.

    Args:
        path: of the file, such as the one that the playground saved.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it is damaged, or an array is not of float32.
    """
    return unpack_tensors(Path(path).read_bytes())

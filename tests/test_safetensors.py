"""Arrays in a file of safetensors."""

import json
import struct

import numpy as np
import pytest

from d2l_ssd.safetensors import (
    load_tensors,
    pack_tensors,
    save_tensors,
    unpack_tensors,
)

TENSORS = {
    "heads.0.weight": np.arange(24, dtype=np.float32).reshape(2, 3, 2, 2),
    "heads.0.bias": np.float32([0.1, -1e-30]),
}


def make_file(header, numbers=b""):
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + numbers


def test_round_trip(tmp_path):
    save_tensors(tmp_path / "a.safetensors", TENSORS)
    loaded = load_tensors(tmp_path / "a.safetensors")
    assert list(loaded) == list(TENSORS)
    for name, array in TENSORS.items():
        np.testing.assert_array_equal(loaded[name], array)
        assert loaded[name].dtype == np.float32
        assert loaded[name].flags.writeable


def test_file_is_as_the_format_says():
    """Header's length, header (a multiple of 8 bytes), numbers."""
    data = pack_tensors({"b": [1.0, 2.0], "a": [[3.0]]})
    (length,) = struct.unpack("<Q", data[:8])
    assert length % 8 == 0
    header = json.loads(data[8 : 8 + length])
    assert header["a"] == {
        "dtype": "F32",
        "shape": [1, 1],
        "data_offsets": [8, 12],
    }
    assert data[8 + length :] == struct.pack("<3f", 1, 2, 3)


def test_offsets_decide_not_the_order_of_names():
    header = {
        "late": {"dtype": "F32", "shape": [1], "data_offsets": [4, 8]},
        "early": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]},
    }
    found = unpack_tensors(make_file(header, struct.pack("<2f", 5, 6)))
    assert found["early"] == [5] and found["late"] == [6]


@pytest.mark.parametrize(
    "data, message",
    [
        (b"", "not a safetensors file"),
        (b"PK\3\4" + 60 * b"\0", "not a safetensors file"),
        (make_file([]), "not a safetensors file"),
        (
            make_file({"w": {"dtype": "F32", "shape": [1]}}),
            "not a safetensors file",
        ),
        (
            make_file(
                {"w": {"dtype": "F16", "shape": [2], "data_offsets": [0, 4]}},
                bytes(4),
            ),
            "w holds F16 numbers",
        ),
        *[
            (
                make_file(
                    {"w": {"dtype": "F32", "shape": s, "data_offsets": place}},
                    bytes(4),
                ),
                "w has no place in it",
            )
            for s, place in [
                (None, [0, 4]),
                ([-1, -1], [0, 4]),
                ([1], [-4, 4]),
                ([1], [0, 4, 1, 1]),
                ([1], ["0", 4]),
            ]
        ],
        (pack_tensors(TENSORS)[:-4], "heads.0.bias is cut off"),
        (pack_tensors(TENSORS)[:-2], "heads.0.bias is cut off"),
    ],
)
def test_damaged_file(data, message):
    with pytest.raises(ValueError, match=message):
        unpack_tensors(data)

"""The benchmarks can be imported; one thread; three scenes."""

import sys
from pathlib import Path

import pytest
import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from d2l_ssd.shapes import draw_shapes  # noqa: E402


@pytest.fixture(scope="session", autouse=True)
def one_thread():
    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def scenes():
    """Images (8, 48, 48, 3) and labels (8, 4, 6)."""
    return draw_shapes(seed=3, start=0, count=8)

"""What all tests share: the tools can be imported, MXNet is quiet, no clock."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import settings

import d2l_ssd.mxnet  # noqa: F401  (MXNet, mended, before any test imports it)

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tools"))

os.environ.setdefault("OMP_NUM_THREADS", "2")
os.environ.setdefault("MXNET_STORAGE_FALLBACK_LOG_VERBOSE", "0")
os.environ.setdefault("MXNET_CUDNN_AUTOTUNE_DEFAULT", "0")
os.environ.setdefault("TQDM_DISABLE", "1")

# A shell's background job ignores Ctrl-C, and so would what the tests start
signal.signal(signal.SIGINT, signal.default_int_handler)

# A busy machine makes any example slow: time is no sign of a defect
settings.register_profile("book", deadline=None)
settings.load_profile("book")


@pytest.fixture(scope="session")
def driver(tmp_path_factory):
    """Build a stand-in for the GPU driver's library; return its folder."""
    folder = tmp_path_factory.mktemp("driver")
    source = ROOT / "tests" / "colab" / "libcuda.c"
    command = ["cc", "-shared", "-fPIC", "-o", folder / "libcuda.so.1", source]
    subprocess.run(command, check=True)
    return folder

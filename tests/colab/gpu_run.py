"""The set-up cell where there is a GPU's driver, for real: a download of 2.1 GB.

The driver is a stand-in that computes nothing. What it can show: that the right
wheels come, that every library is found, and that nothing else has changed.
"""

import re
import subprocess

import pytest

DRIVER_FUNCTION = re.compile(r"cu[A-Z]\w+")
LIBRARIES = {
    "libcublas.so.11",
    "libcudart.so.11.0",
    "libcudnn.so.8",
    "libcufft.so.10",
    "libnvrtc.so.11.2",
    "mx_curand.so.10",
    "mx_cusolver.so.11",
    "mx_nccl.so.2",
}
# What PyTorch 2.9 to 2.11 are linked against, for CUDA 12.8
PYTORCH_LIBRARIES = {
    "libcublas.so.12",
    "libcublasLt.so.12",
    "libcudart.so.12",
    "libcudnn.so.9",
    "libcufft.so.11",
    "libcufile.so.0",
    "libcupti.so.12",
    "libcurand.so.10",
    "libcusolver.so.11",
    "libcusparse.so.12",
    "libcusparseLt.so.0",
    "libnccl.so.2",
    "libnvJitLink.so.12",
    "libnvrtc.so.12",
    "libnvshmem_host.so.3",
}


@pytest.fixture(scope="module")
def mxnet(runtime, driver):
    """MXNet's folder after the set-up cell has run once."""
    runtime.environment["LD_LIBRARY_PATH"] = str(driver)
    runtime.environment["STUB_GPU"] = "7.5"
    before = runtime.files()
    output, _, seconds = runtime.set_up()
    print(f"\nset-up: {seconds:.0f} s\n{output}", end="")
    assert "MXNet runs on a GPU of compute capability 7.5" in output
    assert output.endswith("Ready.\n")
    assert runtime.files() == before
    return runtime.installed / "mxnet-gpu" / "mxnet"


def test_the_right_wheels(mxnet):
    names = {path.stem for path in mxnet.parent.glob("*.dist-info")}
    assert names >= {"mxnet_cu112-1.9.1", "d2l-1.0.3"}
    assert not (mxnet.parent / "nvidia").exists()


def test_every_library_is_found(mxnet):
    command = ["ldd", "-r", mxnet / "libmxnet.so"]
    done = subprocess.run(command, capture_output=True, text=True)
    lines = (done.stdout + done.stderr).splitlines()
    lost = [line.split()[0] for line in lines if "not found" in line]
    assert lost == ["libcuda.so.1"]
    undefined = [
        line.split()[2] for line in lines if "undefined symbol" in line
    ]
    assert undefined
    assert [u for u in undefined if not DRIVER_FUNCTION.match(u)] == []
    ours = {line.split()[0] for line in lines if f"=> {mxnet}/" in line}
    assert ours >= LIBRARIES
    assert ours & PYTORCH_LIBRARIES == set()


def test_import(mxnet, runtime):
    del runtime.environment["STUB_GPU"]  # the stand-in could not compute
    paths = [str(runtime.installed / "package"), str(mxnet.parent)]
    code = (
        f"import sys; sys.path += {paths}; import d2l_ssd.mxnet; "
        "from mxnet import np, npx; print(npx.num_gpus(), np.ones(3).sum())"
    )
    assert runtime.run(code) == "0 3.0\n"

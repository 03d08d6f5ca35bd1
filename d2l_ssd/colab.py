"""Bring MXNet 1.9.1 and d2l to a Google Colab runtime.

A chapter's first cell installs this package there and calls `set_up`. What is
missing goes to a folder of our own at the end of `sys.path`: nothing that Colab
brings is replaced. Only the standard library is needed here.
"""

from __future__ import annotations

import ctypes
import importlib.util
import mmap
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

MXNET = {"cpu": "mxnet==1.9.1", "gpu": "mxnet-cu112==1.9.1"}
D2L = "d2l==1.0.3"
# What the GPU's build is linked against: 1.6 of 2.1 GB
CUDA_LIBRARIES = (
    "nvidia-cuda-runtime-cu11==11.8.89",
    "nvidia-cuda-nvrtc-cu11==11.8.89",
    "nvidia-nvtx-cu11==11.8.86",
    "nvidia-cublas-cu11==11.11.3.6",
    "nvidia-cudnn-cu11==8.9.6.50",
    "nvidia-cufft-cu11==10.9.0.58",
    "nvidia-curand-cu11==10.3.0.86",
    "nvidia-cusolver-cu11==11.4.1.48",
    "nvidia-nccl-cu11==2.21.5",
)
# PyTorch has later ones of the same names, and a process loads a name only once
SHARED_NAMES = "libcurand.so.10", "libcusolver.so.11", "libnccl.so.2"
# Compute capabilities that MXNet 1.9.1 runs on: it has machine code for 5.0 to 8.6,
# and 8.9 runs that of 8.6
OLDEST, NEWEST = (5, 0), (8, 9)
# The modules that a chapter needs, and what brings one that Colab lacks
REQUIREMENTS = {
    "anywidget": "anywidget",
    "cv2": "opencv-python-headless",
    "flatbuffers": "flatbuffers",
    "hypothesis": "hypothesis",
    "ipywidgets": "ipywidgets",
    "matplotlib": "matplotlib",
    "onnx": "onnx==1.18.0",  # later ones ask for a later protobuf than Colab's
    "onnxruntime": "onnxruntime",
    "pandas": "pandas",
    "PIL": "pillow",
    "platformdirs": "platformdirs",
    "pooch": "pooch",
    "psygnal": "psygnal",
    "pycocotools": "pycocotools",
    "requests": "requests",
    "scipy": "scipy",
    "sortedcontainers": "sortedcontainers",
    "tqdm": "tqdm",
}
# The driver's numbers for the two halves of the compute capability
CAPABILITY_MAJOR, CAPABILITY_MINOR = 75, 76
SIZE = "SIZE"


def set_up(home: str | os.PathLike) -> None:
    """Install MXNet and d2l where they are not yet, and make them importable.

    Args:
        home: the folder that holds all that is installed.

    Raises:
        RuntimeError: an installation failed; calling again retries it.
    """
    build, reason = choose_build(find_gpu())
    print(reason)
    folder = Path(home) / f"mxnet-{build}"
    if not is_whole(folder):
        install(folder, build)
    if str(folder) not in sys.path:
        sys.path.append(str(folder))
    # MXNet warns of a cuDNN newer than the one it was built with
    os.environ.setdefault("MXNET_CUDNN_LIB_CHECKING", "0")
    enable_explorers()
    print("Ready.")


def find_gpu() -> tuple[int, int] | None:
    """Ask the driver for the first GPU.

    Returns:
        Its compute capability, like (7, 5); None without a driver or a GPU.
    """
    try:
        driver = ctypes.CDLL("libcuda.so.1")
    except OSError:
        return None
    gpu = ctypes.c_int()
    if driver.cuInit(0) or driver.cuDeviceGet(ctypes.byref(gpu), 0):
        return None
    major, minor = ctypes.c_int(), ctypes.c_int()
    driver.cuDeviceGetAttribute(ctypes.byref(major), CAPABILITY_MAJOR, gpu)
    driver.cuDeviceGetAttribute(ctypes.byref(minor), CAPABILITY_MINOR, gpu)
    return major.value, minor.value


def choose_build(capability: tuple[int, int] | None) -> tuple[str, str]:
    """Choose MXNet's build for a GPU.

    Args:
        capability: its compute capability, or None.

    Returns:
        "gpu" or "cpu", and a sentence that says why.
    """
    if capability is None:
        return "cpu", (
            "No GPU here, so MXNet runs on the CPU "
            "(Runtime > Change runtime type offers a GPU)."
        )
    name = f"a GPU of compute capability {capability[0]}.{capability[1]}"
    if OLDEST <= capability <= NEWEST:
        return "gpu", f"MXNet runs on {name}."
    return "cpu", (
        f"Here is {name}, and MXNet 1.9.1 runs on 5.0 to 8.9 only, so it runs "
        "on the CPU. The chapter on PyTorch has the same network there, which runs "
        "on this GPU too."
    )


def install(folder: Path, build: str) -> None:
    """Install MXNet and d2l to a folder that is there only when it is whole."""
    size = "2.1 GB, a few minutes" if build == "gpu" else "50 MB"
    print(f"Installing MXNet 1.9.1 ({size}) to {folder}")
    partial = folder.with_name(f"{folder.name}.part")
    shutil.rmtree(partial, ignore_errors=True)
    pip_install(partial, MXNET[build], D2L, *missing_requirements())
    if build == "gpu":
        for library in CUDA_LIBRARIES:
            add_library(partial, library)
        for name in SHARED_NAMES:
            rename_library(partial / "mxnet", name)
    try_import(partial)
    (partial / SIZE).write_text(str(size_of(partial)))
    shutil.rmtree(folder, ignore_errors=True)
    partial.rename(folder)


def add_library(folder: Path, requirement: str) -> None:
    """Put a package's shared libraries beside libmxnet.so, where it looks."""
    scratch = folder / "scratch"
    pip_install(scratch, requirement)
    for library in scratch.glob("nvidia/*/lib/*.so*"):
        library.rename(folder / "mxnet" / library.name)
    shutil.rmtree(scratch)


def rename_library(folder: Path, name: str) -> None:
    """Give a library of libmxnet.so's another name, where both of them say it."""
    new_name = name.replace("lib", "mx_")  # as long as the old one
    library = (folder / name).rename(folder / new_name)
    for path in library, folder / "libmxnet.so":
        replace_text(path, f"\0{name}\0".encode(), f"\0{new_name}\0".encode())


def replace_text(path: Path, old: bytes, new: bytes) -> None:
    """Replace bytes by as many others, in a file that may be large."""
    with path.open("r+b") as file, mmap.mmap(file.fileno(), 0) as content:
        at = content.find(old)
        while at >= 0:
            content[at : at + len(old)] = new
            at = content.find(old, at)


def pip_install(folder: Path, *requirements: str) -> None:
    """Install packages, and none of what they ask for, to a folder."""
    print(f"  {' '.join(requirements)} …", end="", flush=True)
    begin = time.monotonic()
    temporary = folder / "tmp"
    temporary.mkdir(parents=True)
    options = ["--no-deps", "--no-cache-dir", "--disable-pip-version-check"]
    done = subprocess.run(
        [sys.executable, "-m", "pip", "install", "--quiet", *options]
        + ["--target", str(folder), *requirements],
        env={**os.environ, "TMPDIR": str(temporary)},
        capture_output=True,
        text=True,
    )
    shutil.rmtree(temporary)
    if done.returncode:
        raise RuntimeError(f"pip failed; run the cell again.\n{done.stderr}")
    print(f" {time.monotonic() - begin:.0f} s")


def missing_requirements() -> list[str]:
    """List what Colab does not bring, as requirements."""
    return [
        requirement
        for module, requirement in REQUIREMENTS.items()
        if importlib.util.find_spec(module) is None
    ]


def try_import(folder: Path) -> None:
    """Import MXNet and d2l in a process of its own: does all of it load?"""
    package = Path(__file__).resolve().parents[1]
    code = (
        f"import sys; sys.path += {[str(package), str(folder)]}; "
        "import d2l_ssd.mxnet; from d2l import mxnet"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True
    )
    if done.returncode:
        raise RuntimeError(f"MXNet does not load here:\n{done.stderr}")


def is_whole(folder: Path) -> bool:
    """Tell whether all that `install` put there is still there."""
    mark = folder / SIZE
    return mark.exists() and mark.read_text() == str(size_of(folder))


def size_of(folder: Path) -> int:
    """Add up the sizes of a folder's files, without what Python caches."""
    return sum(
        path.stat().st_size
        for path in folder.rglob("*")
        if path.is_file() and path.suffix != ".pyc" and path.name != SIZE
    )


def enable_explorers() -> None:
    """Let Colab's page show widgets that are not its own."""
    from google.colab import output

    output.enable_custom_widget_manager()

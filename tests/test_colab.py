"""What the set-up on Colab decides; tests/colab runs it for real."""

import ctypes
import os
import subprocess
import sys
import types
from pathlib import Path

import pytest

from d2l_ssd import colab

ROOT = Path(__file__).resolve().parent.parent
LIBMXNET = "mxnet/libmxnet.so"
# Libraries whose names PyTorch's CUDA libraries have too
SHARED = {
    "nvidia-curand-cu11": "libcurand.so.10",
    "nvidia-cusolver-cu11": "libcusolver.so.11",
    "nvidia-nccl-cu11": "libnccl.so.2",
}


class TestFindGpu:
    def find(self, **variables):
        code = "from d2l_ssd.colab import find_gpu; print(find_gpu())"
        done = subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, **variables},
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.strip()

    def test_no_driver(self, monkeypatch):
        def no_library(name):
            raise OSError(f"{name}: cannot open shared object file")

        monkeypatch.setattr(ctypes, "CDLL", no_library)
        assert colab.find_gpu() is None

    def test_driver_without_gpu(self, driver):
        assert self.find(LD_LIBRARY_PATH=str(driver)) == "None"

    def test_gpu(self, driver):
        found = self.find(LD_LIBRARY_PATH=str(driver), STUB_GPU="7.5")
        assert found == "(7, 5)"


@pytest.mark.parametrize(
    "case, capability, build, words",
    [
        ("no GPU", None, "cpu", "No GPU here"),
        ("too old", (3, 7), "cpu", "capability 3.7"),
        ("oldest", (5, 0), "gpu", "runs on a GPU of compute capability 5.0"),
        ("T4", (7, 5), "gpu", "runs on a GPU of compute capability 7.5"),
        ("L4, the newest", (8, 9), "gpu", "capability 8.9"),
        ("H100", (9, 0), "cpu", "The chapter on PyTorch has the same network"),
        ("two digits", (10, 0), "cpu", "compute capability 10.0"),
    ],
)
def test_choice(case, capability, build, words):
    chosen, reason = colab.choose_build(capability)
    assert chosen == build
    assert words in reason


class Pip:
    """Stands in for pip and for the trial import: notes, and makes small files."""

    def __init__(self):
        self.installed = []
        self.broken = ""

    def __call__(self, command, **_options):
        words = " ".join(command)
        if self.broken and self.broken in words:
            return types.SimpleNamespace(returncode=1, stderr="no such thing")
        if "pip" in command:
            self.install(Path(command[command.index("--target") + 1]), command)
        return types.SimpleNamespace(returncode=0, stderr="")

    def install(self, folder, command):
        for requirement in [word for word in command if "==" in word]:
            name = requirement.split("==")[0]
            library, text = f"nvidia/{name}/lib/lib{name}.so.11", requirement
            if name in SHARED:
                library = f"nvidia/{name}/lib/{SHARED[name]}"
                text = f"I am \0{SHARED[name]}\0"
            if name.startswith("mxnet"):
                library = LIBMXNET
            if name == "mxnet-cu112":
                text = "\0".join(["I need", *SHARED.values(), "libcudnn.so.8"])
            path = folder / library
            path.parent.mkdir(parents=True)
            path.write_text(text)
            self.installed.append(requirement)


def test_text_is_replaced_wherever_it_is(tmp_path):
    path = tmp_path / "library"
    path.write_bytes(b"\0old\0 older \0old\0old\0")
    colab.replace_text(path, b"\0old\0", b"\0new\0")
    assert path.read_bytes() == b"\0new\0 older \0new\0new\0"


@pytest.fixture
def pip(monkeypatch):
    """Replace pip, and Colab's own package."""
    pip = Pip()
    monkeypatch.setattr(colab.subprocess, "run", pip)
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.delenv("MXNET_CUDNN_LIB_CHECKING", raising=False)
    output = types.ModuleType("google.colab.output")
    output.enable_custom_widget_manager = lambda: None
    package = types.ModuleType("google.colab")
    package.output = output
    monkeypatch.setitem(sys.modules, "google.colab", package)
    return pip


def found(gpu, monkeypatch):
    monkeypatch.setattr(colab, "find_gpu", lambda: gpu)


def listing(folder):
    return sorted(
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file()
    )


class TestSetUp:
    def test_cpu(self, pip, monkeypatch, tmp_path):
        found(None, monkeypatch)
        colab.set_up(tmp_path)
        assert pip.installed[:2] == ["mxnet==1.9.1", "d2l==1.0.3"]
        assert sys.path[-1] == str(tmp_path / "mxnet-cpu")
        assert [path.name for path in tmp_path.iterdir()] == ["mxnet-cpu"]

    def test_gpu_gets_its_libraries_beside_libmxnet(
        self, pip, monkeypatch, tmp_path
    ):
        found((7, 5), monkeypatch)
        colab.set_up(tmp_path)
        assert pip.installed[0] == "mxnet-cu112==1.9.1"
        assert pip.installed[-9:] == list(colab.CUDA_LIBRARIES)
        files = listing(tmp_path / "mxnet-gpu" / "mxnet")
        assert len(files) == 1 + 9
        assert "libnvidia-cudnn-cu11.so.11" in files
        assert sys.path[-1] == str(tmp_path / "mxnet-gpu")
        assert os.environ["MXNET_CUDNN_LIB_CHECKING"] == "0"
        assert not list(tmp_path.rglob("scratch"))
        assert not list(tmp_path.rglob("tmp"))

    def test_libraries_have_names_of_their_own(
        self, pip, monkeypatch, tmp_path
    ):
        found((7, 5), monkeypatch)
        colab.set_up(tmp_path)
        folder = tmp_path / "mxnet-gpu" / "mxnet"
        assert (folder / "libmxnet.so").read_text().split("\0") == [
            "I need",
            "mx_curand.so.10",
            "mx_cusolver.so.11",
            "mx_nccl.so.2",
            "libcudnn.so.8",
        ]
        assert (folder / "mx_nccl.so.2").read_text() == "I am \0mx_nccl.so.2\0"
        assert not (folder / "libnccl.so.2").exists()

    def test_gpu_that_is_too_new(self, pip, monkeypatch, tmp_path, capsys):
        found((9, 0), monkeypatch)
        colab.set_up(tmp_path)
        assert pip.installed[0] == "mxnet==1.9.1"
        assert "PyTorch" in capsys.readouterr().out

    def test_second_run_installs_nothing(self, pip, monkeypatch, tmp_path):
        found(None, monkeypatch)
        colab.set_up(tmp_path)
        pip.installed.clear()
        # Python writes such files when it imports
        cache = tmp_path / "mxnet-cpu" / "mxnet" / "__pycache__" / "x.pyc"
        cache.parent.mkdir()
        cache.write_text("compiled")
        colab.set_up(tmp_path)
        assert pip.installed == []
        assert sys.path.count(str(tmp_path / "mxnet-cpu")) == 1

    @pytest.mark.parametrize(
        "broken, message",
        [
            ("mxnet-cu112", "pip failed; run the cell again.\nno such thing"),
            ("nvidia-cudnn", "pip failed; run the cell again.\nno such thing"),
            ("import d2l_ssd", "MXNet does not load here:\nno such thing"),
        ],
    )
    def test_failed_installation_is_retried(
        self, pip, monkeypatch, tmp_path, broken, message
    ):
        found((8, 0), monkeypatch)
        pip.broken = broken
        with pytest.raises(RuntimeError, match=message):
            colab.set_up(tmp_path)
        assert not (tmp_path / "mxnet-gpu").exists()
        assert str(tmp_path / "mxnet-gpu") not in sys.path
        pip.broken = ""
        colab.set_up(tmp_path)
        assert len(listing(tmp_path / "mxnet-gpu" / "mxnet")) == 1 + 9

    @pytest.mark.parametrize("damage", ["lost", "cut", "interrupted"])
    def test_damaged_folder_is_replaced(
        self, pip, monkeypatch, tmp_path, damage
    ):
        found(None, monkeypatch)
        colab.set_up(tmp_path)
        folder = tmp_path / "mxnet-cpu"
        if damage == "lost":
            (folder / LIBMXNET).unlink()
        if damage == "cut":
            (folder / LIBMXNET).write_text("mx")
        if damage == "interrupted":
            folder.rename(tmp_path / "mxnet-cpu.part")
        colab.set_up(tmp_path)
        assert (folder / LIBMXNET).read_text() == "mxnet==1.9.1"
        assert [path.name for path in tmp_path.iterdir()] == ["mxnet-cpu"]

    def test_what_colab_lacks_is_installed_too(
        self, pip, monkeypatch, tmp_path
    ):
        found(None, monkeypatch)
        needs = {"numpy": "numpy==1", "not_there": "not-there==2"}
        monkeypatch.setattr(colab, "REQUIREMENTS", needs)
        colab.set_up(tmp_path)
        assert pip.installed == ["mxnet==1.9.1", "d2l==1.0.3", "not-there==2"]

"""The ideas' losses beside torchvision's, in a process of its own.

Only two plain functions of torchvision are asked for, so its wheel is unpacked
beside the environment, without its compiled parts: those want the very build of
PyTorch that they were made for.
"""

import os
import subprocess
import sys

import numpy as np
import pytest
import torch

from benchmarks.beyond import ideas

TORCHVISION = "torchvision==0.28.0"
PEER = """
import sys
import numpy as np, torch

library = torch.library.Library("torchvision", "DEF")
for name in "nms", "qnms":  # without a name for them the import fails
    library.define(f"{name}(Tensor boxes, Tensor scores, float iou) -> Tensor")
from torchvision.ops import generalized_box_iou, sigmoid_focal_loss

asked = {k: torch.from_numpy(v) for k, v in np.load(sys.argv[1]).items()}
np.savez(
    sys.argv[2],
    giou=generalized_box_iou(asked["a"], asked["b"]),
    focal=sigmoid_focal_loss(asked["logits"], asked["wanted"], 0.25, 2.0),
)
"""


@pytest.fixture(scope="module")
def asked():
    """Random boxes, some apart and some one in another; logits with classes."""
    random = np.random.default_rng(1)
    a, b = (np.sort(random.random((n, 2, 2)), axis=1) for n in (50, 40))
    logits = random.normal(0, 4, (30, ideas.K)).astype(np.float32)
    classes = random.integers(0, ideas.K + 1, 30)
    return {
        "a": a.reshape(-1, 4).astype(np.float32),
        "b": b.reshape(-1, 4).astype(np.float32),
        "logits": logits,
        "classes": classes,
        "wanted": np.eye(ideas.K + 1, dtype=np.float32)[classes, 1:],
    }


@pytest.fixture(scope="module")
def torchvisions(asked, tmp_path_factory):
    """What torchvision answers."""
    folder = tmp_path_factory.mktemp("peer")
    install = ["-m", "pip", "install", "--quiet", "--no-deps", TORCHVISION]
    run([*install, "--target", str(folder)], dict(os.environ))
    for compiled in (folder / "torchvision").glob("*.so"):
        compiled.unlink()
    np.savez(folder / "asked.npz", **asked)
    files = [str(folder / name) for name in ("asked.npz", "answer.npz")]
    run(["-c", PEER, *files], {**os.environ, "PYTHONPATH": str(folder)})
    return np.load(folder / "answer.npz")


def run(arguments, env):
    subprocess.run([sys.executable, *arguments], env=env, check=True)


def test_giou(asked, torchvisions):
    a, b = torch.from_numpy(asked["a"]), torch.from_numpy(asked["b"])
    ours = ideas.giou(a[:, None], b)
    np.testing.assert_allclose(ours, torchvisions["giou"], atol=1e-5)
    assert ours.min() < -0.5 and ours.max() > 0.5


def test_focal_loss(asked, torchvisions):
    net = ideas.Focal(class_weight=1.0)
    logits, classes = (
        torch.from_numpy(asked[k]) for k in ("logits", "classes")
    )
    ours = net.class_loss(logits[None], classes[None])[0]
    wanted = torchvisions["focal"].sum(-1)
    np.testing.assert_allclose(ours, wanted, rtol=1e-5, atol=1e-6)
    assert wanted.max() > 1

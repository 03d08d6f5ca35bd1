"""The playground's network, losses and optimizer against PyTorch."""

import json
import subprocess

import numpy as np
import pytest
import torch
from helpers.javascript import TESTS, node
from torch import nn
from torch.nn import functional as F

from d2l_ssd.safetensors import load_tensors, save_tensors
from d2l_ssd.torch import DetectionLoss

BATCH, SIZE, COLUMNS = 8, 48, 3 + 1 + 4
STRIDES = (2, 2, 1, 2, 2)
MAPS = (2, 3, 4)  # the trunk's layers that a head reads
LEARNING_RATE, WARM_UP, MAX_NORM = 0.005, 50, 5
SCRIPT = TESTS / "engine" / "one_step.mjs"
RUNS = {
    "simd": {"steps": 40},
    "plain": {"steps": 3, "plain": True},
    "at the start": {},
    "another loss and other anchors": {
        "steps": 20,
        "settings": {
            "loc": 3,
            "maps": [12, 3],
            "ratios": [1, 2, 0.5, 3, 1 / 3],
        },
    },
    "without objects": {"steps": 5, "settings": {"empty": 100}},
}


class Network(nn.Module):
    """The playground's network, from the weights' names and shapes."""

    def __init__(self, weights):
        super().__init__()
        shapes = {name: array.shape for name, array in weights.items()}
        self.trunk = nn.ModuleList(
            nn.Conv2d(*shapes[f"trunk.{k}.weight"][1::-1], 3, stride, 1)
            for k, stride in enumerate(STRIDES)
        )
        self.heads = nn.ModuleDict(
            {
                name.split(".")[1]: nn.Conv2d(*shape[1::-1], 3, 1, 1)
                for name, shape in shapes.items()
                if name.startswith("heads") and len(shape) > 1
            }
        )
        self.load_state_dict(
            {name: torch.tensor(array) for name, array in weights.items()}
        )

    def forward(self, X):
        outputs = {}
        for k, layer in enumerate(self.trunk):
            X = F.relu(layer(X))
            outputs[k] = X
        rows = [
            head(outputs[MAPS[int(k)]]).permute(0, 2, 3, 1).flatten(1)
            for k, head in self.heads.items()
        ]
        return torch.cat(rows, 1).reshape(len(X), -1, COLUMNS)


class Step:
    """What JavaScript computed in one step; the same in PyTorch's doubles."""

    def __init__(self, folder, run):
        self.file = folder / "step"
        call = [node(), str(SCRIPT), str(self.file), json.dumps(run)]
        subprocess.run(call, check=True)
        self.values = load_tensors(self.file)
        weights = self.tensors("before weights")
        self.network = Network(weights).double()
        image = self.values["input"].reshape(BATCH, SIZE + 2, SIZE + 2, 4)
        self.X = torch.tensor(image[:, 1:-1, 1:-1, :3]).permute(0, 3, 1, 2)
        self.predictions = self.network(self.X.double())
        classes = self.values["classes"].reshape(BATCH, -1)
        offsets = self.values["offsets"].reshape(BATCH, -1, 4)
        weight = run.get("settings", {}).get("loc", 1)
        self.losses = DetectionLoss(weight)(
            *self.predictions.split([COLUMNS - 4, 4], -1),
            torch.tensor(classes).long(),
            torch.tensor(offsets).double(),
        )
        sum(self.losses).backward()
        self.localization_weight = weight
        self.number = run.get("steps", 0) + 1

    def tensors(self, kind):
        """Return the arrays of a kind by the weights' names."""
        start = kind + " "
        return {
            name[len(start) :]: array
            for name, array in self.values.items()
            if name.startswith(start)
        }


@pytest.fixture(scope="module", params=RUNS)
def step(request, tmp_path_factory):
    return Step(tmp_path_factory.mktemp("step"), RUNS[request.param])


def assert_close(actual, expected, tolerance, name=""):
    """Compare arrays, relative to the largest number of the expected one."""
    expected = np.asarray(expected)
    largest = max(np.abs(expected).max(), 1e-30)
    error = np.abs(np.ravel(actual) - expected.ravel()).max()
    assert error <= tolerance * largest, f"{name}: {error} of {largest}"


def test_forward(step):
    predictions = step.predictions.detach()
    assert predictions.abs().max() > 1
    assert_close(step.values["outputs"], predictions, 3e-6)


def test_losses(step):
    class_loss, box_loss, _ = step.values["losses"]
    assert class_loss == pytest.approx(step.losses[0].item(), rel=1e-6)
    box_loss *= step.localization_weight
    assert box_loss == pytest.approx(step.losses[1].item(), rel=1e-6)


def test_every_gradient(step):
    gradients = step.tensors("after gradients")
    wanted = dict(step.network.named_parameters())
    assert gradients.keys() == wanted.keys()
    for name, parameter in wanted.items():
        assert_close(gradients[name], parameter.grad, 1e-5, name)
    # Hard negatives may all lie on one map, where there is no object
    reached = [bool(p.grad.any()) for p in wanted.values()]
    assert all(reached) or not step.losses[1]
    norm = torch.stack([p.grad.norm() for p in wanted.values()]).norm()
    assert step.values["losses"][2] == pytest.approx(norm.item(), rel=1e-5)


def test_adam_and_running_mean(step):
    """From the moments before the step, in doubles."""
    before = {
        kind: step.tensors(f"before {kind}")
        for kind in ("weights", "firstMoments", "secondMoments", "mean")
    }
    after = {kind: step.tensors(f"after {kind}") for kind in before}
    gradients = step.tensors("after gradients")
    scale = min(1, MAX_NORM / step.values["losses"][2])
    t = step.number
    for name, gradient in gradients.items():
        w, m, v, mean = (before[kind][name].astype(float) for kind in before)
        gradient = scale * gradient.astype(float)
        m = 0.9 * m + 0.1 * gradient
        v = 0.999 * v + 0.001 * gradient**2
        root = np.sqrt(v / (1 - 0.999**t)) + 1e-8
        rate = LEARNING_RATE * min(1, t / WARM_UP)
        change = rate * m / (1 - 0.9**t) / root
        keep = min(0.99, t / (t + 10))
        mean = keep * mean + (1 - keep) * (w - change)
        assert_close(after["weights"][name], w - change, 1e-5, name)
        assert_close(after["firstMoments"][name], m, 1e-6, name)
        assert_close(after["secondMoments"][name], v, 3e-5, name)
        assert_close(after["mean"][name], mean, 1e-5, name)


def test_weights_go_both_ways(tmp_path):
    """From Python to JavaScript, which detects the same, and back."""
    torch.manual_seed(0)
    step = Step(tmp_path, {})
    names = step.tensors("before weights")
    network = Network(names)
    for parameter in network.parameters():
        nn.init.normal_(parameter, std=0.1)
    weights = {n: p.detach().numpy() for n, p in network.named_parameters()}
    assert list(weights) == list(names)
    save_tensors(tmp_path / "given", weights)
    given = Step(tmp_path, {"weights": str(tmp_path / "given")})
    wanted = network(given.X).detach()
    assert wanted.abs().max() > 1
    assert_close(given.values["outputs"], wanted, 3e-6)
    saved = load_tensors(tmp_path / "step.weights")
    assert list(saved) == list(weights)
    for name, array in weights.items():
        np.testing.assert_array_equal(saved[name], array)

"""Batch normalization over all processes: as if one had all the images."""

import copy

import pytest
import torch
from helpers.torch_runs import images, run_processes
from torch import nn

from d2l_ssd.torch import SSD, Processes
from d2l_ssd.torch.normalization import SyncBatchNorm, synchronize_batch_norm

CHANNELS = 3


def make_layer(kind, affine=True):
    """Return a normalization whose scale and shift are not 1 and 0."""
    layer = kind(CHANNELS, affine=affine)
    if affine:
        with torch.no_grad():
            layer.weight.copy_(torch.tensor([0.5, 1.0, 2.0]))
            layer.bias.copy_(torch.tensor([0.1, -0.2, 0.3]))
    return layer


def normalize(layer, X):
    """Return outputs and the inputs' gradient of a loss with curvature."""
    X = X.requires_grad_()
    Y = layer(X)
    (Y**3).sum().backward()
    return Y.detach(), X.grad


def far_from_zero():
    """Return images whose mean is large beside their spread."""
    X = torch.from_numpy(images(4, CHANNELS, 5, 6))
    return 100 + X * torch.tensor([1.0, 2.0, 3.0]).view(1, -1, 1, 1)


def normalize_a_share(processes, affine, report):
    layer = make_layer(SyncBatchNorm, affine)
    share = far_from_zero()[processes.rank :: processes.world_size]
    results = normalize(layer, share.clone())
    weights = [p.grad for p in layer.parameters()]
    torch.save(
        (results, weights, layer.state_dict()), f"{report}{processes.rank}"
    )


@pytest.mark.parametrize("affine", [True, False], ids=["affine", "plain"])
def test_two_processes_are_as_one(tmp_path, affine):
    layer = make_layer(nn.BatchNorm2d, affine)
    whole = normalize(layer, far_from_zero())
    report = tmp_path / "report"
    run_processes(normalize_a_share, tmp_path, affine, report)
    shares = [torch.load(f"{report}{rank}") for rank in (0, 1)]
    for rank, (results, _, state) in enumerate(shares):
        for ours, theirs in zip(results, whole):
            torch.testing.assert_close(
                ours, theirs[rank::2], rtol=1e-4, atol=1e-3
            )
        for name, value in layer.state_dict().items():
            torch.testing.assert_close(state[name], value)
    for number, weight in enumerate(layer.parameters()):
        total = sum(gradients[number] for _, gradients, _ in shares)
        torch.testing.assert_close(total, weight.grad, rtol=1e-4, atol=1e-3)


def test_alone_it_is_pytorchs():
    ours, theirs = make_layer(SyncBatchNorm), make_layer(nn.BatchNorm2d)
    for a, b in zip(
        normalize(ours, far_from_zero()), normalize(theirs, far_from_zero())
    ):
        assert torch.equal(a, b)


def test_a_network_keeps_its_weights_and_their_names():
    net = SSD(2)
    other = copy.deepcopy(net)
    synchronize_batch_norm(other, Processes(0, 2))
    kinds = {type(m) for m in other.modules() if isinstance(m, nn.BatchNorm2d)}
    assert kinds == {SyncBatchNorm}
    for (name, ours), (same, theirs) in zip(
        other.state_dict().items(), net.state_dict().items(), strict=True
    ):
        assert name == same
        assert torch.equal(ours, theirs)
    synchronize_batch_norm(net, Processes())
    assert not any(isinstance(m, SyncBatchNorm) for m in net.modules())

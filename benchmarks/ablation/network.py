"""The ablation's network: the book's, with fewer channels."""

from __future__ import annotations

from torch import nn

from d2l_ssd.torch import SSD

NUM_CLASSES = 2
WIDTH = 32  # channels of the first convolution, and the unit of all others
BOOK_WIDTH = 64


def thin_network(width: int = WIDTH) -> SSD:
    """Build the book's network with `width` / 64 of its channels.

    A training of half as wide a network takes half as long, or less: an
    ablation needs many of them.
    """
    net = SSD(NUM_CLASSES)
    for name, module in [*net.named_modules()]:
        if isinstance(module, (nn.Conv2d, nn.BatchNorm2d)):
            net.set_submodule(name, _thin(module, width))
    initialize(net)
    return net


def initialize(net: nn.Module) -> None:
    """Give convolutions the initial weights that they have in the book."""
    for module in net.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.xavier_uniform_(module.weight)
            if module.bias is not None:
                nn.init.zeros_(module.bias)


def _thin(module: nn.Conv2d | nn.BatchNorm2d, width: int) -> nn.Module:
    """Return a layer of fewer channels; images and predictions keep theirs."""

    def channels(number: int) -> int:
        return number if number < BOOK_WIDTH else number * width // BOOK_WIDTH

    if isinstance(module, nn.BatchNorm2d):
        return nn.BatchNorm2d(
            channels(module.num_features), affine=module.affine
        )
    return nn.Conv2d(
        channels(module.in_channels),
        channels(module.out_channels),
        module.kernel_size,
        module.stride,
        module.padding,
        bias=module.bias is not None,
    )

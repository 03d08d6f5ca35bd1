"""The baselines' networks, anchors, losses, and whose recipe they have."""

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from d2l_ssd.anchors import best_possible_iou

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.ablation.recipe import FULL  # noqa: E402
from benchmarks.baselines import mobile, networks  # noqa: E402
from benchmarks.baselines.baselines import BASELINES  # noqa: E402


def count(net):
    return sum(p.numel() for p in net.parameters())


class TestRows:
    def test_ours_is_the_ablations_full_recipe_with_the_books_network(self):
        ours = BASELINES["ours"].setting
        assert replace(ours, network=FULL.network) == FULL
        assert count(ours.network()) == 11_530_544

    @pytest.mark.parametrize("name", ["tinyssd", "gluoncv", "ssdlite"])
    def test_our_recipe_changes_network_and_anchors_only(self, name):
        ours = vars(BASELINES[f"{name}-our-recipe"].setting)
        changed = {key for key in ours if ours[key] != getattr(FULL, key)}
        assert changed == {"network", "anchors"}
        theirs = vars(BASELINES[name].setting)
        assert theirs["average"] == 0 and theirs["max_norm"] == np.inf
        assert theirs["network"] is ours["network"]
        net = torch.nn.Linear(2, 2)
        assert isinstance(theirs["optimizer"](net), torch.optim.SGD)

    def test_rates_go_with_the_batch(self):
        """Batches of 8: d2l and gluoncv take 32, torchvision 192."""
        net = torch.nn.Linear(2, 2)
        rates = [
            BASELINES[name].setting.optimizer(net).defaults["lr"]
            for name in ("tinyssd", "gluoncv", "ssdlite")
        ]
        np.testing.assert_allclose(rates, [0.05, 0.00025, 0.00625])


class TestNetworks:
    def test_tiny_ssd_is_d2ls(self):
        """The chapter counts 5,444 anchors at 256 x 256."""
        anchors = networks.tiny_anchors(256)
        assert len(anchors) == 5444
        np.testing.assert_allclose(
            anchors[:2, 2] - anchors[:2, 0], [0.2, 0.2 * 2**0.5], rtol=1e-5
        )

    def test_gluon_ssd_is_gluoncvs(self):
        """As gluoncv 0.10.5 says of ssd_512_resnet18_v1 with two classes."""
        assert count(networks.gluon_ssd()) == 18_576_146
        assert len(networks.gluon_anchors(512)) == 6132

    @pytest.mark.parametrize("size", [64, 96, 128, 160])
    @pytest.mark.parametrize("name", ["tinyssd", "gluoncv", "ssdlite"], ids=str)
    def test_anchors_fit_the_maps(self, name, size):
        setting = BASELINES[name].setting
        logits, offsets = setting.network()(torch.randn(2, 3, size, size))
        assert logits.shape == (2, len(setting.anchors(size)), 3)
        assert offsets.shape == (2, len(setting.anchors(size)), 4)

    @pytest.mark.parametrize("name", ["tinyssd", "gluoncv", "ssdlite"])
    def test_our_recipe_scales_anchors_to_the_boxes(self, name):
        theirs, ours = (
            BASELINES[row].setting.anchors
            for row in (name, f"{name}-our-recipe")
        )
        center = np.array([0.5, 0.5, 0.5, 0.5])
        for side in (0.25, 0.6):  # centers that no cell of a coarse map has
            boxes = (
                center + side / 2 * np.array([-1, -1, 1, 1]) + [[0.09], [-0.07]]
            )
            best = [
                best_possible_iou(found, boxes).mean()
                for found in (theirs(96), ours(96, boxes))
            ]
            assert best[1] >= max(best[0], 0.6)
        assert ours(96, boxes).shape == theirs(96).shape

    def test_tiny_loss_by_hand(self):
        probs = torch.tensor([[[0.5, 0.5], [0.8, 0.2]]])
        parts = networks.tiny_loss(
            FULL,
            probs.log(),
            torch.zeros(1, 2, 4),
            torch.tensor([[1, 0]]),
            torch.ones(1, 2, 4),
        )
        assert parts[0].item() == pytest.approx(
            -(np.log(0.5) + np.log(0.8)) / 2
        )
        assert parts[1].item() == pytest.approx(0.5)


class TestMobile:
    def test_is_torchvisions(self):
        """3,440,060 parameters, as its documentation says of 90 classes."""
        assert count(mobile.SSDLite(90)) == 3_440_060

    def test_anchors_are_torchvisions(self):
        """At 320 pixels: 3,234, of 0.2 to 0.95 of the image's side."""
        anchors = mobile.mobile_anchors(320)
        assert len(anchors) == 3234
        sides = anchors[:, 2:] - anchors[:, :2]
        np.testing.assert_allclose(sides[0], [0.2, 0.2], rtol=1e-5)
        # A square between this map's scale and the next one's
        np.testing.assert_allclose(sides[5], [0.07**0.5] * 2, rtol=1e-5)
        square = sides[-6]
        np.testing.assert_allclose(square, [0.95, 0.95], rtol=1e-5)

    def test_maps(self):
        net = mobile.SSDLite().eval()
        X, sides = torch.randn(1, 3, 320, 320), []
        for stage in net.stages:
            X = stage(X)
            sides.append((X.shape[1], X.shape[-1]))
        assert sides == [
            (672, 20),
            (480, 10),
            (512, 5),
            (256, 3),
            (256, 2),
            (128, 1),
        ]

    def test_excitation_scales_channels(self):
        net = mobile.Excitation(8)
        torch.nn.init.zeros_(net.scale[3].weight)
        with torch.no_grad():
            net.scale[3].bias.copy_(torch.tensor([3.0, -3, 0, 0, 0, 0, 0, 0]))
        X = torch.ones(1, 8, 2, 2)
        found = net(X)[0, :, 0, 0].tolist()
        assert found == pytest.approx([1, 0] + [0.5] * 6)

    @pytest.mark.parametrize(
        "channels, rounded", [(18, 24), (30, 32), (120, 120)]
    )
    def test_divisible_by_8(self, channels, rounded):
        assert mobile.divisible_by_8(channels) == rounded

"""Each idea's loss and assignment, against cases made by hand."""

from itertools import permutations
from math import log

import numpy as np
import pytest
import torch

from benchmarks.beyond import detecting, ideas, training
from benchmarks.beyond.choices import IDEAS
from benchmarks.beyond.lines import MOST_LINES, changed_lines
from benchmarks.beyond.ssd import Detector, K

CHANGES = {name: idea.kind for name, idea in IDEAS.items() if name != "ssd"}


def labels_of(*rows):
    """Labels (1, M, 6) of rows [class, corners]."""
    return torch.tensor([[[*row, 0] for row in rows]], dtype=torch.float32)


@pytest.fixture(params=IDEAS)
def net(request):
    torch.manual_seed(0)
    return IDEAS[request.param].kind()


class TestAll:
    @pytest.mark.parametrize("name", CHANGES)
    def test_changes_few_lines(self, name):
        assert 2 <= len(changed_lines(CHANGES[name])) <= MOST_LINES

    def test_counted_lines_are_code(self):
        lines = changed_lines(ideas.GIoU)
        assert lines[0].startswith("def giou(")
        assert lines[-1].strip().startswith("return 1 - giou(")
        assert not any('"""' in line for line in lines)

    def test_one_row_for_each_anchor(self, net, scenes):
        outputs = net.eval()(training.to_input(scenes[0]))
        assert outputs.shape == (8, len(net.anchors), net.columns)
        scores, boxes = net.decode(outputs)
        assert scores.shape == (*outputs.shape[:2], K)
        assert boxes.shape == (*outputs.shape[:2], 4)
        assert ((scores > 0) & (scores < 1)).all()

    def test_every_object_has_an_answer(self, net, scenes):
        labels = torch.from_numpy(scenes[1])
        with torch.no_grad():
            outputs = net.eval()(training.to_input(scenes[0]))
        for rows, matches in zip(labels, net.assign(outputs, labels)):
            objects = (rows[:, 0] >= 0).nonzero().flatten().tolist()
            found = matches[matches >= 0].tolist()
            assert sorted(set(found)) == objects
            if isinstance(net, ideas.OneToOne):
                assert len(found) == len(objects)

    def test_a_scene_without_objects_has_a_loss(self, net):
        labels = torch.full((2, 4, 6), -1.0)
        losses = net.loss(net(torch.randn(2, 3, 48, 48)), labels)
        sum(losses).backward()
        assert losses[0] > 0 and losses[1] == 0
        for parameter in net.parameters():
            assert torch.isfinite(parameter.grad).all()

    def test_learns_a_batch_by_heart(self, net, scenes):
        X, labels = training.to_input(scenes[0]), torch.from_numpy(scenes[1])
        optimizer = torch.optim.Adam(net.parameters(), 2e-3)
        totals = []
        for _ in range(40):
            total = sum(net.loss(net(X), labels))
            optimizer.zero_grad()
            total.backward()
            torch.nn.utils.clip_grad_norm_(net.parameters(), 5)
            optimizer.step()
            totals.append(total.item())
        assert totals[-1] < 0.75 * totals[0]

    def test_shows_who_answers(self, net, scenes):
        found = detecting.answers(net.eval(), *scenes)
        assert found["matches"].shape == (8, len(found["anchors"]))
        for before, after in zip(found["before"], found["after"], strict=True):
            assert len(before.scores) >= len(after.scores)


class TestTopDown:
    def test_fine_maps_know_what_coarse_ones_know(self):
        net = ideas.TopDown()
        X = torch.randn(1, 3, 48, 48)
        with torch.no_grad():
            for layer in net.lateral:
                layer.bias += 10  # so that ReLU changes nothing
            before = net.maps(X)
            net.lateral[2].bias += 1
            after = net.maps(X)
        for fine, other in zip(before, after, strict=True):
            torch.testing.assert_close(other, fine + 1)


class TestFocal:
    def test_loss_by_hand(self):
        """A positive with 0.9, a negative with 0.2; equation 5 of the paper."""
        net = ideas.Focal(class_weight=2.0)
        p = torch.tensor([[[0.9, 0.2, 0.2], [0.2, 0.2, 0.2]]])
        found = net.class_loss(p.logit(), torch.tensor([[1, 0]]))
        positive = -0.25 * 0.1**2 * log(0.9)
        negative = -0.75 * 0.2**2 * log(0.8)
        wanted = [positive + 2 * negative, 3 * negative]
        np.testing.assert_allclose(found, [np.multiply(2, wanted)], rtol=1e-4)

    def test_starts_at_its_prior(self):
        net = ideas.Focal(prior=0.1)
        scores, _ = net.decode(net(torch.zeros(1, 3, 48, 48)))
        np.testing.assert_allclose(scores.detach(), 0.1, rtol=1e-5)


class TestGIoU:
    @pytest.mark.parametrize(
        "b, wanted",
        [
            ([0, 0, 1, 1], 1),
            ([0, 0, 0.5, 0.5], 1 / 4),
            ([0.5, 0, 1.5, 1], 1 / 3),
            ([2, 0, 3, 1], -1 / 3),  # two of three cells of the hull
            ([1, 1, 2, 2], -1 / 2),
            ([0.5, 0.5, 1.5, 1.5], 1 / 7 - 0.5 / 2.25),
        ],
        ids=["same", "inside", "beside", "apart", "corner", "shifted"],
    )
    def test_by_hand(self, b, wanted):
        a, b = torch.tensor([0.0, 0, 1, 1]), torch.tensor(b).float()
        assert ideas.giou(a, b).item() == pytest.approx(wanted)
        assert ideas.giou(b, a).item() == pytest.approx(wanted)

    def test_loss_of_a_box_that_fits_is_zero(self):
        net = ideas.GIoU()
        anchors = net.anchors[[5, 700]]
        loss = net.box_loss(torch.zeros(2, 4), anchors, anchors)
        np.testing.assert_allclose(loss, 0, atol=1e-6)

    def test_moves_boxes_that_are_apart(self):
        """Toward each other: plain IoU has no gradient there."""
        a = torch.tensor([0.0, 0, 1, 1], requires_grad=True)
        ideas.giou(a, torch.tensor([2.0, 0, 3, 1])).backward()
        assert a.grad[2] > 0


FINE, MIDDLE, COARSE = 0, 144, 180  # first cells of the maps


class TestCenters:
    @pytest.mark.parametrize(
        "box, cells",
        [
            ([0.25, 0.25, 0.5, 0.5], [FINE + 4 * 12 + 4]),
            ([0, 0, 0.5, 0.5], [MIDDLE + 1 * 6 + 1]),
            ([0, 0, 1, 1], [COARSE + 1 * 3 + 1]),
            # As wide as 3.48 cells, and between two of them
            ([0.205, 0.25, 0.495, 0.5], [FINE + 4 * 12 + 3, FINE + 4 * 12 + 4]),
        ],
        ids=["small", "medium", "large", "between two"],
    )
    def test_cells_by_hand(self, box, cells):
        matches = ideas.Centers().assign(None, labels_of([2, *box]))
        assert (matches[0] == 0).nonzero().flatten().tolist() == cells

    def test_the_smaller_of_two_objects_wins(self):
        large, small = [0.25, 0.25, 0.5, 0.5], [0.3, 0.3, 0.45, 0.45]
        labels = labels_of([0, *large], [1, *small])
        matches = ideas.Centers().assign(None, labels)
        assert matches[0, 4 * 12 + 4] == 1

    def test_distances_by_hand(self):
        """From the middle of a cell of 1/3: 1/6, 1/3, 1/3 and 1/6."""
        net = ideas.Centers()
        values = torch.tensor([0.5, 1, 1, 0.5]).log()
        found = net.boxes(values, net.anchors[COARSE + 4])
        wanted = [0.5 - 1 / 6, 0.5 - 1 / 3, 0.5 + 1 / 3, 0.5 + 1 / 6]
        np.testing.assert_allclose(found, wanted, rtol=1e-5)


class TestDistributions:
    anchor = torch.tensor([[0.2, 0.2, 0.6, 0.4]])

    def values(self, *places):
        """Logits that are sure of a bin for each of four edges."""
        logits = torch.zeros(1, 4, ideas.Distributions.bins)
        logits[0, range(4), places] = 100
        return logits.flatten(1)

    def test_sure_edges_by_hand(self):
        """Bins are 0.15 sides apart, from the center (0.4, 0.3) on."""
        values = self.values(0, 2, 4, 8)
        found = ideas.Distributions().boxes(values, self.anchor)
        wanted = [0.4, 0.3 - 0.3 * 0.2, 0.4 + 0.6 * 0.4, 0.3 + 1.2 * 0.2]
        np.testing.assert_allclose(found[0], wanted, rtol=1e-4)

    def test_loss_by_hand(self):
        """All bins alike: ln 9 for each edge; and 1.44 as large as it should be."""
        net = ideas.Distributions(edge_weight=0.5)
        loss = net.box_loss(torch.zeros(1, 36), self.anchor, self.anchor)
        wanted = 1 - 1 / 1.2**2 + 0.5 * 4 * log(9)
        assert loss.item() == pytest.approx(wanted, rel=1e-4)

    def test_an_edge_between_bins_shares_them(self):
        """Left, a third of the way from bin 3 to bin 4; the others on a bin."""
        net = ideas.Distributions(edge_weight=1.0)
        sides = torch.tensor([0.5, 0.6, 0.6, 0.6])
        box = torch.tensor([[0.4, 0.3, 0.4, 0.3]])
        box = box + torch.tensor([-0.4, -0.2, 0.4, 0.2]) * sides
        logits = torch.full((1, 4, 9), -100.0)
        logits[0, 1:, 4] = 0
        logits[0, 0, 3:5] = torch.tensor([2 / 3, 1 / 3]).log()
        values = logits.flatten(1)
        entropy = -(2 * log(2 / 3) + log(1 / 3)) / 3
        found = net.box_loss(values, self.anchor, box)
        assert found.item() == pytest.approx(entropy, rel=1e-3)
        torch.testing.assert_close(net.boxes(values, self.anchor), box)


class TestOneToOne:
    def test_is_the_best_of_all_pairs(self):
        """Tried one by one, on six predictions and three objects."""
        torch.manual_seed(1)
        net = ideas.OneToOne(overlap_weight=1.5)
        net.anchors = net.anchors[600:606]
        rows = [[k, *box] for k, box in enumerate(net.anchors[:3].tolist())]
        labels = labels_of(*rows)
        outputs = torch.randn(1, 6, net.columns)
        scores, boxes = net.decode(outputs)

        def value(cells):
            return sum(
                scores[0, cell, k]
                + 1.5 * ideas.giou(boxes[0, cell], labels[0, k, 1:5])
                for k, cell in enumerate(cells)
            )

        best = max(permutations(range(6), 3), key=value)
        matches = net.assign(outputs, labels)[0].tolist()
        assert [matches.index(k) for k in range(3)] == list(best)

    def test_two_equal_predictions_do_not_both_answer(self):
        net = ideas.OneToOne()
        net.anchors = net.anchors[[700, 700]]
        labels = labels_of([1, *net.anchors[0].tolist()])
        matches = net.assign(torch.zeros(1, 2, net.columns), labels)
        assert sorted(matches[0].tolist()) == [-1, 0]


class TestTwoHeads:
    def test_adds_up_what_both_heads_pay(self, scenes):
        """That of SSD is an SSD's of the same weights."""
        torch.manual_seed(0)
        net = ideas.TwoHeads(overlap_weight=2.0)
        X, labels = training.to_input(scenes[0]), torch.from_numpy(scenes[1])
        outputs = net(X)
        assert outputs.shape == (8, 2 * 756, net.columns)
        one, many = outputs.chunk(2, dim=1)
        torch.testing.assert_close(net.eval()(X), one)
        wanted = zip(
            ideas.OneToOne(overlap_weight=2.0).loss(one, labels),
            Detector().loss(many, labels),
        )
        torch.testing.assert_close(
            net.loss(outputs, labels), tuple(map(sum, wanted))
        )


class TestQueries:
    def test_a_query_is_what_tells_predictions_apart(self):
        net = ideas.Queries()
        with torch.no_grad():
            net.queries[1] = net.queries[0]
            outputs = net(torch.randn(2, 3, 48, 48))
        torch.testing.assert_close(outputs[:, 1], outputs[:, 0])
        assert not torch.allclose(outputs[:, 2], outputs[:, 0])

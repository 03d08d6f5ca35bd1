"""Reading results: what was written, only what is asked for, nothing damaged."""

import json
from pathlib import Path

import numpy as np
import pytest

from d2l_ssd.results import (
    load_results,
    write_results,
    write_test_predictions,
)
from d2l_ssd.results.sums import SUMS, write_sums
from d2l_ssd.results.weights import round_weights

FILE_OF = {
    "weights": "weights.npz",
    "predictions": "predictions.npz",
    "replay": "replay.npz",
    "history": "history.json",
    "card": "card.md",
    "ablation": "ablation.json",
    "baselines": "baselines.json",
}


class TestContent:
    def test_weights_are_read_as_float32(self, stored, written):
        weights = load_results(stored).weights
        expected = round_weights(written["weights"])
        assert weights.keys() == expected.keys()
        for name, array in weights.items():
            assert array.dtype == np.float32
            np.testing.assert_array_equal(array, expected[name])

    def test_convolutions_are_stored_in_8_bits(self, stored):
        with np.load(stored / "weights.npz") as arrays:
            assert arrays["conv.weight"].dtype == np.int8

    def test_predictions(self, stored, written):
        predictions = load_results(stored).predictions
        assert predictions.ids == ("a", "b", "c")
        assert predictions.gallery_ids == ("a", "b")
        for a, b in zip(predictions.detections, written["detections"]):
            np.testing.assert_allclose(a.boxes, b.boxes, atol=1 / 65535)
            np.testing.assert_array_equal(a.scores, b.scores)
        probs, offsets = written["gallery"]
        np.testing.assert_allclose(predictions.class_probs, probs, atol=2**-11)
        np.testing.assert_allclose(predictions.offsets, offsets, rtol=2e-3)

    def test_test_predictions(self, stored, written):
        with pytest.raises(FileNotFoundError, match="test_candidates.npz"):
            load_results(stored).test  # noqa: B018
        detections, candidates = written["detections"], written["candidates"]
        write_test_predictions(
            stored, list("def"), detections[::-1], candidates
        )
        test = load_results(stored).test
        assert test.ids == ("d", "e", "f")
        assert test.gallery_ids == ()
        for a, b in zip(test.detections, detections[::-1]):
            np.testing.assert_array_equal(a.scores, b.scores)
        probs, _ = test.outputs_for(["e"])
        validation = load_results(stored).predictions
        np.testing.assert_array_equal(probs, validation.outputs_for(["b"])[0])

    def test_new_weights_leave_no_old_test_predictions(self, stored, written):
        detections, candidates = written["detections"], written["candidates"]
        write_test_predictions(stored, list("def"), detections, candidates)
        write_results(stored, **written)
        assert not list(stored.glob("test_*"))

    def test_outputs_for_some_images(self, stored, outputs):
        probs, offsets = load_results(stored).predictions.outputs_for(
            ["c", "a"]
        )
        expected, expected_offsets = outputs
        likely = expected[[2, 0], :, 1:].max(axis=2) >= 0.01
        assert 0 < (~likely).sum() < likely.sum()
        np.testing.assert_array_equal(probs[likely], expected[[2, 0]][likely])
        np.testing.assert_allclose(
            offsets[likely], expected_offsets[[2, 0]][likely], rtol=2e-3
        )
        assert probs[~likely].tolist() == [[1, 0, 0]] * (~likely).sum()
        assert not offsets[~likely].any()

    def test_outputs_for_an_unknown_image(self, stored):
        with pytest.raises(KeyError, match="nobody"):
            load_results(stored).predictions.outputs_for(["nobody"])

    def test_replay_history_and_card(self, stored, written):
        results = load_results(stored)
        counts = [[len(d.scores) for d in epoch] for epoch in results.replay]
        assert counts == [[1, 2], [0, 1]]
        assert results.history == written["history"]
        assert results.card == "# A model\n"

    def test_old_names_in_a_history_become_todays(self, stored):
        rows = [{"epoch": 1, "offset_loss": 2.0, "map50": 0.5, "map": 0.25}]
        (stored / "history.json").write_text(json.dumps(rows))
        write_sums(stored, FILE_OF.values())
        assert load_results(stored).history == [
            {"epoch": 1, "localization_loss": 2.0, "ap50": 0.5, "ap": 0.25}
        ]

    def test_results_may_be_written_again(self, stored, written):
        write_results(stored, **{**written, "card": "# Another\n"})
        assert load_results(stored).card == "# Another\n"
        assert not list(stored.glob(".partial*"))


class TestLazy:
    @pytest.fixture
    def opened(self, monkeypatch):
        """Names of the files that are read, in order."""
        names, read_bytes = [], Path.read_bytes

        def read(path):
            names.append(path.name)
            return read_bytes(path)

        monkeypatch.setattr(Path, "read_bytes", read)
        return names

    def test_opening_reads_no_result(self, stored, opened):
        load_results(stored)
        assert opened == []

    def test_a_table_does_not_read_the_weights(self, opened):
        assert load_results().ablation["rows"]
        assert opened == ["ablation.json"]

    @pytest.mark.parametrize("name", ["weights", "history", "replay", "card"])
    def test_each_reads_its_own_file_once(self, stored, opened, name):
        results = load_results(stored)
        assert getattr(results, name) is getattr(results, name)
        assert opened == [FILE_OF[name]]

    def test_a_damaged_file_does_not_hide_the_others(self, stored):
        (stored / "weights.npz").write_bytes(b"")
        assert load_results(stored).card == "# A model\n"


class TestDamage:
    @pytest.mark.parametrize(
        "name", ["weights", "predictions", "replay", "history", "card"]
    )
    @pytest.mark.parametrize("damage", ["one bit", "cut off"])
    def test_damage_is_named(self, stored, name, damage):
        path = stored / FILE_OF[name]
        content = bytearray(path.read_bytes())
        if damage == "one bit":
            content[len(content) // 2] ^= 1
        else:
            del content[5:]
        path.write_bytes(content)
        results = load_results(stored)
        with pytest.raises(
            ValueError, match=rf"{path.name} \([\d,]+ bytes\) is corrupt"
        ):
            getattr(results, name)

    def test_damaged_candidates_are_named(self, stored):
        (stored / "candidates.npz").write_bytes(b"")
        with pytest.raises(ValueError, match="candidates.npz.*corrupt"):
            load_results(stored).predictions  # noqa: B018

    @pytest.mark.parametrize("name", ["weights", "predictions", "card"])
    def test_a_missing_file_is_named(self, stored, name):
        (stored / FILE_OF[name]).unlink()
        with pytest.raises(FileNotFoundError, match=FILE_OF[name]):
            getattr(load_results(stored), name)

    def test_a_file_without_a_hash_is_named(self, stored):
        lines = (stored / SUMS).read_text().splitlines(keepends=True)
        kept = [line for line in lines if "card.md" not in line]
        (stored / SUMS).write_text("".join(kept))
        with pytest.raises(FileNotFoundError, match="card.md is not listed"):
            load_results(stored).card  # noqa: B018

    def test_no_results(self, tmp_path):
        with pytest.raises(FileNotFoundError, match="no stored results"):
            load_results(tmp_path)

    @pytest.mark.parametrize(
        "line", ["", "card.md", "0" * 64, "\0" * 70, "<html>"]
    )
    def test_damaged_sums_are_named(self, stored, line):
        text = (stored / SUMS).read_text()
        (stored / SUMS).write_text(f"{text}{line}\n")
        with pytest.raises(ValueError, match=f"{SUMS} is damaged: .*get the"):
            load_results(stored)

    @pytest.mark.parametrize(
        "name, content",
        [
            ("weights", b""),
            ("predictions", b"PK\3\4"),
            ("replay", b"{}"),
            ("history", b"[{"),
            ("card", b"\xff\xff"),
            ("ablation", b"{}"),
        ],
    )
    def test_a_file_that_was_stored_damaged(self, stored, name, content):
        (stored / FILE_OF[name]).write_bytes(content)
        write_sums(stored, [*FILE_OF.values(), "candidates.npz"])
        with pytest.raises(ValueError, match=rf"{FILE_OF[name]} is damaged"):
            getattr(load_results(stored), name)

    def test_rows_that_do_not_fit_their_counts(self, stored):
        path = stored / "replay.npz"
        with np.load(path) as file:
            arrays = dict(file)
        np.savez(path, **{**arrays, "scores": arrays["scores"][1:]})
        write_sums(stored, FILE_OF.values())
        with pytest.raises(ValueError, match=r"replay\.npz is dam.* 4 and 3"):
            load_results(stored).replay  # noqa: B018

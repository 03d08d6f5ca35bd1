"""What `check` says about functions that go wrong in ways of their own."""

import math
import sys
import threading
import time

import numpy as np
import pytest

from d2l_ssd.exercises import EXERCISES, calls, check, judging

nms = EXERCISES["nms"].answer


def said(name, function):
    """Return the answer to a wrong function as text."""
    verdict = check(name, function)
    assert not verdict
    return str(verdict)


class TestArguments:
    def test_unknown_name_has_a_suggestion(self):
        with pytest.raises(ValueError, match="Did you mean 'match_anchors'"):
            check("match_anchor", nms)

    def test_a_result_is_not_a_function(self):
        with pytest.raises(ValueError, match="without parentheses"):
            check("nms", np.zeros(2))

    def test_hypothesis_is_optional(self, monkeypatch):
        monkeypatch.setitem(sys.modules, "hypothesis", None)
        with pytest.raises(ImportError, match="pip install hypothesis"):
            check("nms", nms)


class TestWords:
    def test_missing_return(self):
        assert "Is the `return` missing?" in said("nms", lambda b, s, t: None)

    def test_error_with_its_line(self):
        def mine(boxes, scores, threshold):
            return boxes @ scores  # wrong

        text = said("nms", mine)
        assert "raises ValueError: matmul" in text
        assert "return boxes @ scores" in text

    def test_too_few_arguments(self):
        assert "raises TypeError" in said("nms", lambda boxes: boxes)

    def test_shape_of_box_iou(self):
        text = said("box_iou", lambda a, b: np.zeros(len(a)))
        assert (
            "an array of shape (1,), where (N, M) = (1, 1) is expected" in text
        )

    def test_transposed(self):
        text = said("box_iou", EXERCISES["box_iou"].mistakes[TRANSPOSED])
        assert "It is transposed" in text

    def test_one_array_of_two(self):
        text = said("precision_recall", lambda s, h, n: s)
        assert "returns one ndarray, where precision and recall" in text

    def test_shape_of_one_of_two(self):
        text = said("precision_recall", lambda s, h, n: (s, s[:0]))
        assert "returns as recall an array of shape (0,)" in text

    def test_floats_for_indices(self):
        text = said("nms", lambda b, s, t: np.array(nms(b, s, t), float))
        assert "returns float64 numbers, not integers" in text

    def test_numbers_for_a_mask(self):
        text = said("hard_negatives", lambda losses, *rest: losses)
        assert "not a mask of bools" in text

    def test_ragged_rows(self):
        text = said("clip_boxes", lambda boxes: [[1, 2], [3]])
        assert "Do all rows have the same length?" in text

    def test_nan(self):
        text = said("softmax", lambda logits: logits * np.nan)
        assert "returns nan, which is not a finite number" in text

    def test_argument_changed_in_place(self):
        def mine(boxes):
            boxes.clip(0, 1, out=boxes)
            return boxes

        text = said("clip_boxes", mine)
        assert "changes its argument `boxes` in place" in text
        assert "boxes = boxes.copy()" in text

    def test_argument_in_a_list_changed(self):
        def mine(labels):
            padded = EXERCISES["pad_labels"].answer(labels)
            labels[0] -= 1
            return padded

        assert "changes its argument `labels`" in said("pad_labels", mine)

    def test_scene_can_be_run(self):
        mistake = next(iter(EXERCISES["match_anchors"].mistakes.values()))
        verdict = check("match_anchors", mistake)
        lines = str(verdict).split("\n\n")[1]
        names = {"np": np, "match_anchors": mistake}
        *made, call = lines.split("\n")
        exec("\n".join(made), names)
        returned = eval(call, names)
        assert returned.tolist() == verdict.failure.result[0].tolist()
        assert f"returned: {returned.tolist()}" in str(verdict)

    def test_numbers_have_four_digits(self):
        text = said("know_nothing_loss", EXERCISES["zero_logits_loss"].answer)
        assert "For (1, 3), it returns a wrong answer." in text
        assert "expected: 2.2493" in text
        assert "returned: 2.7726" in text

    def test_nothing_left_comes_last(self):
        def mine(boxes, scores, iou_threshold):
            assert scores.max() > 0  # fails for none
            return nms(boxes, scores, iou_threshold)

        text = said("nms", mine)
        assert "With no boxes" in text and "zero-size array" in text


TRANSPOSED = "the table of b against a: the rows belong to a"


@pytest.fixture
def torch():
    return pytest.importorskip("torch")


class TestResults:
    def test_arrays_of_torch(self, torch):
        def mine(boxes, scores, iou_threshold):
            return torch.tensor(nms(boxes, scores, iou_threshold))

        assert check("nms", mine)

    def test_tensor_with_gradient(self, torch):
        def mine(differences):
            x = torch.tensor(differences, requires_grad=True)
            zero = torch.zeros_like(x)
            return torch.nn.functional.smooth_l1_loss(x, zero, reduction="none")

        assert check("smooth_l1", mine)

    def test_arrays_of_mxnet(self):
        pytest.importorskip("d2l_ssd.mxnet")  # mends MXNet on new Pythons
        mxnp = pytest.importorskip("mxnet").np

        def mine(boxes):
            return mxnp.clip(mxnp.array(boxes), 0, 1)

        assert check("clip_boxes", mine)

    def test_list_of_tensors(self, torch):
        def mine(differences):
            loss = EXERCISES["smooth_l1"].answer
            return [torch.tensor(loss(d)) for d in differences]

        assert check("smooth_l1", mine)

    def test_masks_of_zeros_and_ones(self):
        answer = EXERCISES["hard_negatives"].answer
        assert check("hard_negatives", lambda *a: answer(*a).astype(int))

    def test_small_errors_of_rounding(self):
        answer = EXERCISES["encode_offsets"].answer
        assert check("encode_offsets", lambda a, b: answer(a, b) * (1 + 1e-6))


class TestTime:
    @pytest.fixture(autouse=True)
    def short(self, monkeypatch):
        monkeypatch.setattr(judging, "SECONDS", 0.2)
        monkeypatch.setattr("d2l_ssd.exercises.searching.SECONDS", 0.2)

    def endless(self, boxes):
        while True:
            boxes = boxes * 1

    def test_endless_loop_is_ended(self):
        start = time.monotonic()
        text = said("clip_boxes", self.endless)
        assert "did not return within 0.2 seconds" in text
        assert "what each `while` waits for" in text
        assert time.process_time() - start < 2

    def test_sleep_is_ended(self):
        assert "did not return" in said("clip_boxes", lambda b: time.sleep(60))

    def test_endless_loop_that_catches_errors(self):
        def mine(boxes):
            while True:
                try:
                    boxes = boxes * 1
                except Exception:
                    pass

        assert "did not return" in said("clip_boxes", mine)

    def test_in_another_thread(self):
        texts = []
        thread = threading.Thread(
            target=lambda: texts.append(said("clip_boxes", self.endless))
        )
        thread.start()
        thread.join(10)
        assert "did not return" in texts[0]

    def test_alarm_is_put_back(self):
        import signal

        before = signal.getsignal(signal.SIGALRM)
        with calls.time_limit(0.2):
            pass
        assert signal.getsignal(signal.SIGALRM) == before
        assert signal.getitimer(signal.ITIMER_REAL)[0] == 0

    def test_slow_function_has_fewer_scenes(self, monkeypatch):
        monkeypatch.setattr("d2l_ssd.exercises.searching.BUDGET", 0.2)

        def mine(boxes):
            time.sleep(0.05)
            return np.clip(boxes, 0, 1)

        verdict = check("clip_boxes", mine)
        assert verdict and 3 < verdict.scenes < 40
        assert "It is slow" in str(verdict)

    def test_slow_function_still_meets_nothing(self, monkeypatch):
        monkeypatch.setattr("d2l_ssd.exercises.searching.BUDGET", 0.01)

        def mine(boxes, scores, iou_threshold):
            assert scores.max() > 0  # fails for none
            time.sleep(0.05)
            return nms(boxes, scores, iou_threshold)

        assert "With no boxes" in said("nms", mine)


class TestSearch:
    def test_same_answer_every_time(self):
        mistakes = EXERCISES["nms"].mistakes.values()
        first = [str(check("nms", mistake)) for mistake in mistakes]
        assert first == [str(check("nms", mistake)) for mistake in mistakes]

    def test_writes_no_files(self, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        check("nms", nms)
        assert not list(tmp_path.iterdir())

    def test_prints_nothing_of_the_search(self, capsys):
        def mine(boxes, scores, iou_threshold):
            print("step")
            return nms(boxes, scores, iou_threshold)

        assert check("nms", mine)
        assert capsys.readouterr().out == ""

    def test_unknown_mistake_is_caught_without_a_name(self):
        verdict = check("clip_boxes", lambda boxes: boxes * math.pi)
        assert not verdict and verdict.diagnosis == ""
        assert "returns a wrong answer" in str(verdict)

    def test_a_function_that_is_wrong_by_chance(self):
        rng = np.random.default_rng(0)
        verdict = check("clip_boxes", lambda b: np.clip(b, 0, rng.random()))
        assert not verdict

"""The PyTorch port: same network, same loss, training that survives a kill."""

import os
import signal
import subprocess
import sys
import time

import mxnet as mx
import numpy as np
import pytest
import torch
from mxnet import autograd, gluon, npx

from d2l_ssd import results
from d2l_ssd import torch_ssd as port
from d2l_ssd.data import VOCDetection
from d2l_ssd.mxnet.model import SSD
from d2l_ssd.toy import make_toy_voc
from d2l_ssd.mxnet.training import DetectionLoss

npx.set_np()

# Runs a command where neither MXNet nor d2l can be imported
BLOCKED = """
import runpy, sys

class Block:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("mxnet", "d2l"):
            raise AssertionError(f"{name} was imported")

sys.meta_path.insert(0, Block())
sys.argv[0] = "torch_ssd"
runpy.run_module("d2l_ssd.torch_ssd", run_name="__main__", alter_sys=True)
"""


def command(*arguments):
    """Return the command line of `python -m d2l_ssd.torch_ssd`, guarded."""
    return [sys.executable, "-c", BLOCKED, *map(str, arguments)]


def run(*arguments, **options):
    """Run a command line to its end."""
    return subprocess.run(
        command(*arguments), capture_output=True, text=True, **options
    )


@pytest.fixture(scope="module", autouse=True)
def one_thread():
    # Two threads that wait for each other are slow on a busy machine
    torch.set_num_threads(1)
    os.environ["OMP_NUM_THREADS"] = "1"


@pytest.fixture(scope="module")
def toy(tmp_path_factory):
    return make_toy_voc(tmp_path_factory.mktemp("data") / "toy", 10, 4, seed=3)


@pytest.fixture(scope="module")
def net():
    """Chapter 2's network; no weight has the value it begins with."""
    mx.random.seed(1)
    net = SSD(2)
    net.initialize(mx.init.Xavier())
    net(mx.np.zeros((1, 3, 64, 64)))[0].wait_to_read()
    npx.waitall()
    rng = np.random.default_rng(0)
    for name, parameter in net._collect_params_with_prefix().items():
        if name in port._FIXED:
            continue
        kind, shape = name.rpartition(".")[2], parameter.shape
        if kind in ("gamma", "running_var"):
            parameter.set_data(mx.np.array(rng.uniform(0.5, 1.5, shape)))
        elif kind in ("beta", "running_mean", "bias"):
            parameter.set_data(mx.np.array(rng.normal(0, 0.1, shape)))
    npx.waitall()
    return net


@pytest.fixture(scope="module")
def weights(net):
    parameters = net._collect_params_with_prefix()
    return {name: p.data().asnumpy() for name, p in parameters.items()}


@pytest.fixture
def torch_net(weights):
    torch_net = port.TorchSSD(2)
    port.set_torch_weights(torch_net, port.mxnet_to_torch(weights))
    return torch_net


def images(*shape):
    return np.random.default_rng(2).normal(size=shape).astype(np.float32)


def batch(num_images=3, side=64):
    """Inputs and targets, one image being all background."""
    rng = np.random.default_rng(4)
    corners = rng.uniform(0, 0.5, (num_images, 2, 2))
    boxes = np.concatenate(
        [corners, corners + rng.uniform(0.1, 0.5, corners.shape)], 2
    )
    classes = rng.integers(0, 2, (num_images, 2, 1))
    labels = np.concatenate([classes, boxes, 0 * classes], 2).astype(np.float32)
    labels[-1, :, 0] = -1
    targets = port.ssd_targets(labels, port.square_anchors(side))
    return images(num_images, 3, side, side), *targets


class TestConversion:
    def test_names_and_bits_survive_both_ways(self, weights):
        back = port.torch_to_mxnet(port.mxnet_to_torch(weights))
        assert back.keys() == weights.keys()
        for name in weights:
            np.testing.assert_array_equal(back[name], weights[name], name)

    def test_torch_weights_survive_the_way_through_mxnet(self):
        torch.manual_seed(5)
        first = port.get_torch_weights(port.TorchSSD(3))
        second = port.mxnet_to_torch(port.torch_to_mxnet(first))
        counters = {n for n in first if n.endswith("num_batches_tracked")}
        assert second.keys() == first.keys() - counters
        assert all(np.array_equal(first[name], second[name]) for name in second)

    def test_weights_go_into_the_mxnet_network(self, torch_net):
        net = SSD(2)
        net.initialize()
        converted = port.torch_to_mxnet(port.get_torch_weights(torch_net))
        results.load_weights(net, converted)
        X = images(1, 3, 64, 64)
        with torch.no_grad():
            ours = torch_net.eval()(torch.from_numpy(X))
        for a, b in zip(ours, net(mx.np.array(X))):
            np.testing.assert_allclose(a.numpy(), b.asnumpy(), atol=1e-3)

    def test_other_class_count_is_named(self, weights):
        with pytest.raises(ValueError, match=r"class_heads.*\(16,.*\(12,"):
            port.set_torch_weights(
                port.TorchSSD(3), port.mxnet_to_torch(weights)
            )
        net = SSD(3)
        net.initialize()
        with pytest.raises(ValueError, match=r"class_heads.*\(16,.*\(12,"):
            results.load_weights(net, weights)

    def test_missing_weight_is_named(self, weights):
        fewer = port.mxnet_to_torch(weights)
        fewer.pop("output.offset_heads.0.bias")
        with pytest.raises(ValueError, match="output.offset_heads.0.bias"):
            port.set_torch_weights(port.TorchSSD(2), fewer)


class TestParity:
    @pytest.mark.parametrize("shape", [(2, 3, 128, 128), (1, 3, 64, 96)])
    def test_outputs(self, net, torch_net, shape):
        X = images(*shape)
        with torch.no_grad():
            ours = torch_net.eval()(torch.from_numpy(X))
        for a, b in zip(ours, net(mx.np.array(X))):
            b = b.asnumpy()
            assert a.shape == b.shape
            assert abs(a.numpy() - b).max() < 1e-4 * max(1, abs(b).max())

    def test_one_step_makes_the_same_loss(self, weights, torch_net):
        """Before a step, and after a small one in the gradients' direction."""
        net = SSD(2)
        net.initialize()
        results.load_weights(net, weights)
        rate, (X, *targets) = 1e-4, batch()
        trainer = gluon.Trainer(
            net.collect_params(), "sgd", {"learning_rate": rate}
        )
        optimizer = torch.optim.SGD(torch_net.train().parameters(), rate)
        arrays = [mx.np.array(a) for a in (X, *targets)]
        tensors = [torch.from_numpy(a) for a in (X, *targets)]
        tensors[1] = tensors[1].long()
        losses = []
        for _ in range(2):
            with autograd.record():
                theirs = DetectionLoss()(*net(arrays[0]), *arrays[1:])
                loss = sum(theirs)
            loss.backward()
            trainer.step(1)
            ours = port.torch_detection_loss(
                *torch_net(tensors[0]), *tensors[1:]
            )
            optimizer.zero_grad()
            sum(ours).backward()
            optimizer.step()
            for a, b in zip(ours, theirs):
                assert a.item() == pytest.approx(float(b), rel=1e-4)
            losses.append(float(loss))
        assert losses[1] < losses[0] * 0.999

    def test_loss_by_hand(self):
        """One positive, four negatives: 3 of them, the hardest, count."""
        logits = torch.zeros(1, 5, 2)
        logits[0, 1:, 1] = torch.tensor([-5.0, 1, 2, 3])
        offsets = torch.zeros(1, 5, 4)
        offsets[0, 0] = torch.tensor([0.5, 0, 2, 0])
        classes = torch.tensor([[1, 0, 0, 0, 0]])
        mask = port.torch_hard_negative_mask(logits, classes, minimum=0)
        assert mask.tolist() == [[False, False, True, True, True]]
        class_loss, offset_loss = port.torch_detection_loss(
            logits, offsets, classes, torch.zeros(1, 5, 4)
        )
        # The minimum of 8 takes all four: log(1 + e^x) each, and log 2
        negatives = sum(np.log1p(np.exp([-5.0, 1, 2, 3])))
        assert class_loss.item() == pytest.approx(np.log(2) + negatives)
        assert offset_loss.item() == pytest.approx(0.125 + 1.5)


def options(**changes):
    settings = {
        "epochs": 4,
        "batch_size": 4,
        "image_sizes": [64],
        "precision": "float32",
    }
    return port.TrainOptions(**{**settings, **changes})


def trainer(toy, folder, **changes):
    sets = port.open_data(toy, all_images=True)
    return port.TorchTrainer(*sets, folder, options(**changes), num_workers=0)


class TestTraining:
    def test_killed_run_ends_like_an_unbroken_one(self, toy, tmp_path):
        arguments = "--epochs 4 --batch-size 4 --image-sizes 64".split()
        process = subprocess.Popen(
            command(
                "train",
                *arguments,
                *("--precision", "float32", "--workers", 1, "--all-images"),
                *("--root", toy, "--folder", tmp_path / "killed"),
            ),
            stderr=subprocess.PIPE,
        )
        checkpoint = tmp_path / "killed" / "checkpoint.pt"
        while not checkpoint.exists() and process.poll() is None:
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
        errors = process.communicate()[1].decode()
        assert process.returncode == -signal.SIGKILL, errors

        resumed = trainer(toy, tmp_path / "killed")
        assert 1 <= len(resumed.history) < 4
        resumed.fit()
        unbroken = trainer(toy, tmp_path / "unbroken")
        unbroken.fit()
        for key in ("class_loss", "offset_loss"):
            ours = [row[key] for row in resumed.history]
            assert ours == [row[key] for row in unbroken.history]
        for a, b in zip(resumed.net.parameters(), unbroken.net.parameters()):
            assert torch.equal(a, b)
        assert not list(tmp_path.rglob("partial-*"))

    def test_begins_with_the_weights_of_another_run(self, toy, tmp_path):
        first = trainer(toy, tmp_path / "first", epochs=1)
        first.fit()
        second = trainer(
            toy, tmp_path / "second", init_from=str(tmp_path / "first")
        )
        assert second.history == [] and not second.optimizer.state
        ours, theirs = (run.net.state_dict() for run in (second, first))
        for name in ours:
            if not name.endswith("num_batches_tracked"):
                assert torch.equal(ours[name], theirs[name]), name
        with pytest.raises(FileNotFoundError, match="no checkpoint"):
            trainer(toy, tmp_path / "third", init_from=str(tmp_path / "none"))

    def test_last_epochs_are_only_flipped(self, toy, tmp_path):
        run = trainer(toy, tmp_path, epochs=3, flip_only=1)
        whole = port.training_loader(run.train_set, 64, 4, 0, 0)
        flipped = port.training_loader(
            run.train_set, 64, 4, 0, 0, augment=port.random_flip
        )
        for epoch, expected in ((1, whole), (2, flipped)):
            expected.sampler.epoch = epoch
            for a, b in zip(run._loader(epoch), expected, strict=True):
                assert a[3] == b[3] and torch.equal(a[0], b[0])

    def test_other_options_than_the_checkpoint(self, toy, tmp_path):
        first = trainer(toy, tmp_path, epochs=1)
        first._save()
        with pytest.raises(ValueError, match="'peak': 0.5"):
            trainer(toy, tmp_path, epochs=1, peak=0.5)

    def test_damaged_checkpoint(self, toy, tmp_path):
        first = trainer(toy, tmp_path, epochs=1)
        first._save()
        content = first.checkpoint_path.read_bytes()
        first.checkpoint_path.write_bytes(content[: len(content) // 2])
        with pytest.raises(ValueError, match="checkpoint.pt is damaged"):
            trainer(toy, tmp_path, epochs=1)

    def test_nan_names_the_images(self, toy, tmp_path):
        broken = trainer(toy, tmp_path)
        with torch.no_grad():
            broken.net.output.class_heads[0].bias.fill_(float("nan"))
        with pytest.raises(FloatingPointError, match="nan.*on images .*train_"):
            broken.train_epoch()

    @pytest.mark.parametrize(
        "changes, message",
        [
            ({"precision": "int8"}, "precision must be .*'int8'"),
            ({"epochs": 0}, "epochs.* must be positive, got 0"),
            ({"image_sizes": [100]}, "image_size must be .* 32: 100"),
        ],
    )
    def test_bad_options(self, toy, tmp_path, changes, message):
        with pytest.raises(ValueError, match=message):
            trainer(toy, tmp_path, **changes)

    def test_targets_do_not_depend_on_the_workers(self, toy):
        data = VOCDetection(toy, "train", all_images=True)
        batches = []
        for num_workers in (0, 2):
            loader = port.training_loader(data, 64, 4, 7, num_workers)
            batches.append(list(loader))
        assert len(batches[0]) == 2
        for a, b in zip(*batches):
            assert a[3] == b[3]
            assert all(torch.equal(x, y) for x, y in zip(a[:3], b[:3]))

    def test_shares_of_two_processes_are_the_whole(self, toy):
        data = VOCDetection(toy, "train", all_images=True)
        whole = list(port.training_loader(data, 64, 4, 7, 0).sampler)
        shares = [
            list(port.training_loader(data, 64, 4, 7, 0, rank, 2).sampler)
            for rank in (0, 1)
        ]
        assert [k for pair in zip(*shares) for k in pair] == whole


@pytest.fixture(scope="module")
def exported(toy, tmp_path_factory):
    """A run of one epoch, exported."""
    folder = tmp_path_factory.mktemp("run")
    run = trainer(toy, folder / "run", epochs=1)
    run.fit()
    texts = {"data": "toy", "command": "train", "hardware": "test machine"}
    port.export_results(folder / "run", folder / "out", run.val_set, **texts)
    return folder / "out", run


class TestResults:
    def test_what_is_loaded_is_what_was_trained(self, exported):
        folder, run = exported
        loaded = results.load_results(folder)
        trained = port.torch_to_mxnet(port.get_torch_weights(run.net))
        assert loaded.weights.keys() == trained.keys()
        for name, array in loaded.weights.items():
            assert array.dtype == np.float32
            tolerance = 2**-11 if array.ndim == 4 else 0
            np.testing.assert_allclose(
                array, trained[name], rtol=tolerance, atol=1e-7
            )
        assert loaded.predictions.ids == tuple(run.val_set.ids)
        assert len(loaded.predictions.detections) == 4
        assert len(loaded.predictions.candidates) == 4
        assert loaded.predictions.class_probs.shape == (4, 5380, 3)
        assert [len(epoch) for epoch in loaded.replay] == [4]
        assert loaded.history[0]["epoch"] == 1
        assert "test machine" in loaded.card

    def test_detections_survive_packing(self, exported):
        _, run = exported
        detections, _ = port.evaluate_torch(run.net, run.val_set, 64, 0)
        packed = results.pack_detections(detections)
        for a, b in zip(detections, results.unpack_detections(packed)):
            np.testing.assert_allclose(a.boxes, b.boxes, atol=1 / 65535)
            np.testing.assert_array_equal(a.scores, b.scores)
            np.testing.assert_array_equal(a.classes, b.classes)

    @pytest.mark.parametrize("name", ["weights.npz", "card.md", "replay.npz"])
    def test_damage_is_named(self, exported, tmp_path, name):
        for path in exported[0].iterdir():
            (tmp_path / path.name).write_bytes(path.read_bytes())
        content = bytearray((tmp_path / name).read_bytes())
        content[len(content) // 2] ^= 1
        (tmp_path / name).write_bytes(content)
        with pytest.raises(ValueError, match=f"{name}.*corrupt"):
            results.load_results(tmp_path)
        (tmp_path / name).write_bytes(content[:100])
        with pytest.raises(
            ValueError, match=rf"{name} \(\d+ bytes\) is corrupt"
        ):
            results.load_results(tmp_path)
        (tmp_path / name).unlink()
        with pytest.raises(FileNotFoundError, match=name):
            results.load_results(tmp_path)

    def test_no_results(self, tmp_path):
        with pytest.raises(FileNotFoundError, match="no stored results"):
            results.load_results(tmp_path)

    def test_evaluate_without_mxnet(self, toy, exported):
        folder = exported[0].parent / "run"
        done = run(
            *("evaluate", "--root", toy, "--all-images", "--workers", 0),
            *("--folder", folder),
        )
        assert done.returncode == 0, done.stderr
        assert "| mean |" in done.stdout


class TestCommandLine:
    def test_two_processes_train_to_the_end(self, toy, tmp_path):
        """The first one judges and writes; the other one does not fail."""
        launch = "-m torch.distributed.run --standalone --nproc-per-node 2"
        settings = "--epochs 1 --batch-size 4 --image-sizes 64 --workers 0"
        process = subprocess.run(
            [sys.executable, *launch.split(), "-m", "d2l_ssd.torch_ssd"]
            + ["train", *settings.split(), "--all-images"]
            + ["--root", toy, "--folder", tmp_path],
            capture_output=True,
            text=True,
        )
        assert process.returncode == 0, process.stderr
        assert process.stdout.count("mAP@.5 ") == 1
        (row,) = port._read_checkpoint(tmp_path)["history"]
        assert row["epoch"] == 1 and "map" in row

    def test_missing_data(self, tmp_path):
        with pytest.raises(FileNotFoundError, match="JPEGImages"):
            port._main(["train", "--root", str(tmp_path / "nothing")])

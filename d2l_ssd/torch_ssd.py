# Generated from book/pytorch.ipynb (`make save`); do not edit.

import argparse
import itertools
import json
import math
import os
import pickle
import platform
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
import torch
from torch import distributed, nn
from torch.nn import functional as F
from torch.nn.parallel import DistributedDataParallel
from torch.utils.data import DataLoader, Dataset
from tqdm import tqdm

from d2l_ssd.anchors import ssd_anchors
from d2l_ssd.augmentation import augment_detection
from d2l_ssd.data import (
    EpochSampler,
    InputDataset,
    VOCDetection,
    random_flip,
)
from d2l_ssd.evaluation import COCO_IOU_THRESHOLDS, evaluate_detections
from d2l_ssd.inference import predict_ssd
from d2l_ssd.results import (
    load_results,
    pack_detections,
    round_weights,
    unpack_detections,
    write_results,
)
from d2l_ssd.schedule import learning_rate_at
from d2l_ssd.targets import ssd_targets
from d2l_ssd.toy import make_toy_voc


class TorchBlock(nn.Module):
    """Compute one pre-activation residual block (B, C, H, W).

    Arguments: in_channels, channels; stride, of the first convolution. He et
    al., "Identity mappings in deep residual networks" (2016), figure 1b.
    """

    def __init__(self, in_channels, channels, stride):
        super().__init__()
        self.bn1 = nn.BatchNorm2d(in_channels)
        self.conv1 = _conv(in_channels, channels, 3, stride)
        self.bn2 = nn.BatchNorm2d(channels)
        self.conv2 = _conv(channels, channels, 3, 1)
        self.downsample = None
        if channels != in_channels:
            self.downsample = _conv(in_channels, channels, 1, stride)

    def forward(self, X):
        Y = F.relu(self.bn1(X))
        shortcut = X if self.downsample is None else self.downsample(Y)
        Y = self.conv1(Y)
        Y = self.conv2(F.relu(self.bn2(Y)))
        return Y + shortcut


def _conv(in_channels, channels, kernel_size, stride):
    return nn.Conv2d(
        in_channels, channels, kernel_size, stride, kernel_size // 2, bias=False
    )


def torch_backbone():
    """Build ResNet-18 without its pooling and classifier: layers 0 to 10."""
    return nn.Sequential(
        # Normalises the input: nothing to learn
        nn.BatchNorm2d(3, affine=False),
        _conv(3, 64, 7, 2),
        nn.BatchNorm2d(64),
        nn.ReLU(),
        nn.MaxPool2d(3, 2, 1),
        nn.Sequential(TorchBlock(64, 64, 1), TorchBlock(64, 64, 1)),
        nn.Sequential(TorchBlock(64, 128, 2), TorchBlock(128, 128, 1)),
        nn.Sequential(TorchBlock(128, 256, 2), TorchBlock(256, 256, 1)),
        nn.Sequential(TorchBlock(256, 512, 2), TorchBlock(512, 512, 1)),
        nn.BatchNorm2d(512),
        nn.ReLU(),
    )


class TorchSSDBackbone(nn.Module):
    """Compute four feature maps, fine to coarse, from images (B, 3, H, W)."""

    def __init__(self):
        super().__init__()
        net = torch_backbone()
        self.stages = nn.Sequential(
            net[0:7],
            net[7],
            _renumber(net[8:11]),
            nn.AdaptiveMaxPool2d(1),
        )
        self.norms = nn.Sequential(
            nn.Sequential(nn.BatchNorm2d(128), nn.ReLU()),
            nn.Sequential(nn.BatchNorm2d(256), nn.ReLU()),
        )

    def forward(self, X):
        maps = []
        for stage in self.stages:
            X = stage(X)
            maps.append(X)
        for i, norm in enumerate(self.norms):
            maps[i] = norm(maps[i])
        return maps


def _renumber(layers):
    # A slice of nn.Sequential keeps its numbers; gluon's counts from 0 again
    return nn.Sequential(*layers)


_ANCHORS_PER_CELL = 4


class TorchSSDOutput(nn.Module):
    """Predict class logits (B, A, K+1) and offsets (B, A, 4) from the maps."""

    def __init__(self, num_classes):
        super().__init__()
        self.num_classes = num_classes
        channels = (128, 256, 512, 512)
        self.class_heads = nn.ModuleList(
            _head(c, num_classes + 1) for c in channels
        )
        self.offset_heads = nn.ModuleList(_head(c, 4) for c in channels)

    def forward(self, maps):
        logits = [
            _anchor_rows(head(X), self.num_classes + 1)
            for X, head in zip(maps, self.class_heads)
        ]
        offsets = [
            _anchor_rows(head(X), 4) for X, head in zip(maps, self.offset_heads)
        ]
        return torch.cat(logits, dim=1), torch.cat(offsets, dim=1)


def _head(channels, values):
    return nn.Conv2d(channels, _ANCHORS_PER_CELL * values, 3, padding=1)


def _anchor_rows(X, values):
    """Turn (B, anchors * values, H, W) into (B, H * W * anchors, values)."""
    return X.permute(0, 2, 3, 1).reshape(len(X), -1, values)


class TorchSSD(nn.Module):
    """Predict class logits (B, A, K+1) and offsets (B, A, 4) of images.

    Arguments: num_classes, K, the background not counted. The input is
    (B, 3, H, W) float32, normalised; H and W are multiples of 32. The same
    network as chapter 2's SSD, layer by layer.
    """

    def __init__(self, num_classes):
        super().__init__()
        self.backbone = TorchSSDBackbone()
        self.output = TorchSSDOutput(num_classes)
        self.apply(_initialize)

    def forward(self, X):
        return self.output(self.backbone(X))


def _initialize(module):
    if isinstance(module, nn.Conv2d):
        nn.init.xavier_uniform_(module.weight)
        if module.bias is not None:
            nn.init.zeros_(module.bias)


_TORCH_NAMES = {"gamma": "weight", "beta": "bias"}
# The network's first layer: MXNet stores the scale 1 and the shift 0 that it
# never learns, PyTorch does not
_FIXED = {
    "backbone.stages.0.0.gamma": np.ones(3, dtype=np.float32),
    "backbone.stages.0.0.beta": np.zeros(3, dtype=np.float32),
}


def mxnet_to_torch(weights):
    """Rename the weights of chapter 2's SSD to those of TorchSSD.

    Arguments:
        weights: dict of MXNet's structural names ("backbone.stages.0.1.weight")
            to NumPy arrays.

    Returns:
        dict of PyTorch's names to the same arrays.
    """
    renamed = {}
    for name, array in weights.items():
        if name not in _FIXED:
            layer, _, kind = name.rpartition(".")
            renamed[f"{layer}.{_TORCH_NAMES.get(kind, kind)}"] = array
    return renamed


def torch_to_mxnet(weights):
    """Rename the weights of TorchSSD to those of chapter 2's SSD.

    Arguments:
        weights: dict of PyTorch's names to NumPy arrays.

    Returns:
        dict of MXNet's structural names to the same arrays.
    """
    mxnet_names = {v: k for k, v in _TORCH_NAMES.items()}
    renamed = dict(_FIXED)
    for name, array in weights.items():
        layer, _, kind = name.rpartition(".")
        if kind == "num_batches_tracked":
            continue
        # Only batch normalisation has running means, and a gamma and a beta
        if f"{layer}.running_mean" in weights:
            kind = mxnet_names.get(kind, kind)
        renamed[f"{layer}.{kind}"] = array
    return renamed


def get_torch_weights(net):
    """Copy the weights of a TorchSSD to a dict of NumPy arrays."""
    return _arrays(net.state_dict())


def _arrays(tensors):
    return {
        name: tensor.detach().cpu().numpy().copy()
        for name, tensor in tensors.items()
    }


def set_torch_weights(net, weights):
    """Give a TorchSSD weights with PyTorch's names.

    Raises:
        ValueError: a weight is missing, unknown or has another shape, as with
            another number of classes.
    """
    state = net.state_dict()
    wanted = {n for n in state if not n.endswith("num_batches_tracked")}
    given = {n for n in weights if not n.endswith("num_batches_tracked")}
    if wanted != given:
        raise ValueError(f"weights: not in both: {sorted(wanted ^ given)[:4]}")
    for name in wanted:
        if weights[name].shape != state[name].shape:
            raise ValueError(
                f"weights: {name} must be {tuple(state[name].shape)}, "
                f"got {weights[name].shape}"
            )
        state[name] = torch.tensor(weights[name], dtype=torch.float32)
    net.load_state_dict(state)


def torch_hard_negative_mask(class_logits, class_targets, ratio=3, minimum=8):
    """Choose the background anchors that the network finds hardest.

    Arguments: tensors class_logits (B, A, K+1) and class_targets (B, A); ratio,
    negatives per positive of an image; minimum, negatives of an image at
    least. Returns (B, A) bool, as chapter 5's hard_negative_mask.
    """
    background_loss = -F.log_softmax(class_logits, dim=-1)[:, :, 0]
    # Everything that is not background sorts to the end
    difficulty = background_loss.masked_fill(class_targets != 0, -1)
    order = difficulty.argsort(dim=1, descending=True, stable=True)
    rank = order.argsort(dim=1)
    positives = (class_targets > 0).sum(dim=1, keepdim=True)
    count = (ratio * positives).clamp(min=minimum)
    return (rank < count) & (class_targets == 0)


def torch_detection_loss(class_logits, offsets, class_targets, offset_targets):
    """Compute SSD's two losses, each divided by the batch's positive anchors.

    Arguments: tensors class_logits (B, A, K+1), offsets (B, A, 4),
    class_targets (B, A) int64 and offset_targets (B, A, 4). Returns two
    scalars, as chapter 5's DetectionLoss: cross-entropy over positives and
    hard negatives, smooth L1 over positives.
    """
    positive = class_targets > 0
    with torch.no_grad():
        hard = torch_hard_negative_mask(class_logits, class_targets)
    cross_entropy = F.cross_entropy(
        class_logits.transpose(1, 2),
        class_targets.clamp(min=0),
        reduction="none",
    )
    smooth_l1 = F.smooth_l1_loss(offsets, offset_targets, reduction="none")
    count = positive.sum().clamp(min=1)
    class_loss = (cross_entropy * (positive | hard)).sum() / count
    offset_loss = (smooth_l1.sum(dim=-1) * positive).sum() / count
    return class_loss, offset_loss


def square_maps(image_size):
    """Return the shapes of the maps of square images, a multiple of 32 wide."""
    if image_size % 32 or image_size <= 0:
        raise ValueError(f"image_size must be a multiple of 32: {image_size}")
    sides = image_size // 8, image_size // 16, image_size // 32, 1
    return [(side, side) for side in sides]


def square_anchors(image_size):
    """Return the anchors (A, 4) of square images, a multiple of 32 wide."""
    return ssd_anchors(square_maps(image_size))


class TargetDataset(Dataset):
    """Make inputs and targets of a data set's images, in the worker processes.

    Arguments: inputs, an InputDataset of square images; anchors (A, 4), SSD's if
    None; pos_iou and neg_iou, as for ssd_targets. Item (epoch, i) is X
    (3, H, W) float32, class targets (A,) int64, offset targets (A, 4) float32
    and the image's name.
    """

    def __init__(self, inputs, anchors=None, pos_iou=0.5, neg_iou=0.5):
        self.inputs = inputs
        if anchors is None:
            anchors = square_anchors(inputs.height)
        self.anchors, self.ious = anchors, (pos_iou, neg_iou)

    def __len__(self):
        return len(self.inputs)

    def __getitem__(self, key):
        X, labels = self.inputs[key]
        classes, offsets = ssd_targets(labels[None], self.anchors, *self.ious)
        name = self.inputs.dataset.ids[key[1]]
        return X, classes[0].astype(np.int64), offsets[0], name


class _ShareSampler(EpochSampler):
    """One process's share of an epoch's (epoch, index) pairs.

    Arguments: length and seed, as for EpochSampler; rank, of this process;
    world, number of processes.
    """

    def __init__(self, length, seed, rank=0, world=1):
        super().__init__(length, seed)
        self.rank, self.world = rank, world

    def __len__(self):
        return self.length // self.world

    def __iter__(self):
        share = itertools.islice(
            super().__iter__(), self.rank, None, self.world
        )
        return itertools.islice(share, len(self))


def training_loader(
    dataset,
    image_size,
    batch_size,
    seed=0,
    num_workers=2,
    rank=0,
    world=1,
    augment=augment_detection,
):
    """Return a DataLoader of augmented images and their targets.

    Order and augmentation depend only on seed, epoch and image;
    `loader.sampler.epoch` is the number of its next epoch. Of `world` processes
    each loads its share, and of each batch.
    """
    inputs = InputDataset(dataset, image_size, image_size, augment, seed)
    return DataLoader(
        TargetDataset(inputs),
        batch_size // world,
        sampler=_ShareSampler(len(dataset), seed, rank, world),
        num_workers=num_workers,
        # One image's batch normalisation would have no variance to divide by
        drop_last=len(dataset) >= batch_size,
        pin_memory=torch.cuda.is_available(),
        persistent_workers=num_workers > 0,
    )


@torch.inference_mode()
def torch_outputs(net, dataset, image_size=256, batch_size=16, num_workers=2):
    """Run a network over a data set.

    Arguments: net, a TorchSSD; dataset, item i is (image, labels).

    Returns:
        class_probs (N, A, K+1) and offsets (N, A, 4), float32 NumPy arrays,
        and a list of the N labels (M, 6).
    """
    inputs = InputDataset(dataset, image_size, image_size)
    loader = DataLoader(
        inputs, batch_size, num_workers=num_workers, collate_fn=_stack_images
    )
    device = next(net.parameters()).device
    class_probs, offsets, truths = [], [], []
    net.eval()
    for X, labels in loader:
        X = X.to(device, memory_format=torch.channels_last)
        logits, offset = net(X)
        class_probs.append(logits.float().softmax(dim=-1).cpu())
        offsets.append(offset.float().cpu())
        truths += labels
    return torch.cat(class_probs).numpy(), torch.cat(offsets).numpy(), truths


def _stack_images(samples):
    images, labels = zip(*samples)
    return torch.from_numpy(np.stack(images)), list(labels)


def evaluate_torch(net, dataset, image_size=256, num_workers=2, anchors=None):
    """Detect on a data set and compute the average precision.

    Arguments: as for torch_outputs; anchors (A, 4), SSD's if None.

    Returns:
        A list of Detections, and the Evaluation (chapter 7) at COCO's ten IoU
        thresholds.
    """
    outputs = torch_outputs(net, dataset, image_size, num_workers=num_workers)
    if anchors is None:
        anchors = square_anchors(image_size)
    return _judge(*outputs, anchors)


def _judge(class_probs, offsets, truths, anchors, **settings):
    detections = predict_ssd(class_probs, offsets, anchors, **settings)
    num_classes = class_probs.shape[2] - 1
    return detections, evaluate_detections(
        detections, truths, num_classes, COCO_IOU_THRESHOLDS
    )


MAX_GRADIENT_NORM = 10.0


@dataclass(frozen=True)
class TrainOptions:
    """What a training run depends on, besides its images.

    `image_sizes` share the epochs equally, in their order: the network is fully
    convolutional and the anchors scale, so that it can learn most of what
    there is to learn on smaller images, in a fraction of the time. In the last
    `flip_only` epochs images are flipped but not changed otherwise. `init_from`
    names the folder of a run whose weights to begin with.
    """

    epochs: int = 30
    batch_size: int = 16
    image_sizes: list = field(default_factory=lambda: [256])
    peak: float = 1e-3
    weight_decay: float = 1e-4
    precision: str = "bfloat16"
    seed: int = 0
    flip_only: int = 0
    init_from: str = ""

    def image_size(self, epoch):
        """Return the side of the training images of an epoch."""
        return self.image_sizes[epoch * len(self.image_sizes) // self.epochs]

    def augment(self, epoch):
        """Return what changes the training images of an epoch."""
        last = epoch >= self.epochs - self.flip_only
        return random_flip if last else augment_detection


def _check_options(options, num_images):
    if options.precision not in ("bfloat16", "float32"):
        raise ValueError(
            f"precision must be bfloat16 or float32, got {options.precision!r}"
        )
    if min(options.epochs, options.batch_size, num_images) < 1:
        raise ValueError(
            "epochs, batch_size and the number of images must be positive, got "
            f"{options.epochs}, {options.batch_size} and {num_images}"
        )
    for image_size in options.image_sizes:
        square_anchors(image_size)


class TorchTrainer:
    """Train a TorchSSD; a run that was killed goes on where it was.

    Arguments:
        train_set, val_set: data sets; item i is (image, labels).
        folder: of the checkpoint, the history and, for every epoch, the
            detections on the first GALLERY validation images.
        options: TrainOptions.
        num_workers: processes that make batches.
        evaluate_every: epochs between two computations of the mAP.
        compile: whether torch.compile makes kernels for the network.

    Raises:
        ValueError: bad options, or other options than the run's checkpoint.
    """

    def __init__(
        self,
        train_set,
        val_set,
        folder,
        options,
        num_workers=2,
        evaluate_every=5,
        compile=False,
    ):
        _check_options(options, len(train_set))
        self.train_set, self.val_set = train_set, val_set
        self.folder, self.options = Path(folder), options
        self.num_workers, self.evaluate_every = num_workers, evaluate_every
        self.rank = int(os.environ.get("RANK", "0"))
        self.world = int(os.environ.get("WORLD_SIZE", "1"))
        self.device = _device()
        torch.manual_seed(options.seed)
        self.net = TorchSSD(len(train_set.classes))
        if options.init_from:
            state = _read_checkpoint(options.init_from)
            set_torch_weights(self.net, _arrays(state["net"]))
        self.net.to(self.device, memory_format=torch.channels_last)
        self.optimizer = _optimizer(self.net, options)
        self.history, self.loader = [], None
        self.folder.mkdir(parents=True, exist_ok=True)
        if self.checkpoint_path.exists():
            self._load()
        self.forward = self._parallel() if self.world > 1 else self.net
        if compile:
            self.forward = torch.compile(self.forward)

    def _parallel(self):
        """Join the processes that torchrun started: they average gradients."""
        if not distributed.is_initialized():
            distributed.init_process_group()
        return DistributedDataParallel(self.net, gradient_as_bucket_view=True)

    @property
    def checkpoint_path(self):
        return self.folder / "checkpoint.pt"

    def step(self, X, class_targets, offset_targets):
        """Make one step on a batch; return its two losses, a tensor (2,)."""
        self.net.train()
        X = X.to(
            self.device, memory_format=torch.channels_last, non_blocking=True
        )
        with self._autocast():
            class_logits, offsets = self.forward(X)
        losses = torch_detection_loss(
            class_logits.float(),
            offsets.float(),
            class_targets.to(self.device, non_blocking=True),
            offset_targets.to(self.device, non_blocking=True),
        )
        self.optimizer.zero_grad()
        sum(losses).backward()
        nn.utils.clip_grad_norm_(self.net.parameters(), MAX_GRADIENT_NORM)
        self.optimizer.step()
        return torch.stack(losses).detach()

    def _autocast(self):
        enabled = self.options.precision == "bfloat16"
        return torch.autocast(self.device.type, torch.bfloat16, enabled)

    def fit(self):
        """Train until the last epoch; return the history, a list of dicts."""
        while len(self.history) < self.options.epochs:
            row = self.train_epoch()
            if self.rank == 0:
                row.update(self.validate())
            self.history.append(row)
            if self.rank == 0:
                self._save()
        return self.history

    def train_epoch(self):
        """Train the next epoch; return its row of the history."""
        epoch = len(self.history)
        loader = self._loader(epoch)
        losses, start = [], time.perf_counter()
        # Not False: TQDM_DISABLE shall have its say
        silence = {"disable": True} if self.rank else {}
        name = f"epoch {epoch + 1}"
        with tqdm(total=len(loader), desc=name, **silence) as bar:
            for loss, names in _one_behind(self._steps(loader, epoch)):
                losses.append(_finite(loss, names))
                bar.update()
                bar.set_postfix(
                    _progress(losses, start, len(names) * self.world)
                )
        seconds = time.perf_counter() - start
        class_loss, offset_loss = np.mean(losses, axis=0).tolist()
        return {
            "epoch": epoch + 1,
            "image_size": self.options.image_size(epoch),
            "num_images": len(self.train_set),
            "class_loss": class_loss,
            "offset_loss": offset_loss,
            "seconds": seconds,
            "images_per_second": len(losses)
            * self.options.batch_size
            / seconds,
        }

    def _loader(self, epoch):
        """Return the epoch's loader, the last one's if it makes the same."""
        size = self.options.image_size(epoch)
        augment = self.options.augment(epoch)
        inputs = self.loader and self.loader.dataset.inputs
        if not inputs or (inputs.height, inputs.augment) != (size, augment):
            self.loader = training_loader(
                self.train_set,
                size,
                self.options.batch_size,
                self.options.seed,
                self.num_workers,
                self.rank,
                self.world,
                augment,
            )
        self.loader.sampler.epoch = epoch
        return self.loader

    def _steps(self, loader, epoch):
        """Yield the losses and the images' names of every step."""
        num_steps = self.options.epochs * len(loader)
        for i, (*batch, names) in enumerate(loader):
            rate = learning_rate_at(
                epoch * len(loader) + i, num_steps, self.options.peak
            )
            for group in self.optimizer.param_groups:
                group["lr"] = rate
            yield self.step(*batch), names

    def validate(self):
        """Detect on the gallery, and now and then on all; return the mAP."""
        epoch = len(self.history)
        due = (epoch + 1) % self.evaluate_every == 0
        last = epoch + 1 == self.options.epochs
        subset = self.val_set if due or last else _Head(self.val_set, GALLERY)
        with self._autocast():
            detections, evaluation = evaluate_torch(
                self.net,
                subset,
                self.options.image_size(epoch),
                self.num_workers,
            )
        _replace(
            self.folder / f"gallery-{epoch + 1:03d}.npz",
            lambda path: np.savez(
                path, **pack_detections(detections[:GALLERY])
            ),
        )
        return _summary(evaluation) if due or last else {}

    def _save(self):
        state = {
            "options": asdict(self.options),
            "classes": list(self.train_set.classes),
            "history": self.history,
            "net": self.net.state_dict(),
            "optimizer": self.optimizer.state_dict(),
        }
        _replace(self.checkpoint_path, lambda path: torch.save(state, path))
        text = json.dumps(self.history, indent=1)
        _replace(
            self.folder / "history.json", lambda path: path.write_text(text)
        )

    def _load(self):
        state = _read_checkpoint(self.folder, self.device)
        made = state["options"], state["classes"]
        wanted = asdict(self.options), list(self.train_set.classes)
        if made != wanted:
            raise ValueError(
                f"{self.checkpoint_path} was made with {made}, not {wanted}"
            )
        self.net.load_state_dict(state["net"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.history = state["history"]


GALLERY = 12


class _Head:
    """The first images of a data set."""

    def __init__(self, dataset, count):
        self.dataset, self.count = dataset, min(count, len(dataset))

    def __len__(self):
        return self.count

    def __getitem__(self, index):
        return self.dataset[index]


def _device():
    """Return this process's GPU, or the CPU where there is none."""
    if not torch.cuda.is_available():
        return torch.device("cpu")
    # Images of few sizes: trying all algorithms once pays
    torch.backends.cudnn.benchmark = True
    return torch.device("cuda", int(os.environ.get("LOCAL_RANK", "0")))


def _optimizer(net, options):
    """Return Adam as in chapter 5: only the convolutions' weights decay."""
    groups = [
        {"params": [p for p in net.parameters() if p.ndim > 1]},
        {"params": [p for p in net.parameters() if p.ndim == 1]},
    ]
    groups[0]["weight_decay"] = options.weight_decay
    groups[1]["weight_decay"] = 0.0
    return torch.optim.Adam(groups, options.peak, fused=True)


def _one_behind(items):
    """Yield every item once the next one is there.

    A GPU computes while we wait for nothing: the loss that we read is that of
    the step before.
    """
    last = None
    for item in items:
        if last is not None:
            yield last
        last = item
    if last is not None:
        yield last


def _finite(losses, names):
    values = losses.tolist()
    if not all(map(math.isfinite, values)):
        raise FloatingPointError(f"loss {values} on images {list(names)}")
    return values


def _progress(losses, start, batch_size):
    seconds = time.perf_counter() - start
    return {
        "loss": f"{np.mean(np.sum(losses[-50:], axis=1)):.3f}",
        "images/s": f"{len(losses) * batch_size / seconds:.1f}",
    }


def _summary(evaluation):
    """Return mAP@.5 and mAP@[.5:.95] for the history."""
    return {
        "map50": float(np.nanmean(evaluation.ap[:, 0])),
        "map": evaluation.mean_ap,
    }


def _read_checkpoint(folder, device="cpu"):
    path = Path(folder) / "checkpoint.pt"
    if not path.exists():
        raise FileNotFoundError(f"no checkpoint: {path}")
    try:
        return torch.load(path, device, weights_only=True)
    except (RuntimeError, EOFError, pickle.UnpicklingError) as error:
        raise ValueError(f"{path} is damaged: {error}") from None


def _replace(path, write):
    """Write a file so that it is the old one or the new one, never a part."""
    partial = path.with_name("partial-" + path.name)
    write(partial)
    os.replace(partial, path)


_TOY_SET = "data/toy_voc"
_CLASSES = ("cat", "dog")


def open_data(root=None, all_images=False):
    """Return the training and the validation set of a folder in VOC's layout.

    Arguments: root, the folder that holds JPEGImages/, or None for the toy data
    set, which is made where it is missing; all_images, whether to keep images
    without a cat or a dog.
    """
    if root is None:
        root, all_images = make_toy_voc(_TOY_SET, 2000, 500), True
    return [
        VOCDetection(root, split, _CLASSES, all_images)
        for split in ("train", "val")
    ]


def load_torch_ssd(folder=None):
    """Return a TorchSSD with the stored weights, or those of a training run.

    Arguments: folder, of a run's checkpoint; None for the stored results.
    """
    if folder is None:
        weights = mxnet_to_torch(load_results().weights)
    else:
        state = _read_checkpoint(folder)
        weights = _arrays(state["net"])
    net = TorchSSD(len(_CLASSES))
    set_torch_weights(net, weights)
    return net.to(memory_format=torch.channels_last).eval()


def evaluation_table(evaluation, classes=_CLASSES):
    """Format AP@.5 and AP@[.5:.95] of every class, and their means."""
    rows = ["| class | AP@.5 | AP@[.5:.95] | objects |", "|---|---|---|---|"]
    ap, counts = evaluation.ap, evaluation.num_truths
    for name, row, count in zip(classes, ap, counts):
        rows.append(f"| {name} | {row[0]:.3f} | {row.mean():.3f} | {count} |")
    mean = np.nanmean(ap, axis=0)
    rows.append(
        f"| mean | {mean[0]:.3f} | {mean.mean():.3f} | {counts.sum()} |"
    )
    return "\n".join(rows)


def export_results(folder, target, val_set, **texts):
    """Write a run's results in the form that `load_results` reads.

    Arguments:
        folder: of the run.
        target: folder to write.
        val_set: what to predict on.
        texts: data, command and hardware, for the card.

    Returns:
        The card.
    """
    state = _read_checkpoint(folder)
    # Predict with what is stored: rounded weights
    weights = round_weights(torch_to_mxnet(_arrays(state["net"])))
    net = TorchSSD(len(state["classes"]))
    set_torch_weights(net, mxnet_to_torch(weights))
    outputs = torch_outputs(net, val_set)
    anchors = square_anchors(256)
    detections, evaluation = _judge(*outputs, anchors)
    _, voted = _judge(*outputs, anchors, vote_iou=0.7)
    card = result_card(state, evaluation, voted, len(val_set), **texts)
    write_results(
        target,
        weights,
        val_set.ids,
        detections,
        outputs[:2],
        state["history"],
        [
            unpack_detections(np.load(path))
            for path in sorted(Path(folder).glob("gallery-*.npz"))
        ],
        card,
    )
    return card


def result_card(state, evaluation, voted, num_images, data, command, hardware):
    """Say how weights were made and how good they are: Markdown.

    Arguments: state, of the checkpoint; evaluation and voted, Evaluations of
    the rounded weights on num_images images, without and with a vote_iou of
    0.7; data, command and hardware, texts.
    """
    history, speeds = state["history"], {}
    minutes = sum(row["seconds"] for row in history) / 60
    for row in history:
        speeds.setdefault(row["image_size"], []).append(
            row["images_per_second"]
        )
    return _CARD.format(
        data=data,
        command=command,
        hardware=hardware,
        options=", ".join(f"{k} {v}" for k, v in state["options"].items()),
        epochs=len(history),
        minutes=minutes,
        speeds=", ".join(
            f"{np.mean(values):.1f} at {size} x {size}"
            for size, values in speeds.items()
        ),
        python=platform.python_version(),
        torch=torch.__version__,
        numpy=np.__version__,
        num_images=num_images,
        table=evaluation_table(evaluation, state["classes"]),
        **_summary(voted),
    )


_CARD = """# The stored weights

Chapter 2's SSD (ResNet-18, 5,380 anchors at 256 x 256), trained from scratch
with chapter 8's PyTorch port, named as MXNet names them. Convolutions are
stored as float16, the few other weights as float32.

- **Data**: {data}
- **Recipe**: chapter 5's; {options}
- **Command**: `{command}`
- **Hardware**: {hardware}
- **Time**: {minutes:.0f} minutes of training, {epochs} epochs
- **Images a second**: {speeds}
- **Versions**: Python {python}, PyTorch {torch}, NumPy {numpy}

On {num_images} validation images, 256 x 256, in float32:

{table}

With chapter 6's vote (`vote_iou=0.7`) the means are {map50:.3f} and {map:.3f}.

## Known limits

- Drawn cats and dogs only: on photographs it finds next to nothing.
- Objects under 0.08 of the image are smaller than the smallest anchor.
- One training run with one seed: the figures have no error bars.
"""


def _train(args):
    options = TrainOptions(
        **{name: getattr(args, name) for name in asdict(TrainOptions())}
    )
    trainer = TorchTrainer(
        *open_data(args.root, args.all_images),
        args.folder,
        options,
        args.workers,
        args.evaluate_every,
        args.compile,
    )
    row = trainer.fit()[-1]
    # Of several processes only the first one judges
    if trainer.rank == 0:
        print(f"mAP@.5 {row['map50']:.3f}, mAP@[.5:.95] {row['map']:.3f}")


def _evaluate(args):
    net = load_torch_ssd(args.folder)
    val_set = open_data(args.root, args.all_images)[1]
    _, evaluation = evaluate_torch(net, val_set, num_workers=args.workers)
    print(evaluation_table(evaluation))


def _export(args):
    val_set = open_data(args.root, args.all_images)[1]
    texts = {name: getattr(args, name) for name in _CARD_TEXTS}
    print(export_results(args.folder, args.target, val_set, **texts))


_CARD_TEXTS = "data", "command", "hardware"


def _parser():
    parser = argparse.ArgumentParser(prog="python -m d2l_ssd.torch_ssd")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for run, text in (
        (_train, "train, or go on with a run that was stopped"),
        (_evaluate, "compute the mAP of a run, or of the stored weights"),
        (_export, "write a run's results as the package stores them"),
    ):
        command = commands.add_parser(run.__name__[1:], help=text)
        command.set_defaults(do=run)
        command.add_argument("--root", help="VOC folder; else the toy data set")
        command.add_argument("--all-images", action="store_true")
        command.add_argument("--folder", help="of the run's checkpoint")
        command.add_argument("--workers", type=int, default=2)
    _add_train_arguments(commands.choices["train"])
    _add_export_arguments(commands.choices["export"])
    return parser


def _add_train_arguments(command):
    command.set_defaults(folder="run")
    for name, value in asdict(TrainOptions()).items():
        several = isinstance(value, list)
        command.add_argument(
            f"--{name.replace('_', '-')}",
            type=type(value[0] if several else value),
            nargs="+" if several else None,
            default=value,
        )
    command.add_argument("--evaluate-every", type=int, default=5)
    command.add_argument("--compile", action="store_true")


def _add_export_arguments(command):
    command.add_argument("--target", required=True)
    for name in _CARD_TEXTS:
        command.add_argument(f"--{name}", required=True, help="for the card")


def _main(arguments=None):
    """Run a command line; see `python -m d2l_ssd.torch_ssd --help`."""
    args = _parser().parse_args(arguments)
    args.do(args)


# A notebook's cells are __main__ too, but not a module that was asked for
if __name__ == "__main__" and __spec__ is not None:
    _main()

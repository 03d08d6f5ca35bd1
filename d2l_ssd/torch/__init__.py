"""SSD with PyTorch: the network, its training, and a run that survives a kill."""

from d2l_ssd.options import TrainOptions
from d2l_ssd.processes import Processes, processes_from, together
from d2l_ssd.torch.averaging import WeightAverage
from d2l_ssd.torch.beginnings import begin_with
from d2l_ssd.torch.distributed import process_group
from d2l_ssd.torch.epochs import detection_optimizer, train_epoch
from d2l_ssd.torch.export import export_results
from d2l_ssd.torch.loaders import (
    TargetDataset,
    default_workers,
    training_loader,
)
from d2l_ssd.torch.model import (
    SSD,
    SSDBackbone,
    SSDOutput,
    anchor_rows,
    convolution,
    detection_backbone,
)
from d2l_ssd.torch.prediction import (
    evaluate,
    format_scores,
    judge,
    predict,
    predict_batches,
    summarize,
)
from d2l_ssd.torch.runs import Trained, load_trained, read_run
from d2l_ssd.torch.stored_card import Origin, evaluation_table
from d2l_ssd.torch.trainer import Run, new_network, train_detection
from d2l_ssd.torch.training import (
    DetectionLoss,
    hard_negative_mask,
    train_step,
)
from d2l_ssd.torch.weights import get_weights, load_weights
from d2l_ssd.weight_names import mxnet_to_torch, torch_to_mxnet

__all__ = [
    "SSD",
    "DetectionLoss",
    "Origin",
    "Processes",
    "Run",
    "SSDBackbone",
    "SSDOutput",
    "TargetDataset",
    "TrainOptions",
    "Trained",
    "WeightAverage",
    "anchor_rows",
    "begin_with",
    "convolution",
    "default_workers",
    "detection_backbone",
    "detection_optimizer",
    "evaluate",
    "evaluation_table",
    "export_results",
    "format_scores",
    "get_weights",
    "hard_negative_mask",
    "judge",
    "load_trained",
    "load_weights",
    "mxnet_to_torch",
    "new_network",
    "predict",
    "predict_batches",
    "process_group",
    "processes_from",
    "read_run",
    "summarize",
    "together",
    "torch_to_mxnet",
    "train_detection",
    "train_epoch",
    "train_step",
    "training_loader",
]

"""Folders of labeled images, read image by image."""

from d2l_ssd.datasets.labeled_folder import Folder, Problem, Sample
from d2l_ssd.datasets.labeled_images import LabeledImages
from d2l_ssd.datasets.opening import open_dataset, read_folder
from d2l_ssd.datasets.voc import VOCDetection
from d2l_ssd.datasets.voc_annotations import VOC_CLASSES, read_voc_annotation
from d2l_ssd.file_checks import check_files
from d2l_ssd.label_checks import read_labels

__all__ = [
    "VOC_CLASSES",
    "Folder",
    "LabeledImages",
    "Problem",
    "Sample",
    "VOCDetection",
    "check_files",
    "open_dataset",
    "read_folder",
    "read_labels",
    "read_voc_annotation",
]

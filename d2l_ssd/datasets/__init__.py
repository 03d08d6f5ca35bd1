"""Folders of labeled images, read image by image."""

from d2l_ssd.datasets.voc import VOCDetection
from d2l_ssd.datasets.voc_annotations import VOC_CLASSES, read_voc_annotation
from d2l_ssd.file_checks import check_files

__all__ = ["VOC_CLASSES", "VOCDetection", "check_files", "read_voc_annotation"]

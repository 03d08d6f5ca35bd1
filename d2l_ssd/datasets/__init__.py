"""Folders of labeled images, read image by image.

`open_dataset` recognizes the layouts that labeling tools export:

- Pascal VOC: `JPEGImages/` and `Annotations/` with an XML file per image, also
  called `images/` and `annotations/`, or all side by side, or so in a folder per
  split. Lists of splits are in `ImageSets/Main/`.
- COCO: a JSON file with `images`, `annotations`, and `categories`, or several, one
  per split. Images are beside it, in `images/`, or in folders of the splits' names.
  Crowds are difficult objects; only boxes are read.
- YOLO: `data.yaml`, or `classes.txt` and the like, with `images/` and `labels/`, or
  images and labels side by side. An image without a label file shows no object.

Names never lead out of the folder. All that is wrong is said at once.
"""

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

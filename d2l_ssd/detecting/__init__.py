"""Detect objects in photographs: one, or a folder of many, whole or in tiles."""

from d2l_ssd.detecting.detector import DetectOptions, detect
from d2l_ssd.detecting.files import FORMATS, write_detections
from d2l_ssd.detecting.pictures import draw_detections
from d2l_ssd.detecting.runs import DetectionRun, Report, detect_images
from d2l_ssd.detecting.sources import find_images
from d2l_ssd.detecting.tiles import merge_tiles, plan_tiles

__all__ = [
    "FORMATS",
    "DetectOptions",
    "DetectionRun",
    "Report",
    "detect",
    "detect_images",
    "draw_detections",
    "find_images",
    "merge_tiles",
    "plan_tiles",
    "write_detections",
]

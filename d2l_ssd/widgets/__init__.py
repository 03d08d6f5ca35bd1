"""Explorers, and pages that train: they live in the browser, with no kernel."""

from d2l_ssd.widgets.anchor_explorer import AnchorExplorer
from d2l_ssd.widgets.detection_explorer import DetectionExplorer
from d2l_ssd.widgets.feature_map_explorer import FeatureMapExplorer
from d2l_ssd.widgets.ideas_explorer import IdeasExplorer
from d2l_ssd.widgets.iou_explorer import IoUExplorer
from d2l_ssd.widgets.live_detector import LiveDetector
from d2l_ssd.widgets.loss_explorer import LossExplorer
from d2l_ssd.widgets.matching_explorer import MatchingExplorer
from d2l_ssd.widgets.nms_explorer import NMSExplorer
from d2l_ssd.widgets.own_thing import OwnThing
from d2l_ssd.widgets.playground import Playground
from d2l_ssd.widgets.recipe_explorer import RecipeExplorer
from d2l_ssd.widgets.target_explorer import TargetExplorer
from d2l_ssd.widgets.training_replay import TrainingReplay

__all__ = [
    "AnchorExplorer",
    "DetectionExplorer",
    "FeatureMapExplorer",
    "IdeasExplorer",
    "IoUExplorer",
    "LiveDetector",
    "LossExplorer",
    "MatchingExplorer",
    "NMSExplorer",
    "OwnThing",
    "Playground",
    "RecipeExplorer",
    "TargetExplorer",
    "TrainingReplay",
]

# Every public name of d2l_ssd: what `import d2l_ssd` offers, loaded when first used
from . import mxnet, torch, widgets
from .anchors import best_possible_iou, generate_anchors, ssd_anchors
from .augmentation import augment_detection
from .boxes import box_iou, centers_to_corners, clip_boxes, corners_to_centers
from .data import to_input
from .datasets import VOCDetection, open_dataset
from .detections import Detections
from .error_analysis import detection_kinds
from .error_tables import confusion_matrix, recall_by_size
from .evaluation import (
    average_precision,
    evaluate_detections,
    match_detections,
    precision_recall,
)
from .exercises import check
from .feature_maps import feature_map_shapes
from .inference import batched_nms, nms, predict_ssd, softmax, vote_boxes
from .mxnet.loaders import load_data_toy, load_data_voc_detection
from .mxnet.model import SSD, SSDBackbone, SSDOutput, detection_backbone
from .mxnet.training import DetectionLoss, ssd_batch, train_detection
from .results import load_results
from .schedule import learning_rate_at
from .targets import decode_offsets, encode_offsets, match_anchors, ssd_targets
from .toy import make_toy_voc
from .widgets import (
    AnchorExplorer,
    DetectionExplorer,
    FeatureMapExplorer,
    TargetExplorer,
    TrainingReplay,
)

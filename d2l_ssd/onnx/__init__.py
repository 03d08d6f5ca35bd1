"""Trained networks in files of ONNX, which run without MXNet and PyTorch."""

from d2l_ssd.onnx.files import description_path, open_onnx, write_onnx
from d2l_ssd.onnx.precision import PRECISIONS

__all__ = ["PRECISIONS", "description_path", "open_onnx", "write_onnx"]

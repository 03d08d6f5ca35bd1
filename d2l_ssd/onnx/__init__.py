"""Trained networks in files of ONNX, which run without MXNet and PyTorch."""

from d2l_ssd.onnx.files import description_path, open_onnx, write_onnx

__all__ = ["description_path", "open_onnx", "write_onnx"]

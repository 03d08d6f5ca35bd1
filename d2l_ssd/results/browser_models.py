"""The stored network in files of several precisions: size, AP, and time."""

from __future__ import annotations

import json
import os
from importlib import resources
from pathlib import Path

BROWSER_MODELS = "browser_models.json"
MEGABYTE = 1e6


def load_browser_models() -> dict:
    """Read what `python -m benchmarks.browser.models` measured.

    Returns:
        "made": the SHA-256 of the weights, the images, the processor; "rows": one
        per precision: "precision", "holds" (in words), "bytes", "gzipped" (bytes
        that a server sends), "difference" (see `write_onnx`), "ap" (COCO AP) and
        "ap50" on the test images, and the milliseconds of CPU for one image on
        one thread: "milliseconds" with onnxruntime, "browser_milliseconds" with
        onnxruntime-web in node, in WebAssembly as in a browser.
    """
    with resources.as_file(resources.files("d2l_ssd.results")) as folder:
        return read_browser_models(folder / BROWSER_MODELS)


def read_browser_models(path: str | os.PathLike) -> dict:
    """Read a file like the package's own, see `load_browser_models`."""
    return json.loads(Path(path).read_text(encoding="utf-8"))


def browser_models_markdown(table: dict) -> str:
    """Write the table as Markdown, one line per precision.

    Args:
        table: as `load_browser_models` returns it.
    """
    lines = [
        "| file | size | gzipped | AP50 | COCO AP | onnxruntime | in WebAssembly |",
        "|---" + "|---:" * 6 + "|",
    ]
    lines += [
        f"| {row['precision']} "
        f"| {row['bytes'] / MEGABYTE:.1f} MB "
        f"| {row['gzipped'] / MEGABYTE:.1f} MB "
        f"| {row['ap50']:.3f} "
        f"| {row['ap']:.3f} "
        f"| {row['milliseconds']:.0f} ms "
        f"| {row['browser_milliseconds']:.0f} ms |"
        for row in table["rows"]
    ]
    return "\n".join(lines)

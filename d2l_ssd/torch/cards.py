"""The model card of a run: what it is, what it was trained on, how good it is."""

from __future__ import annotations

import json
import os
import platform
from pathlib import Path

import numpy as np
import torch

from d2l_ssd.checkpoints import (
    Checkpoint,
    checkpoint_path,
    read_checkpoint,
)
from d2l_ssd.files import write_text
from d2l_ssd.torch.prediction import format_scores

CARD = """# A single-shot detector for {classes}

- **Network**: this book's SSD (ResNet-18), input {width} x {height} ({fit}),
  {num_anchors:,} anchors
- **Data**: {data}
- **Command**: `{command}`
- **Time**: {minutes:.0f} minutes of training, {num_epochs} epochs
- **Result**: {result}
- **Versions**: Python {python}, PyTorch {torch}, NumPy {numpy}

It has seen these images and nothing else: on images of another kind it may find
next to nothing. One training with one seed: the figures have no error bars.

## All settings

```json
{settings}
```
"""


def write_card(folder: str | os.PathLike, data: str, command: str) -> Path:
    """Write a run's card.md.

    Args:
        folder: of the run.
        data: what it was trained on, in words.
        command: that trained it.

    Returns:
        The card's path.
    """
    path = checkpoint_path(folder)
    card = path.with_name("card.md")
    write_text(card, make_card(read_checkpoint(path), data, command))
    return card


def make_card(checkpoint: Checkpoint, data: str, command: str) -> str:
    """Return the card of a run, in Markdown."""
    history, settings = checkpoint.history, checkpoint.settings
    row = history[-1]
    result = "not judged: there were no validation images"
    if "ap" in row:
        result = f"{format_scores(row)} on the validation images"
    values = {**checkpoint.options, "model": settings.as_dict()}
    return CARD.format(
        classes=", ".join(checkpoint.classes),
        width=settings.width,
        height=settings.height,
        fit="padded" if settings.fit == "pad" else "squeezed to it",
        num_anchors=len(settings.anchors()),
        data=data,
        command=command,
        minutes=sum(row["seconds"] for row in history) / 60,
        num_epochs=len(history),
        result=result,
        python=platform.python_version(),
        torch=torch.__version__,
        numpy=np.__version__,
        settings=json.dumps(values, indent=1),
    )

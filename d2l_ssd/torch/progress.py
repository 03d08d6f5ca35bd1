"""What a training shows while it runs."""

from __future__ import annotations

import numpy as np
from tqdm import tqdm

from d2l_ssd.processes import Processes
from d2l_ssd.torch.prediction import format_scores


def format_epoch(history: list[dict], num_epochs: int) -> str:
    """Return the last row of a history as a line of text."""
    row = history[-1]
    class_loss, localization_loss = row["class_loss"], row["localization_loss"]
    parts = [
        f"epoch {row['epoch']}/{num_epochs}",
        f"loss {class_loss + localization_loss:.3f} (class {class_loss:.3f}, "
        f"localization {localization_loss:.3f})",
        f"{row['images_per_second']:.1f} images/s",
    ]
    if "ap" in row:
        parts.append(format_scores(row))
    recent = [row["seconds"] for row in history[-3:]]
    minutes = (num_epochs - len(history)) * np.mean(recent) / 60
    if minutes >= 1:
        parts.append(f"about {minutes:.0f} minutes left")
    return "  ".join(parts)


def progress_bar(num_steps: int, epoch: int, processes: Processes) -> tqdm:
    """Return the bar of an epoch; the first process shows it."""
    # Not False: TQDM_DISABLE shall have its say
    silence = {} if processes.is_first else {"disable": True}
    title = f"epoch {epoch + 1}"
    return tqdm(
        total=num_steps, desc=title, unit="batch", leave=False, **silence
    )

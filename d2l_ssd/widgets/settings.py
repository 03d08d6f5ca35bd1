"""Settings of the pages that train: checked in Python, written as JSON can."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from typing import Any

import numpy as np


def check_settings(
    settings: Mapping[str, Any], known: Collection[str]
) -> dict[str, Any]:
    """Raise for unknown settings, and write infinity as JSON can.

    Args:
        settings: what differs from the page's defaults.
        known: the names that there are.

    Returns:
        The settings as they travel; all negatives (`math.inf`) are "all".

    Raises:
        ValueError: there is no such setting, or a number is not finite.
    """
    for name in settings:
        if name not in known:
            raise ValueError(
                f"unknown setting {name!r}, expected one of "
                f"{', '.join(sorted(known))}"
            )
    return {name: _to_json(name, value) for name, value in settings.items()}


def _to_json(name: str, value: Any) -> Any:
    """Turn a setting's value into what JSON can say."""
    if isinstance(value, (np.generic, np.ndarray)):
        value = value.tolist()
    if name == "neg" and value == math.inf:
        return "all"
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"{name} must be finite, got {value}")
    return value

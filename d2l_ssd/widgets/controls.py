"""The explorers' controls: ipywidgets that work where no Python runs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from ipywidgets import (
    Box,
    Dropdown,
    FloatSlider,
    HBox,
    Label,
    SelectionSlider,
    Widget,
)

SLIDER_STEP = 0.01


def fine_slider(
    value: float, low: float, high: float, description: str
) -> FloatSlider:
    """Make a slider for a number between 0 and 1, in steps of 0.01."""
    return FloatSlider(
        value,
        min=low,
        max=high,
        step=SLIDER_STEP,
        description=description,
        readout_format=".2f",
    )


def image_dropdown(images: Sequence[Any], index: int = 0) -> Dropdown:
    """Make the control that chooses one of the gallery's images."""
    options = [
        f"{number + 1} of {len(images)}" for number in range(len(images))
    ]
    return Dropdown(options=options, index=index, description="Image")


def name_maps(map_shapes: Iterable[Sequence[int]]) -> list[str]:
    """Name feature maps in a control."""
    return [f"{height} × {width} cells" for height, width in map_shapes]


def group(title: str, controls: Iterable[Widget]) -> HBox:
    """Put small controls (check boxes) side by side under one name."""
    return styled(HBox([Label(title), *controls]), "d2l-group")


def styled(box: Box, class_name: str) -> Box:
    """Give a box a class of the explorers' styles."""
    box.add_class(class_name)
    return box


def linked_trait(control: Widget) -> str:
    """Return the trait of a control that the browser knows.

    A selection's value never leaves Python, its index does.
    """
    selects = isinstance(control, (Dropdown, SelectionSlider))
    return "index" if selects else "value"

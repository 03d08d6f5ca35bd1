"""BCCD, photographs of blood cells: the data, and a network trained on them."""

from d2l_ssd.photographs.bccd import find_bccd
from d2l_ssd.photographs.drawings import (
    draw_bccd,
    draw_cells,
    find_or_draw_bccd,
    picture_of,
)
from d2l_ssd.photographs.labels import load_labels
from d2l_ssd.photographs.stored import load_stored_network

__all__ = [
    "draw_bccd",
    "draw_cells",
    "find_bccd",
    "find_or_draw_bccd",
    "load_labels",
    "load_stored_network",
    "picture_of",
]

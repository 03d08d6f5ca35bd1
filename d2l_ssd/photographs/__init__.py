"""BCCD, photographs of blood cells: the data, and a network trained on them."""

from d2l_ssd.photographs.bccd import find_bccd

__all__ = ["find_bccd"]

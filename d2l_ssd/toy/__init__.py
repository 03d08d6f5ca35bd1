"""The drawn data set: cats and dogs in the layout of VOC, made from a seed.

Its other modules are saved from the appendix, `book/toy.ipynb`.
"""

from d2l_ssd.toy.labels import ToyObject
from d2l_ssd.toy.scenes import draw_toy_scene
from d2l_ssd.toy.voc import make_toy_voc

__all__ = ["ToyObject", "draw_toy_scene", "make_toy_voc"]

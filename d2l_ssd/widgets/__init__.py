"""Explorers: pictures with controls that live in the browser, with no kernel."""

from d2l_ssd.widgets.anchor_explorer import AnchorExplorer

__all__ = ["AnchorExplorer"]

"""What every explorer shares: controls, a view, and the links between them.

How a new explorer is made:

1. `static/x_explorer.js`, an ES module that composes functions of `static/lib/`.
   Its default export has `render({ model, el })`, and `initialize({ model })`
   where one trait follows another; what it is made of is in `static/x/`. Start
   from `static/target_explorer.js`, and bundle it with `npm run build`.
2. `x_explorer.py` with an `ExplorerView` whose `_esm` is
   `read_bundle("x_explorer.js")` and whose synced traits hold the data (arrays
   as Bytes, see `encoding.py`) and the value of every control.
3. In the same file an `Explorer`: it makes the controls, a dictionary from the
   view's trait to the control that drives it, calls `super().__init__(view,
   controls)`, and draws its unmoved state with matplotlib in `draw_static`.
4. Its name in `__init__.py`.

The links are made in the browser (`jslink`), so a control works where no Python
runs. A Python callback must never be needed: what one trait does to another
belongs in `initialize`.
"""

from __future__ import annotations

import base64
import inspect
import io
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anywidget
import traitlets
from ipywidgets import Box, VBox, Widget, jslink

from d2l_ssd.feature_maps import feature_map_shapes
from d2l_ssd.widgets.controls import linked_trait, styled
from d2l_ssd.widgets.encoding import compress_picture

if TYPE_CHECKING:
    from matplotlib.figure import Figure

BUNDLES = Path(__file__).parent / "static" / "dist"
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
# The feature maps of a 256 x 256 image, fine to coarse
MAP_SHAPES = tuple(feature_map_shapes(256, 256))
NO_SCRIPT = """<noscript class="d2l-no-script"><img alt="{about}" \
src="data:image/png;base64,{png}"><p>This picture has controls that need \
JavaScript.</p></noscript>"""


def read_bundle(name: str) -> str:
    """Read a view's code or styles, which travel in the widget's state."""
    return (BUNDLES / name).read_text(encoding="utf-8")


class ExplorerView(anywidget.AnyWidget):
    """The picture of an explorer: it draws in the browser from its traits."""

    _css = read_bundle("explorer.css")


class GalleryView(ExplorerView):
    """A view of images with labels."""

    images = traitlets.List(traitlets.Bytes()).tag(sync=True)
    truths = traitlets.List(
        traitlets.Bytes(), help="per image (M, 5): class and box"
    ).tag(sync=True)
    class_names = traitlets.List(traitlets.Unicode()).tag(sync=True)


class JudgedView(GalleryView):
    """A view of images with detections that are right or wrong."""

    difficult = traitlets.List(
        traitlets.Bytes(), help="per image (M,): 1 where it does not count"
    ).tag(sync=True)
    score_threshold = traitlets.Float(0.3).tag(sync=True)


class StaticPicture:
    """What a page shows of a widget where no script runs: a picture of it."""

    def draw_static(self) -> Figure:
        """Draw the unmoved state with matplotlib, for where no script runs."""
        raise NotImplementedError

    def static_picture(self) -> bytes:
        """Return `draw_static()` as a small PNG."""
        import matplotlib.pyplot as plt

        figure = self.draw_static()
        file = io.BytesIO()
        figure.savefig(file, dpi=100, bbox_inches="tight", facecolor="white")
        plt.close(figure)
        return compress_picture(file.getvalue())

    def _ipython_display_(self) -> None:
        """Show the widget, and a picture that a page shows without JavaScript.

        The bundle's PNG is for what renders notebooks but no widgets (GitHub,
        an e-mail); a page that could render widgets, had it JavaScript, needs
        the <noscript>.
        """
        from IPython.display import HTML, display

        png = base64.b64encode(self.static_picture()).decode()
        view = {"version_major": 2, "version_minor": 0}
        shown = {
            WIDGET_VIEW: {**view, "model_id": self.model_id},
            "image/png": png,
            "text/plain": type(self).__name__,
        }
        display(shown, raw=True)
        # anywidget gives an object a class of its own, without the docstring
        about = (inspect.getdoc(type(self)) or "").split("\n")[0]
        display(HTML(NO_SCRIPT.format(about=about, png=png)))


class Explorer(StaticPicture, VBox):
    """Controls above a view, linked in the browser.

    `explorer.value` is a dict of what the controls say. In a live kernel it
    follows them: `explorer.observe(print, "value")`; setting a trait of
    `explorer.view` moves the control.

    Args:
        view: the `ExplorerView`.
        controls: from a trait of the view to the control that drives it.
        rows: the controls as they are laid out; if None, one after another.
    """

    value = traitlets.Dict()

    def __init__(
        self,
        view: ExplorerView,
        controls: dict[str, Widget],
        rows: Sequence[Widget] | None = None,
    ) -> None:
        self.view, self.controls = view, controls
        panel = styled(Box(rows or list(controls.values())), "d2l-controls")
        super().__init__([panel, view])
        self.add_class("d2l-explorer")
        # Kept: a link lives as long as somebody holds it
        self.links = [
            jslink((control, linked_trait(control)), (view, trait))
            for trait, control in controls.items()
        ]
        view.observe(self._update_value, names=list(controls))
        self._update_value()

    def _update_value(self, _change: Any = None) -> None:
        self.value = {name: getattr(self.view, name) for name in self.controls}

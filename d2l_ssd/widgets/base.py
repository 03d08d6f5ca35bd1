"""What every explorer shares: controls, a view, and the links between them.

How a new explorer is made:

1. `static/x_explorer.js`, an ES module that draws. It may import from
   `geometry.js` (pure functions) and `canvas.js` (drawing, theme, names), and
   its default export has `render({ model, el })`, and `initialize({ model })`
   where one trait follows another. Start from `target_explorer.js`.
2. `x_explorer.py` with an `ExplorerView` whose `_esm` is
   `bundle("x_explorer.js")` and whose synced traits hold the data (arrays as
   Bytes: `pack`, images: `encode_images`) and the value of every control.
3. In the same file an `Explorer`: it makes the controls, a dictionary from the
   view's trait to the control that drives it, calls `super().__init__(view,
   controls)`, and draws its unmoved state with matplotlib in `draw_static`.
4. Its name in `__init__.py`.

The links are made in the browser (`jslink`), so a control works where no Python
runs. A Python callback must never be needed: what one trait does to another
belongs in `initialize`.
"""

import base64
import io
import re
from pathlib import Path

import anywidget
import numpy as np
import traitlets
from ipywidgets import (
    Box,
    Dropdown,
    HBox,
    Label,
    SelectionSlider,
    VBox,
    jslink,
)
from PIL import Image

STATIC = Path(__file__).parent / "static"
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
SHARED = ("geometry.js", "canvas.js")
# The feature maps of a 256 x 256 image, fine to coarse
MAP_SHAPES = ((32, 32), (16, 16), (8, 8), (1, 1))


def bundle(name):
    """Join the shared modules and `name` to the one ES module of a view.

    A view's code travels in the widget's state, where a relative import leads
    nowhere. Our modules export plain functions and constants with names of
    their own, so all a bundler would do is drop their `import` and `export`.
    """
    sources = [(STATIC / shared).read_text() for shared in SHARED]
    shared = re.sub(r"^export ", "", "\n".join(sources), flags=re.M)
    source = shared + "\n" + (STATIC / name).read_text()
    return re.sub(r'^import [^;]*from "\./[^;]*;\n', "", source, flags=re.M)


def pack(array, dtype=np.float32):
    """Pack an array as little-endian bytes: a row of float32 in the browser."""
    dtype = np.dtype(dtype).newbyteorder("<")
    return np.ascontiguousarray(array, dtype=dtype).tobytes()


def encode_images(images, quality=85):
    """Compress RGB images (H, W, 3) uint8 to WebP bytes."""
    encoded = []
    for image in images:
        file = io.BytesIO()
        Image.fromarray(np.asarray(image)).save(
            file, format="webp", quality=quality, method=6
        )
        encoded.append(file.getvalue())
    return encoded


def clean_labels(truths, columns=5):
    """Make of each image's labels (M, 5 or 6) rows [class, box], no padding.

    With 6 columns they keep the last one, `difficult`.
    """
    truths = [np.asarray(rows, np.float32)[:, :columns] for rows in truths]
    return [rows[rows[:, 0] >= 0] for rows in truths]


def image_dropdown(images):
    """Make the control that chooses one of the gallery's images."""
    options = [
        f"{number + 1} of {len(images)}" for number in range(len(images))
    ]
    return Dropdown(options=options, index=0, description="Image")


def group(title, controls):
    """Put small controls (check boxes) side by side under one name."""
    box = HBox([Label(title), *controls])
    box.add_class("d2l-group")
    return box


class ExplorerView(anywidget.AnyWidget):
    """The picture of an explorer: it draws in the browser from its traits."""

    _css = (STATIC / "explorer.css").read_text()


class Explorer(VBox):
    """Controls above a view, linked in the browser.

    Parameters
    ----------
    view : the `ExplorerView`
    controls : dict from a trait of the view to the control that drives it
    rows : the controls as they are laid out (by default one after another)

    `explorer.value` is a dict of what the controls say. In a live kernel it
    follows them: `explorer.observe(print, "value")`; setting a trait of
    `explorer.view` moves the control.
    """

    value = traitlets.Dict()

    def __init__(self, view, controls, rows=None):
        self.view, self.controls = view, controls
        panel = Box(rows or list(controls.values()))
        panel.add_class("d2l-controls")
        super().__init__([panel, view])
        self.add_class("d2l-explorer")
        # Kept: a link lives as long as somebody holds it
        self.links = [
            jslink((control, _linked_trait(control)), (view, trait))
            for trait, control in controls.items()
        ]
        view.observe(self._update_value, names=list(controls))
        self._update_value()

    def _update_value(self, _change=None):
        self.value = {name: getattr(self.view, name) for name in self.controls}

    def draw_static(self):
        """Draw the unmoved state: a matplotlib figure for where no script runs."""
        raise NotImplementedError

    def static_picture(self):
        """Return `draw_static()` as the bytes of a small PNG."""
        import matplotlib.pyplot as plt

        figure = self.draw_static()
        file = io.BytesIO()
        figure.savefig(file, dpi=100, bbox_inches="tight", facecolor="white")
        plt.close(figure)
        small = io.BytesIO()
        picture = Image.open(file).convert("RGB")
        # 128 colors and no dithering: a quarter of the bytes, and deterministic
        picture.quantize(128, dither=0).save(small, "png", optimize=True)
        return small.getvalue()

    def _ipython_display_(self):
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
        about = (self.__doc__ or "").split("\n")[0]
        display(
            HTML(
                f'<noscript class="d2l-no-script"><img alt="{about}" '
                f'src="data:image/png;base64,{png}"><p>This picture has '
                "controls that need JavaScript.</p></noscript>"
            )
        )


def _linked_trait(control):
    # A selection's value never leaves Python, its index does
    selects = isinstance(control, (Dropdown, SelectionSlider))
    return "index" if selects else "value"

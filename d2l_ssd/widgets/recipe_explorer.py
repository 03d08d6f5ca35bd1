"""The explorer of "What matters": switch off a part of the recipe, see its AP."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import traitlets
from ipywidgets import Checkbox, Dropdown, Widget

from d2l_ssd.results.stored import load_results
from d2l_ssd.widgets.base import Explorer, ExplorerView, read_bundle
from d2l_ssd.widgets.controls import fine_slider, group, styled

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

FULL = "full"  # the row with all parts
METRICS = "ap50", "ap75", "ap"
LOSSES = "class_loss", "localization_loss"
# Of numbers that travel with the page: decimals, and significant digits
AP_DIGITS, LOSS_DIGITS = 4, 3
ROW_COLOR, FULL_COLOR = "#D55E00", "#666666"


class RecipeView(ExplorerView):
    """One row of an ablation beside the full recipe: AP of each seed, curves."""

    _esm = read_bundle("recipe_explorer.js")
    _css = read_bundle("recipe_explorer.css")
    parts = traitlets.List(help="dicts: name, and what it says").tag(sync=True)
    rows = traitlets.List(
        help="dicts: name, kind, change, on (numbers of parts), and for each "
        "seed ap50, ap75, ap, and losses over images"
    ).tag(sync=True)
    instead = traitlets.Int(help='0, or the number of a row "instead"').tag(
        sync=True
    )
    guess = traitlets.Float(0.5, help="of AP50, as the slider is").tag(
        sync=True
    )
    guesses = traitlets.Dict(help="name of a row shown -> its guess").tag(
        sync=True
    )


class RecipeExplorer(Explorer):
    """What each part of the recipe is worth: guess AP50 first, then look.

    The page trains nothing: it shows the rows that were measured, and offers the
    nearest of them for a combination that was not.

    Args:
        table: an ablation as `load_results().ablation` has it; that one if None.
        row: the name of the first row; if None, the full recipe without the
            part that it misses least.

    Raises:
        ValueError: the table has no runs of the full recipe, or no such row.
    """

    def __init__(
        self, table: Mapping[str, Any] | None = None, row: str | None = None
    ) -> None:
        self.table = load_results().ablation if table is None else table
        self._rows = _measured_rows(self.table)
        names = [part["name"] for part in self.table["parts"]]
        first = self._row(row or _least_missed(self._rows, len(names)))
        view = _make_view([name in first["parts"] for name in names])(
            parts=[
                {"name": part["name"], "says": part["says"]}
                for part in self.table["parts"]
            ],
            rows=[_compact(row, names) for row in self._rows.values()],
            instead=self._replacements.index(first["name"]) + 1
            if first["kind"] == "instead"
            else 0,
        )
        super().__init__(view, *self._make_controls(view))

    @property
    def row(self) -> dict | None:
        """The measured row at the controls' settings; None if there is none."""
        on = {
            part["name"]
            for k, part in enumerate(self.view.parts)
            if getattr(self.view, f"on_{k}")
        }
        instead = ("", *self._replacements)[self.view.instead]
        for row in self._rows.values():
            replaced = row["name"] if row["kind"] == "instead" else ""
            if set(row["parts"]) == on and replaced == instead:
                return row
        return None

    @property
    def _replacements(self) -> list[str]:
        """The names of the rows with another value instead of the recipe's."""
        rows = self._rows.values()
        return [row["name"] for row in rows if row["kind"] == "instead"]

    def _describe(self, row: Mapping[str, Any]) -> str:
        names = [part["name"] for part in self.table["parts"]]
        missing = [name for name in names if name not in row["parts"]]
        if row["name"] == FULL:
            return "the full recipe"
        return f"without {missing[0]}" if len(missing) == 1 else row["change"]

    def _row(self, name: str) -> dict:
        if name not in self._rows:
            raise ValueError(
                f"row must be one of {', '.join(self._rows)}, got {name!r}"
            )
        return self._rows[name]

    def _make_controls(
        self, view: RecipeView
    ) -> tuple[dict[str, Widget], list[Widget]]:
        """Return the controls by the trait that they drive, and their rows."""
        switches = {
            f"on_{k}": Checkbox(
                getattr(view, f"on_{k}"),
                description=part["name"],
                tooltip=part["says"],
                indent=False,
            )
            for k, part in enumerate(view.parts)
        }
        changes = [self._rows[name]["change"] for name in self._replacements]
        instead = Dropdown(
            options=["nothing", *changes],
            index=view.instead,
            description="Replaced",
        )
        guess = fine_slider(view.guess, 0, 1, "Your guess")
        box = styled(group("Parts", switches.values()), "d2l-switches")
        controls = {**switches, "instead": instead, "guess": guess}
        return controls, [box, instead, guess]

    def draw_static(self) -> Figure:
        """Draw the first row beside the full recipe: AP and losses."""
        import matplotlib.pyplot as plt

        rows = [(self.row, ROW_COLOR), (self._rows[FULL], FULL_COLOR)]
        figure, axes = plt.subplots(1, 3, figsize=(9, 3), layout="constrained")
        for place, (row, color) in enumerate(rows):
            name = self._describe(row)
            _draw_seeds(axes[0], row, color, name, place)
            for ax, loss in zip(axes[1:], LOSSES):
                _draw_losses(ax, row, loss, color)
        axes[0].set_xticks(range(len(METRICS)), ("AP50", "AP75", "COCO AP"))
        axes[0].set_ylim(0, 1)
        axes[0].legend(loc="upper right", fontsize=8)
        for ax, loss in zip(axes[1:], LOSSES):
            ax.set(xlabel="images seen", ylim=(0, None))
            ax.set_title(loss.replace("_", " "), fontsize=10)
        return figure


def _measured_rows(table: Mapping[str, Any]) -> dict[str, dict]:
    """Return the rows that have runs, all of one length, by their names."""
    rows = {
        row["name"]: row
        for row in table["rows"]
        if row.get("runs") and row["kind"] != "longer"
    }
    if FULL not in rows or "parts" not in table:
        raise ValueError(
            'table must have "parts", and "runs" of a row "full": make it with '
            "`python -m benchmarks.ablation.ablation --all --gather`"
        )
    return rows


def _least_missed(rows: Mapping[str, dict], num_parts: int) -> str:
    """Name the row that lacks one part and has the highest AP50 of these."""
    ap50 = {
        name: np.mean([run["ap50"] for run in row["runs"]])
        for name, row in rows.items()
        if len(row["parts"]) == num_parts - 1
    }
    return max(ap50, key=ap50.get, default=FULL)


def _compact(row: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    """Return what the page needs of a row; all its seeds have the same images."""
    runs = row["runs"]
    return {
        **{name: row[name] for name in ("name", "kind", "change")},
        "on": [k for k, name in enumerate(names) if name in row["parts"]],
        **{m: [round(run[m], AP_DIGITS) for run in runs] for m in METRICS},
        "images": runs[0]["curve"]["images"],
        **{
            name: [list(map(_shorten, run["curve"][name])) for run in runs]
            for name in LOSSES
        },
    }


def _shorten(loss: float | None) -> float | None:
    """Round a loss; JSON has no number for one that is not finite."""
    if loss is None or not np.isfinite(loss):
        return None
    return float(f"{loss:.{LOSS_DIGITS}g}")


def _make_view(on: Sequence[bool]) -> type[RecipeView]:
    """Make a RecipeView class that has a synced trait for each part."""
    switches = {
        f"on_{k}": traitlets.Bool(value).tag(sync=True)
        for k, value in enumerate(on)
    }
    return type("RecipeView", (RecipeView,), switches)


def _draw_seeds(
    ax: Axes, row: Mapping[str, Any], color: str, name: str, place: int
) -> None:
    """Draw a dot for each seed, one column per metric."""
    for x, metric in enumerate(METRICS):
        values = [run[metric] for run in row["runs"]]
        at = [x + 0.2 * place - 0.1] * len(values)
        ax.plot(at, values, "o", color=color, label=None if x else name)


def _draw_losses(
    ax: Axes, row: Mapping[str, Any], loss: str, color: str
) -> None:
    """Draw a line for each seed."""
    for run in row["runs"]:
        curve = run["curve"]
        values = np.array(curve[loss], dtype=float)
        ax.plot(curve["images"], values, color=color, linewidth=1)

"""Names of classes, as people see them."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from d2l_ssd.checks import check_class_names

# Nobody sees them: blanks of no width, marks of order and of direction
INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200e\u200f\u2060\ufeff\u00ad"))


def visible_name(name: str) -> str:
    """Return a class name as people see it.

    Names that look the same are the same: accents as parts of letters (NFC),
    one blank where there are several, none around, and nothing invisible.
    """
    if not name.isascii():
        name = unicodedata.normalize("NFC", name.translate(INVISIBLE))
    return " ".join(name.split())


def visible_classes(classes: Sequence[str]) -> tuple[str, ...]:
    """Return `visible_name` of class names; raise unless they differ."""
    for name in check_class_names(classes):
        if not isinstance(name, str) or not visible_name(name):
            raise ValueError(
                f"classes must be names, got {name!r}; write them as strings"
            )
    return check_class_names([visible_name(name) for name in classes])

"""Cite as the field does: Liu et al. (2016), or (Liu et al., 2016).

A Sphinx extension: a style for sphinxcontrib-bibtex, whose own has square brackets.
"""

from dataclasses import dataclass, field

import sphinxcontrib.bibtex.plugin
from sphinxcontrib.bibtex.style.referencing import BracketStyle, PersonStyle
from sphinxcontrib.bibtex.style.referencing.author_year import (
    AuthorYearReferenceStyle,
)


def round_brackets():
    return BracketStyle(left="(", right=")")


def upright_names():
    return PersonStyle(other=" et al.")


@dataclass
class AuthorYearRound(AuthorYearReferenceStyle):
    """Author and year, the year in round brackets."""

    person: PersonStyle = field(default_factory=upright_names)
    bracket_parenthetical: BracketStyle = field(default_factory=round_brackets)
    bracket_textual: BracketStyle = field(default_factory=round_brackets)
    bracket_author: BracketStyle = field(default_factory=round_brackets)
    bracket_label: BracketStyle = field(default_factory=round_brackets)
    bracket_year: BracketStyle = field(default_factory=round_brackets)


def setup(app):
    sphinxcontrib.bibtex.plugin.register_plugin(
        "sphinxcontrib.bibtex.style.referencing",
        "author_year_round",
        AuthorYearRound,
    )
    return {"parallel_read_safe": True, "parallel_write_safe": True}

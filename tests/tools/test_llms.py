"""The Sphinx extension that writes llms.txt."""

from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace

# Sphinx keeps the suffixes that extensions of an earlier build have added
CONFIG = """extensions = ["myst_parser", "llms"]
source_suffix = {".md": "markdown"}
"""
TOC = """root: index
parts:
- caption: The parts
  chapters:
  - file: boxes
  - file: api
    sections:
    - file: geometry
"""


def build(folder, builder):
    (folder / "conf.py").write_text(CONFIG)
    (folder / "_toc.yml").write_text(TOC)
    for name in "boxes", "api", "geometry":
        (folder / f"{name}.md").write_text(
            f"# About {name}\n\nFirst *words*\non {name}.\n\nMore."
        )
    toctree = "```{toctree}\nboxes\napi\ngeometry\n```"
    (folder / "index.md").write_text(f"# Detection\n\n{toctree}")
    out = folder / builder
    with docutils_namespace():
        Sphinx(folder, folder, out, out, builder, status=None).build()
    return out / "llms.txt"


def test_every_page_has_a_line(tmp_path):
    text = build(tmp_path, "html").read_text()
    assert text.startswith("# Detection\n\n> An interactive book")
    assert text.endswith(
        """
## The parts

- [About boxes](boxes.html): First words on boxes.
- [About api](api.html): First words on api.
- [About geometry](geometry.html): First words on geometry.
"""
    )


def test_only_the_site_has_it(tmp_path):
    assert not build(tmp_path, "singlehtml").exists()

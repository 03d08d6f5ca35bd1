"""Write llms.txt: what the site holds, for programs that read it.

A Sphinx extension. The file lies at the root of the site, as https://llmstxt.org
proposes: for each part of the book a heading, for each page a link and its first
paragraph.
"""

from pathlib import Path

import yaml
from docutils import nodes

NAME = "llms.txt"
ABOUT = """# {title}

> An interactive book that teaches single-shot object detection (SSD) by building it in
> Python, and the package `d2l_ssd` that its chapters save. Every page is a static
> file; chapters are notebooks with their outputs.
"""


def describe(env, docname):
    """Return a page's first paragraph on one line."""
    for paragraph in env.get_doctree(docname).findall(nodes.paragraph):
        text = " ".join(paragraph.astext().split())
        if text:
            return text
    return ""


def list_pages(env, entries):
    """Yield a line for each page of the table of contents, and those below it."""
    for entry in entries:
        docname = entry["file"]
        title = env.titles[docname].astext()
        about = describe(env, docname)
        yield f"- [{title}]({docname}.html)" + (f": {about}" if about else "")
        yield from list_pages(env, entry.get("sections", []))


def write_index(app, exception):
    """Write llms.txt beside the pages."""
    if exception or app.builder.name != "html":
        return
    toc = yaml.safe_load((Path(app.srcdir) / "_toc.yml").read_text("utf-8"))
    lines = [ABOUT.format(title=app.env.titles[toc["root"]].astext())]
    for part in toc["parts"]:
        lines += [f"## {part['caption']}", ""]
        lines += [*list_pages(app.env, part["chapters"]), ""]
    (Path(app.outdir) / NAME).write_text("\n".join(lines), encoding="utf-8")


def setup(app):
    app.connect("build-finished", write_index)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

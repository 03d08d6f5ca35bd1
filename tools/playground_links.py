"""Let chapters link to the playground in a certain state.

A Sphinx extension. The playground keeps its state in its address, behind the `#`:

    [What does a lower threshold do?](playground.html#iou=0.4&force=0)

To Sphinx such a link leads to a heading that it cannot find. This module makes it a
plain link; tests/book/test_links.py asks the playground's own code whether it can
read the state.
"""

from docutils import nodes
from sphinx import addnodes
from sphinx.transforms import SphinxTransform

PAGE = "playground.html"
DOCUMENT = "book/playground"


class LinkToPlayground(SphinxTransform):
    """Replace references to `playground.html#…` by plain links."""

    default_priority = 400

    def apply(self):
        for link in list(self.document.findall(addnodes.pending_xref)):
            page, separator, state = link["reftarget"].partition("#")
            if page == PAGE:
                address = self.app.builder.get_relative_uri(
                    self.env.docname, DOCUMENT
                )
                text = link.astext()
                link.replace_self(
                    nodes.reference(
                        text,
                        text,
                        refuri=address + separator + state,
                        internal=True,
                    )
                )


def setup(app):
    app.add_transform(LinkToPlayground)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

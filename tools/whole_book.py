"""Put the whole book on one page, for its PDF.

A Sphinx extension for the builder `singlehtml`. Explorers are shown by the pictures
that are stored beside them, because a printed page cannot run them.
"""

BUILDER = "singlehtml"
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"


def use_handlers_of_html(app):
    """Let nodes that extensions can write as HTML be written here, too.

    Sphinx looks at those of `html` only if no extension names this builder.
    """
    handlers = app.registry.translation_handlers
    handlers[BUILDER] = {
        **handlers.get("html", {}),
        **handlers.get(BUILDER, {}),
    }


def setup(app):
    app.connect("builder-inited", use_handlers_of_html)
    app.config.nb_mime_priority_overrides = [
        [BUILDER, "image/png", 1],
        [BUILDER, WIDGET_VIEW, None],
    ]
    return {"parallel_read_safe": True, "parallel_write_safe": True}

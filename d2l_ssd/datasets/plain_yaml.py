"""YAML that holds plain data and cannot grow."""

from __future__ import annotations

import yaml


class PlainLoader(yaml.SafeLoader):
    """Reads plain data. Aliases can grow without bound, so they raise an error."""

    def compose_node(self, parent, index):
        """Compose a node that is no alias, as PyYAML asks for them."""
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark
            raise yaml.MarkedYAMLError(
                problem="an alias (*name) is not allowed", problem_mark=mark
            )
        return super().compose_node(parent, index)


def load_yaml(text: str):
    """Return the content of a YAML file.

    Raises:
        ValueError: it is broken; says where.
    """
    try:
        return yaml.load(text, Loader=PlainLoader)
    except RecursionError:
        raise ValueError("broken YAML: it is nested too deep") from None
    except (yaml.YAMLError, ValueError) as error:
        reason = " ".join(str(error).split())
        raise ValueError(f"broken YAML: {reason}") from None

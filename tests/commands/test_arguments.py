"""Arguments that several commands have."""

import argparse

import pytest

from d2l_ssd.commands.arguments import parse_size


class TestParseSize:
    @pytest.mark.parametrize(
        "text, size", [("640x480", (480, 640)), ("9X8", (8, 9)), ("7", (7, 7))]
    )
    def test_good(self, text, size):
        assert parse_size(text) == size

    @pytest.mark.parametrize("text", ["", "x", "3x", "0x9", "1x2x3", "a", "-3"])
    def test_bad(self, text):
        with pytest.raises(
            argparse.ArgumentTypeError, match="WxH in pixels, as in 640x480"
        ):
            parse_size(text)

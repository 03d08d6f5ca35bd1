"""A runtime of Colab's for the tests of one file."""

import pytest
from runtime import Runtime


@pytest.fixture(scope="module")
def runtime(tmp_path_factory):
    return Runtime(tmp_path_factory.mktemp("colab"))

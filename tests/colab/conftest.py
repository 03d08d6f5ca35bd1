"""A runtime of Colab's for the tests of one file."""

import shutil

import pytest
from runtime import Runtime


@pytest.fixture(scope="module")
def runtime(tmp_path_factory):
    folder = tmp_path_factory.mktemp("colab")
    yield Runtime(folder)
    shutil.rmtree(folder)  # gigabytes

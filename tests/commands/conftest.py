"""What the commands' tests share."""

import pytest

from d2l_ssd import cli


@pytest.fixture(scope="session")
def exported(tmp_path_factory):
    """The stored weights in a file of ONNX."""
    path = tmp_path_factory.mktemp("exported") / "animals.onnx"
    cli.main(["export", "stored", str(path)])
    return path

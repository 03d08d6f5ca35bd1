"""The command line on small data sets."""

import subprocess
import sys

import pytest
from helpers.voc import write_voc

from d2l_ssd import cli

QUICK = (
    "--epochs 1 --batch-size 2 --image-size 32x32 --num-workers 0 "
    "--anchors default"
).split()
RED, BLUE = ("red cell", (3, 3, 30, 18), {}), ("blue", (1, 1, 20, 20), {})


def write_cells(root):
    """Write a folder in VOC's layout: 4 images of train, 4 of val."""
    kinds = [[RED], [BLUE], [RED, BLUE], [BLUE]]
    for split in ("train", "val"):
        names = [f"{split}{i}" for i in range(4)]
        write_voc(root, dict(zip(names, kinds)), split, classes=())
    return root


def fails(capsys, *arguments):
    """Return what a command line says before it ends with status 2."""
    with pytest.raises(SystemExit) as stopped:
        cli.main(list(map(str, arguments)))
    assert stopped.value.code == 2
    message = capsys.readouterr().err
    assert "Traceback" not in message
    return message


def run_program(*arguments, **options):
    """Return a process that runs the command line, its output caught."""
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    command = [sys.executable, "-m", "d2l_ssd", *map(str, arguments)]
    return subprocess.Popen(command, **pipes, **options)

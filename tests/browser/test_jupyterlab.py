"""An explorer in a live JupyterLab: the same cell, now with a kernel behind it."""

import os
import socket
import subprocess
import sys
import time
import urllib.request

import nbformat
import pytest

CELLS = (
    """\
import numpy as np
from d2l_ssd.widgets import TargetExplorer

image = np.full((64, 64, 3), 128, np.uint8)
labels = np.array([[0, 0.2, 0.3, 0.6, 0.7]])
explorer = TargetExplorer([image], [labels])
explorer""",
    'print("the kernel says", round(explorer.value["pos_iou"], 2))',
    "explorer.view.pos_iou = 0.7",
)


def write_notebook(path):
    notebook = nbformat.v4.new_notebook()
    notebook.metadata["kernelspec"] = {
        "name": "python3",
        "display_name": "Python 3",
    }
    notebook.cells = [nbformat.v4.new_code_cell(source) for source in CELLS]
    nbformat.write(notebook, path)


@pytest.fixture
def lab(tmp_path):
    """Start JupyterLab on a folder with one notebook; return its address."""
    write_notebook(tmp_path / "explorer.ipynb")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    home = {"JUPYTER_CONFIG_DIR": "config", "JUPYTERLAB_SETTINGS_DIR": "lab"}
    home["JUPYTERLAB_WORKSPACES_DIR"] = "workspaces"
    server = subprocess.Popen(
        [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"]
        + [f"--port={port}", "--IdentityProvider.token="]
        + [f"--ServerApp.root_dir={tmp_path}", "--LabApp.news_url=None"],
        env={**os.environ, **{k: str(tmp_path / v) for k, v in home.items()}},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}/lab"
    try:
        wait_for(address)
        yield address
    finally:
        server.terminate()
        server.wait(timeout=20)


def wait_for(address, seconds=60):
    for _ in range(seconds * 2):
        try:
            return urllib.request.urlopen(address, timeout=5)
        except OSError:
            time.sleep(0.5)
    pytest.fail(f"no JupyterLab at {address}")


def run_cell(page, number):
    """Press Control+Enter in a cell until JupyterLab, still busy, hears it."""
    cell = page.locator(".jp-Cell").nth(number)
    prompt = cell.locator(".jp-InputPrompt")
    for _ in range(20):
        cell.locator(".cm-content").click()
        page.keyboard.press("Control+Enter")
        page.wait_for_timeout(1000)
        if prompt.inner_text() != "[ ]:":
            return
    pytest.fail("JupyterLab does not run the cell")


def test_an_explorer_and_its_kernel_follow_each_other(browser, lab):
    page = browser.new_page(viewport={"width": 1280, "height": 1000})
    # What a busy JupyterLab may ask (which kernel?) gets its own answer
    page.add_locator_handler(
        page.locator("dialog.jp-Dialog"),
        lambda dialog: dialog.locator(".jp-mod-accept").click(),
    )
    page.goto(f"{lab}/tree/explorer.ipynb")
    page.locator(".jp-Cell").first.wait_for(timeout=90_000)
    idle = page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]")
    idle.wait_for(state="attached", timeout=90_000)
    run_cell(page, 0)
    page.wait_for_selector(".d2l-view[data-drawings]", timeout=90_000)
    slider = page.get_by_role("slider", name="Positive from")
    slider.wait_for()
    for _ in range(5):
        slider.press("ArrowRight")
    run_cell(page, 1)
    page.get_by_text("the kernel says 0.55").wait_for()
    run_cell(page, 2)
    page.wait_for_function(
        """() => document.querySelector("[role=slider][aria-label='Positive from']")
            .getAttribute("aria-valuetext") === "0.7" """
    )
    assert page.get_by_role("img", name="at thresholds 0.70 and 0.40").count()
    page.close()

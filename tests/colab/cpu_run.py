"""The set-up cell on a runtime without a GPU, for real, and chapters after it."""

import pytest
from runtime import ROOT, read_chapter

VIEW = "application/vnd.jupyter.widget-view+json"
STATE = "application/vnd.jupyter.widget-state+json"


@pytest.fixture(scope="module")
def ready(runtime):
    """The runtime after the set-up cell has run once."""
    before = runtime.files()
    calls = "print(sys.modules['google.colab.output'].calls)"
    output, calls, seconds = runtime.set_up(calls)
    print(f"\nset-up: {seconds:.0f} s\n{output}", end="")
    assert runtime.files() == before
    assert "No GPU here, so MXNet runs on the CPU" in output
    assert "tqdm" in output
    assert output.endswith("Ready.\n")
    assert calls == "['enable_custom_widget_manager']\n"
    return runtime


def test_second_run_is_instant(ready):
    output, _, seconds = ready.set_up()
    assert "Installing" not in output
    assert seconds < 5


@pytest.mark.parametrize("chapter", ["index", "anchors"])
def test_chapter_with_an_explorer(ready, chapter):
    data = ready.content.parent / "data"
    if not data.exists():
        data.symlink_to(ROOT / "data")  # drawing it takes minutes
    notebook = ready.execute(read_chapter(chapter))
    shown = [o for c in notebook.cells for o in c.get("outputs", [])]
    assert any(VIEW in output.get("data", {}) for output in shown)
    assert [o.text for o in shown if o.get("name") == "stderr"] == []
    models = notebook.metadata.widgets[STATE]["state"].values()
    assert "AnyModel" in {model["model_name"] for model in models}


def test_damaged_folder_is_replaced(ready):
    folder = ready.installed / "mxnet-cpu"
    (folder / "mxnet" / "libmxnet.so").unlink()
    (ready.installed / "mxnet-cpu.part").mkdir()  # a run that was interrupted
    output, version, _ = ready.set_up("import mxnet; print(mxnet.__version__)")
    assert "Installing" in output
    assert version == "1.9.1\n"
    assert not (ready.installed / "mxnet-cpu.part").exists()

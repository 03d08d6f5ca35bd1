"""The tool that runs chapters and stores their outputs."""

import nbformat
import pytest
import run_chapters
from helpers.notebooks import write_notebook

WIDGETS = """import ipywidgets
a, b = ipywidgets.FloatSlider(value=0.5), ipywidgets.FloatText()
link = ipywidgets.jslink((a, "value"), (b, "value"))
ipywidgets.VBox([a, b])"""


class TestRun:
    def test_twice_gives_the_same_bytes(self, tmp_path, capsys):
        path = tmp_path / "data.ipynb"
        write_notebook(path, "print(1)\nprint(2)", WIDGETS, "a", "1", "1")
        assert run_chapters.main([str(path)]) == 0
        first = path.read_bytes()
        assert run_chapters.main([str(path)]) == 0
        assert path.read_bytes() == first
        assert "data.ipynb: " in capsys.readouterr().out

        notebook = nbformat.read(path, as_version=4)
        cells = notebook.cells
        assert [c.execution_count for c in cells] == [1, 2, 3, 4, 5]
        assert cells[3].id + "-2" == cells[4].id
        assert cells[0].outputs[0].text == "1\n2\n"
        # The slider was made third: its layout, its style, itself
        view = cells[2].outputs[0].data[run_chapters.WIDGET_VIEW]
        assert view["model_id"] == f"{3:032x}"
        widgets = notebook.metadata.widgets[run_chapters.WIDGET_STATE].state
        assert sorted(widgets) == [f"{n + 1:032x}" for n in range(len(widgets))]
        links = [
            w.state for w in widgets.values() if w.model_name == "LinkModel"
        ]
        assert links[0].source == [f"IPY_MODEL_{3:032x}", "value"]

    @pytest.mark.parametrize(
        "case, cells, message",
        [
            ("error", ("x = 1", "x / 0"), "cell 2 failed"),
            ("path", ("import os", "print(os.getcwd())"), "cell 2 shows '/"),
            ("address", ("object()",), "cell 1 shows 'at 0x"),
            ("large", ("'a' * 4_000_000",), "4.0 MB with its outputs"),
            ("killed", ("import os\nos._exit(1)",), "the kernel died"),
        ],
    )
    def test_bad_chapter_is_left_alone(
        self, tmp_path, capsys, case, cells, message
    ):
        path = tmp_path / f"1-{case}.ipynb"
        write_notebook(path, *cells)
        before = path.read_bytes()
        assert run_chapters.main([str(path)]) == 1
        assert f"1-{case}.ipynb: {message}" in capsys.readouterr().err
        assert path.read_bytes() == before
        assert [p.name for p in tmp_path.iterdir()] == [path.name]

    def test_chapter_that_changes_meanwhile_is_left_alone(
        self, tmp_path, capsys
    ):
        path = tmp_path / "data.ipynb"
        touch = f"with open('{path.name}', 'a') as f: f.write(' ')"
        write_notebook(path, touch)
        assert run_chapters.main([str(path)]) == 1
        assert "somebody changed the file" in capsys.readouterr().err


def test_output_folder_leaves_the_chapter_alone(tmp_path, capsys):
    path = tmp_path / "data.ipynb"
    write_notebook(path, "'a' * 4_000_000")
    before = path.read_bytes()
    output = tmp_path / "elsewhere"
    assert run_chapters.main(["--output", str(output), str(path)]) == 0
    assert path.read_bytes() == before
    cells = nbformat.read(output / "data.ipynb", as_version=4).cells
    assert len(cells[0].outputs[0].data["text/plain"]) > 4_000_000

"""The tool that writes the chapters' set-up cells, and the Colab button."""

import sys
import types

import nbformat
import publish
import pytest
import run_chapters
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

URL = "https://github.com/somebody/ssd-book"


@pytest.fixture
def book(tmp_path):
    """Make a book of two chapters; return its folder."""
    for name in "data", "index":
        cells = new_markdown_cell("# Title"), new_code_cell("1 + 1")
        path = tmp_path / "book" / f"{name}.ipynb"
        path.parent.mkdir(exist_ok=True)
        nbformat.write(new_notebook(cells=cells), path)
    set_url(tmp_path, "")
    return tmp_path


def set_url(book, url):
    config = f'repository:\n  url: "{url}"\n  branch: main\n'
    (book / "_config.yml").write_text(config)


def cells(book, name):
    return nbformat.read(book / "book" / f"{name}.ipynb", as_version=4).cells


class TestPublish:
    def test_every_chapter_gets_the_same_cell(self, book, capsys):
        assert publish.main(["--root", str(book), "--check"]) == 1
        assert "book/data.ipynb: another set-up cell" in capsys.readouterr().out
        assert publish.main(["--root", str(book)]) == 0
        assert publish.main(["--root", str(book), "--check"]) == 0
        data, index = cells(book, "data"), cells(book, "index")
        assert [cell.cell_type for cell in data] == ["markdown", "code", "code"]
        assert data[1] == index[1]
        assert data[1].source.startswith("# @title Set-up on Google Colab")

    def test_cell_follows_the_url(self, book):
        publish.main(["--root", str(book)])
        assert '"D2L_SSD_SOURCE", "")' in cells(book, "index")[1].source
        set_url(book, URL + "/")
        assert publish.main(["--root", str(book), "--check"]) == 1
        publish.main(["--root", str(book)])
        assert len(cells(book, "index")) == 3
        assert f'"git+{URL}@main")' in cells(book, "index")[1].source

    def test_running_a_chapter_keeps_all_that(self, book):
        path = book / "book" / "data.ipynb"
        publish.main(["--root", str(book)])
        run_chapters.run_chapter(path)
        assert publish.main(["--root", str(book), "--check"]) == 0
        metadata = nbformat.read(path, as_version=4).metadata
        assert metadata.accelerator == "GPU"
        assert metadata.colab == {"gpuType": "T4"}
        assert cells(book, "data")[1].outputs == []

    def test_the_chapters_of_this_repository(self):
        assert publish.main(["--check"]) == 0

    def test_cell_installs_nothing_elsewhere(self, monkeypatch, capfd):
        monkeypatch.delitem(sys.modules, "google.colab", raising=False)
        names = {}
        exec(publish.set_up_code(URL, "main"), names)
        assert names.keys() == {"__builtins__", "sys", "d2l_ssd"}
        assert capfd.readouterr() == ("", "")

    def test_cell_says_what_to_do_without_a_url(self, monkeypatch, tmp_path):
        monkeypatch.setitem(sys.modules, "google.colab", types.ModuleType("c"))
        monkeypatch.setenv("HOME", str(tmp_path))
        monkeypatch.delenv("D2L_SSD_SOURCE", raising=False)
        with pytest.raises(RuntimeError, match="URL in _config.yml and run"):
            exec(publish.set_up_code("", "main"), {})
        assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "case, url, button",
    [
        ("unset", "", {}),
        ("nothing", None, {}),
        ("GitHub", URL, {"colab_url": "https://colab.research.google.com"}),
        ("elsewhere", "https://gitlab.com/somebody/ssd-book", {}),
    ],
)
def test_colab_button(case, url, button):
    theme = {"launch_buttons": {}, "repository_url": url}
    listeners = {}
    app = types.SimpleNamespace(connect=listeners.__setitem__)
    publish.setup(app)
    config = types.SimpleNamespace(html_theme_options=theme)
    listeners["config-inited"](app, config)
    assert theme["launch_buttons"] == button

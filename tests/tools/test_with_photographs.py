"""The sources that the book with photographs is built from."""

from with_photographs import CHAPTERS, COPIED, LINKED, copy_sources


def test_all_but_the_chapters(tmp_path):
    root, target = tmp_path / "root", tmp_path / "target"
    for name in ("book/_static/book.css", "book/data.ipynb", *COPIED):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(name)
    for name in CHAPTERS:
        (root / "book" / name).write_text("drawings")
    for name in LINKED:
        (root / name).mkdir(parents=True)
        (root / name / "inside").write_text(name)
    for _ in range(2):  # the second time over what the first has left
        copy_sources(root, target)
    files = {p.name for p in (target / "book").rglob("*") if p.is_file()}
    assert files == {"book.css", "data.ipynb"}
    assert (target / "_toc.yml").read_text() == "_toc.yml"
    for name in LINKED:
        assert (target / name / "inside").read_text() == name

"""Links of the pages lead somewhere; those to the playground say what it can do."""

import html
import json
import re
import subprocess

import pytest
import yaml
from helpers.chapters import BOOK, ROOT
from helpers.javascript import node

ADDRESS = ROOT / "d2l_ssd/widgets/static/engine/address.js"
PAGES = sorted([*BOOK.glob("*.ipynb"), *BOOK.rglob("*.md")])
PLAYGROUND = re.compile(r"playground\.(?:html|ipynb)#([^)\"'\s]+)")
PARSE = """
import { parseAddress } from %s;
const hashes = JSON.parse(process.argv[1]);
console.log(JSON.stringify(hashes.map((hash) => parseAddress(hash).problems)));
"""
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([\w./-]+\.(?:ipynb|md))(?:#[^)]*)?\)")


def text_of(page):
    """Return a page's Markdown."""
    if page.suffix == ".md":
        return page.read_text(encoding="utf-8")
    cells = json.loads(page.read_text(encoding="utf-8"))["cells"]
    return "\n\n".join(
        "".join(cell["source"])
        for cell in cells
        if cell["cell_type"] == "markdown"
    )


def problems_of(states):
    """Ask the playground's own code what it cannot read in its addresses."""
    script = PARSE % json.dumps(ADDRESS.as_uri())
    command = [node(), "--input-type=module", "-e", script, json.dumps(states)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def files_in(entries):
    for entry in entries:
        if "file" in entry:
            yield entry["file"]
        yield from files_in(entry.get("chapters", entry.get("sections", [])))


def test_states_of_the_playground_can_be_read():
    links = [
        (page.name, html.unescape(state))
        for page in PAGES
        for state in PLAYGROUND.findall(text_of(page))
    ]
    assert links, "no chapter links to the playground"
    problems = problems_of([state for _, state in links])
    assert [(*link, p) for link, p in zip(links, problems) if p] == []


def test_unknown_state_is_noticed():
    known, unknown = problems_of(["iou=0.7&force=0", "iou=0.7&hammer=2"])
    assert known == []
    assert unknown != []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_linked_pages_are_in_the_table_of_contents(page):
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    listed = {toc["root"], *files_in(toc["parts"])}
    linked = {
        (page.parent / target).resolve().relative_to(ROOT).with_suffix("")
        for target in LINK.findall(text_of(page))
    }
    assert sorted({path.as_posix() for path in linked} - listed) == []


def test_every_page_is_in_the_table_of_contents():
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    listed = {toc["root"], *files_in(toc["parts"])}
    pages = {p.relative_to(ROOT).with_suffix("").as_posix() for p in PAGES}
    assert pages == listed

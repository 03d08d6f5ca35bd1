"""The book's prose: what a reader reads, without code, formulas and addresses."""

import ast
import io
import json
import re
import tokenize
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# What is not prose in Markdown, in the order in which it is taken out
NOT_PROSE = [
    re.compile(pattern, re.DOTALL | re.MULTILINE)
    for pattern in (
        r"<!--.*?-->",
        r"^(`{3,})(?:\w+|)\n.*?^\1$",  # code blocks; directives are prose
        r"^(`{3,})\{(?:math|bibliography|eval-rst|toctree)\}.*?^\1$",
        r"^\s*(?:`{3,}|:{3,}).*?$",  # a directive's first and last line
        r"^\s*:[\w-]+:.*?$",  # its options
        r"\$\$.*?\$\$(?: *\([\w-]+\))?",
        r"\$[^$]+\$",
        r"\{(?:cite|numref|eq|ref|doc|math)[:\w]*\}`[^`]*`",
        r"\{term\}(?=`)",
        r"`{2}.*?`{2}",
        r"`[^`<]*`",  # code, and terms, which the glossary has
        r"\]\([^)]*\)",  # a link's address
        r"<[^>]*>",
        r"https?://\S+",
        r"(?<!\S)--?\w[\w-]*",  # options of commands
        r"&\w+;",
    )
]
TERM = re.compile(r"\{term\}`([^`<]*?)(?:\s*<[^>]*>)?`")
TITLE = re.compile(r"^\s*(?:`{3,}|:{3,})\{\w[\w-]*\} *(.*)$", re.MULTILINE)
ARGUMENT = re.compile(r"^\s+(?:\w+, )*\w+(?=: )", re.MULTILINE)
WORD = re.compile(r"(?<![\w#.])[^\W\d_]+(?:['’][^\W\d_]+)*(?!\w)")


def strip_markdown(text):
    """Return the prose of a Markdown text."""
    titles = TITLE.findall(text)
    text = TERM.sub(r"\1", text)
    for pattern in NOT_PROSE:
        text = pattern.sub(" ", text)
    labels = re.compile(r"^(?:ex|eq|fig)-[\w-]+$")
    return "\n".join([text, *(t for t in titles if not labels.match(t))])


def python_prose(code):
    """Return the comments, docstrings and sentences of a Python program."""
    lines = (line for line in code.splitlines() if line[:1] not in ("%", "!"))
    code = "\n".join(lines)
    texts = []
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if " " in node.value.strip():
                texts.append(node.value)
    for token in tokenize.generate_tokens(io.StringIO(code).readline):
        if token.type == tokenize.COMMENT and "noqa" not in token.string:
            texts.append(token.string)
    return strip_markdown(ARGUMENT.sub("", "\n".join(texts)))


def notebook_prose(path, code=True):
    """Return the prose of a chapter: its Markdown, and what its code says."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    texts = []
    for cell in cells:
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            texts.append(strip_markdown(source))
        elif code and not source.startswith("# @title Set-up"):
            texts.append(python_prose(source))
    return "\n".join(texts)


def read_prose(path):
    """Return the prose of a file of any kind."""
    if path.suffix == ".ipynb":
        return notebook_prose(path)
    text = path.read_text(encoding="utf-8")
    return python_prose(text) if path.suffix == ".py" else strip_markdown(text)


def prose_files():
    """List the files that people read: pages, modules and tools."""
    return sorted(
        [
            *(ROOT / "book").glob("*.ipynb"),
            *(ROOT / "book").rglob("*.md"),
            *ROOT.glob("*.md"),
            *(ROOT / "d2l_ssd").rglob("*.py"),
            *(ROOT / "tools").glob("*.py"),
        ]
    )


def words_of(text):
    """Yield the words of a text as written, without possessive endings.

    Names of code and abbreviations, with capitals inside, are left out.
    """
    for word in WORD.findall(text):
        word = re.sub(r"['’]s?$", "", word)
        if len(word) > 1 and word[1:] == word[1:].lower() and word.isascii():
            yield word

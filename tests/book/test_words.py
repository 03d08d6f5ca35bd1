"""The words of pages, docstrings and messages: spelled as Americans do, and the field's."""

import re

import pytest
from helpers.prose import (
    ROOT,
    notebook_prose,
    prose_files,
    python_prose,
    read_prose,
    strip_markdown,
    words_of,
)
from spellchecker import SpellChecker

WORDS = ROOT / "tests" / "book" / "words.txt"
# British forms that the dictionary knows as well
BRITISH = """
    acknowledgement analogue artefact artefacts cancelled cancelling catalogue coloured
    focussed focussing fulfil fulfils grey greyed greyish greys judgement judgements
    labelled labelling licence licences marshalled modelled modelling practise practised
    pretence signalled signalling skilful storey totalled whilst writeable
""".split()
# Words that this book avoids, and what it says instead
PHRASES = {
    r"(?<!ground[ -])\btruths?\b": "ground truth, ground-truth box",
    r"\b(?:ladder|rung)s?\b": "ablation, row, setting",
    r"\bpeers\b": "baselines",
    r"\bthe draft\b": "a naive SSD",
    r"\bdraft'?s? (?:loss|network|detector)\b": "a naive SSD",
    r"\boffsets? loss(?:es)?\b": "localization loss",
    r"\b(?:misplaced|confused) (?:box|detection|error)s?\b": "TIDE's names of errors",
    r"\b(?:two|three|four|five|six|\d+) "
    r"(?:anchors|boxes|heads|images|logits|numbers|objects|offsets|rows|steps) an? "
    r"(?:map|cell|object|image|batch|anchor|class|step|epoch)\b": "per, not a",
    r"\brefuses?d?\b": "raises an error for",
    r"\bboxes that are none\b": "invalid boxes",
    r"\bas it comes\b": "say what you mean",
    r"\bsmuggl": "say what you mean",
}


def known_words():
    return WORDS.read_text(encoding="utf-8").split()


@pytest.fixture(scope="module")
def dictionary():
    spelling = SpellChecker()
    spelling.word_frequency.load_words(known_words())
    spelling.word_frequency.remove_words(BRITISH)
    return spelling


def name_of(path):
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", prose_files(), ids=name_of)
def test_spelling(dictionary, path):
    words = {w.lower() for w in words_of(read_prose(path)) if len(w) > 2}
    unknown = sorted(dictionary.unknown(words))
    assert unknown == [], "misspelled, British, or for tests/book/words.txt"


def prose_without_arguments(path):
    """Return a file's prose; in code `truths` is an argument's name."""
    if path.suffix == ".ipynb":
        return notebook_prose(path, code=False)
    return re.sub(r"\btruths\b", "", read_prose(path))


@pytest.mark.parametrize("path", prose_files(), ids=name_of)
def test_vocabulary(path):
    text = re.sub(r"\s+", " ", prose_without_arguments(path))
    found = [
        f"…{text[max(0, hit.start() - 30) : hit.end() + 20]}…: {better}"
        for phrase, better in PHRASES.items()
        for hit in re.finditer(phrase, text, re.IGNORECASE)
    ]
    assert found == []


def test_own_words_are_sorted():
    words = known_words()
    assert words == sorted(set(words))


@pytest.mark.parametrize(
    "word, fine",
    [
        ("color", True),
        ("colour", False),
        ("centre", False),
        ("normalise", False),
        ("labelled", False),
        ("grey", False),
        ("logits", True),
        ("detectorr", False),
    ],
)
def test_dictionary_is_american(dictionary, word, fine):
    assert (not dictionary.unknown([word])) == fine


def test_code_formulas_and_addresses_are_not_prose():
    text = """# Titel

:::{exercise} Wrongg title
:label: ex-abcd-1
An {term}`ancor <anchor>` in `codeee` [linkk](adress.html), $formul$.
:::

```python
codeee
```

{cite:p}`liuu`
"""
    words = set(words_of(strip_markdown(text)))
    assert {"Titel", "Wrongg", "ancor", "linkk"} <= words
    assert not {"codeee", "adress", "formul", "liuu", "abcd"} & words
    code = 'def f(xmin):\n    """Docc of."""  # commentt\n    raise E("two wordss")'
    assert set(words_of(python_prose(code))) >= {"Docc", "commentt", "wordss"}

"""Every exercise has a label and a solution, or is a project."""

from collections import Counter

import pytest
from helpers.chapters import CHAPTERS, PARTS, directives, markdown_of

SOLUTIONS = "solution", "solution-start"


def exercises(chapter):
    """List (title, label, whether it is a project) of a chapter's exercises."""
    return [
        (title, options.get("label"), title.startswith("Project"))
        for name, title, options in directives(markdown_of(chapter))
        if name in ("exercise", "exercise-start")
    ]


def solved(chapter):
    """List the labels of a chapter's solutions."""
    return [
        label
        for name, label, _ in directives(markdown_of(chapter))
        if name in SOLUTIONS
    ]


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_every_exercise_is_solved_or_a_project(chapter):
    answers = solved(chapter)
    unsolved = [
        title or label
        for title, label, is_project in exercises(chapter)
        if label not in answers and not is_project
    ]
    assert unsolved == [], "give a solution, or the title `Project: …`"


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_solutions_belong_to_exercises_of_the_chapter(chapter):
    labels = {label for _, label, _ in exercises(chapter)}
    assert set(solved(chapter)) <= labels


def test_every_exercise_has_a_label_of_its_own():
    labels = Counter(
        label for chapter in CHAPTERS for _, label, _ in exercises(chapter)
    )
    assert None not in labels
    assert [label for label, count in labels.items() if count > 1] == []


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_solutions_with_code_begin_and_end(chapter):
    gates = [
        name
        for name, _, _ in directives(markdown_of(chapter))
        if name in ("solution-start", "solution-end")
    ]
    assert gates == ["solution-start", "solution-end"] * (len(gates) // 2)


@pytest.mark.parametrize("chapter", PARTS)
def test_parts_have_five_exercises(chapter):
    assert len(exercises(chapter)) >= 5

"""On a phone, no column of an explorer's tables is cut off, whatever is chosen."""

import pytest
from pages import NARROW, PHONE, chapters, count_views

# Answers each question, goes to the end, and takes every choice of every list
OVERHANGS = """async () => {
    const drawn = () => new Promise((done) =>
        requestAnimationFrame(() => requestAnimationFrame(done)));
    const found = {};
    const look = (explorer) => {
        const edge = explorer.getBoundingClientRect().right;
        for (const table of explorer.querySelectorAll("table")) {
            const over = table.getBoundingClientRect().right - edge;
            if (table.offsetWidth && over > 1)
                found[table.caption?.textContent] = Math.round(over);
        }
    };
    const goOn = async (explorer) => {
        explorer.querySelector(":is(.d2l-offers, .d2l-guesses) button")?.click();
        for (const button of explorer.querySelectorAll("button"))
            if (button.textContent === "To the end") button.click();
        await drawn();
        look(explorer);
    };
    for (const explorer of document.querySelectorAll(".d2l-explorer")) {
        look(explorer);
        await goOn(explorer);
        for (const list of explorer.querySelectorAll("select")) {
            for (const option of list.options) {
                option.selected = true;
                list.dispatchEvent(new Event("change", { bubbles: true }));
                await drawn();
                await goOn(explorer);
            }
        }
    }
    return found;
}"""


@pytest.mark.parametrize("size", [PHONE, NARROW], ids=["phone", "zoomed"])
@pytest.mark.parametrize("chapter", list(filter(count_views, chapters())))
def test_no_table_is_cut_off(open_page, chapter, size):
    page = open_page(f"{chapter}.html", viewport=size)
    assert page.evaluate(OVERHANGS) == {}

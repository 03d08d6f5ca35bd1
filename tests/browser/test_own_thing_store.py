"""The browser's store of pictures: reloads, throwing away, no room, forbidden."""

import base64
import io
import zipfile

import numpy as np
import pytest
from own_pictures_page import file_of, open_pictures, read

from d2l_ssd import cli
from d2l_ssd.datasets import open_dataset

START = """
async () => {
    window.store = await own.openStore();
    const { files } = document.all.choose;
    window.pictures = (await own.readPictures(files, 60)).pictures;
}
"""
KEEP = """
async () => {
    const said = [];
    for (const picture of pictures) said.push(await store.put(picture));
    return said;
}
"""
NAMES = """
async () => {
    const store = await own.openStore();
    return (await store.all()).map(({ name }) => name);
}
"""
FORBIDDEN = (
    "indexedDB.open = () => { throw new DOMException('no', 'SecurityError') }",
    "Object.defineProperty(window, 'indexedDB', { value: undefined })",
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("store")


@pytest.fixture
def page(browser, folder):
    """The page with a store and three pictures; each test has a browser profile."""
    with open_pictures(browser, folder) as page:
        choose(page)
        yield page


def choose(page):
    noise = np.random.default_rng(0).integers(
        0, 256, (3, 300, 400, 3), np.uint8
    )
    noise[:, 150:, 200:] = 255
    names = "b.jpg", "a.jpg", "c.jpg"
    read(page, {name: file_of(image) for name, image in zip(names, noise)})
    page.evaluate(START)


def reload(page):
    page.reload()
    page.wait_for_function("window.own")
    page.requests.clear()


def set_quota(page, size):
    """Give the page a store of so many bytes."""
    session = page.context.new_cdp_session(page)
    origin = page.evaluate("location.origin")
    session.send(
        "Storage.overrideQuotaForOrigin", {"origin": origin, "quotaSize": size}
    )


class TestStore:
    def test_is_empty_at_first(self, page):
        assert page.evaluate("store.problem") == ""
        assert page.evaluate(NAMES) == []
        assert page.evaluate("store.settings.get()") is None

    def test_pictures_survive_a_reload_in_their_order(self, page):
        assert page.evaluate(KEEP) == ["", "", ""]
        reload(page)
        assert page.evaluate(NAMES) == ["b.jpg", "a.jpg", "c.jpg"]

    def test_a_picture_comes_back_as_it_was(self, page):
        before = page.evaluate(
            """async () => {
                const [picture] = pictures;
                Object.assign(picture, { ready: true, keptBack: true });
                picture.labels = {
                    classes: [2],
                    boxes: Float32Array.of(0, 0.25, 0.5, 1),
                    difficult: [false],
                };
                await store.put(picture);
                return own.tell(picture);
            }"""
        )
        reload(page)
        after = page.evaluate(
            """async () => {
                const [picture] = await (await own.openStore()).all();
                const { classes, difficult } = picture.labels;
                const labels = [classes, [...picture.labels.boxes], difficult];
                return [await own.tell(picture), labels];
            }"""
        )
        assert after == [before, [[2], [0, 0.25, 0.5, 1], [False]]]

    def test_a_changed_picture_keeps_its_place(self, page):
        page.evaluate(KEEP)
        reload(page)
        page.evaluate(
            """async () => {
                const store = await own.openStore();
                const [first] = await store.all();
                await store.put({ ...first, name: "changed" });
            }"""
        )
        assert page.evaluate(NAMES) == ["changed", "a.jpg", "c.jpg"]

    def test_pictures_of_the_next_visit_come_last(self, page):
        page.evaluate(KEEP)
        reload(page)
        choose(page)
        page.evaluate("store.all()")
        page.evaluate(KEEP)
        assert page.evaluate(NAMES) == ["b.jpg", "a.jpg", "c.jpg"] * 2

    def test_one_is_removed(self, page):
        page.evaluate(KEEP)
        assert page.evaluate("store.remove(pictures[1].id)") == ""
        assert page.evaluate(NAMES) == ["b.jpg", "c.jpg"]

    def test_all_is_thrown_away(self, page):
        page.evaluate(KEEP)
        page.evaluate("store.settings.put({ classes: ['my mug'] })")
        assert page.evaluate("store.clear()") == ""
        reload(page)
        left = page.evaluate(
            """async () => {
                const found = [];
                for (const { name } of await indexedDB.databases()) {
                    const open = indexedDB.open(name);
                    await new Promise(done => (open.onsuccess = done));
                    const names = [...open.result.objectStoreNames];
                    for (const store of names) {
                        const all = open.result.transaction(store)
                            .objectStore(store).getAll();
                        await new Promise(done => (all.onsuccess = done));
                        found.push(...all.result);
                    }
                }
                return found;
            }"""
        )
        assert left == []

    def test_settings_survive(self, page):
        page.evaluate("store.settings.put({ classes: ['my mug'] })")
        page.evaluate("store.settings.put({ classes: ['our mug'] })")
        reload(page)
        page.evaluate(START)
        assert page.evaluate("store.settings.get()") == {"classes": ["our mug"]}

    def test_what_cannot_be_kept_is_told(self, page):
        said = page.evaluate("store.put({ ...pictures[0], draw() {} })")
        assert said.startswith("The browser could not store this")
        assert page.evaluate(NAMES) == []


FILL = """
async () => {
    const said = [];
    for (let k = 0; k < 40; k++) {
        const name = `picture ${k}`;
        said.push(await store.put({ ...pictures[0], id: name, name }));
    }
    return said;
}
"""


class TestNoRoom:
    @pytest.fixture
    def kept(self, page):
        """Fill the store; return the names of the pictures that it has taken."""
        set_quota(page, 3_000_000)
        said = page.evaluate(FILL)
        kept = [f"picture {k}" for k in range(40) if not said[k]]
        assert 2 < len(kept) < 30
        assert all(
            text.startswith("The browser's storage is full") and "zip" in text
            for text in filter(None, said)
        )
        return kept

    def test_loses_nothing(self, page, kept):
        assert page.evaluate(NAMES) == kept

    def test_a_change_that_does_not_fit_leaves_what_was_there(self, page, kept):
        said = page.evaluate(
            """async () => {
                const [first] = await store.all();
                const blob = new Blob([new Uint8Array(4e6)]);
                return store.put({ ...first, name: "changed", blob });
            }"""
        )
        assert said.startswith("The browser's storage is full")
        assert page.evaluate(NAMES) == kept

    def test_throwing_away_works(self, page, kept):
        assert page.evaluate("store.clear()") == ""
        assert page.evaluate(NAMES) == []


class TestNoStore:
    @pytest.mark.parametrize("script", FORBIDDEN)
    def test_is_told(self, browser, folder, script):
        with open_pictures(browser, folder, script) as page:
            choose(page)
            problem = page.evaluate("store.problem")
            assert problem.startswith("This browser stores nothing")
            assert page.evaluate(KEEP) == [problem] * 3
            assert page.evaluate("store.all()") == []
            assert page.evaluate("store.settings.get()") is None
            assert page.evaluate("store.settings.put({})") == problem
            assert page.evaluate("store.remove('1')") == problem
            assert page.evaluate("store.clear()") == ""


class TestZip:
    @pytest.mark.parametrize("format", ["yolo", "coco"])
    def test_commands_take_what_the_page_saves(self, page, tmp_path, format):
        """Also a picture that was drawn, which has no file of its own."""
        text = page.evaluate(
            f"""async () => {{
                const box = Float32Array.of(0.5, 0.5, 1, 1);
                const labels = {{ classes: [0], boxes: box, difficult: [false] }};
                const ready = pictures.map((picture) => {{
                    return {{ ...picture, labels, ready: true }};
                }});
                ready[2].keptBack = true;
                delete ready[1].blob;
                const zip = own.makeZip(await own.{format}Folder(ready, ["mug"]));
                const reader = new FileReader();
                reader.readAsDataURL(zip);
                await new Promise(done => (reader.onload = done));
                return reader.result;
            }}"""
        )
        kind, _, content = text.partition(",")
        assert kind == "data:application/zip;base64"
        zipped = io.BytesIO(base64.b64decode(content))
        zipfile.ZipFile(zipped).extractall(tmp_path)
        [root] = tmp_path.iterdir()
        cli.main(["check", str(root)])  # exits where it finds a problem
        train, val = open_dataset(root, "train"), open_dataset(root, "val")
        assert (len(train), len(val)) == (2, 1)
        for dataset, index in (train, 0), (train, 1), (val, 0):
            image, labels = dataset[index]
            assert image.shape == (300, 400, 3)
            height, width = 300, 400
            quarter = image[height // 2 + 9 :, width // 2 + 9 :]
            assert quarter.mean() > 250
            np.testing.assert_array_equal(labels[:, :5], [[0, 0.5, 0.5, 1, 1]])

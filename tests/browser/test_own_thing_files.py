"""Pictures that are chosen, dropped or pasted, with all that goes wrong."""

import io

import numpy as np
import pytest
from own_pictures_page import (
    DROP,
    corners_of,
    file_of,
    open_pictures,
    pixels_of,
    quarters,
    read,
    stored_file,
    told,
    unpack,
)
from PIL import Image

RED = file_of(np.full((40, 60, 3), (255, 0, 0), np.uint8))
HALF = file_of(quarters(300, 300))[:1500]
HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(100)
MP4 = b"\0\0\0\x18ftypisom\0\0\0\0isomavc1" + bytes(100)
PLACE = {1: "N", 2: (48, 12, 0), 3: "E", 4: (16, 22, 0)}  # of a photograph


@pytest.fixture(scope="module")
def page(browser, tmp_path_factory):
    """One page for all: it keeps nothing of what it reads."""
    with open_pictures(browser, tmp_path_factory.mktemp("pictures")) as page:
        yield page


class TestPicture:
    def test_is_stretched_to_a_square(self, page):
        [picture], problems = read(page, {"a.jpg": file_of(quarters(90, 160))})
        assert problems == []
        assert pixels_of(picture).shape == (192, 192, 3)
        assert corners_of(picture) == "rgbw"
        assert (picture["width"], picture["height"]) == (160, 90)
        assert (picture["name"], picture["boxes"]) == ("a.jpg", [])
        assert not picture["ready"] and not picture["keptBack"]

    def test_is_shrunk_by_means_of_its_pixels(self, page):
        """One of the first three halves takes only every other pixel: it shows."""
        pixels = np.zeros((768, 768, 3), np.uint8)
        pixels[::2, 1::2] = pixels[1::2, ::2] = (200, 100, 50)
        [picture], _ = read(page, {"a.png": file_of(pixels, "PNG")})
        found = pixels_of(picture).astype(int)
        assert np.abs(found - [100, 50, 25]).max() <= 1

    def test_half_of_it_is_what_the_engine_makes(self, page):
        rng = np.random.default_rng(0)
        pixels = rng.integers(0, 256, (384, 384, 3), np.uint8)
        read(page, {"a.png": file_of(pixels, "PNG")})
        texts = page.evaluate(
            """async () => {
                const file = document.all.choose.files[0];
                const bitmap = await createImageBitmap(file);
                const whole = own.squeeze(bitmap, bitmap, 192);
                return [whole, own.toInput(whole), own.squeeze(bitmap, bitmap, 96)]
                    .map(own.pack);
            }"""
        )
        whole, halved, squeezed = [unpack(t).astype(int) for t in texts]
        means = pixels.reshape(192, 2, 192, 2, 3).mean((1, 3))
        found = np.reshape(whole, (192, 192, 3))
        assert np.abs(found - means).max() <= 1
        assert np.abs(halved - squeezed).max() <= 1

    def test_is_turned_as_exif_says(self, page):
        """Orientation 6: to be turned by 90 degrees clockwise."""
        exif = Image.Exif()
        exif[0x0112] = 6
        sideways = np.rot90(quarters(120, 80))
        data = file_of(np.ascontiguousarray(sideways), exif=exif)
        [picture], _ = read(page, {"a.jpg": data})
        assert corners_of(picture) == "rgbw"
        assert (picture["width"], picture["height"]) == (80, 120)
        assert stored_file(picture).size == (80, 120)

    def test_does_not_say_where_it_was_taken(self, page):
        exif = Image.Exif()
        exif.get_ifd(0x8825).update(PLACE)
        exif[0x010E] = "at home"
        data = file_of(quarters(80, 80), exif=exif)
        assert b"at home" in data
        [picture], _ = read(page, {"a.jpg": data})
        assert dict(stored_file(picture).getexif()) == {}
        assert b"at home" not in unpack(picture["file"]).tobytes()

    @pytest.mark.parametrize("format", ["PNG", "GIF", "WEBP", "BMP"])
    def test_may_have_another_format_and_the_wrong_name(self, page, format):
        data = file_of(quarters(80, 80), format)
        [picture], problems = read(page, {"a.jpg": data})
        assert problems == [] and corners_of(picture) == "rgbw"
        assert stored_file(picture).format == "JPEG"

    def test_is_opened_as_what_it_is(self, page):
        """Not every browser looks at the bytes, as Chromium does."""
        read(page, {"a.jpg": file_of(quarters(80, 80), "WEBP")})
        types = page.evaluate(
            """async () => {
                const open = window.createImageBitmap;
                const types = [];
                window.createImageBitmap = (blob, options) => {
                    types.push(blob.type);
                    return open(blob, options);
                };
                await own.readPictures(document.all.choose.files, 1);
                window.createImageBitmap = open;
                return types;
            }"""
        )
        assert types == ["image/webp"]

    def test_is_white_where_it_is_transparent(self, page):
        clear = np.zeros((50, 50, 4), np.uint8)
        [picture], _ = read(page, {"a.png": file_of(clear, "PNG")})
        assert pixels_of(picture).min() == 255
        assert np.asarray(stored_file(picture)).min() >= 254

    def test_of_ten_thousand_pixels(self, page):
        image = Image.new("L", (10_000, 8_000), 255)
        image.paste(0, (0, 0, 5_000, 4_000))
        file = io.BytesIO()
        image.save(file, "JPEG")
        [picture], problems = read(page, {"a.jpg": file.getvalue()})
        assert problems == []
        assert (picture["width"], picture["height"]) == (10_000, 8_000)
        assert stored_file(picture).size == (1280, 1024)
        assert pixels_of(picture)[:90, :90].max() < 10
        assert corners_of(picture)[1:] == "www"

    @pytest.mark.parametrize("size", [(1, 1), (3000, 2), (2, 3000)])
    def test_of_hardly_any_pixels(self, page, size):
        pixels = np.full((*size, 3), 200, np.uint8)
        [picture], problems = read(page, {"a.png": file_of(pixels, "PNG")})
        assert problems == []
        assert np.abs(pixels_of(picture).astype(int) - 200).max() <= 1

    def test_has_its_own_id(self, page):
        pictures, _ = read(page, {"a.jpg": RED, "b.jpg": RED})
        assert len({picture["id"] for picture in pictures}) == 2


def broken_png():
    data = file_of(quarters(300, 300), "PNG")
    return data[:40] + bytes(50) + data[90:]


BAD = {
    "HEIC": (HEIC, "HEIC photographs (bad.jpg): save them as JPEG"),
    "a raw photograph": (b"II*\0" + bytes(80), "TIFF and raw photographs"),
    "a video": (MP4, "Videos are not for teaching (bad.jpg)"),
    "empty": (b"", "file is empty (bad.jpg)"),
    "a text": (b"Hello", "file is not a picture (bad.jpg)"),
    "a drawing": (
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        "not a picture",
    ),
    "a JPEG's beginning": (
        RED[:60],
        "damaged, or too large for this browser (bad.jpg)",
    ),
    "half a JPEG": (HALF, "damaged, or too large for this browser (bad.jpg)"),
    "a damaged PNG": (
        broken_png(),
        "damaged, or too large for this browser (bad.jpg)",
    ),
}


class TestBadFiles:
    @pytest.mark.parametrize("name", BAD)
    def test_are_told_and_others_are_taken(self, page, name):
        data, said = BAD[name]
        files = {"good.jpg": RED, "bad.jpg": data, "better.jpg": RED}
        pictures, [problem] = read(page, files)
        names = [picture["name"] for picture in pictures]
        assert names == ["good.jpg", "better.jpg"]
        assert said in problem

    def test_a_file_that_is_gone(self, page, tmp_path):
        path = tmp_path / "gone.jpg"
        path.write_bytes(RED)
        page.locator("#choose").set_input_files(path)
        page.evaluate("document.all.choose.files[0].size")
        path.unlink()
        pictures, [problem] = told(
            page, "own.readPictures(document.all.choose.files, 9)"
        )
        assert (
            pictures == [] and "no longer read this file (gone.jpg)" in problem
        )

    def test_one_alone_throws_a_sentence(self, page):
        said = page.evaluate(
            """() => own.readPicture(new Blob(["no"]), "a.jpg")
                .then(() => "", error => error.message)"""
        )
        assert said.startswith("This file is not a picture (a.jpg)")


class TestManyFiles:
    def test_a_hundred_at_once(self, page):
        files = {f"{number:03}.jpg": RED for number in range(100)}
        files["005.jpg"] = HEIC
        pictures, problems = read(page, files)
        names = [picture["name"] for picture in pictures]
        assert names == [n for n in files if n != "005.jpg"][:60]
        assert "HEIC" in problems[0]
        assert "last 39 of 100 files" in problems[1]
        assert len({picture["id"] for picture in pictures}) == 60

    def test_no_room(self, page):
        pictures, [problem] = read(page, {"a.jpg": RED}, room=0)
        assert pictures == [] and "no room" in problem

    def test_as_many_as_fit(self, page):
        pictures, problems = read(page, {"a.jpg": RED, "b.jpg": RED}, room=2)
        assert len(pictures) == 2 and problems == []

    def test_how_far_it_is(self, page):
        read(page, {"a.jpg": RED, "b.jpg": RED})
        assert page.evaluate(
            """async () => {
                const calls = [];
                const note = (...numbers) => calls.push(numbers);
                await own.readPictures(document.all.choose.files, 9, note);
                return calls;
            }"""
        ) == [[0, 2], [1, 2], [2, 2]]


def hear(page, event):
    """Let the page read the pictures of the next event of a kind."""
    page.evaluate(
        f"""() => {{
            window.heard = new Promise(done => {{
                {DROP}.addEventListener("dragover", e => e.preventDefault());
                {DROP}.addEventListener("{event}", (e) => {{
                    e.preventDefault();
                    done(own.readPictures(e.dataTransfer ?? e, 60));
                }}, {{ once: true }});
            }});
        }}"""
    )


def dispatch(page, make, data=RED):
    """Dispatch an event with files, made by an expression of `transfer`."""
    page.evaluate(
        f"""bytes => {{
            const transfer = new DataTransfer();
            const file = new File([Uint8Array.from(bytes)], "image.jpg");
            if (bytes.length) transfer.items.add(file);
            transfer.items.add("some words", "text/plain");
            {DROP}.dispatchEvent({make});
        }}""",
        list(data),
    )


PASTE = 'new ClipboardEvent("paste", { clipboardData: transfer })'


class TestEvents:
    @pytest.mark.parametrize(
        "event, make",
        [
            ("drop", 'new DragEvent("drop", { dataTransfer: transfer })'),
            ("paste", PASTE),
        ],
    )
    def test_a_picture_comes_with_it(self, page, event, make):
        hear(page, event)
        dispatch(page, make)
        [picture], problems = told(page, "heard")
        assert problems == [] and picture["name"] == "image.jpg"

    def test_words_alone(self, page):
        hear(page, "paste")
        dispatch(page, PASTE, data=b"")
        pictures, [problem] = told(page, "heard")
        assert pictures == [] and "no picture file here" in problem

    def test_folders_are_dropped(self, page, tmp_path):
        inner = tmp_path / "mugs" / "more"
        inner.mkdir(parents=True)
        paths = [tmp_path / "mugs" / f"{n}.jpg" for n in range(105)]
        paths += [inner / "inner.jpg", tmp_path / "mugs" / ".DS_Store"]
        for path in paths:
            path.write_bytes(RED)
        hear(page, "drop")
        box = page.locator("#drop").bounding_box()
        session = page.context.new_cdp_session(page)
        for kind in "dragEnter", "dragOver", "drop":
            session.send(
                "Input.dispatchDragEvent",
                {
                    "type": kind,
                    "x": box["x"] + 5,
                    "y": box["y"] + 5,
                    "data": {
                        "items": [],
                        "files": [str(tmp_path / "mugs")],
                        "dragOperationsMask": 1,
                    },
                },
            )
        pictures, [problem] = told(page, "heard")
        assert len(pictures) == 60 and "last 46 of 106 files" in problem

    def test_a_folder_that_is_gone(self, page):
        pictures, [problem] = told(
            page,
            """own.readPictures({
                items: [{
                    kind: "file",
                    webkitGetAsEntry: () => ({
                        name: "gone",
                        isDirectory: true,
                        createReader: () => ({
                            readEntries: (_, fail) => fail(new Error("gone")),
                        }),
                    }),
                }],
            }, 60)""",
        )
        assert pictures == [] and "no picture file here" in problem

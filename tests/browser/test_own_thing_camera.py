"""The camera, fed by a film that these tests write; cameras that are not there."""

import numpy as np
import pytest
from browsers import serve
from own_pictures_page import (
    DROP,
    VIDEO,
    browser_with_camera,
    corners_of,
    open_pictures,
    quarters,
    stored_file,
    unpack,
    write_film,
    write_page,
)

OPEN = f"async () => {{ window.camera = await own.openCamera({VIDEO}, s => (window.lost = s)); }}"
TRY = f"""() => own.openCamera({VIDEO})
    .then(() => "", error => error.message)"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("camera")
    write_page(folder)
    return folder


@pytest.fixture(scope="module")
def chromium(browser, folder):
    """Its camera could send far more pixels than it is asked for."""
    film = write_film(folder / "film.y4m", [quarters(720, 1280)] * 3)
    with browser_with_camera(browser, film) as chromium:
        yield chromium


@pytest.fixture
def page(chromium, folder):
    with open_pictures(chromium, folder) as page:
        page.evaluate(OPEN)
        yield page


class TestCamera:
    @pytest.mark.parametrize("side", [96, 192])
    def test_frames_are_what_it_sees(self, page, side):
        pixels = page.evaluate(f"own.pack(camera.frame({side}))")
        assert unpack(pixels).size == 3 * side * side
        assert corners_of({"pixels": pixels}) == "rgbw"

    def test_a_picture_is_kept_whole(self, page):
        picture = page.evaluate("camera.shoot('shot 1').then(own.tell)")
        assert picture["name"] == "shot 1"
        assert corners_of(picture) == "rgbw"
        size = picture["width"], picture["height"]
        assert size == (640, 480) == stored_file(picture).size

    def test_a_picture_is_the_frame(self, page):
        """What is taught and what is watched are squeezed in the same way."""
        texts = page.evaluate(
            """async () => {
                const { pixels } = await camera.shoot();
                return [own.toInput(pixels), camera.frame(96)].map(own.pack);
            }"""
        )
        taught, watched = [unpack(text).astype(int) for text in texts]
        assert np.abs(taught - watched).max() <= 2

    def test_closing_turns_it_off(self, page):
        page.evaluate(
            f"""() => {{
                window.tracks = {VIDEO}.srcObject.getTracks();
                camera.close();
            }}"""
        )
        assert page.evaluate("tracks.map(t => t.readyState)") == ["ended"]
        assert page.evaluate(f"{VIDEO}.srcObject") is None
        assert page.evaluate("camera.frame(96)") is None
        said = page.evaluate("camera.shoot().catch(error => error.message)")
        assert said.startswith("The camera shows nothing")
        assert page.evaluate("window.lost ?? null") is None

    def test_can_be_opened_again(self, page):
        page.evaluate("camera.close()")
        page.evaluate(OPEN)
        assert page.evaluate("camera.frame(96).length") == 3 * 96 * 96

    def test_pulled_out(self, page):
        page.evaluate(
            f"{VIDEO}.srcObject.getTracks()[0].dispatchEvent(new Event('ended'))"
        )
        assert "disconnected" in page.evaluate("lost")
        assert page.evaluate("camera.frame(96)") is None


NO_CAMERA = """
navigator.mediaDevices.getUserMedia = () =>
    Promise.reject(new DOMException("busy", "%s"));
"""
BUSY = NO_CAMERA % "NotReadableError"
STRANGE = NO_CAMERA % "SomethingNewError"


class TestNoCamera:
    def test_none_there(self, browser, folder):
        with open_pictures(browser, folder, permissions=["camera"]) as page:
            said = page.evaluate(TRY)
        assert said.startswith("No camera was found")

    def test_denied(self, browser, folder):
        with browser_with_camera(browser, asks=True) as chromium:
            with open_pictures(chromium, folder) as page:
                page.context.grant_permissions([])  # none, without asking
                said = page.evaluate(TRY)
        assert said.startswith("The browser did not allow the camera")

    @pytest.mark.parametrize("script", [BUSY, STRANGE])
    def test_in_use(self, browser, folder, script):
        with open_pictures(browser, folder, script) as page:
            said = page.evaluate(TRY)
        assert said.startswith("The camera did not start")

    def test_insecure_page(self, chromium, folder):
        """Only https:// and this computer's own pages may use it."""
        with serve(folder) as address:
            page = chromium.new_page()
            page.route(
                "http://some.test/**",
                lambda route: route.fulfill(
                    response=route.fetch(
                        url=address + route.request.url.split("some.test/")[1]
                    )
                ),
            )
            page.goto("http://some.test/index.html")
            page.wait_for_function("window.own")
            assert "https://" in page.evaluate(TRY)
            page.close()

    def test_plays_nothing(self, chromium, folder):
        script = "HTMLMediaElement.prototype.play = () => Promise.reject('no');"
        with open_pictures(chromium, folder, script) as page:
            assert "shows nothing" in page.evaluate(TRY)
            assert page.evaluate(f"{VIDEO}.srcObject") is None


# Half a second of a film, as a browser records it
RECORD = """
async () => {
    const canvas = document.createElement("canvas");
    Object.assign(canvas, { width: 320, height: 240 });
    const context = canvas.getContext("2d");
    const recorder = new MediaRecorder(canvas.captureStream(30), {
        mimeType: "video/webm",
    });
    const parts = [];
    recorder.ondataavailable = ({ data }) => parts.push(data);
    const done = new Promise(resolve => (recorder.onstop = resolve));
    recorder.start();
    for (let n = 0; n < 20; n++) {
        context.fillStyle = "red";
        context.fillRect(0, 0, 160, 240);
        context.fillStyle = "blue";
        context.fillRect(160, n % 2, 160, 240);
        await new Promise(resolve => setTimeout(resolve, 30));
    }
    recorder.stop();
    await done;
    window.film = new File(parts, "film.webm", { type: "video/webm" });
}
"""


class TestVideo:
    def test_is_seen_like_a_camera(self, browser, folder):
        with open_pictures(browser, folder) as page:
            page.evaluate(RECORD)
            page.evaluate(
                f"async () => {{ window.camera = await own.openVideo({VIDEO}, film) }}"
            )
            page.wait_for_function("camera.frame(96)?.[0] > 200")
            pixels = page.evaluate("own.pack(camera.frame(96))")
            assert corners_of({"pixels": pixels}) == "rbrb"
            page.wait_for_function(f"{VIDEO}.currentTime > .2")
            page.wait_for_function(f"{VIDEO}.currentTime < .2")  # again
            page.evaluate("camera.close()")
            assert page.evaluate("camera.frame(96)") is None

    @pytest.mark.parametrize("data", ["", "no video"])
    def test_that_cannot_be_played(self, browser, folder, data):
        with open_pictures(browser, folder) as page:
            said = page.evaluate(
                f"""data => own.openVideo({VIDEO}, new Blob([data]))
                    .then(() => "", error => error.message)""",
                data,
            )
        assert said.startswith("The browser cannot play this video")


class TestSpace:
    @pytest.fixture
    def page(self, browser, folder):
        with open_pictures(browser, folder) as page:
            page.evaluate(
                f"""() => {{
                    window.shots = 0;
                    own.shootOnSpace({DROP}, () => shots++);
                }}"""
            )
            yield page

    def test_takes_a_picture(self, page):
        page.locator("#drop").focus()
        page.keyboard.press(" ")
        page.keyboard.press("a")
        assert page.evaluate("shots") == 1

    def test_held_down_takes_one(self, page):
        page.locator("#drop").focus()
        for _ in range(3):
            page.keyboard.down(" ")
        page.keyboard.up(" ")
        assert page.evaluate("shots") == 1

    def test_presses_buttons_as_ever(self, page):
        page.locator("#drop button").focus()
        page.keyboard.press(" ")
        assert page.evaluate("shots") == 0

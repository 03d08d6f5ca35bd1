"""A page with the modules that take pictures, and nothing else; a camera's film."""

import base64
import contextlib
import io
import shutil
from pathlib import Path

import numpy as np
from browsers import CHROMIUM_NAMES, CHROMIUM_OPTIONS, serve
from PIL import Image

STATIC = Path(__file__).resolve().parents[2] / "d2l_ssd/widgets/static"
MODULES = "camera", "files", "folders", "pixels", "store", "zip"
PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Pictures</title>
<link rel="icon" href="data:,">
<input type="file" id="choose" multiple>
<div id="drop" tabindex="0">Drop here <button>Shoot</button></div>
<video id="video"></video>
<script type="module">
  import { toInput } from "./static/own_engine/pyramid.js";
  {imports}
  // Bytes as text: lists of numbers take Playwright a second for each picture
  const pack = bytes => btoa(
    Array.from(bytes, byte => String.fromCharCode(byte)).join(""));
  const tell = async ({ pixels, blob, labels, ...picture }) => ({
    ...picture,
    pixels: pack(pixels),
    boxes: [...labels.boxes],
    file: blob && pack(new Uint8Array(await blob.arrayBuffer())),
  });
  window.own = { toInput, {spread}, pack, tell };
</script>
"""
DROP = "document.getElementById('drop')"
VIDEO = "document.getElementById('video')"


def write_page(folder):
    """Write index.html, beside the modules as they are."""
    (folder / "static").symlink_to(STATIC)
    imports = "\n".join(
        f'import * as {name} from "./static/own/{name}.js";' for name in MODULES
    )
    spread = ", ".join(f"...{name}" for name in MODULES)
    text = PAGE.replace("{imports}", imports).replace("{spread}", spread)
    (folder / "index.html").write_text(text)


@contextlib.contextmanager
def open_pictures(browser, folder, script="", **options):
    """Open the page; in the end, no complaint and no request since it was there."""
    if not (folder / "index.html").exists():
        write_page(folder)
    with serve(folder) as address:
        context = browser.new_context(**options)
        page = context.new_page()
        problems, page.requests = [], []
        page.on("pageerror", lambda error: problems.append(str(error)))
        if script:
            page.add_init_script(script)
        page.goto(address)
        page.wait_for_function("window.own")
        page.on("request", lambda request: page.requests.append(request.url))
        yield page
        context.close()
        assert problems == []
        assert [url for url in page.requests if url[:5] != "blob:"] == []


@contextlib.contextmanager
def browser_with_camera(browser, film=None, asks=False):
    """Start another Chromium whose camera plays a film, by default its own.

    Args:
        browser: a running one, whose Playwright starts the other.
        film: a y4m file.
        asks: it asks whether the page may use the camera, and nobody answers.
    """
    options = ["--use-fake-device-for-media-stream"]
    if film:
        options.append(f"--use-file-for-fake-video-capture={film}")
    if not asks:
        options.append("--use-fake-ui-for-media-stream")
    path = next(filter(None, map(shutil.which, CHROMIUM_NAMES)))
    chromium = browser.browser_type.launch(
        executable_path=path, args=[*CHROMIUM_OPTIONS, *options]
    )
    yield chromium
    chromium.close()


def write_film(path, frames, rate=30):
    """Write frames (H, W, 3) uint8 RGB as a y4m file, 4:2:0."""
    height, width = frames[0].shape[:2]
    with path.open("wb") as file:
        head = f"YUV4MPEG2 W{width} H{height} F{rate}:1 Ip A1:1 C420jpeg\n"
        file.write(head.encode())
        for frame in frames:
            planes = np.asarray(Image.fromarray(frame).convert("YCbCr"))
            file.write(b"FRAME\n" + planes[..., 0].tobytes())
            for plane in planes[::2, ::2, 1], planes[::2, ::2, 2]:
                file.write(np.ascontiguousarray(plane).tobytes())
    return path


def file_of(pixels, format="JPEG", **options):
    """Return an image file's bytes."""
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, format, **options)
    return file.getvalue()


def quarters(height, width):
    """Draw an image: red, green, blue and white quarters, in reading order."""
    image = np.zeros((height, width, 3), np.uint8)
    top, left = height // 2, width // 2
    image[:top, :left], image[:top, left:] = (255, 0, 0), (0, 255, 0)
    image[top:, :left], image[top:, left:] = (0, 0, 255), (255, 255, 255)
    return image


def corners_of(picture):
    """Name the colors of a picture's quarters, in reading order."""
    pixels = pixels_of(picture)
    side = len(pixels)
    near, far = side // 4, 3 * side // 4
    names = {(1, 0, 0): "r", (0, 1, 0): "g", (0, 0, 1): "b", (1, 1, 1): "w"}
    places = [(near, near), (near, far), (far, near), (far, far)]
    return "".join(
        names.get(tuple((pixels[place] > 128).astype(int)), "?")
        for place in places
    )


def unpack(text):
    """Return bytes that the page has packed, as an array."""
    return np.frombuffer(base64.b64decode(text), np.uint8)


def pixels_of(picture):
    """Return a picture's pixels (side, side, 3)."""
    flat = unpack(picture["pixels"])
    side = round((flat.size / 3) ** 0.5)
    return flat.reshape(side, side, 3)


def read(page, files, room=60):
    """Choose files (name to bytes, or Playwright's own); return what the page makes.

    Returns:
        (pictures, problems)
    """
    files = [
        {"name": name, "mimeType": "", "buffer": content}
        for name, content in files.items()
    ]
    page.locator("#choose").set_input_files(files)
    return told(
        page, f"own.readPictures(document.all.choose.files, {int(room)})"
    )


def told(page, promise):
    """Return the pictures and problems of a promise in the page."""
    found = page.evaluate(
        f"""async () => {{
            const {{ pictures, problems }} = await {promise};
            const all = await Promise.all(pictures.map(own.tell));
            return [all, problems];
        }}"""
    )
    return tuple(found)


def stored_file(picture):
    """Open the file that the page keeps of a picture."""
    return Image.open(io.BytesIO(unpack(picture["file"])))

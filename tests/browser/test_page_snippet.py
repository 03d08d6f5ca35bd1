"""The chapter's lines for a page of one's own, run in a page of its own."""

import re

import nbformat
import numpy as np
import pytest
from browsers import serve
from live_page import DETECTOR
from pages import ROOT

from d2l_ssd.data import to_input
from d2l_ssd.predictors import load_predictor

RUNTIME = ROOT / "node_modules" / "onnxruntime-web" / "dist"
FILES = (
    *(DETECTOR / name for name in ("ssd.onnx", "ssd.onnx.json")),
    *(
        RUNTIME / name
        for name in ("ort.wasm.bundle.min.mjs", "ort-wasm-simd-threaded.wasm")
    ),
)
PREDICT = """async (side) => {
    while (!window.predict) await new Promise((done) => setTimeout(done, 50));
    const canvas = new OffscreenCanvas(side, side);
    const context = canvas.getContext("2d");
    const image = context.createImageData(side, side);
    image.data.forEach((_, k) => {
        image.data[k] = k % 4 === 3 ? 255 : (k * k) % 251;
    });
    context.putImageData(image, 0, 0);
    const { class_probs, offsets } = await window.predict(canvas);
    return [class_probs, offsets].map(({ dims, data }) => [dims, [...data]]);
}"""


@pytest.fixture(scope="module")
def snippet():
    notebook = nbformat.read(ROOT / "book/in_the_browser.ipynb", as_version=4)
    text = "\n".join(cell.source for cell in notebook.cells)
    (found,) = re.findall(r"```javascript\n(.*?)```", text, re.DOTALL)
    return found


def test_the_page_predicts_what_python_does(browser, snippet, tmp_path):
    for file in FILES:
        (tmp_path / file.name).symlink_to(file)
    script = f"{snippet}\nwindow.predict = predict;"
    (tmp_path / "index.html").write_text(
        f'<!doctype html><script type="module">{script}</script>'
    )
    with serve(tmp_path) as address:
        page = browser.new_page()
        page.goto(address)
        shown = page.evaluate(PREDICT, 256)
        page.close()
    k = np.arange(256 * 256 * 4)
    pixels = (k * k % 251).astype(np.uint8).reshape(256, 256, 4)[..., :3]
    predictor = load_predictor(DETECTOR / "ssd.onnx")
    wanted = predictor(to_input(pixels, 256, 256)[None])
    for (dims, data), want in zip(shown, wanted, strict=True):
        got = np.array(data, np.float32).reshape(dims)
        np.testing.assert_allclose(got, want, atol=1e-2 * abs(want).max())

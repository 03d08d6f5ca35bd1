"""The browsers' runtime computes what Python's does, in every precision."""

import subprocess
from pathlib import Path

import numpy as np
import pytest
from helpers.javascript import node

from d2l_ssd.onnx import PRECISIONS, write_onnx
from d2l_ssd.predictors import load_predictor

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = """
import { readFileSync, writeFileSync } from "node:fs";
import * as ort from "onnxruntime-web/wasm";
const [file, folder, ...shape] = process.argv.slice(1);
const { buffer } = new Float32Array(readFileSync(`${folder}/images`).buffer);
const images = new ort.Tensor(
  "float32", new Float32Array(buffer), shape.map(Number));
ort.env.wasm.numThreads = 1;
const session = await ort.InferenceSession.create(readFileSync(file));
const outputs = await session.run({ images });
for (const [name, { data }] of Object.entries(outputs)) {
  writeFileSync(`${folder}/${name}`, data);
}
"""


@pytest.mark.parametrize("precision", PRECISIONS)
def test_same_outputs(tmp_path, predictor, weights, inputs, precision):
    path = tmp_path / "net.onnx"
    write_onnx(path, predictor, weights, precision, inputs)
    inputs.tofile(tmp_path / "images")
    command = [node(), "--input-type=module", "-e", SCRIPT, path, tmp_path]
    subprocess.run(
        [*command, *map(str, inputs.shape)], cwd=ROOT, check=True, timeout=120
    )
    for name, expected in zip(
        ("class_probs", "offsets"), load_predictor(path)(inputs)
    ):
        found = np.fromfile(tmp_path / name, np.float32)
        np.testing.assert_allclose(
            found.reshape(expected.shape), expected, atol=1e-4, rtol=1e-4
        )

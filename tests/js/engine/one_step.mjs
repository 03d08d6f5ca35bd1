// What a training computes in one step, for Python to compare:
//
//   node one_step.mjs OUT.safetensors '{"steps": 20, "plain": false, "settings": {}}'
//
// `steps` come before that one; `weights` is a file to begin with.
import { readFileSync, writeFileSync } from "node:fs";

import { DEFAULTS } from "../../../d2l_ssd/widgets/static/engine/settings.js";
import { Trainer } from "../../../d2l_ssd/widgets/static/engine/trainer.js";
import {
  loadWeights,
  readTensors,
  saveWeights,
} from "../../../d2l_ssd/widgets/static/engine/weights.js";
import { packTensors } from "../../../d2l_ssd/widgets/static/lib/safetensors.js";
import { simd } from "./kernels_file.mjs";

const [, , out, text] = process.argv;
const { steps = 0, plain = false, settings = {}, weights } = JSON.parse(text);

const trainer = new Trainer({ ...DEFAULTS, ...settings }, plain ? null : simd);
const { network, targets } = trainer;
const { layout, floats } = network;
if (weights) loadWeights(network, readFileSync(weights));
for (let k = 0; k < steps; k++) trainer.step();
writeFileSync(out + ".weights", saveWeights(network)); // of the running mean

/** All numbers of the network, by kind and name. */
function snapshot(time) {
  const kinds = [
    "weights",
    "firstMoments",
    "secondMoments",
    "mean",
    "gradients",
  ];
  return kinds.flatMap((kind) =>
    Object.entries(readTensors(network, layout[kind])).map(([name, tensor]) => [
      `${time} ${kind} ${name}`,
      tensor,
    ]),
  );
}

function vector(values) {
  return { shape: [values.length], data: Float32Array.from(values) };
}

const before = snapshot("before");
const { classLoss, boxLoss, norm } = trainer.step();
const { x, xImage, batch } = layout;
const tensors = Object.fromEntries([
  ...before,
  ...snapshot("after"),
  ["input", vector(floats.slice(x, x + batch * xImage))],
  ["outputs", vector(network.outputs)],
  ["classes", vector(targets.classes)],
  ["offsets", vector(targets.offsets)],
  ["losses", vector([classLoss, boxLoss, norm])],
]);
writeFileSync(out, packTensors(tensors));

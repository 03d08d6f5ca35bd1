// What the playground's network answers with the weights of a file:
//
//   node answer.mjs WEIGHTS.safetensors OUT.safetensors FIRST
//
// OUT gets the outputs for the batch of unseen scenes that starts with scene FIRST,
// and OUT.weights the weights as the playground saves them.
import { readFileSync, writeFileSync } from "node:fs";

import { DEFAULTS } from "../../../d2l_ssd/widgets/static/engine/settings.js";
import {
  BATCH,
  Trainer,
  unseenScenes,
} from "../../../d2l_ssd/widgets/static/engine/trainer.js";
import {
  loadWeights,
  saveWeights,
} from "../../../d2l_ssd/widgets/static/engine/weights.js";
import { packTensors } from "../../../d2l_ssd/widgets/static/lib/safetensors.js";
import { simd } from "./kernels_file.mjs";

const [, , weights, out, first] = process.argv;

const trainer = new Trainer(DEFAULTS, simd);
const { network, steps, numAnchors } = trainer;
loadWeights(network, readFileSync(weights));
unseenScenes(DEFAULTS.test, BATCH, Number(first)).forEach(({ pixels }, b) =>
  steps.inputInUse(network, b, pixels),
);
steps.forward(network, BATCH);
const { columns } = network.layout;
const shape = [BATCH, numAnchors, columns];
const data = Float32Array.from(network.outputs);
writeFileSync(out, packTensors({ outputs: { shape, data } }));
writeFileSync(out + ".weights", saveWeights(network));

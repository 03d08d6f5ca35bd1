// Time files of ONNX with the runtime of browsers, WebAssembly on one thread.
//
//   node benchmarks/browser/times.mjs ROUNDS FILE.onnx ...
//
// Prints JSON: per file, the median milliseconds of CPU for one image of 256 x 256.
// The files take turns, so that other work on the machine slows all of them; and the
// time is that of the processor, which does not count while it does other work.
import { readFileSync } from "node:fs";

import * as ort from "onnxruntime-web/wasm";

const SHAPE = [1, 3, 256, 256];
const [rounds, ...files] = process.argv.slice(2);

/** Run a session once; return the milliseconds of CPU. */
async function time(session, images) {
  const begin = process.cpuUsage();
  await session.run({ images });
  const { user, system } = process.cpuUsage(begin);
  return (user + system) / 1000;
}

/** Return the middle one of some numbers. */
function median(values) {
  return [...values].sort((a, b) => a - b)[values.length >> 1];
}

ort.env.wasm.numThreads = 1;
const size = SHAPE.reduce((a, b) => a * b);
// Neither zeros nor noise from a generator without a seed: the same for all
const values = Float32Array.from({ length: size }, (_, i) => Math.sin(i));
const images = new ort.Tensor("float32", values, SHAPE);
const sessions = [];
for (const file of files) {
  sessions.push(await ort.InferenceSession.create(readFileSync(file)));
  await time(sessions.at(-1), images); // to warm up
}
const times = files.map(() => []);
for (let round = 0; round < Number(rounds); round++) {
  for (const [i, session] of sessions.entries()) {
    times[i].push(await time(session, images));
  }
}
console.log(JSON.stringify(times.map(median)));

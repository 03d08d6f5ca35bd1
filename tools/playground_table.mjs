// Train every knob and every bug of the playground on many seeds, and store what
// comes out: `make playground-table`. It can be stopped and goes on where it was.
//
//   node tools/playground_table.mjs [--seeds 20] [--workers 1] [--only bugs]
//
// --only takes one part of the runs, or the address of one.
import { isMainThread, parentPort, Worker } from "node:worker_threads";
import { parseArgs } from "node:util";

import { measureRun, probe } from "./playground_measure.mjs";
import { findRow, makeJobs, SEEDS } from "./playground_rows.mjs";
import { readRows, writeRows } from "./playground_store.mjs";

const FILE = new URL("../d2l_ssd/results/playground.json", import.meta.url);

const PROBE_TOLERANCE = 1e-4; // another order of sums is no other engine

const { values: options } = parseArgs({
  options: {
    file: { type: "string", default: FILE.pathname },
    seeds: { type: "string", default: String(SEEDS) },
    workers: { type: "string", default: "1" },
    only: { type: "string" },
  },
});

/** Whether a stored row still is what the engine computes. */
function isFresh(rows, { train, seed, missing }) {
  if (missing) return false;
  const stored = findRow(rows, train, seed).probe;
  return Math.abs(probe(train, seed) - stored) < PROBE_TOLERANCE * stored;
}

function addRows(rows, more) {
  const isNew = (row) =>
    !more.some((other) => other.row === row.row && other.seed === row.seed);
  return [...rows.filter(isNew), ...more];
}

/** Let each worker take the next job until none is left. */
async function workThrough() {
  let rows = readRows(options.file);
  const queue = makeJobs(rows, Number(options.seeds), options.only);
  const total = queue.length;
  const begin = Date.now();
  let done = 0;
  const report = (job) => {
    const minutes = ((Date.now() - begin) / 60000).toFixed(1);
    const what = `${++done} of ${total} runs, ${minutes} min: seed ${job.seed}, ${job.train || "baseline"}`;
    process.stderr.write(`\r\x1b[K${what}`);
  };
  const workers = Array.from(
    { length: Number(options.workers) },
    () => new Worker(new URL(import.meta.url), { argv: process.argv.slice(2) }),
  );
  await Promise.all(
    workers.map(async (worker) => {
      for (let job = queue.shift(); job; job = queue.shift()) {
        const made = await ask(worker, { ...job, rows: ownRows(rows, job) });
        if (made) writeRows(options.file, (rows = addRows(rows, made)));
        report(job);
      }
      await worker.terminate();
    }),
  );
  process.stderr.write("\n");
}

function ownRows(rows, { train, seed }) {
  return rows.filter((row) => row.seed === seed && row.row === train);
}

function ask(worker, job) {
  return new Promise((resolve, reject) => {
    worker.once("message", resolve);
    worker.once("error", reject);
    worker.postMessage(job);
  });
}

if (isMainThread) await workThrough();
else {
  parentPort.on("message", (job) => {
    parentPort.postMessage(isFresh(job.rows, job) ? null : measureRun(job));
  });
}

// Train every knob and every bug of the playground on many seeds, and store what
// comes out: `make playground-table`. It can be stopped and goes on where it was.
//
//   node tools/playground_table.mjs [--seeds 20] [--workers 1] [--only bugs]
//
// --only takes one part of the runs, or the address of one.
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { isMainThread, parentPort, Worker } from "node:worker_threads";
import { parseArgs } from "node:util";

import { measureRun, probe } from "./playground_measure.mjs";
import { RUNS, SEEDS } from "./playground_rows.mjs";

const FILE = new URL("../book/_static/playground_table.json", import.meta.url);

const { values: options } = parseArgs({
  options: {
    file: { type: "string", default: FILE.pathname },
    seeds: { type: "string", default: String(SEEDS) },
    workers: { type: "string", default: "1" },
    only: { type: "string" },
  },
});

/** @returns {object[]} rows, as they were stored */
function readRows() {
  try {
    return JSON.parse(readFileSync(options.file, "utf8")).rows;
  } catch (error) {
    if (error.code === "ENOENT") return [];
    throw error;
  }
}

/** One line per row, so that a change of one is a change of one line. */
function writeRows(rows) {
  const lines = rows.map((row) => JSON.stringify(row)).join(",\n");
  const temporary = `${options.file}.part`;
  writeFileSync(temporary, `{"rows": [\n${lines}\n]}\n`);
  renameSync(temporary, options.file);
}

/** The runs that are to be made, seeds outermost: few seeds of all come first. */
function* jobs(rows) {
  const wanted = Object.entries(RUNS).flatMap(([part, runs]) =>
    runs.filter(({ train }) => [part, train, undefined].includes(options.only)),
  );
  for (let seed = 1; seed <= Number(options.seeds); seed++) {
    for (const { train, live = [] } of wanted) {
      const missing = ["", ...live].some(
        (one) => !findRow(rows, joined(train, one), seed),
      );
      yield { train, live, seed, missing };
    }
  }
}

function joined(train, live) {
  return [train, live].filter(Boolean).join("&");
}

function findRow(rows, address, seed) {
  return rows.find((row) => row.row === address && row.seed === seed);
}

/** Whether a stored row still is what the engine computes. */
function isFresh(rows, { train, seed, missing }) {
  if (missing) return false;
  const stored = findRow(rows, train, seed).probe;
  const now = probe(train, seed);
  return stored.every((value, k) => {
    const bound = 1e-3 * Math.max(1, Math.abs(value));
    return Math.abs(value - now[k]) <= bound;
  });
}

function addRows(rows, more) {
  const isNew = (row) =>
    !more.some((other) => other.row === row.row && other.seed === row.seed);
  return [...rows.filter(isNew), ...more];
}

/** Let each worker take the next job until none is left. */
async function workThrough() {
  let rows = readRows();
  const queue = [...jobs(rows)];
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
        if (made) writeRows((rows = addRows(rows, made)));
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

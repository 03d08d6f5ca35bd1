// Teach the engine of the page "Teach it your own thing", and store how well it
// then finds things: `make own-thing-table`. It can be stopped and goes on where it
// was.
//
//   node tools/own_thing_measure.mjs [--seeds 3] [--only mug]
//
// --only takes one row. A run ends at a number of training pictures, so that a busy
// machine gives the same figures; a quiet one takes 500 a second.
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { pathToFileURL } from "node:url";

import { compileKernels } from "../d2l_ssd/widgets/static/engine/kernels.js";
import {
  bestTruths,
  judgeDetections,
} from "../d2l_ssd/widgets/static/lib/judging.js";
import { keepShown } from "../d2l_ssd/widgets/static/own_engine/hysteresis.js";
import { OwnTrainer } from "../d2l_ssd/widgets/static/own_engine/trainer.js";
import {
  forgetSequences,
  LONG,
  makeData,
  parseRow,
  ROWS,
  SEEDS,
} from "./own_thing_rows.mjs";
import { readRows, writeRows } from "./playground_store.mjs";

const KERNELS = "../d2l_ssd/widgets/static/dist/kernels.wasm";
const FILE = new URL("../d2l_ssd/results/own_thing.json", import.meta.url);

const PER_SECOND = 500; // training pictures on two quiet cores
export const COUNTS = [10, 20, 40, 60].map((seconds) => seconds * PER_SECOND);
const SHORT = 2; // counts of a run that is not to the end

/**
 * Count what the page would show.
 *
 * @param {object[]} found detections per frame
 * @param {object[]} frames
 * @param {boolean} isFilm a box that was shown needs less of a score to stay
 */
export function countShown(found, frames, isFilm, settings) {
  let before = null;
  const counts = { hits: 0, falseBoxes: 0 };
  frames.forEach(({ labels }, n) => {
    const shown = keepShown(found[n], isFilm ? before : null, settings);
    const best = bestTruths(shown, labels);
    for (const { match } of judgeDetections(best, labels.difficult)) {
      if (match >= 0) counts.hits++;
      else counts.falseBoxes++;
    }
    before = shown;
  });
  return counts;
}

/** CPU seconds of this process. */
function cpuSeconds() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** Train up to a number of pictures; return the CPU seconds. */
function trainUntil(trainer, count) {
  const begin = cpuSeconds();
  while (trainer.count < count) {
    const { stopped } = trainer.step();
    if (stopped) throw new Error(stopped);
  }
  return cpuSeconds() - begin;
}

/**
 * Teach a row's data with its settings and measure it at each of the counts.
 *
 * @returns {object | null} columns; nothing where there are no data
 */
export function measureRow(row, seed, kernels, counts = COUNTS) {
  const { data, settings } = parseRow(row);
  const made = makeData(data, seed);
  if (!made) return null;
  const { classes, training, elsewhere, same, film } = made;
  const all = { ...settings, seed };
  const trainer = new OwnTrainer(all, classes, training, kernels);
  let seconds = 0;
  const points = counts.map((count) => {
    seconds += trainUntil(trainer, count);
    const { ap50, found } = trainer.evaluate(elsewhere);
    return {
      ap50,
      ...countShown(found, elsewhere, false, all),
      ...(same ? { same: trainer.evaluate(same).ap50 } : {}),
      seconds,
    };
  });
  return {
    row,
    seed,
    things: numThings(elsewhere),
    frames: elsewhere.length,
    ...columnsOf(points, COUNTS.length),
    ...(film ? measureFilm(trainer, film, all) : {}),
  };
}

/** A list per column, from the points of a run; null for those not reached. */
function columnsOf(points, length) {
  const list = (key) =>
    Array.from({ length }, (_, k) =>
      k < points.length ? Number(points[k][key].toPrecision(3)) : null,
    );
  return Object.fromEntries(
    Object.keys(points[0]).map((key) => [key, list(key)]),
  );
}

/** Hits and false boxes on a film, where boxes appear and stay. */
function measureFilm(trainer, film, settings) {
  const found = trainer.detect(film.map(({ pixels }) => pixels));
  const { hits, falseBoxes } = countShown(found, film, true, settings);
  return {
    filmHits: hits,
    filmFalse: falseBoxes,
    filmThings: numThings(film),
    filmFrames: film.length,
  };
}

function numThings(frames) {
  return frames.reduce((sum, { labels }) => sum + labels.classes.length, 0);
}

/** Rows and seeds that are asked for and not there yet, seeds outermost. */
export function makeJobs(rows, seeds, only) {
  const isThere = (row, seed) =>
    rows.some((one) => one.row === row && one.seed === seed);
  return Array.from({ length: seeds }, (_, k) => k + 1).flatMap((seed) =>
    ROWS.filter((row) => [undefined, row].includes(only))
      .filter((row) => !isThere(row, seed))
      .map((row) => ({ row, seed })),
  );
}

function main() {
  const { values: options } = parseArgs({
    options: {
      file: { type: "string", default: FILE.pathname },
      seeds: { type: "string", default: String(SEEDS) },
      only: { type: "string" },
    },
  });
  const kernels = compileKernels(
    readFileSync(new URL(KERNELS, import.meta.url)),
  );
  let rows = readRows(options.file);
  let drawnFor = 0;
  for (const job of makeJobs(rows, Number(options.seeds), options.only)) {
    if (job.seed !== drawnFor) forgetSequences();
    drawnFor = job.seed;
    const counts = LONG.includes(job.row) ? COUNTS : COUNTS.slice(0, SHORT);
    const made = measureRow(job.row, job.seed, kernels, counts);
    if (!made) continue;
    writeRows(options.file, (rows = [...rows, made]), ROWS);
    console.error(JSON.stringify(made));
  }
}

const { argv } = process;
if (argv[1] && import.meta.url === pathToFileURL(argv[1]).href) main();

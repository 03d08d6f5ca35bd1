// What `make own-thing-table` trains on and measures: data and settings of its rows.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { drawExample } from "../d2l_ssd/widgets/static/own_engine/example.js";
import { STORED_SIDE } from "../d2l_ssd/widgets/static/own_engine/pyramid.js";
import { DEFAULTS } from "../d2l_ssd/widgets/static/own_engine/settings.js";
import { makeSequence } from "../tests/js/own_engine/sequences.mjs";

export const SEEDS = 3;

const TRAINING = 25; // pictures, a fifth of them without the thing
const FRAMES = 120; // to measure on, a sixth of them without the thing
const FILM = 240; // frames
const TEST_SEEDS = 1000; // added to a seed: other numbers than training has
const CELLS_FILE = new URL("own_thing_cells.py", import.meta.url).pathname;
const CELLS = 20; // training photographs with a cell, none without

const from = (first, count) =>
  Array.from({ length: count }, (_, k) => first + k);

/**
 * Each seed has a thing of its own, and places and decoys: those of training, and
 * those elsewhere, which no training picture has. The page's settings were chosen on
 * others than these.
 */
const SETS = [
  { thing: 0, rooms: 0, decoys: 0, otherRooms: 100, otherDecoys: 100 },
  { thing: 1, rooms: 10, decoys: 40, otherRooms: 300, otherDecoys: 110 },
  { thing: 2, rooms: 20, decoys: 50, otherRooms: 320, otherDecoys: 120 },
];

/** What the sequences of a seed show, here (as in training) and elsewhere. */
export function setOf(seed) {
  const set = SETS[(seed - 1) % SETS.length];
  return {
    here: {
      things: [set.thing],
      rooms: from(set.rooms, 3),
      decoys: from(set.decoys, 6),
    },
    elsewhere: {
      things: [set.thing],
      rooms: from(set.otherRooms, 20),
      decoys: from(set.otherDecoys, 6),
    },
  };
}

const ALL_SIDES = { yaw: [-180, 180] };

/**
 * What the rows' data are: the kind of a sequence, and what it has for training and
 * for measuring that is not usual.
 */
const SEQUENCES = {
  packet: { kind: "packet" },
  mug: { kind: "mug" },
  small: { kind: "small" },
  pen: { kind: "pen" },
  // Ten pictures with the thing and two without it; five and one
  ten: { kind: "packet", count: 12, training: { without: 6 } },
  five: { kind: "packet", count: 6, training: { without: 6 } },
  alike: { kind: "packet", training: { spread: 0, side: [0.35, 0.35] } },
  turned: { kind: "packet", training: ALL_SIDES, test: ALL_SIDES },
  unseen: { kind: "packet", test: ALL_SIDES }, // sides that were never shown
  three: {
    kind: "packet",
    training: { things: [0, 1, 2] },
    test: { things: [0, 1, 2] },
  },
};

/** Rows that are measured to the end; the others up to a third of it. */
export const LONG = ["packet", "mug", "small&small=1"];

/** The rows: data, and the settings that are not the page's own. */
export const ROWS = [
  "packet",
  "mug",
  "small&small=1",
  "duck",
  "cells",
  "small",
  "packet&augment=0",
  "mug&augment=0",
  "packet&paste=0",
  "packet&augment=0&paste=0",
  "mug&augment=0&paste=0",
  "mug&paste=0",
  "ten",
  "five",
  "alike",
  "turned",
  "unseen",
  "three",
  "pen",
];

/** The data and the settings of a row. */
export function parseRow(row) {
  const [data, ...parts] = row.split("&");
  const changes = parts.map((part) => {
    const [key, value] = part.split("=");
    if (!(key in DEFAULTS)) throw new Error(`${row}: no setting ${key}`);
    const isSwitch = typeof DEFAULTS[key] === "boolean";
    return [key, isSwitch ? value === "1" : Number(value)];
  });
  return { data, settings: { ...DEFAULTS, ...Object.fromEntries(changes) } };
}

/** Sequences of the seed that is measured: rows share them. */
const drawn = new Map();

function drawOnce(...args) {
  const key = JSON.stringify(args);
  if (!drawn.has(key)) drawn.set(key, makeSequence(...args));
  return drawn.get(key);
}

/** Forget what is drawn: another seed has other sequences. */
export function forgetSequences() {
  drawn.clear();
}

/**
 * Make a row's data: training pictures; frames elsewhere and, where that says
 * something, in the places of training; a film.
 */
export function makeData(name, seed) {
  if (name === "duck") return makeDucks(seed);
  if (name === "cells") return readCells(seed);
  const { kind, count = TRAINING, training, test } = SEQUENCES[name];
  const { here, elsewhere } = setOf(seed);
  const frames = (set, options) =>
    drawOnce(kind, seed + TEST_SEEDS, options?.video ? FILM : FRAMES, {
      ...{ without: 6, ...set, ...test, ...options },
    });
  return {
    classes: (training?.things ?? [0]).map((thing) => `thing ${thing + 1}`),
    training: drawOnce(kind, seed, count, { ...here, ...training }),
    elsewhere: frames(elsewhere),
    same: test ? null : frames(here),
    film: test ? null : frames(elsewhere, { video: true }),
  };
}

/** The page's own example, as it teaches it. */
function makeDucks(seed) {
  return {
    classes: ["rubber duck"],
    training: drawExample(seed, TRAINING),
    elsewhere: drawExample(seed + TEST_SEEDS, FRAMES),
    same: null,
    film: null,
  };
}

/** BCCD's white blood cells; nothing if D2L_SSD_BCCD names no folder. */
function readCells(seed) {
  if (!process.env.D2L_SSD_BCCD) return null;
  const folder = mkdtempSync(join(tmpdir(), "cells-"));
  const file = join(folder, "cells");
  try {
    const options = { stdio: ["ignore", "inherit", "inherit"] };
    const { status } = spawnSync("python", [CELLS_FILE, file], options);
    if (status) throw new Error(`${CELLS_FILE} failed`);
    const boxes = JSON.parse(readFileSync(`${file}.json`, "utf8"));
    return splitCells(boxes, readFileSync(`${file}.bin`), seed);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Other training photographs for each seed, the same to measure on. */
function splitCells({ training, test }, bytes, seed) {
  const size = 3 * STORED_SIDE * STORED_SIDE;
  const pictures = [...training, ...test].map((boxes, n) => ({
    id: `cell-${n}`,
    name: `cell-${n}`,
    pixels: new Uint8ClampedArray(bytes.subarray(n * size, (n + 1) * size)),
    width: STORED_SIDE,
    height: STORED_SIDE,
    labels: {
      classes: boxes.map(() => 0),
      boxes: Float32Array.from(boxes.flat()),
      difficult: boxes.map(() => false),
    },
    keptBack: false,
    ready: true,
  }));
  const first = (CELLS * (seed - 1)) % (training.length - CELLS + 1);
  return {
    classes: ["white blood cell"],
    training: pictures.slice(first, first + CELLS),
    elsewhere: pictures.slice(training.length),
    same: null,
    film: null,
  };
}

// One run of the playground's table: train, and measure all that is asked of it.
import { readFileSync } from "node:fs";

import { parseAddress } from "../d2l_ssd/widgets/static/engine/address.js";
import { withBug } from "../d2l_ssd/widgets/static/engine/bugs.js";
import { learnByHeart } from "../d2l_ssd/widgets/static/engine/checks.js";
import {
  meanPrecisions,
  take,
} from "../d2l_ssd/widgets/static/engine/detect.js";
import {
  DIAGNOSTICS,
  makeSubject,
  SHOWN_FROM,
} from "../d2l_ssd/widgets/static/engine/diagnostics.js";
import { compileKernels } from "../d2l_ssd/widgets/static/engine/kernels.js";
import { LossKeeper } from "../d2l_ssd/widgets/static/engine/loss_log.js";
import { countShown } from "../d2l_ssd/widgets/static/engine/measures.js";
import { CLASSES } from "../d2l_ssd/widgets/static/engine/scenes.js";
import {
  Trainer,
  unseenScenes,
} from "../d2l_ssd/widgets/static/engine/trainer.js";
import { joined } from "./playground_rows.mjs";

const KERNELS = new URL(
  "../d2l_ssd/widgets/static/dist/kernels.wasm",
  import.meta.url,
);
const kernels = compileKernels(readFileSync(KERNELS));

const SCENES = 400; // to measure on; no reader sees them
const FIRST_SCENE = 1000;
const PAGE_SCENES = 100; // those of the page
const CURVE = [500, 1000, 2000, 3000, 6000]; // where the page's AP50 is kept
const THRESHOLDS = [0.01, 0.05, 0.2, 0.4, 0.6, 0.8];
const PROBE_STEPS = 5;
const PROBE_SCENES = 2;

/** Parse an address that must be right. */
export function settingsOf(address, seed) {
  const { settings, problems } = parseAddress(address);
  if (problems.length) throw new Error(`${address}: ${problems.join(" ")}`);
  return { ...settings, seed };
}

const unseen = new Map();

/** The unseen scenes of a world, drawn once. */
export function testScenes(test, count = SCENES, first = FIRST_SCENE) {
  const key = `${test} ${count} ${first}`;
  if (!unseen.has(key)) unseen.set(key, unseenScenes(test, count, first));
  return unseen.get(key);
}

/**
 * A number that tells whether the engine still computes what it did: losses of the
 * first steps, what the network then finds, and an AP, added up.
 */
export function probe(train, seed) {
  const trainer = new Trainer(settingsOf(train, seed), kernels);
  const sum = (values) => values.reduce((a, b) => a + b, 0);
  let total = 10 * probePrecision();
  for (let k = 0; k < PROBE_STEPS; k++) {
    const { classLoss, boxLoss } = trainer.step();
    total += classLoss + boxLoss;
  }
  const scenes = testScenes("ordinary").slice(0, PROBE_SCENES);
  for (const { boxes, scores } of trainer.detect(scenes)) {
    total += 10 * (sum(boxes) / boxes.length + sum(scores) / scores.length);
  }
  return Number(total.toPrecision(6));
}

/** AP of boxes that miss each object by a bit more than the one before. */
function probePrecision() {
  const labels = testScenes("ordinary").map((scene) => scene.labels);
  const found = labels.map(({ boxes, classes }, i) => ({
    boxes: boxes.map((value, k) => value + ((7 * i + k) % 13) / 300),
    scores: classes.map((_, t) => 1 / (1 + ((5 * i + t) % 17))),
    classes: classes.map((label, t) => ((i + t) % 5 ? label : 0)),
    anchors: [],
  }));
  return meanPrecisions(found, labels, [0.5], CLASSES.length)[0];
}

/** Train one row, and measure it and the rows of its live settings. */
export function measureRun({ train, live, seed }) {
  const begin = performance.now();
  const settings = settingsOf(train, seed);
  const trainer = new Trainer(settings, kernels);
  const keeper = new LossKeeper();
  const { curve, seconds } = trainWithCurve(trainer, keeper, settings.n);
  let heart;
  const byHeart = () => (heart ??= learnByHeart(settings, kernels));
  const rows = ["", ...live].map((address) => {
    const row = joined(train, address);
    const use = settingsOf(row, seed);
    const asked = diagnosticsOf(train, address);
    const found = measureUse(trainer, keeper.log, use, byHeart, asked);
    return { row, seed, ...found };
  });
  rows[0] = {
    ...rows[0],
    probe: probe(train, seed),
    curve,
    ...(seed === 1 ? { losses: keeper.log.means.map(roundAll) } : {}),
    seconds: rounded(seconds),
    allSeconds: rounded((performance.now() - begin) / 1000),
  };
  if (!train) rows[0].thresholds = sweepThresholds(trainer);
  return rows;
}

/** Train; keep the page's AP50 at fixed numbers of scenes. */
function trainWithCurve(trainer, keeper, until) {
  const scenes = testScenes("ordinary", PAGE_SCENES, 0);
  const curve = [];
  let seconds = 0;
  while (trainer.count < until) {
    const begin = performance.now();
    keeper.add(trainer.step());
    seconds += (performance.now() - begin) / 1000;
    const { count } = trainer;
    if (!CURVE.includes(count - (count % 500)) || count % 500 >= 8) continue;
    const found = trainer.detect(scenes);
    const labels = trainer.steps.groundTruth(scenes.map((one) => one.labels));
    const [ap50] = meanPrecisions(found, labels, [0.5], CLASSES.length);
    curve.push([count - (count % 500), rounded(ap50)]);
  }
  return { curve, seconds };
}

// Of what is neither a bug nor the baseline, less is asked
const OF_BUGS = ["heart", "roundTrip", "input", "company"];
const OF_USE = ["boxes", "ap", "sizes"];
// What bugs of use share with the baseline is not measured again
const OF_TRAINING = ["first", "losses", "positives"];

/** The diagnostics that are asked of a row. */
function diagnosticsOf(train, live) {
  const isBug = live.startsWith("bug=") || train.startsWith("bug=");
  return DIAGNOSTICS.filter(({ id }) => {
    if (live) return isBug ? !OF_TRAINING.includes(id) : OF_USE.includes(id);
    return isBug || train === "" || !OF_BUGS.includes(id);
  });
}

/** Ask diagnostics with live settings and bugs of use. */
function measureUse(trainer, log, use, byHeart, asked) {
  const { settings, steps } = trainer;
  const heart = () => {
    const one = byHeart();
    one.trainer.steps = withBug(use.bug);
    return one;
  };
  trainer.settings = { ...settings, nms: use.nms };
  trainer.steps = withBug(use.bug);
  const scenes = testScenes(use.test);
  const subject = makeSubject({ trainer, log, scenes, byHeart: heart });
  const symptoms = Object.assign(
    {},
    ...asked.map(({ measure }) => measure(subject)),
  );
  const bare = scenes.flatMap((scene, i) =>
    scene.labels.classes.length ? [] : [i],
  );
  if (bare.length) {
    const found = bare.map((i) => subject.found()[i]);
    const labels = bare.map((i) => scenes[i].labels);
    symptoms.alarms = countShown(found, labels, SHOWN_FROM).boxes;
  }
  Object.assign(trainer, { settings, steps });
  return roundAll(symptoms);
}

/** What AP and precision become when boxes under a score are cut first. */
function sweepThresholds(trainer) {
  const scenes = testScenes("ordinary");
  const labels = scenes.map((scene) => scene.labels);
  const found = trainer.detect(scenes);
  return THRESHOLDS.map((least) => {
    const kept = found.map((one) =>
      take(
        one,
        [...one.scores.keys()].filter((d) => one.scores[d] >= least),
      ),
    );
    const [ap50] = meanPrecisions(kept, labels, [0.5], CLASSES.length);
    const { boxes, precision, recall } = countShown(kept, labels, least);
    return [least, ap50, precision, recall, boxes].map(rounded);
  });
}

/** @param {number} value */
function rounded(value) {
  return Number.isFinite(value) ? Number(value.toPrecision(3)) : null;
}

function roundAll(numbers) {
  if (Array.isArray(numbers)) return numbers.map(rounded);
  return Object.fromEntries(
    Object.entries(numbers).map(([key, value]) => [key, rounded(value)]),
  );
}

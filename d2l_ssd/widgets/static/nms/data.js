/** What NMSExplorer knows: the candidates of a class, and what NMS does to them. */

import { takeBoxes } from "../lib/boxes.js";
import { readCandidates } from "../lib/detections.js";
import { clamp } from "../lib/grid.js";
import { judgeDetections } from "../lib/judging.js";
import { readLabels } from "../lib/labels.js";
import { nmsByIou, nmsSteps } from "../lib/nms.js";
import { partAround } from "./zoom.js";

/** @typedef {import("../lib/bytes.js").Bytes} Bytes */
/** @typedef {import("../lib/detections.js").Candidates} Candidates */
/** @typedef {import("../lib/labels.js").Labels} Labels */

/**
 * @typedef {object} Traits
 * @property {Bytes[]} images
 * @property {Bytes[]} truths per image (M, 5): class and box
 * @property {Bytes[]} difficult per image (M,): 1 where it does not count
 * @property {Bytes[]} candidates per image (N, 6): class, score and box
 * @property {string[]} class_names
 * @property {number} image
 * @property {number} label the class
 * @property {number} nms_iou
 * @property {number} step how many steps are done
 * @property {boolean} playing
 * @property {Record<string, Guess>} guesses by `keyOf`
 */

/**
 * @typedef {object} Guess how many boxes will be left; MOST_GUESSED stands for more, too
 * @property {number} left
 * @property {number} nms_iou the threshold of which it was said
 *
 * @typedef {object} Group the candidates of one class on one image, best first
 * @property {number} from its first row of all candidates
 * @property {number} count
 * @property {Float32Array} overlaps
 *
 * @typedef {object} Outcome what is left in the end
 * @property {number[]} kept ranks
 * @property {Set<number>} found ground truths
 * @property {number[]} lost ground truths that a candidate finds and no kept box does
 * @property {number} duplicates
 * @property {number} wrong boxes that lie on no object
 *
 * @typedef {"waiting" | "kept" | "removed"} Fate
 * @typedef {{ fate: Fate, by: number, iou: number }} Decision of a candidate
 */

/** @typedef {import("../lib/types.d.ts").Model<Traits>} Model */
/** @typedef {ReturnType<typeof readData>} Data */
/** @typedef {ReturnType<ReturnType<typeof makeTracer>>} Traced */

/** An IoU from which on a box is right, as in the evaluation. */
export const RIGHT_IOU = 0.5;
export const MOST_GUESSED = 7;
/** The thresholds that the control goes to, in hundredths. */
const [LOWEST, HIGHEST] = [10, 100];

/** @param {Model} model */
export function readData(model) {
  const labels = readLabels(model.get("truths"), model.get("difficult"));
  const candidates = model
    .get("candidates")
    .map((bytes, image) => readCandidates(bytes, labels[image]));
  return { names: model.get("class_names"), labels, candidates };
}

/**
 * The candidates of one class.
 *
 * @param {Candidates} candidates
 * @param {number} label
 * @returns {Group}
 */
export function groupOf({ groups, classes }, label) {
  const found = groups.find(({ from }) => classes[from] === label);
  return found ?? { from: 0, count: 0, overlaps: new Float32Array(0) };
}

/**
 * The class of an image that has most candidates.
 *
 * @param {Candidates} candidates
 */
export function fullestClass({ groups, classes }) {
  const most = Math.max(...groups.map(({ count }) => count));
  const fullest = groups.find(({ count }) => count === most);
  return fullest ? classes[fullest.from] : 0;
}

/**
 * Name what is guessed: the boxes of a class on an image.
 *
 * @param {{ image: number, label: number }} chosen
 */
export function keyOf({ image, label }) {
  return `${image}/${label}`;
}

/**
 * Find the ground truths that some of the candidates find.
 *
 * @param {Candidates} candidates
 * @param {Group} group
 * @param {number[]} ranks
 */
function judge({ best, difficult }, { from }, ranks) {
  const chosen = ranks.map((rank) => best[from + rank]);
  const judged = judgeDetections(chosen, difficult, RIGHT_IOU);
  const correct = judged.filter(({ kind }) => kind === "correct");
  return { judged, found: new Set(correct.map(({ match }) => match)) };
}

/**
 * Say what is left in the end, and which objects it finds.
 *
 * @param {Candidates} candidates
 * @param {Group} group
 * @param {number} nmsIou
 * @returns {Outcome}
 */
export function outcomeOf(candidates, group, nmsIou) {
  const { count, overlaps } = group;
  const kept = nmsByIou(overlaps, count, nmsIou);
  const { judged, found } = judge(candidates, group, kept);
  const before = judge(candidates, group, [...Array(count).keys()]).found;
  const duplicates = judged.filter(({ kind }) => kind === "duplicate").length;
  const right = judged.filter(({ match }) => match >= 0).length;
  return {
    kept,
    found,
    lost: [...before]
      .filter((truth) => !found.has(truth))
      .sort((a, b) => a - b),
    duplicates,
    wrong: kept.length - right - duplicates,
  };
}

/**
 * Find what the best threshold does: it finds most objects, with fewest boxes.
 *
 * @param {Candidates} candidates
 * @param {Group} group
 */
export function bestOutcome(candidates, group) {
  let best = { found: -1, kept: 0 };
  for (let hundredths = LOWEST; hundredths <= HIGHEST; hundredths++) {
    const one = outcomeOf(candidates, group, hundredths / 100);
    const found = one.found.size;
    const kept = one.kept.length;
    const fewer = found === best.found && kept < best.kept;
    if (found > best.found || fewer) best = { found, kept };
  }
  return best;
}

/**
 * Say what the first steps have decided of each candidate.
 *
 * @param {import("../lib/nms.js").NmsStep[]} done
 * @param {number} count
 */
export function decisionsOf(done, count) {
  /** @type {Decision[]} */
  const decisions = Array.from({ length: count }, () => {
    return { fate: "waiting", by: -1, iou: 0 };
  });
  for (const { kept, tested, iou, removed } of done) {
    if (tested < 0) decisions[kept] = { fate: "kept", by: -1, iou: 0 };
    else if (removed) decisions[tested] = { fate: "removed", by: kept, iou };
  }
  return decisions;
}

/**
 * Make what traces NMS as the controls say; a trace is kept while they stay.
 *
 * @param {Model} model
 * @param {Data} data
 */
export function makeTracer(model, data) {
  let [setAt, tracedAt] = ["", ""];
  let scene = sceneOf(data, 0, 0);
  let traced = traceOf(scene, 0);
  return () => {
    const [image, label] = [model.get("image"), model.get("label")];
    const threshold = model.get("nms_iou");
    const place = keyOf({ image, label });
    if (place !== setAt) scene = sceneOf(data, image, label);
    const at = `${place} ${threshold}`;
    if (at !== tracedAt) traced = traceOf(scene, threshold);
    [setAt, tracedAt] = [place, at];
    const guess = /** @type {Guess | undefined} */ (
      model.get("guesses")[place]
    );
    return { ...traced, ...stateAt(traced, guess, model.get("step")) };
  };
}

/**
 * What is decided after some steps; before a guess, nothing.
 *
 * @param {ReturnType<typeof traceOf>} traced
 * @param {Guess | undefined} guess
 * @param {number} wanted the step
 */
function stateAt({ steps, group }, guess, wanted) {
  const step = guess ? clamp(wanted, 0, steps.length) : 0;
  return {
    guess,
    step,
    now: step ? steps[step - 1] : undefined,
    decisions: decisionsOf(steps.slice(0, step), group.count),
    done: step === steps.length,
  };
}

/**
 * What no threshold changes.
 *
 * @param {Data} data
 * @param {number} image
 * @param {number} label
 */
function sceneOf(data, image, label) {
  const candidates = data.candidates[image];
  const group = groupOf(candidates, label);
  return {
    ...{ image, label, candidates, group },
    truths: data.labels[image],
    part: partAround(boxesOf(data, image, group, label)),
    task: bestOutcome(candidates, group),
  };
}

/**
 * @param {ReturnType<typeof sceneOf>} scene
 * @param {number} threshold
 */
function traceOf(scene, threshold) {
  const { candidates, group } = scene;
  return {
    ...scene,
    threshold,
    steps: nmsSteps(group.overlaps, group.count, threshold),
    outcome: outcomeOf(candidates, group, threshold),
  };
}

/**
 * The boxes of a class that are to be seen: candidates and ground truth.
 *
 * @param {Data} data
 * @param {number} image
 * @param {Group} group
 * @param {number} label
 */
function boxesOf({ candidates, labels }, image, { from, count }, label) {
  const rows = Array.from({ length: count }, (_, rank) => from + rank);
  const { classes, boxes } = labels[image];
  const own = [...classes.keys()].filter((truth) => classes[truth] === label);
  return Float32Array.from([
    ...takeBoxes(candidates[image].boxes, rows),
    ...takeBoxes(boxes, own),
  ]);
}

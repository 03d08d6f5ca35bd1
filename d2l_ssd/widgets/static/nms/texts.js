/** NMSExplorer's sentences. */

import { MOST_GUESSED, RIGHT_IOU } from "./data.js";

/** @typedef {import("./data.js").Data} Data */
/** @typedef {import("./data.js").Guess} Guess */
/** @typedef {import("./data.js").Traced} Traced */

/**
 * "1 box", "2 boxes"
 *
 * @param {number} count
 * @param {string} one
 * @param {string} [many]
 */
export function countOf(count, one, many = `${one}s`) {
  return `${count} ${count === 1 ? one : many}`;
}

/** @param {number} count */
export const countBoxes = (count) => countOf(count, "box", "boxes");

/**
 * Write an IoU and the threshold with as many digits as tell them apart.
 *
 * @param {number} iou
 * @param {number} threshold
 */
export function compare(iou, threshold) {
  const sign = iou > Math.fround(threshold) ? ">" : "≤";
  let digits = 2;
  while (digits < 5 && iou.toFixed(digits) === threshold.toFixed(digits)) {
    digits++;
  }
  if (iou === Math.fround(threshold)) digits = 2;
  return `${iou.toFixed(digits)} ${sign} ${threshold.toFixed(2)}`;
}

/**
 * Name a ground truth: "the dog" if it is the only one, else "dog 2".
 *
 * @param {Data} data
 * @param {Traced} traced
 * @param {number} truth
 */
export function objectName({ names }, { truths, label }, truth) {
  const own = objectsOf(truths, label);
  const name = names[label];
  return own.length === 1 ? `the ${name}` : `${name} ${own.indexOf(truth) + 1}`;
}

/**
 * The ground truths of a class.
 *
 * @param {import("../lib/labels.js").Labels} truths
 * @param {number} label
 */
export function objectsOf({ classes }, label) {
  return [...classes.keys()].filter((truth) => classes[truth] === label);
}

/**
 * A candidate's score, in two digits.
 *
 * @param {Traced} traced
 * @param {number} rank
 */
export function scoreOf({ candidates, group }, rank) {
  return candidates.scores[group.from + rank].toFixed(2);
}

/**
 * How a candidate lies to the ground truth of its class.
 *
 * @param {Traced} traced
 * @param {number} rank
 */
export function bestOf({ candidates, group }, rank) {
  const { truth, own } = candidates.best[group.from + rank];
  return { truth, own, right: truth >= 0 && own >= RIGHT_IOU };
}

/**
 * Say where we are.
 *
 * @param {Data} data
 * @param {Traced} traced
 */
export function titleOf({ names }, { step, steps, group, label, decisions }) {
  const all = `${countBoxes(group.count)} of class ${names[label]}`;
  if (!step) return all;
  /** @param {import("./data.js").Fate} fate */
  const count = (fate) => decisions.filter((one) => one.fate === fate).length;
  const [kept, removed] = [count("kept"), count("removed")];
  const waiting = group.count - kept - removed;
  return (
    `Step ${step} of ${steps.length}: ${kept} kept, ${removed} removed, ` +
    `${waiting} to go`
  );
}

/**
 * Say what there is to do, or what the step did and why.
 *
 * @param {Data} data
 * @param {Traced} traced
 */
export function verdictOf(data, traced) {
  const { group, guess, threshold, now, truths, label } = traced;
  const name = data.names[label];
  if (!group.count) return `The network proposes no ${name} on this image.`;
  if (!guess) {
    const objects = countOf(objectsOf(truths, label).length, name);
    return (
      `Predict first: the image has ${objects}. How many of these ` +
      `${countBoxes(group.count)} will NMS leave at an IoU threshold of ` +
      `${threshold.toFixed(2)}?`
    );
  }
  if (!now) {
    return (
      `You said ${guessed(guess)}. The boxes are sorted by score, best first, and none ` +
      "is decided yet. Take the first step."
    );
  }
  return now.tested < 0 ? aboutKept(data, traced) : aboutTested(data, traced);
}

/**
 * @param {Data} data
 * @param {Traced} traced
 */
function aboutKept(data, traced) {
  const { now, outcome } = traced;
  if (!now) return "";
  const { kept } = now;
  const said =
    `Box ${kept + 1} has the highest score of those left, ` +
    `${scoreOf(traced, kept)}: it is kept.`;
  const { truth, own, right } = bestOf(traced, kept);
  if (!right) {
    return `${said} It lies on no ${data.names[traced.label]} well enough (IoU ${own.toFixed(2)} at best): a wrong box.`;
  }
  const object = objectName(data, traced, truth);
  const before = outcome.kept.filter((rank) => rank < kept);
  if (before.some((rank) => isOn(traced, rank, truth))) {
    return `${said} But ${object} has a box already: this is a duplicate.`;
  }
  return `${said} It lies on ${object} (IoU ${own.toFixed(2)}).`;
}

/**
 * Whether a candidate is a right box of this ground truth.
 *
 * @param {Traced} traced
 * @param {number} rank
 * @param {number} truth
 */
function isOn(traced, rank, truth) {
  const best = bestOf(traced, rank);
  return best.right && best.truth === truth;
}

/**
 * @param {Data} data
 * @param {Traced} traced
 */
function aboutTested(data, traced) {
  const { now, threshold } = traced;
  if (!now) return "";
  const { kept, tested, iou, removed } = now;
  const box = `Box ${tested + 1} (${scoreOf(traced, tested)})`;
  const other = `box ${kept + 1} (${scoreOf(traced, kept)})`;
  if (!iou) return `${box} does not touch ${other}: it stays.`;
  const relation = `${box} overlaps ${other} by ${compare(iou, threshold)}`;
  const why = consequence(data, traced, kept, tested, removed);
  return `${relation}: ${removed ? "it is removed" : "it stays"}.${why}`;
}

/**
 * Say whether a decision was right, which NMS cannot know.
 *
 * @param {Data} data
 * @param {Traced} traced
 * @param {number} kept
 * @param {number} tested
 * @param {boolean} removed
 */
function consequence(data, traced, kept, tested, removed) {
  const { truth, own, right } = bestOf(traced, tested);
  if (!right) {
    const wrong = ` It lies on no ${data.names[traced.label]} well enough`;
    return removed ? `${wrong}: nothing is lost.` : "";
  }
  const object = objectName(data, traced, truth);
  if (isOn(traced, kept, truth)) {
    return removed
      ? ` Both lie on ${object}: a duplicate is gone, as it should be.`
      : ` Both lie on ${object}: a duplicate stays.`;
  }
  const on = `it lies on ${object} (IoU ${own.toFixed(2)})`;
  return removed
    ? ` But ${on}, and the kept box does not: NMS cannot tell a neighbor from a duplicate.`
    : ` That is right: ${on}, and the kept box does not.`;
}

/**
 * Say what is left, once there is nothing left to test.
 *
 * @param {Data} data
 * @param {Traced} traced
 */
export function endingOf(data, traced) {
  const { done, guess, outcome, group } = traced;
  if (!done || !guess || !group.count) return "";
  const { lost } = outcome;
  const names = lost.map((truth) => objectName(data, traced, truth));
  const missing = names.length
    ? ` NMS removed every box that had found ${names.join(" and ")}.`
    : "";
  return `${judged(traced, guess)}.${missing}`;
}

/**
 * Compare what is left with the guess, at the threshold of the guess.
 *
 * @param {Traced} traced
 * @param {Guess} guess
 */
function judged({ outcome, threshold }, guess) {
  const { length } = outcome.kept;
  const left = `${countBoxes(length)} ${length === 1 ? "is" : "are"} left`;
  if (threshold !== guess.nms_iou)
    return `${left} at IoU ${threshold.toFixed(2)}`;
  const right = Math.min(length, MOST_GUESSED) === guess.left;
  return `${left}: ${right ? "as you said" : `you said ${guessed(guess)}`}`;
}

/** @param {Guess} guess */
function guessed({ left }) {
  return left < MOST_GUESSED ? String(left) : `${left} or more`;
}

/**
 * State the task, and say whether it is solved.
 *
 * @param {Data} data
 * @param {Traced} traced
 */
export function taskOf(data, traced) {
  const { done, guess, group, outcome, truths, label, threshold } = traced;
  if (!done || !guess || !group.count) return "";
  const { kept, found, duplicates, wrong } = outcome;
  const objects = objectsOf(truths, label).filter((t) => !truths.difficult[t]);
  const name = countOf(objects.length, data.names[label]);
  const now =
    `${found.size} of ${name} found with ${countBoxes(kept.length)} at IoU ` +
    `${threshold.toFixed(2)}`;
  if (!isSolved(traced)) {
    return (
      "Your task: move the threshold until as many as possible are found, with as " +
      `few boxes as possible. Now: ${now}.`
    );
  }
  const price = [
    duplicates && countOf(duplicates, "duplicate"),
    wrong && countOf(wrong, "wrong box", "wrong boxes"),
  ].filter(Boolean);
  const cost = price.length ? `; the price is ${price.join(" and ")}` : "";
  return `Solved: ${now}. No threshold does better${cost}.`;
}

/**
 * Whether no threshold finds more objects, or as many with fewer boxes.
 *
 * @param {Traced} traced
 */
export function isSolved({ done, guess, group, outcome, task }) {
  if (!done || !guess || !group.count) return false;
  const { found, kept } = outcome;
  return found.size === task.found && kept.length === task.kept;
}

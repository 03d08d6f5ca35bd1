/** IoUExplorer's sentences. */

import { formatCount, formatShare } from "../lib/format.js";
import { boxOf, FOUND, isNested, PREDICTION, TRUTH } from "./data.js";

/** @typedef {import("./data.js").Measures} Measures */
/** @typedef {import("./data.js").State} State */

const CLOSE = 0.02; // a guess that is as good as right
const HOW_TO =
  "Move a box: drag it, a side or a corner. Or press Tab to choose a box or a side, " +
  "then an arrow key; with Shift it goes ten pixels.";

/** @param {number} value that may be below 0 */
export function formatSigned(value) {
  return formatShare(value).replace("-", "−");
}

/** @param {number} share */
function percent(share) {
  return `${Math.round(100 * share)}\u00a0%`;
}

/** @param {State} state */
export function titleOf({ chosen, isOwn }) {
  return isOwn ? `${chosen.name}, then moved by hand` : chosen.name;
}

/**
 * Say what there is to guess, or what the boxes' IoU is and why.
 *
 * @param {State} state
 */
export function verdictOf(state) {
  const { chosen, shown, measures } = state;
  if (!shown) {
    return `${chosen.asks} Set the slider “Your guess”, then show the result.`;
  }
  const sentences = [
    judged(state),
    fact(measures),
    why(state),
    found(measures),
  ];
  return sentences.filter(Boolean).join(" ");
}

/** @param {State} state */
function judged({ isGuessed, guess, measures: { iou } }) {
  if (!isGuessed) return "";
  const error = guess - iou;
  const said = `You guessed ${formatShare(guess)}`;
  if (Math.abs(error) < CLOSE) return `${said}: well predicted.`;
  const side = error > 0 ? "high" : "low";
  return `${said}: ${formatShare(Math.abs(error))} too ${side}.`;
}

/** @param {Measures} measures */
function fact({ iou, intersection, union }) {
  return (
    `IoU ${formatShare(iou)}: of the ${formatCount(union)} pixels that the boxes ` +
    `cover together, they share ${formatCount(intersection)}.`
  );
}

/** @param {State} state */
function why({ boxes, measures }) {
  const { iou, intersection } = measures;
  if (iou === 1) return "The boxes are the same.";
  if (!intersection) return whyApart(measures);
  if (isNested(measures)) {
    return (
      "One box lies inside the other, so IoU is the ratio of their areas: it stays " +
      "the same wherever the smaller one lies."
    );
  }
  return whyShifted(boxes, measures);
}

/** @param {Measures} measures */
function whyApart({ enclosing, union, giou }) {
  const empty = (enclosing - union) / enclosing;
  return (
    "Without a shared pixel, IoU is 0, near or far. GIoU tells the difference: " +
    `${percent(empty)} of the enclosing box is empty, so it is ${formatSigned(giou)}.`
  );
}

/**
 * @param {number[]} boxes
 * @param {Measures} measures
 */
function whyShifted(boxes, { areas, intersection }) {
  const [a, b] = [boxOf(boxes, TRUTH), boxOf(boxes, PREDICTION)];
  const [wide, high] = [a[2] - a[0], a[3] - a[1]];
  if (wide !== b[2] - b[0] || high !== b[3] - b[1]) {
    const shares = areas.map((area) => percent(intersection / area));
    return (
      `That is ${shares[TRUTH]} of the ground truth and ${shares[PREDICTION]} of ` +
      "the prediction; what only one of them covers makes the union larger."
    );
  }
  const across = 1 - Math.abs(a[0] - b[0]) / wide;
  const down = 1 - Math.abs(a[1] - b[1]) / high;
  const shared = formatShare(across * down);
  return (
    `They share ${percent(across)} of their width and ${percent(down)} of their ` +
    `height: ${formatShare(across)} · ${formatShare(down)} = ${shared} of each box. ` +
    `The rest of both counts in the union: ${shared} / (2 − ${shared}) = ` +
    `${formatShare((across * down) / (2 - across * down))}.`
  );
}

/** @param {Measures} measures */
function found({ iou }) {
  const verdict = iou >= FOUND ? "would count" : "would not count";
  return `VOC counts a detection from ${formatShare(FOUND)} on: this one ${verdict}.`;
}

/**
 * Say what the last move did to both areas, or how to move.
 *
 * @param {State} state
 */
export function changeOf({ shown, isMoved, earlier, measures }) {
  if (!isMoved) return HOW_TO;
  if (!shown) return "The boxes have moved: guess the IoU that they have now.";
  const gained = measures.intersection - earlier.intersection;
  const grown = measures.union - earlier.union;
  const [from, to] = [formatShare(earlier.iou), formatShare(measures.iou)];
  const course = from === to ? `stays ${to}` : `goes from ${from} to ${to}`;
  return (
    `Last move: intersection ${formatChange(gained)}, union ` +
    `${formatChange(grown)} pixels: IoU ${course}. ${reason(gained, grown)}`
  );
}

/** @param {number} count */
function formatChange(count) {
  if (!count) return "± 0";
  return `${count < 0 ? "−" : "+"} ${formatCount(Math.abs(count))}`;
}

/**
 * @param {number} gained by the intersection
 * @param {number} grown by the union
 */
function reason(gained, grown) {
  if (!gained && !grown) return "Neither area has changed.";
  if (!gained) {
    return grown > 0
      ? "The box grew outside the other one: only the union grows."
      : "The box lost what lay outside the other one: only the union shrinks.";
  }
  if (!grown) {
    return "The side moved inside the other box: only the intersection changes.";
  }
  if (gained > 0 === grown > 0) {
    return "Both areas changed in one direction: the larger change, as a share, decides.";
  }
  return gained > 0
    ? "What the intersection gains, the union loses, so IoU gains from both."
    : "What the intersection loses, the union gains, so IoU loses from both.";
}

/**
 * Say how each condition of the task stands.
 *
 * @param {State} state
 */
export function taskLines({ shown, measures, goal, conditions }) {
  const { iou, areas } = measures;
  const low = formatShare(goal.iou - goal.within);
  const high = formatShare(goal.iou + goal.within);
  const factor = Math.max(...areas) / Math.min(...areas);
  const texts = [
    `IoU from ${low} to ${high}: it is ${formatShare(iou)}`,
    `one area at least ${goal.factor} times the other: ${formatShare(factor)} times`,
    conditions[2]
      ? "neither box inside the other"
      : "neither box inside the other: one is",
  ];
  return texts.map((text, k) => {
    if (!shown) return `○ ${text.split(":")[0]}`;
    return `${conditions[k] ? "✓" : "○"} ${text}`;
  });
}

/** @param {State} state */
export function taskVerdict({ shown, isSolved, conditions }) {
  if (!shown) return "Guess and show the IoU first, then move the boxes.";
  if (isSolved) return "Solved!";
  const left = conditions.filter((met) => !met).length;
  return left === 1 ? "One condition is left." : `${left} conditions are left.`;
}

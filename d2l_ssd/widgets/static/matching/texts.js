/** MatchingExplorer's sentences. */

import { NONE } from "./data.js";
import { bestAnchor, bestTruths, gains } from "./steps.js";
import { unserved } from "./task.js";

/** @typedef {import("./data.js").Case} Case */
/** @typedef {import("./data.js").State} State */
/** @typedef {import("./steps.js").Step} Step */

/**
 * Name an anchor by its row.
 *
 * @param {number} anchor
 */
export const nameAnchor = (anchor) => `anchor ${anchor + 1}`;

/**
 * An IoU with as many digits as tell it from a threshold.
 *
 * @param {number} iou
 * @param {number} posIou
 */
export function formatIou(iou, posIou) {
  const short = iou.toFixed(2);
  const misleads = iou < posIou && Number(short) >= posIou;
  return misleads ? iou.toFixed(4) : short;
}

/**
 * Say where the matching stands, in a few words.
 *
 * @param {State} state
 */
export function titleOf({ guess, step, last, current }) {
  if (guess === undefined) return "Guess first";
  if (!step) return "Before the first step";
  if (step === last) return "All anchors are decided";
  return `Step ${step} of ${last - 1}: rule ${current.rule}`;
}

/**
 * Say what happens at this step, and why.
 *
 * @param {State} state
 */
export function sentenceOf(state) {
  const { guess, step, last, current } = state;
  if (guess === undefined) return ask(state);
  if (!step) {
    return `You said ${nameGuess(guess)}. Now step through the rules with › or the right arrow key.`;
  }
  if (step === last) return `${sumUp(state)} ${judge(state)}`;
  const said = current.rule === 1 ? forcedStep(state) : thresholdStep(state);
  return isAnswer(state) ? `${said} ${judge(state)}` : said;
}

/** @param {number} guess */
const nameGuess = (guess) => (guess === NONE ? "none" : nameAnchor(guess));

/** @param {State} state */
function ask({ scene, posIou }) {
  const { ious, count, names, asked } = scene;
  const best = bestAnchor(ious, count, asked);
  const iou = ious[asked * count + best];
  const rival = names.findIndex(
    (_, truth) =>
      truth !== asked &&
      bestAnchor(ious, count, truth) === best &&
      ious[truth * count + best] > iou,
  );
  const low =
    iou < posIou
      ? `, less than the ${posIou.toFixed(2)} that makes a positive`
      : "";
  const wanted =
    rival < 0
      ? ""
      : ` The ${names[rival]} wants the same anchor, with ${ious[rival * count + best].toFixed(2)}.`;
  return (
    `Of all anchors, ${nameAnchor(best)} overlaps the ${names[asked]} most: its IoU ` +
    `is ${formatIou(iou, posIou)}${low}.${wanted} Which anchor will the ` +
    `${names[asked]} get?`
  );
}

/** @param {State} state */
function forcedStep({ current, scene, posIou }) {
  const { anchor, truth, iou } = /** @type {Step} */ (current);
  const { names, ious, count } = scene;
  const name = names[truth];
  const parts = [
    `The largest IoU that is not crossed out is ${formatIou(iou, posIou)}. So the ` +
      `${name} gets ${nameAnchor(anchor)}, and we cross out the row and the column.`,
  ];
  const best = bestAnchor(ious, count, truth);
  const wanted = ious[truth * count + best];
  if (wanted > iou) {
    parts.push(
      `The ${name} overlaps ${nameAnchor(best)} more (${wanted.toFixed(2)}), but that one is taken.`,
    );
  }
  const other = bestTruths(ious, count)[anchor];
  const rival = ious[other * count + anchor];
  if (rival > iou) {
    parts.push(
      `Anchor ${anchor + 1} overlaps the ${names[other]} more (${rival.toFixed(2)}), but the ${names[other]} has its own.`,
    );
  }
  if (iou < posIou) {
    const alone = unserved(scene, posIou, false).includes(name)
      ? `. Without rule 1, no anchor would learn the ${name}`
      : "";
    parts.push(
      `The IoU is less than ${posIou.toFixed(2)}, but rule 1 does not ask: the anchor is positive${alone}.`,
    );
  }
  return parts.join(" ");
}

/** @param {State} state */
function thresholdStep({ current, scene, posIou, forced, steps }) {
  const { anchor, truth, iou, positive } = /** @type {Step} */ (current);
  const name = scene.names[truth];
  const who = `Anchor ${anchor + 1}`;
  if (!iou) return `${who} overlaps no object: background.`;
  const overlap = `${who}${forced ? " has no object yet. It" : ""} overlaps the ${name} most, with an IoU of ${formatIou(iou, posIou)}.`;
  const bar = posIou.toFixed(2);
  if (positive) {
    const others = gains(steps, truth).length > 1 ? ", too" : "";
    return `${overlap} That is at least ${bar}: it learns the ${name}${others}.`;
  }
  const lost = gains(steps, truth).length
    ? ""
    : ` The ${name} has no anchor that learns it.`;
  return `${overlap} That is less than ${bar}: it learns “background”.${lost}`;
}

/** @param {State} state */
function sumUp({ scene, steps }) {
  const { names } = scene;
  const counts = names.map((name, truth) => {
    const { length } = gains(steps, truth);
    return `the ${name} has ${length || "none"}`;
  });
  const rest = steps.some(({ positive }) => !positive)
    ? " The others learn “background”."
    : "";
  const positives = steps.filter(({ positive }) => positive).length;
  const lost = names.filter((_, truth) => !gains(steps, truth).length);
  const warning = lost.length
    ? ` Training would teach the ${lost.join(" and the ")} as background.`
    : "";
  return (
    `${positives} of ${steps.length} anchors are positive: ${counts.join(", ")}.` +
    `${rest}${warning}`
  );
}

/**
 * Whether this step is the first to give the object asked for an anchor, or gives it
 * the one that was guessed.
 *
 * @param {State} state
 */
function isAnswer({ current, done, scene, guess }) {
  const own = gains(done, scene.asked);
  if (own[own.length - 1] !== current) return false;
  return own.length === 1 || current.anchor === guess;
}

/**
 * Compare the guess with what the rules have given so far, at these settings.
 *
 * @param {State} state
 */
export function judge({ guess = NONE, scene, done }) {
  const own = gains(done, scene.asked).map(({ anchor }) => anchor);
  const right = own.length ? own.includes(guess) : guess === NONE;
  const said = `You said ${nameGuess(guess)}`;
  if (right) return `${said}: right.`;
  return `${said}; the ${scene.names[scene.asked]} gets ${nameAnchors(own)}.`;
}

/** @param {number[]} anchors */
function nameAnchors(anchors) {
  const numbers = anchors.map((anchor) => anchor + 1);
  if (numbers.length < 2) return numbers.length ? `anchor ${numbers}` : "none";
  const last = numbers.pop();
  return `anchors ${numbers.join(", ")} and ${last}`;
}

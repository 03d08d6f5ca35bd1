/** What the page says in sentences: to a screen reader, and to everybody. */

import { knowNothing } from "../engine/loss.js";
import { CLASSES } from "../engine/scenes.js";
import { setText } from "../lib/dom.js";
import { formatCount, formatShare } from "../lib/format.js";
import { noiseOf } from "./luck.js";
import { lastScores, recentLoss, scoresAt } from "./runs.js";

/** @typedef {import("./runs.js").Run} Run */
/** @typedef {import("./runs.js").Runs} Runs */
/** @typedef {import("../engine/settings.js").Settings} Settings */

const REST_MS = 5000; // between two sentences
const STAYED = 2000; // scenes at the level of knowing nothing are trouble
const NEAR = 0.96; // of that level is still at it

/**
 * The class loss of a network that knows nothing.
 *
 * @param {number} perPositive negatives that the loss takes
 * @param {string} bug
 */
export function nothingLevel(perPositive, bug) {
  return knowNothing(perPositive, bug === "collapsed" ? 1 : CLASSES.length);
}

/** @param {Run} run */
export function startSentence({ name, settings }) {
  const what = name.replace(`, seed ${settings.seed}`, "");
  return `Training started, seed ${settings.seed}, ${what}.`;
}

/**
 * @param {string[]} names of what is changed
 * @param {{ perObject: number, without: number }} counts of the new targets
 * @param {boolean} again whether a run starts
 */
export function changeSentence(names, { perObject, without }, again) {
  const what = names.join(", ");
  return (
    `${what[0].toUpperCase()}${what.slice(1)}. ` +
    `${Math.round(100 * without)} % of objects without an anchor, ` +
    `${perObject.toFixed(1)} positives per object.` +
    (again ? " A new run starts." : "")
  );
}

/**
 * @param {Run} run
 * @param {number} level of knowing nothing
 */
export function progressSentence(run, level) {
  const scores = lastScores(run);
  if (!scores) return "";
  const before = run.scores[run.scores.length - 2];
  const change = scores.ap50 - (before?.ap50 ?? 0);
  const trend =
    change > 0.01 ? "rising" : change < -0.01 ? "falling" : "steady";
  const loss = recentLoss(run);
  const place = loss < NEAR * level ? "below" : "at";
  return (
    `${formatCount(scores.count)} of ${formatCount(run.settings.n)} scenes. ` +
    `AP50 ${formatShare(scores.ap50)}, ${trend}. Confidence loss ` +
    `${loss.toFixed(1)}, ${place} the level of knowing nothing, ` +
    `${level.toFixed(2)}.`
  );
}

/** @param {Runs} runs */
export function finishSentence({ now, compared }) {
  const scores = lastScores(now);
  if (!scores) return "";
  const seconds = Math.max(1, Math.round(now.seconds));
  const text =
    `Finished: ${formatCount(now.count)} scenes in ${seconds} ` +
    `second${seconds === 1 ? "" : "s"}. AP50 ${formatShare(scores.ap50)}, ` +
    `AP75 ${formatShare(scores.ap75)}`;
  const difference = compareSentence(now, compared);
  return difference ? `${text}; ${difference}` : `${text}.`;
}

/**
 * Compare two runs at the same number of scenes, and say what noise is.
 *
 * @param {Run} now
 * @param {Run | null} compared
 */
export function compareSentence(now, compared) {
  const scores = lastScores(now);
  const old = scores && scoresAt(compared, scores.count);
  if (!scores || !old) return "";
  const change = scores.ap50 - old.ap50;
  const noise = noiseOf(scores.count);
  const size = formatShare(Math.abs(change));
  const way = change < 0 ? "less" : "more";
  const much =
    Number(size) > 0
      ? `${size} ${way} than the gray run`
      : "hardly different from the gray run";
  return Math.abs(change) < noise
    ? `${much}, which is within the noise (one run against one: ${noise}).`
    : `${much}, which is more than the noise (one run against one: ${noise}).`;
}

/**
 * What is odd about a run, in a sentence; "" if nothing is.
 *
 * @param {Run} run
 * @param {number} highest score that a box has
 * @param {number} level of knowing nothing
 */
export function troubleSentence(run, highest, level) {
  if (run.trouble) return run.trouble;
  if (highest > 1.001) return "A score above 1 is not a probability.";
  const stayed =
    run.count >= STAYED &&
    run.losses
      .filter(({ count }) => count > run.count - STAYED / 2)
      .every(({ classLoss }) => classLoss > 0.9 * level) &&
    recentLoss(run, STAYED) > NEAR * level;
  if (!stayed) return "";
  return (
    "The confidence loss has stayed at the level of knowing nothing for " +
    `${formatCount(STAYED)} scenes.`
  );
}

/**
 * Make what says sentences to screen readers, at most one in five seconds; a newer one
 * takes the place of one that waits.
 *
 * @param {{ now: () => number, wait: (run: () => void, ms: number) => void }} clock
 */
export function makeSpeaker(clock) {
  let [spokenAt, waiting, next] = [-Infinity, false, ""];
  const speaker = {
    /** @type {Element | null} the live region */
    region: null,
    /** @param {string} sentence */
    say(sentence) {
      if (!sentence) return;
      next = sentence;
      const rest = spokenAt + REST_MS - clock.now();
      if (rest <= 0) speak();
      else if (!waiting) clock.wait(speak, rest);
      waiting = rest > 0;
    },
  };
  const speak = () => {
    waiting = false;
    spokenAt = clock.now();
    if (speaker.region) setText(speaker.region, next);
  };
  return speaker;
}

const STATIONS = [0.5, 0.8, 0.9];

/**
 * Whether AP50 has just passed a station.
 *
 * @param {Run} run
 */
export function passesStation(run) {
  const [before, now] = [0, ...run.scores.map(({ ap50 }) => ap50)].slice(-2);
  return STATIONS.some((station) => before < station && now >= station);
}

/** LiveDetector's sentences. */

import { formatPercent } from "../lib/format.js";
import { FALLEN } from "./chart.js";
import { rateOf } from "./network.js";

/** @typedef {import("./chart.js").Measured} Measured */
/** @typedef {import("./finding.js").Finding} Finding */
/** @typedef {import("./network.js").Network} Network */

export const PRIVATE =
  "Nothing leaves your computer: the page reads the picture itself, and does not " +
  "send it anywhere.";
export const NO_PICTURE =
  "This browser cannot read that file as a picture: choose a JPEG or PNG file.";
const WATCHING_MS = 1500; // since the last picture: after it, no rate is told

/** @param {number} share */
function whole(share) {
  return `${Math.round(100 * share)} %`;
}

/** @param {string} target */
export function questionOf(target) {
  return (
    `Predict first: the kennel rises in front of the ${target}. What share of the ` +
    `${target} can it hide before the ${target}'s score falls below ${FALLEN}?`
  );
}

/**
 * Compare the guess with what was recorded.
 *
 * @param {string} target
 * @param {number} guess
 * @param {{ before: Measured, after: Measured }} fall
 */
export function verdictOf(target, guess, { before, after }) {
  const low = Math.min(before.share, after.share);
  const high = Math.max(before.share, after.share);
  const judged = {
    early: "The detector sees more than you thought.",
    right: "You were right.",
    late: "The detector gives up earlier than you thought.",
  };
  const near = 0.03; // of the guess, which is a slider
  const kind =
    guess < low - near ? "early" : guess > high + near ? "late" : "right";
  return (
    `You guessed ${whole(guess)}. With ${whole(before.share)} hidden, the ${target} ` +
    `still has ${before.score.toFixed(3)}; with ${whole(after.share)} hidden it has ` +
    `${after.score.toFixed(3)}. ${judged[kind]}`
  );
}

/**
 * @param {string} target
 * @param {Measured | null} now
 */
export function nowOf(target, now) {
  if (!now) return "";
  const { share, score } = now;
  const found = score < 0.01 ? "is not found" : `has score ${score.toFixed(2)}`;
  return `Now ${formatPercent(share)} of the ${target} is hidden, and it ${found}.`;
}

/**
 * Say what is found.
 *
 * @param {Finding} finding
 */
export function foundOf({ found, source, about }) {
  if (source === "none") {
    return "This scene was not recorded: load the network to see what it finds.";
  }
  const { scores, classes } = found;
  if (!scores.length) return "No box is over the score's threshold.";
  const names = scores.map(
    (score, row) => `${about.classes[classes[row]]} ${score.toFixed(2)}`,
  );
  const count = `${scores.length} ${scores.length === 1 ? "box" : "boxes"}`;
  return `${count}: ${names.join(", ")}.`;
}

/**
 * Say what the network does.
 *
 * @param {Network} network
 * @param {number} now
 * @param {Finding["source"]} [source] of what is shown
 */
export function statusOf(network, now, source = "recorded") {
  const { phase, sentence, loaded, total, result, times } = network;
  if (phase === "idle") {
    const shown = source === "recorded" ? "What is shown was recorded. " : "";
    return `${shown}The network itself is not loaded yet.`;
  }
  if (phase === "loading") {
    if (total && loaded >= total)
      return "Loaded; the network is being prepared …";
    const [done, all] = [loaded, total].map((n) => (n / 1e6).toFixed(1));
    return `Loading: ${done} of ${total ? all : "?"} MB`;
  }
  if (phase !== "ready") return sentence;
  if (!result) return "The network is ready.";
  const time = `${result.milliseconds.toFixed(0)} ms per picture`;
  const last = times[times.length - 1] ?? -Infinity;
  const rate = rateOf(times);
  const watching = times.length > 2 && now - last < WATCHING_MS;
  const speed = watching ? `, ${rate.toFixed(1)} detections per second` : "";
  return `The network runs in your browser: ${time}${speed}.`;
}

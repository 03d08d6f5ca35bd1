/** Is it luck? What pairs of runs, each pair of one seed, can show. */

import { formatShare } from "../lib/format.js";
import { isFinished } from "./background.js";
import { lastScores, recentLoss } from "./runs.js";

/** @typedef {import("../engine/settings.js").Settings} Settings */
/** @typedef {import("./runs.js").Run} Run */
/** @typedef {{ a: Settings, b: Settings }} Comparison */

const RARE = 0.05; // so seldom luck alone is as one-sided
const WHOLE = 6000; // scenes: from here on the noise is that of a whole run
const NOISE = { whole: 0.04, short: 0.09 }; // of AP50, one run against one

/** What is compared: a name, and how to read it from a run that has finished. */
/** @type {[name: string, read: (run: Run) => number][]} */
export const READ = [
  ["AP50", (run) => lastScores(run)?.ap50 ?? NaN],
  ["AP75", (run) => lastScores(run)?.ap75 ?? NaN],
  ["COCO AP", (run) => lastScores(run)?.ap ?? NaN],
  ["Confidence loss", (run) => recentLoss(run)],
];

/**
 * Both settings on so many seeds; the runs of a pair follow each other.
 *
 * @param {Comparison} comparison
 * @param {number} seeds
 */
export function runsOf({ a, b }, seeds) {
  return Array.from({ length: seeds }, (_, k) =>
    [a, b].map((settings) => ({ ...settings, seed: a.seed + k })),
  ).flat();
}

/**
 * Numbers of the pairs whose runs both have finished.
 *
 * @param {Run[]} runs in the order of `runsOf`
 * @param {(run: Run) => number} [read]
 * @returns {{ a: number[], b: number[], difference: number[] }}
 */
export function pairsOf(runs, read = READ[0][1]) {
  const pairs = runs.flatMap((run, k) =>
    k % 2 && isFinished(run) && isFinished(runs[k - 1])
      ? [[read(runs[k - 1]), read(run)]]
      : [],
  );
  return {
    a: pairs.map(([a]) => a),
    b: pairs.map(([, b]) => b),
    difference: pairs.map(([a, b]) => b - a),
  };
}

/**
 * The difference in AP50 under which one run against one says nothing.
 *
 * @param {number} scenes of a run
 */
export function noiseOf(scenes) {
  return scenes >= WHOLE ? NOISE.whole : NOISE.short;
}

/** @param {number[]} values */
export function spreadOf(values) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return { mean, low: Math.min(...values), high: Math.max(...values) };
}

/**
 * How often luck alone makes pairs at least as one-sided: the sign test.
 *
 * @param {number[]} differences
 */
export function chanceOf(differences) {
  const all = differences.filter((value) => value !== 0);
  const up = all.filter((value) => value > 0).length;
  let [ways, sum] = [1, 0];
  for (let k = 0; k <= Math.min(up, all.length - up); k++) {
    sum += ways;
    ways *= (all.length - k) / (k + 1);
  }
  return Math.min(1, (2 * sum) / 2 ** all.length);
}

/**
 * What differences of AP50 say, B less A.
 *
 * @param {number[]} differences
 * @param {number} scenes of a run
 */
export function luckSentence(differences, scenes) {
  if (!differences.length) return "";
  const { mean, low, high } = spreadOf(differences);
  const size = formatShare(Math.abs(mean));
  const way = mean < 0 ? "lower" : "higher";
  if (differences.length === 1) {
    const noise = noiseOf(scenes);
    const much = Math.abs(mean) >= noise;
    return `One run against one: AP50 of B is ${size} ${way}. ${much ? "That is more than the noise of" : "It says nothing: seeds alone differ by up to"} ${noise}.`;
  }
  const same = differences.filter((value) => value < 0 === mean < 0).length;
  const pairs = `${same} of ${differences.length} pairs`;
  const chance = chanceOf(differences);
  const verdict = chance <= RARE ? "it is hardly luck" : "it may be luck";
  return `B is ${way} in ${pairs}, by ${size} on average (${signed(low)} to ${signed(high)}). Luck alone is as one-sided in ${Math.max(1, Math.round(100 * chance))} % of all cases: ${verdict}.`;
}

/** @param {number} value */
export function signed(value) {
  return `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(3)}`;
}

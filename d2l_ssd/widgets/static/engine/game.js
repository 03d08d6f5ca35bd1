/**
 * Find the bug: which bugs a level hides, how a game stands in an address without
 * naming its bug, and what speaks against a wrong guess.
 */

import { findBug, TREE } from "./decision_tree.js";
import { keyOf } from "./random.js";

/** @typedef {import("./decision_tree.js").Look} Look */
/** @typedef {import("./decision_tree.js").Question} Question */
/** @typedef {import("./diagnostics.js").Symptoms} Symptoms */

/**
 * The bugs of each level; "" is no bug. Exchanged colors would be unfair: in this
 * world they carry no class, and AP does not notice.
 */
export const LEVELS = [
  {
    name: "seen in the picture",
    bugs: ["variances", "logits", "nonms", "pixels"],
  },
  {
    name: "seen in one number",
    bugs: [
      ...["padding", "easiest", "nonegatives", "collapsed", "names"],
      ...["unnormalized", "unscaled", "raw"],
    ],
  },
  {
    name: "seen in two numbers",
    bugs: [
      ...["flip", "axis0", "untransposed", "background", "columns", "shapes"],
      ...["corner", "axes", "transposed", "rate"],
    ],
  },
  { name: "hard", bugs: ["onevariance", "halfcell", "nextscene", ""] },
];

const CODE_DIGITS = 6;

/**
 * A game's code: whoever reads it does not see the bug.
 *
 * @param {string} bug
 * @param {number} seed of the run
 */
export function codeOf(bug, seed) {
  const letters = [...bug].map((letter) => letter.charCodeAt(0));
  const key = keyOf(seed, ...letters);
  return key.toString(16).padStart(8, "0").slice(-CODE_DIGITS);
}

/**
 * The bug of a code, undefined if there is none.
 *
 * @param {string} code
 * @param {number} seed of the run
 */
export function bugOf(code, seed) {
  const bugs = LEVELS.flatMap((level) => level.bugs);
  return bugs.find((bug) => codeOf(bug, seed) === code);
}

/**
 * The level that an address asks a new game of: "1" is the first, as is nonsense.
 *
 * @param {string} code
 */
export function levelOf(code) {
  const level = Number(code) - 1;
  return level in LEVELS ? level : 0;
}

/**
 * What speaks against a guess: the first look where the guessed bug would have
 * shown something else.
 *
 * @param {Symptoms} symptoms
 * @param {string} guess
 * @returns {Look | null} null if nothing does
 */
export function contradict(symptoms, guess) {
  const { bug, path } = findBug(symptoms);
  if (bug === guess) return null;
  const shared = pathsTo(guess, TREE).map((other) => {
    const differs = other.findIndex((says, k) => says !== path[k]?.says);
    return differs < 0 ? other.length : differs;
  });
  return path[Math.min(Math.max(0, ...shared), path.length - 1)];
}

/**
 * What each path to a bug says, look after look.
 *
 * @param {string} bug
 * @param {Question | string} from
 * @returns {string[][]}
 */
function pathsTo(bug, from) {
  if (typeof from === "string") return from === bug ? [[]] : [];
  return from.branches.flatMap(({ says, then }) =>
    pathsTo(bug, then).map((rest) => [says, ...rest]),
  );
}

/** Why a detector cannot be taught: sentences for who has taken the pictures. */

/** @typedef {import("./trainer.js").OwnTrainer} OwnTrainer */

/**
 * @param {OwnTrainer} trainer
 * @returns {string} "" if there is no reason
 */
export function whyNothingToLearn({ sources, cuts, classes }) {
  if (!sources.length) {
    return "There is no picture to learn from: take one, and draw a box around your thing.";
  }
  if (!cuts.length) {
    return "No training picture has a box: draw one around your thing.";
  }
  if (cuts.some(({ label }) => label >= classes.length)) {
    return "A box belongs to a thing that this detector does not know: start over.";
  }
  return "";
}

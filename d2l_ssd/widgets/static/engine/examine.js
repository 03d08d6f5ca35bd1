/** Diagnostics of a run, asked when the reader wants to know. */

import { learnByHeart } from "./checks.js";
import { DIAGNOSTICS, makeSubject } from "./diagnostics.js";

/** @typedef {import("./diagnostics.js").Symptoms} Symptoms */

/**
 * @param {Omit<import("./diagnostics.js").Subject, "found" | "byHeart">} subject
 * @param {WebAssembly.Module | null} module that learns two scenes by heart
 * @param {string[]} ids of diagnostics
 * @returns {Symptoms}
 */
export function examine(subject, module, ids) {
  const byHeart = () => learnByHeart(subject.trainer.settings, module);
  const whole = makeSubject({ ...subject, byHeart });
  const asked = DIAGNOSTICS.filter(({ id }) => ids.includes(id));
  return Object.assign({}, ...asked.map(({ measure }) => measure(whole)));
}

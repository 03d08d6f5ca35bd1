/** How NMSExplorer's step follows the other traits, and goes on by itself. */

import { makeFollower, onChange, setTraits } from "../lib/model.js";
import { fullestClass, groupOf } from "./data.js";

/** @typedef {import("./data.js").Model} Model */
/** @typedef {import("./data.js").Traced} Traced */

const STEP_MS = 1400; // to read what a step says

/**
 * Start again with other boxes; with another threshold, stay at the end.
 *
 * @param {Model} model
 * @param {() => Traced} trace
 */
export function follow(model, trace) {
  const when = makeFollower(model);
  let before = trace();
  when(["step", "guesses"], () => (before = trace()));
  when(["image"], () => {
    const { candidates, label } = trace();
    if (!groupOf(candidates, label).count) {
      model.set("label", fullestClass(candidates));
    }
    model.set("step", 0);
    before = trace();
  });
  when(["label"], () => {
    model.set("step", 0);
    before = trace();
  });
  when(["nms_iou"], () => {
    const { steps, step } = trace();
    model.set("step", before.done && before.guess ? steps.length : step);
    before = trace();
  });
}

/**
 * Go from step to step while `playing`, until the last; from there, from the first.
 *
 * @param {Model} model
 * @param {() => Traced} trace
 * @returns {() => void} what ends it
 */
export function play(model, trace) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const next = () => {
    const { step, steps } = trace();
    const done = step + 1 >= steps.length;
    if (!done) timer = setTimeout(next, STEP_MS);
    const to = Math.min(step + 1, steps.length);
    setTraits(model, done ? { step: to, playing: false } : { step: to });
  };
  onChange(model, ["playing"], () => {
    clearTimeout(timer);
    if (!model.get("playing")) return;
    if (trace().done) setTraits(model, { step: 0 });
    timer = setTimeout(next, 0);
  });
  return () => clearTimeout(timer);
}

/** Which pictures are kept back: AP is measured on what was never learned from. */

import { hasThing, KEPT_BACK } from "./state.js";

/** @typedef {import("./state.js").Picture} Picture */

const EVERY = 5; // so many ready pictures for one that is kept back

/**
 * Keep back a fifth of the ready pictures, five at most, and one with the thing among
 * them. Those that are kept back stay so, others come from the whole of the rest.
 *
 * @param {Picture[]} pictures
 * @param {Set<string>} [learned] ids of those that the detector knows
 * @returns {Picture[]} in the pictures' order
 */
export function keepBack(pictures, learned = new Set()) {
  const ready = pictures.filter((picture) => picture.ready);
  const things = ready.filter(hasThing);
  const isOnly = (/** @type {Picture} */ one) =>
    things.length === 1 && one === things[0]; // something must be learned from
  const count = Math.min(KEPT_BACK, Math.floor(ready.length / EVERY));
  const old = ready.filter((one) => one.keptBack && !isOnly(one));
  const chosen = old.slice(0, count);
  const free = ready.filter((one) => {
    return !old.includes(one) && !learned.has(one.id) && !isOnly(one);
  });
  chosen.push(...spread(free, count - chosen.length));
  if (chosen.length && !chosen.some(hasThing)) {
    const spare = free.filter(hasThing).pop();
    if (spare && things.length > 1) chosen[chosen.length - 1] = spare;
  }
  for (const picture of pictures) picture.keptBack = chosen.includes(picture);
  return ready.filter(({ keptBack }) => keptBack);
}

/**
 * So many pictures from everywhere in a list.
 *
 * @param {Picture[]} pictures
 * @param {number} wanted
 */
function spread(pictures, wanted) {
  const count = Math.min(wanted, pictures.length);
  return Array.from({ length: count }, (_, k) => {
    return pictures[Math.ceil(((k + 1) * pictures.length) / count) - 1];
  });
}

/**
 * Keep pictures back, and store which: after a reload, they must be the same.
 *
 * @param {Pick<import("./actions.js").Context, "state" | "keep">} context
 */
export function keepSomeBack({ state, keep }) {
  const { pictures, runs, learned } = state;
  const before = new Set(pictures.filter(({ keptBack }) => keptBack));
  const kept = keepBack(pictures, runs.now.count ? learned : undefined);
  for (const picture of pictures) {
    if (before.has(picture) !== picture.keptBack) keep.put(picture);
  }
  return kept;
}

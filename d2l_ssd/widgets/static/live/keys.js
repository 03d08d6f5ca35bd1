/** Keys on the scene: they do to the selected object what a hand can do. */

import { ARROWS } from "../lib/box_drag.js";

/** @typedef {import("./data.js").Placed} Placed */

const [STEP, FINE] = [1 / 32, 1 / 256]; // of the scene; FINE with Shift
const GROWTH = 1.08;
const TURN = 6; // degrees

/** What the keys are, for people. */
export const KEYS =
  "Arrows move the selected object (with Shift by a pixel), + and − scale it, " +
  "[ and ] turn it, H hides it, Page Up and Page Down change what is in front.";

/** @type {Record<string, (one: Placed) => Partial<Placed>>} */
const CHANGES = {
  "+": ({ size }) => ({ size: size * GROWTH }),
  "=": ({ size }) => ({ size: size * GROWTH }), // where + needs Shift
  "-": ({ size }) => ({ size: size / GROWTH }),
  "[": ({ angle }) => ({ angle: angle - TURN }),
  "]": ({ angle }) => ({ angle: angle + TURN }),
  h: ({ hidden }) => ({ hidden: !hidden }),
};

/** @type {Record<string, number>} */
export const ORDERS = { PageUp: 1, PageDown: -1 };

/**
 * What a key makes of an object, or null.
 *
 * @param {Placed} one
 * @param {Pick<KeyboardEvent, "key" | "shiftKey">} event
 * @returns {Partial<Placed> | null}
 */
export function changeByKey(one, { key, shiftKey }) {
  const arrow = ARROWS[key];
  if (arrow) {
    const step = shiftKey ? FINE : STEP;
    return { x: one.x + step * arrow[0], y: one.y + step * arrow[1] };
  }
  return CHANGES[key.length === 1 ? key.toLowerCase() : key]?.(one) ?? null;
}

/**
 * Listen to the keys.
 *
 * @param {HTMLElement} frame
 * @param {object} actions
 * @param {() => Placed | null} actions.now the selected object, if it can be changed
 * @param {(changes: Partial<Placed>) => void} actions.change
 * @param {(way: number) => void} actions.order
 */
export function listenToKeys(frame, { now, change, order }) {
  frame.addEventListener("keydown", (event) => {
    const one = now();
    if (!one || event.ctrlKey || event.metaKey || event.altKey) return;
    const changes = changeByKey(one, event);
    const way = ORDERS[event.key];
    if (!changes && !way) return;
    event.preventDefault();
    if (changes) change(changes);
    else order(way);
  });
}

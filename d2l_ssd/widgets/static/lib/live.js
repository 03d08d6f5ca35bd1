/** Text for screen readers. */

import { element, setText } from "./dom.js";

const REST_MS = 600; // so long nothing has to move before it is read

/**
 * Make a region that a screen reader reads when the hand rests, not at every
 * step, and not before anything has moved.
 */
export function makeAnnouncer() {
  const region = element("div", {
    className: "d2l-visually-hidden",
    "aria-live": "polite",
  });
  /** @type {string | undefined} */
  let said;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  /** @param {string} text */
  const announce = (text) => {
    said ??= text;
    if (text === said) return;
    said = text;
    clearTimeout(timer);
    timer = setTimeout(() => setText(region, text), REST_MS);
  };
  return { region, announce };
}

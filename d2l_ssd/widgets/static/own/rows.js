/** Rows and columns of parts. */

import { element } from "../lib/dom.js";

/**
 * A row of buttons.
 *
 * @param {...Node} children
 */
export function makeRow(...children) {
  return element("div", { className: "d2l-pg-others" }, ...children);
}

/**
 * A part of a screen.
 *
 * @param {string} name of its style
 * @param {...(Node | string)} children
 */
export function makePart(name, ...children) {
  return element("div", { className: `d2l-own-${name}` }, ...children);
}

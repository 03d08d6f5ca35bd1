/** What takes the focus on IoUExplorer's picture: both boxes, and their sides. */

import { ARROWS, INSIDE } from "../lib/box_drag.js";
import { element, setLabel } from "../lib/dom.js";
import { boxOf, NAMES, TRUTH, PREDICTION } from "./data.js";

/** @typedef {import("../lib/box_drag.js").Grip} Grip */
/**
 * @typedef {object} Handle
 * @property {HTMLElement} node
 * @property {number} k of the box
 * @property {Grip} grip
 */

const LEAP = 10; // pixels, with Shift
/** @type {{ name: string, grip: Grip }[]} */
const SIDES = [
  { name: "left", grip: [-1, 0] },
  { name: "right", grip: [1, 0] },
  { name: "upper", grip: [0, -1] },
  { name: "lower", grip: [0, 1] },
];

/** @returns {Handle[]} in the order of Tab */
export function makeHandles() {
  return [PREDICTION, TRUTH].flatMap((k) => [
    makeBoxHandle(k),
    ...SIDES.map((side) => makeSideHandle(k, side)),
  ]);
}

/**
 * @param {number} k
 * @returns {Handle}
 */
function makeBoxHandle(k) {
  const node = element("div", {
    ...{ className: "d2l-iou-box", tabIndex: 0, role: "application" },
  });
  return { node, k, grip: INSIDE };
}

/**
 * @param {number} k
 * @param {{ name: string, grip: Grip }} side
 * @returns {Handle}
 */
function makeSideHandle(k, { name, grip }) {
  const node = element("div", {
    ...{ className: "d2l-iou-side", tabIndex: 0, role: "slider" },
    "aria-label": `${NAMES[k]}, ${name} side`,
    "aria-orientation": grip[0] ? "horizontal" : "vertical",
    "aria-valuemin": 0,
  });
  return { node, k, grip };
}

/**
 * Let arrow keys move what has the focus.
 *
 * @param {Handle[]} handles
 * @param {(k: number, grip: Grip, way: [x: number, y: number]) => void} move by pixels
 */
export function listenToKeys(handles, move) {
  for (const { node, k, grip } of handles) {
    node.addEventListener("keydown", (event) => {
      const arrow = ARROWS[event.key];
      if (!arrow || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      const step = event.shiftKey ? LEAP : 1;
      move(k, grip, [arrow[0] * step, arrow[1] * step]);
    });
  }
}

/**
 * Put the handles where the boxes are.
 *
 * @param {Handle[]} handles
 * @param {import("./data.js").Pair} boxes
 * @param {[height: number, width: number]} size of the image
 */
export function placeHandles(handles, boxes, [height, width]) {
  for (const { node, k, grip } of handles) {
    const [x0, y0, x1, y1] = boxOf(boxes, k);
    const left = grip[0] > 0 ? x1 : x0;
    const top = grip[1] > 0 ? y1 : y0;
    Object.assign(node.style, {
      left: `${(100 * left) / width}%`,
      top: `${(100 * top) / height}%`,
      width: `${grip[0] ? 0 : (100 * (x1 - x0)) / width}%`,
      height: `${grip[1] ? 0 : (100 * (y1 - y0)) / height}%`,
    });
    if (grip === INSIDE) {
      setLabel(node, `${NAMES[k]}, from ${x0}, ${y0} to ${x1}, ${y1}`);
      continue;
    }
    const value = grip[0] ? left : top;
    if (node.getAttribute("aria-valuenow") === `${value}`) continue;
    node.setAttribute("aria-valuemax", `${grip[0] ? width : height}`);
    node.setAttribute("aria-valuenow", `${value}`);
    node.setAttribute("aria-valuetext", `${value} pixels`);
  }
}

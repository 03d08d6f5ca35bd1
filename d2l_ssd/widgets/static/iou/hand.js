/** A pointer on IoUExplorer's picture: it moves a box, a side or a corner. */

import { cursorOf, dragBox, gripAt } from "../lib/box_drag.js";
import { placeAt } from "../lib/pointer.js";
import { boxOf } from "./data.js";

/** @typedef {import("../lib/box_drag.js").Grip} Grip */
/** @typedef {import("../lib/pointer.js").Point} Point */
/** @typedef {{ k: number, grip: Grip }} Held a box, and where it is held */

/**
 * @typedef {object} Boxes what a hand works on
 * @property {() => number[]} now both boxes, in [0, 1] of the image
 * @property {() => number} selected
 * @property {(held: Held) => void} grip is called when one is held
 * @property {(k: number, box: number[]) => void} move
 */

const REACH = { mouse: 8, touch: 18 }; // of a grip, in screen pixels

/**
 * Let a pointer work on the boxes of a frame.
 *
 * @param {HTMLElement} frame
 * @param {HTMLCanvasElement} canvas
 * @param {Boxes} boxes
 */
export function followHand(frame, canvas, boxes) {
  /** @type {{ pointer: number, held: Held, from: Point, box: number[] } | null} */
  let drag = null;
  /** @param {PointerEvent} event */
  const heldAt = (event) => {
    const reach = event.pointerType === "touch" ? REACH.touch : REACH.mouse;
    const far = [reach / canvas.clientWidth, reach / canvas.clientHeight];
    const order = [boxes.selected(), 1 - boxes.selected()];
    const at = placeAt(event, canvas);
    return findHeld(boxes.now(), order, at, /** @type {Point} */ (far));
  };
  frame.onpointerdown = (event) => {
    const held = heldAt(event);
    if (event.button || drag || !held) return;
    event.preventDefault(); // the focus stays where we put it
    frame.setPointerCapture(event.pointerId);
    const [from, pointer] = [placeAt(event, canvas), event.pointerId];
    drag = { pointer, held, from, box: boxOf(boxes.now(), held.k) };
    boxes.grip(held);
  };
  frame.onpointermove = (event) => {
    if (!drag) {
      frame.style.cursor = cursorOf(heldAt(event)?.grip ?? null);
      return;
    }
    if (event.pointerId !== drag.pointer) return;
    const [x, y] = placeAt(event, canvas);
    const { held, from, box } = drag;
    const moved = dragBox(box, held.grip, [x - from[0], y - from[1]]);
    boxes.move(held.k, moved);
  };
  frame.onpointerup = frame.onpointercancel = ({ pointerId }) => {
    if (pointerId === drag?.pointer) drag = null;
  };
}

/**
 * The box that a hand holds at a point: sides and corners come before the inside,
 * and the box that comes first in the order before the other.
 *
 * @param {number[]} boxes both, in [0, 1] of the image
 * @param {number[]} order
 * @param {Point} at
 * @param {Point} reach
 * @returns {Held | null}
 */
export function findHeld(boxes, order, at, reach) {
  const held = order.flatMap((k) => {
    const grip = gripAt(boxOf(boxes, k), at, reach);
    return grip ? [{ k, grip }] : [];
  });
  return held.find(({ grip }) => grip[0] || grip[1]) ?? held[0] ?? null;
}

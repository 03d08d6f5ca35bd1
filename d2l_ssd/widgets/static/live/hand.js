/** A pointer on the scene: it moves an object, or turns and scales it at a corner. */

import { placeAt } from "../lib/pointer.js";
import { cornersOf, objectAt } from "./scene.js";

/** @typedef {import("./data.js").Placed} Placed */
/** @typedef {import("./data.js").State} State */
/** @typedef {import("../lib/pointer.js").Point} Point */

/**
 * @typedef {object} Hand what a hand works on
 * @property {() => State | null} now null where nothing can be moved
 * @property {HTMLImageElement[]} sprites
 * @property {(one: Placed) => Uint8Array} maskOf
 * @property {(k: number) => void} select
 * @property {(k: number, changes: Partial<Placed>) => void} change
 *
 * @typedef {{ k: number, turns: boolean }} Held
 * @typedef {Held & { pointer: number, from: Point, one: Placed }} Drag
 */

const REACH = { mouse: 10, touch: 22 }; // of a corner, in screen pixels
const TURNING = 2; // the lower right corner

/**
 * Let a pointer work on a frame.
 *
 * @param {HTMLElement} frame
 * @param {HTMLCanvasElement} canvas
 * @param {Hand} hand
 */
export function followHand(frame, canvas, hand) {
  /** @type {Drag | null} */
  let drag = null;
  /** @param {PointerEvent} event */
  const heldAt = (event) => {
    const touches = event.pointerType === "touch";
    const reach = touches ? REACH.touch : REACH.mouse;
    return findHeld(hand, placeAt(event, canvas), reach / canvas.clientWidth);
  };
  frame.addEventListener("pointerdown", (event) => {
    const [held, state] = [heldAt(event), hand.now()];
    if (event.button || drag || !held || !state) return;
    frame.setPointerCapture(event.pointerId);
    const [from, pointer] = [placeAt(event, canvas), event.pointerId];
    drag = { ...held, from, pointer, one: state.objects[held.k] };
    hand.select(held.k);
  });
  // Beside the objects, a finger scrolls the page
  frame.addEventListener(
    "touchstart",
    (event) => drag && event.cancelable && event.preventDefault(),
    { passive: false },
  );
  frame.addEventListener("pointermove", (event) => {
    if (!drag) {
      const held = heldAt(event);
      const grip = held?.turns ? "nwse-resize" : "move";
      frame.style.cursor = held ? grip : "default";
    } else if (event.pointerId === drag.pointer) {
      hand.change(drag.k, dragged(drag, placeAt(event, canvas)));
    }
  });
  for (const type of /** @type {const} */ (["pointerup", "pointercancel"])) {
    frame.addEventListener(type, ({ pointerId }) => {
      if (pointerId === drag?.pointer) drag = null;
    });
  }
}

/**
 * What is at a point: the selected object's corner comes first.
 *
 * @param {Hand} hand
 * @param {Point} at
 * @param {number} reach
 * @returns {Held | null}
 */
function findHeld({ now, sprites, maskOf }, at, reach) {
  const state = now();
  if (!state) return null;
  const { objects, selected } = state;
  const [x, y] = handleOf(objects[selected], sprites);
  const near = Math.hypot(at[0] - x, at[1] - y) <= reach;
  if (near && !objects[selected].hidden) return { k: selected, turns: true };
  const k = objectAt(state, at, maskOf);
  return k < 0 ? null : { k, turns: false };
}

/**
 * The corner at which an object is turned and scaled.
 *
 * @param {Placed} one
 * @param {HTMLImageElement[]} sprites
 * @returns {Point}
 */
export function handleOf(one, sprites) {
  return cornersOf(one, sprites[one.sprite])[TURNING];
}

/**
 * What a drag makes of an object.
 *
 * @param {Pick<Drag, "turns" | "from" | "one">} drag
 * @param {Point} to
 * @returns {Partial<Placed>}
 */
export function dragged({ turns, from, one }, to) {
  if (!turns) {
    return { x: one.x + to[0] - from[0], y: one.y + to[1] - from[1] };
  }
  const [before, after] = [from, to].map(([x, y]) => {
    const [right, down] = [x - one.x, y - one.y];
    return { far: Math.hypot(right, down), angle: Math.atan2(down, right) };
  });
  const turn = ((after.angle - before.angle) * 180) / Math.PI;
  return {
    size: (one.size * after.far) / before.far,
    angle: one.angle + turn,
  };
}

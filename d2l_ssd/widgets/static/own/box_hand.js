/** A pointer on a picture: it draws, moves and mends boxes. */

import { smallestBoxAt } from "../lib/boxes.js";
import { clamp } from "../lib/grid.js";
import { placeAt } from "../lib/pointer.js";
import { cursorOf, dragBox, gripAt, LAST_CORNER } from "../lib/box_drag.js";
import { accept, choose, endDrag, isFresh, preview } from "./box_edits.js";

/** @typedef {import("../lib/box_drag.js").Point} Point */
/** @typedef {import("./boxes.js").Editor} Editor */

/**
 * @typedef {object} Drag
 * @property {number} pointer
 * @property {Point} from
 * @property {number} k the box's number; that of a new one is the next
 * @property {number[]} box before the drag
 * @property {import("../lib/box_drag.js").Grip} grip
 * @property {boolean} moved
 * @property {boolean} waits after a click, for that on the other corner
 */

const SLIP = 4; // screen pixels that are no drag yet
const REACH = { mouse: 8, touch: 20 }; // of a grip, in screen pixels

/**
 * Let a pointer work on the boxes of a frame.
 *
 * @param {HTMLElement} around the frame, where a drag may begin, too: at the rim
 * @param {HTMLElement} frame
 * @param {HTMLCanvasElement} canvas
 * @param {Editor} editor
 */
export function followHand(around, frame, canvas, editor) {
  around.onpointerdown = (event) => {
    const isButton = /** @type {Element} */ (event.target).closest("button");
    if (event.button || isButton || isFresh(editor)) return;
    if (editor.drag && !editor.drag.waits) return; // a second finger
    event.preventDefault(); // the focus stays where we put it
    around.setPointerCapture(event.pointerId);
    const drag = (editor.drag ??= startDrag(event, canvas, editor));
    drag.pointer = event.pointerId;
    move(event, frame, canvas, editor);
  };
  around.onpointermove = (event) => move(event, frame, canvas, editor);
  around.onpointerup = ({ pointerId }) => {
    const { drag } = editor;
    if (pointerId !== drag?.pointer) return;
    if (drag.moved) endDrag(editor, true);
    else tap(drag, editor);
  };
  around.onpointercancel = () => endDrag(editor);
}

/**
 * @param {PointerEvent} event
 * @param {HTMLElement} frame
 * @param {HTMLCanvasElement} canvas
 * @param {Editor} editor
 */
function move(event, frame, canvas, editor) {
  const [x, y] = placeAt(event, canvas);
  frame.style.setProperty("--at-x", `${100 * x}%`);
  frame.style.setProperty("--at-y", `${100 * y}%`);
  const { drag } = editor;
  if (!drag) {
    frame.style.cursor = cursorOf(gripOf(event, canvas, editor).grip);
    return;
  }
  if (!drag.waits && event.pointerId !== drag.pointer) return;
  const { box, grip, k, from } = drag;
  /** @type {Point} */
  const way = [x - from[0], y - from[1]];
  const { clientWidth, clientHeight } = canvas;
  drag.moved ||= Math.hypot(way[0] * clientWidth, way[1] * clientHeight) > SLIP;
  if (drag.moved) preview(editor, k, dragBox(box, grip, way));
}

/**
 * The box under a pointer and its grip: the chosen box's, or the smallest one's
 * inside. On another thing's box a new one is drawn: a mug stands before a packet.
 *
 * @param {PointerEvent} event
 * @param {HTMLCanvasElement} canvas
 * @param {Editor} editor
 */
function gripOf(event, canvas, { items, chosen, label }) {
  const at = placeAt(event, canvas);
  const reach = event.pointerType === "touch" ? REACH.touch : REACH.mouse;
  const { clientWidth, clientHeight } = canvas;
  const grip =
    items[chosen] &&
    gripAt(items[chosen].box, at, [reach / clientWidth, reach / clientHeight]);
  if (grip) return { k: chosen, grip };
  const k = itemAt(items, at);
  const isSame = items[k]?.label === label;
  return isSame
    ? { k, grip: gripAt(items[k].box, at, [0, 0]) }
    : { k: -1, grip: null };
}

/**
 * @param {import("./box_items.js").Item[]} items
 * @param {Point} at
 */
function itemAt(items, at) {
  const boxes = items.flatMap(({ box }) => box);
  return smallestBoxAt(boxes, [...items.keys()], at);
}

/**
 * @param {PointerEvent} event
 * @param {HTMLCanvasElement} canvas
 * @param {Editor} editor
 * @returns {Drag}
 */
function startDrag(event, canvas, editor) {
  const [x, y] = placeAt(event, canvas);
  /** @type {Point} */
  const from = [clamp(x, 0, 1), clamp(y, 0, 1)];
  const { k, grip } = gripOf(event, canvas, editor);
  const { items } = editor;
  choose(editor, k);
  editor.focus();
  const drag = { pointer: 0, from, moved: false, waits: false };
  return grip
    ? { ...drag, k, grip, box: items[k].box }
    : { ...drag, k: items.length, grip: LAST_CORNER, box: [...from, ...from] };
}

/**
 * A tap chooses a box, accepts a proposal or is the first corner of a new box; a
 * second one in the same place is none: by then there is a box of that number.
 *
 * @param {Drag} drag
 * @param {Editor} editor
 */
function tap(drag, editor) {
  const proposal = editor.open[itemAt(editor.open, drag.from)];
  const other = drag.waits ? -1 : itemAt(editor.items, drag.from);
  if (drag.k < editor.items.length) endDrag(editor);
  else if (other >= 0) {
    endDrag(editor);
    choose(editor, other);
    editor.focus();
  } else if (proposal) {
    endDrag(editor);
    accept(editor, [proposal]);
  } else {
    drag.waits = true;
    preview(editor, drag.k, dragBox(drag.box, drag.grip, [0, 0]));
  }
}

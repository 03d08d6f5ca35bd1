/** What can be done to the boxes of a picture, by whichever hand. */

import { boxByKey } from "../lib/box_drag.js";
import { countItems, describeBox, toLabels } from "./box_items.js";

/** @typedef {import("./box_items.js").Item} Item */
/** @typedef {import("./boxes.js").Editor} Editor */

const MIDDLE = [0.35, 0.35, 0.65, 0.65];
const FRESH_MS = 250; // what comes sooner was meant for the picture before

/** @param {Editor} editor */
export function isFresh({ since }) {
  return performance.now() - since < FRESH_MS;
}

/**
 * @param {Editor} editor
 * @param {Item[]} items
 * @param {number} chosen
 */
function put(editor, items, chosen) {
  Object.assign(editor, { items, chosen, before: null });
  editor.labels = toLabels(items);
  editor.change(editor.labels);
  editor.draw();
  editor.focus();
  const place = items[chosen] ? `: ${describeBox(items[chosen].box)}` : "";
  editor.announce(countItems(items, editor.classes) + place);
}

/** The same as `put`, to be undone.
 *
 * @type {typeof put}
 */
function keep(editor, items, chosen) {
  editor.past.push(editor.before ?? editor.items);
  put(editor, items, chosen);
}

/**
 * @param {Editor} editor
 * @param {Partial<Item>} change of the chosen box
 * @param {boolean} [isMore] of the change before, and undone together with it
 */
function alter(editor, change, isMore) {
  const { items, chosen } = editor;
  const altered = items.map((item, k) =>
    k === chosen ? { ...item, ...change } : item,
  );
  (isMore ? put : keep)(editor, altered, chosen);
}

/**
 * @param {Editor} editor
 * @param {Item[]} added
 */
function append(editor, added) {
  const items = [...editor.items, ...added];
  keep(editor, items, items.length - 1);
}

/**
 * @param {Editor} editor
 * @param {number} chosen
 */
export function choose(editor, chosen) {
  if (chosen === editor.chosen) return;
  editor.chosen = chosen;
  editor.draw();
}

/** @param {Editor} editor */
export function add(editor) {
  append(editor, [{ label: editor.label, box: MIDDLE }]);
}

/**
 * @param {Editor} editor
 * @param {Item[]} [proposals]
 */
export function accept(editor, proposals = editor.open) {
  const added = proposals.map(({ label, box }) => ({ label, box }));
  if (added.length) append(editor, added);
}

/**
 * Remove the chosen box; without one, reject what is proposed.
 *
 * @param {Editor} editor
 */
export function remove(editor) {
  const { items, chosen } = editor;
  if (chosen < 0) {
    editor.found = null;
    editor.isRejected = true;
    editor.draw();
    editor.focus();
  } else {
    const others = items.filter((_, k) => k !== chosen);
    keep(editor, others, -1);
  }
}

/**
 * Name the chosen box, and those to come.
 *
 * @param {Editor} editor
 * @param {number} label
 */
export function name(editor, label) {
  if (label >= editor.classes.length) return;
  editor.label = label;
  if (editor.chosen < 0) editor.draw();
  else alter(editor, { label });
}

/** @param {Editor} editor */
export function undo(editor) {
  const items = editor.past.pop();
  if (!items) return editor.isRemoved && editor.bringBack?.();
  // What comes back can be altered at once
  put(
    editor,
    items,
    items.findIndex((item) => !editor.items.includes(item)),
  );
}

/**
 * @param {Editor} editor
 * @param {KeyboardEvent} event
 * @returns {boolean} whether it was an arrow, and there was a box for it
 */
export function nudge(editor, event) {
  const item = editor.items[editor.chosen];
  const box = item && boxByKey(item.box, event);
  if (box) alter(editor, { box }, event.repeat);
  return !!box;
}

/**
 * Show what a drag makes of a box, or of a new one after the others.
 *
 * @param {Editor} editor
 * @param {number} k
 * @param {number[]} box
 */
export function preview(editor, k, box) {
  const before = (editor.before ??= editor.items);
  editor.items = [...before];
  editor.items[k] = { ...(before[k] ?? { label: editor.label }), box };
  editor.chosen = k;
  editor.draw();
}

/**
 * End a drag.
 *
 * @param {Editor} editor
 * @param {boolean} [isKept]
 */
export function endDrag(editor, isKept) {
  const { before, items, chosen } = editor;
  editor.drag = null;
  if (!before) return;
  if (isKept) return keep(editor, items, chosen);
  editor.items = before;
  editor.before = null;
  editor.chosen = -1;
  editor.draw();
}

/**
 * The boxes are right: go on.
 *
 * @param {Editor} editor
 */
export function ready(editor) {
  endDrag(editor);
  if (!editor.items.length) {
    if (isFresh(editor)) return; // a second click is no word on this picture
    accept(editor);
  }
  editor.next();
}

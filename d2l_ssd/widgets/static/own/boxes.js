/** The box editor: the reader draws what the detector shall find. */

import { element } from "../lib/dom.js";
import { makeAnnouncer } from "../lib/live.js";
import { endDrag } from "./box_edits.js";
import { followHand } from "./box_hand.js";
import { openProposals, toItems } from "./box_items.js";
import { listenToKeys } from "./box_keys.js";
import { makeBoxTools } from "./box_tools.js";
import { makeBoxView } from "./box_view.js";

/** @typedef {import("./box_items.js").Found} Found */
/** @typedef {import("./box_items.js").Item} Item */
/** @typedef {import("../lib/labels.js").Labels} Labels */
/** @typedef {import("../own_engine/types.d.ts").Picture & { blob?: Blob }} Picture */

/**
 * @typedef {object} Told
 * @property {(labels: Labels) => void} change keeps the picture's labels, at once
 * @property {() => void} next the boxes are right: shows the next picture
 * @property {() => void} [bringBack] a picture that was removed: undoing does it
 *
 * @typedef {object} State
 * @property {Picture | null} [picture]
 * @property {Labels | null} labels that the items are read from, or written to
 * @property {string[]} classes
 * @property {Item[]} items its boxes
 * @property {Item[][]} past what undoing brings back
 * @property {Found | null} [found]
 * @property {boolean} [isRemoved] whether a picture can be brought back
 * @property {Item[]} open proposals
 * @property {boolean} isRejected whether no proposal is wanted
 * @property {number} chosen box, or -1
 * @property {number} label of the next box
 * @property {number} since when the picture is shown
 * @property {import("./box_hand.js").Drag | null} drag
 * @property {Item[] | null} before the drag
 *
 * @typedef {object} Parts
 * @property {() => void} draw
 * @property {() => void} focus on the chosen box, or the picture
 * @property {(text: string) => void} announce
 *
 * @typedef {State & Told & Parts} Editor
 */

/**
 * Make the editor.
 *
 * @param {Told} told
 */
export function makeBoxEditor(told) {
  const { region, announce } = makeAnnouncer();
  announce(""); // whatever comes is news
  const draw = () => {
    editor.open = openProposals(editor.found, editor.before ?? editor.items);
    view.show();
    tools.show();
  };
  const focus = () => {
    const { layer, frame } = view;
    const target = layer.children[editor.chosen] ?? frame;
    /** @type {HTMLElement} */ (target).focus({ preventScroll: true });
  };
  const first = { classes: [], label: 0, ...told, draw, focus, announce };
  const editor = turnPage(/** @type {any} */ (first));
  const view = makeBoxView(editor);
  const tools = makeBoxTools(editor);
  const { frame, canvas } = view;
  const around = element("div", { className: "d2l-box-around" }, frame);
  followHand(around, frame, canvas, editor);
  const node = element(
    "div",
    { className: "d2l-box-editor", hidden: true },
    ...[around, tools.node, region],
  );
  listenToKeys(node, frame, editor);
  const hasFocus = () => node.matches(":focus-within");
  /**
   * Show a picture, or what is new about the one that is shown.
   *
   * @param {Picture | null} picture
   * @param {string[]} classes
   * @param {Found | null} [found] what the detector proposes
   * @param {boolean} [isRemoved] whether a picture can be brought back
   */
  const show = (picture, classes, found = null, isRemoved = false) => {
    const isAnother = picture?.id !== editor.picture?.id;
    const hadFocus = hasFocus();
    if (isAnother) turnPage(editor);
    takePicture(editor, picture, classes, found);
    editor.isRemoved = isRemoved;
    node.hidden = !picture;
    draw();
    if (isAnother && picture) view.showPicture(picture);
    // A box that had it may be gone
    if (hadFocus && (isAnother || !hasFocus())) focus();
  };
  return { node, show, focus };
}

/**
 * Forget all about the picture before.
 *
 * @param {Editor} editor
 */
function turnPage(editor) {
  return Object.assign(editor, {
    labels: null,
    items: [],
    past: [],
    isRejected: false,
    chosen: -1,
    drag: null,
    before: null,
    since: performance.now(),
  });
}

/**
 * @param {Editor} editor
 * @param {Picture | null} picture
 * @param {string[]} classes
 * @param {Found | null} found
 */
function takePicture(editor, picture, classes, found) {
  if (classes.length < editor.classes.length) editor.past = [];
  editor.picture = picture;
  editor.classes = classes;
  editor.found = editor.isRejected ? null : found;
  editor.label = Math.min(editor.label, classes.length - 1);
  if (!picture || picture.labels === editor.labels) return;
  endDrag(editor);
  editor.labels = picture.labels;
  editor.items = toItems(picture.labels);
  if (editor.chosen >= editor.items.length) editor.chosen = -1;
}

/** A picture with its boxes, which are buttons: keys and screen readers reach them. */

import { CLASS_COLORS, textOn } from "../lib/colors.js";
import { element, setLabel, setText } from "../lib/dom.js";
import { makeFrame } from "../lib/frame.js";
import { makePicture } from "../playground/pictures.js";
import { STORED_SIDE } from "../own_engine/pyramid.js";
import { accept, choose, ready } from "./box_edits.js";
import { countItems, describeBox } from "./box_items.js";

/** @typedef {import("./box_items.js").Item} Item */
/** @typedef {import("./boxes.js").Editor} Editor */

const KEYS =
  "Drag to draw a box, or press N; A accepts what is proposed; Enter goes on.";
const BOX_KEYS =
  "Arrow keys move it, with Shift they resize it, with Ctrl in large steps; Delete removes it.";

/** @param {Editor} editor */
export function makeBoxView(editor) {
  const canvas = element("canvas");
  const layer = element("div");
  // Beside a box that is drawn, where the hand is; keys have Enter
  const go = element(
    "button",
    { type: "button", className: "d2l-box-go", tabIndex: -1 },
    "✓",
  );
  go.title = "Ready, next (Enter)";
  go.onmousedown = (event) => event.preventDefault();
  go.onclick = () => ready(editor);
  const frame = makeFrame(canvas, "");
  frame.classList.add("d2l-box-frame");
  frame.append(layer, go);
  const show = () => {
    const { items, open, chosen, before, picture, classes } = editor;
    showAll(layer, editor);
    go.hidden = chosen < 0 || !!before;
    if (!go.hidden) place(go, items[chosen].box);
    const proposed = open.length ? `, ${open.length} proposed` : "";
    const what = countItems(items, classes) + proposed;
    setLabel(frame, `${picture?.name}: ${what}. ${KEYS}`);
  };
  /** @param {import("./boxes.js").Picture} picture */
  const showPicture = async ({ id, pixels, blob, width, height }) => {
    frame.style.setProperty("--ratio", `${width / height}`);
    const small = makePicture(STORED_SIDE);
    small.setPixels(pixels);
    paint(canvas, small.canvas);
    const large = blob && (await createImageBitmap(blob).catch(() => null));
    if (large && editor.picture?.id === id) paint(canvas, large);
  };
  return { frame, layer, canvas, show, showPicture };
}

/**
 * @param {HTMLCanvasElement} canvas takes the source's size; the style stretches it
 * @param {HTMLCanvasElement | ImageBitmap} source
 */
function paint(canvas, source) {
  canvas.width = source.width;
  canvas.height = source.height;
  canvas.getContext("2d")?.drawImage(source, 0, 0);
}

/**
 * @param {HTMLElement} layer
 * @param {Editor} editor
 */
function showAll(layer, editor) {
  const { children } = layer;
  const all = [...editor.items, ...editor.open];
  while (children.length > all.length) layer.lastChild?.remove();
  while (children.length < all.length) {
    layer.append(makeBox(editor, children.length));
  }
  all.forEach((item, k) =>
    showBox(/** @type {HTMLElement} */ (children[k]), item, k, editor),
  );
}

/**
 * @param {Editor} editor
 * @param {number} k
 */
function makeBox(editor, k) {
  const button = element("button", { type: "button" }, element("span"));
  button.onfocus = () => choose(editor, k < editor.items.length ? k : -1);
  button.onclick = () => {
    const proposal = editor.open[k - editor.items.length];
    if (proposal) accept(editor, [proposal]);
  };
  return button;
}

/**
 * @param {HTMLElement} button
 * @param {Item} item
 * @param {number} k
 * @param {Editor} editor
 */
function showBox(button, { label, box, score }, k, { items, chosen, classes }) {
  const isProposed = k >= items.length;
  const color = CLASS_COLORS[label];
  place(button, box);
  button.className = `d2l-box${isProposed ? " d2l-box-proposal" : ""}`;
  button.setAttribute("aria-pressed", `${k === chosen}`);
  button.style.setProperty("--color", color);
  button.style.setProperty("--on", textOn(color));
  const name = isProposed
    ? `${classes[label]} ${score?.toFixed(2)}`
    : classes[label];
  setText(button.children[0], isProposed || classes.length > 1 ? name : "");
  const about = `${name}, ${describeBox(box)}. `;
  setLabel(
    button,
    isProposed
      ? `Proposal: ${about}Press to accept it.`
      : `Box ${k + 1} of ${items.length}: ${about}${BOX_KEYS}`,
  );
}

/**
 * @param {HTMLElement} node
 * @param {number[]} box
 */
function place({ style }, [x0, y0, x1, y1]) {
  [x0, y0, x1 - x0, y1 - y0].forEach((value, k) =>
    style.setProperty("--" + "xywh"[k], (100 * value).toFixed(2)),
  );
}

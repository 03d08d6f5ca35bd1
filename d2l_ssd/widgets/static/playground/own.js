/** The reader's own scene: shapes to drag, to resize and to turn into others. */

import { LEAST_SIDE } from "../engine/own_shapes.js";
import { CLASSES, SIZE } from "../engine/scenes.js";
import { element, setLabel } from "../lib/dom.js";
import { clamp } from "../lib/grid.js";

/** @typedef {import("../engine/scenes.js").Shape} Shape */
/** @typedef {[x: number, y: number, width: number, height: number]} Box */

const GRIP = 14; // screen pixels at the lower right corner that resize
const SHADES = [0.1, -0.1, 0.1];
const SHAPE_COLORS = [
  [0.1, 0.25, 0.8],
  [0.7, 0.1, 0.15],
  [0.05, 0.45, 0.2],
];

/** @type {{ label: number, box: Box }[]} */
export const FIRST_SHAPES = [
  { label: 0, box: [5, 6, 14, 12] },
  { label: 1, box: [26, 5, 17, 22] },
  { label: 2, box: [10, 28, 16, 16] },
];

/**
 * Give shapes of an address their colors.
 *
 * @param {{ label: number, box: Box }[]} shapes
 * @returns {Shape[]}
 */
export function colorShapes(shapes) {
  return shapes.map(({ label, box }, k) => ({
    label,
    box,
    color: SHAPE_COLORS[k % SHAPE_COLORS.length],
    shade: SHADES[k % SHADES.length],
  }));
}

/**
 * Move a box, inside the scene.
 *
 * @param {Box} box
 * @param {number} right
 * @param {number} down
 * @returns {Box}
 */
export function moveBox([x, y, width, height], right, down) {
  return [
    clamp(x + right, 0, SIZE - width),
    clamp(y + down, 0, SIZE - height),
    width,
    height,
  ];
}

/**
 * Move a box's lower right corner, inside the scene.
 *
 * @param {Box} box
 * @param {number} right
 * @param {number} down
 * @returns {Box}
 */
export function resizeBox([x, y, width, height], right, down) {
  return [
    x,
    y,
    clamp(width + right, LEAST_SIDE, SIZE - x),
    clamp(height + down, LEAST_SIDE, SIZE - y),
  ];
}

/** @type {Record<string, [right: number, down: number]>} */
const ARROWS = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/**
 * What a key makes of a shape, or null.
 *
 * @param {Shape} shape
 * @param {{ key: string, shiftKey: boolean }} event
 * @returns {Shape | null}
 */
export function shapeByKey(shape, { key, shiftKey }) {
  const arrow = ARROWS[key];
  const label = "cst".indexOf(key.toLowerCase());
  if (arrow) {
    const change = shiftKey ? resizeBox : moveBox;
    return { ...shape, box: change(shape.box, ...arrow) };
  }
  return key.length === 1 && label >= 0 ? { ...shape, label } : null;
}

/**
 * Make the shapes' buttons, which lie over the scene.
 *
 * @param {object} actions
 * @param {() => Shape[]} actions.shapes
 * @param {(k: number, shape: Shape) => void} actions.change
 * @param {(k: number) => void} actions.select
 */
export function makeOwnScene({ shapes, change, select }) {
  const node = element("div", { className: "d2l-pg-shapes" });
  const show = () => {
    while (node.children.length > shapes().length) node.lastChild?.remove();
    while (node.children.length < shapes().length) {
      const k = node.children.length;
      const button = element("button", { type: "button" });
      button.onfocus = () => select(k);
      button.onkeydown = (event) => {
        if (event.ctrlKey || event.metaKey || event.altKey) return;
        const next = shapeByKey(shapes()[k], event);
        if (!next) return;
        event.preventDefault();
        change(k, next);
      };
      dragShape(
        button,
        () => shapes()[k],
        (shape) => change(k, shape),
      );
      node.append(button);
    }
    shapes().forEach((shape, k) => {
      const button = /** @type {HTMLElement} */ (node.children[k]);
      const [x, y, width, height] = shape.box.map(
        (v) => `${(100 * v) / SIZE}%`,
      );
      Object.assign(button.style, { left: x, top: y, width, height });
      setLabel(button, nameShape(shape));
    });
  };
  return { node, show };
}

/**
 * Name a shape, and what keys do to it, for screen readers.
 *
 * @param {Pick<Shape, "label" | "box">} shape
 */
export function nameShape({ label, box }) {
  const [x, y, width, height] = box.map(Math.round);
  return (
    `Your ${CLASSES[label] ?? "cross"}, ${width} by ${height} pixels at ${x}, ${y}. ` +
    "Arrow keys move it, with Shift they resize it; C, S and T change its class."
  );
}

/**
 * Let a pointer drag a shape, or its lower right corner.
 *
 * @param {HTMLElement} button
 * @param {() => Shape} shapeNow
 * @param {(shape: Shape) => void} change
 */
function dragShape(button, shapeNow, change) {
  /** @type {{ x: number, y: number, shape: Shape, move: typeof moveBox } | null} */
  let grip = null;
  button.onpointerdown = (event) => {
    const { right, bottom } = button.getBoundingClientRect();
    const [x, y] = [event.clientX, event.clientY];
    const corner = right - x < GRIP && bottom - y < GRIP;
    const move = corner ? resizeBox : moveBox;
    grip = { x, y, shape: shapeNow(), move };
    button.setPointerCapture(event.pointerId);
  };
  button.onpointermove = (event) => {
    if (!grip || !button.parentElement) return;
    const scale = SIZE / button.parentElement.getBoundingClientRect().width;
    const [right, down] = [event.clientX - grip.x, event.clientY - grip.y];
    const { shape, move } = grip;
    change({ ...shape, box: move(shape.box, right * scale, down * scale) });
  };
  button.onpointerup = button.onpointercancel = () => (grip = null);
}

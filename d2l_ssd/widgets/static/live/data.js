/** What LiveDetector knows: its scene, and how a network's outputs are read. */

import { ssdAnchors } from "../lib/anchors.js";
import { toFloats } from "../lib/bytes.js";
import { clamp } from "../lib/grid.js";
import { readBoxes, readColumn } from "../lib/labels.js";
import { setTraits } from "../lib/model.js";

/** @typedef {import("../lib/bytes.js").Bytes} Bytes */
/** @typedef {import("../lib/grid.js").Shape} Shape */
/** @typedef {import("../lib/predict.js").Detections} Detections */
/** @typedef {import("../lib/pointer.js").Point} Point */

/**
 * @typedef {object} Placed an object of the scene
 * @property {number} sprite
 * @property {number} x of its middle, in units of the scene's side
 * @property {number} y
 * @property {number} size its longest side
 * @property {number} angle degrees, clockwise
 * @property {boolean} hidden
 *
 * @typedef {object} About a network
 * @property {string[]} classes
 * @property {[number, number]} image_size of the training
 * @property {number[][]} sizes of anchors, per map
 * @property {number[][]} ratios
 * @property {number[]} [mean] of colors, of a file
 * @property {number[]} [std]
 */

/**
 * @typedef {object} Traits
 * @property {Bytes[]} sprites
 * @property {string[]} sprite_names
 * @property {Bytes[]} places
 * @property {Placed[]} objects
 * @property {number[]} order of objects, from back to front
 * @property {number} selected
 * @property {number} place
 * @property {number} light
 * @property {number} blur
 * @property {number} side number of the input's size
 * @property {number[]} sides
 * @property {number} score_threshold
 * @property {number} nms_iou
 * @property {Point[]} path
 * @property {number} mover
 * @property {number} target
 * @property {number} step
 * @property {number[]} hidden share of the target, per step
 * @property {Bytes} recorded (N, 8): step, class, score, anchor and box
 * @property {About} about
 * @property {number} megabytes
 * @property {number} guess
 * @property {boolean} shown
 * @property {string} _esm this bundle, of which a worker is made, too
 */

/** @typedef {import("../lib/types.d.ts").Model<Traits>} Model */
/** @typedef {ReturnType<typeof readState>} State */
/** @typedef {ReturnType<typeof readRecord>} Recorded */

export const SIDE = 256; // pixels of the scene
const STRIDES = [8, 16, 32]; // of the maps; the last one has a single cell
const [SMALLEST, LARGEST] = [0.06, 1.2]; // of an object

/** What a change of draws the view anew. */
export const WATCHED = /** @type {(keyof Traits)[]} */ ([
  ...["objects", "order", "selected", "place", "light", "blur", "side"],
  ...["score_threshold", "nms_iou", "step", "guess", "shown"],
]);

/** @param {Model} model */
export function readState(model) {
  return {
    objects: model.get("objects"),
    order: model.get("order"),
    selected: model.get("selected"),
    place: model.get("place"),
    light: model.get("light"),
    blur: model.get("blur"),
    side: model.get("sides")[model.get("side")],
    threshold: model.get("score_threshold"),
    nmsIou: model.get("nms_iou"),
    step: model.get("step"),
    guess: model.get("guess"),
    shown: model.get("shown"),
  };
}

/**
 * Read what was recorded, per step of the path.
 *
 * @param {Model} model
 * @returns {Detections[]}
 */
export function readRecord(model) {
  const rows = toFloats(model.get("recorded"));
  const [steps, classes, scores, anchors] = [0, 1, 2, 3].map((column) =>
    readColumn(rows, 8, column),
  );
  const boxes = readBoxes(rows, 8);
  return model.get("path").map((_, step) => {
    const own = [...steps.keys()].filter((row) => steps[row] === step);
    return {
      boxes: Float32Array.from(
        own.flatMap((row) => [...boxes.subarray(4 * row, 4 * row + 4)]),
      ),
      scores: own.map((row) => scores[row]),
      classes: own.map((row) => classes[row]),
      anchors: own.map((row) => anchors[row]),
    };
  });
}

/**
 * Make the anchors of an input: they keep the pixels that the training knew.
 *
 * @param {About} about
 * @param {number} side of the input
 */
export function anchorsOf({ image_size: trained, sizes, ratios }, side) {
  const scale = Math.min(...trained) / side;
  const grown = sizes.map((pair) => pair.map((size) => scale * size));
  return ssdAnchors(mapShapes(side), grown, ratios);
}

/**
 * The maps of an input, from fine to coarse.
 *
 * @param {number} side
 * @returns {Shape[]}
 */
export function mapShapes(side) {
  const cells = [...STRIDES.map((stride) => side / stride), 1];
  return cells.map((count) => [count, count]);
}

/**
 * Change an object; its place and size stay sensible.
 *
 * @param {Model} model
 * @param {number} k
 * @param {Partial<Placed>} changes
 */
export function changeObject(model, k, changes) {
  const objects = model.get("objects").map((one, other) => {
    if (other !== k) return one;
    const { x, y, size, angle, ...rest } = { ...one, ...changes };
    return {
      ...rest,
      x: clamp(x, 0, 1),
      y: clamp(y, 0, y > 1 && y <= one.y ? y : 1), // it may come from below
      size: clamp(size, SMALLEST, LARGEST),
      angle: turned(angle),
    };
  });
  setTraits(model, { objects });
}

/**
 * The same angle between -180 and 180 degrees.
 *
 * @param {number} angle
 */
function turned(angle) {
  return ((((angle + 180) % 360) + 360) % 360) - 180;
}

/**
 * Put an object before the next one, or behind the last one.
 *
 * @param {Model} model
 * @param {number} k
 * @param {number} way 1 to the front, -1 to the back
 */
export function reorder(model, k, way) {
  const order = [...model.get("order")];
  const at = order.indexOf(k);
  const to = clamp(at + way, 0, order.length - 1);
  [order[at], order[to]] = [order[to], order[at]];
  setTraits(model, { order });
}

/**
 * Let the mover follow the path.
 *
 * @param {Model} model
 */
export function followPath(model) {
  const [x, y] = model.get("path")[model.get("step")];
  const mover = model.get("mover");
  const objects = model
    .get("objects")
    .map((one, k) => (k === mover ? { ...one, x, y } : one));
  model.set("objects", objects);
  model.save_changes();
}

/**
 * Make what says whether a scene is one of those that were recorded.
 *
 * @param {Model} model with the first scene
 * @returns {(state: State) => boolean}
 */
export function makeIsRecorded(model) {
  const [mover, path] = [model.get("mover"), model.get("path")];
  /** @param {State} state */
  const describe = ({ objects, order, place, light, blur }) => {
    const placed = objects.map(({ sprite, x, y, size, angle, hidden }) => {
      return [sprite, x, y, size, angle, hidden];
    });
    return JSON.stringify([placed, order, place, light, blur]);
  };
  const first = readState(model);
  const known = path.map(([x, y]) => {
    const objects = first.objects.map((one, k) =>
      k === mover ? { ...one, x, y } : one,
    );
    return describe({ ...first, objects });
  });
  return (state) => describe(state) === known[state.step];
}

/**
 * Name objects: "cat", or "cat 2" where there are several.
 *
 * @param {Model} model
 */
export function nameObjects(model) {
  const names = model
    .get("objects")
    .map(({ sprite }) => model.get("sprite_names")[sprite]);
  return names.map((name, k) => {
    const before = names.slice(0, k).filter((other) => other === name).length;
    return before ? `${name} ${before + 1}` : name;
  });
}

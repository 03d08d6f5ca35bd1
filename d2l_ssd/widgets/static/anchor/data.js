/** What AnchorExplorer computes. */

import {
  anchorCounts,
  anchorStarts,
  bestPossibleIou,
  ssdAnchors,
} from "../lib/anchors.js";
import { boxSize } from "../lib/boxes.js";
import { toFloats } from "../lib/bytes.js";
import { binOf } from "../lib/histogram.js";
import { readLabels } from "../lib/labels.js";

/** @typedef {import("../lib/bytes.js").Bytes} Bytes */
/** @typedef {import("../lib/grid.js").Shape} Shape */

/**
 * @typedef {object} Traits
 * @property {Bytes[]} images
 * @property {Bytes[]} truths per image (M, 5): class and box
 * @property {Bytes} all_truths (N, 4) boxes of the histogram
 * @property {string[]} class_names
 * @property {Shape[]} map_shapes
 * @property {number[][][]} presets sizes (maps, 2) to start from
 * @property {Record<string, number>} toggles trait -> ratio
 * @property {number} image
 * @property {number} preset
 * @property {number} map
 * @property {number} small first size of the map shown
 * @property {number} large second size of the map shown
 * @property {number[][]} sizes (maps, 2) of all maps
 * @property {number} row
 * @property {number} column
 */

/** @typedef {import("../lib/types.d.ts").Model<Traits>} Model */
/** @typedef {ReturnType<typeof readData>} Data */
/** @typedef {ReturnType<typeof readSettings>} Settings */
/** @typedef {ReturnType<typeof computeReach>} Reach */

export const REACHED = 0.5; // the IoU at which an object's class is given to an anchor

/** @param {Model} model */
export function readData(model) {
  const objects = toFloats(model.get("all_truths"));
  const bins = Array.from({ length: objects.length / 4 }, (_, i) =>
    binOf(boxSize(objects, i)),
  );
  return {
    shapes: model.get("map_shapes"),
    names: model.get("class_names"),
    labels: readLabels(model.get("truths")),
    objects, // of the data set
    bins,
    anchors: /** @type {Float32Array} */ (new Float32Array()), // reused: 5,380 boxes per drawing
    best: new Float32Array(bins.length),
  };
}

/** @param {Model} model */
export function readSettings(model) {
  const [image, map] = [model.get("image"), model.get("map")];
  const cell = /** @type {Shape} */ ([model.get("row"), model.get("column")]);
  const ratios = Object.entries(model.get("toggles"))
    .filter(([name]) => model.get(/** @type {keyof Traits} */ (name)))
    .map(([, ratio]) => ratio);
  return { image, map, cell, sizes: model.get("sizes"), ratios };
}

/**
 * @param {Data} data
 * @param {Settings} settings
 */
export function computeReach(data, { image, map, cell, sizes, ratios }) {
  const { shapes, labels } = data;
  const truths = labels[image];
  const perMap = shapes.map(() => ratios);
  const counts = anchorCounts(shapes, sizes, perMap);
  data.anchors = ssdAnchors(shapes, sizes, perMap, data.anchors);
  const [height, width] = shapes[map];
  const perCell = counts[map] / (height * width);
  const starts = anchorStarts(counts);
  const first = starts[map] + (cell[0] * width + cell[1]) * perCell;
  const { best, index } = bestPossibleIou(data.anchors, truths.boxes);
  /** @param {number} anchor */
  const mapOf = (anchor) => {
    const next = starts.findIndex((start) => start > anchor);
    return (next < 0 ? starts.length : next) - 1;
  };
  return { truths, counts, perCell, first, best, index, mapOf };
}

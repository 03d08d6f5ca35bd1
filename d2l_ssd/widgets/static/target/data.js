/** What TargetExplorer computes. */

import { anchorCounts, anchorStarts, ssdAnchors } from "../lib/anchors.js";
import { boxIou } from "../lib/boxes.js";
import { dotPlaces } from "../lib/dots.js";
import { readLabels } from "../lib/labels.js";
import { matchByIou } from "../lib/targets.js";

/** @typedef {import("../lib/bytes.js").Bytes} Bytes */
/** @typedef {import("../lib/grid.js").Shape} Shape */

/**
 * @typedef {object} Traits
 * @property {Bytes[]} images
 * @property {Bytes[]} truths per image (M, 5): class and box
 * @property {string[]} class_names
 * @property {Shape[]} map_shapes
 * @property {number[][]} sizes per map
 * @property {number[][]} ratios per map
 * @property {number} image
 * @property {number} map 0: all maps, then fine to coarse
 * @property {number} pos_iou
 * @property {number} neg_iou
 * @property {number} anchor the anchor selected
 */

/** @typedef {import("../lib/types.d.ts").Model<Traits>} Model */
/** @typedef {ReturnType<typeof readData>} Data */
/** @typedef {ReturnType<ReturnType<typeof makeMatcher>>} Matched */

/** @param {Model} model */
export function readData(model) {
  const shapes = model.get("map_shapes");
  const [sizes, ratios] = [model.get("sizes"), model.get("ratios")];
  const counts = anchorCounts(shapes, sizes, ratios);
  const starts = anchorStarts(counts);
  return {
    shapes,
    names: model.get("class_names"),
    labels: readLabels(model.get("truths")),
    anchors: ssdAnchors(shapes, sizes, ratios),
    ranges: starts.map((start, map) => [start, start + counts[map]]),
    dots: dotPlaces(shapes, counts),
    aspect: shapes[0][0] / shapes[0][1],
  };
}

/**
 * Make what matches the anchors as the controls say; IoUs are kept while the image
 * stays.
 *
 * @param {Model} model
 * @param {Data} data
 */
export function makeMatcher(model, { labels, anchors, ranges }) {
  const matches = new Int32Array(anchors.length / 4);
  let ious = new Float32Array(); // (M, A) of the image shown
  let iousOf = -1;
  return () => {
    const image = model.get("image");
    const truths = labels[image];
    if (iousOf !== image) ious = boxIou(truths.boxes, anchors);
    iousOf = image;
    matchByIou(ious, model.get("pos_iou"), model.get("neg_iou"), matches);
    const [from, to] = ranges[model.get("map") - 1] ?? [0, matches.length];
    const positives = [];
    for (let a = from; a < to; a++) if (matches[a] >= 0) positives.push(a);
    const selected = selectedOf(positives, model.get("anchor"));
    return { image, truths, ious, matches, from, to, positives, selected };
  };
}

/**
 * The anchor chosen; where that one is not positive, the middle one that is.
 *
 * @param {number[]} positives
 * @param {number} anchor
 */
export function selectedOf(positives, anchor) {
  if (positives.includes(anchor)) return anchor;
  return positives[positives.length >> 1] ?? -1;
}

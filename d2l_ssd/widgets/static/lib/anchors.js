/**
 * Anchors, as `d2l_ssd.anchors` makes them: maps from fine to coarse, row by
 * row, and in a cell the first size with every ratio, then the other sizes with
 * the first ratio.
 */

import { iou } from "./boxes.js";
import { nearestCell } from "./grid.js";

/** @typedef {import("./grid.js").Shape} Shape */

/**
 * Half the width and height, [w, h, w, h, ...], of the n + m - 1 anchors of a cell.
 *
 * @param {number[]} sizes
 * @param {number[]} ratios
 * @param {Shape} imageSize only its aspect matters
 */
export function anchorShapes(sizes, ratios, [imageHeight, imageWidth]) {
  const short = Math.min(imageHeight, imageWidth);
  const pairs = [
    ...ratios.map((ratio) => [sizes[0], ratio]),
    ...(ratios.length ? sizes.slice(1).map((size) => [size, ratios[0]]) : []),
  ];
  return Float64Array.from(
    pairs.flatMap(([size, ratio]) => [
      (size * Math.sqrt(ratio) * short) / imageWidth / 2,
      ((size / Math.sqrt(ratio)) * short) / imageHeight / 2,
    ]),
  );
}

/**
 * Make the anchors of one map.
 *
 * @param {Shape} shape of the map
 * @param {number[]} sizes
 * @param {number[]} ratios
 * @param {Shape} [imageSize] the map's shape if the image has its aspect
 */
export function generateAnchors(shape, sizes, ratios, imageSize = shape) {
  const shapes = anchorShapes(sizes, ratios, imageSize);
  const out = new Float32Array(shape[0] * shape[1] * shapes.length * 2);
  writeAnchors(shape, shapes, out, 0);
  return out;
}

/**
 * Write one map's anchors to `out`, from number `start` on.
 *
 * @param {Shape} shape
 * @param {Float64Array} shapes of `anchorShapes`
 * @param {Float32Array} out
 * @param {number} start
 */
function writeAnchors([height, width], shapes, out, start) {
  let k = start * 4;
  for (let row = 0; row < height; row++) {
    const y = (row + 0.5) / height;
    for (let column = 0; column < width; column++) {
      const x = (column + 0.5) / width;
      for (let s = 0; s < shapes.length; s += 2) {
        out[k++] = x - shapes[s];
        out[k++] = y - shapes[s + 1];
        out[k++] = x + shapes[s];
        out[k++] = y + shapes[s + 1];
      }
    }
  }
}

/**
 * Count the anchors of each map.
 *
 * @param {Shape[]} featureMapShapes
 * @param {number[][]} sizes per map
 * @param {number[][]} ratios per map
 */
export function anchorCounts(featureMapShapes, sizes, ratios) {
  return featureMapShapes.map(([height, width], map) => {
    const { length } = ratios[map];
    return height * width * (length ? length + sizes[map].length - 1 : 0);
  });
}

/**
 * The number of each map's first anchor.
 *
 * @param {number[]} counts of `anchorCounts`
 */
export function anchorStarts(counts) {
  let total = 0;
  return counts.map((count) => (total += count) - count);
}

/**
 * Make the anchors of all maps.
 *
 * @param {Shape[]} featureMapShapes
 * @param {number[][]} sizes per map
 * @param {number[][]} ratios per map
 * @param {Float32Array} [out] written to if it has the right length
 */
export function ssdAnchors(featureMapShapes, sizes, ratios, out) {
  const counts = anchorCounts(featureMapShapes, sizes, ratios);
  const starts = anchorStarts(counts);
  const total = counts.reduce((sum, count) => sum + count, 0);
  const anchors = out?.length === total * 4 ? out : new Float32Array(total * 4);
  featureMapShapes.forEach((shape, map) => {
    const shapes = anchorShapes(sizes[map], ratios[map], featureMapShapes[0]);
    writeAnchors(shape, shapes, anchors, starts[map]);
  });
  return anchors;
}

/**
 * Find for every ground-truth box the best IoU that any anchor reaches, and that
 * anchor's index: the first of equals, -1 if no anchor touches the box.
 *
 * @param {Float32Array} anchors
 * @param {Float32Array} truths
 */
export function bestPossibleIou(anchors, truths) {
  const count = truths.length / 4;
  const best = new Float32Array(count);
  const index = new Int32Array(count).fill(-1);
  const total = anchors.length / 4;
  for (let t = 0; t < count; t++) {
    for (let a = 0; a < total; a++) {
      const value = iou(truths, t, anchors, a);
      if (value > best[t]) {
        best[t] = value;
        index[t] = a;
      }
    }
  }
  return { best, index };
}

/**
 * Find the same best IoUs without looking at every anchor.
 *
 * All anchors of one shape have one area, so the best of them is the one that
 * overlaps the box most, and that is the one whose center is nearest, along x and
 * along y: one cell per map instead of all. 1,500 boxes take 24,000 IoUs, not
 * 8 million.
 *
 * @param {Shape[]} featureMapShapes
 * @param {number[][]} sizes per map
 * @param {number[][]} ratios per map
 * @param {Float32Array} truths
 * @param {Float32Array} [out] one number per box
 */
export function bestPossibleIouByCell(
  featureMapShapes,
  sizes,
  ratios,
  truths,
  out = new Float32Array(truths.length / 4),
) {
  out.fill(0);
  featureMapShapes.forEach((shape, map) => {
    const shapes = anchorShapes(sizes[map], ratios[map], featureMapShapes[0]);
    for (let t = 0; t < out.length; t++) {
      out[t] = Math.max(out[t], bestOfNearestCell(shape, shapes, truths, t));
    }
  });
  return out;
}

const nearest = new Float32Array(4); // an anchor; reused, there are so many

/**
 * @param {Shape} shape
 * @param {Float64Array} shapes
 * @param {Float32Array} truths
 * @param {number} t
 */
function bestOfNearestCell([height, width], shapes, truths, t) {
  const k = t * 4;
  const row = nearestCell((truths[k + 1] + truths[k + 3]) / 2, height);
  const column = nearestCell((truths[k] + truths[k + 2]) / 2, width);
  const [x, y] = [(column + 0.5) / width, (row + 0.5) / height];
  let best = 0;
  for (let s = 0; s < shapes.length; s += 2) {
    nearest[0] = x - shapes[s];
    nearest[1] = y - shapes[s + 1];
    nearest[2] = x + shapes[s];
    nearest[3] = y + shapes[s + 1];
    best = Math.max(best, iou(truths, t, nearest, 0));
  }
  return best;
}
